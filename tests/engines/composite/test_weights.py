"""Weights against examples worked by hand, and against what defines each of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from qiying.engines.composite import run, weights
from tests.engines.composite.made import codes, cube, plan

NAN = np.nan
TABLES = arrays.arrays(
    np.float64,
    st.tuples(st.integers(4, 12), st.integers(2, 5)),
    elements=st.floats(0, 100).map(lambda v: round(v, 3)),
)


def test_entropy_by_hand() -> None:
    # Shares 1/4 and 3/4: e = (1/4 ln 4 + 3/4 ln 4/3) / ln 2 = 0.811278; 0 and 1: e = 0.
    found = weights.entropy(np.array([[1.0, 0], [3, 1]]))
    np.testing.assert_allclose(found, np.array([0.188722, 1]) / 1.188722, rtol=1e-5)
    np.testing.assert_array_equal(weights.entropy(np.array([[5.0, 1], [5, 2]])), [0, 1])


def test_entropy_takes_noughts_gaps_and_negative_values() -> None:
    z = np.array([[0.0, 1, -1], [1, NAN, 0], [2, 3, 5]])
    found = weights.entropy(z)
    assert found.sum() == pytest.approx(1)
    assert (found > 0).all()
    np.testing.assert_allclose(found, weights.entropy(z + np.array([0, 0, 1])))
    np.testing.assert_allclose(
        weights.entropy(z, 10.0), weights.entropy(z + np.array([10, 10, 11]))
    )


def test_critic_by_hand() -> None:
    # Equal deviations; correlations 1, -1, -1: conflicts 2, 2, 4.
    z = np.array([[0, 0, 1], [0.5, 0.5, 0.5], [1, 1, 0]])
    np.testing.assert_allclose(weights.critic(z), [0.25, 0.25, 0.5])


def test_a_constant_column_does_not_matter_to_critic() -> None:
    z = np.random.default_rng(2).normal(size=(9, 3))
    wider = np.column_stack([z, np.full(9, 3.0)])
    np.testing.assert_allclose(weights.critic(wider), [*weights.critic(z), 0])


def test_variation_by_hand() -> None:
    # Deviations sqrt 2 and sqrt 8 over means 2 and 4: equal coefficients; the third twice theirs.
    z = np.array([[1.0, 2, 0], [3, 6, 4]])
    np.testing.assert_allclose(weights.variation(z), [0.25, 0.25, 0.5])


def test_principal_components_by_hand() -> None:
    # Two columns alike, the third without correlation: eigenvalues 2, 1 and 0, of which the first
    # two explain all of every column.
    a, b = np.array([1.0, -1, 1, -1]), np.array([1.0, 1, -1, -1])
    np.testing.assert_allclose(weights.principal(np.column_stack([a, a, b])), np.full(3, 1 / 3))
    # Two columns have the eigenvalues 1 + r and 1 - r: the first is kept and both share it.
    np.testing.assert_allclose(
        weights.principal(np.column_stack([a, a + 2 * b])), [0.5, 0.5], rtol=1e-12
    )


def test_judgements_that_agree_give_their_weights_back() -> None:
    w = np.array([0.5, 0.3, 0.2])
    found, ratio = weights.hierarchy(w[:, None] / w)
    np.testing.assert_allclose(found, w)
    assert ratio == pytest.approx(0, abs=1e-12)


def test_the_textbook_hierarchy() -> None:
    matrix = np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    found, ratio = weights.hierarchy(matrix)
    np.testing.assert_allclose(found, [0.63699, 0.25828, 0.10473], atol=5e-6)
    assert ratio == pytest.approx((3.03851 - 3) / 2 / 0.58, abs=1e-4)


def test_several_experts_come_together_by_the_geometric_mean() -> None:
    matrix = np.array([[1, 4.0], [1 / 4, 1]])
    other = np.array([[1, 9.0], [1 / 9, 1]])
    found, _ = weights.hierarchy(np.stack([matrix, other]))
    np.testing.assert_allclose(found, [6 / 7, 1 / 7])


@pytest.mark.parametrize("seed", range(12))
def test_balanced_members_correlate_equally_with_their_mean(seed: int) -> None:
    rng = np.random.default_rng(seed)
    width = 2 + seed % 4
    z = (rng.normal(size=(30, 1)) + rng.normal(size=(30, width))) * rng.uniform(1, 9, width)
    w = weights.balanced(z)
    assert w.sum() == pytest.approx(1)
    r = np.array([np.corrcoef(column, z @ w)[0, 1] for column in z.T])
    used = w > 0
    assert np.ptp(r[used]) < 1e-9
    assert (r[~used] >= r[used].min() - 1e-9).all()


def test_of_members_that_cancel_out_one_pulls_apart() -> None:
    x = np.array([1.0, 2, 4, 8])
    assert weights.pull_apart(np.column_stack([x, -x])[None]).tolist() == [1, 0]


def test_balance_is_given_up_where_members_cancel_out() -> None:
    x = np.array([1.0, 2, 4, 8])
    assert weights.balanced(np.column_stack([x, -x])).tolist() == pytest.approx(
        [0.5, 0.5], abs=1e-3
    )


def test_weights_that_pull_apart_are_the_leading_eigenvector() -> None:
    rng = np.random.default_rng(5)
    panel = rng.normal(size=(3, 20, 1)) + rng.normal(size=(3, 20, 4)) / 2
    rows = panel.reshape(-1, 4)
    z = (rows - rows.mean(axis=0)) / rows.std(axis=0, ddof=1)
    leading = np.abs(np.linalg.eigh(z.T @ z)[1][:, -1])
    np.testing.assert_allclose(weights.pull_apart(panel), leading / leading.sum(), rtol=1e-6)


def test_no_other_weights_pull_further_apart_when_members_conflict() -> None:
    rng = np.random.default_rng(6)
    base = rng.normal(size=(2, 15, 1))
    panel = np.concatenate([base, base / 2 + rng.normal(size=(2, 15, 1)), -base], axis=2)
    rows = panel.reshape(-1, 3)
    z = (rows - rows.mean(axis=0)) / rows.std(axis=0, ddof=1)
    found = weights.pull_apart(panel)
    assert (found >= 0).all()
    others = np.abs(rng.normal(size=(4000, 3)))
    reached = (z @ (others / np.sqrt((others**2).sum(axis=1))[:, None]).T) ** 2
    own = ((z @ (found / np.sqrt((found**2).sum()))) ** 2).sum()
    assert own >= reached.sum(axis=0).max() * (1 - 1e-3)


def test_the_benefit_of_the_doubt_by_hand() -> None:
    # On the line from (1, 0) to (0, 1) all are best; a unit halfway out reaches one half.
    z = np.array([[1.0, 0], [0, 1], [0.5, 0.5], [0.25, 0.25], [0.5, NAN]])
    scores, w = weights.benefit_of_doubt(z)
    np.testing.assert_allclose(scores, [1, 1, 1, 0.5, NAN])
    assert (z[:4] @ np.nan_to_num(w[:4]).T <= 1 + 1e-9).all()


def test_the_shares_of_the_benefit_of_the_doubt_are_bounded() -> None:
    z = np.random.default_rng(8).uniform(1, 9, size=(12, 3))
    scores, w = weights.benefit_of_doubt(z, 0.2, 0.5)
    part = w * z / scores[:, None]
    assert (part > 0.2 - 1e-9).all()
    assert (part < 0.5 + 1e-9).all()
    assert (scores <= weights.benefit_of_doubt(z)[0] + 1e-9).all()


def test_the_game_of_equal_sets_is_that_set_and_of_others_lies_between() -> None:
    one, other = np.array([0.6, 0.3, 0.1]), np.array([0.2, 0.3, 0.5])
    np.testing.assert_allclose(weights.game(np.stack([one, one])), one)
    mixed = weights.game(np.stack([one, other]))
    assert mixed.sum() == pytest.approx(1)
    assert (mixed >= np.minimum(one, other) - 1e-12).all()
    assert (mixed <= np.maximum(one, other) + 1e-12).all()
    # By hand: [[.46 .26][.26 .38]] a = [.46 .38] gives a = (.0760, .0552) / .1072.
    np.testing.assert_allclose(mixed, (0.0760 * one + 0.0552 * other) / 0.1312, rtol=1e-9)


def test_what_is_weak_weighs_more() -> None:
    base, z = np.array([0.5, 0.5]), np.array([[60.0, 30], [80, 60], [30, 30], [NAN, 0]])
    found = weights.variable(base, z, 60.0, 1.0)
    s = np.exp(0.5)
    np.testing.assert_allclose(found[0], [1 / (1 + s), s / (1 + s)])
    np.testing.assert_allclose(found[1:3], 0.5)
    np.testing.assert_allclose(found[3], [1 / (1 + np.e), np.e / (1 + np.e)])


METHODS = ("entropy", "critic", "variation", "pca", "equal")


@settings(max_examples=30, deadline=None)
@given(TABLES, st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_weights_are_shares_and_follow_their_members(
    z: np.ndarray,  # type: ignore[type-arg] # drawn
    method: str,
    chance: object,
) -> None:
    order = list(range(z.shape[1]))
    chance.shuffle(order)  # type: ignore[attr-defined] # a Random
    rows = np.random.default_rng(0).permutation(len(z))
    steps = ('normalise method = "none"', f'weigh method = "{method}"')
    found = run(plan(*steps), cube(z)).weights["index"][0, 0]
    moved = run(plan(*steps), cube(z[rows][:, order])).weights["index"][0, 0]
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    np.testing.assert_allclose(moved, found[order], atol=2e-4)


def test_the_plan_weighs_each_node_in_its_own_way() -> None:
    z = np.random.default_rng(4).uniform(1, 9, size=(2, 8, 3))
    step = 'weigh method = "game"; combine = ["entropy", "critic"]; at = {x1 = 5.0}'
    game = run(plan(step), cube(z)).weights["index"]
    assert game.shape == (1, 1, 3)
    yearly = run(plan('weigh method = "entropy"; frame = "year"'), cube(z)).weights["index"]
    assert yearly.shape == (2, 1, 3)
    np.testing.assert_allclose(yearly[1, 0], weights.entropy(z[1]))
    varied = run(plan("normalise", 'weigh method = "variable"; base = "entropy"'), cube(z))
    assert varied.weights["index"].shape == (2, 8, 3)
    own = run(plan('weigh method = "bod"'), cube(z)).weights["index"]
    np.testing.assert_allclose(own.sum(axis=2), 1)
    by = run(plan('weigh by.index = "equal"; at = {x1 = 5.0}'), cube(z)).weights["index"]
    np.testing.assert_allclose(by[0, 0], 1 / 3)
    given_ones = run(plan("weigh at = {x1 = 2.0}"), cube(z)).weights["index"]
    np.testing.assert_allclose(given_ones[0, 0], [0.5, 0.25, 0.25])


def test_judgements_in_the_plan_say_how_consistent_they_are() -> None:
    z = np.random.default_rng(4).uniform(1, 9, size=(8, 3))
    good = "[[1, 3, 5], [0.333333333333, 1, 3], [0.2, 0.333333333333, 1]]"
    bad = "[[1, 9, 0.2], [0.111, 1, 9], [5, 0.111, 1]]"
    for judged, code in ((good, "consistent"), (bad, "inconsistent")):
        result = run(plan(f'weigh method = "ahp"; judgements.index = {judged}'), cube(z))
        assert codes(result) == {code}
    assert "no_judgements" in codes(run(plan('weigh method = "ahp"'), cube(z)))
    flat = run(plan('weigh method = "entropy"'), cube(np.ones((4, 2))))
    assert codes(flat) == {"no_contrast"}
    np.testing.assert_array_equal(flat.weights["index"][0, 0], [0.5, 0.5])
