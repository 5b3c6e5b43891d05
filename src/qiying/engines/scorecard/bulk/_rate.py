"""A card over a table of firms, as one expression of whole numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from operator import add, and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from qiying.engines.scorecard._card import FULL, Band, Card, Characteristic, Gate, Scale
from qiying.engines.scorecard._judge import MOST
from qiying.engines.scorecard.bulk._cells import exact

WIDE = 1000
"""A band is its points x 1000 + the most that an expert may give; bands compare as they should."""
MISSING = -1
TOPS = ("top_1", "top_2", "top_3")


def rate(firms: ir.Table, card: Card, *, as_of: date, keeps_points: bool = False) -> ir.Table:
    """Rate every firm of a table that `typed` made.

    Returns
    -------
    ``firm``, ``stage``, ``part_`` and each dimension in bp, ``coverage``, ``raw``, ``score``,
    ``by_score``, ``grade`` (empty for a refusal), ``pd`` (parts per million, null without one),
    ``is_provisional``, ``is_refused``, ``top_1`` to ``top_3`` (empty where nothing more is lost);
    with ``keeps_points`` also ``points_`` and each characteristic. Equal to `score`, digit by digit.
    """
    names = [f"p{n}" for n in range(len(card.characteristics))]
    sheet = _pointed(firms, card, as_of)
    sheet = sheet.mutate(stage=_stage(sheet, card))
    weights = {f"w{n}": _weight(sheet, card, d.code) for n, d in enumerate(card.dimensions)}
    sheet = sheet.mutate(**weights)
    sheet = sheet.mutate(weight=_total([sheet[name] for name in weights]))
    sheet = sheet.mutate(**{f"d{n}": _dimension(sheet, card, n) for n in _dims(card)})
    sheet = sheet.mutate(raw=_whole(sheet, card, "d"), coverage=_coverage(sheet, card))
    sheet = _gated(sheet, card)
    sheet = _graded(sheet, card)
    sheet = _topped(sheet, card)
    kept = {"firm": sheet.firm, "stage": sheet.stage}
    kept |= {f"part_{d.code}": sheet[f"c{n}"] for n, d in enumerate(card.dimensions)}
    kept |= {name: sheet[name] for name in ("coverage", "raw", "score", "by_score", "grade", "pd")}
    kept |= {name: sheet[name] for name in ("is_provisional", "is_refused", *TOPS)}
    if keeps_points:
        pairs = zip(card.characteristics, names, strict=True)
        kept |= {f"points_{c.code}": sheet[name] for c, name in pairs}
    return sheet.select(**kept)


def _dims(card: Card) -> range:
    return range(len(card.dimensions))


def _int(value: int) -> ir.IntegerValue:
    return ibis.literal(value).cast("int64")


def _total(parts: Sequence[ir.Value]) -> ir.Value:
    return reduce(add, parts) if parts else _int(0)


def _any(parts: Sequence[ir.Value]) -> ir.Value:
    return reduce(or_, parts) if parts else ibis.literal(value=False)


def _half_up(above: ir.Value, below: ir.Value | int) -> ir.Value:
    return ((above * 2 + below) // (below * 2)).cast("int64")


def _encoded(table: ir.Table, scale: Scale) -> ir.Value:
    value = table[scale.input]
    is_missing = value == "" if scale.is_words else value.isnull()
    cases = [
        (_takes(value, band), _int(band.points * WIDE + band.best)) for band in scale.bands[:-1]
    ]
    rest = _int(scale.bands[-1].points * WIDE + scale.bands[-1].best)
    return ibis.ifelse(
        is_missing, _int(MISSING), ibis.cases(*cases, else_=rest) if cases else rest
    )


def _takes(value: ir.Value, band: Band) -> ir.BooleanValue:
    if band.word:
        return value == band.word
    if band.at_least is not None:
        return value >= exact(float(band.at_least))
    return value <= exact(float(band.at_most or 0))


def _pointed(firms: ir.Table, card: Card, as_of: date) -> ir.Table:
    """Points (``p``), whether there is evidence (``h``), and whether key evidence is stale."""
    codes = [
        [f"s{n}_{k}" for k in range(len(one.scales))] for n, one in enumerate(card.characteristics)
    ]
    every = [
        (name, scale)
        for one, own in zip(card.characteristics, codes, strict=True)
        for scale, name in zip(one.scales, own, strict=True)
    ]
    sheet = firms.mutate(**{name: _encoded(firms, scale) for name, scale in every})
    sheet = sheet.mutate(**{f"e{n}": _most(sheet, own) for n, own in enumerate(codes)})
    pairs = list(enumerate(card.characteristics))
    old = [
        _is_old(sheet, scale, counts, as_of)
        for n, one in pairs
        if one.is_key
        for scale, counts in _firsts(sheet, one, codes[n])
    ]
    return sheet.mutate(
        **{f"p{n}": _points(sheet, one, f"e{n}") for n, one in pairs},
        **{f"h{n}": sheet[f"e{n}"] >= 0 for n, _one in pairs},
        is_stale=_any(old),
    )


def _most(sheet: ir.Table, names: Sequence[str]) -> ir.Value:
    return ibis.greatest(*(sheet[name] for name in names)) if len(names) > 1 else sheet[names[0]]


def _firsts(
    sheet: ir.Table, one: Characteristic, names: Sequence[str]
) -> list[tuple[Scale, ir.Value]]:
    """Each scale with whether it is the one that counts: the first of those that give most."""
    most, found = _most(sheet, names), []
    for k, (scale, name) in enumerate(zip(one.scales, names, strict=True)):
        is_later = _any([sheet[other] == sheet[name] for other in names[:k]])
        found.append((scale, (sheet[name] >= 0) & (sheet[name] == most) & ~is_later))
    return found


def _is_old(sheet: ir.Table, scale: Scale, counts: ir.Value, as_of: date) -> ir.Value:
    until = sheet[f"{scale.input}_until"]
    return counts & (until < ibis.literal(as_of)).coalesce(ibis.literal(value=False))


def _points(sheet: ir.Table, one: Characteristic, name: str) -> ir.Value:
    least = (sheet[name] // WIDE).cast("int64")
    if one.judged:
        most = sheet[name] - least * WIDE
        judged = sheet[one.judged].cast("int64")
        least = ibis.greatest(ibis.least(judged.coalesce(least), most), least)
    return ibis.ifelse(sheet[name] < 0, _int(one.missing), least)


def _stage(sheet: ir.Table, card: Card) -> ir.StringValue:
    if not card.stages:
        return ibis.literal("")
    no = ibis.literal(value=False)
    cases, inputs = [], []
    for stage in card.stages[:-1]:
        inside = []
        for span in stage.spans:
            value = sheet[span.input]
            inputs.append(value.isnull())
            ends = [value >= exact(float(span.at_least))] if span.at_least is not None else []
            ends += [value < exact(float(span.below))] if span.below is not None else []
            inside.append(reduce(and_, ends).coalesce(no))
        cases.append((_any(inside), ibis.literal(stage.code)))
    cases.append((_any(inputs), ibis.literal(card.stage_unknown)))
    return ibis.cases(*cases, else_=ibis.literal(card.stages[-1].code))


def _weight(sheet: ir.Table, card: Card, dimension: str) -> ir.Value:
    if not card.stages:
        return _int(card.weights("")[dimension])
    cases = [(sheet.stage == s.code, _int(s.weights[dimension])) for s in card.stages]
    return ibis.cases(*cases[:-1], else_=cases[-1][1]) if cases[:-1] else cases[-1][1]


def _own(card: Card, place: int) -> list[tuple[int, Characteristic]]:
    code = card.dimensions[place].code
    return [(n, c) for n, c in enumerate(card.characteristics) if c.dimension == code]


def _dimension(sheet: ir.Table, card: Card, place: int) -> ir.Value:
    one = card.dimensions[place]
    got = _total([sheet[f"p{n}"] * c.weight for n, c in _own(card, place)])
    if card.method == "sum":
        got = got if one.most is None else ibis.least(got, _int(one.most))
        return got * (FULL // card.full)
    return _half_up(got * FULL, card.whole(one.code))


def _whole(sheet: ir.Table, card: Card, letter: str) -> ir.Value:
    parts = [sheet[f"{letter}{n}"] for n in _dims(card)]
    if card.method == "sum":
        return ibis.least(_total(parts), _int(FULL))
    above = _total([part * sheet[f"w{n}"] for n, part in enumerate(parts)])
    return _half_up(above, sheet.weight)


def _coverage(sheet: ir.Table, card: Card) -> ir.Value:
    seen = [
        _total([sheet[f"h{n}"].cast("int64") * (c.weight * c.best) for n, c in _own(card, place)])
        for place in _dims(card)
    ]
    wholes = [card.whole(d.code) for d in card.dimensions]
    if card.method == "sum":
        return _half_up(_total(seen) * FULL, sum(wholes))
    shares = [_half_up(part * FULL, whole) for part, whole in zip(seen, wholes, strict=True)]
    return _half_up(_total([s * sheet[f"w{n}"] for n, s in enumerate(shares)]), sheet.weight)


def _gated(sheet: ir.Table, card: Card) -> ir.Table:
    """Gates (``g``), the dimensions that they cap (``c``), and the score after them."""
    places = {c.code: n for n, c in enumerate(card.characteristics)}
    early = {n: g for n, g in enumerate(card.gates) if not g.dimension}
    late = {n: g for n, g in enumerate(card.gates) if g.dimension}
    sheet = sheet.mutate(**{f"g{n}": _shut(sheet, gate, places) for n, gate in early.items()})
    capped = {}
    for k, dimension in enumerate(card.dimensions):
        limits = {n: g.dimensions.get(dimension.code) for n, g in early.items()}
        capped[f"c{k}"] = _capped(sheet, sheet[f"d{k}"], limits)
    sheet = sheet.mutate(**capped)
    sheet = sheet.mutate(whole=_whole(sheet, card, "c"))
    sheet = sheet.mutate(score=_capped(sheet, sheet.whole, {n: g.score for n, g in early.items()}))
    codes = [d.code for d in card.dimensions]
    return sheet.mutate(
        **{f"g{n}": sheet[f"c{codes.index(g.dimension)}"] < g.below for n, g in late.items()}
    )


def _shut(sheet: ir.Table, gate: Gate, places: Mapping[str, int]) -> ir.Value:
    if gate.fact:
        return sheet[gate.fact]
    if gate.characteristic:
        return sheet[f"p{places[gate.characteristic]}"] <= gate.at_most
    return sheet.is_stale if gate.stale else sheet.coverage < gate.coverage_below


def _capped(sheet: ir.Table, value: ir.Value, limits: Mapping[int, int | None]) -> ir.Value:
    most = [
        ibis.ifelse(sheet[f"g{n}"], _int(limit), _int(FULL))
        for n, limit in limits.items()
        if limit is not None
    ]
    return ibis.least(value, *most) if most else value


def _graded(sheet: ir.Table, card: Card) -> ir.Table:
    last = len(card.grades) - 1
    edges = [(sheet.score >= g.at_least, _int(n)) for n, g in enumerate(card.grades[:-1])]
    ways = [sheet[n.input].cast("int64").coalesce(_int(0)) for n in card.notches]
    most = card.most_notches
    sheet = sheet.mutate(
        place=ibis.cases(*edges, else_=_int(last)),
        up=ibis.greatest(ibis.least(_total(ways), _int(most)), _int(-most)),
    )
    sheet = sheet.mutate(
        final=ibis.greatest(ibis.least(sheet.place - sheet.up, _int(last)), _int(0))
    )
    gates = list(enumerate(card.gates))
    caps = [_held(sheet, n, card.place(g.grade), 0) for n, g in gates if g.grade]
    lifts = [_held(sheet, n, card.place(g.lift), last) for n, g in gates if g.lift]
    worst = ibis.greatest(sheet.final, *caps) if caps else sheet.final
    sheet = sheet.mutate(final=ibis.least(worst, *lifts) if lifts else worst)
    sheet = sheet.mutate(
        is_refused=_any([sheet[f"g{n}"] for n, g in gates if g.refuse]),
        is_provisional=_any([sheet[f"g{n}"] for n, g in gates if g.provisional]),
    )
    names = [(n, g.code) for n, g in enumerate(card.grades)]
    rates = [(n, _int(g.pd)) for n, g in enumerate(card.grades) if g.pd is not None]
    none = ibis.null("int64")
    pd = sheet.final.cases(*rates, else_=none) if rates else none
    return sheet.mutate(
        by_score=sheet.place.cases(*names, else_=""),
        grade=ibis.ifelse(sheet.is_refused, ibis.literal(""), sheet.final.cases(*names, else_="")),
        pd=ibis.ifelse(sheet.is_refused, none, pd),
    )


def _held(sheet: ir.Table, gate: int, place: int, otherwise: int) -> ir.Value:
    return ibis.ifelse(sheet[f"g{gate}"], _int(place), _int(otherwise))


def _topped(sheet: ir.Table, card: Card) -> ir.Table:
    """The three that lose most: bp lost x 64 + 63 - place, the largest below the last one."""
    codes = {f"l{n}": _loss(sheet, card, n, c) for n, c in enumerate(card.characteristics)}
    sheet = sheet.mutate(**codes)
    names: list[tuple[Any, str]] = [
        (MOST - 1 - n, c.code) for n, c in enumerate(card.characteristics)
    ]
    before: ir.Value | None = None
    for top in TOPS:
        own = [sheet[name] for name in codes]
        if before is not None:
            own = [ibis.ifelse(one < before, one, _int(0)) for one in own]
        sheet = sheet.mutate(**{f"_{top}": ibis.greatest(*own, _int(0))})
        before = sheet[f"_{top}"]
    said = {top: (sheet[f"_{top}"] % MOST).cases(*names, else_="") for top in TOPS}
    return sheet.mutate(
        **{
            top: ibis.ifelse(sheet[f"_{top}"] < MOST, ibis.literal(""), word)
            for top, word in said.items()
        }
    )


def _loss(sheet: ir.Table, card: Card, place: int, one: Characteristic) -> ir.Value:
    gap = (_int(one.best) - sheet[f"p{place}"]) * one.weight
    if card.method == "sum":
        lost = gap * (FULL // card.full)
    else:
        k = [d.code for d in card.dimensions].index(one.dimension)
        lost = _half_up(gap * FULL * sheet[f"w{k}"], sheet.weight * card.whole(one.dimension))
    return lost * MOST + (MOST - 1 - place)
