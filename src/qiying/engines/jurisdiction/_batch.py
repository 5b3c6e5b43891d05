from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from qiying.engines.jurisdiction._codes import KINDS, SIDES
from qiying.engines.jurisdiction._world import World

BELONGS_TO_ZONE = 1
"""Flag: the enterprise is the zone's."""
BELONGS_ELSEWHERE = 2
"""Flag: the enterprise is not the zone's. Neither flag: no enterprise is named."""
IS_DANGER = 4
"""Flag: danger to life or property."""

NEEDS_CONFIRMATION = 1
NEEDS_ADJUDICATION = 2

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Batch:
    """Many cases at points, one row each.

    Parameters
    ----------
    matter
        Index into ``world.matters``, shape (n,), integers.
    kind
        Index into ``KINDS``.
    lon, lat
        Degrees, WGS 84.
    accuracy_m
        Metres, not negative.
    flags
        Sum of ``BELONGS_TO_ZONE``, ``BELONGS_ELSEWHERE`` and ``IS_DANGER``.
    on
        One date for all rows, or an array of dates (``datetime64[D]``), shape (n,).
    owner, responder
        Index into ``world.units``, -1 for none; ``None``: none in any row.
    recused
        Index into ``recusals``, -1 for none; ``None``: none in any row.
    recusals
        The sets of unit codes that ``recused`` points to.
    """

    matter: Array
    kind: Array
    lon: Array
    lat: Array
    accuracy_m: Array
    flags: Array
    on: date | Array
    owner: Array | None = None
    responder: Array | None = None
    recused: Array | None = None
    recusals: tuple[frozenset[str], ...] = ()

    def __len__(self) -> int:
        return len(self.matter)


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What ``decide`` would say of each row of a batch.

    Parameters
    ----------
    lead
        Index into ``world.units``, -1 while the county adjudicates; shape (n,).
    co
        Row of ``co_table``, the co-handlers' unit codes in order.
    side, rule
        Index into ``SIDES`` and into ``RULES``.
    flags
        Sum of ``NEEDS_CONFIRMATION`` and ``NEEDS_ADJUDICATION``.
    """

    lead: npt.NDArray[np.int32]
    co: npt.NDArray[np.int32]
    side: npt.NDArray[np.int8]
    rule: npt.NDArray[np.int8]
    flags: npt.NDArray[np.uint8]
    co_table: tuple[tuple[str, ...], ...]


def blank(count: int) -> Verdicts:
    """Verdicts to be filled in."""
    return Verdicts(
        lead=np.full(count, -1, np.int32),
        co=np.zeros(count, np.int32),
        side=np.full(count, SIDES.index(SIDES[-1]), np.int8),
        rule=np.zeros(count, np.int8),
        flags=np.zeros(count, np.uint8),
        co_table=((),),
    )


def check_batch(world: World, batch: Batch) -> None:
    """Refuse a batch that points outside the world.

    Raises
    ------
    ValueError
        Columns differ in length, or a value is out of range or not a number.
    """
    for field in fields(batch):
        column = getattr(batch, field.name)
        if isinstance(column, np.ndarray) and column.shape != (len(batch),):
            raise ValueError(f"batch: {field.name} has another length than matter")
    _within("matter", batch.matter, 0, len(world.matters))
    _within("kind", batch.kind, 0, len(KINDS))
    _within("flags", batch.flags, 0, 8)
    _within("owner", batch.owner, -1, len(world.units))
    _within("responder", batch.responder, -1, len(world.units))
    _within("recused", batch.recused, -1, len(batch.recusals))
    for name, least, most in (
        ("lon", -180.0, 180.0),
        ("lat", -84.0, 84.0),
        ("accuracy_m", 0.0, np.finfo(float).max),
    ):
        column = getattr(batch, name)
        if not bool(((column >= least) & (column <= most)).all()):
            raise ValueError(f"batch: {name} is out of range")
    if bool((batch.flags & 3 == 3).any()):
        raise ValueError("batch: an enterprise belongs to the zone or elsewhere, not both")


def _within(name: str, column: Array | None, least: int, end: int) -> None:
    if column is None:
        return
    if not np.issubdtype(column.dtype, np.integer):
        raise ValueError(f"batch: {name} must hold integers")
    if len(column) and not (least <= column.min() and column.max() < end):
        raise ValueError(f"batch: {name} is out of range")
