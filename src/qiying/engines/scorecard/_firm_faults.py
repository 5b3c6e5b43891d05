"""What of a firm's facts cannot be used."""

import math
from collections.abc import Iterator

from qiying.engines.scorecard._card import Card, Fault, Scale, Unusable
from qiying.engines.scorecard._facts import NOT, YES, Firm


def refuse(card: Card, firm: Firm) -> None:
    """Raise `Unusable` with every fault of a firm's facts, if there are any."""
    if faults := tuple(faults_of_firm(card, firm)):
        raise Unusable(faults)


def faults_of_firm(card: Card, firm: Firm) -> Iterator[Fault]:
    """Each fact that is no number, beyond its bounds, an unknown word or an unclear fact."""
    place = f"firm[{firm.code}]"
    if not firm.code.strip():
        yield Fault(place, "no_firm")
    bounds = limits(card)
    whole = {c.judged for c in card.characteristics} | {n.input for n in card.notches}
    for name in card.numbers:
        value = firm.facts[name].value if name in firm.facts else None
        code = _of_number(value, *bounds.get(name, (-math.inf, math.inf)), is_whole=name in whole)
        if code:
            yield Fault(f"{place}.{name}", code, str(value))
    for name in card.words:
        value = firm.facts[name].value if name in firm.facts else None
        if value is not None and not _is_known(card.scales[name], value):
            yield Fault(f"{place}.{name}", "unknown_word", str(value))
    for name in card.facts:
        value = firm.facts[name].value if name in firm.facts else None
        if isinstance(value, str) and value.strip().lower() not in {*YES, *NOT, ""}:
            yield Fault(f"{place}.{name}", "no_fact", value)


def limits(card: Card) -> dict[str, tuple[float, float]]:
    """Least and most of the numbers that have either."""
    found = {}
    for name, scale in card.scales.items():
        least = -math.inf if scale.least is None else float(scale.least)
        most = math.inf if scale.most is None else float(scale.most)
        found[name] = (least, most)
    return found | {n.input: (float(n.least), float(n.most)) for n in card.notches}


def _of_number(value: object, least: float, most: float, *, is_whole: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "no_number"
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "no_number"
    if is_whole and value != int(value):
        return "not_whole"
    return "" if least <= value <= most else "out_of_range"


def _is_known(scale: Scale, value: object) -> bool:
    return isinstance(value, str) and (
        not value.strip()
        or value.strip() in {band.word for band in scale.bands if band.word}
        or value.strip() == "none"
    )
