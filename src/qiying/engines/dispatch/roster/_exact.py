"""The best roster by integer programming with HiGHS, for small cases and as an oracle."""

from typing import TYPE_CHECKING

import numpy as np

from qiying.engines.dispatch.roster._cells import Cells, cells_of
from qiying.engines.dispatch.roster._problem import CoverPlan, CoverProblem

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint


def exact(problem: CoverProblem, *, deepest: int = 12, gap: float = 1e-9) -> CoverPlan:
    """Plan a roster that no other exceeds.

    Integer x of each duty; y of each cell and level i up to ``deepest`` says that at least i people
    cover it: maximise the sum of rate (1 - busy) busy^(i-1) y subject to sum_i y <= covers x. Gains
    fall with i, so y fills from below by itself. Raises ``RuntimeError`` if HiGHS gives nothing.
    """
    # Loaded where it is used: no process that only serves pages pays for it.
    from scipy.optimize import Bounds, milp

    cells = cells_of(problem)
    if not cells.duties or not len(cells.rates):
        return cells.plan(np.zeros(len(cells.duties), dtype=np.int64), 0.0)
    most = int(cells.people.sum())
    levels = min(deepest, most)
    weights = (1 - problem.busy) * problem.busy ** np.arange(levels)
    goal = np.concatenate([np.zeros(len(cells.duties)), -np.kron(cells.rates, weights)])
    found = milp(
        goal,
        integrality=np.concatenate(
            [np.ones(len(cells.duties)), np.zeros(len(cells.rates) * levels)]
        ),
        bounds=Bounds(0, np.concatenate([_tops(cells), np.ones(len(cells.rates) * levels)])),
        constraints=_constraints(cells, levels),
        options={"mip_rel_gap": gap},
    )
    if found.x is None:
        raise RuntimeError(str(found.status))
    count = np.rint(found.x[: len(cells.duties)]).astype(np.int64)
    return cells.plan(count, -float(found.fun))


def _tops(cells: Cells) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return cells.people[cells.profile]


def _constraints(cells: Cells, levels: int) -> "LinearConstraint":
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_array, hstack, kron, vstack
    from scipy.sparse import eye_array as eye

    duties, rows = len(cells.duties), len(cells.rates)
    level = kron(eye(rows), np.ones((1, levels)), format="csr")
    covered = hstack([csr_array(-cells.covers), level])
    people = csr_array(
        (np.ones(duties), (cells.profile, np.arange(duties))),
        shape=(len(cells.people), duties),
    )
    none = csr_array((len(cells.people), rows * levels))
    hours = hstack([csr_array(cells.hours[None, :]), csr_array((1, rows * levels))])
    most = np.array([min(cells.problem.hours, 1e12)])
    tops = np.concatenate([np.zeros(rows), cells.people.astype(np.float64), most])
    return LinearConstraint(vstack([covered, hstack([people, none]), hours]), -np.inf, tops)
