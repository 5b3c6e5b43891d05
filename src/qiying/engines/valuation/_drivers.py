"""What moves the value: a bar of the tornado for every uncertain input, widest first."""

from collections.abc import Mapping

import numpy as np

from qiying.engines.valuation._chance import Chance, uniform
from qiying.engines.valuation._methods import Method
from qiying.engines.valuation._params import Params
from qiying.engines.valuation._problem import Asset, Problem
from qiying.engines.valuation._reconcile import at_quantile, run
from qiying.engines.valuation._result import Driver, Floats, cny


def drivers(
    problem: Problem,
    asset: Asset,
    params: Params,
    weights: Mapping[Method, float],
    drawn: Chance,
    values: Floats,
) -> tuple[Driver, ...]:
    """Bars of one asset; ``drawn`` are its inputs in the simulation, ``values`` what came of them.

    The choice of the method is a bar too, from the lowest to the highest base of the methods.
    """
    ranks, found = _ranks(values), []
    if len(weights) > 1:
        found.append(_choice(problem, asset, params, values, drawn))
    for key, given in drawn.taken.items():
        if given.bottom == given.top:
            continue
        low, high = (
            cny(at_quantile(problem, asset, params, weights, {key: q})) for q in (0.1, 0.9)
        )
        found.append(Driver(key, low, high, _correlation(_ranks(drawn.values[key]), ranks)))
    return tuple(sorted(found, key=lambda d: (-d.swing, d.key)))


def _choice(
    problem: Problem, asset: Asset, params: Params, values: Floats, drawn: Chance
) -> Driver:
    bases = [float(of[0]) for of in run(problem, asset, params, Chance(None)).values()]
    low, high = cny(min(bases)), cny(max(bases))
    order = _ranks(uniform(drawn.seed or 0, "method", drawn.draws))
    return Driver(f"{asset.id}.method", low, high, _correlation(order, _ranks(values)))


def _ranks(values: Floats) -> Floats:
    """Ranks from 0, equals sharing their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count) - 1
    found: Floats = (last - (count - 1) / 2)[place]
    return found


def _correlation(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size else 0.0
