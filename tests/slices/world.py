"""A small zone for tests of the slices: made by the operations of registry and mandate only.

Geography: two townships meet at 119.20 E; east of it lies wall A with a neighbourhood in its
north-east corner. Units, matters and people are the few that tests name; ``World.actor`` gives a
person's actor with the grants held.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor, Role, stand_in, system
from qiying.kernel.models import Tenant, User
from qiying.slices.mandate.operations._register import found_register
from qiying.slices.mandate.operations._seeds import read, rows_from, unit_seeds
from qiying.slices.registry import operations as registry
from qiying.slices.registry.rules.credit_code import check_character

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
"""A Monday, 10 o'clock in Shanghai."""
FOUNDED, REFORM = date(2014, 3, 1), date(2024, 6, 28)
INSIDE, EAST, WEST = (119.205, 29.005), (119.28, 29.0), (119.12, 29.0)
HOME = (119.2165, 29.0165)
UNITS = (
    *("ZONE", "ZONE_SERVICE", "ZONE_SAFE", "ZONE_BUILD", "ZONE_FIN", "ZONE_SOE", "COMMUNITY"),
    *("COUNTY", "EMB", "ETB", "FIN", "FIRE", "HUD", "LEB", "EDU", "POWER"),
)
MATTERS = ("M009", "M016", "M017", "M069", "M072", "M104", "M111")
"""Funds (zone), safety (locked), penalties (department), roads (linear), streets (township),
schools (department), neighbourhoods (township)."""
Place = tuple[float, float]


def box(lon: float, lat: float, size: float) -> dict[str, Any]:
    """A square of ``size`` degrees with its south-west corner here."""
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def _half(west: float, east: float) -> dict[str, Any]:
    ring = [[west, 28.9], [east, 28.9], [east, 29.1], [west, 29.1], [west, 28.9]]
    return {"type": "Polygon", "coordinates": [ring]}


AREAS: tuple[tuple[str, str, dict[str, Any], date, str], ...] = (
    ("planned", "P", box(119.18, 28.98, 0.08), FOUNDED, ""),
    ("wall", "A", box(119.20, 29.0, 0.02), REFORM, ""),
    ("township", "TW", _half(119.0, 119.2), FOUNDED, "TW"),
    ("township", "TE", _half(119.2, 119.4), FOUNDED, "TE"),
    ("grid", "G1", box(119.20, 29.0, 0.02), FOUNDED, ""),
    ("neighbourhood", "N1", box(119.215, 29.015, 0.003), FOUNDED, ""),
)


def credit_code(number: int) -> str:
    """A sound unified social credit code."""
    body = f"91330825MA{number:07d}"
    return body + check_character(body)


@dataclass
class World:
    """A tenant with its zone; ``units`` and ``firms`` are ids by code and by name."""

    tenant: Tenant
    units: Mapping[str, int] = field(default_factory=dict)
    firms: dict[str, int] = field(default_factory=dict)
    now: datetime = NOW
    _people: dict[str, User] = field(default_factory=dict)

    @property
    def keeper(self) -> Actor:
        """Who sets the zone up."""
        return stand_in(self.tenant.pk, Role.ADMINISTRATOR)

    @property
    def system(self) -> Actor:
        return system(self.tenant.pk)

    def person(
        self, name: str, role: str, *, unit: str = "", firm: str = "", since: date = FOUNDED
    ) -> Actor:
        """A person with one more grant; the same name twice is the same person."""
        user = self._people.get(name) or User.objects.create_user(
            f"{self.tenant.code}-{name}", None, name=name, phone=f"139{len(self._people):08d}"
        )
        self._people[name] = user
        people.grant(
            self.system,
            user.pk,
            role,
            now=self.now,
            unit_id=self.units[unit] if unit else None,
            enterprise_id=self.firms[firm] if firm else None,
            valid_from=since,
        )
        return self.actor(name)

    def actor(self, name: str) -> Actor:
        """The actor of a person with every grant held now."""
        found = people.actors_of(self._people[name], now=self.now)
        return next(a for a in found if a.tenant_id == self.tenant.pk)

    def join(self, name: str, user: User) -> None:
        """Know a person who was registered elsewhere."""
        self._people[name] = user

    def user(self, name: str) -> User:
        return self._people[name]

    def firm(self, name: str, at: Place | None = INSIDE, **more: Any) -> int:
        """A firm of the zone; its id also stands in ``firms``."""
        place: dict[str, Any] = {} if at is None else {"longitude": at[0], "latitude": at[1]}
        row = registry.create_enterprise(
            self.keeper,
            now=self.now,
            credit_code=credit_code(len(self.firms) + 1 + 1000 * self.tenant.pk),
            name_zh=name,
            entity_kind="enterprise",
            **place,
            **more,
        )
        self.firms[name] = row.pk
        return int(row.pk)

    def later(self, **span: float) -> datetime:
        """Move the world's clock on and return it."""
        self.now += timedelta(**span)
        return self.now


def make_world(code: str = "lc", *, matters: tuple[str, ...] = MATTERS) -> World:
    """A tenant with zone, units, areas, calendar and a register of a few matters."""
    tenant = people.create_tenant(
        kind="zone", code=code, name_zh="澜川经济开发区", name_en="Lanchuan"
    )
    world = World(tenant)
    with tenancy.acting(world.keeper):
        registry.set_zone(
            world.keeper,
            now=NOW,
            name_zh="澜川经济开发区",
            name_en="Lanchuan Economic Development Zone",
            longitude=119.2,
            latitude=29.0,
            founded_on=FOUNDED,
            wall_reform_on=REFORM,
        )
        registry.seed_calendars(world.keeper, now=NOW)
        world.units = _make_units(world)
        _make_areas(world)
        plain = [item for item in read("matters") if item["code"] in matters]
        pairs = [(row,) for row in rows_from(plain, REFORM)]
        found_register(world.keeper, pairs, now=NOW, reason="test")
    return world


def _make_units(world: World) -> dict[str, int]:
    ids: dict[str, int] = {}
    towns = (("TW", "西溪镇", "Xixi Town"), ("TE", "东乡街道", "Dongxiang Sub-district"))
    seeds = [u for u in unit_seeds() if u.code in UNITS]
    rows = [(u.code, u.kind, u.parent, u.name_zh, u.name_en) for u in seeds]
    rows += [(code, "township", None, zh, en) for code, zh, en in towns]
    for code, kind, parent, zh, en in rows:
        row = registry.create_unit(
            world.keeper,
            now=NOW,
            code=code,
            kind=kind,
            name_zh=zh,
            name_en=en,
            parent_id=ids.get(parent or ""),
        )
        ids[code] = row.pk
    return ids


def _make_areas(world: World) -> None:
    for kind, key, geometry, since, unit in AREAS:
        registry.set_area(
            world.keeper,
            now=NOW,
            kind=kind,
            key=key,
            name_zh=f"{key}区域",
            name_en=f"Area {key}",
            geometry=geometry,
            valid_from=since,
            unit_id=world.units[unit] if unit else None,
        )
