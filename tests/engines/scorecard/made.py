"""Firms by chance, most of their values on an edge of a band or a hair beside it."""

import math
import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from qiying.engines.scorecard import Card, Fact, Firm, read_card
from qiying.engines.scorecard.cards import NAMES, card_text

AS_OF = date(2026, 6, 30)
CARDS: Mapping[str, Card] = {name: read_card(card_text(name)) for name in NAMES}
STAR = CARDS["star-1"]


def firm(values: Mapping[str, Any], code: str = "f1") -> Firm:
    """A firm with evidence for each of its values."""
    return Firm(code, {name: Fact(value, (f"e-{name}",)) for name, value in values.items()})


def edges(card: Card, name: str) -> list[float]:
    """Thresholds of an input, and the doubles beside them."""
    bands = card.scales[name].bands if name in card.scales else ()
    found = [float(e) for b in bands for e in (b.at_least, b.at_most) if e is not None]
    spans = [span for stage in card.stages for span in stage.spans if span.input == name]
    found += [float(e) for s in spans for e in (s.at_least, s.below) if e is not None]
    return [
        x for e in found for x in (e, math.nextafter(e, -math.inf), math.nextafter(e, math.inf))
    ]


def _number(card: Card, name: str, chance: random.Random) -> float | None:
    if chance.random() < 0.15:
        return None
    notch = next((n for n in card.notches if n.input == name), None)
    if notch is not None:
        return float(chance.randint(notch.least, notch.most))
    if any(c.judged == name for c in card.characteristics):
        return float(chance.randint(0, 32))
    near = edges(card, name)
    value = chance.choice([*near, round(chance.uniform(0, 2 * max(map(abs, near))), 3)])
    scale = card.scales.get(name)
    if scale is not None and scale.least is not None:
        value = max(value, float(scale.least))
    if scale is not None and scale.most is not None:
        value = min(value, float(scale.most))
    return value


def _word(card: Card, name: str, chance: random.Random) -> str | None:
    words = [band.word for band in card.scales[name].bands if band.word]
    return chance.choice([*words, *words, "none", None])


def any_firm(card: Card, seed: int) -> Firm:
    """A firm with missing, stale and doubtful facts among the others."""
    chance = random.Random(seed)  # noqa: S311 - firms of a test
    values: dict[str, Any] = {name: _number(card, name, chance) for name in card.numbers}
    values |= {name: _word(card, name, chance) for name in card.words}
    rare = 0.05 if card.code == "star" else 0.2
    values |= {name: chance.choice([None, False, chance.random() < rare]) for name in card.facts}
    facts = {}
    for name, value in values.items():
        until = AS_OF + timedelta(days=chance.randint(-3, 60)) if chance.random() < 0.7 else None
        facts[name] = Fact(value, (f"e{seed}",), until, chance.random() < 0.1)
    return Firm(f"f{seed}", facts)


def best_star() -> dict[str, Any]:
    """Values that reach the best band of each characteristic of the STAR card."""
    values: dict[str, Any] = {}
    for one in STAR.characteristics:
        band, scale = one.scales[0].bands[0], one.scales[0]
        edge = band.at_least if band.at_least is not None else band.at_most
        values[scale.input] = band.word or float(edge or 0)
    return values | {"revenue": 30000.0, "age_years": 12.0, "revenue_growth_rate": 3.0}
