"""Denominate, screen, impute."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._cube import Cube, Floats, Mask, Origin
from qiying.engines.composite._em import conditional_means
from qiying.engines.composite._plan import Denominate, Impute, Screen
from qiying.engines.composite._sheet import Sheet

Centre = Callable[[Floats], float]
CENTRES: dict[str, Centre] = {
    # No mean lies beyond its values; rounding may put it there, and make what is constant vary.
    "mean": lambda x: float(np.clip(x.mean(), x.min(), x.max())),
    "median": lambda x: float(np.median(x)),
}


def denominate(sheet: Sheet, _step: Denominate, cube: Cube) -> Sheet:
    """Each value over its denominator; nothing over nought is missing."""
    values, where = sheet.values.copy(), np.zeros(sheet.values.shape, dtype=bool)
    lost = where.copy()
    for place, node in enumerate(cube.indicators):
        if not node.denominator:
            continue
        below = cube.denominators[node.denominator]
        good = np.isfinite(below) & (below != 0)
        had = ~np.isnan(values[:, :, place])
        with np.errstate(divide="ignore", invalid="ignore"):
            values[:, :, place] = np.where(good, values[:, :, place] / below, np.nan)
        where[:, :, place], lost[:, :, place] = had & good, had & ~good
        if (had & ~good).any():
            sheet.say("no_denominator", node.code, cells=int((had & ~good).sum()))
    return sheet.marked(values, where, Origin.DENOMINATED).marked(values, lost, Origin.MISSING)


def screen(sheet: Sheet, step: Screen, cube: Cube) -> Sheet:
    """Leave out units, year by year, with less than the wanted share of cells (not nought)."""
    known = ~np.isnan(sheet.values)
    counted = known if step.by == "missing" else known & (sheet.values != 0)
    base = known.shape[2] if step.by == "missing" else np.maximum(known.sum(axis=2), 1)
    share = counted.sum(axis=2) / base
    out = sheet.out | (share < step.at_least)
    for year, unit in np.argwhere(out & ~sheet.out):
        subject = f"{cube.units[unit]}@{cube.years[year]}"
        sheet.say("screened", subject, share=float(share[year, unit]))
    gone = np.broadcast_to(out[:, :, None], known.shape)
    values = np.where(gone, np.nan, sheet.values)
    return replace(sheet.marked(values, gone, Origin.SCREENED), out=out)


def impute(sheet: Sheet, step: Impute, cube: Cube) -> Sheet:
    """Fill missing cells of units that are not screened out; what cannot be filled is said."""
    gaps = np.isnan(sheet.values) & ~sheet.out[:, :, None]
    filled = np.where(gaps, _estimates(sheet.values, gaps, step, cube), sheet.values)
    done = gaps & ~np.isnan(filled)
    for place in np.flatnonzero((gaps & ~done).any(axis=(0, 1))):
        left = int((gaps & ~done)[:, :, place].sum())
        sheet.say("nothing_to_impute_from", cube.codes[place], cells=left)
    return sheet.marked(filled, done, Origin.IMPUTED)


def _estimates(x: Floats, gaps: Mask, step: Impute, cube: Cube) -> Floats:
    kind, _, centre = step.method.rpartition("_")
    if kind == "group":
        return _by_column(x, gaps, CENTRES[centre], np.asarray(cube.groups[step.group]))
    if kind == "row":
        return _by_row(x, gaps, CENTRES[centre], cube)
    if step.method in CENTRES:
        return _by_column(x, gaps, CENTRES[step.method], np.full(x.shape[:2], ""))
    if step.method == "em":
        rows = conditional_means(x.reshape(-1, x.shape[2]), step.ridge)
        return rows.reshape(x.shape)
    return _along(x, gaps, cube, is_linear=step.method == "linear")


def _by_column(x: Floats, gaps: Mask, centre: Centre, groups: NDArray[np.str_]) -> Floats:
    """Of the year and group, once for all cells that lack it."""
    found = np.full(x.shape, np.nan)
    for year in np.flatnonzero(gaps.any(axis=(1, 2))):
        which = np.unique(groups[year], return_inverse=True)[1]
        for group in np.unique(which[gaps[year].any(axis=1)]):
            units = np.flatnonzero(which == group)
            for place in np.flatnonzero(gaps[year, units].any(axis=0)):
                column = x[year, units, place]
                known = column[~np.isnan(column)]
                if known.size:
                    found[year, units, place] = centre(known)
    return found


def _by_row(x: Floats, gaps: Mask, centre: Centre, cube: Cube) -> Floats:
    """From the unit's other indicators of the same parent, on their min-max scale, good upwards."""
    found = np.full(x.shape, np.nan)
    parents = np.array([node.parent for node in cube.indicators])
    turn = np.array([float(node.direction) for node in cube.indicators])
    for year in np.flatnonzero(gaps.any(axis=(1, 2))):
        towards = x[year] * turn
        known = ~np.isnan(towards)
        low = np.where(known, towards, np.inf).min(axis=0)
        span = np.where(known, towards, -np.inf).max(axis=0) - low
        safe = np.where(span > 0, span, np.nan)
        scaled = (towards - low) / safe
        for unit, place in np.argwhere(gaps[year]):
            kin = scaled[unit, parents == parents[place]]
            kin = kin[~np.isnan(kin)]
            if kin.size and np.isfinite(span[place]):
                found[year, unit, place] = turn[place] * (low[place] + centre(kin) * span[place])
    return found


def _along(x: Floats, gaps: Mask, cube: Cube, *, is_linear: bool) -> Floats:
    """Along the years: the last value known before, or a line between the known ones."""
    found = np.full(x.shape, np.nan)
    at = _moments_in_time(cube.years)
    for unit, place in np.argwhere(gaps.any(axis=0)):
        series = x[:, unit, place]
        known = np.flatnonzero(~np.isnan(series))
        if not known.size:
            continue
        if is_linear:
            found[:, unit, place] = np.interp(at, at[known], series[known])
            continue
        before = np.searchsorted(known, np.arange(len(at)), side="right") - 1
        found[:, unit, place] = np.where(before >= 0, series[known[before]], np.nan)
    return found


def _moments_in_time(years: tuple[str, ...]) -> Floats:
    try:
        at = np.array([float(year) for year in years])
    except ValueError:
        at = np.arange(len(years), dtype=np.float64)
    return at if (np.diff(at) > 0).all() else np.arange(len(years), dtype=np.float64)
