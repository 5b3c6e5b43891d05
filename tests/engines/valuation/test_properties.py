"""Whatever the portfolio: the check agrees, the range holds, what is better never costs value."""

import copy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qiying.engines.valuation import (
    Asset,
    Assumption,
    Discount,
    Params,
    Problem,
    Royalty,
    Valuation,
    check,
    triangular,
    value,
)
from tests.engines.valuation.made import (
    FEW,
    TODAY,
    assumptions,
    known,
    patent,
    problem,
    problems,
    royalties,
)

steps = st.floats(0, 0.1, allow_subnormal=False)
SLACK = 0.011
"""Two values of one fen each may round apart."""


def raised(given: Assumption, by: float) -> Assumption:
    return replace(given, likely=given.likely + by, low=given.bottom + by, high=given.top + by)


def first(of: Problem, **changes: Any) -> Problem:
    return replace(of, assets=(replace(of.assets[0], **changes), *of.assets[1:]))


def never_below(better: Valuation, worse: Valuation) -> None:
    """In every draw, for every method and asset, in every quantile and in the portfolio."""
    for a, b in zip(better.assets, worse.assets, strict=True):
        assert (a.draws >= b.draws - SLACK - 1e-9 * b.draws).all()
        for m, n in zip(a.methods, b.methods, strict=True):
            assert (m.draws >= n.draws - SLACK - 1e-9 * n.draws).all(), m.method
            assert float(m.range.base) >= float(n.range.base) * (1 - 1e-9) - SLACK
    size = len(better.assets) * SLACK
    for name in ("p10", "p25", "p50", "p90", "base"):
        high, low = (float(getattr(v.portfolio.range, name)) for v in (better, worse))
        assert high >= low * (1 - 1e-9) - size, name


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 5))
def test_every_number_of_a_valuation_is_found_again_by_the_check(of: Problem, seed: int) -> None:
    before = copy.deepcopy(of)
    found = value(of, FEW, seed=seed)
    assert check(of, found) == ()
    assert value(before, FEW, seed=seed) == found
    assert of == before


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_range_contains_the_point(of: Problem) -> None:
    found = value(of, FEW)
    ranges = [found.portfolio.range, *(a.range for a in found.assets if a.range)]
    ranges += [m.range for a in found.assets for m in a.methods]
    for given_range in ranges:
        assert Decimal(0) <= given_range.p10 <= given_range.point <= given_range.p90


@settings(max_examples=60, deadline=None)
@given(problems(), st.floats(0, 10, allow_subnormal=False), st.integers(0, 3000))
def test_a_longer_life_never_lowers_a_value(of: Problem, years: float, days: int) -> None:
    asset = of.assets[0]
    later = asset.expires_on and asset.expires_on + timedelta(days=days)
    longer = first(of, economic_life=raised(asset.economic_life, years), expires_on=later)
    never_below(value(longer, FEW), value(of, FEW))


@settings(max_examples=60, deadline=None)
@given(problems(), royalties, steps)
def test_a_higher_royalty_never_lowers_a_value(of: Problem, royalty: Royalty, by: float) -> None:
    low = first(of, royalty=royalty)
    high = first(of, royalty=replace(royalty, rate=raised(royalty.rate, by)))
    never_below(value(high, FEW), value(low, FEW))


@settings(max_examples=60, deadline=None)
@given(problems(), steps, st.sampled_from(["risk_free", "market", "size"]))
def test_a_higher_discount_rate_never_raises_a_value(of: Problem, by: float, name: str) -> None:
    change: dict[str, Any] = {name: raised(getattr(of.discount, name), by)}
    higher = replace(of, discount=replace(of.discount, **change))
    never_below(value(of, FEW), value(higher, FEW))


@settings(max_examples=40, deadline=None)
@given(problems(most=2), steps)
def test_a_higher_premium_never_raises_a_value(of: Problem, by: float) -> None:
    low = replace(of, discount=replace(of.discount, premium=known(0.02, 0.01, 0.05)))
    premium = known(0.02 + by, 0.01 + by, 0.05 + by)
    high = replace(of, discount=replace(of.discount, premium=premium))
    never_below(value(low, FEW), value(high, FEW))


@settings(max_examples=60, deadline=None)
@given(problems())
def test_a_portfolio_is_worth_no_more_than_its_parts(of: Problem) -> None:
    found = value(of, FEW)
    total = np.sum([a.draws for a in found.assets], axis=0)
    most = np.max([a.draws * dict(found.portfolio.shared)[a.id] for a in found.assets], axis=0)
    assert (found.portfolio.draws <= total + SLACK + 1e-9 * total).all()
    assert (found.portfolio.draws >= most - SLACK - 1e-9 * most).all()


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 0.1), st.floats(0.05, 0.45), st.floats(3, 12), st.integers(0, 9))
def test_with_balanced_inputs_the_likely_value_lies_in_the_range(
    rate: float, width: float, life: float, seed: int
) -> None:
    def balanced(likely: float) -> Assumption:
        return known(likely, likely * (1 - width), likely * (1 + width))

    asset = patent(
        economic_life=balanced(life), royalty=Royalty("s", balanced(0.5), balanced(rate))
    )
    discount = Discount(balanced(0.02), balanced(0.06), balanced(0.03), balanced(0.05))
    of = problem(asset, income=(1e7,) * 20, discount=discount)
    found = value(of, Params(draws=2000), seed=seed).portfolio.range
    assert found.p10 <= found.base <= found.p90


@given(assumptions(-5, 5), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_drawn_inputs_stay_in_their_range_and_follow_the_triangle(
    given_input: Assumption, at: list[float]
) -> None:
    low, mode, high = given_input.bottom, given_input.likely, given_input.top
    found = triangular(given_input, np.array(sorted(at)))
    assert (found >= low).all()
    assert (found <= high).all()
    assert (np.diff(found) >= -1e-12).all()
    if high - low > 1e-3:
        share = np.where(
            found < mode,
            (found - low) ** 2 / ((high - low) * max(mode - low, 1e-300)),
            1 - (high - found) ** 2 / ((high - low) * max(high - mode, 1e-300)),
        )
        assert np.allclose(share, sorted(at), atol=1e-6)


def test_the_draws_are_those_of_the_distribution() -> None:
    """A value that is proportional to one triangular input has its quantiles."""
    asset: Asset = patent(
        economic_life=known(1.0), royalty=Royalty("s", known(1.0), known(0.02, 0.01, 0.05))
    )
    of = problem(asset, income=(1.1e8,))
    found = value(of, Params(draws=200_000)).portfolio.range
    for share, given_value in ((0.1, found.p10), (0.25, found.p25), (0.9, found.p90)):
        wanted = 1e8 * float(triangular(asset.royalty.rate, np.array([share]))[0])  # type: ignore[union-attr]
        assert abs(float(given_value) / wanted - 1) < 0.005
    assert of.valued_on == TODAY
