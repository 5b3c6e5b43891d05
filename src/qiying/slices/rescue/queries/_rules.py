"""The zone's rules through time, and the matters that may be marked."""

from collections.abc import Mapping, Sequence
from datetime import date

from qiying.kernel.access import Actor
from qiying.slices.mandate import public as mandate
from qiying.slices.rescue.models import RescueRules
from qiying.slices.rescue.rules import DEFAULTS, LIMITS, WORDS_OF_MACHINES

MOST_VERSIONS = 30
MOST_NEAR = 8
_COMPARED = (*LIMITS, "night_factor")


def versions_of_rules(actor: Actor) -> list[tuple[RescueRules, RescueRules | None]]:
    """The rules as they were set, newest first, each with the version before it."""
    rows = RescueRules.objects.visible_to(actor).select_related("set_by")
    found = list(rows.order_by("-set_at", "-id")[: MOST_VERSIONS + 1])
    return list(zip(found, [*found[1:], None], strict=False))[:MOST_VERSIONS]


def changes_of_rules(
    before: RescueRules | None, after: RescueRules
) -> Mapping[str, tuple[object, object]]:
    """What a version changed: by name, the value before and after."""
    old = before.rule if before else DEFAULTS
    found: dict[str, tuple[object, object]] = {
        name: (getattr(old, name), getattr(after, name))
        for name in _COMPARED
        if getattr(old, name) != getattr(after, name)
    }
    marked = list(before.matter_codes) if before else []
    if marked != after.matter_codes:
        found["matter_codes"] = (marked, list(after.matter_codes))
    return found


def marked_matters(actor: Actor, codes: Sequence[str], on: date) -> list[mandate.MatterCard]:
    """The matters of these codes that are in force on a day."""
    return [card for card in mandate.matters(actor, on) if card.code in codes]


def near_matters(actor: Actor, on: date) -> list[mandate.MatterCard]:
    """Matters whose words are of machines, the nearest first."""
    scored = [(_nearness(card), card) for card in mandate.matters(actor, on)]
    near = sorted((pair for pair in scored if pair[0]), key=lambda p: (-p[0], p[1].code))
    return [card for _score, card in near[:MOST_NEAR]]


def _nearness(card: mandate.MatterCard) -> int:
    words = (card.name_zh, *card.keywords_zh)
    return sum(part in word for part in WORDS_OF_MACHINES for word in words)
