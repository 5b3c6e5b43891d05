"""Do subsystems rise together; what holds a unit back; how fast does it move."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._cube import Floats, Reason

GRADES = (
    "extreme_disorder",
    "severe_disorder",
    "moderate_disorder",
    "mild_disorder",
    "near_disorder",
    "bare_coordination",
    "primary_coordination",
    "intermediate_coordination",
    "good_coordination",
    "quality_coordination",
)
"""极度失调, 严重失调, 中度失调, 轻度失调, 濒临失调, 勉强协调, 初级协调, 中级协调, 良好协调, 优质协调."""


@dataclass(frozen=True, slots=True, eq=False)
class Coupling:
    """Coupling C, development T, coordination D = sqrt(C T), all [...], and the grade 0..9 of D.

    A grade of -1 is where there is no D.
    """

    c: Floats
    t: Floats
    d: Floats
    grade: NDArray[np.int8]
    reasons: tuple[Reason, ...]


def coupling(
    u: Floats, weights: Floats | None = None, *, is_adjusted: bool = True, floor: float = 0.0
) -> Coupling:
    """Coupling coordination of subsystems u [..., p] in 0..1; missing ones make it missing.

    Adjusted: C = sqrt([1 - mean_{i<j} |u_i - u_j|] (prod u_i / max u)^(1/(p-1))).
    Standard: C = p (prod u)^(1/p) / sum u, which lies near 1 almost whatever the data: the result
    says so. `floor` brings u to floor..1-floor first, as some published studies do.
    Source: Wang Shujia et al., Journal of Natural Resources 36 (2021) 793.
    """
    u = floor + np.asarray(u, dtype=np.float64) * (1 - 2 * floor)
    if ((u < 0) | (u > 1)).any():
        return _coupled(np.full(u.shape[:-1], np.nan), u, weights, Reason("outside_0_1"))
    p = u.shape[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        if not is_adjusted:
            c = p * np.prod(u, axis=-1) ** (1 / p) / u.sum(axis=-1)
            return _coupled(np.where(u.sum(axis=-1) > 0, c, 0.0), u, weights, Reason("saturates"))
        first, second = np.triu_indices(p, 1)
        apart = np.abs(u[..., first] - u[..., second]).mean(axis=-1)
        top = u.max(axis=-1)
        ratio = np.where(top > 0, np.prod(u / top[..., None], axis=-1), 0.0)
    return _coupled(np.sqrt((1 - apart) * ratio ** (1 / (p - 1))), u, weights)


def _coupled(c: Floats, u: Floats, weights: Floats | None, *reasons: Reason) -> Coupling:
    share = np.full(u.shape[-1], 1.0) if weights is None else np.asarray(weights, dtype=np.float64)
    t = u @ (share / share.sum())
    c = np.where(np.isnan(t), np.nan, c)
    d = np.sqrt(np.where(t >= 0, c * t, np.nan))
    grade = np.where(np.isnan(d), -1, np.minimum(np.floor(np.nan_to_num(d) * 10 + 1e-12), 9))
    return Coupling(np.asarray(c), np.asarray(t), np.asarray(d), grade.astype(np.int8), reasons)


def obstacles(z: Floats, weights: Floats) -> Floats:
    """障碍度: share of each member in what a unit lacks, w_j (1 - z_j) / sum; z [..., p] in 0..1.

    Nought everywhere for a unit that lacks nothing.
    """
    lack = weights * (1 - z)
    total = np.nansum(lack, axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(total > 0, lack / total, np.where(np.isnan(z), np.nan, 0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class Speed:
    """Slope of the score in each interval [interval, unit], its change, and the dynamic value."""

    slope: Floats
    trend: Floats
    value: Floats


def speed(scores: Floats, times: Floats | None = None) -> Speed:
    """速度特征 of scores [year, unit].

    Slope v_t = (s_{t+1} - s_t) / dt; trend u_t = (v_{t+1} - v_t) / dt, 0 in the first interval;
    the dynamic value is sum_t v_t dt gamma(u_t), gamma(u) = 2 / (1 + exp(-u)), 1 without a trend:
    a rise that quickens counts more, one that slows less.
    """
    at = np.arange(len(scores), dtype=np.float64) if times is None else times
    step = np.diff(at)[:, None]
    slope = np.diff(scores, axis=0) / step
    trend = np.zeros_like(slope)
    trend[1:] = np.diff(slope, axis=0) / ((step[1:] + step[:-1]) / 2)
    gamma = 1 + np.tanh(trend / 2)  # the same as 2 / (1 + exp(-u)), without overflow
    return Speed(slope, trend, (slope * step * gamma).sum(axis=0))
