"""Bring the members of a node together.

Members come as [..., unit, member] and weights so that they broadcast against them; what stands
before the last two axes are years or replicates, and every one is taken by itself.
"""

import numpy as np

from qiying.engines.composite._cube import Floats
from qiying.engines.composite._frontier import benefit_of_doubt
from qiying.engines.composite._plan import Aggregate

SAME = 1e-12
"""Weights for and against that differ by less than this share are a draw."""


def aggregate(z: Floats, w: Floats, method: str, step: Aggregate) -> Floats:
    """Scores [..., unit]; NaN where the members do not allow one."""
    known = ~np.isnan(z)
    found = _scores(z, w, method, step, known)
    enough = known.any(axis=-1) & (known.mean(axis=-1) >= step.at_least)
    return np.where(enough, found, np.nan)


def _scores(z: Floats, w: Floats, method: str, step: Aggregate, known: Floats) -> Floats:
    w = np.where(known, w, 0.0)
    if method == "copeland":
        return copeland(z, w)
    if method == "topsis":
        return topsis(z, w, is_pooled=step.frame == "all")
    if method == "mpi":
        return mazziotta_pareto(z, w, 1.0 if step.toward == "high" else -1.0)
    if method == "bod":
        flat = z.reshape(-1, *z.shape[-2:])
        rows = [benefit_of_doubt(year, step.least, step.most)[0] for year in flat]
        return np.stack(rows).reshape(z.shape[:-1])
    return mean(z, w, {"amean": 1.0, "gmean": 0.0, "hmean": -1.0}.get(method, step.power))


def mean(z: Floats, w: Floats, power: float) -> Floats:
    """Weighted mean of a power (0 the geometric); other powers than 1 want values above nought."""
    total = w.sum(axis=-1)
    held = np.where(w > 0, z, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if power == 1:
            return np.asarray((w * held).sum(axis=-1) / total)
        good = (held > 0).all(axis=-1)
        held = np.where(held > 0, held, 1.0)
        if power == 0:
            found = np.exp((w * np.log(held)).sum(axis=-1) / total)
        else:
            # By its largest value first, so that a high power cannot overflow.
            top = held.max(axis=-1, keepdims=True)
            inner = (w * (held / top) ** power).sum(axis=-1) / total
            found = top[..., 0] * inner ** (1 / power)
    return np.where(good, found, np.nan)


def copeland(z: Floats, w: Floats) -> Floats:
    """Duels won less duels lost, each duel on the weight that both units have.

    A duel is won by more weight for than against. Both ways of a duel are counted at once, so the
    order of units cannot matter. A pair without a common member has no duel.
    """
    lead = np.broadcast_shapes(z.shape[:-2], w.shape[:-2])
    z, w = np.broadcast_to(z, lead + z.shape[-2:]), np.broadcast_to(w, lead + z.shape[-2:])
    balance = np.zeros((*lead, z.shape[-2], z.shape[-2]))
    common = np.zeros_like(balance)
    for place in range(z.shape[-1]):
        column, weight = z[..., place], w[..., place]
        here, there = column[..., :, None], column[..., None, :]
        # A member may weigh differently for two units: then their duel takes what both give it.
        shared = np.minimum(weight[..., :, None], weight[..., None, :])
        balance += shared * ((here > there).astype(np.int8) - (here < there).astype(np.int8))
        common += shared
    won = np.where(np.abs(balance) > SAME * common, np.sign(balance), 0.0)
    return np.asarray(won.sum(axis=-1))


def topsis(z: Floats, w: Floats, *, is_pooled: bool) -> Floats:
    """Closeness d-/(d+ + d-) to best and worst by weighted Euclidean distance, sqrt sum (w dz)^2.

    Missing members are left out and the distance scaled to the weight that is there. All units
    alike: one half.
    """
    axes = (-3, -2) if is_pooled and z.ndim > 2 else (-2,)
    known = ~np.isnan(z)
    best = np.where(known, z, -np.inf).max(axis=axes, keepdims=True)
    worst = np.where(known, z, np.inf).min(axis=axes, keepdims=True)
    square = w**2
    total = square.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        far = np.sqrt((square * np.where(known, best - z, 0.0) ** 2).sum(axis=-1) / total)
        near = np.sqrt((square * np.where(known, z - worst, 0.0) ** 2).sum(axis=-1) / total)
        closeness = np.where(far + near > 0, near / (far + near), 0.5)
    return np.where(total > 0, closeness, np.nan)


def mazziotta_pareto(z: Floats, w: Floats, sign: float) -> Floats:
    """M - S cv (or +): the mean less a penalty for unevenness, S and M of the unit's own members.

    Wants members on a scale above nought, such as z-scores with mean 100 and deviation 10.
    Source: M. Mazziotta and A. Pareto, Social Indicators Research 127 (2016).
    """
    total = w.sum(axis=-1)
    held = np.where(w > 0, z, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (w * held).sum(axis=-1) / total
        spread = (w * (held - middle[..., None]) ** 2).sum(axis=-1) / total
        return np.where(middle > 0, middle + sign * spread / middle, np.nan)
