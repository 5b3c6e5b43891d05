"""What it costs to take somebody out of cover: expected emergencies that find nobody free.

With ``n`` people on duty who hold a skill, each taken with chance ``busy``, a call of that skill finds
one free with chance 1 - busy^n (maximal expected covering, Daskin 1983). One more taken loses
(1 - busy) busy^(n-1) of these calls.
"""

import numpy as np
from numpy.typing import NDArray

from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._problem import Problem

Floats = NDArray[np.float64]


def on_duty(starts: Floats, ends: Floats, now: float, slots: int) -> NDArray[np.bool_]:
    """Which row is on duty in which hour from ``now``: at its middle."""
    middles = now + 60.0 * np.arange(slots) + 30.0
    middles[0] = now + 1.0
    return (starts[:, None] <= middles[None, :] + 30.0) & (middles[None, :] < ends[:, None])


def cover_prices(
    problem: Problem, params: Params, masks: NDArray[np.int64], duty: NDArray[np.bool_]
) -> Floats:
    """Price a minute of each row (first axis) in each hour from now (second axis)."""
    rows, slots = duty.shape
    prices = np.zeros((rows, slots))
    if not problem.demand or not problem.weights.cover:
        return prices
    clock = ((problem.minute_of_day + problem.now) / 60.0 + np.arange(slots)) % 24
    hours = clock.astype(np.int64)
    scale = problem.weights.cover * params.late_call_price * (1 - params.busy) / 60.0
    for row in problem.demand:
        bit = problem.skills.index(row.skill)
        able = ((masks >> bit) & 1).astype(bool)[:, None] & duty
        count = able.sum(axis=0)
        rate = np.asarray(row.hourly)[hours]
        loss = scale * rate * params.busy ** np.maximum(count - 1, 0)
        prices += np.where(able, loss[None, :], 0.0)
    return prices
