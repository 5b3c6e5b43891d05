"""Aggregates: properties, hand-worked examples, missing members, order of rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from qiying.engines.composite import Aggregate, Node, aggregate, check, cube_of, run
from tests.engines.composite.made import codes, cube, nodes, plan

NAN = np.nan
MEANS = ("amean", "gmean", "hmean", "genmean")
METHODS = (*MEANS, "copeland", "topsis", "mpi", "bod")
VALUES = st.one_of(st.floats(0.01, 100), st.sampled_from([1.0, 2.0, 3.0, NAN]))
TABLES = st.tuples(st.integers(2, 7), st.integers(1, 4)).flatmap(
    lambda shape: st.tuples(
        arrays.arrays(np.float64, shape, elements=VALUES),
        arrays.arrays(np.float64, shape[1], elements=st.integers(1, 5).map(float)),
    )
)


def scores(z: object, w: object, method: str, **keys: object) -> np.ndarray:  # type: ignore[type-arg] # [unit]
    return aggregate(np.asarray(z, float), np.asarray(w, float), method, Aggregate(**keys))  # type: ignore[arg-type] # keys of the step


@settings(max_examples=60, deadline=None)
@given(TABLES, st.sampled_from(METHODS))
def test_the_independent_recount_agrees(
    drawn: tuple[np.ndarray, np.ndarray],  # type: ignore[type-arg] # drawn
    method: str,
) -> None:
    z, w = drawn
    order = plan('normalise method = "none"', f'aggregate method = "{method}"; at_least = 0.4')
    data = cube(z, weights=tuple(w))
    before = data.values.copy()
    result = run(order, data)
    assert check(order, data, result) == ()
    np.testing.assert_array_equal(data.values, before)
    again = run(order, data)
    np.testing.assert_array_equal(again.scores, result.scores)
    assert again.digest == result.digest


@settings(max_examples=60, deadline=None)
@given(TABLES, st.sampled_from(METHODS), st.integers(0, 1000))
def test_the_order_of_rows_and_members_does_not_matter(
    drawn: tuple[np.ndarray, np.ndarray],  # type: ignore[type-arg] # drawn
    method: str,
    seed: int,
) -> None:
    z, w = drawn
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(z)), rng.permutation(len(w))
    found = scores(z, w, method)[rows]
    np.testing.assert_allclose(scores(z[rows][:, columns], w[columns], method), found, rtol=1e-8)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_means_lie_within_and_in_their_order(
    drawn: tuple[np.ndarray, np.ndarray],  # type: ignore[type-arg] # drawn
) -> None:
    z, w = drawn
    there = ~np.isnan(z).all(axis=1)
    low = np.where(np.isnan(z), np.inf, z).min(axis=1)[there]
    high = np.where(np.isnan(z), -np.inf, z).max(axis=1)[there]
    chain = [scores(z, w, method)[there] for method in ("hmean", "gmean", "amean")]
    for lower, upper in zip([low, *chain], [*chain, high], strict=True):
        assert (lower <= upper * (1 + 1e-12)).all()
    assert np.isnan(scores(z, w, "amean")[~there]).all()


@pytest.mark.parametrize(("power", "same"), [(1.0, "amean"), (0.0, "gmean"), (-1.0, "hmean")])
def test_the_generalised_mean_contains_the_others(power: float, same: str) -> None:
    z, w = [[1.0, 4, 9], [2, NAN, 8]], [1, 2, 1]
    found = scores(z, w, "genmean", power=power)
    np.testing.assert_allclose(found, scores(z, w, same), rtol=1e-14)
    assert scores([[3.0, 4]], [1, 1], "genmean")[0] == pytest.approx(12.5**0.5)
    assert scores([[1e200, 1e200]], [1, 1], "genmean", power=9.0)[0] == pytest.approx(1e200)


def test_a_mean_that_wants_positive_values_is_missing_and_counted_and_nothing_stops() -> None:
    order = plan('normalise method = "none"', 'aggregate method = "gmean"')
    result = run(order, cube([[0.0, 4], [-1, 4], [4, 9]]))
    np.testing.assert_allclose(result.of("index")[0], [NAN, NAN, 6])
    assert [(r.code, r.numbers) for r in result.reasons] == [("not_positive", (("cells", 2),))]
    assert result.ranks[0, :, 0].tolist() == [0, 0, 1]


def test_a_member_without_weight_does_not_count() -> None:
    z, w = [[0.0, 4.0]], [0, 1]
    assert all(scores(z, w, m)[0] == pytest.approx(4) for m in (*MEANS, "mpi"))


def test_too_few_members_leave_no_score() -> None:
    data = cube([[1.0, NAN, NAN], [1, 2, NAN], [1, 2, 3]])
    result = run(plan("normalise", "aggregate at_least = 0.6"), data)
    assert np.isnan(result.of("index")[0]).tolist() == [True, False, False]
    assert codes(result) == {"too_few_members"} | ({"constant"} & codes(result))


def test_duels_by_hand() -> None:
    # a beats b on weight 3 of 4, a and c draw 2 to 2, b beats c on 3 of 4.
    z = np.array([[3.0, 1, 2], [2.0, 2, 1], [1.0, 2, 3]])
    assert scores(z, [2, 1, 1], "copeland").tolist() == [1, 0, -1]


def test_duels_count_the_weight_that_both_units_have() -> None:
    # The first has one member and is best in it: a third of all weight, all of what is common.
    z = np.array([[2.0, NAN, NAN], [1, 9, 9], [1, 1, 1]])
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        found = scores(z[order], [1, 1, 1], "copeland")
        assert found.tolist() == [[2, 0, -2][n] for n in order]
    alone = np.array([[1.0, NAN], [NAN, 1.0]])
    assert scores(alone, [1, 1], "copeland").tolist() == [0, 0]


def test_near_equal_weights_for_and_against_are_a_draw() -> None:
    z = np.array([[1.0, 1, 0, 0], [0, 0, 1, 0]])
    assert scores(z, [0.1, 0.2, 0.3, 1], "copeland").tolist() == [0, 0]


def test_topsis_by_hand() -> None:
    z = [[1.0, 0], [0, 1], [0.5, 0.25], [NAN, NAN]]
    far, near = np.hypot(0.3, 0.3), np.hypot(0.3, 0.1)
    expected = [0.6, 0.4, near / (near + far), NAN]
    np.testing.assert_allclose(scores(z, [0.6, 0.4], "topsis"), expected)
    np.testing.assert_array_equal(scores([[2.0, 2], [2, 2]], [1, 1], "topsis"), [0.5, 0.5])


def test_topsis_from_raw_values_is_the_textbook_method() -> None:
    # Benefit 3, 4 and cost 12, 5 over their lengths 5 and 13: the second is best in both.
    data = cube([[3.0, 12], [4, 5]], directions=(1, -1))
    result = run(plan('normalise method = "vector"', 'aggregate method = "topsis"'), data)
    assert result.of("index")[0].tolist() == [0, 1]
    np.testing.assert_allclose(result.tables["normalise"][0], [[0.6, -12 / 13], [0.8, -5 / 13]])


def test_topsis_of_all_years_has_one_best_and_worst() -> None:
    data = cube(np.array([[0.0, 1], [2, 4]])[:, :, None])
    steps = ('normalise method = "none"', 'aggregate method = "topsis"; frame = "all"')
    result = run(plan(*steps), data)
    np.testing.assert_allclose(result.of("index"), [[0, 0.25], [0.5, 1]])
    assert check(plan(*steps), data, result) == ()


def test_mazziotta_and_pareto_by_hand() -> None:
    # Mean 100, variance 25: a penalty of a quarter; even members pay none.
    z = [[95.0, 105], [100, 100]]
    np.testing.assert_allclose(scores(z, [1, 1], "mpi"), [99.75, 100])
    np.testing.assert_allclose(scores(z, [1, 1], "mpi", toward="high"), [100.25, 100])


def test_each_node_has_its_own_method() -> None:
    tree = (
        Node("a", "A", "Indicator", 1, "p"),
        Node("b", "B", "Indicator", 1, "p"),
        Node("c", "C", "Indicator", 1, "q"),
        Node("p", "P", "Aggregate", 2, "index", weight=3),
        Node("q", "Q", "Aggregate", 2, "index", weight=1),
        Node("index", "I", "Aggregate", 3),
    )
    data = cube_of([[4.0, 9, 2], [1, 1, 6]], tree)
    order = plan('normalise method = "none"', 'aggregate at = {p = "gmean", index = "hmean"}')
    result = run(order, data)
    assert result.nodes == ("p", "q", "index")
    np.testing.assert_allclose(result.of("p")[0], [6, 1])
    np.testing.assert_allclose(result.of("index")[0], [4 / (3 / 6 + 1 / 2), 4 / (3 + 1 / 6)])
    assert check(order, data, result) == ()


def test_a_node_without_members_has_no_score_and_says_so() -> None:
    tree = (*nodes(1), Node("empty", "Empty", "Aggregate", 2))
    result = run(plan("normalise"), cube_of([[1.0], [2.0]], tree))
    assert np.isnan(result.of("empty")).all()
    assert "no_members" in codes(result)
