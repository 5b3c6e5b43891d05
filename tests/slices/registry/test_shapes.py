"""Shapes: checked, measured on the ellipsoid, compared."""

import math
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules import shapes
from tests.slices.registry.conftest import box

CORNERS = st.tuples(st.floats(118, 121), st.floats(28, 30))


@given(CORNERS, st.floats(0.001, 0.3))
def test_the_area_of_a_cell_of_the_graticule_is_the_geodesic_one(
    corner: tuple[float, float], size: float
) -> None:
    shape = shapes.read(box(*corner, size), shapes.SURFACES)
    # exact area between two parallels on the sphere of equal area; the ring's sides are geodesics
    radius = math.sqrt(Geod(ellps="WGS84").geometry_area_perimeter(_whole())[0] / (4 * math.pi))
    south, north = math.radians(corner[1]), math.radians(corner[1] + size)
    expected = math.radians(size) * radius**2 * (math.sin(north) - math.sin(south))
    assert shape.area_m2 == pytest.approx(expected, rel=0.01)


def _whole() -> Any:
    halves = [shapely.box(-180, -90, 0, 90), shapely.box(0, -90, 180, 90)]
    return shapely.MultiPolygon([shapely.orient_polygons(half) for half in halves])


@given(CORNERS, st.floats(0.001, 0.3))
def test_a_shape_read_twice_is_the_same_shape(corner: tuple[float, float], size: float) -> None:
    once = shapes.read(box(*corner, size), shapes.SURFACES)
    assert shapes.read(once.geometry, shapes.SURFACES) == once


@pytest.mark.parametrize(
    ("geometry", "problem"),
    [
        (None, "form"),
        ({"type": "Circle", "coordinates": [1, 2]}, "form"),
        ({"type": "Polygon"}, "form"),
        ({"type": "Polygon", "coordinates": [["a", "b", "c", "a"]]}, "form"),
        ({"type": "Point", "coordinates": [119, 29]}, "type"),
        ({"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 2]]]}, "open"),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]},
            "crossed",
        ),
        (box(119, 29, 1e-6), "small"),
    ],
)
def test_what_is_not_a_sound_surface_is_named(geometry: Any, problem: str) -> None:
    with pytest.raises(Invalid) as caught:
        shapes.read(geometry, shapes.SURFACES)
    assert caught.value.code == f"registry.shape.{problem}"


def test_a_height_is_dropped_and_text_is_read_too() -> None:
    ring = [[119, 29, 5.0], [119.1, 29, 5.0], [119.1, 29.1, 5.0], [119, 29, 5.0]]
    flat = shapes.read({"type": "Polygon", "coordinates": [ring]}, shapes.SURFACES)
    text = shapes.read_text("POLYGON ((119 29, 119.1 29, 119.1 29.1, 119 29))", shapes.SURFACES)
    assert flat == text
    assert all(len(position) == 2 for position in flat.geometry["coordinates"][0])
    with pytest.raises(Invalid):
        shapes.read_text("POLYGON EMPTY", shapes.SURFACES)


def test_neighbours_touch_without_overlapping_and_an_overlap_is_measured() -> None:
    assert shapes.overlaps([box(119, 29), box(119.01, 29)]) == []
    found = shapes.overlaps([box(119, 29), box(119.005, 29), box(121, 29)])
    assert [(pair.first, pair.second) for pair in found] == [(0, 1)]
    half = shapes.read(box(119, 29), shapes.SURFACES).area_m2 / 2
    assert found[0].area_m2 == pytest.approx(half, rel=1e-3)


@given(st.lists(CORNERS, max_size=20))
def test_a_cover_answers_as_a_search_through_all_pieces_does(
    spots: list[tuple[float, float]],
) -> None:
    pieces = [("big", box(118, 28, 3)), ("small", box(119, 29, 0.5)), ("far", box(10, 10))]
    cover = shapes.Cover(pieces)
    plain = []
    for lon, lat in spots:
        inside = [
            (shapely.geometry.shape(g).area, key)
            for key, g in pieces
            if shapely.geometry.shape(g).intersects(shapely.Point(lon, lat))
        ]
        plain.append(min(inside)[1] if inside else "")
    assert cover.at([s[0] for s in spots], [s[1] for s in spots]) == plain
