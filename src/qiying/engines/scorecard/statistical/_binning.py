"""Monotone bins that hold the most information: exact, by dynamic programming over small bins.

Small bins come from a tree that only looks at this characteristic; of all ways to join neighbours
so that the bad rate only rises (or only falls) and no bin is too small, the one with the highest
information value is chosen. Words are ordered by their bad rate first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiying.engines.scorecard.statistical._sample import Column, Flags, Floats

Counts = NDArray[np.float64]
PRIOR = 0.5
"""Cases added to each cell of a bin: a bin without bad cases has a finite weight of evidence."""


@dataclass(frozen=True, slots=True)
class Binning:
    """Bins of one characteristic, in order, and the missing one last.

    Of numbers ``edges`` are upper ends, excluded, of all bins but the last. Of words ``groups`` are
    the words of each bin. ``good`` and ``bad`` count cases, ``woe`` is ln(share of good / share of
    bad), above 0 where a bin is better than the whole. ``value`` is the information value.
    """

    edges: tuple[float, ...] | None
    groups: tuple[tuple[str, ...], ...] | None
    good: tuple[int, ...]
    bad: tuple[int, ...]
    woe: tuple[float, ...]
    value: float

    @property
    def count(self) -> int:
        """Bins without the missing one."""
        return len(self.woe) - 1


def place(binning: Binning, column: Column) -> NDArray[np.intp]:
    """The bin of each case; what is missing, and words never seen, are in the last."""
    if binning.edges is not None:
        found = np.searchsorted(np.array(binning.edges), column, side="right")
        return np.where(np.isnan(column), binning.count, found).astype(np.intp)
    known = {word: n for n, words in enumerate(binning.groups or ()) for word in words}
    return np.array([known.get(word, binning.count) for word in column], dtype=np.intp)


def bin_numbers(
    column: Floats, bad: Flags, *, small: int = 30, least: float = 0.05, most: int = 8
) -> Binning:
    """Monotone bins of numbers.

    Parameters
    ----------
    column, bad
        Values (NaN: missing) and outcomes of all cases.
    small
        Most small bins to begin with.
    least
        Least share of the cases in a bin.
    most
        Most bins.
    """
    there = ~np.isnan(column)
    cuts = _cuts(column[there], bad[there], small)
    small_bins = np.searchsorted(cuts, column[there], side="right")
    good, turned = _counts(small_bins, bad[there], len(cuts) + 1)
    ends = _best(good, turned, np.ceil(least * len(column)), most)
    edges = tuple(float(cuts[end - 1]) for end in ends[:-1])
    return _binning(edges, None, np.searchsorted(np.array(edges), column, "right"), there, bad)


def bin_words(column: Column, bad: Flags, *, least: float = 0.05, most: int = 8) -> Binning:
    """Bins of words, those with alike bad rates together; rare words join the nearest."""
    there = np.array([word is not None for word in column])
    words = sorted({str(word) for word in column[there]})
    number = {word: n for n, word in enumerate(words)}
    codes = np.array([number[word] for word in column[there]], dtype=np.intp)
    good, turned = _counts(codes, bad[there], len(words))
    whole = bad[there].mean() if there.any() else 0.0
    rate = (turned + 5 * whole) / (good + turned + 5)  # rare words stand near the mean
    order = sorted(range(len(words)), key=lambda n: (-rate[n], words[n]))
    ends = _best(good[order], turned[order], np.ceil(least * len(column)), most)
    starts = [0, *ends[:-1]]
    groups = tuple(
        tuple(sorted(words[n] for n in order[a:b])) for a, b in zip(starts, ends, strict=True)
    )
    known = {word: n for n, group in enumerate(groups) for word in group}
    places = np.array([known.get(word, 0) for word in column], dtype=np.intp)
    return _binning(None, groups, places, there, bad)


def _cuts(values: Floats, bad: Flags, small: int) -> Floats:
    """Cuts of a tree over one characteristic, with at least two in a hundred cases in each leaf."""
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 - heavy, only when fitting

    if len(np.unique(values)) < 2:
        return np.zeros(0)
    tree = DecisionTreeClassifier(
        max_leaf_nodes=small, min_samples_leaf=max(1, len(values) // 50), random_state=0
    )
    tree.fit(values[:, None], bad)
    inner = tree.tree_.threshold[tree.tree_.feature >= 0]
    return np.unique(inner.astype(np.float64))


def _counts(codes: NDArray[np.intp], bad: Flags, size: int) -> tuple[Counts, Counts]:
    turned = np.bincount(codes[bad], minlength=size).astype(np.float64)
    good = np.bincount(codes[~bad], minlength=size).astype(np.float64)
    return good, turned


def _best(good: Counts, bad: Counts, least: float, most: int) -> list[int]:
    """Ends of the bins with the highest information value of both directions."""
    if not len(good):
        return [0]
    down = _monotone(good, bad, least, most)
    up = _monotone(bad, good, least, most)
    return down[1] if down[0] >= up[0] else up[1]


def _monotone(good: Counts, bad: Counts, least: float, most: int) -> tuple[float, list[int]]:
    """The best ends with a bad rate that never rises, and their information value.

    best[b][i, j] is the highest value of small bins before j in b bins, the last from i on.
    """
    size = len(good)
    g, b = np.concatenate([[0], good.cumsum()]), np.concatenate([[0], bad.cumsum()])
    count = g[None, :] + b[None, :] - g[:, None] - b[:, None]
    rate = np.divide(b[None, :] - b[:, None], count, out=np.zeros_like(count), where=count > 0)
    gain = _gains(g, b)
    is_fit = (count >= least) & (np.arange(size + 1)[:, None] < np.arange(size + 1)[None, :])
    first = np.where(is_fit, gain, -np.inf)
    first[1:] = -np.inf
    levels, came = [first], [np.zeros((size + 1, size + 1), dtype=np.intp)]
    for _ in range(most - 1):
        level, origin = np.full_like(first, -np.inf), np.zeros_like(came[0])
        for i in range(1, size):
            before = levels[-1][:, i]
            if not np.isfinite(before).any():
                continue
            allowed = rate[:, i][:, None] >= rate[i][None, :]
            options = np.where(allowed, before[:, None], -np.inf)
            origin[i] = options.argmax(axis=0)
            level[i] = np.where(is_fit[i], options.max(axis=0) + gain[i], -np.inf)
        levels.append(level)
        came.append(origin)
    return _trace(levels, came, size)


def _gains(g: Counts, b: Counts) -> Floats:
    """Part of the information value of every bin from i to before j."""
    goods = (g[None, :] - g[:, None] + PRIOR) / (g[-1] + 2 * PRIOR)
    bads = (b[None, :] - b[:, None] + PRIOR) / (b[-1] + 2 * PRIOR)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (goods - bads) * np.log(goods / bads)
    return np.asarray(np.where(np.isfinite(found), found, 0.0))


def _trace(
    levels: Sequence[Floats], came: Sequence[NDArray[np.intp]], size: int
) -> tuple[float, list[int]]:
    ends = [level[:, size].max() for level in levels]
    if not np.isfinite(ends).any():
        return 0.0, [size]
    level = int(np.argmax(ends))
    value, end, found = float(ends[level]), size, [size]
    start = int(levels[level][:, size].argmax())
    while level > 0:
        found.append(start)
        start, end, level = int(came[level][start, end]), start, level - 1
    return value, found[::-1]


def _binning(
    edges: tuple[float, ...] | None,
    groups: tuple[tuple[str, ...], ...] | None,
    places: NDArray[np.intp],
    there: Flags,
    bad: Flags,
) -> Binning:
    size = len(edges) + 1 if edges is not None else max(len(groups or ()), 1)
    codes = np.where(there, places, size)
    good, turned = _counts(codes, bad, size + 1)
    is_used = good + turned > 0
    shares = [(n + PRIOR) / (n.sum() + PRIOR * (size + 1)) for n in (good, turned)]
    woe = np.where(is_used, np.log(shares[0] / shares[1]), 0.0)
    value = float(((shares[0] - shares[1]) * woe)[is_used].sum())
    counts = (tuple(int(n) for n in good), tuple(int(n) for n in turned))
    return Binning(edges, groups, *counts, tuple(float(w) for w in woe), value)
