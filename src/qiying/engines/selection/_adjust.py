"""Strict and lenient readers made equal, beside what they gave."""

from collections.abc import Iterable

import numpy as np

from qiying.engines.selection._problem import Score
from qiying.engines.selection._result import Adjustment


def adjust(scores: Iterable[Score]) -> Adjustment:
    """Take out how strict each reader is, by least squares of score = entry + reader.

    Readers are compared through the entries that they share, so a reader who got the better
    entries is not called lenient for it. Leniency is centred over the scores of each connected
    group, so that the mean of all scores stays. A constant added to all scores of one reader
    changes the differences between adjusted entries of the group in nothing.
    """
    rows = sorted(scores, key=lambda s: (s.entry, s.reviewer))
    entries = sorted({s.entry for s in rows})
    readers = sorted({s.reviewer for s in rows})
    if not rows:
        return Adjustment({}, {}, {}, is_connected=True)
    e = np.array([entries.index(s.entry) for s in rows])
    r = np.array([readers.index(s.reviewer) for s in rows])
    values = np.array([s.value for s in rows])
    count, group = _groups(e, r, len(entries), len(readers))
    lenient = _leniency(e, r, values, (len(entries), len(readers)))
    for number in range(count):
        held = group[r] == number
        lenient[group == number] -= lenient[r[held]].mean()
    return Adjustment(
        leniency=dict(zip(readers, lenient.tolist(), strict=True)),
        raw=_means(entries, e, values),
        adjusted=_means(entries, e, values - lenient[r]),
        is_connected=count == 1,
    )


def _leniency(
    e: np.ndarray, r: np.ndarray, values: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """The readers' part of the least-squares solution of least norm."""
    design = np.zeros((len(values), sum(shape)))
    lines = np.arange(len(values))
    design[lines, e] = 1.0
    design[lines, shape[0] + r] = 1.0
    solved = np.linalg.lstsq(design, values - values.mean(), rcond=None)[0]
    return np.array(solved[shape[0] :])


def _groups(e: np.ndarray, r: np.ndarray, n: int, m: int) -> tuple[int, np.ndarray]:
    """How many groups of readers share entries, and the group of each reader."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(e)), (e, n + r)), shape=(n + m, n + m))
    count, labels = connected_components(graph, directed=False)
    return int(count), labels[n:]


def _means(entries: list[str], e: np.ndarray, values: np.ndarray) -> dict[str, float]:
    sums = np.bincount(e, weights=values, minlength=len(entries))
    return dict(
        zip(entries, (sums / np.bincount(e, minlength=len(entries))).tolist(), strict=True)
    )
