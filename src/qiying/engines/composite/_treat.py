"""Outliers: winsorise within a limit, then a transformation."""

from dataclasses import dataclass, replace

import numpy as np

from qiying.engines.composite._cube import Codes, Cube, Floats, Mask, Origin
from qiying.engines.composite._moments import is_calm, kurtosis, skewness
from qiying.engines.composite._plan import Treat
from qiying.engines.composite._sheet import Sheet, frames


@dataclass(frozen=True, slots=True)
class Cure:
    """What is done to one indicator: cut to a range, then transformed with fixed numbers."""

    low: float = -np.inf
    high: float = np.inf
    moved: int = 0
    kind: str = "none"
    least: float = 0.0
    most: float = 1.0
    power: float = 0.0


def treat(sheet: Sheet, step: Treat, cube: Cube) -> Sheet:
    """Winsorise and transform indicator by indicator, each by its own orders where it has any."""
    values = sheet.values.copy()
    marks = np.zeros(values.shape, dtype=np.uint16)
    for place, node in enumerate(cube.indicators):
        own = replace(step, only={}, **step.only.get(node.code, {}))
        for taken, held in frames(own.frame, cube.years):
            sample = values[taken, :, place]
            sample = sample[~np.isnan(sample)]
            subject = (
                node.code
                if own.frame != "year" or len(cube.years) == 1
                else (f"{node.code}@{cube.years[held.start]}")
            )
            cure = _cure(sample, own, subject, sheet)
            here = (held, slice(None), place)
            values[here], marks[here] = _apply(values[here], cure)
    return replace(sheet, values=values, provenance=sheet.provenance | marks)


def winsorise(x: Floats, step: Treat) -> tuple[Floats, Mask]:
    """Move the outermost value, with its ties, to the next, while the shape is bad.

    Stops before more than ``step.winsorise`` cells would have been moved.
    """
    x, moved = x.copy(), np.zeros(x.shape, dtype=bool)
    while x.size and (step.forced or not is_calm(x, step.skew, step.kurtosis)):
        is_high = skewness(x) >= 0
        at = x == (x.max() if is_high else x.min())
        rest = x[~at]
        if not rest.size or (moved | at).sum() > step.winsorise:
            break
        x[at] = rest.max() if is_high else rest.min()
        moved |= at
    return x, moved


def _cure(sample: Floats, step: Treat, subject: str, sheet: Sheet) -> Cure:
    """Decide what to do, from the values of the frame alone."""
    bad = not is_calm(sample, step.skew, step.kurtosis)
    if not bad and not step.forced:
        return Cure()
    before = {"skew": skewness(sample), "kurtosis": kurtosis(sample)}
    cut, moved = winsorise(sample, step)
    cure = Cure(
        low=float(cut.min()) if (cut > sample).any() else -np.inf,
        high=float(cut.max()) if (cut < sample).any() else np.inf,
        moved=int(moved.sum()),
    )
    if is_calm(cut, step.skew, step.kurtosis) or step.then == "none":
        sheet.say("winsorised", subject, cells=cure.moved, **before)
        return cure
    base = cut if step.combine else sample
    wrong = refusal(base, step.then)
    if wrong:
        sheet.say(wrong, subject, cells=cure.moved, **before)
        return cure
    kept = cure if step.combine else Cure()
    changed = replace(
        kept, kind=step.then, least=float(base.min()), most=float(base.max()), power=step.power
    )
    after = transformed(base, changed)
    sheet.say(
        "transformed", subject, skew=skewness(after), kurtosis=kurtosis(after), was=before["skew"]
    )
    return changed


def refusal(x: Floats, kind: str) -> str:
    """Why a transformation cannot be, as a code; empty when it can."""
    if x.min() == x.max():
        return "constant"
    if kind == "log" and x.min() <= 0:
        return "not_positive"
    return "would_reverse" if kind == "log_gii" and x.max() <= 1 else ""


def transformed(x: Floats, cure: Cure) -> Floats:
    """A strictly rising function of x, fixed by the frame's least and most."""
    up, span = x - cure.least, cure.most - cure.least
    if cure.kind == "log" or (cure.kind == "log_plus" and cure.least > 0):
        return np.log(x)
    if cure.kind in {"log_ct", "log_plus"}:
        return np.log(up + 0.01 * span)
    if cure.kind == "log_gii":
        return np.log((cure.most - 1) * up / span + 1)
    if cure.kind == "box_cox" and cure.power != 0:
        return np.asarray(((up + 1) ** cure.power - 1) / cure.power)
    return np.log(up + 1)


def _apply(x: Floats, cure: Cure) -> tuple[Floats, Codes]:
    marks = np.zeros(x.shape, dtype=np.uint16)
    known = ~np.isnan(x)
    marks[known & (x > cure.high)] |= np.uint16(Origin.WINSORISED_HIGH)
    marks[known & (x < cure.low)] |= np.uint16(Origin.WINSORISED_LOW)
    x = np.clip(x, cure.low, cure.high)
    if cure.kind == "none":
        return x, marks
    below = known & (x < cure.least)
    marks[below] |= np.uint16(Origin.CUT_TO_FRAME)
    marks[known] |= np.uint16(Origin.TRANSFORMED)
    return transformed(np.where(below, cure.least, x), cure), marks
