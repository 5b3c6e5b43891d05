"""What the operations of the casebook share."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, Refused
from qiying.slices.casebook import rules


def person_of(actor: Actor) -> int:
    """Whoever acts here is a person: reviews and decisions are nobody else's."""
    if actor.person_id is None:
        raise Refused("casebook.needs_person")
    return actor.person_id


def said(text: str, field: str, *, most: int = 2000) -> str:
    """Words that must be there, and not more of them than fit."""
    text = text.strip()
    if not text:
        raise Invalid("input.invalid", {field: "input.required"})
    if len(text) > most:
        raise Invalid("input.invalid", {field: "input.too_long"})
    return text


def clean_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """The parts of a case's text; Invalid for one that is too long or not ours."""
    if not set(texts) <= set(rules.TEXTS):
        raise Invalid("input.invalid", {"texts": "input.choice"})
    found = {part: str(text).strip() for part, text in texts.items()}
    faults = {
        part: "input.too_long"
        for part, text in found.items()
        if len(text) > (rules.MAX_TITLE if part == "title" else rules.MAX_TEXT)
    }
    if faults:
        raise Invalid("input.invalid", faults)
    return found


def require_whole(texts: Mapping[str, str]) -> None:
    """Every part says something."""
    short = {
        part: "casebook.text_short" if texts.get(part) else "input.required"
        for part in rules.TEXTS
        if len(texts.get(part, "")) < (2 if part == "title" else rules.LEAST_TEXT)
    }
    if short:
        raise Invalid("casebook.text_whole", short)


def digest_of(value: Any) -> str:
    """SHA-256 over canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def points_of(points: Mapping[str, Any], criteria: Any) -> dict[str, int]:
    """Whole points of 0 to 10 for each criterion; Invalid otherwise."""
    if not rules.are_points(points, criteria):
        raise Invalid("casebook.points", {"points": "casebook.points"})
    return {str(code): int(value) for code, value in points.items()}
