"""One version of a matter as plain values: what is compared, linted, hashed and decided on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from typing import Any, Self

from qiying.engines.jurisdiction import Matter

PLAIN = (
    "name_zh",
    "name_en",
    "status",
    "basis",
    "nature",
    "power",
    "duty",
    "grade",
    "basis_text",
    "time_kind",
    "time_amount",
    "time_source",
    "extension_max",
    "co_amount",
    "is_public",
    "is_resident_matter",
    "lead_before_reform",
    "office_code",
    "note_zh",
    "note_en",
)
"""Fields that a row, its table and its form name alike."""


@dataclass(frozen=True, slots=True)
class Article:
    """A text that a matter rests on: the law by both names, the article and how well it is known."""

    law_zh: str
    law_en: str
    article: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the register says about a matter in one stretch of days; units by their codes."""

    code: str
    category: str
    number: int
    valid_from: date
    valid_to: date | None
    name_zh: str
    name_en: str
    status: str
    basis: str
    nature: str
    power: str
    duty: str
    grade: str
    legal_basis: tuple[Article, ...] = ()
    basis_text: str = ""
    time_kind: str
    time_amount: int
    time_source: str = ""
    extension_max: int = 10
    co_amount: int = 3
    is_public: bool = False
    is_resident_matter: bool = False
    lead_before_reform: str = ""
    office_code: str = ""
    keywords_zh: tuple[str, ...] = ()
    keywords_en: tuple[str, ...] = ()
    note_zh: str = ""
    note_en: str = ""
    lead_inside: tuple[str, ...] = ()
    co_inside: tuple[str, ...] = ()
    lead_outside: tuple[str, ...] = ()
    co_outside: tuple[str, ...] = ()

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def content(self) -> dict[str, Any]:
        """Everything that an edit can change, as JSON knows it."""
        plain = {name: getattr(self, name) for name in CONTENT}
        plain["legal_basis"] = [[a.law_zh, a.article, a.grade] for a in self.legal_basis]
        return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()}

    def changed(self, values: Mapping[str, Any]) -> Self:
        """The same row with some values changed."""
        return replace(self, **values)

    @property
    def evidence(self) -> str:
        """The grade of the text that the row rests on first; its own where none is cited."""
        return self.legal_basis[0].grade if self.legal_basis else self.grade

    def for_engine(self) -> Matter:
        """The row as the engine reads it. A matter that nobody leads has no answer there."""
        first = self.legal_basis[0] if self.legal_basis else None
        return Matter(
            self.code,
            self.status,  # type: ignore[arg-type]  # the engine turns codes into its enums
            self.basis,  # type: ignore[arg-type]
            lead_inside=self.lead_inside,
            lead_outside=self.lead_outside,
            co_inside=self.co_inside,
            co_outside=self.co_outside,
            lead_before_reform=(self.lead_before_reform,) if self.lead_before_reform else (),
            is_resident_matter=self.is_resident_matter,
            is_public=self.is_public,
            source=first.law_zh if first else "",
            article=first.article if first else "",
            grade=self.evidence,
        )


OUTSIDE_CONTENT = frozenset({"code", "category", "number", "valid_from", "valid_to"})
CONTENT = tuple(f.name for f in fields(Row) if f.name not in OUTSIDE_CONTENT)
SEATS = ("lead_inside", "co_inside", "lead_outside", "co_outside")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs between two versions."""

    field: str
    before: Any
    after: Any


def difference(before: Row, after: Row) -> tuple[Change, ...]:
    """The fields of an edit that differ, in the order in which the page shows them."""
    one, two = before.content(), after.content()
    return tuple(Change(k, one[k], two[k]) for k in CONTENT if one[k] != two[k])


@dataclass(frozen=True, slots=True)
class Move:
    """A matter whose lead inside the boundary is another one, and what became of its status."""

    code: str
    lead_before: str
    lead_after: str
    status_before: str
    status_after: str


def moves(before: Mapping[str, Row], after: Mapping[str, Row]) -> tuple[Move, ...]:
    """What moved between two editions, by the first lead inside the boundary."""
    found = []
    for code in sorted(before.keys() & after.keys()):
        old, new = before[code], after[code]
        leads = (first(old.lead_inside), first(new.lead_inside))
        if leads[0] != leads[1]:
            found.append(Move(code, *leads, old.status, new.status))
    return tuple(found)


def first(codes: tuple[str, ...]) -> str:
    return codes[0] if codes else ""


def digest_of_rows(rows: tuple[Row, ...]) -> str:
    """SHA-256 over the content of rows by code: the same register, the same digest."""
    return digest_of({row.code: row.content() for row in rows})


def digest_of(plain: object) -> str:
    """SHA-256 over JSON with sorted keys and no spaces, hexadecimal."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()
