"""What other slices may know of the zone, and the places where they may hang their own parts.

Cards are frozen copies; ``.name`` is in the reader's language. Every function opens its own read
scope where none is open.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise

from qiying.engines.worktime import Calendar
from qiying.kernel import revisions, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.language import in_language
from qiying.slices.registry import queries
from qiying.slices.registry.models import Area, Enterprise, Unit
from qiying.slices.registry.public._cards import (
    AreaCard,
    ContactCard,
    EnterpriseCard,
    FirmPanel,
    MapLayer,
    SiteCard,
    UnitCard,
    ZoneCard,
)
from qiying.slices.registry.queries.identities import FirmIdentity, Identities
from qiying.slices.registry.queries.identities import identities as _identities
from qiying.slices.registry.rules.cells import plain
from qiying.slices.registry.rules.coordinates import convert
from qiying.slices.registry.rules.kinds import AreaKind
from qiying.slices.registry.rules.tables import MOST_BYTES, Grid, Table, headed, read_grid
from qiying.slices.registry.rules.tables import read as read_table

__all__ = [
    "MOST_BYTES",
    "AreaCard",
    "ContactCard",
    "EnterpriseCard",
    "FirmIdentity",
    "FirmPanel",
    "Grid",
    "Identities",
    "MapLayer",
    "SiteCard",
    "Table",
    "UnitCard",
    "ZoneCard",
    "areas",
    "calendar",
    "contacts",
    "convert",
    "enterprise",
    "enterprise_by_public_id",
    "enterprises_of",
    "figures",
    "firm_panel",
    "firm_panels",
    "first_contacts",
    "grid_at",
    "headed",
    "identities",
    "map_layer",
    "map_layers",
    "names",
    "plain",
    "portfolio_ids",
    "read_grid",
    "read_table",
    "search_enterprises",
    "sites",
    "unit",
    "unit_by_code",
    "units",
    "zone",
]


_units: revisions.Kept[Mapping[str, UnitCard]] = revisions.Kept()
_areas: revisions.Kept[tuple[AreaCard, ...]] = revisions.Kept()
_panels: dict[str, FirmPanel] = {}
_layers: dict[str, MapLayer] = {}


def zone(actor: Actor) -> ZoneCard:
    """The zone of the actor's tenant; NotFound before it was described."""
    with tenancy.reading(actor):
        row = queries.find_zone(actor)
    if row is None:
        raise NotFound("not_found")
    return ZoneCard(
        row.name_zh,
        row.name_en,
        row.pk,
        row.county_zh,
        row.county_en,
        row.founded_on,
        row.wall_reform_on,
        row.call_reform_on,
        row.band_m,
        row.longitude,
        row.latitude,
        row.hotline,
    )


def units(actor: Actor) -> Mapping[str, UnitCard]:
    """Every unit by code, retired ones too; one small query while nothing changes."""
    with tenancy.reading(actor):
        revision = revisions.current(actor).get("registry", 0)
        return _units.get(
            actor.tenant_id,
            revision,
            lambda: MappingProxyType(
                {code: _unit_card(row) for code, row in queries.unit_index(actor).items()}
            ),
        )


def _unit_card(row: Unit) -> UnitCard:
    return UnitCard(
        row.name_zh,
        row.name_en,
        row.pk,
        row.code,
        row.kind,
        row.parent_id,
        row.phone,
        row.retired_on is not None,
    )


def unit(actor: Actor, unit_id: int) -> UnitCard:
    found = next((card for card in units(actor).values() if card.id == unit_id), None)
    if found is None:
        raise NotFound("not_found")
    return found


def unit_by_code(actor: Actor, code: str) -> UnitCard:
    found = units(actor).get(code)
    if found is None:
        raise NotFound("not_found")
    return found


def enterprise(actor: Actor, enterprise_id: int) -> EnterpriseCard:
    with tenancy.reading(actor):
        return EnterpriseCard(*queries.get_card_row(actor, enterprise_id))


def enterprise_by_public_id(actor: Actor, public_id: UUID) -> EnterpriseCard:
    with tenancy.reading(actor):
        return EnterpriseCard(*queries.get_card_row(actor, public_id))


def search_enterprises(actor: Actor, q: str, limit: int = 10) -> list[EnterpriseCard]:
    """Firms whose name, credit code or a contact's telephone fits."""
    with tenancy.reading(actor):
        return [_firm_card(row) for row in queries.search_enterprises(actor, q, limit)]


def enterprises_of(actor: Actor) -> list[EnterpriseCard]:
    """An enterprise user's own firms; otherwise the portfolio of a grid officer."""
    with tenancy.reading(actor):
        ids = actor.enterprises or queries.portfolio_ids(actor)
        rows = queries.list_enterprises(actor).filter(id__in=ids)
        rows = rows.select_related("grid", "grid_officer").order_by("name_zh", "id")
        return [_firm_card(row) for row in rows]


def portfolio_ids(actor: Actor) -> frozenset[int]:
    """The firms that this grid officer looks after; empty for others."""
    with tenancy.reading(actor):
        return queries.portfolio_ids(actor)


def names(actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Names of many firms in one query, in the reader's language."""
    with tenancy.reading(actor):
        found = queries.names_of_enterprises(actor, ids)
    return {pk: in_language(zh, en) for pk, (zh, en) in found.items()}


def identities(actor: Actor) -> Identities:
    """By what every firm and contact of the zone can be recognised; for comparing only."""
    with tenancy.reading(actor):
        return _identities(actor.tenant_id)


def _firm_card(row: Enterprise) -> EnterpriseCard:
    officer = row.grid_officer
    return EnterpriseCard(
        row.name_zh,
        row.name_en,
        row.pk,
        row.public_id,
        row.credit_code,
        row.longitude,
        row.latitude,
        row.accuracy_m,
        row.belongs_to_zone,
        row.industry_code,
        row.grid_id,
        row.grid.key if row.grid else "",
        row.grid_officer_id,
        officer.name if officer else "",
        officer.phone if officer else "",
        row.address,
        row.township_code,
    )


def contacts(actor: Actor, enterprise_id: int) -> list[ContactCard]:
    """Whom to ring at a firm, the first to ring first."""
    with tenancy.reading(actor):
        rows = queries.list_contacts(actor, enterprise_id)
        return [ContactCard(r.name, r.phone, r.title, r.is_primary) for r in rows]


def first_contacts(actor: Actor, ids: Iterable[int]) -> dict[int, ContactCard]:
    """Whom to ring first at each of some firms, in one query."""
    with tenancy.reading(actor):
        rows = queries.first_contacts(actor, ids)
        return {r.enterprise_id: ContactCard(r.name, r.phone, r.title, r.is_primary) for r in rows}


def areas(actor: Actor) -> tuple[AreaCard, ...]:
    """Every dated version of every boundary and line; built once per process and revision."""
    with tenancy.reading(actor):
        revision = revisions.current(actor).get("registry", 0)
        return _areas.get(actor.tenant_id, revision, lambda: _area_cards(actor))


def _area_cards(actor: Actor) -> tuple[AreaCard, ...]:
    codes = {row.pk: code for code, row in queries.unit_index(actor).items()}
    rows = queries.list_areas(actor).order_by("kind", "key", "valid_from")
    return tuple(_area_card(row, codes.get(row.unit_id or 0, "")) for row in rows)


def _area_card(row: Area, unit_code: str) -> AreaCard:
    return AreaCard(
        row.name_zh,
        row.name_en,
        row.pk,
        row.key,
        row.kind,
        unit_code,
        row.geometry,
        row.area_m2,
        row.valid_from,
        row.valid_to,
        row.households,
        row.residents,
    )


def grid_at(actor: Actor, lon: float, lat: float, *, on: date | None = None) -> AreaCard | None:
    """The enterprise grid under a position on a day (today when none is given)."""
    on = on or timezone.localdate()
    with tenancy.reading(actor):
        key = queries.cover(actor, AreaKind.GRID, on).at([lon], [lat])[0]
        return next((card for card in areas(actor) if _is_that(card, key, on)), None)


def _is_that(card: AreaCard, key: str, on: date) -> bool:
    is_current = card.valid_from <= on and (card.valid_to is None or on < card.valid_to)
    return card.kind == AreaKind.GRID and card.key == key and is_current


def sites(actor: Actor, enterprise_id: int) -> list[SiteCard]:
    """The sites of a firm that are in use today."""
    with tenancy.reading(actor):
        rows = queries.list_sites(actor, on=timezone.localdate())
        rows = rows.filter(enterprise_id=enterprise_id)
        return [
            SiteCard(
                row.name_zh,
                row.name_en,
                row.pk,
                row.key,
                row.kind,
                row.geometry,
                row.longitude,
                row.latitude,
            )
            for row in rows.order_by("key")
        ]


def calendar(actor: Actor) -> Calendar:
    """The work calendar that counts now; its ``version`` belongs beside each deadline."""
    with tenancy.reading(actor):
        return queries.working_calendar(actor)


def figures(actor: Actor, period: tuple[date, date]) -> dict[str, Decimal]:
    """A01 to A04; see ``queries.figures``. ``period`` ends exclusively."""
    with tenancy.reading(actor):
        return queries.figures(actor, period)


def firm_panel(
    label: Promise | str, url_name: str, *, roles: Iterable[str] = (), order: int = 50
) -> None:
    """Hang a tab on the firm page; without roles everybody who sees the firm sees it."""
    _panels[url_name] = FirmPanel(label, url_name, frozenset(roles), order)


def firm_panels(actor: Actor) -> list[FirmPanel]:
    found = [p for p in _panels.values() if not p.roles or p.roles & actor.roles]
    return sorted(found, key=lambda p: (p.order, p.url_name))


def map_layer(
    kind: str,
    label: Promise | str,
    url_name: str,
    *,
    roles: Iterable[str] = (),
    is_off: bool = False,
) -> None:
    """Add a layer to the map page; ``kind`` names its look (``call`` draws pins)."""
    _layers[kind] = MapLayer(kind, label, url_name, frozenset(roles), is_off)


def map_layers(actor: Actor) -> list[MapLayer]:
    return [m for m in _layers.values() if not m.roles or m.roles & actor.roles]
