"""Indicators in force and places of a day."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.indices.models import Boundaries, Indicator, Place, Succession
from qiying.slices.indices.rules import Known, Sheet, lay_out
from qiying.slices.indices.rules.yearbook import Cells, Merged

INDICATOR_ORDER = ("code", "id")


def list_indicators(actor: Actor, *, q: str = "", kind: str = "") -> QuerySet[Indicator]:
    """The versions in force, by words of code, name or definition."""
    rows = Indicator.objects.visible_to(actor).filter(is_current=True)
    if q:
        rows = rows.filter(
            Q(code__iexact=q)
            | Q(name__icontains=q)
            | Q(name_en__icontains=q)
            | Q(definition__icontains=q)
        )
    return rows.filter(kind=kind) if kind else rows


def places_on(actor: Actor, day: date) -> QuerySet[Place]:
    """Places as they were on a day, by code."""
    return (
        Place.objects.visible_to(actor)
        .filter(Q(valid_from=None) | Q(valid_from__lte=day))
        .filter(Q(valid_until=None) | Q(valid_until__gt=day))
        .order_by("adcode")
    )


def places_now(actor: Actor) -> QuerySet[Place]:
    """Places that nothing has followed."""
    return Place.objects.visible_to(actor).filter(valid_until=None).order_by("adcode")


def boundaries(actor: Actor) -> Boundaries | None:
    """The boundaries in force."""
    rows = Boundaries.objects.visible_to(actor).filter(is_current=True)
    return rows.select_related("made_by").first()


def get_boundaries(actor: Actor, public_id: UUID) -> Boundaries:
    row = Boundaries.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def after_of(actor: Actor) -> dict[int, list[Succession]]:
    """What followed each place that is gone."""
    found: dict[int, list[Succession]] = {}
    for row in Succession.objects.visible_to(actor).select_related("after").order_by("id"):
        found.setdefault(row.before_id, []).append(row)
    return found


def known(actor: Actor) -> Known:
    """What the cells of a table can be matched to: every place of any time, codes and names."""
    places = Place.objects.visible_to(actor).values_list(
        "id", "adcode", "name", "valid_from", "valid_until"
    )
    words: dict[str, int] = {}
    for row in list_indicators(actor).order_by("code"):
        for word in (row.code, row.name, row.name_en):
            if word:
                words.setdefault(word, row.pk)
    return Known(tuple(places), words)


def sheet_of(actor: Actor, cells: Cells, merged: Merged, year: int | None = None) -> Sheet | None:
    """A yearbook's sheet as it can be understood here; None where no column holds places."""
    rows = Place.objects.visible_to(actor).values_list("city", "city_en")
    cities = frozenset(name for row in rows for name in row if name)
    return lay_out(cells, merged, known(actor), cities=cities, year=year)
