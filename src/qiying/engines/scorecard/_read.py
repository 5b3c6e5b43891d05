"""A card read from TOML or JSON, every fault with its place."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from qiying.engines.scorecard._ahp import RANDOM, WORST, weigh
from qiying.engines.scorecard._card import (
    FULL,
    METHODS,
    SOURCES,
    Band,
    Card,
    Characteristic,
    Dimension,
    Fault,
    Gate,
    Grade,
    Notch,
    Scale,
    Span,
    Stage,
    Unusable,
)
from qiying.engines.scorecard._judge import judge
from qiying.engines.scorecard._place import Place

MILLION = 1_000_000


def read_card(text: str) -> Card:
    """Read a card; text that begins with a brace is JSON, all other TOML.

    Raises
    ------
    Unusable
        With every fault and its place, as ``card.characteristics[3].bands[1]: not_monotone``.
    """
    raw = _parsed(text)
    if raw.pop("format", None) != 1:
        raise Unusable((Fault("card.format", "unknown_format"),))
    at = Place(raw, "card", [])
    card = _card(at, _digest(raw))
    faults = at.faults or judge(card)
    if faults:
        raise Unusable(tuple(faults))
    return card


def _parsed(text: str) -> dict[str, Any]:
    try:
        if text.lstrip().startswith("{"):
            raw = json.loads(text, parse_float=Decimal)
        else:
            raw = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as wrong:
        raise Unusable((Fault("card", "no_card", str(wrong)),)) from None
    return dict(raw)


def _digest(raw: dict[str, Any]) -> str:
    """SHA-256 of the content, whatever the notation and the order of its keys."""
    plain = json.dumps(raw, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def _card(at: Place, digest: str) -> Card:
    characteristics = _many(at, "characteristics", _characteristic)
    dimensions, weighed = _dimensions(at, characteristics)
    card = Card(
        code=at.text("code"),
        version=at.text("version"),
        name_zh=at.text("name_zh", ""),
        name_en=at.text("name_en", ""),
        method=at.one_of("method", METHODS, "weighted"),
        full=at.whole("full", 1, FULL, 100),
        dimensions=dimensions,
        characteristics=weighed,
        grades=_many(at, "grades", _grade),
        stages=_many(at, "stages", lambda row: _stage(row, [d.code for d in dimensions])),
        stage_unknown=at.text("stage_unknown", ""),
        gates=_many(at, "gates", _gate),
        notches=_many(at, "notches", _notch),
        most_notches=at.whole("most_notches", 0, 9, 2),
        digest=digest,
    )
    at.done()
    return card


def _many(at: Place, key: str, made: Callable[[Place], Any]) -> tuple[Any, ...]:
    found = []
    for row in at.rows(key):
        found.append(made(row))
        row.done()
    return tuple(found)


def _names(at: Place) -> dict[str, str]:
    return {"name_zh": at.text("name_zh", ""), "name_en": at.text("name_en", "")}


def _characteristic(at: Place) -> Characteristic:
    scales = [_scale(at)]
    for row in at.rows("or"):
        scales.append(_scale(row))
        row.done()
    return Characteristic(
        code=at.text("code"),
        dimension=at.text("dimension"),
        scales=tuple(scales),
        missing=at.whole("missing", 0, 999),
        weight=at.whole("weight", 1, FULL, 1),
        **_names(at),
        evidence_zh=at.text("evidence_zh", ""),
        evidence_en=at.text("evidence_en", ""),
        is_key=at.truth("key"),
        judged=at.text("judged", ""),
        effort=at.whole("effort", 0, 99, 1),
    )


def _scale(at: Place) -> Scale:
    bands = []
    for row in at.rows("bands"):
        bands.append(
            Band(
                points=row.whole("points", 0, 999),
                at_least=row.number("at_least"),
                at_most=row.number("at_most"),
                word=row.text("is", ""),
                upto=row.whole("upto", 0, 999, 0),
                source=row.one_of("source", SOURCES, None),
            )
        )
        row.done()
    return Scale(
        input=at.text("input"),
        unit=at.text("unit", ""),
        least=at.number("least"),
        most=at.number("most"),
        bands=tuple(bands),
    )


def _dimensions(
    at: Place, characteristics: Sequence[Characteristic]
) -> tuple[tuple[Dimension, ...], tuple[Characteristic, ...]]:
    """Dimensions, and characteristics with the weights that experts' judgements give them."""
    found: list[Dimension] = []
    weights: dict[str, int] = {}
    for row in at.rows("dimensions"):
        code = row.text("code")
        most = row.whole("most", 1, FULL, 0) or None
        found.append(
            Dimension(code, **_names(row), weight=row.whole("weight", 1, FULL, 1), most=most)
        )
        own = [c.code for c in characteristics if c.dimension == code]
        weights |= dict(zip(own, _judged(row, len(own)), strict=False))
        row.done()
    return tuple(found), tuple(_weighed(c, weights.get(c.code)) for c in characteristics)


def _weighed(one: Characteristic, weight: int | None) -> Characteristic:
    return one if weight is None else replace(one, weight=weight)


def _judged(at: Place, size: int) -> tuple[int, ...]:
    """Weights by AHP in ten-thousandths, nothing where there are no judgements."""
    experts = at.matrices("judgements", size)
    if not experts:
        return ()
    if size >= len(RANDOM):
        at.fault("too_many_to_compare", "judgements", str(size))
        return ()
    found = weigh(experts)
    if found.ratio >= WORST:
        at.fault("not_consistent", "judgements", f"{found.ratio:.4f}")
    whole = found.whole(FULL)
    if min(whole) < 1:
        at.fault("no_weight_left", "judgements")
    return whole


def _stage(at: Place, dimensions: Sequence[str]) -> Stage:
    weights = at.wholes("weights")
    judged = _judged(at, len(dimensions))
    if judged:
        weights = dict(zip(dimensions, judged, strict=True))
    return Stage(
        code=at.text("code"),
        weights=weights,
        spans=_many(
            at,
            "when",
            lambda row: Span(row.text("input"), row.number("at_least"), row.number("below")),
        ),
        **_names(at),
    )


def _grade(at: Place) -> Grade:
    pd = at.number("pd")
    parts = None if pd is None else pd * MILLION
    if parts is not None and (parts != int(parts) or not 0 <= parts <= MILLION):
        at.fault("no_rate", "pd", str(pd))
    return Grade(
        at.text("code"),
        at.whole("at_least", 0, FULL),
        None if parts is None else int(parts),
        **_names(at),
    )


def _gate(at: Place) -> Gate:
    score = at.whole("score", -1, FULL, -1)
    return Gate(
        code=at.text("code"),
        fact=at.text("fact", ""),
        characteristic=at.text("characteristic", ""),
        at_most=at.whole("at_most", 0, 999, 0),
        dimension=at.text("dimension", ""),
        below=at.whole("below", 0, FULL, 0),
        coverage_below=at.whole("coverage_below", 0, FULL, 0),
        stale=at.truth("stale"),
        refuse=at.truth("refuse"),
        grade=at.text("grade", ""),
        lift=at.text("lift", ""),
        score=None if score < 0 else score,
        dimensions=at.wholes("dimensions"),
        provisional=at.truth("provisional"),
        **_names(at),
        source=at.one_of("source", SOURCES, None),
    )


def _notch(at: Place) -> Notch:
    return Notch(
        at.text("code"),
        at.text("input"),
        at.whole("least", -9, 0),
        at.whole("most", 0, 9),
        **_names(at),
    )
