"""Boundaries that wander: a straight line between two stones becomes a ridge, a brook, a lane."""

from itertools import pairwise

import numpy as np

from qiying.demo.chance import stream

Point2 = tuple[float, float]


def wander(
    start: Point2, end: Point2, *, seed: int, name: str, sway: float = 0.10
) -> list[Point2]:
    """A chain from `start` to `end` by midpoint displacement.

    `sway` is the displacement of a midpoint as a share of its piece's length. The chain depends
    on the seed and the name only, so two neighbours that name an edge alike share it exactly.
    """
    chance = stream(seed, f"bound {name}")
    chain = [start, end]
    while float(np.hypot(chain[1][0] - chain[0][0], chain[1][1] - chain[0][1])) > 140.0:
        finer: list[Point2] = [chain[0]]
        for (x0, y0), (x1, y1) in pairwise(chain):
            shift = sway * float(chance.normal()) * 0.6
            finer += [
                ((x0 + x1) / 2 - (y1 - y0) * shift, (y0 + y1) / 2 + (x1 - x0) * shift),
                (x1, y1),
            ]
        chain = finer
    return chain
