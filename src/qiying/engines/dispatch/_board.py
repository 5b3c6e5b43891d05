"""An instance ready for the kernel, and the state of a search on it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from qiying.engines.dispatch._arrays import Arrays, Data, State, Work, build
from qiying.engines.dispatch._compiled import kernel
from qiying.engines.dispatch._kernel import SINCE, SKIP, URGENT
from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._problem import Problem


class Board:
    """Rows of tasks under work: arrays for the compiled kernel, nested lists for the plain one."""

    def __init__(self, problem: Problem, params: Params, *, compiled: bool | None = None) -> None:
        self.problem = problem
        self.params = params
        self.kernel = kernel(compiled=compiled)
        self.arrays: Arrays = build(problem, params)
        self._is_plain = getattr(self.kernel, "__name__", "") != ""
        self.data: Data = self._data(self.arrays.data)
        self.state = self._state()

    def _data(self, data: Data) -> Data:
        if not self._is_plain:
            return data
        arrays = {n: v for n, v in data._asdict().items() if isinstance(v, np.ndarray)}
        return data._replace(**{n: v.tolist() for n, v in arrays.items()})

    def wrap(self, array: Any) -> Any:
        """Return an array as the kernel in use wants it."""
        return array.tolist() if self._is_plain else array

    def _state(self) -> State:
        rows, tasks = self.data.rows, self.data.tasks
        room = max(16, 4 * -(-tasks // max(rows, 1)) + 8)
        t = np.zeros((rows, room + 1))
        v = np.zeros((rows, room + 1))
        t[:, 0] = self.arrays.rows.starts
        v[:, 0] = self.arrays.rows.variances
        return State(
            room,
            self.wrap(np.zeros((rows, room), dtype=np.int64)),
            self.wrap(np.zeros(rows, dtype=np.int64)),
            self.wrap(t),
            self.wrap(v),
            self.wrap(np.zeros((rows, room + 1))),
            self.wrap(np.full(tasks, -1, dtype=np.int64)),
        )

    def copy(self) -> State:
        """Return a second state, equal to the present one."""
        other = self._state()
        self.kernel.copy_all(self.data, self.state, other)
        return other

    def work(self) -> Work:
        """Return scratch space for the search."""
        rows, tasks = max(self.data.rows, 1), max(self.data.tasks, 1)
        whole = [np.zeros(n, dtype=np.int64) for n in (rows, rows, 2, tasks, tasks)]
        mark, touched, count, out, came = (self.wrap(a) for a in whole)
        return Work(mark, touched, count, out, self.wrap(np.zeros(tasks)), came)

    def generator(self, seed: int) -> Any:
        """Return the state of the kernel's generator for a seed."""
        start = (seed * 2654435761 + 88172645463325252) % 2147483646 + 1
        return self.wrap(np.array([start], dtype=np.int64))

    def rows_of(self, row: int) -> list[int]:
        """Return the tasks of a row."""
        return [int(j) for j in self.state.seq[row][: self.state.length[row]]]

    def place(self, task: int, rng: Any) -> bool:
        """Insert a task where it is cheapest; no if it costs more than leaving it out."""
        _cost, row, at = self.kernel.best_place(self.data, self.state, task, rng, 0.0)
        if row >= 0:
            self.kernel.put(self.data, self.state, row, at, task)
        return bool(row >= 0)

    def append(self, row: int, task: int) -> bool:
        """Put a task at the end of a row; no if it may not be there."""
        length = int(self.state.length[row])
        if length + 1 >= self.state.room:
            return False
        self.kernel.put(self.data, self.state, row, length, task)
        if self.state.c[row][length + 1] < self.kernel.INF:
            return True
        self.kernel.take(self.data, self.state, row, length, 1)
        return False

    def total(self) -> float:
        """Return the cost of the state."""
        return float(self.kernel.total_cost(self.data, self.state))

    def urgency(self, tasks: Sequence[int]) -> list[int]:
        """Return tasks by what leaving them out costs, then by their first deadline."""
        d = self.data
        return sorted(tasks, key=lambda j: (-d.job[j][SKIP], d.job[j][URGENT], d.job[j][SINCE], j))
