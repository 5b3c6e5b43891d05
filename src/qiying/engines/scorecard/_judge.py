"""What of a card that can be read still cannot be used."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from qiying.engines.scorecard._card import FULL, Card, Characteristic, Fault, Gate, Scale

MOST = 64
"""Reasons are encoded as points lost x 64 + place."""
ROOM = 2**50
"""Whole numbers below it divide alike in every engine, even in one that divides in doubles."""


def judge(card: Card) -> list[Fault]:
    """Every fault of a card's sense; none for a card that can be used."""
    found = [*_names(card), *_sizes(card), *_grades(card)]
    for n, one in enumerate(card.characteristics):
        found += _characteristic(card, one, f"card.characteristics[{n}]")
    for n, gate in enumerate(card.gates):
        found += _gate(card, gate, f"card.gates[{n}]")
    return [*found, *_stages(card), *_kinds(card)]


def _repeated(codes: Sequence[str], place: str) -> Iterator[Fault]:
    for n, code in enumerate(codes):
        if code.lower() in [c.lower() for c in codes[:n]]:
            yield Fault(f"{place}[{n}]", "repeated", code)


def _names(card: Card) -> Iterator[Fault]:
    yield from _repeated([d.code for d in card.dimensions], "card.dimensions")
    yield from _repeated([c.code for c in card.characteristics], "card.characteristics")
    yield from _repeated([g.code for g in card.grades], "card.grades")
    yield from _repeated([g.code for g in card.gates], "card.gates")
    yield from _repeated([s.code for s in card.stages], "card.stages")
    yield from _repeated([n.code for n in card.notches], "card.notches")
    known = {c.dimension for c in card.characteristics}
    for n, dimension in enumerate(card.dimensions):
        if dimension.code not in known:
            yield Fault(f"card.dimensions[{n}]", "no_members", dimension.code)


def _sizes(card: Card) -> Iterator[Fault]:
    if not 1 <= len(card.characteristics) <= MOST:
        yield Fault("card.characteristics", "out_of_range", str(len(card.characteristics)))
    if not card.dimensions:
        yield Fault("card.dimensions", "no_key")
    if card.method == "sum" and (FULL % card.full or card.stages):
        yield Fault("card.full", "does_not_divide", str(card.full))
    stages = [s.code for s in card.stages] or [""]
    weight = max((sum(card.weights(s).values()) for s in stages), default=1)
    if 2 * FULL * weight * sum(c.weight * c.best for c in card.characteristics) >= ROOM:
        yield Fault("card.characteristics", "too_large")


def _grades(card: Card) -> Iterator[Fault]:
    edges = [g.at_least for g in card.grades]
    if len(edges) < 2 or edges[-1] != 0 or any(a <= b for a, b in _pairs(edges)):
        yield Fault("card.grades", "not_monotone", str(edges))
    rates = [g.pd for g in card.grades if g.pd is not None]
    if any(a >= b for a, b in _pairs(rates)) or len(rates) not in {0, len(edges)}:
        yield Fault("card.grades", "rates_not_monotone")


def _pairs(values: Sequence[int]) -> Iterable[tuple[int, int]]:
    return pairwise(values)


def _characteristic(card: Card, one: Characteristic, place: str) -> Iterator[Fault]:
    if one.dimension not in [d.code for d in card.dimensions]:
        yield Fault(f"{place}.dimension", "unknown_word", one.dimension)
    bands = [band for scale in one.scales for band in scale.bands]
    if not bands or one.best < 1:
        yield Fault(f"{place}.bands", "no_points")
        return
    if one.missing > one.best:
        yield Fault(f"{place}.missing", "more_than_best", str(one.missing))
    if any(band.upto for band in bands) and not one.judged:
        yield Fault(f"{place}.judged", "no_key")
    for n, scale in enumerate(one.scales):
        yield from _scale(scale, f"{place}.or[{n - 1}]" if n else place)


def _scale(scale: Scale, place: str) -> Iterator[Fault]:
    if not scale.bands:
        yield Fault(f"{place}.bands", "no_key")
        return
    for n, band in enumerate(scale.bands):
        at, is_last = f"{place}.bands[{n}]", n == len(scale.bands) - 1
        if sum((band.at_least is not None, band.at_most is not None, bool(band.word))) > 1:
            yield Fault(at, "two_conditions")
        if band.is_rest is not is_last:
            yield Fault(at, "rest_not_last" if band.is_rest else "no_rest")
        if band.upto and band.upto < band.points:
            yield Fault(f"{at}.upto", "less_than_points", str(band.upto))
    yield from _falling(scale, place)
    if scale.least is not None and scale.most is not None and scale.least >= scale.most:
        yield Fault(f"{place}.least", "not_monotone", str(scale.least))


def _falling(scale: Scale, place: str) -> Iterator[Fault]:
    """Points fall from band to band, and thresholds of one kind lead away from the best."""
    kinds = {(b.at_least is None, b.at_most is None, not b.word) for b in scale.bands[:-1]}
    if len(kinds) > 1:
        yield Fault(f"{place}.bands", "mixed_conditions")
        return
    words = [band.word for band in scale.bands if band.word]
    if len(set(words)) < len(words):
        yield Fault(f"{place}.bands", "repeated")
    for n, (better, worse) in enumerate(pairwise(scale.bands), 1):
        edge = (
            better.at_least is not None
            and worse.at_least is not None
            and better.at_least <= worse.at_least
        ) or (
            better.at_most is not None
            and worse.at_most is not None
            and better.at_most >= worse.at_most
        )
        falls = better.points > worse.best or bool(better.word and better.points == worse.points)
        if edge or not falls:
            yield Fault(f"{place}.bands[{n}]", "not_monotone", worse.label)


def _gate(card: Card, gate: Gate, place: str) -> Iterator[Fault]:
    conditions = (gate.fact, gate.characteristic, gate.dimension, gate.coverage_below, gate.stale)
    if sum(map(bool, conditions)) != 1:
        yield Fault(place, "not_one_condition", gate.code)
    limits = gate.score is not None or gate.caps_dimensions
    if not (limits or gate.refuse or gate.grade or gate.lift or gate.provisional):
        yield Fault(place, "no_effect", gate.code)
    dimensions = [d.code for d in card.dimensions]
    known = {
        "characteristic": (gate.characteristic, [c.code for c in card.characteristics]),
        "dimension": (gate.dimension, dimensions),
        "grade": (gate.grade, [g.code for g in card.grades]),
        "lift": (gate.lift, [g.code for g in card.grades]),
    }
    for key, (word, words) in known.items():
        if word and word not in words:
            yield Fault(f"{place}.{key}", "unknown_word", word)
    for word in gate.dimensions:
        if word not in dimensions:
            yield Fault(f"{place}.dimensions.{word}", "unknown_word", word)
    if gate.dimension and limits:
        # What caps a score must not depend on a score that it may cap.
        yield Fault(place, "circular", gate.code)


def _stages(card: Card) -> Iterator[Fault]:
    codes, dimensions = [s.code for s in card.stages], [d.code for d in card.dimensions]
    if card.stages and card.stage_unknown not in codes:
        yield Fault("card.stage_unknown", "unknown_word", card.stage_unknown)
    for n, stage in enumerate(card.stages):
        place, is_last = f"card.stages[{n}]", n == len(codes) - 1
        if bool(stage.spans) is is_last:
            yield Fault(f"{place}.when", "rest_not_last" if not is_last else "no_rest")
        if set(stage.weights) != set(dimensions) or not sum(stage.weights.values()):
            yield Fault(f"{place}.weights", "not_each_dimension")
        for k, span in enumerate(stage.spans):
            if span.at_least is None and span.below is None:
                yield Fault(f"{place}.when[{k}]", "no_key")


def _kinds(card: Card) -> Iterator[Fault]:
    """An input is one thing: a number, a word, or a fact, and belongs to one scale."""
    inputs = [scale.input for c in card.characteristics for scale in c.scales]
    yield from _repeated(inputs, "card.inputs")
    kinds = [*card.numbers, *card.words, *card.facts]
    for name in sorted({k for k in kinds if [x.lower() for x in kinds].count(k.lower()) > 1}):
        yield Fault("card.inputs", "two_kinds", name)
    suffixes = ("_until", "_evidence", "_doubtful")
    for name in kinds:
        if name.endswith(suffixes) or name in {"firm", "_row"}:
            yield Fault("card.inputs", "reserved", name)
