"""Ranks of many rows at once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._cube import Floats

WIDE = 256
"""From so many units on, sorting by sixteen bits first is the quicker way."""
ROWS = 32
"""Rows ranked at once: what they need stays in the processor's own memory."""
CROWDED = 0.05
"""Share of neighbours the wrong way from which sorting in full is the quicker way."""
Ranks = NDArray[np.int32] | NDArray[np.uint16]


def competition(scores: Floats) -> NDArray[np.int32]:
    """Competition ranks along the last axis, highest first, equal ones the better, 0 missing."""
    found = np.empty(scores.shape, dtype=np.int32)
    rank_into(found, scores)
    return found


def rank_into(found: Ranks, scores: Floats) -> None:
    """Competition ranks of scores [..., unit] into an array of the same shape."""
    flat, out = scores.reshape(-1, scores.shape[-1]), found.reshape(-1, scores.shape[-1])
    if flat.shape[1] < WIDE:
        _put(out, *_sorted(flat))
        return
    for start in range(0, len(flat), ROWS):
        part, into = flat[start : start + ROWS], out[start : start + ROWS]
        if not _put_by_radix(into, part):
            _put(into, *_sorted(part))


def _put(found: NDArray[Any], order: NDArray[np.intp], ordered: Floats) -> None:
    """Ranks of rows whose order, and scores in that order, are known."""
    count = ordered.shape[-1]
    place = np.arange(1, count + 1, dtype=found.dtype)
    equal = ordered[:, 1:] == ordered[:, :-1]
    lost = np.isnan(ordered)
    if equal.any() or lost.any():
        place = np.broadcast_to(place, ordered.shape).copy()
        place[:, 1:][equal] = 0
        place = np.maximum.accumulate(place, axis=-1)
        place[lost] = 0
    else:
        place = place[None]
    np.put_along_axis(found, order, place, axis=-1)


def _sorted(scores: Floats) -> tuple[NDArray[np.intp], Floats]:
    order = np.argsort(-scores, axis=-1)  # what is missing comes last
    return order, np.take_along_axis(scores, order, axis=-1)


def _put_by_radix(found: NDArray[Any], scores: Floats) -> bool:
    """Rank finite scores: by sixteen bits, then neighbours that these leave the wrong way.

    Returns False, with nothing written, where sorting in full is quicker or the only way: with a
    score that is missing, or some far value that pushes the rest together.
    """
    codes = _codes(scores)
    if codes is None:
        return False
    width = scores.shape[-1]
    order = np.argsort(codes, axis=-1, kind="stable")
    order += np.arange(len(scores))[:, None] * width
    flat = order.reshape(-1)
    ordered = scores.reshape(-1).take(flat)  # rows end to end: several times quicker by one index
    wrong = ordered[:-1] < ordered[1:]
    wrong[width - 1 :: width] = False
    if np.count_nonzero(wrong) > CROWDED * wrong.size:
        return False
    _settle(flat, ordered, width, wrong)
    equal = ordered[1:] == ordered[:-1]
    equal[width - 1 :: width] = False
    if equal.any():
        order -= np.arange(len(scores))[:, None] * width
        _put(found, order, ordered.reshape(scores.shape))
    else:
        place = np.tile(np.arange(1, width + 1, dtype=found.dtype), len(scores))
        found.reshape(-1)[flat] = place
    return True


def _codes(scores: Floats) -> NDArray[np.uint16] | None:
    """How far each score lies below the best of its row, in sixteen bits."""
    high = scores.max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        reach = high - scores.min(axis=-1, keepdims=True)
        times = np.where(reach > 0, 65_535 / reach, 0.0)
        if not (np.isfinite(reach).all() and np.isfinite(times).all()):
            return None
        down = np.subtract(high, scores)
        down *= times
    found: NDArray[np.uint16] = down.astype(np.uint16)
    return found


def _settle(
    order: NDArray[np.intp], ordered: Floats, width: int, touched: NDArray[np.bool_]
) -> None:
    """Swap neighbours of rows laid end to end until none is lower than the next.

    ``touched`` are the neighbours that may stand the wrong way; it is used up.
    """
    wrong = np.flatnonzero(touched)
    while wrong.size:
        here = wrong[np.diff(wrong, prepend=-2) > 1]
        there = here + 1
        order[here], order[there] = order[there], order[here]
        ordered[here], ordered[there] = ordered[there], ordered[here]
        touched[here - 1] = True
        touched[np.minimum(there, touched.size - 1)] = True
        touched[width - 1 :: width] = False
        again = np.flatnonzero(touched)
        wrong = again[ordered[again] < ordered[again + 1]]
        touched[again] = False
        touched[wrong] = True
