"""Distances against a geodesic oracle; holes, parts, neighbours and edges of areas."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from qiying.engines.jurisdiction import (
    Area,
    AreaKind,
    Case,
    Geometry,
    Regime,
    Side,
    World,
    decide,
)
from qiying.engines.jurisdiction._ground import Plane

MakeCase = Callable[..., Case]
Box = Callable[..., list[list[tuple[float, float]]]]
GEOD = Geod(ellps="WGS84")
SINCE = date(2024, 6, 1)


def walled(world: World, *walls: Area) -> World:
    rest = tuple(area for area in world.areas if area.kind is not AreaKind.WALL)
    return replace(world, areas=(*rest, *walls))


@given(
    lon=st.floats(74, 134),
    lat=st.floats(19, 53),
    azimuth=st.floats(0, 360),
    metres=st.floats(0, 15_000),
)
def test_the_plane_is_true_to_a_tenth_of_a_metre_within_fifteen_kilometres(
    lon: float, lat: float, azimuth: float, metres: float
) -> None:
    plane = Plane(lon, lat)
    one = GEOD.fwd(lon, lat, azimuth, metres)[:2]
    other = GEOD.fwd(lon, lat, azimuth + 180, metres)[:2]

    (x1, y1), (x2, y2) = plane.xy(*one), plane.xy(*other)

    assert ((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5 == pytest.approx(2 * metres, abs=0.1)


@given(metres=st.floats(0.5, 2900), north=st.floats(-900, 900), inward=st.booleans())
def test_the_distance_to_the_wall_is_the_geodesic_one(
    world: World,
    spot: Callable[..., tuple[float, float]],
    metres: float,
    north: float,
    inward: bool,
) -> None:
    west_wall = spot(-1000, north)
    metres = min(metres, 1000 - abs(north)) if inward else metres
    azimuth = 90 if inward else 270
    lon, lat, _ = GEOD.fwd(*west_wall, azimuth, metres)
    case = Case("share", "workshop", Geometry.point(lon, lat), 0.0, date(2026, 1, 1))

    found = decide(world, case).distance_m

    assert found == pytest.approx(metres if inward else -metres, abs=0.1)


def test_a_point_beyond_a_corner_is_measured_to_the_corner(world: World, case: MakeCase) -> None:
    assert decide(world, case("share", (-1003, -1004))).distance_m == pytest.approx(-5, abs=0.05)


def test_a_hole_in_a_wall_lies_outside(world: World, case: MakeCase, box: Box) -> None:
    ring, hole = box(-1000, -1000, 1000, 1000)[0], box(-100, -100, 100, 100)[0]
    holed = walled(world, Area("wall", AreaKind.WALL, [ring, hole], SINCE))

    decision = decide(holed, case("share", (0, 0)))

    assert (decision.side, decision.lead) == (Side.OUTSIDE, "west")
    assert decision.distance_m == pytest.approx(-100, abs=0.05)


def test_an_area_of_several_parts_is_one_area(world: World, case: MakeCase, box: Box) -> None:
    parts = [box(-1000, -100, -600, 100), box(600, -100, 1000, 100)]
    split = walled(world, Area("wall", AreaKind.WALL, parts, SINCE))

    assert [decide(split, case("share", (east, 0))).side for east in (-800, 0, 800)] == [
        Side.INSIDE,
        Side.OUTSIDE,
        Side.INSIDE,
    ]


@pytest.mark.parametrize("gap", [0.0, 0.15])
def test_the_line_between_two_walls_that_touch_is_no_boundary(
    world: World, case: MakeCase, box: Box, gap: float
) -> None:
    west = Area("w1", AreaKind.WALL, box(-1000, -1000, -gap / 2, 1000), SINCE)
    east = Area("w2", AreaKind.WALL, box(gap / 2, -1000, 1000, 1000), SINCE)

    decision = decide(walled(world, west, east), case("share", (1, 0)))

    assert (decision.side, decision.needs_confirmation) == (Side.INSIDE, False)
    assert decision.distance_m == pytest.approx(999, abs=0.1)


def test_a_wide_gap_between_two_walls_is_a_way_out(world: World, case: MakeCase, box: Box) -> None:
    west = Area("w1", AreaKind.WALL, box(-1000, -1000, -1, 1000), SINCE)
    east = Area("w2", AreaKind.WALL, box(1, -1000, 1000, 1000), SINCE)

    assert decide(walled(world, west, east), case("share", (0, 0), accuracy_m=0)).side is Side.BAND


def test_a_plot_drawn_along_the_wall_does_not_cross_it_by_rounding(
    world: World, case: MakeCase, spot: Callable[..., tuple[float, float]]
) -> None:
    rounded = [
        tuple(round(value, 7) for value in spot(*corner))
        for corner in ((-1000, -333.3), (-700, -333.3), (-700, 333.3), (-1000, 333.3))
    ]

    decision = decide(world, case("share", Geometry.polygon(rounded), accuracy_m=0))

    assert (decision.side, decision.lead) == (Side.BAND, "zone")


@pytest.mark.parametrize(("east", "township"), [(-100, "west"), (100, "east")])
def test_a_plot_in_two_townships_belongs_to_the_one_that_holds_most_of_it(
    world: World, case: MakeCase, box: Box, east: float, township: str
) -> None:
    plot = Geometry.polygon(*box(500 + east - 300, 2000, 500 + east + 300, 2100))

    assert decide(world, case("strip", plot)).lead == township


def test_on_the_line_between_townships_one_of_them_leads(
    world: World, case: MakeCase, spot: Callable[..., tuple[float, float]]
) -> None:
    corner = next(area for area in world.areas if area.key == "east").polygon[0][0][0]

    decision = decide(world, case("strip", Geometry.point(*corner)))

    assert decision.lead == "east"


def test_a_plot_with_its_smaller_part_in_a_neighbourhood_is_not_of_it(
    world: World, case: MakeCase, box: Box
) -> None:
    on = date(2024, 8, 1)
    larger = Geometry.polygon(*box(-310, -290, -210, -190))
    smaller = Geometry.polygon(*box(-380, -290, -280, -190))

    assert decide(world, case("resident", larger, on=on)).lead == "zone"
    assert decide(world, case("resident", smaller, on=on)).lead == "west"


def test_several_lines_are_one_object(
    world: World, case: MakeCase, spot: Callable[..., tuple[float, float]]
) -> None:
    parts = [[spot(-500, 0), spot(-400, 0)], [spot(-2000, 0), spot(-1900, 0)]]
    road = Geometry("MultiLineString", parts)

    decision = decide(world, case("pipe", road, owner="soe"))

    assert decision.side is Side.CROSSING
    assert [round(task.share, 3) for task in decision.split_tasks] == [0.5, 0.5]


def test_a_world_without_areas_still_answers_what_needs_no_place(
    world: World, case: MakeCase
) -> None:
    bare = World(
        matters=world.matters,
        units=world.units,
        areas=(),
        regime=Regime(SINCE),
        register_version="r",
        boundaries_version="b",
    )

    assert decide(bare, case("dept")).lead == "emergency"
    assert decide(bare, case("share")).needs_adjudication
