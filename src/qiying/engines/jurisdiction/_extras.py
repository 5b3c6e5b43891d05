"""What few rows of a batch have beside their key: owners, responders, recusals, precedents."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from qiying.engines.jurisdiction._areas import Precedent
from qiying.engines.jurisdiction._batch import IS_DANGER, Batch
from qiying.engines.jurisdiction._codes import Basis
from qiying.engines.jurisdiction._docket import Extra
from qiying.engines.jurisdiction._ground import Floats
from qiying.engines.jurisdiction._params import Params
from qiying.engines.jurisdiction._world import World

Ints = npt.NDArray[np.int64]
Rows = Any  # a slice or an array of row numbers


@dataclass(frozen=True, slots=True)
class Traits:
    """What the bulk path asks of each matter, shape (matters,)."""

    is_residential: npt.NDArray[np.bool_]
    asks_firm: npt.NDArray[np.bool_]
    asks_owner: npt.NDArray[np.bool_]
    precedented: tuple[int, ...]


def traits_of(world: World) -> Traits:
    """The traits of a world's matters, kept with it."""
    if Traits not in world.workbench:
        rows = world.matters
        world.workbench[Traits] = Traits(
            is_residential=np.array([row.is_resident_matter for row in rows], bool),
            asks_firm=np.array([row.basis is Basis.ZONE for row in rows], bool),
            asks_owner=np.array([row.basis is Basis.LINEAR for row in rows], bool),
            precedented=tuple(
                i for i, row in enumerate(rows) if row.code in world.precedents_by_matter
            ),
        )
    kept: Traits = world.workbench[Traits]
    return kept


class Extras:
    """The extras of some rows, packed into one code a row; 0 for rows that have none."""

    def __init__(self, world: World, batch: Batch, rows: Rows, matter: Ints, cited: Ints) -> None:
        self._world, self._batch = world, batch
        is_danger = (batch.flags[rows] & IS_DANGER) != 0
        self._sizes = (len(world.units) + 1, len(batch.recusals) + 1, len(world.precedents) + 1)
        owner = _numbers(batch.owner, rows, traits_of(world).asks_owner[matter])
        responder = _numbers(batch.responder, rows, is_danger)
        recused = _numbers(batch.recused, rows, 1)
        code = owner * self._sizes[0] + responder
        self.code = np.broadcast_to(
            (code * self._sizes[1] + recused) * self._sizes[2] + cited, (len(matter),)
        )

    def read(self, code: int) -> Extra:
        """Unpack one code."""
        units = self._world.units
        code, cited = divmod(code, self._sizes[2])
        code, recused = divmod(code, self._sizes[1])
        owner, responder = divmod(code, self._sizes[0])
        return Extra(
            owner=units[owner - 1].code if owner else None,
            responder=units[responder - 1].code if responder else None,
            recused=self._batch.recusals[recused - 1] if recused else frozenset(),
            precedent=self._world.precedents[cited - 1] if cited else None,
        )


def _numbers(column: npt.NDArray[Any] | None, rows: Rows, is_asked: Any) -> Any:
    """A column counted from 1, with 0 for none and where it is not asked."""
    if column is None:
        return 0
    return (column[rows].astype(np.int64) + 1) * is_asked


def cite(world: World, on: date, params: Params, matter: Ints, at: tuple[Floats, Floats]) -> Ints:
    """Index of the precedent that speaks for each row, counted from 1; 0 for none."""
    cited = np.zeros(len(matter), np.int64)
    for number in traits_of(world).precedented:
        rows = np.flatnonzero(matter == number)
        if not len(rows):
            continue
        x, y = world.ground.plane.xy(at[0][rows], at[1][rows])
        # Oldest first, so that the latest is left standing.
        for row in reversed(world.precedents_by_matter[world.matters[number].code]):
            if row.decided_on <= on:
                speaks = _speaks(world, row, on, params, (x, y))
                cited[rows[speaks]] = world.precedents.index(row) + 1
    return cited


def _speaks(
    world: World, row: Precedent, on: date, params: Params, at: tuple[Floats, Floats]
) -> npt.NDArray[np.bool_]:
    x, y = at
    if row.point is not None:
        here = world.ground.plane.xy(*row.point)
        ex, ey = x - here[0], y - here[1]
        return np.asarray(np.sqrt(ex * ex + ey * ey) <= params.precedent_within_m)
    patch = world.ground.snapshot(on).by_key.get(row.area or "")
    if patch is None:
        return np.zeros(len(x), bool)
    return patch.holds_each(x, y)
