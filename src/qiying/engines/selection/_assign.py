"""Who reads what: every entry by the wanted number, nobody what is barred, loads as even as can be.

The loads are an optimal semi-matching (Harvey, Ladner, Lovász, Tamir 2006, "Semi-matchings for
bipartite graphs and load balancing", J. Algorithms 59), here with several distinct readers an
entry: no chain of exchanges leads from a reader to one who has two fewer.
"""

from collections import deque

import numpy as np

from qiying.engines.selection._params import VERSION
from qiying.engines.selection._problem import Panel
from qiying.engines.selection._result import Allotment

Move = tuple[str, str]
"""An entry and the reader from whom it is taken; no reader: it is new."""


def assign(panel: Panel, *, seed: int = 0) -> Allotment:
    """Deal the entries of a panel out.

    Minimises the sum of squared loads subject to ``per_entry`` different readers each and no
    barred pair; among the best answers chance decides, by the seed alone. The order in which
    entries and reviewers are given does not matter. An entry that too few may read gets those.
    """
    table = _Table(panel, seed)
    for _copy in range(panel.per_entry):
        for entry in table.entries:
            table.add(entry)
    table.level()
    pairs = tuple(sorted((e, r) for e, readers in table.readers.items() for r in readers))
    short = ((e, panel.per_entry - len(table.readers[e])) for e in sorted(panel.entries))
    return Allotment(
        pairs,
        {r: len(table.held[r]) for r in sorted(panel.reviewers)},
        tuple((entry, lack) for entry, lack in short if lack),
        seed,
        VERSION,
    )


class _Table:
    def __init__(self, panel: Panel, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self.entries = [str(e) for e in chance.permutation(sorted(panel.entries))]
        people = [str(r) for r in chance.permutation(sorted(panel.reviewers))]
        self.may = {e: [r for r in people if panel.may(e, r)] for e in self.entries}
        self.readers: dict[str, set[str]] = {e: set() for e in self.entries}
        self.held: dict[str, list[str]] = {r: [] for r in people}

    def add(self, entry: str) -> None:
        """Give an entry one more reader: the end of the chain that has least to do."""
        came = self._chains(dict.fromkeys(self._free(entry), (entry, "")))
        if came:
            self._follow(min(came, key=lambda r: len(self.held[r])), came)

    def level(self) -> None:
        """Exchange until no chain leads to somebody with two fewer."""
        while any(self._relieve(r) for r in sorted(self.held, key=lambda r: -len(self.held[r]))):
            pass

    def _relieve(self, reader: str) -> bool:
        came = self._chains(self._steps(reader))
        ends = [r for r in came if len(self.held[r]) <= len(self.held[reader]) - 2]
        if not ends:
            return False
        self._follow(min(ends, key=lambda r: len(self.held[r])), came)
        return True

    def _free(self, entry: str) -> list[str]:
        return [r for r in self.may[entry] if r not in self.readers[entry]]

    def _steps(self, reader: str) -> dict[str, Move]:
        """To whom one of a reader's entries could go."""
        found: dict[str, Move] = {}
        for entry in self.held[reader]:
            for other in self._free(entry):
                found.setdefault(other, (entry, reader))
        return found

    def _chains(self, first: dict[str, Move]) -> dict[str, Move]:
        """Everybody whom a chain of exchanges reaches, and the last move to each."""
        came, front = dict(first), deque(first)
        starts = {giver for _entry, giver in first.values()}
        while front:
            for other, move in self._steps(front.popleft()).items():
                if other not in came and other not in starts:
                    came[other] = move
                    front.append(other)
        return came

    def _follow(self, end: str, came: dict[str, Move]) -> None:
        """Make the moves of the chain that ends here."""
        while True:
            entry, giver = came[end]
            self.readers[entry].add(end)
            self.held[end].append(entry)
            if not giver:
                return
            self.readers[entry].remove(giver)
            self.held[giver].remove(entry)
            if giver not in came:
                return
            end = giver
