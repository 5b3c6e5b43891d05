"""The world that decisions are made in, kept per process until registry or register change."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from qiying.engines.jurisdiction import Area, Handover, Precedent, Regime, World
from qiying.kernel import revisions, tenancy
from qiying.kernel.access import Actor
from qiying.slices.mandate import models, queries, rules
from qiying.slices.registry import public as registry

NEVER = date(9999, 1, 1)
"""The day of a hand-over that has no day yet."""
NEAR_LINE_DEGREES = 0.0003
"""About 30 m: how far from a road's or river's line a place on it may be drawn."""


LINES = frozenset({"road", "river"})


@dataclass(slots=True)
class Ready:
    """A world with the name of its snapshot, and the snapshot's key once it is committed."""

    world: World
    digest: str
    snapshot_id: int | None = None


@dataclass(slots=True)
class Worlds:
    """One world for each stretch of days in which the same rows are in force."""

    register: queries.Register
    zone: registry.ZoneCard
    areas: tuple[registry.AreaCard, ...]
    lines: tuple[tuple[BaseGeometry, registry.AreaCard], ...]
    handovers: tuple[models.Handover, ...]
    precedents: tuple[models.Precedent, ...]
    matter_codes: Mapping[int, str]
    turns: tuple[date, ...]
    ready: dict[int, Ready] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def on(self, day: date) -> Ready:
        """The world of a day, built when first asked for."""
        turn = bisect_right(self.turns, day)
        found = self.ready.get(turn)
        if found is None:
            with self.lock:
                found = self.ready.get(turn) or self._build(day)
                self.ready[turn] = found
        return found

    def is_walled(self, day: date) -> bool:
        """Whether the wall decides on that day, and not the planning boundary."""
        return self.zone.wall_reform_on is not None and day >= self.zone.wall_reform_on

    def _build(self, day: date) -> Ready:
        rows = self.register.on(day)
        kinds = {code: card.kind for code, card in self.register.units.items()}
        areas = _areas(self.areas, kinds)
        world = rules.build_world(
            matters=tuple(
                r.for_engine() for r in rows.values() if r.lead_inside or r.lead_outside
            ),
            units=kinds,
            areas=areas,
            handovers=self._handovers(kinds, {a.key for a in areas}),
            precedents=self._precedents(day, rows, {a.key for a in areas}),
            regime=Regime(self.zone.wall_reform_on or NEVER, self.zone.band_m),
            zone=_zone_code(self.register.units),
        )
        return Ready(world, rules.world_digest(world))

    def _handovers(self, kinds: Mapping[str, str], keys: set[str]) -> tuple[Handover, ...]:
        found = []
        for row in self.handovers:
            key = rules.area_key("neighbourhood", row.area_key)
            to = self.register.code_of.get(row.to_unit_id or 0, "")
            if key in keys and kinds.get(to) == "township":
                found.append(Handover(key, row.handed_over_on or NEVER, to))
        return tuple(found)

    def _precedents(
        self, day: date, rows: Mapping[str, queries.MatterCard], keys: set[str]
    ) -> tuple[Precedent, ...]:
        found = []
        for row in self.precedents:
            code = self.matter_codes[row.matter_id]
            area = rules.area_key(row.area_kind, row.area_key) if row.area_key else None
            is_over = row.valid_to is not None and row.valid_to <= day
            if is_over or code not in rows or (area is not None and area not in keys):
                continue
            point = None if row.longitude is None else (row.longitude, row.latitude or 0.0)
            unit = self.register.code_of[row.lead_unit_id]
            found.append(Precedent(row.number, code, unit, row.valid_from, area, point))
        return tuple(found)

    def owner_at(self, longitude: float, latitude: float, on: date) -> str | None:
        """Who owns the road or river at a place: the nearest line or the bed that holds it."""
        here = Point(longitude, latitude)
        near: list[tuple[float, str, str]] = []
        for line, area in self.lines:
            gap = line.distance(here)
            if gap <= NEAR_LINE_DEGREES and _is_in_force(area, on):
                near.append((gap, area.key, area.unit_code or ""))
        return min(near)[2] if near else None


_kept: revisions.Kept[Worlds] = revisions.Kept()


def worlds(actor: Actor) -> Worlds:
    """The worlds of the actor's tenant; one query while nothing changes."""
    revision = queries.revision_of(actor)
    return _kept.get(actor.tenant_id, revision, lambda: _load(actor, revision))


def _load(actor: Actor, revision: queries.Revision) -> Worlds:
    with tenancy.reading(actor):
        register = queries.register(actor, revision)
        handovers = tuple(models.Handover.objects.visible_to(actor).order_by("number"))
        precedents = tuple(models.Precedent.objects.visible_to(actor).order_by("number"))
        ends = {p.valid_to for p in precedents if p.valid_to}
        codes = models.Matter.objects.visible_to(actor).values_list("id", "code")
        areas = registry.areas(actor)
        return Worlds(
            register=register,
            zone=registry.zone(actor),
            areas=areas,
            lines=tuple((shape(a.geometry), a) for a in areas if a.kind in LINES and a.unit_code),
            handovers=handovers,
            precedents=precedents,
            matter_codes=dict(codes),
            turns=tuple(sorted({*register.turns, *ends})),
        )


def _areas(cards: tuple[registry.AreaCard, ...], kinds: Mapping[str, str]) -> tuple[Area, ...]:
    """The areas a decision can hang on; a township without a unit is the linter's finding."""
    found = []
    for card in sorted(cards, key=lambda c: (c.kind, c.key, c.valid_from)):
        unit = card.unit_code if card.kind == "township" else None
        is_town = kinds.get(unit or "") == "township"
        if card.kind not in rules.GROUND or (card.kind == "township" and not is_town):
            continue
        found.append(
            Area(
                rules.area_key(card.kind, card.key),
                card.kind,  # type: ignore[arg-type]  # the engine turns the code into its enum
                card.geometry["coordinates"],
                card.valid_from,
                card.valid_to,
                unit,
            )
        )
    return tuple(found)


def _is_in_force(card: registry.AreaCard, on: date) -> bool:
    return card.valid_from <= on and (card.valid_to is None or on < card.valid_to)


def _zone_code(units: Mapping[str, registry.UnitCard]) -> str:
    if rules.ZONE in units:
        return rules.ZONE
    heads = sorted(c for c, u in units.items() if u.kind == "zone" and u.parent_id is None)
    return heads[0] if heads else rules.ZONE
