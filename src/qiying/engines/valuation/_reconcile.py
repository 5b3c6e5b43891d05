"""The methods of one asset, run side by side and weighed by the quality of their evidence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np

from qiying.engines.valuation import _direct, _income
from qiying.engines.valuation._chance import NOBODY, Chance, uniform
from qiying.engines.valuation._evidence import Assumption, Grade
from qiying.engines.valuation._income import Ground
from qiying.engines.valuation._methods import Method
from qiying.engines.valuation._params import Params
from qiying.engines.valuation._problem import Asset, Problem
from qiying.engines.valuation._profile import STABLE_BASE, profile
from qiying.engines.valuation._result import Floats, Input, Profile

Formula = Callable[[Any, Ground], Floats]
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Way:
    """A method: the field of an asset that it needs, its formula, its approach."""

    field: str
    formula: Formula
    approach: str


WAYS: Mapping[Method, Way] = MappingProxyType(
    {
        Method.RELIEF_FROM_ROYALTY: Way("royalty", _income.royalty, "income"),
        Method.EXCESS_EARNINGS: Way("excess", _income.excess, "income"),
        Method.PROFIT_SPLIT: Way("split", _income.split, "income"),
        Method.LICENCE_FEE: Way("licence_fee", _income.licence_fee, "income"),
        Method.DECISION_TREE: Way("tree", _income.tree, "income"),
        Method.MARKET: Way("market", _direct.market, "market"),
        Method.COST: Way("cost", _direct.cost, "cost"),
    }
)


def legal_years(asset: Asset, valued_on: date) -> float | None:
    """Years to the register's date of expiry, of 365.25 days; None where none is given."""
    if asset.expires_on is None:
        return None
    return max((asset.expires_on - valued_on).days, 0) / DAYS_A_YEAR


def likely_life(asset: Asset, valued_on: date) -> float:
    """The lesser of legal and economic life, at its likely value."""
    legal = legal_years(asset, valued_on)
    economic = asset.economic_life.likely
    return economic if legal is None else min(legal, economic)


def usable(asset: Asset, params: Params) -> tuple[Method, ...]:
    """The methods of an asset that are given enough."""
    found = [m for m, way in WAYS.items() if getattr(asset, way.field) is not None]
    if asset.market and len(asset.market.deals) < params.least_deals:
        found.remove(Method.MARKET)
    if asset.licence_fee and asset.kind not in STABLE_BASE:
        found.remove(Method.LICENCE_FEE)
    return tuple(found)


def premium_of(
    asset: Asset, problem: Problem, scored: Profile | None, params: Params
) -> Assumption:
    """The premium on the discount rate: as given, else by the score; what is unknown widens it."""
    if problem.discount.premium is not None:
        return problem.discount.premium
    low, high = params.premium_low, params.premium_high

    def at(score: float) -> float:
        return high - (high - low) * score / 100

    source = f"profile of {asset.id}"
    if scored is None:
        return Assumption(high, source, Grade.D)
    return Assumption(at(scored.score), source, Grade.D, at(scored.highest), at(scored.lowest))


def ground_of(
    problem: Problem, asset: Asset, params: Params, scored: Profile | None, chance: Chance
) -> Ground:
    """Remaining life and discount rate of an asset, as its methods share them."""
    life = chance.take(f"{asset.id}.economic_life", asset.economic_life)
    legal = legal_years(asset, problem.valued_on)
    if legal is not None:
        life = np.minimum(life, legal)
    built = problem.discount
    rate = sum(
        chance.take(f"discount.{name}", getattr(built, name))
        for name in ("risk_free", "market", "size")
    )
    premium = premium_of(asset, problem, scored, params)
    key = "discount.premium" if built.premium else f"{asset.id}.discount.premium"
    rate = rate + chance.take(key, premium)
    return Ground(problem, params, chance, asset.id, life, rate, scored)


def run(problem: Problem, asset: Asset, params: Params, chance: Chance) -> dict[Method, Floats]:
    """Values of every usable method [draw], in yuan; nothing once the right is over."""
    scored = profile(asset, likely_life(asset, problem.valued_on), params)
    ground = ground_of(problem, asset, params, scored, chance)
    found = {}
    for method in usable(asset, params):
        way = WAYS[method]
        values = way.formula(getattr(asset, way.field), ground)
        found[method] = np.where(ground.life > 0, values, 0.0)
    return found


def inputs_of(problem: Problem, asset: Asset, params: Params, method: Method) -> tuple[Input, ...]:
    """What a method stands on, with source and grade."""
    way = WAYS[method]
    given = getattr(asset, way.field)
    if method == Method.MARKET:
        return _direct.noted(given, asset.id)
    chance = Chance(None)
    alone: dict[str, Any] = {w.field: None for w in WAYS.values() if w != way}
    run(problem, replace(asset, **alone), params, chance)
    inputs = list(chance.inputs())
    if method == Method.COST:
        kept = [i for i in inputs if not i.key.rpartition(".")[0].endswith("discount")]
        return (*kept, *_direct.noted(given, asset.id))
    for name, stream_id in asset.streams():
        if name == way.field:
            stream = problem.stream(stream_id)
            first = stream.income_cny[0]
            key = f"stream.{stream_id}.income"
            inputs.append(Input(key, first, first, first, stream.source, stream.grade))
    return tuple(inputs)


def quality_of(inputs: tuple[Input, ...], params: Params) -> float:
    """The mean of what the grades of a method's inputs count."""
    return sum(params.weight_of(i.grade) for i in inputs) / len(inputs)


def weights_of(qualities: Mapping[Method, float]) -> dict[Method, float]:
    """Shares by quality."""
    whole = sum(qualities.values())
    return {method: quality / whole for method, quality in qualities.items()}


def weighed(values: Mapping[Method, Floats], weights: Mapping[Method, float]) -> float:
    """The reconciled value without chance: the mean of the methods by their weights."""
    return round(sum(weights[m] * float(of[0]) for m, of in values.items()), 2)


def pooled(
    values: Mapping[Method, Floats], weights: Mapping[Method, float], chance: Chance
) -> Floats:
    """The reconciled value [draw]: in each draw one method, as often as its weight says.

    A linear opinion pool (Stone 1961): where methods disagree the range spans them. Their mean in
    each draw would look surer than any of them.
    """
    if not values:
        return np.zeros(chance.draws)
    ends = np.cumsum([weights[m] for m in values])[:-1]
    which = np.searchsorted(ends, uniform(chance.seed or 0, "method", chance.draws), side="right")
    found: Floats = np.round(np.stack(list(values.values()))[which, np.arange(chance.draws)], 2)
    return found


def at_quantile(
    problem: Problem,
    asset: Asset,
    params: Params,
    weights: Mapping[Method, float],
    pinned: Mapping[str, float] = NOBODY,
) -> float:
    """The reconciled value with some inputs at a quantile and all others likely."""
    values = run(problem, asset, params, Chance(None, pinned=pinned))
    return weighed(values, weights)
