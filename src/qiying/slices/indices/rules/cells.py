"""Cells of tables: what stands in them as text, year or number, and what is wrong with one."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

YEAR = ("year", "年份", "年度")
PAGE = ("page", "页码", "出处页码")
MISSING = frozenset({"", "NA", "NaN", "…", "...", "-", "—", "\u2013"})
UNREADABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
LARGEST = 1e15
EARLIEST, LATEST = 1949, 2100


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be used: row of the file, column, code of the reason, what stood there."""

    row: int
    column: str
    code: str
    value: str = ""


def named(headings: Sequence[str], words: Mapping[str, Any]) -> dict[int, Any]:
    """What each column is, by its heading; a unit may stand behind the name in brackets."""
    found: dict[int, Any] = {}
    for place, heading in enumerate(headings):
        bare = re.sub(r"[（(][^（()）]*[)）]\s*$", "", heading).strip()
        for word in (heading.strip(), bare):
            if word in words and words[word] not in found.values():
                found.setdefault(place, words[word])
    return found


def text_of(cell: Any) -> str:
    """A cell as it reads; whole numbers without decimals."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < LARGEST:
        return str(int(cell))
    return "" if cell is None else UNREADABLE.sub("", str(cell)).strip()


def year_of(text: str) -> int | None:
    """A year as ``2025`` or ``2025年``; None for anything else."""
    found = re.fullmatch(r"(\d{4})\s*年?", text)
    year = int(found[1]) if found else 0
    return year if EARLIEST <= year <= LATEST else None


def number_of(cell: Any, text: str) -> float | None:
    """A finite number; None for anything else."""
    if isinstance(cell, bool):
        return None
    try:
        value = float(cell) if isinstance(cell, int | float) else float(text.replace(",", ""))
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) and abs(value) < LARGEST else None
