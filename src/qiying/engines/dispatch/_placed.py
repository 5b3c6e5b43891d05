"""The whole plan behind an immediate answer, so that the checker can look at that very plan."""

from dataclasses import replace

from qiying.engines.dispatch._board import Board
from qiying.engines.dispatch._crew import crew_tasks
from qiying.engines.dispatch._extract import plan_of
from qiying.engines.dispatch._kernel import PIN
from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._problem import Job, Problem
from qiying.engines.dispatch._result import Option, Plan, Proposal
from qiying.engines.dispatch._solve import construct


def placed(
    problem: Problem,
    job: Job,
    said: Proposal,
    params: Params | None = None,
    *,
    compiled: bool | None = None,
) -> Plan:
    """Put a call where the answer says, into the plan the answer was given on, and search nothing.

    ``problem`` is the one the desk was made of, without the call. Seats that cannot be put there
    stay out: the plan then leaves the call out, or the checker names what does not hold.
    """
    board = Board(
        replace(problem, jobs=(*problem.jobs, job)), params or Params(), compiled=compiled
    )
    seats = crew_tasks(board).get(len(problem.jobs), [board.data.free - 1])
    construct(board, 0, leave=tuple(seats))
    if job.crew > 1 and said.best:
        for task in seats:
            board.data.job[task][PIN] = said.best[0].start_at
    for task, option in zip(seats, said.best, strict=False):
        row = _row(board, option, task)
        if row is not None:
            board.kernel.put(board.data, board.state, row, option.position, task)
    return plan_of(board)


def _row(board: Board, option: Option, task: int) -> int | None:
    """The shift of the technician in which the call starts when it was said to start."""
    d, s, k = board.data, board.state, board.kernel
    best: tuple[float, int] | None = None
    for row, index in enumerate(board.arrays.rows.technicians):
        at = option.position
        is_theirs = board.problem.technicians[int(index)].id == option.technician
        if not is_theirs or at > int(s.length[row]):
            continue
        node = row if at == 0 else d.rows + int(s.seq[row][at - 1])
        start = float(k.visit(d, row, node, s.t[row][at], s.v[row][at], task)[0])
        away = abs(start - option.start_at)
        if best is None or away < best[0]:
            best = away, row
    return best[1] if best else None
