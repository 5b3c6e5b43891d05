"""Independent check of a result: other formulas, without looking at how it came about."""

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from qiying.engines.composite._cube import Cube, Floats, Mask, Node, Origin
from qiying.engines.composite._plan import Aggregate, Plan, Treat
from qiying.engines.composite._recount import OF_ONE, duels, enveloped, nearness, present
from qiying.engines.composite._result import Result, Violation

CLOSE = 1e-9


def check(plan: Plan, cube: Cube, result: Result) -> tuple[Violation, ...]:
    """Name each statement of a result that does not hold; empty when it is sound."""
    members = tuple(_members(cube, result))
    if members:
        return members
    return (
        *_cells(cube, result),
        *_limits(plan, cube, result),
        *_order(cube, result),
        *_weights(result),
        *_scores(plan, cube, result),
        *_ranks(cube, result),
    )


def _cells(cube: Cube, result: Result) -> Iterator[Violation]:
    """A filled cell was missing, and one that nothing happened to is as it was given."""
    given, marks = cube.values, result.provenance
    filled = (marks & Origin.IMPUTED) > 0
    wrong = filled & ~np.isnan(given) & ((marks & Origin.MISSING) == 0)
    yield from _named(wrong, cube, "imputed_over")
    last = [name for name in result.tables if not name.startswith("normalise")][-1]
    touched = marks & ~np.uint16(Origin.CUT_TO_FRAME)
    same = np.isclose(result.tables[last], given, rtol=0, atol=0, equal_nan=True)
    yield from _named((touched == 0) & ~same, cube, "changed_unsaid")
    lost = np.isnan(result.tables[last]) & ~np.isnan(given)
    excused = (marks & (Origin.MISSING | Origin.SCREENED)) > 0
    yield from _named(lost & ~excused, cube, "lost_unsaid")


def _named(wrong: Mask, cube: Cube, code: str) -> Iterator[Violation]:
    for year, unit, place in np.argwhere(wrong):
        name = f"{cube.codes[place]}/{cube.units[unit]}@{cube.years[year]}"
        yield Violation(code, name, "", "")


def _limits(plan: Plan, cube: Cube, result: Result) -> Iterator[Violation]:
    """No more cells winsorised than allowed, counted in each year's own frame."""
    step = next((s for s in plan.steps if isinstance(s, Treat)), None)
    if step is None:
        return
    moved = (result.provenance & (Origin.WINSORISED_HIGH | Origin.WINSORISED_LOW)) > 0
    for place, code in enumerate(cube.codes):
        own = {"winsorise": step.winsorise, "frame": step.frame, **step.only.get(code, {})}
        if own["frame"] != "year":
            continue
        for year, count in enumerate(moved[:, :, place].sum(axis=1)):
            if count > own["winsorise"]:
                name = f"{code}@{cube.years[year]}"
                yield Violation("over_limit", name, own["winsorise"], int(count))


def _order(cube: Cube, result: Result) -> Iterator[Violation]:
    """Treatment and normalisation keep the order within a year, or turn it where less is better."""
    names = list(result.tables)
    for before, after in pairwise(names):
        kind = after.partition("_")[0]
        if kind not in {"treat", "normalise"}:
            continue
        for place, node in enumerate(cube.indicators):
            turn = node.direction if kind == "normalise" else 1
            for year in range(len(cube.years)):
                x = result.tables[before][year, :, place] * turn
                y = result.tables[after][year, :, place]
                there = ~np.isnan(x) & ~np.isnan(y)
                ordered = y[there][np.argsort(x[there], kind="stable")]
                if (np.diff(ordered) < -CLOSE * max(1.0, np.abs(ordered).max(initial=0))).any():
                    yield Violation("order", f"{node.code}@{cube.years[year]}", after, before)


def _members(cube: Cube, result: Result) -> Iterator[Violation]:
    """Nothing else can be counted when nodes or members are not those of the data."""
    names = tuple(node.code for node in cube.aggregates)
    if names != result.nodes:
        yield Violation("nodes", "", names, result.nodes)
    for node in names:
        wanted = len(cube.children(node))
        found = result.weights[node].shape[-1] if node in result.weights else 0
        if wanted != found:
            yield Violation("members", node, wanted, found)


def _weights(result: Result) -> Iterator[Violation]:
    for node, weights in result.weights.items():
        for row in weights.reshape(-1, weights.shape[-1]).tolist():
            total = math.fsum(row)
            if min(row) < 0 or not math.isclose(total, 1, rel_tol=CLOSE):
                yield Violation("weights", node, 1.0, total)


def _scores(plan: Plan, cube: Cube, result: Result) -> Iterator[Violation]:
    step = next(s for s in plan.steps if isinstance(s, Aggregate))
    last = list(result.tables)[-1]
    tables = {code: result.tables[last][:, :, p] for p, code in enumerate(cube.codes)}
    tables |= {code: result.of(code) for code in result.nodes}
    out = (result.provenance & Origin.SCREENED).any(axis=2)
    for node in cube.aggregates:
        members = cube.children(node.code)
        if not members:
            continue
        z = np.stack([tables[member.code] for member in members], axis=-1)
        expected = np.where(out, np.nan, _expected(node, z, result.weights[node.code], step))
        found = result.of(node.code)
        same = np.isclose(expected, found, rtol=CLOSE, atol=CLOSE, equal_nan=True)
        for year, unit in np.argwhere(~same):
            name = f"{node.code}/{cube.units[unit]}@{cube.years[year]}"
            yield Violation("score", name, float(expected[year, unit]), float(found[year, unit]))


def _expected(node: Node, z: Floats, weights: Floats, step: Aggregate) -> Floats:
    method = step.at.get(node.code, step.method)
    w = np.broadcast_to(weights, z.shape)
    found = np.full(z.shape[:2], np.nan)
    for year in range(len(z)):
        rows = _one_year(method, z, w, year, step)
        for unit, score in enumerate(rows):
            there = sum(not math.isnan(x) for x in z[year, unit])
            if there and there / z.shape[2] >= step.at_least:
                found[year, unit] = score
    return found


def _one_year(method: str, z: Floats, w: Floats, year: int, step: Aggregate) -> list[float]:
    if method == "copeland":
        return duels(z[year], w[year])
    if method == "topsis":
        pool = z.reshape(-1, z.shape[2]) if step.frame == "all" else z[year]
        return nearness(z[year], w[year], pool)
    if method == "bod":
        return enveloped(z[year], step.least, step.most)
    rows = zip(z[year].tolist(), w[year].tolist(), strict=True)
    pairs = [present(values, weights) for values, weights in rows]
    return [OF_ONE[method](own, step) if any(v > 0 for _, v in own) else math.nan for own in pairs]


def _ranks(cube: Cube, result: Result) -> Iterator[Violation]:
    """A rank is one more than the number of units that are better."""
    for place, node in enumerate(result.nodes):
        for year, column in enumerate(result.scores[:, :, place].tolist()):
            counts = Counter(s for s in column if not math.isnan(s))
            better, place_of = 0, {}
            for score in sorted(counts, reverse=True):
                place_of[score] = better + 1
                better += counts[score]
            for unit, score in enumerate(column):
                wanted, found = place_of.get(score, 0), int(result.ranks[year, unit, place])
                if wanted != found:
                    name = f"{node}/{cube.units[unit]}@{cube.years[year]}"
                    yield Violation("rank", name, wanted, found)
