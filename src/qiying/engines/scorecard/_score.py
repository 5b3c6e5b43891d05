"""One firm through a card, with every reason on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from qiying.engines.scorecard._card import (
    FULL,
    Band,
    Card,
    Characteristic,
    Gate,
    Scale,
    Span,
    half_up,
)
from qiying.engines.scorecard._facts import Fact, Firm
from qiying.engines.scorecard._firm_faults import refuse
from qiying.engines.scorecard._result import Line, Rating, Reason, Standing

CODES = 64
TOP = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a firm lies on a characteristic; without a scale there is no evidence."""

    points: int
    scale: Scale | None = None
    band: int = -1
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """Integers between points and grade."""

    dimensions: dict[str, int]
    raw: int
    score: int
    coverage: int
    gates: tuple[Gate, ...]


def score(card: Card, firm: Firm, *, as_of: date) -> Rating:
    """Rate a firm by a card.

    An input without a fact, or with the value None, is missing. Evidence whose last day lies
    before ``as_of`` is stale.

    Raises
    ------
    Unusable
        With every fact that is no number, beyond its bounds or an unknown word.
    """
    refuse(card, firm)
    stage, is_unsure = stage_of(card, firm)
    hits = {c.code: hit(c, firm) for c in card.characteristics}
    sums = add_up(card, stage, hits, firm, as_of)
    by_score, grade, told = _graded(card, sums, firm)
    lines = tuple(_line(card, stage, c, hits[c.code], firm, as_of) for c in card.characteristics)
    is_refused = any(gate.refuse for gate in sums.gates)
    told = (*_about(lines, hits), *_unknown(card, firm), *told)
    return Rating(
        firm=firm.code,
        card=card.code,
        version=card.version,
        digest=card.digest,
        stage=stage,
        lines=lines,
        dimensions=sums.dimensions,
        coverage=sums.coverage,
        raw=sums.raw,
        score=sums.score,
        by_score=card.grades[by_score].code,
        grade="" if is_refused else card.grades[grade].code,
        pd=None if is_refused else card.grades[grade].pd,
        is_provisional=any(gate.provisional for gate in sums.gates),
        is_refused=is_refused,
        top=_top(lines),
        reasons=(Reason("STAGE_UNSURE", stage), *told) if is_unsure else told,
    )


def stage_of(card: Card, firm: Firm) -> tuple[str, bool]:
    """The first stage of which a span holds; the stage for the unknown where an input lacks."""
    for stage in card.stages:
        if not stage.spans:
            break
        if any(_within(span, firm.number(span.input)) for span in stage.spans):
            return stage.code, False
    inputs = [span.input for stage in card.stages for span in stage.spans]
    if any(firm.number(name) is None for name in inputs):
        return card.stage_unknown, True
    return (card.stages[-1].code, False) if card.stages else ("", False)


def _within(span: Span, value: float | None) -> bool:
    if value is None:
        return False
    return (span.at_least is None or value >= float(span.at_least)) and (
        span.below is None or value < float(span.below)
    )


def hit(one: Characteristic, firm: Firm) -> Hit:
    """The band that gives most among the scales that have evidence; the first of equals."""
    found: list[tuple[int, int, int, Scale, int]] = []
    for n, scale in enumerate(one.scales):
        band = _band(scale, firm)
        if band is not None:
            there = scale.bands[band]
            found.append((-there.points, -there.best, n, scale, band))
    if not found:
        return Hit(one.missing)
    _points, _best, _n, scale, place = min(found, key=lambda row: row[:3])
    taken = scale.bands[place]
    judged = firm.number(one.judged) if one.judged else None
    points = taken.points if judged is None else min(max(int(judged), taken.points), taken.best)
    return Hit(points, scale, place, judged is not None and judged != points)


def _band(scale: Scale, firm: Firm) -> int | None:
    if scale.is_words:
        word = firm.word(scale.input)
        return next((n for n, b in enumerate(scale.bands) if word and b.word in {word, ""}), None)
    value = firm.number(scale.input)
    if value is None:
        return None
    return next(n for n, band in enumerate(scale.bands) if _takes(band, value))


def _takes(band: Band, value: float) -> bool:
    # A double and a decimal of at most 15 digits compare as the decimals that they are written as.
    if band.at_least is not None:
        return value >= float(band.at_least)
    return band.at_most is None or value <= float(band.at_most)


def add_up(card: Card, stage: str, hits: Mapping[str, Hit], firm: Firm, as_of: date) -> Sums:
    """Scores of dimensions and of the whole, before and after the gates."""
    weights = card.weights(stage)
    plain = {d.code: _dimension(card, d.code, d.most, hits) for d in card.dimensions}
    raw = _whole(card, plain, weights)
    coverage = _coverage(card, weights, hits)
    early = [
        g for g in card.gates if not g.dimension and _shut(g, hits, firm, as_of, coverage, card)
    ]
    capped = {
        code: min([value, *(g.dimensions[code] for g in early if code in g.dimensions)])
        for code, value in plain.items()
    }
    whole = _whole(card, capped, weights)
    final = min([whole, *(g.score for g in early if g.score is not None)])
    late = [g for g in card.gates if g.dimension and capped[g.dimension] < g.below]
    shut = tuple(g for g in card.gates if g in early or g in late)
    return Sums(capped, raw, final, coverage, shut)


def _dimension(card: Card, code: str, most: int | None, hits: Mapping[str, Hit]) -> int:
    got = sum(c.weight * hits[c.code].points for c in card.members(code))
    if card.method == "sum":
        return FULL // card.full * (got if most is None else min(got, most))
    return half_up(FULL * got, card.whole(code))


def _whole(card: Card, dimensions: Mapping[str, int], weights: Mapping[str, int]) -> int:
    if card.method == "sum":
        return min(FULL, sum(dimensions.values()))
    above = sum(weights[code] * value for code, value in dimensions.items())
    return half_up(above, sum(weights.values()))


def _coverage(card: Card, weights: Mapping[str, int], hits: Mapping[str, Hit]) -> int:
    """Share of the weight that stands on evidence, in bp."""
    seen = {
        d.code: sum(c.weight * c.best for c in card.members(d.code) if hits[c.code].scale)
        for d in card.dimensions
    }
    if card.method == "sum":
        return half_up(FULL * sum(seen.values()), sum(card.whole(code) for code in seen))
    shares = {code: half_up(FULL * value, card.whole(code)) for code, value in seen.items()}
    above = sum(weights[code] * value for code, value in shares.items())
    return half_up(above, sum(weights.values()))


def _shut(
    gate: Gate, hits: Mapping[str, Hit], firm: Firm, as_of: date, coverage: int, card: Card
) -> bool:
    if gate.fact:
        return firm.holds(gate.fact) is True
    if gate.characteristic:
        return hits[gate.characteristic].points <= gate.at_most
    if gate.stale:
        return any(
            _is_stale(_fact(hits[c.code], firm), as_of) for c in card.characteristics if c.is_key
        )
    return coverage < gate.coverage_below


def _fact(there: Hit, firm: Firm) -> Fact | None:
    return firm.facts[there.scale.input] if there.scale else None


def _is_stale(fact: Fact | None, as_of: date) -> bool:
    return fact is not None and fact.until is not None and fact.until < as_of


def _graded(card: Card, sums: Sums, firm: Firm) -> tuple[int, int, tuple[Reason, ...]]:
    """Grade by score, then notches, then caps, then lifts; refusal is told last."""
    by_score = next(n for n, g in enumerate(card.grades) if sums.score >= g.at_least)
    told, moved = [], 0
    for notch in card.notches:
        value = int(firm.number(notch.input) or 0)
        moved += value
        told += [Reason("NOTCH", notch.code, value)] if value else []
    moved = min(max(moved, -card.most_notches), card.most_notches)
    place = min(max(by_score - moved, 0), len(card.grades) - 1)
    place = max([place, *(card.place(g.grade) for g in sums.gates if g.grade)])
    place = min([place, *(card.place(g.lift) for g in sums.gates if g.lift)])
    told += [Reason("REFUSED" if g.refuse else "GATE", g.code) for g in sums.gates]
    return by_score, place, tuple(told)


def lost_bp(card: Card, stage: str, one: Characteristic, points: int) -> int:
    """Basis points of the whole that are lost with so many points instead of the most."""
    gap = one.weight * (one.best - points)
    if card.method == "sum":
        return FULL // card.full * gap
    weights = card.weights(stage)
    return half_up(
        FULL * weights[one.dimension] * gap, sum(weights.values()) * card.whole(one.dimension)
    )


def _line(
    card: Card, stage: str, one: Characteristic, there: Hit, firm: Firm, as_of: date
) -> Line:
    fact = _fact(there, firm)
    scale = there.scale or one.scales[0]
    band = scale.bands[there.band] if there.scale else None
    better = next_band(one, there)
    lost = lost_bp(card, stage, one, there.points)
    gain = lost - lost_bp(card, stage, one, better.points) if better else 0
    return Line(
        code=one.code,
        dimension=one.dimension,
        input=scale.input,
        value="" if fact is None else _plain(fact),
        band=there.band,
        label=band.label if band else "",
        points=there.points,
        best=one.best,
        lost=lost,
        next_band=better.label if better else "",
        gain=gain,
        standing=_standing(fact, as_of),
        evidence=fact.evidence if fact else (),
        until=fact.until if fact else None,
        source=band.source if band else "P",
    )


def next_band(one: Characteristic, there: Hit) -> Band | None:
    """The lowest band of the same scale with more points than now; none from the best."""
    bands = (there.scale or one.scales[0]).bands
    more = [band for band in bands if band.points > there.points]
    return more[-1] if more else None


def _plain(fact: Fact) -> str:
    value = fact.value
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _standing(fact: Fact | None, as_of: date) -> Standing:
    if fact is None:
        return "missing"
    if _is_stale(fact, as_of):
        return "stale"
    return "doubtful" if fact.is_doubtful else "known"


def _top(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """The most that is lost first, of equals the first of the card."""
    order = sorted(range(len(lines)), key=lambda n: (-lines[n].lost, n))
    return tuple(lines[n].code for n in order[:TOP] if lines[n].lost)


def _about(lines: tuple[Line, ...], hits: Mapping[str, Hit]) -> list[Reason]:
    codes = {"missing": "NO_EVIDENCE", "doubtful": "DOUBTFUL", "stale": "STALE"}
    found = [
        Reason(codes[line.standing], line.code, line.lost)
        for line in lines
        if line.standing in codes
    ]
    return found + [Reason("JUDGED_OUTSIDE", c) for c, there in hits.items() if there.is_outside]


def _unknown(card: Card, firm: Firm) -> list[Reason]:
    """Gates whose fact nobody looked up: they are open, and the reader must know why."""
    return [Reason("FACT_UNKNOWN", name) for name in card.facts if firm.holds(name) is None]
