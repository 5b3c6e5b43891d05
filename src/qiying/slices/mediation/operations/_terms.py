"""The terms of an agreement as they are given, checked before they are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from qiying.kernel.errors import Invalid
from qiying.kernel.words import clean
from qiying.slices.mediation.operations._move import Move
from qiying.slices.mediation.rules import MAX_TERMS


@dataclass(frozen=True, slots=True)
class TermIn:
    """A promise: which party, what, until when, how much."""

    party_id: int
    text: str
    due_on: date
    amount_cny: Decimal | None = None


def choose(value: Any, known: Iterable[str], field: str) -> str:
    """A code that exists."""
    if value not in set(known):
        raise Invalid("input.invalid", {field: "input.choice"})
    return str(value)


def terms_of(move: Move, given: Sequence[TermIn]) -> list[TermIn]:
    """The terms, each owed by a party of the case."""
    known = {p.pk for p in move.docket.parties}
    if not 1 <= len(given) <= MAX_TERMS:
        raise Invalid("input.invalid", {"terms": "mediation.terms"})
    return [_term(term, known, line) for line, term in enumerate(given, start=1)]


def _term(term: TermIn, known: set[int], line: int) -> TermIn:
    if term.party_id not in known:
        raise Invalid("input.invalid", {"terms": "mediation.term_line"}, line=line)
    text = clean(term.text, field="terms", limit=500)
    return TermIn(term.party_id, text, term.due_on, _amount(term.amount_cny, line))


def _amount(value: Decimal | None, line: int) -> Decimal | None:
    if value is None:
        return None
    try:
        amount = Decimal(value).quantize(Decimal("0.01"))
    except InvalidOperation:
        amount = Decimal(-1)
    if not 0 <= amount < Decimal(10) ** 16:
        raise Invalid("input.invalid", {"terms": "mediation.term_line"}, line=line)
    return amount
