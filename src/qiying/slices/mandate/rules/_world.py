"""A world of decisions as text and back, named by what it holds."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from qiying.engines.jurisdiction import (
    Area,
    AreaKind,
    Handover,
    Matter,
    Precedent,
    Regime,
    Unit,
    UnitKind,
    World,
)
from qiying.slices.mandate.rules._row import digest_of

MATTER_FIELDS = (
    "code",
    "status",
    "basis",
    "lead_inside",
    "lead_outside",
    "co_inside",
    "co_outside",
    "lead_before_reform",
    "is_resident_matter",
    "is_public",
    "source",
    "article",
    "grade",
)
GROUND = frozenset({"planned", "wall", "township", "neighbourhood"})
"""The kinds of area that a decision can hang on."""


def area_key(kind: str, key: str) -> str:
    """The registry's key is unique within a kind, the engine's across kinds."""
    return f"{kind}:{key}"


def build_world(
    *,
    matters: tuple[Matter, ...],
    units: Mapping[str, str],
    areas: tuple[Area, ...],
    handovers: tuple[Handover, ...],
    precedents: tuple[Precedent, ...],
    regime: Regime,
    zone: str,
) -> World:
    """A world whose two versions are digests of its content; ``units`` are kinds by code.

    Raises ValueError, from the engine, when the parts do not fit together.
    """
    plain = {
        "matters": [_matter(m) for m in matters],
        "units": dict(units),
        "handovers": [[h.neighbourhood, h.on.isoformat(), h.township] for h in handovers],
        "precedents": [_precedent(p) for p in precedents],
        "zone": zone,
    }
    ground = {"areas": [_area(a) for a in areas], "regime": _regime(regime)}
    return World(
        matters=matters,
        units=tuple(Unit(code, UnitKind(kind)) for code, kind in units.items()),
        areas=areas,
        handovers=handovers,
        precedents=precedents,
        regime=regime,
        zone=zone,
        register_version=digest_of(plain)[:16],
        boundaries_version=digest_of(ground)[:16],
    )


def world_digest(world: World) -> str:
    """The name under which a snapshot of the world is kept."""
    return digest_of([world.register_version, world.boundaries_version])


def world_to_plain(world: World) -> dict[str, Any]:
    """Values for JSON; ``world_from_plain`` gives an equal world back."""
    return {
        "matters": [_matter(m) for m in world.matters],
        "units": {u.code: u.kind.value for u in world.units},
        "areas": [_area(a) for a in world.areas],
        "handovers": [[h.neighbourhood, h.on.isoformat(), h.township] for h in world.handovers],
        "precedents": [_precedent(p) for p in world.precedents],
        "regime": _regime(world.regime),
        "zone": world.zone,
    }


def world_from_plain(plain: Mapping[str, Any]) -> World:
    """Read what ``world_to_plain`` wrote."""
    return build_world(
        matters=tuple(Matter(**{k: _frozen(v) for k, v in m.items()}) for m in plain["matters"]),
        units=plain["units"],
        areas=tuple(_read_area(a) for a in plain["areas"]),
        handovers=tuple(Handover(k, date.fromisoformat(d), t) for k, d, t in plain["handovers"]),
        precedents=tuple(_read_precedent(p) for p in plain["precedents"]),
        regime=Regime(date.fromisoformat(plain["regime"]["reform_on"]), plain["regime"]["band_m"]),
        zone=plain["zone"],
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _matter(matter: Matter) -> dict[str, Any]:
    plain = {name: getattr(matter, name) for name in MATTER_FIELDS}
    return {k: list(v) if isinstance(v, tuple) else _code(v) for k, v in plain.items()}


def _code(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def _area(area: Area) -> dict[str, Any]:
    return {
        "key": area.key,
        "kind": area.kind.value,
        "polygon": area.polygon,
        "valid_from": area.valid_from.isoformat(),
        "valid_to": area.valid_to.isoformat() if area.valid_to else None,
        "unit": area.unit,
    }


def _read_area(plain: Mapping[str, Any]) -> Area:
    ends = plain["valid_to"]
    return Area(
        plain["key"],
        AreaKind(plain["kind"]),
        plain["polygon"],
        date.fromisoformat(plain["valid_from"]),
        date.fromisoformat(ends) if ends else None,
        plain["unit"],
    )


def _precedent(row: Precedent) -> dict[str, Any]:
    return {
        "id": row.id,
        "matter": row.matter,
        "unit": row.unit,
        "decided_on": row.decided_on.isoformat(),
        "area": row.area,
        "point": list(row.point) if row.point else None,
    }


def _read_precedent(plain: Mapping[str, Any]) -> Precedent:
    point = plain["point"]
    return Precedent(
        plain["id"],
        plain["matter"],
        plain["unit"],
        date.fromisoformat(plain["decided_on"]),
        area=plain["area"],
        point=(point[0], point[1]) if point else None,
    )


def _regime(regime: Regime) -> dict[str, Any]:
    return {"reform_on": regime.reform_on.isoformat(), "band_m": float(regime.band_m)}
