"""Value a portfolio: every asset by every method it is given, ranges, drivers, what may be lent."""

from dataclasses import replace

import numpy as np

from qiying.engines.valuation._chance import Chance
from qiying.engines.valuation._direct import real_option
from qiying.engines.valuation._drivers import drivers
from qiying.engines.valuation._lend import lend
from qiying.engines.valuation._methods import Method
from qiying.engines.valuation._params import VERSION, Params
from qiying.engines.valuation._portfolio import shared, together
from qiying.engines.valuation._problem import Asset, Problem
from qiying.engines.valuation._profile import profile
from qiying.engines.valuation._quantiles import range_of
from qiying.engines.valuation._reasons import reasons_of
from qiying.engines.valuation._reconcile import (
    WAYS,
    ground_of,
    inputs_of,
    legal_years,
    likely_life,
    pooled,
    quality_of,
    run,
    weighed,
    weights_of,
)
from qiying.engines.valuation._result import (
    AssetValue,
    Floats,
    Input,
    MethodValue,
    OptionValue,
    Portfolio,
    Profile,
    Valuation,
)


def value(problem: Problem, params: Params | None = None, *, seed: int = 0) -> Valuation:
    """Value a portfolio on its valuation date.

    Each method of each asset is a formula over inputs with low, likely and high. Inputs are drawn
    from triangular distributions (one uniform number an input and draw, see ``uniform``), methods
    are pooled by the quality of their evidence, assets are added with what they share counted once.

    Parameters
    ----------
    problem
        Money in yuan, lives in years, rates and shares as fractions.
    params
        Draws, weights, loan-to-value; each has its source in ``RULES``.
    seed
        Of all chance: same problem, parameters and seed, same result.

    Returns
    -------
    Valuation
        Ranges as P10, P25, P50, P90 with the value at likely inputs; ``check`` computes them again.

    Notes
    -----
    Relief from royalty, multi-period excess earnings, profit split, cost and market approaches as in
    IVS 105 and 210 and 资产评估执业准则——无形资产; decision tree and real option for what does not
    earn yet. A longer remaining life or a higher royalty rate never lowers a value, a higher discount
    rate never raises it (the real option, which is not part of a value, apart).
    """
    return _value(problem, params or Params(), seed)


def _value(problem: Problem, params: Params, seed: int) -> Valuation:
    assets = tuple(_asset(problem, a, params, seed) for a in problem.assets)
    chance, base = Chance(seed, params.draws), Chance(None)
    likely = [np.array([float(a.range.base) if a.range else 0.0]) for a in assets]
    draws = together(problem, [a.draws for a in assets], chance)
    portfolio = Portfolio(
        range_of(draws, float(together(problem, likely, base)[0])),
        sum((a.range.p50 for a in assets if a.range), start=range_of(np.zeros(1), 0).p50),
        tuple(shared(problem).items()),
        draws,
    )
    lending = lend(problem, params, problem.loan, assets, portfolio) if problem.loan else None
    return Valuation(
        VERSION, seed, params, assets, portfolio, lending, _inputs(problem, assets, chance)
    )


def _asset(problem: Problem, asset: Asset, params: Params, seed: int) -> AssetValue:
    years = likely_life(asset, problem.valued_on)
    scored = profile(asset, years, params)
    chance = Chance(seed, params.draws)
    drawn, likely = run(problem, asset, params, chance), run(problem, asset, params, Chance(None))
    inputs = {m: inputs_of(problem, asset, params, m) for m in drawn}
    qualities = {m: quality_of(of, params) for m, of in inputs.items()}
    weights = weights_of(qualities)
    draws = pooled(drawn, weights, chance)
    whole = range_of(draws, weighed(likely, weights)) if drawn else None
    methods = tuple(
        _method(m, np.round(drawn[m], 2), likely[m], qualities[m], weights[m], inputs[m], draws)
        for m in drawn
    )
    bars = drivers(problem, asset, params, weights, chance, draws) if drawn else ()
    found = AssetValue(
        asset.id,
        legal_years(asset, problem.valued_on),
        years,
        scored,
        methods,
        whole,
        bars,
        _option(problem, asset, params, scored),
        (),
        draws,
    )
    return replace(found, reasons=reasons_of(asset, params, found))


def _method(
    method: Method,
    drawn: Floats,
    likely: Floats,
    quality: float,
    weight: float,
    inputs: tuple[Input, ...],
    whole: Floats,
) -> MethodValue:
    of, middle = range_of(drawn, float(np.round(likely, 2)[0])), float(np.median(whole))
    apart = float(of.p50) / middle - 1 if middle else 0.0
    return MethodValue(method, WAYS[method].approach, of, quality, weight, apart, inputs, drawn)


def _option(
    problem: Problem, asset: Asset, params: Params, scored: Profile | None
) -> OptionValue | None:
    if asset.option is None:
        return None
    ground = ground_of(problem, asset, params, scored, Chance(None))
    return real_option(asset.option, ground, problem.discount.risk_free.likely)


def _inputs(problem: Problem, assets: tuple[AssetValue, ...], chance: Chance) -> tuple[Input, ...]:
    every = {i.key: i for a in assets for m in a.methods for i in m.inputs}
    every |= {i.key: i for a in assets if a.option for i in a.option.inputs}
    every |= {i.key: i for i in chance.inputs()}
    if problem.second_value:
        s = problem.second_value
        every["second_value"] = Input("second_value", s.bottom, s.likely, s.top, s.source, s.grade)
    return tuple(every[key] for key in sorted(every))
