"""Many decisions at once are the same decisions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from qiying.engines.jurisdiction import (
    BELONGS_ELSEWHERE,
    BELONGS_TO_ZONE,
    IS_DANGER,
    KINDS,
    NEEDS_ADJUDICATION,
    NEEDS_CONFIRMATION,
    RULES,
    SIDES,
    Area,
    AreaKind,
    Batch,
    Case,
    Geometry,
    Precedent,
    Side,
    Verdicts,
    World,
    decide,
    decide_many,
)

Spot = Callable[..., tuple[float, float]]
NOW = date(2026, 11, 22)
BELONGS = {0: None, BELONGS_TO_ZONE: True, BELONGS_ELSEWHERE: False}
ACCURACIES = [0.0, 3.0, 10.0, 25.0, 120.0, 2000.0]


def scattered(draw: np.random.Generator, count: int, spot: Spot) -> npt.NDArray[np.float64]:
    """Places over the zone, half of them within 60 m of a line, shape (count, 2)."""
    east = draw.uniform(-7000, 7000, count)
    near = draw.choice([-1000.0, 1000.0, 500.0, 3000.0, -300.0], count)
    is_near = draw.random(count) < 0.5
    east[is_near] = (near + draw.uniform(-60, 60, count))[is_near]
    north = np.where(is_near, draw.uniform(-1100, 1100, count), draw.uniform(-7000, 7000, count))
    return np.array([spot(*pair) for pair in zip(east, north, strict=True)])


def batch_of(world: World, count: int, spot: Spot, seed: int, **more: Any) -> Batch:
    draw = np.random.default_rng(seed)
    place = scattered(draw, count, spot)
    given: dict[str, Any] = {
        "matter": draw.integers(0, len(world.matters), count),
        "kind": draw.integers(0, len(KINDS), count),
        "lon": place[:, 0],
        "lat": place[:, 1],
        "accuracy_m": draw.choice(ACCURACIES, count),
        "flags": draw.integers(0, 3, count),
        "on": NOW,
    }
    return Batch(**{**given, **more})


def one(world: World, batch: Batch, i: int) -> Case:
    def unit(column: Any) -> str | None:
        return None if column is None or column[i] < 0 else world.units[column[i]].code

    recused = frozenset[str]()
    if batch.recused is not None and batch.recused[i] >= 0:
        recused = batch.recusals[batch.recused[i]]
    flags = int(batch.flags[i])
    return Case(
        matter=world.matters[batch.matter[i]].code,
        object_kind=KINDS[batch.kind[i]],
        geometry=Geometry.point(batch.lon[i], batch.lat[i]),
        accuracy_m=batch.accuracy_m[i],
        on=batch.on if isinstance(batch.on, date) else batch.on[i].astype(date),
        belongs_to_zone=BELONGS[flags & 3],
        owner=unit(batch.owner),
        is_danger=bool(flags & IS_DANGER),
        responder=unit(batch.responder),
        recused=recused,
    )


def differences(world: World, batch: Batch, verdicts: Verdicts) -> list[tuple[Any, Any]]:
    found = []
    for i in range(len(batch)):
        alone = decide(world, one(world, batch, i))
        wanted = (
            alone.lead,
            alone.co,
            alone.side,
            alone.rule,
            NEEDS_CONFIRMATION * alone.needs_confirmation
            + NEEDS_ADJUDICATION * alone.needs_adjudication,
        )
        said = (
            None if verdicts.lead[i] < 0 else world.units[verdicts.lead[i]].code,
            verdicts.co_table[verdicts.co[i]],
            SIDES[verdicts.side[i]],
            RULES[verdicts.rule[i]],
            int(verdicts.flags[i]),
        )
        if said != wanted:
            found.append((said, wanted))
    return found


def test_ten_thousand_places_are_decided_alike_in_bulk_and_alone(world: World, spot: Spot) -> None:
    batch = batch_of(world, 10_000, spot, seed=1)

    verdicts = decide_many(world, batch)

    assert differences(world, batch, verdicts) == []
    assert {SIDES[side] for side in np.unique(verdicts.side)} == {
        Side.INSIDE,
        Side.OUTSIDE,
        Side.BAND,
        Side.UNCERTAIN,
    }


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_dates_owners_dangers_recusals_and_precedents_are_decided_alike(
    random_world: Callable[[int], World], spot: Spot, seed: int
) -> None:
    world, count = random_world(seed), 1_500
    draw = np.random.default_rng(seed)
    days = ["2023-05-01", "2024-03-01", "2024-06-01", "2024-07-01", "2026-11-22"]
    batch = batch_of(
        world,
        count,
        spot,
        seed,
        on=draw.choice(np.array(days, "datetime64[D]"), count),
        flags=draw.integers(0, 3, count) + IS_DANGER * (draw.random(count) < 0.1),
        owner=draw.integers(-1, len(world.units), count),
        responder=draw.integers(-1, len(world.units), count),
        recused=draw.integers(-1, 3, count),
        recusals=(frozenset({"zone"}), frozenset(), frozenset({"west", "emergency"})),
    )

    assert differences(world, batch, decide_many(world, batch)) == []


def test_near_the_thresholds_bulk_and_single_agree(world: World, spot: Spot) -> None:
    offsets = np.repeat([-1000.0, 1000.0], 1000) + np.tile(np.linspace(-25, 25, 1000), 2)
    place = np.array([spot(east, 3.0) for east in offsets])
    batch = batch_of(world, 2000, spot, seed=5, lon=place[:, 0], lat=place[:, 1])

    assert differences(world, batch, decide_many(world, batch)) == []


def test_a_world_with_holes_and_parts_is_decided_alike(
    world: World, spot: Spot, box: Callable[..., Any]
) -> None:
    parts = [
        [*box(-1000, -1000, 400, 1000), *box(-700, -700, -300, 700)],
        box(420, -1000, 1000, 1000),
    ]
    wall = Area("wall", AreaKind.WALL, parts, date(2024, 6, 1))
    holed = replace(world, areas=(*(a for a in world.areas if a.key != "wall"), wall))
    batch = batch_of(holed, 1500, spot, seed=6)

    assert differences(holed, batch, decide_many(holed, batch)) == []


def test_a_world_without_walls_is_decided_alike(world: World, spot: Spot) -> None:
    bare = replace(world, areas=tuple(a for a in world.areas if a.key != "wall"))
    batch = batch_of(bare, 500, spot, seed=7)

    verdicts = decide_many(bare, batch)

    assert differences(bare, batch, verdicts) == []
    assert {SIDES[side] for side in verdicts.side} == {Side.UNKNOWN}


def test_places_far_off_the_map_are_decided_alike(world: World, spot: Spot) -> None:
    draw = np.random.default_rng(8)
    batch = batch_of(
        world, 300, spot, seed=8, lon=draw.uniform(100, 130, 300), lat=draw.uniform(20, 40, 300)
    )

    assert differences(world, batch, decide_many(world, batch)) == []


def test_the_order_of_rows_does_not_matter(world: World, spot: Spot) -> None:
    batch = batch_of(world, 400, spot, seed=9)
    turned = Batch(
        *(getattr(batch, name)[::-1] for name in ("matter", "kind", "lon", "lat")),
        accuracy_m=batch.accuracy_m[::-1],
        flags=batch.flags[::-1],
        on=NOW,
    )

    straight, reverse = decide_many(world, batch), decide_many(world, turned)

    assert (straight.lead == reverse.lead[::-1]).all()
    assert (straight.rule == reverse.rule[::-1]).all()


def test_a_batch_is_not_changed_and_answers_the_same_twice(world: World, spot: Spot) -> None:
    batch = batch_of(world, 400, spot, seed=10)
    columns = [column.copy() for column in (batch.matter, batch.lon, batch.lat, batch.accuracy_m)]

    first, second = decide_many(world, batch), decide_many(replace(world), batch)

    for before, after in zip(
        columns, (batch.matter, batch.lon, batch.lat, batch.accuracy_m), strict=True
    ):
        assert (before == after).all()
    assert (first.lead == second.lead).all()
    assert (first.flags == second.flags).all()


def test_the_latest_precedent_counts_in_bulk_too(world: World, spot: Spot) -> None:
    rows = (
        Precedent("a", "pipe", "zone", date(2025, 1, 1), area="wall"),
        Precedent("b", "pipe", "west", date(2025, 6, 1), point=spot(0, 0)),
    )
    cited = replace(world, precedents=rows)
    batch = batch_of(cited, 600, spot, seed=11, accuracy_m=np.full(600, 3.0))

    assert differences(cited, batch, decide_many(cited, batch)) == []


def test_an_empty_batch_has_no_verdicts(world: World, spot: Spot) -> None:
    empty = np.empty(0)
    none = empty.astype(np.int64)

    verdicts = decide_many(world, Batch(none, none, empty, empty, empty, none, NOW))

    assert len(verdicts.lead) == 0


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"matter": np.array([0, 99])}, "matter"),
        ({"matter": np.array([0.0, 1.0])}, "integers"),
        ({"kind": np.array([0, 9])}, "kind"),
        ({"flags": np.array([0, 3])}, "not both"),
        ({"flags": np.array([0, 8])}, "flags"),
        ({"lon": np.array([119.0])}, "length"),
        ({"lon": np.array([119.0, np.nan])}, "lon"),
        ({"lat": np.array([29.0, 88.0])}, "lat"),
        ({"accuracy_m": np.array([1.0, -1.0])}, "accuracy_m"),
        ({"accuracy_m": np.array([1.0, np.inf])}, "accuracy_m"),
        ({"owner": np.array([0, 99])}, "owner"),
        ({"recused": np.array([0, 1])}, "recused"),
    ],
)
def test_a_malformed_batch_is_refused(
    world: World, spot: Spot, changed: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        decide_many(world, batch_of(world, 2, spot, seed=12, **changed))


def test_threads_that_share_a_world_get_the_same_answers(
    random_world: Callable[[int], World], spot: Spot
) -> None:
    world = replace(random_world(7))
    batches = [batch_of(world, 3_000, spot, seed) for seed in range(20, 26)]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda batch: decide_many(world, batch), batches))

    for batch, verdicts in zip(batches, together, strict=True):
        alone = decide_many(replace(world), batch)
        assert (alone.lead == verdicts.lead).all()
        assert [alone.co_table[i] for i in alone.co] == [verdicts.co_table[i] for i in verdicts.co]
