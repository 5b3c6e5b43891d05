"""An answer as other slices and pages get it: units by their keys, reasons as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qiying.engines.jurisdiction import Decision, Rule
from qiying.slices.mandate import models, queries
from qiying.slices.mandate.models import sentences


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A rule that fired: its code, title and sentence, what it rests on and how well known."""

    code: str
    title: str
    sentence: str
    source: str
    article: str
    grade: str


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A unit that was passed over, by which rule, and why."""

    unit_code: str
    unit_id: int | None
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SplitLine:
    """A unit's part of a line that crosses the boundary, in metres or square metres."""

    unit_code: str
    unit_id: int | None
    side: str
    amount: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whose job it is, and why. ``decision_id`` is None for a proposal that was not stored."""

    matter_code: str
    rule: str
    lead_code: str | None
    lead_unit_id: int | None
    co_codes: tuple[str, ...]
    co_unit_ids: tuple[int, ...]
    candidate_codes: tuple[str, ...]
    candidate_unit_ids: tuple[int, ...]
    office_unit_id: int | None
    side: str
    distance_m: float | None
    township_code: str | None
    needs_confirmation: bool
    needs_adjudication: bool
    reasons: tuple[ReasonLine, ...]
    rejected: tuple[RejectedLine, ...]
    split_tasks: tuple[SplitLine, ...]
    confidence: float
    digest: str
    versions: Mapping[str, str]
    decision_id: int | None = None
    public_id: str = ""


def ruling_of(
    answer: Mapping[str, Any],
    register: queries.Register,
    *,
    digest: str,
    row: queries.MatterCard | None,
    decision: models.Decision | None = None,
) -> Ruling:
    """Turn an engine's record into a ruling, in the reader's language."""
    ids = _Ids(register)
    lead = answer["lead"]
    office = row.office_code if row is not None and lead == "ZONE" else ""
    return Ruling(
        matter_code=answer["matter"],
        rule=answer["rule"],
        lead_code=lead,
        lead_unit_id=ids.of(lead),
        co_codes=tuple(answer["co"]),
        co_unit_ids=ids.all(answer["co"]),
        candidate_codes=tuple(answer["candidates"]),
        candidate_unit_ids=ids.all(answer["candidates"]),
        office_unit_id=ids.of(office),
        side=answer["side"],
        distance_m=answer["distance_m"],
        township_code=answer["township"],
        needs_confirmation=answer["needs_confirmation"],
        needs_adjudication=answer["needs_adjudication"],
        reasons=tuple(_reason(r, register) for r in answer["reasons"]),
        rejected=tuple(_rejected(r, register, ids) for r in answer["rejected"]),
        split_tasks=tuple(_split(t, ids) for t in answer["split_tasks"]),
        confidence=answer["confidence"],
        digest=digest,
        versions=dict(answer["versions"]),
        decision_id=decision.pk if decision else None,
        public_id=str(decision.public_id) if decision else "",
    )


def ruling_of_decision(
    decision: Decision, register: queries.Register, row: queries.MatterCard | None
) -> Ruling:
    """A proposal that nobody stored."""
    return ruling_of(decision.as_json(), register, digest=decision.digest(), row=row)


class _Ids:
    def __init__(self, register: queries.Register) -> None:
        self._units = register.units

    def of(self, code: str | None) -> int | None:
        card = self._units.get(code or "")
        return card.id if card else None

    def all(self, codes: list[str]) -> tuple[int, ...]:
        return tuple(self._units[c].id for c in codes if c in self._units)


class _Names(dict[str, str]):
    """Names of units by code, read when a sentence asks for one."""

    def __init__(self, register: queries.Register) -> None:
        super().__init__()
        self._register = register

    def get(self, key: str, default: Any = None) -> Any:
        card = self._register.units.get(key)
        return card.name if card else default


def _reason(plain: Mapping[str, Any], register: queries.Register) -> ReasonLine:
    rule = Rule(plain["rule"])
    return ReasonLine(
        rule.value,
        str(sentences.TITLES[rule]),
        sentences.sentence(rule, plain["params"], _Names(register)),
        register.text_name(plain["source"]),
        plain["article"],
        plain["grade"],
    )


def _rejected(plain: Mapping[str, Any], register: queries.Register, ids: _Ids) -> RejectedLine:
    code, rule = plain["unit"], Rule(plain["rule"])
    words = sentences.rejection(rule, register.unit_name(code))
    return RejectedLine(code, ids.of(code), rule.value, words)


def _split(plain: Mapping[str, Any], ids: _Ids) -> SplitLine:
    unit = plain["unit"]
    return SplitLine(unit, ids.of(unit), plain["side"], plain["amount"], plain["share"])
