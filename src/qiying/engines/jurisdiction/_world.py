from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from qiying.engines.jurisdiction._areas import Area, Handover, Precedent, Regime
from qiying.engines.jurisdiction._codes import LOCAL_TOWNSHIP, AreaKind, UnitKind
from qiying.engines.jurisdiction._ground import Ground
from qiying.engines.jurisdiction._register import CELLS, Matter, Unit


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """Everything a decision stands on: the register in force, boundaries, dated records.

    Immutable. Prepared geometry is built on first use and kept; no answer depends on it, nor
    on the order in which matters, units, areas, hand-overs or precedents are given.

    Parameters
    ----------
    matters, units, areas, handovers, precedents, regime
        The register's rows in force, and the rest with its own dates.
    register_version, boundaries_version
        Names under which the caller can find these rows again; stored with each decision.
    zone
        Unit code of the zone itself; may be left out when one unit only is of kind zone.

    Raises
    ------
    ValueError
        A code is repeated or unknown, versions of one area overlap in time, a hand-over or a
        precedent points nowhere, or the zone's unit cannot be told.
    """

    matters: tuple[Matter, ...]
    units: tuple[Unit, ...]
    areas: tuple[Area, ...]
    regime: Regime
    register_version: str
    boundaries_version: str
    handovers: tuple[Handover, ...] = ()
    precedents: tuple[Precedent, ...] = ()
    zone: str | None = None

    def __post_init__(self) -> None:
        for name in ("matters", "units", "areas", "handovers", "precedents"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not self.register_version or not self.boundaries_version:
            raise ValueError("world: both versions must be named")
        object.__setattr__(self, "zone", _zone_of(self.units, self.zone))
        _check_register(self)
        _check_areas(self)
        _check_records(self)

    def __getstate__(self) -> dict[str, Any]:
        # Prepared geometry is built again where it is needed; it is no part of the value.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def matter_by_code(self) -> Mapping[str, Matter]:
        return MappingProxyType({matter.code: matter for matter in self.matters})

    @cached_property
    def kind_by_unit(self) -> Mapping[str, UnitKind]:
        return MappingProxyType({unit.code: unit.kind for unit in self.units})

    @cached_property
    def handover_by_key(self) -> Mapping[str, Handover]:
        return MappingProxyType({row.neighbourhood: row for row in self.handovers})

    @cached_property
    def precedents_by_matter(self) -> Mapping[str, tuple[Precedent, ...]]:
        """Precedents of each matter, the latest first."""
        grouped: dict[str, tuple[Precedent, ...]] = {}
        for row in sorted(self.precedents, key=lambda p: (p.decided_on, p.id), reverse=True):
            grouped[row.matter] = (*grouped.get(row.matter, ()), row)
        return MappingProxyType(grouped)

    @cached_property
    def ground(self) -> Ground:
        """Prepared geometry in metres."""
        points = [row.point for row in self.precedents if row.point]
        return Ground(self.areas, points, self.regime.reform_on)

    @cached_property
    def workbench(self) -> dict[Any, Any]:
        """Where the bulk path and the checker keep what they prepared from this world."""
        return {}


def _zone_of(units: tuple[Unit, ...], stated: str | None) -> str:
    zones = [unit.code for unit in units if unit.kind is UnitKind.ZONE]
    if stated is None and len(zones) == 1:
        return zones[0]
    if stated not in zones:
        raise ValueError(f"world: name the zone's unit, one of {sorted(zones)}")
    return stated


def _check_register(world: World) -> None:
    _check_distinct("matter", (matter.code for matter in world.matters))
    _check_distinct("unit", (unit.code for unit in world.units))
    known = {unit.code for unit in world.units}
    if LOCAL_TOWNSHIP in known:
        raise ValueError(f"world: {LOCAL_TOWNSHIP} cannot be a unit's code")
    for matter in world.matters:
        for cell in CELLS:
            for code in getattr(matter, cell):
                if code not in known and code != LOCAL_TOWNSHIP:
                    raise ValueError(f"matter {matter.code}: {cell} names unknown unit {code!r}")


def _check_areas(world: World) -> None:
    versions: dict[str, list[Area]] = {}
    for area in world.areas:
        versions.setdefault(area.key, []).append(area)
        if area.unit and world.kind_by_unit.get(area.unit) is not UnitKind.TOWNSHIP:
            raise ValueError(f"area {area.key}: {area.unit!r} is not a township's unit")
    for key, rows in versions.items():
        if len({row.kind for row in rows}) > 1:
            raise ValueError(f"area {key}: one key, one kind")
        rows.sort(key=lambda row: row.valid_from)
        for earlier, later in pairwise(rows):
            if earlier.valid_to is None or later.valid_from < earlier.valid_to:
                raise ValueError(f"area {key}: versions overlap in time")


def _check_records(world: World) -> None:
    _check_distinct("hand-over", (row.neighbourhood for row in world.handovers))
    _check_distinct("precedent", (row.id for row in world.precedents))
    keys = {area.key for area in world.areas}
    neighbourhoods = {a.key for a in world.areas if a.kind is AreaKind.NEIGHBOURHOOD}
    for row in world.handovers:
        if row.neighbourhood not in neighbourhoods:
            raise ValueError(f"hand-over: unknown neighbourhood {row.neighbourhood!r}")
        if world.kind_by_unit.get(row.township) is not UnitKind.TOWNSHIP:
            raise ValueError(f"hand-over {row.neighbourhood}: {row.township!r} is no township")
    for precedent in world.precedents:
        if precedent.matter not in world.matter_by_code:
            raise ValueError(f"precedent {precedent.id}: unknown matter {precedent.matter!r}")
        if precedent.unit not in world.kind_by_unit:
            raise ValueError(f"precedent {precedent.id}: unknown unit {precedent.unit!r}")
        if precedent.area is not None and precedent.area not in keys:
            raise ValueError(f"precedent {precedent.id}: unknown area {precedent.area!r}")


def _check_distinct(what: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise ValueError(f"world: {what} {code!r} stands twice")
        seen.add(code)
