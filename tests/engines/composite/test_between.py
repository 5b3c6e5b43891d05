"""Where the distance between two units comes from: parts that add up down the tree."""

from dataclasses import replace

import numpy as np
import pytest

from qiying.engines.composite import Aggregate, Cube, Node, Plan, cube_of, read_plan, run
from qiying.engines.composite.analysis import Between, between

NODES = (
    Node("a", "a", "Indicator", 1, "x", weight=3.0),
    Node("b", "b", "Indicator", 1, "x", weight=1.0),
    Node("c", "c", "Indicator", 1, "y", weight=1.0),
    Node("d", "d", "Indicator", 1, "y", weight=1.0),
    Node("x", "x", "Aggregate", 2, "top", weight=2.0),
    Node("y", "y", "Aggregate", 2, "top", weight=1.0),
    Node("top", "top", "Aggregate", 3, "", weight=1.0),
)
PLAN = """version = 1
[[step]]
do = "weigh"
[[step]]
do = "aggregate"
method = "METHOD"
"""


def plan(method: str) -> Plan:
    return read_plan(PLAN.replace("METHOD", method))


def cube(*rows: list[float]) -> Cube:
    units = tuple(f"u{n}" for n in range(len(rows)))
    return cube_of(np.array([rows]), NODES, years=("2025",), units=units)


def apart(method: str, table: Cube) -> Between:
    chosen = plan(method)
    return between(chosen, table, run(chosen, table), "u0", "u1", "2025")


def test_an_arithmetic_mean_splits_as_it_is_worked_by_hand() -> None:
    found = apart("amean", cube([8.0, 4.0, 6.0, 2.0], [4.0, 8.0, 2.0, 2.0]))
    # x: 7 against 5, y: 4 against 2; two thirds and one third of them
    assert found.distance == pytest.approx(2 / 3 * 2 + 1 / 3 * 2)
    assert found.parts == pytest.approx(
        {"x": 4 / 3, "y": 2 / 3, "a": 2.0, "b": -2 / 3, "c": 2 / 3, "d": 0.0}
    )


@pytest.mark.parametrize("method", ["amean", "gmean"])
@pytest.mark.parametrize("is_missing", [False, True])
def test_parts_add_up_to_their_parent_and_to_the_distance(method: str, is_missing: bool) -> None:
    draw = np.random.default_rng(5)
    for _ in range(50):
        rows = draw.uniform(1, 100, (2, 4))
        if is_missing:
            rows[0, 1] = np.nan
        found = apart(method, cube(*rows.tolist()))
        parts = found.parts
        assert parts["x"] + parts["y"] == pytest.approx(found.distance)
        assert parts["a"] + parts["b"] == pytest.approx(parts["x"])
        assert parts["c"] + parts["d"] == pytest.approx(parts["y"])


def test_members_of_level_nodes_bring_nothing_and_two_level_units_have_parts_that_cancel() -> None:
    found = apart("amean", cube([6.0, 6.0, 5.0, 5.0], [4.0, 4.0, 9.0, 9.0]))
    assert found.distance == pytest.approx(0)
    assert found.parts == pytest.approx(
        {"x": 4 / 3, "y": -4 / 3, "a": 1.0, "b": 1 / 3, "c": -2 / 3, "d": -2 / 3}
    )
    level = apart("amean", cube([6.0, 6.0, 7.0, 3.0], [4.0, 4.0, 3.0, 7.0]))
    assert (level.parts["y"], level.parts["c"], level.parts["d"]) == (0.0, 0.0, 0.0)


def test_what_does_not_separate_or_has_no_score_has_no_parts() -> None:
    assert apart("topsis", cube([1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 1.0, 1.0])).parts == {}
    none = apart("amean", cube([np.nan] * 4, [2.0, 1.0, 1.0, 1.0]))
    assert np.isnan(none.distance)
    assert none.parts == {}
    mixed = plan("amean")
    step = mixed.steps[-1]
    assert isinstance(step, Aggregate)
    mixed = replace(mixed, steps=(*mixed.steps[:-1], replace(step, at={"y": "hmean"})))
    table = cube([1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 1.0, 1.0])
    assert between(mixed, table, run(mixed, table), "u0", "u1", "2025").parts == {}
    with pytest.raises(ValueError, match="not in tuple"):
        between(mixed, table, run(mixed, table), "u9", "u1", "2025")
