"""An answer as other slices and pages get it: units by their keys, reasons as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qiying.engines.jurisdiction import Rule
from qiying.slices.mandate import models, queries, rules
from qiying.slices.mandate.models import sentences
from qiying.slices.mandate.operations._world import Worlds

PRESUMED_OWNER = "PRESUMED_OWNER"
"""Code of the reason that the slice adds to those of the engine."""


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A rule that fired: its code, title and sentence, what it rests on and how well known.

    ``law`` cites source and article as a reader writes them; ``numbers`` are the rule's own.
    """

    code: str
    title: str
    sentence: str
    source: str
    article: str
    grade: str
    law: str
    numbers: Mapping[str, Any]


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
    where: str
    amount: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whose job it is, and why. ``decision_id`` is None for a proposal that was not stored.

    ``where`` says side and distance in words. ``presumption`` is a sentence where the owner of a
    facility was presumed from the register, else empty. ``grade`` is the evidence of the row.
    """

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
    where: str
    township_code: str | None
    needs_confirmation: bool
    needs_adjudication: bool
    presumption: str
    reasons: tuple[ReasonLine, ...]
    rejected: tuple[RejectedLine, ...]
    split_tasks: tuple[SplitLine, ...]
    confidence: float
    grade: str
    digest: str
    versions: Mapping[str, str]
    decision_id: int | None = None
    public_id: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """An engine's record with what the slice knows of it beside."""

    answer: Mapping[str, Any]
    digest: str
    on: date
    is_owner_presumed: bool
    kept: models.Decision | None = None


def given_by(row: models.Decision) -> Given:
    """A stored decision as it was given."""
    return Given(row.answer, row.digest, row.decided_on, row.is_owner_presumed, row)


def ruling_of(given: Given, found: Worlds) -> Ruling:
    """Turn an engine's record into a ruling, in the reader's language."""
    answer, decision = given.answer, given.kept
    ids = _Ids(found.register)
    lead = answer["lead"]
    row = found.register.find(answer["matter"], given.on)
    said = _Said(given, found)
    return Ruling(
        matter_code=answer["matter"],
        rule=answer["rule"],
        lead_code=lead,
        lead_unit_id=ids.of(lead),
        co_codes=tuple(answer["co"]),
        co_unit_ids=ids.all(answer["co"]),
        candidate_codes=tuple(answer["candidates"]),
        candidate_unit_ids=ids.all(answer["candidates"]),
        office_unit_id=ids.of(queries.acting_office(row, lead)),
        side=answer["side"],
        distance_m=answer["distance_m"],
        where=said.where,
        township_code=answer["township"],
        needs_confirmation=answer["needs_confirmation"] or given.is_owner_presumed,
        needs_adjudication=answer["needs_adjudication"],
        presumption=said.presumption,
        reasons=said.reasons(),
        rejected=tuple(said.rejected(r, ids) for r in answer["rejected"]),
        split_tasks=tuple(said.split(t, ids) for t in answer["split_tasks"]),
        confidence=answer["confidence"],
        grade=said.grade,
        digest=given.digest,
        versions=dict(answer["versions"]),
        decision_id=decision.pk if decision else None,
        public_id=str(decision.public_id) if decision else "",
    )


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


class _Said:
    """The words of one answer, in the reader's language."""

    def __init__(self, given: Given, found: Worlds) -> None:
        self._answer, self._register = given.answer, found.register
        self._is_walled = found.is_walled(given.on)
        self._by_rule = {plain["rule"]: plain for plain in self._answer["reasons"]}
        self._is_presumed = given.is_owner_presumed

    @property
    def where(self) -> str:
        side, distance = self._answer["side"], self._answer["distance_m"]
        return sentences.where(side, distance, is_walled=self._is_walled)

    @property
    def grade(self) -> str:
        """How well the row of the register is known, which every engine's record states."""
        return str(self._by_rule[Rule.ROW.value]["grade"])

    @property
    def presumption(self) -> str:
        if not self._is_presumed:
            return ""
        owner = self._by_rule[Rule.LINEAR.value]["params"]["owner"]
        return sentences.presumption(self._answer["side"], self._register.unit_name(owner))

    def reasons(self) -> tuple[ReasonLine, ...]:
        """The rules that fired; a presumed owner is said before the rule that goes by it."""
        lines: list[ReasonLine] = []
        for plain in self._answer["reasons"]:
            if self._is_presumed and plain["rule"] == Rule.LINEAR:
                title, grade = str(sentences.PRESUMED), self.grade
                lines.append(
                    ReasonLine(PRESUMED_OWNER, title, self.presumption, "", "", grade, "", {})
                )
            lines.append(self._reason(plain))
        return tuple(lines)

    def _reason(self, plain: Mapping[str, Any]) -> ReasonLine:
        rule, source = Rule(plain["rule"]), plain["source"]
        name_en = self._register.texts.get(source, "")
        cited = rules.Article(source, name_en or source, plain["article"], plain["grade"])
        return ReasonLine(
            rule.value,
            str(sentences.TITLES[rule]),
            sentences.sentence(rule, plain["params"], _Names(self._register)),
            self._register.text_name(source),
            plain["article"],
            plain["grade"],
            queries.law_text(cited) if source else "",
            plain["params"],
        )

    def rejected(self, plain: Mapping[str, Any], ids: _Ids) -> RejectedLine:
        code, rule = plain["unit"], Rule(plain["rule"])
        words = sentences.rejection(rule, self._register.unit_name(code), self._basis)
        return RejectedLine(code, ids.of(code), rule.value, words)

    @property
    def _basis(self) -> Mapping[str, Any]:
        """What the lead went by: the numbers of rule 7, or the side of a presumed owner."""
        if self._is_presumed:
            return {"side": self._answer["side"]}
        plain = self._by_rule.get(Rule.BASIS.value)
        return plain["params"] if plain else {}

    def split(self, plain: Mapping[str, Any], ids: _Ids) -> SplitLine:
        unit, side = plain["unit"], plain["side"]
        word = sentences.side_word(side, is_walled=self._is_walled)
        return SplitLine(unit, ids.of(unit), side, word, plain["amount"], plain["share"])
