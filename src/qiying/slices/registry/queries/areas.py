"""Boundaries and lines, by kind and day."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from qiying.kernel import revisions
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.registry.models import Area
from qiying.slices.registry.rules.shapes import Cover

_covers: revisions.Kept[dict[tuple[str, date], Cover]] = revisions.Kept()
MOST_KEPT = 64


def list_areas(actor: Actor) -> QuerySet[Area]:
    """Every dated version."""
    return Area.objects.visible_to(actor)


def list_areas_on(actor: Actor, on: date, kinds: Iterable[str] = ()) -> QuerySet[Area]:
    """The versions in force on a day, of some kinds or of all."""
    rows = Area.objects.visible_to(actor).filter(
        Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on
    )
    wanted = list(kinds)
    return rows.filter(kind__in=wanted) if wanted else rows


def get_area(actor: Actor, area_id: int, *, for_update: bool = False) -> Area:
    rows = Area.objects.visible_to(actor)
    row = (rows.select_for_update() if for_update else rows).filter(id=area_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def area_history(actor: Actor, kind: str, key: str) -> QuerySet[Area]:
    """The versions of one area, newest first."""
    rows = Area.objects.visible_to(actor).filter(kind=kind, key=key)
    return rows.order_by("-valid_from")


def area_kinds(actor: Actor, on: date) -> dict[str, tuple[int, float]]:
    """How many areas of each kind are in force on a day, and their square metres."""
    rows = list_areas_on(actor, on).order_by().values("kind")
    counted = rows.annotate(many=Count("id"), surface=Sum("area_m2"))
    return {row["kind"]: (row["many"], row["surface"] or 0.0) for row in counted}


def cover(actor: Actor, kind: str, on: date) -> Cover:
    """Which area of a kind holds a position on a day; built once per process and revision."""
    revision = revisions.current(actor).get("registry", 0)
    kept = _covers.get(actor.tenant_id, revision, dict[tuple[str, date], Cover])
    found = kept.get((kind, on))
    if found is None:
        rows = list_areas_on(actor, on, [kind]).order_by("key")
        found = Cover([(row.key, row.geometry) for row in rows])
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[kind, on] = found
    return found
