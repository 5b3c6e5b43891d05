"""Boxes, pages and shapes of map layers after RFC 7946."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.kernel import layers
from qiying.kernel.errors import Invalid

HOLE = {
    "type": "Polygon",
    "coordinates": [
        [[0, 0], [0, 9], [9, 9], [9, 0], [0, 0]],
        [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]],
    ],
}


def area(ring: list[list[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def test_outer_rings_run_against_the_clock_and_holes_with_it() -> None:
    outer, inner = layers.sound(HOLE)["coordinates"]
    assert area(outer) > 0 > area(inner)


def test_positions_have_two_numbers_and_seven_decimals() -> None:
    told = layers.sound({"type": "Point", "coordinates": [119.123456789, 29.0, 12.5]})
    assert told == {"type": "Point", "coordinates": [119.1234568, 29.0]}


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3",
        "a,b,c,d",
        "1,2,3,4,5",
        "NaN,0,1,1",
        "inf,0,1,1",
        "0,9,1,1",
        "-181,0,1,1",
        "0,0,1,91",
        "\uff11,2,3,4",
        ",,,",
        "1;2;3;4",
    ],
)
def test_such_a_box_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        layers.read_box(text)


def test_a_box_with_heights_and_one_over_the_antimeridian_are_read() -> None:
    assert layers.read_box("1,2,-5,3,4,5") == layers.Box(1, 2, 3, 4)
    box = layers.read_box("179,-1,-179,1")
    assert box is not None
    assert box.spans == ((179, 180.0), (-180.0, -179))
    for lon, is_inside in ((179.5, True), (-179.5, True), (0, False)):
        assert layers.touches({"type": "Point", "coordinates": [lon, 0]}, box) is is_inside


@given(st.integers(1, 30), st.integers(1, 7))
def test_pages_give_every_feature_once(count: int, size: int) -> None:
    items = [
        layers.Item(i, str(i), {"type": "Point", "coordinates": [i, 0]}, {})
        for i in range(1, count + 1)
    ]
    seen: list[int] = []
    after = 0
    while True:
        found = layers.in_order(items, layers.Window(None, after, size))
        seen += [i.key for i in found[:size]]
        if len(found) <= size:
            break
        after = found[size - 1].key
    assert seen == list(range(1, count + 1))
