"""Two hundred objects with the answer that they must get, written from how they were built.

No label is computed by asking where a point lies: an object is put at a known depth behind or
before a wall, inside an estate, on somebody's road, and the label says what follows from that by
the rules of the decision model. Leads are the register's seats, spelled out here by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import shapely

from qiying.demo import plane
from qiying.demo.gates import Gate, find_gates
from qiying.demo.geography import (
    EXTENDED_ON,
    WALL_REFORM_ON,
    Geography,
    Neighbourhood,
    Township,
    build_geography,
)
from qiying.demo.shapes import Position, point_geojson, track_geojson

TODAY = date(2026, 11, 22)
ZONE = "ZONE"
_IN, _OUT, _BAND, _CROSSING, _UNCERTAIN = "inside", "outside", "band", "crossing", "uncertain"


@dataclass(frozen=True, slots=True)
class Label:
    """An object and what must be decided about it.

    `built` says how it was put there. Asked: matter, kind, GeoJSON geometry, accuracy, day of
    the incident, whether the firm belongs to the zone, owner, danger with the nearest responder.
    Expected: `side` to the boundary in force (None where the construction does not tell), `lead`
    (None: to the county for adjudication), `candidates` (both, where the place must be confirmed),
    `needs_confirmation`, co-handlers that must be among those named, and the deciding rule (0:
    before the reform, 1 to 8 as in the decision model).
    """

    number: int
    built: str
    matter: str
    object_kind: str
    geometry: dict[str, Any]
    rule: int
    lead: str | None
    side: str | None
    needs_confirmation: bool = False
    candidates: tuple[str, ...] = ()
    co_includes: tuple[str, ...] = ()
    accuracy_m: float = 1.0
    on: date = TODAY
    belongs_to_zone: bool | None = None
    owner: str | None = None
    is_danger: bool = False
    responder: str | None = None


@cache
def build_labels(seed: int = 7) -> tuple[Label, ...]:
    """The two hundred labels for a seed."""
    geography = build_geography(seed)
    gates = find_gates(geography)
    labels = (
        *(label for gate in _spread(gates, 8, 0) for label in _depths(gate)),
        *(label for gate in _spread(gates, 3, 1) for label in _departments(gate)),
        *(label for gate in _spread(gates, 4, 2) for label in _vague(gate)),
        *(label for gate in _spread(gates, 6, 3) for label in _across(gate)),
        *(label for gate in _spread(gates, 6, 4) for label in _people_inside(gate)),
        *(label for gate in _spread(gates, 3, 5) for label in _danger(gate)),
        *(label for gate in _spread(gates, 4, 6) for label in _reform(gate)),
        *(label for gate in _spread(gates, 2, 7) for label in _crossing_roads(gate)),
        *(label for town in geography.townships for label in _open_country(town, geography)),
        *(label for estate in geography.neighbourhoods for label in _estate(estate)),
        *_owned_segments(geography),
        *_founding_years(geography, gates),
    )
    return tuple(replace(label, number=number) for number, label in enumerate(labels, start=1))


def _spread(gates: tuple[Gate, ...], count: int, start: int) -> list[Gate]:
    """Gates far apart in the list, so that every wall and township has its turn."""
    return [gates[(start + index * len(gates) // count) % len(gates)] for index in range(count)]


def _at(
    built: str,
    matter: str,
    kind: str,
    position: Position,
    *,
    rule: int,
    lead: str | None,
    side: str | None,
    **more: Any,
) -> Label:
    return Label(0, built, matter, kind, point_geojson(position), rule, lead, side, **more)


def _depths(gate: Gate) -> Iterator[Label]:
    """Rules 3, 6 and 7 on a line through the wall."""
    town = gate.township
    yield _at(
        "150 m inside", "M031", "enterprise_premises", gate.at(150), rule=7, lead=ZONE, side=_IN
    )
    yield _at(
        "150 m inside, firm of elsewhere", "M009", "enterprise_premises", gate.at(150, 20),
        rule=7, lead="ETB", side=_IN, belongs_to_zone=False,
    )  # fmt: skip
    yield _at("30 m inside", "M046", "workshop", gate.at(30), rule=7, lead="COMMUNITY", side=_IN)
    yield _at("30 m outside", "M046", "workshop", gate.at(-30), rule=7, lead=town, side=_OUT)
    yield _at(
        "150 m outside, firm of the zone", "M009", "enterprise_premises", gate.at(-150),
        rule=7, lead=ZONE, side=_OUT, belongs_to_zone=True,
    )  # fmt: skip
    for depth, lead in ((5, "COMMUNITY"), (-5, town)):
        yield _at(
            f"{depth} m from the wall", "M067", "enterprise_premises", gate.at(depth),
            rule=6, lead=lead, side=_BAND, needs_confirmation=True,
            candidates=("COMMUNITY", town),
        )  # fmt: skip
    yield _at("5 m inside, locked", "M016", "workshop", gate.at(5), rule=3, lead=ZONE, side=_BAND)


def _departments(gate: Gate) -> Iterator[Label]:
    """Rule 2 does not ask for the side; rule 3 does."""
    for depth, side, matter, lead in (
        (60, _IN, "M017", "EMB"), (-60, _OUT, "M040", "ECO"), (5, _BAND, "M066", "HRB"),
    ):  # fmt: skip
        yield _at(
            f"department's power {depth} m from the wall", matter, "enterprise_premises",
            gate.at(depth), rule=2, lead=lead, side=side,
        )  # fmt: skip
    yield _at(
        "locked duty 60 m outside", "M016", "workshop", gate.at(-60),
        rule=7, lead=gate.township, side=_OUT,
    )  # fmt: skip


def _vague(gate: Gate) -> Iterator[Label]:
    """Rule 6: how well the place is known against how far the wall is."""
    yield _at(
        "40 m inside, known to 30 m", "M136", "enterprise_premises", gate.at(40),
        rule=7, lead=ZONE, side=_IN, accuracy_m=30.0,
    )  # fmt: skip
    yield _at(
        "40 m inside, known to 80 m", "M136", "enterprise_premises", gate.at(40),
        rule=6, lead=ZONE, side=_UNCERTAIN, needs_confirmation=True,
        candidates=(ZONE, gate.township), accuracy_m=80.0,
    )  # fmt: skip


def _across(gate: Gate) -> Iterator[Label]:
    """Rule 6: a site on both sides of the wall; the greater part is proposed."""
    for inside, outside, lead in ((70.0, 30.0, "COMMUNITY"), (30.0, 70.0, gate.township)):
        ring = [list(position) for position in gate.oblong(inside, outside, 40.0)]
        yield Label(
            0, f"oblong {inside:.0f} m inside and {outside:.0f} m outside", "M046",
            "construction_site", {"type": "Polygon", "coordinates": [ring]}, 6, lead, _CROSSING,
            needs_confirmation=True, candidates=("COMMUNITY", gate.township),
        )  # fmt: skip


def _people_inside(gate: Gate) -> Iterator[Label]:
    """Rule 4 against rule 7: a resident's matter and a firm's dormitory on the same spot."""
    yield _at(
        "resident 150 m inside", "M047", "resident_matter", gate.at(150),
        rule=4, lead=gate.township, side=_IN,
    )  # fmt: skip
    yield _at(
        "dormitory 150 m inside", "M046", "enterprise_dormitory", gate.at(150),
        rule=7, lead="COMMUNITY", side=_IN,
    )  # fmt: skip


def _danger(gate: Gate) -> Iterator[Label]:
    """Rule 1: the nearest responder at once, whoever it belongs to."""
    yield _at(
        "danger 60 m outside", "M031", "workshop", gate.at(-60),
        rule=1, lead="FIRE", side=_OUT, is_danger=True, responder="FIRE",
    )  # fmt: skip
    yield _at(
        "the same without danger", "M031", "workshop", gate.at(-60),
        rule=7, lead=gate.township, side=_OUT, responder="FIRE",
    )  # fmt: skip


def _reform(gate: Gate) -> Iterator[Label]:
    """A place between wall and planning boundary on the two days around the reform."""
    yield _at(
        "150 m outside the wall, day before the reform", "M072", "public_place", gate.at(-150),
        rule=0, lead=ZONE, side=_IN, on=WALL_REFORM_ON - timedelta(days=1),
    )  # fmt: skip
    yield _at(
        "150 m outside the wall, day of the reform", "M072", "public_place", gate.at(-150),
        rule=7, lead=gate.township, side=_OUT, on=WALL_REFORM_ON,
    )  # fmt: skip


def _crossing_roads(gate: Gate) -> Iterator[Label]:
    """Rules 5 and 8: a road through the wall whose owner is known, and one whose owner is not."""
    road = track_geojson(gate.across(80.0, 80.0))
    yield Label(
        0, "road 80 m on each side, owner known", "M069", "segment", road, 5, "TRB", _CROSSING,
        co_includes=(ZONE, gate.township), owner="TRB",
    )  # fmt: skip
    yield Label(
        0, "road 80 m on each side, owner unknown", "M069", "segment", road, 8, None, _CROSSING
    )


def _open_country(town: Township, geography: Geography) -> Iterator[Label]:
    """Rule 7 far from everything: the middle of a township's country outside the planned area."""
    planned = plane.polygon(geography.boundary("PLAN-2012").area)
    open_land = plane.polygon(town.area).difference(planned.buffer(250.0))
    is_open = not open_land.is_empty
    # The inner sub-district has no such country: its middle is built, and no wall is near it.
    heart = _heart(open_land if is_open else _away_from_walls(town, geography))
    built = "deep in open country" if is_open else "deep in the built middle"
    yield _at(built, "M072", "public_place", heart, rule=7, lead=town.code, side=_OUT)
    yield _at(built, "M031", "enterprise_premises", heart, rule=7, lead=town.code, side=_OUT)
    for belongs, lead in ((True, ZONE), (False, town.code)):
        yield _at(
            f"{built}, firm {'of the zone' if belongs else 'of elsewhere'}", "M039",
            "enterprise_premises", heart, rule=7, lead=lead, side=_OUT, belongs_to_zone=belongs,
        )  # fmt: skip


def _away_from_walls(town: Township, geography: Geography) -> plane.Surface:
    taken = [wall.area for wall in geography.walls()]
    taken += [estate.area for estate in geography.neighbourhoods]
    return plane.polygon(town.area).difference(
        shapely.union_all([plane.polygon(area).buffer(60.0) for area in taken])
    )


def _heart(surface: plane.Surface) -> Position:
    """The middle of the largest circle that the surface holds."""
    circle = shapely.maximum_inscribed_circle(surface, tolerance=5.0)
    x, y = circle.coords[0]
    return plane.on_globe(float(x), float(y))


def _estate(estate: Neighbourhood) -> Iterator[Label]:
    """Rule 4: the township that received it, behind a wall or not; rule 3 comes before it."""
    heart = _heart(plane.polygon(estate.area))
    yield _at(
        f"inside {estate.code}", "M111", "residential_neighbourhood", heart,
        rule=4, lead=estate.township, side=None if estate.wall else _OUT,
    )  # fmt: skip
    if estate.wall:
        yield _at(
            f"inside {estate.code}, shared matter", "M031", "residential_neighbourhood", heart,
            rule=4, lead=estate.township, side=None,
        )  # fmt: skip
        yield _at(
            f"inside {estate.code}, locked duty", "M020", "residential_neighbourhood", heart,
            rule=3, lead=ZONE, side=None,
        )  # fmt: skip


def _owned_segments(geography: Geography) -> Iterator[Label]:
    """Rule 5: whose road, bridge, main or river it is; rule 8 where papers are missing."""
    matters = {"road": "M069", "bridge": "M069", "river": "M133"}
    wanted = {
        "ZONE_SOE": 3, "HUD": 3, "TRB": 3, "WRB": 2, "HEATCO": 1, "GASCO": 1, "WATERCO": 1,
        "": 3,
    }  # fmt: skip
    for owner, count in wanted.items():
        owned = [row for row in geography.segments if (row.owner or "") == owner]
        for segment in owned[:: max(1, len(owned) // count)][:count]:
            yield Label(
                0, f"{segment.code}, owner {owner or 'unknown'}",
                matters.get(segment.kind, "M078"), "segment", track_geojson(segment.track),
                5 if owner else 8, owner or None, None, owner=owner or None,
            )  # fmt: skip


def _founding_years(geography: Geography, gates: tuple[Gate, ...]) -> Iterator[Label]:
    """Before the reform, and before the extension: the boundary of that day decides."""
    heart = _heart(plane.polygon(geography.boundary("PLAN-2003").area))
    early = EXTENDED_ON - timedelta(days=500)
    yield _at(
        "deep in the founding area",
        "M072",
        "public_place",
        heart,
        rule=0,
        lead=ZONE,
        side=_IN,
        on=early,
    )
    founding = plane.polygon(geography.boundary("PLAN-2003").area).buffer(400.0)
    outer = next(gate for gate in gates if not founding.intersects(plane.point(gate.at(0))))
    for on, rule, lead, side in (
        (early, 7, outer.township, _OUT),
        (EXTENDED_ON + timedelta(days=30), 0, ZONE, _IN),
    ):
        yield _at(
            "400 m beyond the founding area", "M072", "public_place", outer.at(-150),
            rule=rule, lead=lead, side=side, on=on,
        )  # fmt: skip
