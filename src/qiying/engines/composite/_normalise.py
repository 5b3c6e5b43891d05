"""Normalise: every indicator to one scale, good upwards, within a frame that can be frozen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from qiying.engines.composite._cube import Cube, Floats, Mask, Node, Origin
from qiying.engines.composite._plan import Normalise
from qiying.engines.composite._sheet import Sheet, frames

COLUMNS = {
    "minmax": ("minmax_lower", "minmax_upper", 0.0, 100.0),
    "zscore": ("zscore_mean", "zscore_sd", 0.0, 1.0),
    "scaled": ("scaled_lower", "scaled_upper", 0.0, 100.0),
    "goalposts": ("goalpost_lower", "goalpost_upper", np.nan, np.nan),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What a scale is made of: the known values of the frame, turned so that good is upwards."""

    known: Floats
    low: float
    high: float
    scale: float
    turn: int
    target: float
    anchor: Floats
    """The value of the reference unit, one number or one for each year."""

    @property
    def least(self) -> float:
        return float(self.known[0])

    @property
    def most(self) -> float:
        return float(self.known[-1])


def normalise(sheet: Sheet, step: Normalise, cube: Cube) -> Sheet:
    """Scale indicator by indicator, each by its own orders where it has any."""
    values = np.full(sheet.values.shape, np.nan)
    cut = np.zeros(values.shape, dtype=bool)
    for place, node in enumerate(cube.indicators):
        own = replace(step, only={}, **step.only.get(node.code, {}))
        turned = sheet.values[:, :, place] * node.direction
        for taken, held in frames(own.frame, cube.years):
            frame = _frame(turned, taken, held, own, node, cube)
            if frame.known.size:
                scaled, code = SCALES[own.method](turned[held], frame)
                if code:
                    sheet.say(code, node.code, value=frame.least * node.direction)
                values[held, :, place], cut[held, :, place] = _cap(scaled, own, node, frame)
    return sheet.marked(values, cut & ~np.isnan(values), Origin.CUT_TO_FRAME)


def _frame(
    turned: Floats, taken: slice, held: slice, step: Normalise, node: Node, cube: Cube
) -> Frame:
    sample = turned[taken]
    low, high = bounds(step, node)
    anchor = np.array([[np.nan]])
    if step.reference:
        column = sample[:, cube.units.index(step.reference)]
        known = column[~np.isnan(column)]
        anchor = np.array([[known[0]]]) if known.size else anchor
    extra = dict(node.extra)
    return Frame(
        known=np.sort(sample[~np.isnan(sample)]),
        low=low,
        high=high,
        scale=extra.get("goalpost_scale", step.scale) if step.scale == 1.0 else step.scale,
        turn=node.direction,
        target=node.target * node.direction,
        anchor=anchor,
    )


def bounds(step: Normalise, node: Node) -> tuple[float, float]:
    """The two numbers of a method: from the plan, else from iMeta, else the usual ones."""
    if step.method not in COLUMNS:
        return np.nan, np.nan
    first, second, low, high = COLUMNS[step.method]
    extra = dict(node.extra)
    return (
        extra.get(first, low) if step.low is None else step.low,
        extra.get(second, high) if step.high is None else step.high,
    )


def _cap(scaled: Floats, step: Normalise, node: Node, frame: Frame) -> tuple[Floats, Mask]:
    ends = {"minmax": (frame.low, frame.high), "goalposts": (0.0, frame.scale)}
    low, high = ends.get(step.method, (-np.inf, 1.0))
    wanted = step.cap or bool(
        step.method == "goalposts" and dict(node.extra).get("goalpost_trunc2posts", 0)
    )
    if not wanted or step.method in {"zscore", "scaled", "rank", "borda", "none", "vector"}:
        return scaled, np.zeros(scaled.shape, dtype=bool)
    return np.clip(scaled, low, high), (scaled < low) | (scaled > high)


Scaled = tuple[Floats, str]


def _whole(x: Floats, value: float) -> Floats:
    return np.where(np.isnan(x), np.nan, value)


def _minmax(x: Floats, f: Frame) -> Scaled:
    if f.least == f.most:
        return _whole(x, (f.low + f.high) / 2), "constant"
    return (x - f.least) / (f.most - f.least) * (f.high - f.low) + f.low, ""


def _zscore(x: Floats, f: Frame) -> Scaled:
    if f.least == f.most:
        return _whole(x, f.low), "constant"
    return (x - f.known.mean()) / f.known.std(ddof=1) * f.high + f.low, ""


def _between(x: Floats, f: Frame, scale: float) -> Scaled:
    if not f.low < f.high:
        return np.full(x.shape, np.nan), "no_goalposts"
    start = f.low if f.turn > 0 else -f.high
    return (x - start) / (f.high - f.low) * scale, ""


def _scaled(x: Floats, f: Frame) -> Scaled:
    return _between(x, f, 100.0)


def _goalposts(x: Floats, f: Frame) -> Scaled:
    return _between(x, f, f.scale)


def _rank(x: Floats, f: Frame) -> Scaled:
    place = np.searchsorted(f.known, x, side="left") + 1.0
    return np.where(np.isnan(x), np.nan, place), ""


def _borda(x: Floats, f: Frame) -> Scaled:
    return _rank(x, f)[0] - 1, ""


def _percentile(x: Floats, f: Frame) -> Scaled:
    if f.known.size < 2:
        return _whole(x, 0.5), "constant"
    return (_rank(x, f)[0] - 1) / (f.known.size - 1), ""


def _distance(x: Floats, f: Frame, goal: Floats | float) -> Scaled:
    span = np.asarray(goal) - f.least
    if np.isnan(span).all():
        return np.full(x.shape, np.nan), "no_target"
    if (span <= 0).any():
        return np.where(np.isnan(x), np.nan, np.where(x >= goal, 1.0, 0.0)), "target_not_above"
    return 1 - (goal - x) / span, ""


def _max_distance(x: Floats, f: Frame) -> Scaled:
    if f.least == f.most:
        return _whole(x, 0.5), "constant"
    return _distance(x, f, f.most)


def _target_distance(x: Floats, f: Frame) -> Scaled:
    return _distance(x, f, f.target)


def _reference_distance(x: Floats, f: Frame) -> Scaled:
    return _distance(x, f, f.anchor)


def _max_share(x: Floats, f: Frame) -> Scaled:
    """Share of the best: x / largest, or smallest / x where less is better."""
    if (f.most if f.turn > 0 else -f.most) <= 0:
        return np.full(x.shape, np.nan), "not_positive"
    with np.errstate(divide="ignore"):
        return (x / f.most if f.turn > 0 else f.most / x), ""


def _vector(x: Floats, f: Frame) -> Scaled:
    size = float(np.sqrt((f.known**2).sum()))
    return (x / size, "") if size > 0 else (_whole(x, 0.0), "constant")


def _none(x: Floats, _f: Frame) -> Scaled:
    return x, ""


SCALES: Mapping[str, Callable[[Floats, Frame], Scaled]] = {
    "minmax": _minmax,
    "zscore": _zscore,
    "scaled": _scaled,
    "rank": _rank,
    "borda": _borda,
    "percentile": _percentile,
    "max_distance": _max_distance,
    "target_distance": _target_distance,
    "reference_distance": _reference_distance,
    "goalposts": _goalposts,
    "max_share": _max_share,
    "vector": _vector,
    "none": _none,
}
