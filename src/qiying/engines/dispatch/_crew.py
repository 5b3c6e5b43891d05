"""Jobs for several people: all start together, so one start is chosen for all and pinned.

For each start at which enough able people can be there, the cheapest crew is the sum of the cheapest
single insertions at that start, since rows do not interact once the start is fixed. Seats of people
who are already under way, or wait there, are theirs.
"""

from collections import Counter
from dataclasses import dataclass

from qiying.engines.dispatch._board import Board
from qiying.engines.dispatch._kernel import LOCK, PIN, SKIP, TECH

STARTS = 8
"""How many starts are tried for a crew."""
Seat = tuple[float, int, int]
"""Added cost, row, position."""


@dataclass(frozen=True, slots=True)
class CrewChoice:
    """A start and who takes part."""

    cost: float
    start: float
    seats: tuple[Seat, ...]


def crew_tasks(board: Board) -> dict[int, list[int]]:
    """Return the tasks of each job with a crew, by the job's index."""
    found: dict[int, list[int]] = {}
    for task in range(board.data.free, board.data.tasks):
        found.setdefault(board.arrays.seats[task], []).append(task)
    return found


def place_crew(board: Board, job: int, tasks: list[int]) -> bool:
    """Seat the whole crew of a job; no if too few can come or leaving it out is cheaper."""
    choice = choose_crew(board, job, tasks)
    if choice is None:
        return False
    for task, (_cost, row, at) in zip(tasks, choice.seats, strict=True):
        board.data.job[task][PIN] = choice.start
        board.kernel.put(board.data, board.state, row, at, task)
    return True


def choose_crew(board: Board, job: int, tasks: list[int]) -> CrewChoice | None:
    """Return the cheapest start and crew."""
    task = tasks[0]
    bound = sum(board.data.job[t][SKIP] for t in tasks)
    bound_rows = _committed_rows(board, job)
    free = [r for r in _candidates(board, task) if not board.data.row[r][LOCK]]
    starts = _starts(board, task, [*bound_rows, *free], len(tasks), bound_rows)
    best: CrewChoice | None = None
    for start in starts:
        found = _crew_at(board, task, start, bound_rows, free, len(tasks))
        if found is not None and found.cost < min(bound, best.cost if best else bound):
            best = found
    for t in tasks:
        board.data.job[t][PIN] = -1.0
    return best


def _committed_rows(board: Board, job: int) -> list[int]:
    """Rows of people who drive to this job or wait there."""
    name = board.problem.jobs[job].id
    people = board.problem.technicians
    rows = board.arrays.rows
    return [
        r
        for r, (i, is_first) in enumerate(zip(rows.technicians, rows.is_first, strict=True))
        if is_first and (held := people[i].commitment) is not None and held.job == name
    ]


def _candidates(board: Board, task: int) -> list[int]:
    return [int(r) for r in board.data.cand[task][: board.data.cand_count[task]]]


def _arrival(board: Board, row: int, at: int, task: int) -> float:
    """When somebody could start the task from a position of a row, all else equal."""
    d, s = board.data, board.state
    node = row if at == 0 else d.rows + s.seq[row][at - 1]
    seen = board.kernel.visit(d, row, int(node), s.t[row][at], s.v[row][at], task)
    return float(seen[0] if seen[3] < board.kernel.INF else board.kernel.INF)


def _starts(
    board: Board, task: int, rows: list[int], crew: int, committed: list[int]
) -> list[float]:
    """Return the starts to try: when the last of a crew is there, soonest first."""
    board.data.job[task][PIN] = -1.0
    floor = max((_arrival(board, r, 0, task) for r in committed), default=-board.kernel.INF)
    last = [_arrival(board, r, int(board.state.length[r]), task) for r in rows]
    first = [_arrival(board, r, 0, task) for r in rows if not board.data.row[r][LOCK]]
    found: set[float] = set()
    for arrivals in (first, last):
        ready = sorted(a for a in arrivals if a < board.kernel.INF)
        found.update(max(a, floor) for a in ready[crew - 1 : crew - 1 + STARTS // 2])
    if len(committed) >= crew:
        found.add(floor)
    return sorted(a for a in found if a < board.kernel.INF)


def _crew_at(
    board: Board, task: int, start: float, committed: list[int], free: list[int], crew: int
) -> CrewChoice | None:
    board.data.job[task][PIN] = start
    seats: list[Seat] = [(0.0, r, 0) for r in committed[:crew]]
    taken = Counter(int(board.data.row[r][TECH]) for _c, r, _at in seats)
    offers = []
    for r in free:
        cost, at = board.kernel.try_row(board.data, board.state, r, task, board.kernel.HUGE)
        if at >= 0:
            offers.append((float(cost), r, int(at)))
    for cost, r, at in sorted(offers):
        if len(seats) < crew and not taken[int(board.data.row[r][TECH])]:
            taken[int(board.data.row[r][TECH])] += 1
            seats.append((cost, r, at))
    if len(seats) < crew:
        return None
    return CrewChoice(sum(c for c, _r, _at in seats), start, tuple(seats))
