"""The drawn zone has the areas of the figures and holds together as a map."""

import pickle

import pytest
import shapely

from qiying.demo import plane
from qiying.demo.geography import WALL_REFORM_ON, Geography, build_geography
from qiying.demo.shapes import Area

#: Coordinates are kept to a centimetre: neighbours may leave slivers, which are no holes.
SLIVER_M2 = 30.0


@pytest.fixture(scope="module")
def geography() -> Geography:
    return build_geography(7)


def surfaces(areas: list[Area]) -> list[plane.Surface]:
    return [plane.polygon(area) for area in areas]


@pytest.mark.parametrize(
    ("code", "km2"), [("PLAN-2003", 7.0), ("PLAN-2012", 66.75), ("DEVELOPED", 33.44)]
)
@pytest.mark.parametrize("seed", [7, 11])
def test_outlines_have_the_published_areas(seed: int, code: str, km2: float) -> None:
    area = build_geography(seed).boundary(code).area
    assert plane.geodesic_km2(area) == pytest.approx(km2, rel=1e-3)


def test_each_outline_lies_in_the_larger_one(geography: Geography) -> None:
    planned, developed, founding = surfaces(
        [geography.boundary(code).area for code in ("PLAN-2012", "DEVELOPED", "PLAN-2003")]
    )
    assert planned.covers(founding)
    assert planned.buffer(0.1).covers(developed)
    for wall in geography.walls():
        assert developed.buffer(0.1).covers(plane.polygon(wall.area))
        assert len(wall.area.parts) == 1


def test_walls_do_not_touch_and_hold_most_of_the_developed_area(geography: Geography) -> None:
    walls = surfaces([wall.area for wall in geography.walls()])
    assert 22.0 < sum(wall.area for wall in walls) / 1e6 < 27.0
    for index, wall in enumerate(walls):
        assert all(wall.distance(other) > 20.0 for other in walls[index + 1 :])
    assert {wall.since for wall in geography.walls()} == {WALL_REFORM_ON}


def test_no_wall_is_a_rectangle(geography: Geography) -> None:
    for wall in surfaces([wall.area for wall in geography.walls()]):
        assert wall.area < 0.93 * wall.minimum_rotated_rectangle.area


@pytest.mark.parametrize("kind", ["townships", "grids"])
def test_territories_tile_without_hole_or_overlap(geography: Geography, kind: str) -> None:
    tiles = surfaces([tile.area for tile in getattr(geography, kind)])
    together = shapely.union_all(tiles)
    assert sum(tile.area for tile in tiles) == pytest.approx(together.area, abs=SLIVER_M2)
    if kind == "grids":
        walls = shapely.union_all(surfaces([wall.area for wall in geography.walls()]))
        assert together.symmetric_difference(walls).area < SLIVER_M2
        assert len(tiles) == 24
    else:
        holes = [hole for part in shapely.get_parts(together) for hole in part.interiors]
        assert sum(shapely.polygons(hole).area for hole in holes) < SLIVER_M2
        assert together.covers(plane.polygon(geography.boundary("PLAN-2012").area))


def test_several_townships_share_the_planned_area(geography: Geography) -> None:
    planned = plane.polygon(geography.boundary("PLAN-2012").area)
    shares = [
        plane.polygon(township.area).intersection(planned).area / 1e6
        for township in geography.townships
    ]
    assert len(shares) == 7
    assert sum(share > 3.0 for share in shares) >= 5


def test_sixteen_estates_lie_in_one_township_and_some_behind_a_wall(geography: Geography) -> None:
    towns = {town.code: plane.polygon(town.area) for town in geography.townships}
    walls = {wall.code: plane.polygon(wall.area) for wall in geography.walls()}
    planned = plane.polygon(geography.boundary("PLAN-2012").area)
    for estate in geography.neighbourhoods:
        shape = plane.polygon(estate.area)
        assert towns[estate.township].covers(shape)
        assert planned.covers(shape)
        holding = [code for code, wall in walls.items() if wall.intersects(shape)]
        assert holding == ([estate.wall] if estate.wall else [])
    assert len(geography.neighbourhoods) == 16
    assert sum(estate.wall is not None for estate in geography.neighbourhoods) == 5
    assert {estate.township for estate in geography.neighbourhoods} == set(towns)


def test_hand_over_brings_nearly_ten_thousand_households(geography: Geography) -> None:
    households = sum(estate.households for estate in geography.neighbourhoods)
    assert 9_500 <= households <= 10_000
    assert all(
        2.0 < estate.residents / estate.households < 3.5 for estate in geography.neighbourhoods
    )


def test_parcels_lie_in_their_grid_and_do_not_overlap(geography: Geography) -> None:
    grids = {grid.code: plane.polygon(grid.area) for grid in geography.grids}
    shapes = surfaces([parcel.area for parcel in geography.parcels])
    for parcel, shape in zip(geography.parcels, shapes, strict=True):
        assert grids[parcel.grid].buffer(0.5).covers(shape)
        assert shape.covers(plane.point(parcel.centre))
    assert sum(shape.area for shape in shapes) == pytest.approx(
        shapely.union_all(shapes).area, abs=10 * SLIVER_M2
    )
    estates = shapely.union_all(surfaces([e.area for e in geography.neighbourhoods]))
    assert shapely.union_all(shapes).intersection(estates).area < SLIVER_M2
    assert len(geography.parcels) == 420
    assert sum(parcel.kind == "port_yard" for parcel in geography.parcels) == 1
    assert len({parcel.address_zh for parcel in geography.parcels}) == 420


def test_bridges_cross_the_river_and_some_roads_have_no_owner(geography: Geography) -> None:
    river = plane.polygon(geography.river)
    bridges = [segment for segment in geography.segments if segment.kind == "bridge"]
    assert len(bridges) == 2
    assert all(plane.line(bridge.track).intersects(river) for bridge in bridges)
    orphans = [segment for segment in geography.segments if segment.owner is None]
    assert 2 <= len(orphans) <= 12
    assert {"main", "side", "country"} <= {segment.rank for segment in geography.segments}


def test_codes_are_unique(geography: Geography) -> None:
    for rows in (
        geography.boundaries,
        geography.townships,
        geography.villages,
        geography.neighbourhoods,
        geography.grids,
        geography.parcels,
        geography.segments,
    ):
        assert len({row.code for row in rows}) == len(rows)


def test_every_shape_is_valid(geography: Geography) -> None:
    for rows in (
        geography.boundaries,
        geography.townships,
        geography.villages,
        geography.neighbourhoods,
        geography.grids,
        geography.parcels,
    ):
        for row in rows:
            assert shapely.is_valid(plane.polygon(row.area)), row.code


def test_one_seed_draws_one_map() -> None:
    first = pickle.dumps(build_geography(7))
    build_geography.cache_clear()
    assert pickle.dumps(build_geography(7)) == first
    assert build_geography(8) != build_geography(7)
