"""What a run gives, and what its check may say."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._cube import Codes, Floats, Reason
from qiying.engines.composite._ranks import competition


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Every step's table, the scores, and why.

    ``tables[step]`` is [year, unit, indicator] after that step ("data" is what was given);
    ``scores`` and ``ranks`` [year, unit, node] for the ``nodes``, lowest level first, rank 0 where
    there is no score, equal scores the better rank; ``weights[node]`` is [year, unit, member] with
    length 1 where it does not depend on year or unit. ``digest`` is a SHA-256 of version, plan and
    data.
    """

    tables: Mapping[str, Floats]
    nodes: tuple[str, ...]
    scores: Floats
    ranks: NDArray[np.int32]
    weights: Mapping[str, Floats]
    provenance: Codes
    reasons: tuple[Reason, ...]
    digest: str

    def of(self, node: str) -> Floats:
        """Scores [year, unit] of one node."""
        return self.scores[:, :, self.nodes.index(node)]


@dataclass(frozen=True, slots=True)
class Violation:
    """A statement of a result that the independent recount does not confirm."""

    code: str
    subject: str
    expected: object
    found: object


def ranks_of(scores: Floats) -> NDArray[np.int32]:
    """Competition ranks of [..., unit, node] among units, highest first, 0 where missing."""
    return np.moveaxis(competition(np.moveaxis(scores, -2, -1)), -1, -2)
