"""What is wrong with a register on a day: pure checks over rows, records and areas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from math import cos, radians
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from qiying.engines.jurisdiction import LOCAL_TOWNSHIP, Status
from qiying.slices.mandate.rules._handover import TRANSFERRED
from qiying.slices.mandate.rules._row import Row

SLIVER_M2 = 100.0
"""Overlaps and holes below this are drawing errors of survey data, not findings."""
ENDING_WITHIN = timedelta(days=60)
ZONE_KINDS = frozenset({"zone", "company", "community"})
METRES_PER_DEGREE = 111_320.0
CHECKS = {
    "orphan": "error",
    "two_leads": "error",
    "lead_also_co": "warning",
    "unit_unknown": "error",
    "locked_away": "error",
    "company_leads": "error",
    "shared_one_sided": "error",
    "core_elsewhere": "error",
    "strip_kept": "error",
    "department_absent": "error",
    "delegation_expired": "error",
    "delegation_ending": "warning",
    "no_version": "error",
    "wall_outside_planned": "error",
    "walls_overlap": "error",
    "townships_overlap": "error",
    "township_hole": "error",
    "handover_incomplete": "error",
}
"""Every check and how grave its findings are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the check, what it is about, and the codes for the sentence."""

    code: str
    subject: str
    params: tuple[tuple[str, str | int | float], ...] = ()

    @property
    def severity(self) -> str:
        return CHECKS[self.code]


@dataclass(frozen=True, slots=True)
class Term:
    """A delegated power as the linter reads it."""

    matter: str
    to_unit: str
    document: str
    valid_from: date
    valid_to: date | None

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A hand-over as the linter reads it."""

    number: str
    state: str
    handed_over_on: date | None
    to_unit: str


@dataclass(frozen=True, slots=True)
class Ground:
    """An area in force as the linter reads it; the shape is GeoJSON in degrees."""

    kind: str
    key: str
    geometry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Register:
    """All that the linter looks at; units are kinds by code."""

    rows: Sequence[Row]
    units: Mapping[str, str]
    terms: Sequence[Term] = ()
    transfers: Sequence[Transfer] = ()
    areas: Sequence[Ground] = ()


def lint(register: Register, on: date) -> tuple[Finding, ...]:
    """Every finding on that day: of the matters by code, then hand-overs, then areas."""
    in_force = sorted((r for r in register.rows if r.is_in_force(on)), key=lambda r: r.code)
    found = [f for row in in_force for f in _of_row(row, register, on)]
    found += _gaps(register.rows, on)
    found += _transfers(register)
    found += _areas(register.areas)
    return tuple(found)


def _of_row(row: Row, register: Register, on: date) -> Iterator[Finding]:
    yield from _seats(row, register.units)
    yield from _status(row, register.units)
    yield from _powers(row, register, on)


def _seats(row: Row, units: Mapping[str, str]) -> Iterator[Finding]:
    sides = (
        ("inside", row.lead_inside, row.co_inside),
        ("outside", row.lead_outside, row.co_outside),
    )
    if not row.lead_inside and not row.lead_outside:
        yield Finding("orphan", row.code, (("side", "both"),))
    for side, leads, co in sides:
        if co and not leads:
            yield Finding("orphan", row.code, (("side", side),))
        if len(leads) > 1:
            yield Finding("two_leads", row.code, (("side", side), ("count", len(leads))))
        for unit in sorted(set(leads) & set(co)):
            yield Finding("lead_also_co", row.code, (("side", side), ("unit", unit)))
        for unit in (*leads, *co):
            if unit != LOCAL_TOWNSHIP and unit not in units:
                yield Finding("unit_unknown", row.code, (("side", side), ("unit", unit)))


def _status(row: Row, units: Mapping[str, str]) -> Iterator[Finding]:
    inside, outside = _kind(row.lead_inside, units), _kind(row.lead_outside, units)
    lead = (("unit", row.lead_inside[0]),) if row.lead_inside else ()
    if row.status == Status.LOCK and inside != "zone":
        yield Finding("locked_away", row.code, lead)
    if row.status in {Status.LOCK, Status.DEPT} and "company" in {inside, outside}:
        yield Finding("company_leads", row.code, lead)
    if row.status == Status.SHARE and not (row.lead_inside and row.lead_outside):
        yield Finding("shared_one_sided", row.code)
    if row.status == Status.CORE and inside not in ZONE_KINDS:
        yield Finding("core_elsewhere", row.code, lead)
    if row.status == Status.STRIP and inside == "zone":
        yield Finding("strip_kept", row.code, lead)


def _kind(leads: tuple[str, ...], units: Mapping[str, str]) -> str:
    if not leads:
        return ""
    return "township" if leads[0] == LOCAL_TOWNSHIP else units.get(leads[0], "")


def _powers(row: Row, register: Register, on: date) -> Iterator[Finding]:
    terms = [t for t in register.terms if t.matter == row.code]
    if row.status == Status.DEPT:
        for unit in dict.fromkeys((*row.lead_inside[:1], *row.lead_outside[:1])):
            if _kind((unit,), register.units) in {"department", ""}:
                continue
            held = [t for t in terms if t.to_unit == unit]
            if not any(t.is_in_force(on) for t in held):
                yield _missing_power(row, unit, held)
    for term in terms:
        if term.valid_to and term.is_in_force(on) and term.valid_to - on <= ENDING_WITHIN:
            days = (term.valid_to - on).days
            yield Finding(
                "delegation_ending", row.code, (("document", term.document), ("days", days))
            )


def _missing_power(row: Row, unit: str, held: Sequence[Term]) -> Finding:
    if not held:
        return Finding("department_absent", row.code, (("unit", unit),))
    last = max(held, key=lambda t: t.valid_to or t.valid_from)
    ended = (last.valid_to or last.valid_from).isoformat()
    return Finding("delegation_expired", row.code, (("unit", unit), ("ended", ended)))


def _gaps(rows: Sequence[Row], on: date) -> list[Finding]:
    """A matter that was and will be in the register, but is not on this day."""
    codes = sorted({r.code for r in rows})
    found = []
    for code in codes:
        mine = [r for r in rows if r.code == code]
        is_between = any(r.valid_from <= on for r in mine) and any(r.valid_from > on for r in mine)
        if is_between and not any(r.is_in_force(on) for r in mine):
            found.append(Finding("no_version", code))
    return found


def _transfers(register: Register) -> list[Finding]:
    return [
        Finding("handover_incomplete", row.number, (("unit", row.to_unit),))
        for row in sorted(register.transfers, key=lambda t: t.number)
        if (row.state in TRANSFERRED or row.handed_over_on)
        and register.units.get(row.to_unit) != "township"
    ]


def _areas(areas: Sequence[Ground]) -> list[Finding]:
    flat = _flatten(areas)
    walls, towns, planned = flat["wall"], flat["township"], flat["planned"]
    found = [*_overlaps("walls_overlap", walls), *_overlaps("townships_overlap", towns)]
    whole = shapely.union_all([g for _, g in planned])
    if planned:
        for key, wall in walls:
            found += _beyond("wall_outside_planned", key, wall, whole)
    if planned and towns:
        held = shapely.union_all([g for _, g in towns])
        for key, ground in planned:
            found += _beyond("township_hole", key, ground, held)
    return found


def _flatten(areas: Sequence[Ground]) -> dict[str, list[tuple[str, BaseGeometry]]]:
    """Shapes by kind in metres, near enough for areas: scaled at the mean latitude."""
    shapes = [(a, shape(a.geometry)) for a in sorted(areas, key=lambda a: (a.kind, a.key))]
    flat: dict[str, list[tuple[str, BaseGeometry]]] = {
        k: [] for k in ("wall", "township", "planned")
    }
    if not shapes:
        return flat
    low, high = shapely.total_bounds([s for _, s in shapes])[[1, 3]]
    scale = (METRES_PER_DEGREE * cos(radians((low + high) / 2)), METRES_PER_DEGREE)
    for area, geometry in shapes:
        if area.kind in flat:
            flat[area.kind].append((area.key, shapely.transform(geometry, lambda c: c * scale)))
    return flat


def _overlaps(code: str, shapes: Sequence[tuple[str, BaseGeometry]]) -> list[Finding]:
    found = []
    for (one, first), (two, second) in combinations(shapes, 2):
        common = first.intersection(second).area
        if common > SLIVER_M2:
            found.append(Finding(code, one, (("other", two), ("area_m2", round(common)))))
    return found


def _beyond(code: str, key: str, inner: BaseGeometry, outer: BaseGeometry) -> list[Finding]:
    rest = inner.difference(outer).area
    return [Finding(code, key, (("area_m2", round(rest)),))] if rest > SLIVER_M2 else []
