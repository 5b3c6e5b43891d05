"""The answers of one stretch of days, one for each kind of question that was asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

import numpy as np
import numpy.typing as npt

from qiying.engines.jurisdiction._areas import Precedent
from qiying.engines.jurisdiction._batch import (
    BELONGS_TO_ZONE,
    NEEDS_ADJUDICATION,
    NEEDS_CONFIRMATION,
)
from qiying.engines.jurisdiction._codes import RULES, SIDES, Side
from qiying.engines.jurisdiction._ground import Snapshot
from qiying.engines.jurisdiction._hearing import Finding, Hearing, Question
from qiying.engines.jurisdiction._params import Params
from qiying.engines.jurisdiction._place import Place, handover_state
from qiying.engines.jurisdiction._rules import hear
from qiying.engines.jurisdiction._world import World

Ints = npt.NDArray[np.int64]

STATES: tuple[tuple[Side, Side | None], ...] = (
    (Side.INSIDE, Side.INSIDE),
    (Side.OUTSIDE, Side.OUTSIDE),
    (Side.BAND, Side.INSIDE),
    (Side.BAND, Side.OUTSIDE),
    (Side.UNCERTAIN, Side.INSIDE),
    (Side.UNCERTAIN, Side.OUTSIDE),
    (Side.UNKNOWN, None),
)
SIDE_OF_STATE = np.array([SIDES.index(side) for side, _ in STATES], np.int8)
UNKNOWN_STATE = len(STATES) - 1
_BELONGINGS = 3


@dataclass(frozen=True, slots=True)
class Extra:
    """What few rows have beside their key."""

    owner: str | None = None
    responder: str | None = None
    recused: frozenset[str] = frozenset()
    precedent: Precedent | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """What the rules need of a township and a neighbourhood on these days."""

    township: str | None
    receiver: str | None
    is_pending: bool


@dataclass
class Answers:
    """Distinct answers as columns, and the co-handlers they point to."""

    rows: dict[tuple[int, int, int, int], int] = field(default_factory=dict)
    co: dict[tuple[str, ...], int] = field(default_factory=lambda: {(): 0})

    def add(self, lead: int, finding: Finding) -> int:
        """Index of the answer, new or known."""
        flags = NEEDS_CONFIRMATION * finding.needs_confirmation
        flags += NEEDS_ADJUDICATION * finding.needs_adjudication
        co = self.co.setdefault(finding.co, len(self.co))
        row = (lead, co, RULES.index(finding.rule), flags)
        return self.rows.setdefault(row, len(self.rows))

    def columns(self) -> npt.NDArray[np.int32]:
        """Lead, co-handlers, rule and flags, shape (4, answers)."""
        return np.array(list(self.rows), np.int32).reshape(-1, 4).T


class Docket:
    """Keys of questions, and the answers already found, for days that have the same rules.

    A key is the index of (matter, residential, belongs, state, spot) in a dense table.
    """

    def __init__(self, world: World, snapshot: Snapshot, on: date, params: Params) -> None:
        self._world, self.params, self._is_before = world, params, snapshot.is_before
        self._unit_index = {unit.code: i for i, unit in enumerate(world.units)}
        self._spots, self.spot_of_where = _spots(world, snapshot, on)
        self._shape = (len(world.matters), 2, _BELONGINGS, len(STATES), len(self._spots))
        self.answers = Answers()
        # Answers are numbered as they come: two threads must not number them at once.
        self.lock = Lock()
        self._table = np.full(int(np.prod(self._shape)), -1, np.int32)

    def key(self, columns: Sequence[Ints]) -> Ints:
        """Table index of each row's matter, residential, belongs, state and spot."""
        key = columns[0]
        for size, column in zip(self._shape[1:], columns[1:], strict=True):
            key = key * size + column
        return key

    def look_up(self, key: Ints) -> npt.NDArray[np.int32]:
        """Index of each key's answer; the rules are asked for keys not met before."""
        found = self._table[key]
        if bool((found < 0).any()):
            for fresh in np.unique(key[found < 0]):
                self._table[fresh] = self.ask(int(fresh), Extra())
            found = self._table[key]
        return found

    def ask(self, key: int, extra: Extra) -> int:
        """Index of the answer that the rules give to one key."""
        matter, residential, belongs, state, spot = np.unravel_index(key, self._shape)
        side, apparent = STATES[int(state)]
        at = self._spots[int(spot)]
        place = Place(
            side=side,
            apparent=apparent,
            township=at.township,
            receiver=at.receiver,
            is_pending=at.is_pending,
            is_before=self._is_before,
            precedent=extra.precedent,
        )
        question = Question(
            is_residential=bool(residential),
            belongs=int(belongs) == BELONGS_TO_ZONE if belongs else None,
            is_danger=extra.responder is not None,
            owner=extra.owner,
            responder=extra.responder,
            recused=extra.recused,
        )
        row = self._world.matters[int(matter)]
        finding = hear(Hearing(self._world, row, question, place), self.params)
        lead = -1 if finding.lead is None else self._unit_index[finding.lead]
        return self.answers.add(lead, finding)


def _spots(world: World, snapshot: Snapshot, on: date) -> tuple[tuple[Spot, ...], Ints]:
    """Distinct spots, and the spot of each pair of township and neighbourhood."""
    homes = [None, *(patch.name for patch in snapshot.neighbourhoods)]
    towns = [None, *(patch.name for patch in snapshot.townships)]
    index: dict[Spot, int] = {}
    of_where = [
        index.setdefault(Spot(town, *handover_state(world, home, on)), len(index))
        for town in towns
        for home in homes
    ]
    return tuple(index), np.array(of_where, np.int64)
