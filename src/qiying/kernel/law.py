"""What a rule or a time limit rests on: words in both languages and how well the source is proven.

Grades as in the register of powers: A a statute read in a public copy of its text (A* by analogy),
B an official page, C a report of others, K common practice, D our own default. Pages show the
grade beside every limit, so that nobody takes a default for the law.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Law = tuple[str, str]
"""Name and edition in Chinese and English."""
OURS: Law = ("平台默认规则", "Default of this platform")


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a rule comes from, and the grade of that source."""

    zh: str
    en: str
    grade: str

    def text(self, *, is_chinese: bool) -> str:
        return self.zh if is_chinese else self.en


@dataclass(frozen=True, slots=True)
class Fact:
    """One sentence of law; ``days`` (natural), ``months`` or ``years`` is a limit."""

    code: str
    law: Law
    article: str
    grade: str
    days: int = 0
    months: int = 0
    years: int = 0

    @property
    def basis(self) -> Basis:
        """The law with its article."""
        if not self.article:
            return Basis(*self.law, self.grade)
        zh, en = f"{self.law[0]} 第{self.article}条", f"{self.law[1]} art. {self.article}"
        return Basis(zh, en, self.grade)

    def sentence(self, words: str) -> str:
        """A slice's words for this fact with the limit filled in."""
        limits = {"days": self.days, "months": self.months, "years": self.years}
        return words % limits if "%(" in words else words


def table(*facts: Fact) -> Mapping[str, Fact]:
    """The facts of a slice by their codes."""
    return {fact.code: fact for fact in facts}


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month (civil code, art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
