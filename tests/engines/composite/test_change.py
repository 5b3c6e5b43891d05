"""Change between years: parts that sum, parts that must be nought, and the orders written out."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiying.engines.composite import Cube, Plan, Unusable, analysis, run
from tests.engines.composite.made import cube, plan

NAN = np.nan
WEIGHTS = 'weigh method = "entropy"; frame = "year"; shift = 1.0'
METHODS = ["amean", "gmean", "hmean", "genmean", "mpi"]
PLANS = {
    "years": ("impute", 'treat winsorise = 2; then = "log_ct"', "normalise low = 10.0", WEIGHTS),
    "frozen": ("impute", 'treat frame = "all"', 'normalise low = 10.0; frame = "all"', WEIGHTS),
    "given": ('impute method = "linear"', 'normalise low = 10.0; frame = "0"'),
    "variable": ("normalise low = 10.0", 'weigh method = "variable"; base = "equal"'),
}


def made(seed: int, *, gaps: float = 0.1, years: int = 3) -> Cube:
    rng = np.random.default_rng(seed)
    values = rng.lognormal(1, 0.8, size=(years, 8, 4)) + np.arange(years)[:, None, None]
    values[rng.uniform(size=values.shape) < gaps] = NAN
    return cube(values, directions=(1, -1, 1, 1))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(METHODS), st.sampled_from(sorted(PLANS)))
def test_the_parts_sum_to_the_change_of_score(seed: int, method: str, kind: str) -> None:
    data = made(seed)
    order = plan(*PLANS[kind], f'aggregate method = "{method}"')
    found = analysis.explain(order, data, "0", "2")
    scores = run(order, data).of("index")
    np.testing.assert_array_equal(found.total, scores[2] - scores[0])
    there = ~np.isnan(found.parts).any(axis=0)
    np.testing.assert_allclose(
        found.parts.sum(axis=0)[there], found.total[there], rtol=0, atol=1e-10
    )
    assert found.undefined == (~there & ~np.isnan(found.total)).sum()
    back = analysis.explain(order, data, "2", "0")
    np.testing.assert_allclose(back.parts, -found.parts, rtol=0, atol=1e-10)


def test_one_frame_for_all_years_has_no_part_and_fixed_weights_have_none() -> None:
    frozen = analysis.explain(plan(*PLANS["frozen"]), made(1), "0", "2")
    assert np.abs(frozen.of("frame")).max() == 0
    assert np.abs(frozen.of("weights")).max() > 0
    moving = analysis.explain(plan(*PLANS["years"][:-1]), made(1), "0", "2")
    assert np.abs(moving.of("weights")).max() == 0
    assert np.abs(moving.of("frame")).max() > 0


def test_a_frame_of_some_years_is_taken_from_them_alone() -> None:
    values = [[[0.0], [4]], [[2], [8]], [[4], [100]]]
    found = run(plan('normalise frame = "0..1"'), cube(values)).of("index")
    np.testing.assert_allclose(found, [[0, 50], [25, 100], [50, 1250]])
    for frame in ("1..0", "0..9"):
        with pytest.raises(Unusable):
            run(plan(f'normalise frame = "{frame}"'), cube(values))


def test_without_gaps_nothing_is_by_imputation_and_equal_values_have_no_performance() -> None:
    whole = made(2, gaps=0.0)
    found = analysis.explain(plan(*PLANS["years"]), whole, "0", "1")
    assert np.abs(found.of("imputation")).max() == 0
    values = whole.values.copy()
    values[1, 0] = values[0, 0]
    still = analysis.explain(plan(*PLANS["years"]), cube(values), "0", "1")
    assert still.of("performance")[0] == 0
    assert still.total[0] != 0


def test_a_cell_that_was_filled_counts_as_imputation() -> None:
    values = [[[1.0, 1], [3, 3], [5, 5]], [[1, 1], [3, NAN], [5, 5]]]
    order = plan("impute", 'normalise method = "none"')
    found = analysis.explain(order, cube([[[1.0, 2], [3, 3], [5, 5]], values[1]]), "0", "1")
    assert found.of("performance").tolist() == [-0.5, 0, 0]
    assert found.of("imputation").tolist() == [0, 0, 0]
    filled = analysis.explain(order, cube([[[1.0, 1], [3, 9], [5, 5]], values[1]]), "0", "1")
    assert filled.of("imputation").tolist() == [0, -3, 0]


def test_the_parts_are_means_over_all_orders_written_out() -> None:
    """Min-max, entropy weights of each year, arithmetic mean: recounted by plain formulas."""
    data = made(7, gaps=0.0, years=2)
    order = plan("normalise", WEIGHTS)
    found = analysis.explain(order, data, "0", "1")
    weights = np.asarray(run(order, data).weights["index"])[:, 0]
    turn = np.array([1, -1, 1, 1])

    def score(own: int, frame: int, weight: int) -> np.ndarray:
        x, f = data.values[own] * turn, data.values[frame] * turn
        z = (x - f.min(axis=0)) / (f.max(axis=0) - f.min(axis=0)) * 100
        return np.asarray(z @ weights[weight])

    wanted = np.zeros((3, 8))
    for names in permutations(range(3)):
        state = [0, 0, 0]
        for name in names:
            before = score(*state)
            state[name] = 1
            wanted[name] += (score(*state) - before) / 6
    found_parts = [found.of(cause) for cause in ("performance", "frame", "weights")]
    np.testing.assert_allclose(found_parts, wanted, atol=1e-10)


def test_members_sum_to_the_change_of_their_node() -> None:
    data = made(3)
    for method, split in (
        ("amean", analysis.by_member),
        ("gmean", analysis.by_member_geometric),
    ):
        order = plan("normalise low = 10.0", WEIGHTS, f'aggregate method = "{method}"')
        result = run(order, data)
        parts = split(data, result, "index", "0", "1")
        assert parts.shape == (2, 8, 4)
        scores = result.of("index")
        np.testing.assert_allclose(parts.sum(axis=(0, 2)), scores[1] - scores[0], atol=1e-10)


@pytest.mark.parametrize(
    ("order", "years", "code"),
    [
        (plan('aggregate method = "copeland"'), ("0", "1"), "not_alone"),
        (plan("normalise", "impute"), ("0", "1"), "late_impute"),
        (plan("normalise"), ("0", "9"), "unknown_year"),
    ],
)
def test_what_cannot_be_split_is_refused(order: Plan, years: tuple[str, str], code: str) -> None:
    with pytest.raises(Unusable) as caught:
        analysis.explain(order, made(0), *years)
    assert code in {fault.code for fault in caught.value.faults}


def test_a_mixture_without_a_score_is_counted() -> None:
    values = [[[1.0, 5], [2, 6], [3, 7]], [[10.0, 5], [20, 6], [30, 7]]]
    order = plan('normalise method = "goalposts"; low = 0.0; high = 9.0', "aggregate")
    assert analysis.explain(order, cube(values), "0", "1").undefined == 0
    shifted = plan("normalise low = 1.0", 'aggregate method = "gmean"')
    found = analysis.explain(shifted, cube(values[::-1]), "0", "1")
    assert found.undefined == 3
    assert np.isnan(found.parts).all()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.one_of(st.integers(0, 6).map(float), st.just(NAN))] * 2),
        min_size=2,
        max_size=9,
    )
)
def test_places_gained_are_own_and_of_others(drawn: list[tuple[float, float]]) -> None:
    first, last = np.array(drawn).T
    found = analysis.explain_ranks(first, last)

    def rank(score: float, pool: list[float]) -> int:
        return 1 + sum(other > score for other in pool)

    for unit, (before, after) in enumerate(drawn):
        if math.isnan(before) or math.isnan(after):
            assert np.isnan([found.gained[unit], found.own[unit], found.others[unit]]).all()
            continue
        rest = drawn[:unit] + drawn[unit + 1 :]
        old, new = [row[0] for row in rest], [row[1] for row in rest]
        assert found.gained[unit] == rank(before, old) - rank(after, new)
        own = rank(before, old) - rank(after, old) + rank(before, new) - rank(after, new)
        assert found.own[unit] == own / 2
        assert found.own[unit] + found.others[unit] == found.gained[unit]


def test_who_stood_still_gained_nothing_of_its_own() -> None:
    found = analysis.explain_ranks(np.array([5.0, 4, 3]), np.array([1.0, 4, 3]))
    assert found.gained.tolist() == [-2, 1, 1]
    assert found.own.tolist() == [-2, 0, 0]
    assert found.others.tolist() == [0, 1, 1]
