"""Independent check: values, draws, quantiles and loans computed again without the engine's code."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from qiying.engines.valuation._check_formulas import NONE, ONE, Plain, exact, scores
from qiying.engines.valuation._check_lend import check_lending
from qiying.engines.valuation._evidence import Assumption
from qiying.engines.valuation._methods import Method
from qiying.engines.valuation._problem import Asset, Problem
from qiying.engines.valuation._result import (
    AssetValue,
    Floats,
    MethodValue,
    Range,
    Valuation,
    Violation,
)

FEN = Decimal("0.01")
SAMPLE = 8


@dataclass(slots=True)
class Likely:
    """Every input at its likely value, or at a quantile where ``at`` says so."""

    at: dict[str, Decimal] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def take(self, key: str, given: Assumption) -> Decimal:
        self.asked.add(key)
        if key in self.at:
            return _triangle(given, self.at[key])
        return exact(given.likely)

    def pick(self, _key: str, prices: list[Decimal]) -> list[Decimal]:
        return prices


@dataclass(slots=True)
class Drawn:
    """Every input as in one draw of the simulation."""

    seed: int
    draws: int
    row: int
    known: dict[str, Floats]

    def uniform(self, key: str) -> Decimal:
        if key not in self.known:
            words = [self.seed, zlib.crc32(key.encode())]
            self.known[key] = np.random.Generator(
                np.random.PCG64(np.random.SeedSequence(words))
            ).random(self.draws)
        return Decimal(float(self.known[key][self.row]))

    def take(self, key: str, given: Assumption) -> Decimal:
        return _triangle(given, self.uniform(key))

    def pick(self, key: str, prices: list[Decimal]) -> list[Decimal]:
        size = len(prices)
        return [prices[int(float(self.uniform(f"{key}.{n}")) * size)] for n in range(size)]


def _triangle(given: Assumption, at: Decimal) -> Decimal:
    low, mode, high = exact(given.bottom), exact(given.likely), exact(given.top)
    if low == high:
        return mode
    if at * (high - low) < mode - low:
        return low + (at * (high - low) * (mode - low)).sqrt()
    return high - ((1 - at) * (high - low) * (high - mode)).sqrt()


def near(found: Decimal | float, wanted: Decimal) -> bool:
    """Equal to two fen, or to nine digits where sums are larger."""
    value = found if isinstance(found, Decimal) else exact(float(found))
    return abs(value - wanted) <= max(2 * FEN, abs(wanted) * Decimal("1e-9"))


def check(problem: Problem, result: Valuation, *, sample: int = SAMPLE) -> tuple[Violation, ...]:
    """Name each statement of a result that does not hold; empty when it is sound.

    All base values, weights, quantiles and loans are computed again, of the draws ``sample`` rows.
    """
    draws = len(result.portfolio.draws)
    rows = sorted({int(n) for n in np.linspace(0, draws - 1, max(sample, 1))})
    known: dict[str, Floats] = {}
    worlds = [Drawn(result.seed, draws, row, known) for row in rows]
    found: list[Violation] = []
    asked: set[str] = set()
    for asset, value in zip(problem.assets, result.assets, strict=True):
        found += _asset(problem, result, asset, value, worlds, asked)
    found += _together(problem, result, worlds)
    found += _inputs(result, asked)
    if problem.loan:
        found += check_lending(problem, problem.loan, result)
    return tuple(found)


def _asset(
    problem: Problem,
    result: Valuation,
    asset: Asset,
    value: AssetValue,
    worlds: list[Drawn],
    asked: set[str],
) -> Iterator[Violation]:
    likely = Likely()
    plain = Plain(problem, result.params, asset, likely.take, likely.pick)
    bases = {m.method: plain.value(m.method) for m in value.methods}
    asked |= likely.asked
    weights = _weights(result, value)
    yield from _methods(value, bases, weights)
    if value.range:
        base = sum((weights[m] * bases[m] for m in bases), NONE)
        if not near(value.range.base, base):
            yield Violation("base", asset.id, base, value.range.base)
        yield from _quantiles(asset.id, value.range, value.draws)
        yield from _bars(problem, result, asset, value, weights)
    for world in worlds:
        yield from _row(
            Plain(problem, result.params, asset, world.take, world.pick), value, weights, world
        )
    if value.profile:
        wanted = scores(asset, problem, result.params)
        given = (value.profile.lowest, value.profile.score, value.profile.highest)
        if any(abs(exact(g) - w) > Decimal("1e-6") for g, w in zip(given, wanted, strict=True)):
            yield Violation("score", asset.id, wanted, given)


def _methods(
    value: AssetValue, bases: dict[Method, Decimal], weights: dict[Method, Decimal]
) -> Iterator[Violation]:
    for m in value.methods:
        where = f"{value.id}.{m.method}"
        if not near(m.range.base, bases[m.method]):
            yield Violation("method_base", where, bases[m.method], m.range.base)
        if abs(exact(m.weight) - weights[m.method]) > Decimal("1e-9"):
            yield Violation("weight", where, weights[m.method], m.weight)
        yield from _quantiles(where, m.range, m.draws)


def _weights(result: Valuation, value: AssetValue) -> dict[Method, Decimal]:
    worth = dict(zip("ABCKD", map(exact, result.params.quality), strict=True))

    def mean(method: MethodValue) -> Decimal:
        return sum((worth[str(i.grade)] for i in method.inputs), NONE) / len(method.inputs)

    means = {m.method: mean(m) for m in value.methods}
    whole = sum(means.values(), NONE)
    return {method: share / whole for method, share in means.items()}


def _row(
    plain: Plain, value: AssetValue, weights: dict[Method, Decimal], world: Drawn
) -> Iterator[Violation]:
    chosen, end = None, NONE
    toss = world.uniform("method")
    for m in value.methods:
        wanted, where = plain.value(m.method), f"{value.id}.{m.method}[{world.row}]"
        if not near(float(m.draws[world.row]), wanted):
            yield Violation("draw", where, wanted, float(m.draws[world.row]))
        end += weights[m.method]
        if chosen is None and (toss < end or m is value.methods[-1]):
            chosen = wanted
    if chosen is not None and not near(float(value.draws[world.row]), chosen):
        yield Violation("pool", f"{value.id}[{world.row}]", chosen, float(value.draws[world.row]))


def _quantiles(where: str, given: Range, draws: Floats) -> Iterator[Violation]:
    ordered = sorted(float(d) for d in draws)
    for name, share in (("p10", 10), ("p25", 25), ("p50", 50), ("p90", 90)):
        place = Decimal(len(ordered) - 1) * share / 100
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        low, high = exact(ordered[below]), exact(ordered[above])
        wanted = low + (high - low) * (place - below)
        if not near(getattr(given, name), wanted):
            yield Violation(name, where, wanted, getattr(given, name))
    if not given.p10 <= given.p25 <= given.point <= given.p90:
        yield Violation("order", where, "p10 <= p25 <= point <= p90", given)


def _bars(
    problem: Problem,
    result: Valuation,
    asset: Asset,
    value: AssetValue,
    weights: dict[Method, Decimal],
) -> Iterator[Violation]:
    for bar in value.drivers:
        if bar.key.endswith(".method"):
            continue
        for at, given in ((Decimal("0.1"), bar.at_low), (Decimal("0.9"), bar.at_high)):
            world = Likely({bar.key: at})
            plain = Plain(problem, result.params, asset, world.take, world.pick)
            wanted = sum((weights[m.method] * plain.value(m.method) for m in value.methods), NONE)
            if not near(given, wanted):
                yield Violation("driver", f"{asset.id}:{bar.key}", wanted, given)


def _together(problem: Problem, result: Valuation, worlds: list[Drawn]) -> Iterator[Violation]:
    found = result.portfolio
    left = {name: exact(share) for name, share in found.shared}
    yield from _claims(problem, left)
    yield from _quantiles("portfolio", found.range, found.draws)
    bases = [v.range.base if v.range else NONE for v in result.assets]
    wanted = _added(problem, bases, left, Likely())
    if not near(found.range.base, wanted):
        yield Violation("base", "portfolio", wanted, found.range.base)
    for world in worlds:
        row = [exact(float(v.draws[world.row])) for v in result.assets]
        wanted, given = _added(problem, row, left, world), float(found.draws[world.row])
        if not near(given, wanted):
            yield Violation("draw", f"portfolio[{world.row}]", wanted, given)


def _added(
    problem: Problem, values: list[Decimal], left: dict[str, Decimal], world: Likely | Drawn
) -> Decimal:
    lost = {o.group: world.take(f"overlap.{o.group}.lost", o.lost) for o in problem.overlaps}
    total = NONE
    for group in {a.overlap_group if a.overlap_group in lost else "" for a in problem.assets}:
        of = [
            v * left[a.id]
            for a, v in zip(problem.assets, values, strict=True)
            if (a.overlap_group if a.overlap_group in lost else "") == group
        ]
        rest = sum(of, NONE) - max(of)
        total += max(of) + rest * (1 - lost.get(group, NONE))
    return total


def _claims(problem: Problem, left: dict[str, Decimal]) -> Iterator[Violation]:
    """What is left of an asset is no more than its stream has room for, and all where it has."""
    for asset in problem.assets:
        wanted = ONE
        for _field, stream in asset.streams():
            whole = sum((_claim(a, stream) for a in problem.assets), NONE)
            wanted = min(wanted, 1 / whole if whole > 1 else ONE)
        if abs(left[asset.id] - wanted) > Decimal("1e-9"):
            yield Violation("shared", asset.id, wanted, left[asset.id])


def _claim(asset: Asset, stream: str) -> Decimal:
    if asset.royalty and asset.royalty.stream == stream:
        return exact(asset.royalty.share.likely)
    if asset.excess and asset.excess.stream == stream:
        return ONE
    if asset.split and asset.split.stream == stream:
        own = exact(asset.split.invested.likely) * (1 + exact(asset.split.margin.likely))
        other = exact(asset.split.other.likely) * (1 + exact(asset.split.other_margin.likely))
        return own / (own + other)
    return NONE


def _inputs(result: Valuation, asked: set[str]) -> Iterator[Violation]:
    printed = {i.key for i in result.inputs}
    for key in sorted(asked - printed):
        yield Violation("assumption_not_printed", key, "printed", "missing")
    for given in result.inputs:
        if not given.source.strip():
            yield Violation("assumption_without_source", given.key, "source", "")
