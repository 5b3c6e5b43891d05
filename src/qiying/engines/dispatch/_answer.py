"""The immediate answer to a new call: the best technician, the second best, and why."""

import math
from copy import copy
from dataclasses import replace

import numpy as np

from qiying.engines.dispatch._arrays import ALL_CANDIDATES, task_row, unheld
from qiying.engines.dispatch._board import Board
from qiying.engines.dispatch._crew import choose_crew, crew_tasks
from qiying.engines.dispatch._digest import digest
from qiying.engines.dispatch._extract import exclusions, late_chance
from qiying.engines.dispatch._kernel import DURATION, FIRST_STEP, PIN, VARIANCE
from qiying.engines.dispatch._params import VERSION, Params
from qiying.engines.dispatch._people import accepts
from qiying.engines.dispatch._problem import MOST_STEPS, Job, Kind, Problem, Step
from qiying.engines.dispatch._reasons import reasons
from qiying.engines.dispatch._result import Option, Proposal
from qiying.engines.dispatch._solve import construct

GUEST = "\x00guest"
EIGHTY = 0.8 / math.sqrt(0.18)
"""Of Student's t with two degrees of freedom: 80 % lie within so many scales."""


class Desk:
    """A plan ready to be asked about one more call; asking does not change it.

    Made once in the background after each change; ``propose`` then answers at once.
    """

    def __init__(
        self, problem: Problem, params: Params | None = None, *, compiled: bool | None = None
    ) -> None:
        self.problem = problem
        self.params = params or Params()
        first = problem.technicians[0].at if problem.technicians else None
        extra = (_guest(problem),) if first is not None else ()
        self._whole = replace(problem, jobs=(*problem.jobs, *extra))
        self.board = Board(self._whole, self.params, compiled=compiled)
        self.guest = self.board.data.free - 1
        self.digest = digest(problem, self.params)
        construct(self.board, 0, leave=(self.guest,))

    def propose(self, job: Job) -> Proposal:
        """Answer who comes, when, how sure that is, why, and what the second best would cost."""
        if job.crew > 1:
            return self._propose_crew(job)
        rows = self._seat(job)
        found = [o for r in rows if (o := self._option(r, job)) is not None]
        found.sort(key=lambda o: (o.added_cost, o.technician))
        best = found[0] if found else None
        others = [o for o in found if best is not None and o.technician != best.technician]
        return self._proposal(job, found[:1], others, rows)

    def _seat(self, job: Job) -> list[int]:
        """Write the call over the spare task; return the rows to try."""
        board, task = self.board, self.guest
        arrays, data = board.arrays, board.data
        tasks = (*arrays.tasks[:task], job, *arrays.tasks[task + 1 :])
        board.arrays = arrays._replace(tasks=tasks)
        node = data.rows + task
        data.xy[node][0], data.xy[node][1] = job.at.x, job.at.y
        first = int(data.job[task][FIRST_STEP])
        values, steps = task_row(self.problem, job, unheld(self.problem), first)
        for k, step in enumerate(steps):
            for column in range(3):
                data.step[first + k][column] = step[column]
        for k, value in enumerate(values):
            data.job[task][k] = value
        if data.dense:
            self._ways(job, node)
        return self._rows(job)

    def _ways(self, job: Job, node: int) -> None:
        """Ways between the call and every other node."""
        data, ways = self.board.data, self.board.arrays.data.ways
        if self.problem.travel.matrix:
            points = [*self.board.arrays.rows.points, *(t.at for t in self.board.arrays.tasks)]
            to = [self.problem.travel.distance(job.at, p) for p in points]
            back = [self.problem.travel.distance(p, job.at) for p in points]
        else:
            xy = np.asarray(self.board.arrays.data.xy)
            far = np.sqrt((xy[:, 0] - job.at.x) ** 2 + (xy[:, 1] - job.at.y) ** 2)
            to = back = (far * data.scale).tolist()
        for n in range(len(ways)):
            data.ways[node][n], data.ways[n][node] = to[n], back[n]
        data.ways[node][node] = 0.0

    def _rows(self, job: Job) -> list[int]:
        """Able rows, soonest there first; in large instances the nearest by start and by stops."""
        rows, need = self.board.arrays.rows, self.problem.mask(job.skills)
        may = (rows.masks & need) == need
        may &= rows.starts <= job.statutory_at
        if job.parts or job.providers or job.refused_by:
            people = self.problem.technicians
            may &= np.array([accepts(people[i], job) for i in rows.technicians], dtype=bool)
        xy = np.asarray(self.board.arrays.data.xy)
        far = np.hypot(xy[:, 0] - job.at.x, xy[:, 1] - job.at.y)
        there = np.where(may, far[: rows.count] * self.board.data.scale + rows.starts, np.inf)
        order = np.argsort(there, kind="stable")[: int(may.sum())]
        if rows.count <= ALL_CANDIDATES:
            return [int(r) for r in order]
        most = self.params.candidates
        near = np.argsort(far[rows.count :], kind="stable")[: 2 * most]
        by_stop = [int(self.board.state.where[j]) for j in near]
        chosen = [int(r) for r in order[:most]] + [r for r in by_stop if r >= 0 and may[r]]
        return list(dict.fromkeys(chosen))

    def _option(self, row: int, job: Job) -> Option | None:
        board, task = self.board, self.guest
        d, s, k = board.data, board.state, board.kernel
        cost, at = k.try_row(d, s, row, task, k.HUGE)
        if at < 0:
            return None
        return self._at(row, int(at), task, job, float(cost))

    def _at(self, row: int, at: int, task: int, job: Job, cost: float) -> Option:
        board = self.board
        d, s, k = board.data, board.state, board.kernel
        node = row if at == 0 else d.rows + int(s.seq[row][at - 1])
        start, _finish, v, _pay, road = k.visit(d, row, node, s.t[row][at], s.v[row][at], task)
        spread = math.sqrt(max(v - d.job[task][VARIANCE], 0.0))
        travel = road / d.travel_price if d.travel_price else k.way(d, node, d.rows + task)
        busy = travel + float(d.job[task][DURATION])
        return Option(
            technician=self.problem.technicians[int(board.arrays.rows.technicians[row])].id,
            start_at=float(start),
            earliest_at=max(self.problem.now, float(start) - EIGHTY * spread),
            latest_at=float(start) + EIGHTY * spread,
            travel=float(travel),
            position=at,
            late_chance=late_chance(job, float(start), spread),
            cover_loss=float(d.cover[row][k.slot(d, start)]) * busy,
            added_cost=cost,
        )

    def _propose_crew(self, job: Job) -> Proposal:
        whole = replace(self.problem, jobs=(*self.problem.jobs, job))
        inner = copy(self)
        inner.board = Board(whole, self.params)
        index = len(whole.jobs) - 1
        tasks = crew_tasks(inner.board)[index]
        construct(inner.board, 0, leave=tuple(tasks))
        choice = choose_crew(inner.board, index, tasks)
        found = []
        if choice is not None:
            inner.board.data.job[tasks[0]][PIN] = choice.start
            found = [inner._at(r, at, tasks[0], job, c) for c, r, at in choice.seats]
        return self._proposal(job, found, [], self._rows(job))

    def _proposal(
        self, job: Job, best: list[Option], others: list[Option], rows: list[int]
    ) -> Proposal:
        second = others[0] if others else None
        regret = second.added_cost - best[0].added_cost if second and best else None
        excluded = exclusions(self.board, job, rows)
        return Proposal(
            job=job.id,
            best=tuple(best),
            second=second,
            regret=regret,
            reasons=reasons(self.problem, job, best, others),
            excluded=tuple(sorted(excluded.items())),
            considered=len(rows),
            digest=self.digest,
            version=VERSION,
        )


def _guest(problem: Problem) -> Job:
    """A task kept free for the next call, with room for all steps of its price."""
    at = problem.technicians[0].at
    now = problem.now
    steps = tuple(Step(float(k)) for k in range(MOST_STEPS))
    return Job(GUEST, Kind.RETROFIT, at, (), now, promise=steps, closes_at=now + 1e6)
