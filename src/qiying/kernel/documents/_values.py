"""What a report consists of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from qiying.kernel.documents._drawing import Drawing


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 or 2; it stands in the contents."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a ``note`` is smaller and not drawn in."""

    text: str
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words under headings that are repeated on every page.

    ``widths`` are shares of the width, equal when left out. The first ``words`` columns are
    words and stand to the left; what follows are numbers and stand to the right.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    widths: Sequence[float] = ()
    words: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with what stands below it, and what it shows in words."""

    drawing: Drawing
    caption: str
    said: str = ""


Block = Heading | Paragraph | Table | Figure


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. ``language`` is "zh-Hans" or "en"; ``about`` are lines below the title.

    ``issuer`` (制发单位) stands on the title page with the day of ``made_at``; ``foot`` on every
    page, beside its number.
    """

    title: str
    blocks: Sequence[Block]
    language: str = "zh-Hans"
    about: Sequence[str] = ()
    issuer: str = ""
    made_at: datetime | None = None
    foot: str = ""

    @property
    def headings(self) -> tuple[Heading, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Heading))
