"""A small zone whose every distance is known from how it was drawn.

Offsets are metres east and north of one reference point, taken to degrees by an azimuthal
equidistant projection (the engine uses another). The wall is a square of 2 km around the
point, the planned area one of 6 km; the line between the townships runs 500 m east of it.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from pyproj import Proj

from qiying.engines.jurisdiction import (
    GRADES,
    KINDS,
    LOCAL_TOWNSHIP,
    Area,
    AreaKind,
    Basis,
    Case,
    Geometry,
    Handover,
    Matter,
    ObjectKind,
    Precedent,
    Regime,
    Status,
    Unit,
    UnitKind,
    World,
)

FOUNDED = date(2020, 1, 1)
REFORM = date(2024, 6, 1)
PLANE = Proj(proj="aeqd", lon_0=119.2, lat_0=29.0, ellps="WGS84")

UNITS = (
    Unit("zone", UnitKind.ZONE),
    Unit("soe", UnitKind.COMPANY),
    Unit("grid-company", UnitKind.UTILITY),
    Unit("enterprise-community", UnitKind.COMMUNITY),
    Unit("west", UnitKind.TOWNSHIP),
    Unit("east", UnitKind.TOWNSHIP),
    Unit("ecology", UnitKind.DEPARTMENT),
    Unit("emergency", UnitKind.DEPARTMENT),
    Unit("education", UnitKind.DEPARTMENT),
    Unit("economy", UnitKind.DEPARTMENT),
    Unit("civil", UnitKind.DEPARTMENT),
)
TOWN = (LOCAL_TOWNSHIP,)
MATTERS = (
    Matter(
        "share", Status.SHARE, Basis.WALL, ("zone",), TOWN, ("ecology",), ("ecology",),
        ("zone",), source="浙江省水污染防治条例", grade="A", article="36",
    ),
    Matter(
        "core", Status.CORE, Basis.ZONE, ("zone",), ("economy",), ("economy",), TOWN,
        ("zone",), grade="B",
    ),
    Matter("lock", Status.LOCK, Basis.WALL, ("zone",), TOWN, ("emergency",), ("emergency",)),
    Matter(
        "lock-works", Status.LOCK, Basis.WALL, ("soe",), ("soe",), ("zone", "emergency"),
        ("emergency",),
    ),
    Matter("budget", Status.LOCK, Basis.WALL, ("zone",), (), ("economy",)),
    Matter(
        "dept", Status.DEPT, Basis.DEPT, ("emergency",), ("emergency",), ("zone", "soe"), TOWN,
        ("zone",),
    ),
    Matter("dept-two", Status.DEPT, Basis.DEPT, ("emergency",), ("ecology",), ("zone",), TOWN),
    Matter(
        "strip", Status.STRIP, Basis.TOWNSHIP, TOWN, TOWN, ("civil", "zone"), ("civil",),
        ("zone",),
    ),
    Matter(
        "resident", Status.STRIP, Basis.TOWNSHIP, TOWN, TOWN, ("civil",), ("civil",), ("zone",),
        is_resident_matter=True,
    ),
    Matter(
        "enrolment", Status.STRIP, Basis.TOWNSHIP, ("education",), ("education",),
        ("enterprise-community",), TOWN, is_resident_matter=True,
    ),
    Matter(
        "pipe", Status.CORE, Basis.LINEAR, ("soe",), ("economy",), ("ecology",), ("ecology",),
    ),
    Matter("works", Status.SHARE, Basis.WALL, ("soe", "zone"), ("economy",), (), TOWN),
)  # fmt: skip


def spot(east: float, north: float = 0.0) -> tuple[float, float]:
    """Longitude and latitude of an offset in metres."""
    lon, lat = PLANE(east, north, inverse=True)
    return float(lon), float(lat)


def box(west: float, south: float, east: float, north: float) -> list[list[tuple[float, float]]]:
    """A rectangle of offsets in metres, as GeoJSON Polygon coordinates."""
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return [[spot(*corner) for corner in corners]]


AREAS = (
    Area("plan", AreaKind.PLANNED, box(-3000, -3000, 3000, 3000), FOUNDED),
    Area("wall", AreaKind.WALL, box(-1000, -1000, 1000, 1000), REFORM),
    Area("west", AreaKind.TOWNSHIP, box(-6000, -6000, 500, 6000), FOUNDED, unit="west"),
    Area("east", AreaKind.TOWNSHIP, box(500, -6000, 6000, 6000), FOUNDED, unit="east"),
    Area("homes-in", AreaKind.NEIGHBOURHOOD, box(-300, -300, -100, -100), FOUNDED),
    Area("homes-out", AreaKind.NEIGHBOURHOOD, box(1500, 1500, 1700, 1700), FOUNDED),
)
HANDOVERS = (Handover("homes-in", date(2024, 9, 1), "west"),)


@pytest.fixture(scope="session", name="world")
def make_world() -> World:
    return World(
        matters=MATTERS,
        units=UNITS,
        areas=AREAS,
        handovers=HANDOVERS,
        regime=Regime(REFORM),
        register_version="register-7",
        boundaries_version="walls-3",
    )


@pytest.fixture(scope="session", name="case")
def make_case() -> Callable[..., Case]:
    """Build a case: by default a workshop 500 m west of the centre, long after the reform."""

    def build(
        matter: str, at: tuple[float, float] | Geometry | None = (-500, 0), **more: Any
    ) -> Case:
        place = Geometry.point(*spot(*at)) if isinstance(at, tuple) else at
        given = {
            "object_kind": ObjectKind.WORKSHOP,
            "accuracy_m": 5.0,
            "on": date(2026, 11, 22),
            **more,
        }
        return Case(matter=matter, geometry=place, **given)

    return build


@pytest.fixture(scope="session", name="line")
def make_line() -> Callable[..., Geometry]:
    """A line through offsets in metres."""
    return lambda *offsets: Geometry.line([spot(*offset) for offset in offsets])


@pytest.fixture(scope="session", name="plot")
def make_plot() -> Callable[..., Geometry]:
    """A rectangle of offsets in metres."""
    return lambda *sides: Geometry.polygon(*box(*sides))


@pytest.fixture(scope="session", name="spot")
def give_spot() -> Callable[..., tuple[float, float]]:
    return spot


@pytest.fixture(scope="session", name="box")
def give_box() -> Callable[..., list[list[tuple[float, float]]]]:
    return box


CODES = tuple(unit.code for unit in UNITS)
ROWS = tuple(f"M{number}" for number in range(60))
DAYS = (
    date(2023, 5, 1),
    date(2024, 3, 1),
    REFORM,
    date(2024, 7, 1),
    date(2025, 2, 1),
    date(2026, 11, 22),
)
days = st.sampled_from(DAYS)
# Half of all places lie near a line of some kind.
offsets = st.one_of(
    st.tuples(st.floats(-7000, 7000), st.floats(-7000, 7000)),
    st.tuples(
        st.sampled_from([-1000.0, 1000.0, 500.0, 3000.0, -300.0]).flatmap(
            lambda line: st.floats(line - 40, line + 40)
        ),
        st.floats(-1200, 1200),
    ),
)


def cell(draw: np.random.Generator, least: int, most: int) -> tuple[str, ...]:
    """Distinct unit codes, the local township as often as four of the others."""
    codes = draw.choice([*CODES, *TOWN * 4], size=draw.integers(least, most, endpoint=True))
    return tuple(dict.fromkeys(str(code) for code in codes))


def row(draw: np.random.Generator, code: str) -> Matter:
    inside, outside = cell(draw, 1, 2), cell(draw, 1, 2)
    if draw.random() < 0.3:
        outside = inside
    elif draw.random() < 0.2:
        outside = ()
    return Matter(
        code,
        list(Status)[draw.integers(len(Status))],
        list(Basis)[draw.integers(len(Basis))],
        inside,
        outside,
        cell(draw, 0, 3),
        cell(draw, 0, 3),
        ((), ("zone",), ("zone", "civil"))[draw.integers(3)],
        is_resident_matter=bool(draw.random() < 0.15),
        grade=GRADES[draw.integers(len(GRADES))],
    )


def precedent(draw: np.random.Generator, number: int) -> Precedent:
    place: dict[str, Any] = {"area": ("homes-in", "wall", "east")[draw.integers(3)]}
    if draw.random() < 0.5:
        place = {"point": spot(*draw.uniform(-1200, 1200, 2))}
    return Precedent(
        f"precedent-{number}",
        ROWS[draw.integers(len(ROWS))],
        CODES[draw.integers(len(CODES))],
        DAYS[draw.integers(len(DAYS))],
        **place,
    )


@cache
def random_world(seed: int) -> World:
    """Sixty rows and thirty precedents of every kind on the areas of the small zone."""
    draw = np.random.default_rng(seed)
    return World(
        matters=tuple(row(draw, code) for code in ROWS),
        units=UNITS,
        areas=AREAS,
        handovers=(*HANDOVERS, Handover("homes-out", date(2024, 2, 1), "east")),
        precedents=tuple(precedent(draw, number) for number in range(30)),
        regime=Regime(REFORM, (0.0, 20.0)[seed % 2]),
        register_version="register-7",
        boundaries_version="walls-3",
    )


@st.composite
def geometries(draw: st.DrawFn) -> Geometry | None:
    kind = draw(st.sampled_from(["point", "point", "point", "line", "plot", "none"]))
    if kind == "none":
        return None
    east, north = draw(offsets)
    if kind == "point":
        return Geometry.point(*spot(east, north))
    size = st.floats(10, 2500)
    wide, high = draw(size), draw(size)
    if kind == "plot":
        return Geometry.polygon(*box(east, north, east + wide, north + high))
    return Geometry.line(
        [spot(east, north), spot(east + wide, north), spot(east + wide, north - high)]
    )


@st.composite
def random_cases(draw: st.DrawFn, *, points_only: bool = False) -> Case:
    unit = st.none() | st.sampled_from(CODES)
    place = draw(geometries())
    if points_only:
        place = Geometry.point(*spot(*draw(offsets)))
    return Case(
        matter=draw(st.sampled_from(ROWS)),
        object_kind=draw(st.sampled_from(KINDS)),
        geometry=place,
        accuracy_m=draw(st.sampled_from([0.0, 5.0, 15.0, 100.0, 1500.0])),
        on=draw(days),
        belongs_to_zone=draw(st.sampled_from([None, True, False])),
        owner=draw(unit),
        is_danger=draw(st.integers(0, 5)) == 0,
        responder=draw(unit),
        recused=draw(st.frozensets(st.sampled_from(CODES), max_size=3)),
    )


@pytest.fixture(scope="session", name="worlds")
def give_worlds() -> st.SearchStrategy[World]:
    """Worlds with random rows and precedents; the same few, so that they are built once."""
    return st.integers(0, 7).map(random_world)


@pytest.fixture(scope="session", name="cases")
def give_cases() -> Callable[..., st.SearchStrategy[Case]]:
    """Random cases on the rows of those worlds."""
    return random_cases


@pytest.fixture(scope="session", name="random_world")
def give_random_world() -> Callable[[int], World]:
    """One of those worlds by its seed."""
    return random_world
