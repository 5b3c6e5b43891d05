"""Many decisions at once: the rules are asked once for each kind of question, not each row."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from qiying.engines.jurisdiction._batch import Batch, Verdicts, blank, check_batch
from qiying.engines.jurisdiction._codes import KINDS, RESIDENTIAL
from qiying.engines.jurisdiction._docket import SIDE_OF_STATE, UNKNOWN_STATE, Docket
from qiying.engines.jurisdiction._extras import Extras, cite, traits_of
from qiying.engines.jurisdiction._params import Params
from qiying.engines.jurisdiction._raster import Raster, Reading
from qiying.engines.jurisdiction._world import World

Ints = npt.NDArray[np.int64]
Rows = Any  # a slice or an array of row numbers

_DEFAULTS = Params()
_CHUNK = 1 << 16  # rows whose columns fit the processor's cache
_RASTERS_KEPT = 8
_IS_RESIDENTIAL = np.array([kind in RESIDENTIAL for kind in KINDS])


def decide_many(world: World, batch: Batch, params: Params = _DEFAULTS) -> Verdicts:
    """Decide many cases at points, each as ``decide`` would.

    Model. Space is cut once per set of boundaries into cells that know their distance to
    every line; days into stretches between dated records; and the rules are asked once for
    each distinct (matter, nature, enterprise, state, township, hand-over) that occurs. A row
    is then two divisions and two table look-ups, and only rows near a line, or whose accuracy
    is near their distance to it, are measured.

    Parameters
    ----------
    world, batch, params
        The register and boundaries, the columns of length n, the tolerances.

    Returns
    -------
    Verdicts
        Columns of length n, and the table of co-handlers.

    Raises
    ------
    ValueError
        A column is malformed or points outside the world.
    """
    check_batch(world, batch)
    verdicts = blank(len(batch))
    co: dict[tuple[str, ...], int] = {(): 0}
    for on, rows in _stretches(world, batch):
        docket = _docket(world, on, params)
        with docket.lock:
            for chunk in _chunks(rows):
                _decide_chunk(world, batch, (on, chunk), docket, verdicts)
            table = np.array([co.setdefault(row, len(co)) for row in docket.answers.co], np.int32)
        verdicts.co[rows] = table[verdicts.co[rows]]
    return replace(verdicts, co_table=tuple(co))


def _decide_chunk(
    world: World,
    batch: Batch,
    stretch: tuple[date, Rows],
    docket: Docket,
    verdicts: Verdicts,
) -> None:
    on, rows = stretch
    matter = batch.matter[rows].astype(np.int64)
    accuracy_m = batch.accuracy_m[rows].astype(float)
    lon, lat = batch.lon[rows].astype(float), batch.lat[rows].astype(float)
    reading = _raster(world, on).read(lon, lat, accuracy_m)
    state = _states(world, reading, accuracy_m)
    traits = traits_of(world)
    key = docket.key(
        (
            matter,
            (traits.is_residential[matter] | _IS_RESIDENTIAL[batch.kind[rows]]).astype(int),
            (batch.flags[rows] & 3) * traits.asks_firm[matter],
            state,
            docket.spot_of_where[reading.where],
        )
    )
    cited = cite(world, on, docket.params, matter, (lon, lat))
    answer = _answers(docket, key, Extras(world, batch, rows, matter, cited))
    lead, co, rule, flags = docket.answers.columns()
    verdicts.lead[rows], verdicts.co[rows] = lead[answer], co[answer]
    verdicts.rule[rows], verdicts.flags[rows] = rule[answer], flags[answer]
    verdicts.side[rows] = SIDE_OF_STATE[state]


def _states(world: World, reading: Reading, accuracy_m: npt.NDArray[np.float64]) -> Ints:
    """Index into the docket's states: by twos inside and outside of clear, band, uncertain."""
    is_outside = (~reading.is_inside).astype(np.int64)
    # Bounds that were not measured lie both on one side of the band and of the accuracy.
    state = is_outside + 2 * (reading.high < world.regime.band_m)
    is_uncertain = accuracy_m > reading.low
    state[is_uncertain] = 4 + is_outside[is_uncertain]
    state[np.isinf(reading.low)] = UNKNOWN_STATE
    return state


def _answers(docket: Docket, key: Ints, extras: Extras) -> npt.NDArray[np.int32]:
    if not extras.code.any():
        return docket.look_up(key)
    is_plain = extras.code == 0
    answer = np.empty(len(key), np.int32)
    answer[is_plain] = docket.look_up(key[is_plain])
    special = np.flatnonzero(~is_plain)
    pairs = np.column_stack([key[special], extras.code[special]])
    distinct, inverse = np.unique(pairs, axis=0, return_inverse=True)
    found = [docket.ask(int(at), extras.read(int(code))) for at, code in distinct]
    answer[special] = np.array(found, np.int32)[inverse.ravel()]
    return answer


def _stretches(world: World, batch: Batch) -> Iterator[tuple[date, Rows]]:
    """Rows by stretch of days without a dated change, with one day of each."""
    if not len(batch):
        return
    if isinstance(batch.on, date):
        yield batch.on, slice(0, len(batch))
        return
    turns = np.array(_turns(world), "datetime64[D]")
    days = batch.on.astype("datetime64[D]")
    stretch = np.searchsorted(turns, days, side="right")
    for number in np.unique(stretch):
        rows = np.flatnonzero(stretch == number)
        yield days[rows[0]].astype(date), rows


def _turns(world: World) -> list[date]:
    handed = (row.on for row in world.handovers)
    decided = (row.decided_on for row in world.precedents)
    return sorted({*world.ground.turns, *handed, *decided})


def _chunks(rows: Rows) -> Iterator[Rows]:
    if isinstance(rows, slice):
        for start in range(rows.start, rows.stop, _CHUNK):
            yield slice(start, min(start + _CHUNK, rows.stop))
    else:
        yield from np.split(rows, range(_CHUNK, len(rows), _CHUNK))


def _docket(world: World, on: date, params: Params) -> Docket:
    kept: dict[tuple[int, Params], Docket] = world.workbench.setdefault(Docket, {})
    at = (bisect_right(_turns(world), on), params)
    if at not in kept:
        kept[at] = Docket(world, world.ground.snapshot(on), on, params)
    return kept[at]


def _raster(world: World, on: date) -> Raster:
    kept: dict[tuple[int, ...], Raster] = world.workbench.setdefault(Raster, {})
    snapshot = world.ground.snapshot(on)
    if snapshot.identity not in kept:
        if len(kept) >= _RASTERS_KEPT:
            del kept[next(iter(kept))]
        kept[snapshot.identity] = Raster(world.ground.plane, snapshot, world.regime.band_m)
    return kept[snapshot.identity]
