"""What would lift a firm, and how much its grade hangs on what is not certain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qiying.engines.scorecard._card import Band, Card, Characteristic, Scale
from qiying.engines.scorecard._facts import Fact, Firm, Value
from qiying.engines.scorecard._result import Rating, Standing
from qiying.engines.scorecard._score import lost_bp, score

NONE = "none"
"""The word for the rest of a scale of words."""


@dataclass(frozen=True, slots=True)
class Step:
    """Bring one input to a band. ``gain`` in bp of the score, ``effort`` of the card's own scale."""

    code: str
    input: str
    band: str
    unit: str
    points: int
    gain: int
    effort: int
    needs_evidence: bool


@dataclass(frozen=True, slots=True)
class Way:
    """The cheapest steps that reach ``grade``, and the gates that stay in the way of it.

    Empty ``gates``: the steps by themselves reach it, by a rating of the changed facts.
    """

    grade: str
    steps: tuple[Step, ...]
    effort: int
    score: int
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Swing:
    """The grade if one uncertain characteristic were at its worst or its best."""

    code: str
    standing: Standing
    worst: str
    best: str

    @property
    def moves(self) -> bool:
        """Whether the grade depends on it."""
        return self.worst != self.best


@dataclass(frozen=True, slots=True)
class _Option:
    step: Step
    change: tuple[str, Value]


def way_up(card: Card, firm: Firm, *, as_of: date) -> Way | None:
    """The way to the next grade with the least effort; None for the best grade and for a refusal.

    What no effort changes (``effort = 0``) stays as it is. A step means the fact and its evidence:
    no step turns a missing fact into points without both.
    """
    now = score(card, firm, as_of=as_of)
    if now.is_refused or now.grade == card.grades[0].code:
        return None
    target = card.place(now.grade) - 1
    options = {c.code: _options(card, now, c) for c in card.characteristics}
    barred = [
        g for g in card.gates if any(r.code == "GATE" and r.subject == g.code for r in now.reasons)
    ]
    forced = {
        g.characteristic
        for g in barred
        if g.characteristic and options[g.characteristic] and _holds_back(card, g.code, target)
    }
    need = card.grades[target].at_least - now.raw
    best: Way | None = None
    for slack in range(0, 200, 20):
        chosen = _cheapest(list(options.items()), max(need, 0) + slack, forced)
        if chosen is None:
            return best or Way(
                card.grades[target].code, (), 0, now.score, _in_the_way(card, now, target)
            )
        way = _tried(card, firm, chosen, target, as_of)
        if not way.gates or way.score >= card.grades[target].at_least:
            return way
        best = best or way
    return best


def _holds_back(card: Card, gate: str, target: int) -> bool:
    one = next(g for g in card.gates if g.code == gate)
    is_capped = bool(one.grade) and card.place(one.grade) > target
    limits = one.score is not None and one.score < card.grades[target].at_least
    return is_capped or limits or one.caps_dimensions


def _in_the_way(card: Card, rating: Rating, target: int) -> tuple[str, ...]:
    """Gates that are shut and keep a rating below a grade."""
    shut = [reason.subject for reason in rating.reasons if reason.code in {"GATE", "REFUSED"}]
    if rating.grade and card.place(rating.grade) <= target:
        return ()
    return tuple(code for code in shut if _holds_back(card, code, target))


def _options(card: Card, now: Rating, one: Characteristic) -> list[_Option]:
    if not one.effort:
        return []
    line = now.line(one.code)
    found = []
    for scale in one.scales:
        better = [band for band in reversed(scale.bands) if band.points > line.points]
        for n, band in enumerate(better, 1):
            gain = line.lost - lost_bp(card, now.stage, one, band.points)
            step = Step(
                one.code,
                scale.input,
                band.label,
                scale.unit,
                band.points,
                gain,
                one.effort * n,
                line.standing in {"missing", "doubtful", "stale"},
            )
            found.append(_Option(step, (scale.input, reaching(scale, band))))
    return found


def reaching(scale: Scale, band: Band) -> Value:
    """The value that just lies in a band; in the rest, one as far off as the bounds allow."""
    if scale.is_words:
        return band.word or NONE
    edge = band.at_least if band.at_least is not None else band.at_most
    if edge is not None:
        return float(edge)
    last = scale.bands[-2] if len(scale.bands) > 1 else None
    if last is not None and last.at_most is not None:
        return float(last.at_most + 1 if scale.most is None else scale.most)
    if scale.least is not None:
        return float(scale.least)
    return float((last.at_least if last and last.at_least is not None else 0) - 1)


def _cheapest(
    options: Sequence[tuple[str, Sequence[_Option]]], need: int, forced: set[str]
) -> list[_Option] | None:
    """Of each characteristic at most one option: the least effort that gains enough.

    For every effort the most gain (a knapsack with groups): exact, since both are whole numbers.
    """
    most: dict[int, tuple[int, tuple[_Option, ...]]] = {0: (0, ())}
    for code, own in options:
        grown = {} if code in forced and own else dict(most)
        for effort, (gain, chosen) in most.items():
            for option in own:
                there, total = effort + option.step.effort, gain + option.step.gain
                if there not in grown or grown[there][0] < total:
                    grown[there] = (total, (*chosen, option))
        most = grown
    enough = [effort for effort, (gain, _chosen) in most.items() if gain >= need]
    return list(most[min(enough)][1]) if enough else None


def _tried(card: Card, firm: Firm, chosen: Sequence[_Option], target: int, as_of: date) -> Way:
    """Rate the firm as it would be."""
    after = score(card, changed(firm, dict(option.change for option in chosen)), as_of=as_of)
    steps = sorted((option.step for option in chosen), key=lambda step: -step.gain)
    gates = _in_the_way(card, after, target)
    effort = sum(step.effort for step in steps)
    return Way(card.grades[target].code, tuple(steps), effort, after.score, gates)


def changed(firm: Firm, values: Mapping[str, Value]) -> Firm:
    """The firm with other values, fresh and certain."""
    new = {name: Fact(value, ("assumed",)) for name, value in values.items()}
    return replace(firm, facts={**firm.facts, **new})


def swings(card: Card, firm: Firm, *, as_of: date) -> tuple[Swing, ...]:
    """For each missing, doubtful or stale characteristic, the grades it could lead to."""
    now = score(card, firm, as_of=as_of)
    return tuple(
        _swing(card, firm, one, now, as_of)
        for one in card.characteristics
        if now.line(one.code).standing != "known"
    )


def _swing(card: Card, firm: Firm, one: Characteristic, now: Rating, as_of: date) -> Swing:
    ends = [
        {scale.input: reaching(scale, scale.bands[-1]) for scale in one.scales},
        {one.scales[0].input: reaching(one.scales[0], one.scales[0].bands[0])},
    ]
    grades = [score(card, changed(firm, end), as_of=as_of).grade for end in ends]
    return Swing(one.code, now.line(one.code).standing, *grades)
