"""Uncertainty: every replicate is a run that can be repeated; exact indices; ranks and pairs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiying.engines.composite import (
    Cube,
    Node,
    Plan,
    Unusable,
    cube_of,
    flip,
    read_plan,
    run,
    sensitivity,
    uncertainty,
    variant,
)
from qiying.engines.composite._design import (
    crossed,
    every,
    exact_indices,
    sampled_indices,
)
from tests.engines.composite.made import ASEM, EXAMPLE, asem, cube, plan

VALUES = np.random.default_rng(11).lognormal(1, 1, size=(2, 9, 5))
VALUES[0, 2, 1] = np.nan
TREE = (
    *(Node(f"x{n}", f"X{n}", "Indicator", 1, "p" if n < 3 else "q") for n in range(5)),
    Node("p", "P", "Aggregate", 2, "index", weight=2),
    Node("q", "Q", "Aggregate", 2, "index"),
    Node("index", "I", "Aggregate", 3),
)
FACTORS = """
[[factor]]
name = "treat"
at = "treat.winsorise"
choices = [0, 1, 3]
[[factor]]
name = "scale"
at = "normalise"
choices = [{ low = 1.0, high = 100.0 }, { method = "zscore", low = 50.0, high = 10.0 }]
[[factor]]
name = "weights"
at = "weights"
spread = 0.3
level = 2
sets = 4
[[factor]]
name = "mean"
at = "aggregate.method"
choices = ["amean", "gmean", "copeland", "topsis"]
"""
DATA_ERROR = '[[factor]]\nname = "data"\nat = "data"\nerror = 0.1\nsets = 6\n'


def made() -> Cube:
    return cube_of(VALUES, TREE)


def factored(*steps: str, factors: str = FACTORS) -> Plan:
    return replace(plan(*steps), factors=read_plan("version = 1\n" + factors).factors)


ORDER = factored("treat", "normalise low = 1.0", "weigh", 'aggregate method = "amean"')


@pytest.mark.parametrize("method", ["given", "entropy", "critic", "bod", "variable"])
def test_each_replicate_equals_a_run_of_its_own(method: str) -> None:
    order = ORDER.with_choice("weigh.method", method)
    found = uncertainty(order, made(), replicates=40, seed=3)
    assert not found.is_exact
    assert found.parameters.shape == (40, 4)
    for number in (0, 7, 23, 39):
        alone = run(*variant(order, made(), found.parameters[number], seed=3))
        np.testing.assert_allclose(found.scores[number], alone.of("index"), rtol=1e-12)
        np.testing.assert_array_equal(found.ranks[number], alone.ranks[:, :, -1])


def test_replicates_whose_upper_weights_look_at_scores_are_run_one_by_one() -> None:
    order = ORDER.with_choice("weigh.by", {"index": "entropy"})
    found = uncertainty(order, made(), replicates=6, seed=1)
    for number in range(6):
        alone = run(*variant(order, made(), found.parameters[number], seed=1))
        np.testing.assert_allclose(found.scores[number], alone.of("index"), rtol=1e-12)


def test_errors_of_the_data_are_drawn_and_repeated() -> None:
    order = factored("treat", "normalise", factors=DATA_ERROR)
    found = uncertainty(order, made(), replicates=6, seed=2)
    assert found.is_exact
    assert np.ptp(found.scores, axis=0).min() >= 0
    assert len(np.unique(found.scores[:, 1, 4])) == 6
    alone = run(*variant(order, made(), found.parameters[5], seed=2))
    np.testing.assert_allclose(found.scores[5], alone.of("index"), rtol=1e-12)


def test_all_combinations_are_there_once_when_they_are_few_enough() -> None:
    found = uncertainty(ORDER, made(), replicates=96)
    assert found.is_exact
    assert len(np.unique(found.parameters, axis=0)) == 96
    again = uncertainty(ORDER, made(), replicates=96)
    np.testing.assert_array_equal(found.scores, again.scores)


def test_exact_indices_of_a_sum_and_a_product_by_hand() -> None:
    grid = every((3, 4)).astype(float)
    first, total = exact_indices(grid[:, 0] * 2 + grid[:, 1] + 50, (3, 4))
    own = np.array([4 * 2 / 3, 15 / 12])
    np.testing.assert_allclose(first, own / own.sum())
    np.testing.assert_allclose(total, first)
    signs = every((2, 2)) * 2.0 - 1
    first, total = exact_indices(signs[:, 0] * signs[:, 1], (2, 2))
    np.testing.assert_allclose([first, total], [[0, 0], [1, 1]], atol=1e-15)


def test_sampled_indices_are_centred() -> None:
    """y = x1 + x2 / 2 + 50, whose first indices an estimator without centring misses by far."""
    rows = crossed((1000, 1000), 512, seed=4) / 1000
    first, total = sampled_indices(rows[:, 0] + rows[:, 1] / 2 + 50, 2)
    np.testing.assert_allclose(first, [0.8, 0.2], atol=0.03)
    np.testing.assert_allclose(total, [0.8, 0.2], atol=0.02)


def test_sampled_indices_come_close_to_the_exact_ones() -> None:
    exact = sensitivity(ORDER, made(), seed=5)
    sampled = sensitivity(ORDER, made(), seed=5, most=10, base=1024)
    assert exact.sample.is_exact
    assert not sampled.sample.is_exact
    np.testing.assert_allclose(sampled.shift, exact.shift, atol=0.1)
    np.testing.assert_allclose(sampled.change.mean(axis=2), exact.change.mean(axis=2), atol=0.1)
    assert exact.units.shape == (2, 4, 2, 9)
    assert (exact.shift[0] <= exact.shift[1] + 1e-12).all()


def test_a_factor_that_changes_nothing_has_no_share() -> None:
    idle = '[[factor]]\nname = "idle"\nat = "aggregate.power"\nchoices = [2.0, 3.0]\n'
    order = factored("treat", "normalise low = 1.0", factors=FACTORS + idle)
    found = sensitivity(order, made())
    assert found.shift[:, 4].tolist() == [0, 0]


def test_shares_of_ranks_quantiles_and_pairs_agree_with_counting() -> None:
    found = uncertainty(ORDER, made(), replicates=96)
    shares, above = found.rank_shares(), found.above()
    np.testing.assert_allclose(shares.sum(axis=2), 1)
    np.testing.assert_allclose(above + above.transpose(0, 2, 1), 1)
    one, other = found.scores[:, 1, 0], found.scores[:, 1, 3]
    assert above[1, 0, 3] == pytest.approx(((one > other) + (one == other) / 2).mean())
    middle = found.quantiles()[1]
    np.testing.assert_array_equal(middle, np.median(found.ranks, axis=0))


def test_groups_that_cannot_be_told_apart_follow_the_ranking() -> None:
    found = uncertainty(ORDER, made(), replicates=96)
    groups = found.tied()
    for year in range(2):
        by_rank = groups[year][np.argsort(found.nominal_ranks[year], kind="stable")]
        assert by_rank[0] == 1
        assert (np.diff(by_rank) >= 0).all()
        assert (np.diff(by_rank) <= 1).all()
    sure = found.tied(confidence=0.0)
    assert len(np.unique(sure[0])) == 9


def test_failures_are_counted_and_the_rest_stands() -> None:
    factors = '[[factor]]\nname = "mean"\nat = "aggregate.method"\nchoices = ["amean", "gmean"]\n'
    order = factored("normalise", factors=factors)
    found = uncertainty(order, cube([[1.0, 1], [2, 5], [3, 3]]))
    assert found.failed == 1
    assert found.ranks[1, 0].tolist() == [0, 1, 2] or found.ranks[1, 0, 0] == 0
    assert np.isfinite(found.quantiles()[:, 0, 1:]).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 6), st.integers(0, 10_000))
def test_the_smallest_change_of_weights_levels_a_pair(width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.uniform(0, 100, (2, width))
    w = rng.dirichlet(np.ones(width))
    change = flip(one, other, w)
    assert change.sum() == pytest.approx(0, abs=1e-9)
    assert (w + change) @ one == pytest.approx((w + change) @ other, abs=1e-7)
    # Any other change that levels them is at least as long.
    free = rng.normal(size=width)
    d = one - other
    basis = np.linalg.qr(np.column_stack([np.ones(width), d]))[0]
    free -= basis @ (basis.T @ free)
    assert np.linalg.norm(change + free) >= np.linalg.norm(change) - 1e-9


def test_no_weights_level_a_pair_that_differs_by_one_amount() -> None:
    assert np.isnan(flip(np.array([3.0, 5]), np.array([2.0, 4]), np.array([0.5, 0.5]))).all()


@pytest.mark.parametrize(
    ("order", "node", "code"),
    [(plan("normalise"), "", "no_factor"), (ORDER, "nowhere", "unknown_node")],
)
def test_an_analysis_that_cannot_be_is_refused(order: Plan, node: str, code: str) -> None:
    with pytest.raises(Unusable) as caught:
        uncertainty(order, made(), node=node)
    assert [fault.code for fault in caught.value.faults] == [code]


@pytest.mark.skipif(not ASEM.exists(), reason="the public tables are not kept here")
def test_the_public_example_is_enumerated_exactly() -> None:
    order = read_plan(EXAMPLE.read_text(encoding="utf-8"))
    found = sensitivity(order, asem(), seed=1)
    assert found.sample.is_exact
    assert found.sample.scores.shape == (2000, 1, 51)
    assert found.sample.failed == 0
    # The published study drew other sets of weights: aggregation leads, winsorising comes last.
    assert found.shift[0].argmax() == found.shift[1].argmax() == 3
    assert found.shift[0].argmin() == found.shift[1].argmin() == 0
    np.testing.assert_allclose(found.shift[0], [0.034, 0.064, 0.135, 0.560], atol=0.05)
