"""A second opinion on a rating: row by row in exact decimals, from the definition of a card.

Written from the page of the engine, not from `_score`: it shares only the plain types.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from qiying.engines.scorecard._card import Card, Characteristic, Gate, Scale
from qiying.engines.scorecard._facts import YES, Firm
from qiying.engines.scorecard._result import Rating, Violation

WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a card says of a firm, without the way there."""

    stage: str
    points: Mapping[str, int]
    dimensions: Mapping[str, int]
    coverage: int
    score: int
    grade: str
    is_provisional: bool
    top: tuple[str, ...]


def check(card: Card, firm: Firm, rating: Rating, *, as_of: date) -> tuple[Violation, ...]:
    """Name each statement of a rating that the decimals do not confirm; empty when all hold."""
    wanted = reckon(card, firm, as_of=as_of)
    found = Answer(
        rating.stage,
        {line.code: line.points for line in rating.lines},
        dict(rating.dimensions),
        rating.coverage,
        rating.score,
        rating.grade,
        rating.is_provisional,
        rating.top,
    )
    return tuple(differences(firm.code, wanted, found))


def differences(firm: str, wanted: Answer, found: Answer) -> Iterator[Violation]:
    """Where two answers differ."""
    for name in Answer.__dataclass_fields__:
        one, other = getattr(wanted, name), getattr(found, name)
        if one != other:
            yield Violation(name, firm, one, other)


def reckon(card: Card, firm: Firm, *, as_of: date) -> Answer:
    """Evaluate a card from its definition."""
    known = _Known(card, firm, as_of)
    stage = known.stage()
    weight = {
        d.code: Decimal(w) for d, w in zip(card.dimensions, _shares(card, stage), strict=True)
    }
    points = {c.code: known.points(c) for c in card.characteristics}
    bare = {code: known.part(code, points) for code in weight}
    coverage = known.coverage(weight)
    first = [g for g in card.gates if not g.dimension and known.is_shut(g, points, coverage)]
    parts = {
        code: min(value, *(g.dimensions.get(code, 10_000) for g in first), 10_000)
        for code, value in bare.items()
    }
    total = known.total(parts, weight)
    total = min(total, *(10_000 if g.score is None else g.score for g in first), 10_000)
    shut = first + [g for g in card.gates if g.dimension and parts[g.dimension] < g.below]
    lost = [
        (known.lost(c, points[c.code], weight), -n) for n, c in enumerate(card.characteristics)
    ]
    worst = sorted((pair for pair in lost if pair[0] > 0), reverse=True)[:3]
    return Answer(
        stage,
        points,
        parts,
        coverage,
        total,
        known.grade(total, shut),
        any(g.provisional for g in shut),
        tuple(card.characteristics[-n].code for _lost, n in worst),
    )


def _shares(card: Card, stage: str) -> list[int]:
    for one in card.stages:
        if one.code == stage:
            return [one.weights[d.code] for d in card.dimensions]
    return [d.weight for d in card.dimensions]


def _rounded(value: Decimal) -> int:
    return int(value.quantize(ONE, rounding=ROUND_HALF_UP, context=WIDE))


def _over(above: Decimal, below: Decimal | int) -> Decimal:
    return WIDE.divide(above, Decimal(below))


class _Known:
    """A firm's facts as decimals under one card."""

    def __init__(self, card: Card, firm: Firm, as_of: date) -> None:
        self.card, self.firm, self.as_of = card, firm, as_of

    def decimal(self, name: str) -> Decimal | None:
        fact = self.firm.facts.get(name)
        if fact is None or fact.value is None or isinstance(fact.value, str):
            return None
        value = Decimal(str(fact.value))
        return None if value.is_nan() else value

    def stage(self) -> str:
        if not self.card.stages:
            return ""
        lacks = False
        for stage in self.card.stages:
            for span in stage.spans:
                value = self.decimal(span.input)
                if value is None:
                    lacks = True
                elif not (
                    (span.at_least is not None and value < span.at_least)
                    or (span.below is not None and value >= span.below)
                ):
                    return stage.code
        return self.card.stage_unknown if lacks else self.card.stages[-1].code

    def band(self, scale: Scale) -> tuple[int, int] | None:
        """Least and most points of the band that a value lies in."""
        if any(band.word for band in scale.bands):
            fact = self.firm.facts.get(scale.input)
            word = str(fact.value).strip() if fact is not None and fact.value is not None else ""
            if not word:
                return None
            named = {band.word: band for band in scale.bands}
            band = named.get(word, named[""])
            return band.points, max(band.points, band.upto)
        value = self.decimal(scale.input)
        if value is None:
            return None
        taken = [
            band
            for band in scale.bands
            if (band.at_least is None or value >= band.at_least)
            and (band.at_most is None or value <= band.at_most)
        ]
        most = max(taken, key=lambda band: band.points)
        return most.points, max(most.points, most.upto)

    def points(self, one: Characteristic) -> int:
        seen = [pair for scale in one.scales if (pair := self.band(scale)) is not None]
        if not seen:
            return one.missing
        least, most = max(seen)
        judged = self.decimal(one.judged) if one.judged else None
        if judged is None or judged < least:
            return least
        return most if judged > most else int(judged)

    def part(self, code: str, points: Mapping[str, int]) -> int:
        own = [c for c in self.card.characteristics if c.dimension == code]
        got = Decimal(sum(c.weight * points[c.code] for c in own))
        if self.card.method == "sum":
            most = next(d.most for d in self.card.dimensions if d.code == code)
            got = got if most is None else min(got, Decimal(most))
            return _rounded(_over(got * 10_000, self.card.full))
        return _rounded(_over(got * 10_000, self.whole(code)))

    def whole(self, code: str) -> int:
        own = [c for c in self.card.characteristics if c.dimension == code]
        return sum(c.weight * max(b.best for s in c.scales for b in s.bands) for c in own)

    def total(self, parts: Mapping[str, int], weight: Mapping[str, Decimal]) -> int:
        if self.card.method == "sum":
            return min(10_000, sum(parts.values()))
        mean = sum((weight[code] * value for code, value in parts.items()), Decimal(0))
        return _rounded(_over(mean, sum(weight.values(), Decimal(0))))

    def has(self, one: Characteristic) -> bool:
        return any(self.band(scale) is not None for scale in one.scales)

    def coverage(self, weight: Mapping[str, Decimal]) -> int:
        seen = dict.fromkeys(weight, 0)
        for one in self.card.characteristics:
            if self.has(one):
                seen[one.dimension] += one.weight * max(
                    b.best for s in one.scales for b in s.bands
                )
        if self.card.method == "sum":
            every = sum(self.whole(code) for code in weight)
            return _rounded(_over(Decimal(10_000 * sum(seen.values())), every))
        share = {
            code: _rounded(_over(Decimal(10_000 * value), self.whole(code)))
            for code, value in seen.items()
        }
        return self.total(share, weight)

    def is_shut(self, gate: Gate, points: Mapping[str, int], coverage: int) -> bool:
        if gate.fact:
            fact = self.firm.facts.get(gate.fact)
            said = "" if fact is None or fact.value is None else fact.value
            return said.strip().lower() in YES if isinstance(said, str) else bool(said)
        if gate.characteristic:
            return points[gate.characteristic] <= gate.at_most
        if gate.coverage_below:
            return coverage < gate.coverage_below
        return any(self.is_old(one) for one in self.card.characteristics if one.is_key)

    def is_old(self, one: Characteristic) -> bool:
        """Whether the evidence of the scale that counts, the first of the best, is past its day."""
        seen = [(pair, s) for s in one.scales if (pair := self.band(s)) is not None]
        if not seen:
            return False
        best = max(pair for pair, _scale in seen)
        scale = next(s for pair, s in seen if pair == best)
        until = self.firm.facts[scale.input].until
        return until is not None and until < self.as_of

    def lost(self, one: Characteristic, points: int, weight: Mapping[str, Decimal]) -> int:
        best = max(b.best for s in one.scales for b in s.bands)
        gap = Decimal(one.weight * (best - points) * 10_000)
        if self.card.method == "sum":
            return _rounded(_over(gap, self.card.full))
        total = sum(weight.values(), Decimal(0))
        return _rounded(_over(gap * weight[one.dimension], total * self.whole(one.dimension)))

    def grade(self, score: int, shut: list[Gate]) -> str:
        if any(gate.refuse for gate in shut):
            return ""
        codes = [grade.code for grade in self.card.grades]
        place = max(
            n for n in range(len(codes)) if n == 0 or score < self.card.grades[n - 1].at_least
        )
        ways = [int(self.decimal(notch.input) or 0) for notch in self.card.notches]
        up = max(-self.card.most_notches, min(self.card.most_notches, sum(ways)))
        place = sorted((0, place - up, len(codes) - 1))[1]
        for gate in shut:
            if gate.grade:
                place = max(place, codes.index(gate.grade))
        for gate in shut:
            if gate.lift:
                place = min(place, codes.index(gate.lift))
        return codes[place]
