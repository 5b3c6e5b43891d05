"""Search hits, and the names that stand beside grants."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiying.kernel import directory, search, tenancy
from qiying.kernel.access import STAFF, Actor
from qiying.kernel.language import in_language
from qiying.slices.registry import queries
from qiying.slices.registry.models.labels import UNIT_KINDS, word


@search.provider("registry.enterprises")
def find_firms(actor: Actor, text: str, limit: int) -> list[search.Hit]:
    """Firms by name, credit code or a contact's telephone."""
    with tenancy.reading(actor):
        return [
            search.Hit(
                row.name,
                row.credit_code,
                reverse("registry:firm", args=[row.public_id]),
                "building-2",
                _("Firms"),
            )
            for row in queries.search_enterprises(actor, text, limit)
        ]


@search.provider("registry.units")
def find_units(actor: Actor, text: str, limit: int) -> list[search.Hit]:
    """Units by name or code, for staff."""
    if not actor.roles & STAFF:
        return []
    wanted = text.casefold()
    with tenancy.reading(actor):
        rows = [
            row
            for row in queries.unit_index(actor).values()
            if wanted in f"{row.name_zh} {row.name_en} {row.code}".casefold()
        ]
    return [
        search.Hit(
            row.name,
            word(UNIT_KINDS, row.kind),
            f"{reverse('registry:units')}?unit={row.code}",
            "landmark",
            _("Units"),
        )
        for row in rows[:limit]
    ]


def _unit_names(actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    wanted = set(ids)
    with tenancy.reading(actor):
        rows = queries.unit_index(actor).values()
        return {row.pk: row.name for row in rows if row.pk in wanted}


def _find_unit(actor: Actor, code: str) -> int | None:
    with tenancy.reading(actor):
        found = queries.unit_index(actor).get(code)
    return found.pk if found else None


def _unit_code(actor: Actor, unit_id: int) -> str:
    with tenancy.reading(actor):
        rows = queries.unit_index(actor).values()
        return next((row.code for row in rows if row.pk == unit_id), "")


def _firm_names(actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    with tenancy.reading(actor):
        found = queries.names_of_enterprises(actor, ids)
    return {pk: in_language(zh, en) for pk, (zh, en) in found.items()}


def _find_firm(actor: Actor, code: str) -> int | None:
    with tenancy.reading(actor):
        return (
            queries.list_enterprises(actor)
            .filter(credit_code=code)
            .values_list("id", flat=True)
            .first()
        )


directory.names("unit", _unit_names, _find_unit, _unit_code)
directory.names("enterprise", _firm_names, _find_firm)
