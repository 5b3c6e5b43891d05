"""Fields that the casebook's requests and answers share."""

from datetime import date
from typing import Annotated

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict

from qiying.kernel import paging
from qiying.slices.casebook import rules


def _without_nul(text: str) -> str:
    """No text of the database can hold a NUL."""
    if "\x00" in text:
        raise ValueError("a NUL")
    return text


def _in_our_years(day: date) -> date:
    if not paging.EARLIEST < day.year < paging.LATEST:
        raise ValueError("not a year of ours")
    return day


Title = Annotated[str, Field(max_length=rules.MAX_TITLE), AfterValidator(_without_nul)]
Text = Annotated[str, Field(max_length=rules.MAX_TEXT), AfterValidator(_without_nul)]
Words = Annotated[str, Field(max_length=2000), AfterValidator(_without_nul)]
Minutes = Annotated[str, Field(max_length=4000), AfterValidator(_without_nul)]
Note = Annotated[str, Field(max_length=300), AfterValidator(_without_nul)]
Name = Annotated[str, Field(max_length=100), AfterValidator(_without_nul)]
County = Annotated[str, Field(max_length=60), AfterValidator(_without_nul)]
Code = Annotated[str, Field(max_length=20), AfterValidator(_without_nul)]
Person = Annotated[int, Field(ge=1, lt=2**31)]
Points = Annotated[dict[Code, int], Field(max_length=10)]
Day = Annotated[date, AfterValidator(_in_our_years)]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class CaseTextIn(Strict):
    """The parts of a text that are given; the others stay as they are."""

    title: Title | None = None
    background: Text | None = None
    difficulty: Text | None = None
    practice: Text | None = None
    effect: Text | None = None
    replicable: Text | None = None

    def given(self) -> dict[str, str]:
        return self.dict(exclude_none=True)


class CaseTextOut(Schema):
    """标题、背景、难点、做法、成效、可复制之处."""

    title: str
    background: str
    difficulty: str
    practice: str
    effect: str
    replicable: str


class ReaderOut(Schema):
    """Somebody who may be asked to read."""

    id: int
    name: str


class RecognisedOut(Schema):
    """Something that could tell who is meant: characters ``start`` to ``end`` of a part."""

    key: str
    kind: str
    part: str
    start: int
    end: int
    excerpt: str
    must_go: bool


def recognised(found: rules.Found) -> RecognisedOut:
    return RecognisedOut(
        key=found.key,
        kind=found.kind,
        part=found.part,
        start=found.start,
        end=found.end,
        excerpt=found.excerpt,
        must_go=found.is_hard,
    )
