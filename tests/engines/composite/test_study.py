"""Statistics, correlations, consistency, components, removal, comparison: by definition, by hand."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from qiying.engines.composite import Cube, Node, Unusable, analysis, cube_of, run
from tests.engines.composite.made import cube, plan

NAN = np.nan
CODES = ("a", "b", "c", "d")


def gappy(seed: int, rows: int = 20, gaps: float = 0.15) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 4)) @ rng.normal(size=(4, 4)) + 5
    x[rng.uniform(size=x.shape) < gaps] = NAN
    return np.asarray(x)


def tree(seed: int = 0, years: int = 1) -> Cube:
    """Four indicators in two pillars of an index."""
    rows = [
        ("a", "Indicator", 1, "left", 3.0),
        ("b", "Indicator", 1, "left", 1.0),
        ("c", "Indicator", 1, "right", 1.0),
        ("d", "Indicator", 1, "right", 1.0),
        ("left", "Aggregate", 2, "index", 1.0),
        ("right", "Aggregate", 2, "index", 3.0),
        ("index", "Aggregate", 3, "", 1.0),
    ]
    nodes = tuple(Node(c, c, kind, level, up, weight=w) for c, kind, level, up, w in rows)  # type: ignore[arg-type] # a literal
    values = np.random.default_rng(seed).uniform(1, 9, size=(years, 12, 4))
    return cube_of(values, nodes)


def test_statistics_of_a_column_by_hand() -> None:
    x = np.array([[0.0], [0], [0], [1], [2], [NAN], [NAN], [NAN]])
    found = analysis.statistics(x, ["x"])[0]
    assert (found.known, found.not_zero, found.unique) == (5, 2, 3)
    assert (found.mean, found.quantiles[0], found.quantiles[3]) == (0.6, 0, 0)
    assert found.deviation == pytest.approx(np.sqrt(0.8))
    assert found.flags == ("missing", "zeros", "few_values")
    outlier = np.append(np.linspace(0, 1, 30), 500.0)[:, None]
    assert analysis.statistics(outlier, ["x"])[0].flags == ("outliers",)
    easy = analysis.Limits(available=0.5, not_zero=0.2, unique=0.3)
    assert analysis.statistics(x, ["x"], easy)[0].flags == ()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_statistics_and_correlations_are_those_of_scipy(seed: int) -> None:
    x = gappy(seed)
    for place, found in enumerate(analysis.statistics(x, CODES)):
        known = x[:, place][~np.isnan(x[:, place])]
        if known.size < 4:
            continue
        assert found.skew == pytest.approx(scipy.stats.skew(known, bias=False))
        assert found.kurtosis == pytest.approx(scipy.stats.kurtosis(known, bias=False))
    for kind in ("pearson", "spearman"):
        found_r = analysis.correlate(x, CODES, kind)
        both = ~np.isnan(x[:, :2]).any(axis=1)
        function = scipy.stats.pearsonr if kind == "pearson" else scipy.stats.spearmanr
        wanted = function(x[both, 0], x[both, 1])
        assert found_r.r[0, 1] == pytest.approx(wanted.statistic)
        assert found_r.p[0, 1] == pytest.approx(wanted.pvalue)
        assert found_r.n[0, 1] == both.sum()


def test_an_unknown_kind_of_correlation_is_refused_and_a_constant_has_none() -> None:
    with pytest.raises(ValueError, match="kendall"):
        analysis.correlate(gappy(0), CODES, "kendall")
    x = np.column_stack([np.ones(5), np.arange(5.0)])
    found = analysis.correlate(x, "ab")
    assert np.isnan(found.r[0, 1])
    assert np.isnan(found.p[0, 1])
    assert analysis.flagged(found) == ()


def test_pairs_that_stand_out_within_their_group() -> None:
    t = np.arange(40.0)
    noise = np.random.default_rng(3).normal(size=40)
    x = np.column_stack([t, t + 0.1 * noise, -t, noise])
    found = analysis.flagged(analysis.correlate(x, CODES))
    assert {(p.one, p.other): p.flag for p in found if {"a", "b", "c"} >= {p.one, p.other}} == {
        ("a", "b"): "redundant",
        ("a", "c"): "contrary",
        ("b", "c"): "contrary",
    }
    assert [abs(p.r) for p in found] == sorted((abs(p.r) for p in found), reverse=True)
    within = analysis.flagged(analysis.correlate(x, CODES), ["one", "one", "two", "two"])
    assert {(p.one, p.other) for p in within} <= {("a", "b"), ("c", "d")}
    orthogonal = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    assert analysis.flagged(analysis.correlate(orthogonal, "ab"))[0].flag == "weak"


def test_consistency_by_hand_and_of_equal_members() -> None:
    x = np.array([[2.0, 3], [4, 4], [6, 8]])
    # Variances 4 and 7, covariance 5: 2 (1 - 11 / 21).
    assert analysis.cronbach(x) == pytest.approx(2 * (1 - 11 / 21))
    assert analysis.cronbach(np.column_stack([x[:, 0]] * 3)) == pytest.approx(1)
    assert np.isnan(analysis.cronbach(x[:, :1]))
    assert np.isnan(analysis.cronbach(np.column_stack([x[:, 0], -x[:, 0]])))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_consistency_of_whole_rows_is_that_of_the_sum(seed: int) -> None:
    x = gappy(seed, gaps=0.0)
    k = x.shape[1]
    wanted = k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1))
    assert analysis.cronbach(x) == pytest.approx(wanted)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_components_hold_the_whole_variance_and_give_the_correlations_back(seed: int) -> None:
    x = gappy(seed, rows=40)
    found = analysis.components(x)
    whole = x[~np.isnan(x).any(axis=1)]
    assert found.used == len(whole)
    assert found.values.sum() == pytest.approx(4)
    assert found.shares.sum() == pytest.approx(1)
    assert (np.diff(found.values) <= 1e-12).all()
    np.testing.assert_allclose(found.loadings @ found.loadings.T, np.corrcoef(whole.T), atol=1e-10)
    scores = found.scores[~np.isnan(found.scores).any(axis=1)]
    np.testing.assert_allclose(np.cov(scores.T), np.diag(found.values), atol=1e-9)
    assert found.kept == (found.values >= 1 - 1e-12).sum()


def test_a_constant_column_loads_on_no_component() -> None:
    x = gappy(1, gaps=0.0)
    x[:, 2] = 7
    found = analysis.components(x)
    assert np.abs(found.loadings[2]).max() == pytest.approx(0, abs=1e-12)
    assert found.values.sum() == pytest.approx(3)


def test_effective_weights_multiply_down_the_tree() -> None:
    data = tree()
    found = analysis.effective(data, run(plan("normalise"), data))
    wanted = {"a": 3 / 16, "b": 1 / 16, "c": 3 / 8, "d": 3 / 8, "left": 0.25, "right": 0.75}
    assert found.weights == pytest.approx({"index": 1, **wanted})
    assert found.importance["index"] == pytest.approx(1)
    scores = run(plan("normalise"), data)
    r = np.corrcoef(scores.of("right")[0], scores.of("index")[0])[0, 1]
    assert found.importance["right"] == pytest.approx(r**2)


def test_effective_weights_of_a_year_and_of_each_unit_sum_to_one() -> None:
    data = tree(years=2)
    for how in ('method = "entropy"; frame = "year"', 'method = "variable"; base = "equal"'):
        result = run(plan("normalise low = 1.0", f"weigh {how}"), data)
        found = analysis.effective(data, result, "0").weights
        assert sum(found[code] for code in CODES) == pytest.approx(1)


def test_without_an_element_the_rest_takes_its_weight() -> None:
    data = tree()
    order = plan('normalise low = 1.0; only.a = { method = "minmax" }')
    found = {r.code: r for r in analysis.remove_elements(order, data)}
    assert list(found) == list(CODES)
    z = run(order, data).tables["normalise"][0]
    lone = 0.25 * z[:, 1] + 0.75 * z[:, 2:].mean(axis=1)
    np.testing.assert_allclose(found["a"].scores[0], lone)
    full = scipy.stats.rankdata(-run(order, data).of("index")[0], method="min")
    moved = np.abs(full - scipy.stats.rankdata(-lone, method="min"))
    assert found["a"].shift == pytest.approx(moved.mean())
    assert found["a"].most == moved.max()


def test_a_pillar_goes_with_all_below_it_and_an_empty_one_goes_too() -> None:
    data = tree()
    order = plan("normalise", 'weigh by.left = "equal"')
    found = {r.code: r for r in analysis.remove_elements(order, data, level=2)}
    z = run(order, data).tables["normalise"][0]
    np.testing.assert_allclose(found["left"].scores[0], z[:, 2:].mean(axis=1))
    less, fewer = analysis.without(order, data, "a")
    less, fewer = analysis.without(less, fewer, "b")
    assert [n.code for n in fewer.aggregates] == ["right", "index"]
    np.testing.assert_allclose(run(less, fewer).of("index"), found["left"].scores)
    with pytest.raises(Unusable):
        analysis.remove_elements(order, data, level=9)


def test_two_indices_are_compared_by_their_common_units() -> None:
    one = [("a", 9.0), ("b", 7.0), ("c", 7.0), ("d", 1.0), ("e", NAN)]
    other = [("d", 5.0), ("c", 4.0), ("b", 4.0), ("f", 2.0), ("e", 1.0), ("a", 0.5)]
    found = analysis.compare(one, other)
    assert found.units == ("a", "b", "c", "d", "e", "f")
    np.testing.assert_array_equal(found.ranks[0], [1, 2, 2, 4, NAN, NAN])
    np.testing.assert_array_equal(found.ranks[1], [6, 2, 2, 1, 5, 4])
    np.testing.assert_array_equal(found.gained, [-5, 0, 0, 3, NAN, NAN])
    assert found.both == 4
    assert [found.spearman, found.kendall] == pytest.approx([-1, -1])
    again = analysis.compare(one, one)
    assert [again.spearman, again.kendall] == pytest.approx([1, 1])
    assert np.isnan(analysis.compare(one[:1], other[:1]).kendall)


def test_a_flat_index_has_one_level_to_remove() -> None:
    data = cube(np.random.default_rng(5).uniform(size=(8, 3)))
    assert len(analysis.remove_elements(plan("normalise"), data)) == 3
