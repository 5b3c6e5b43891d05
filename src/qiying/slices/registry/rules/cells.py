"""One cell of a file: what was typed there, as a value, or why it cannot be one."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from qiying.kernel.errors import Invalid

YES = frozenset({"是", "有", "√", "y", "yes", "true", "1", "t", "对", "在"})
NO = frozenset({"否", "无", "×", "n", "no", "false", "0", "f", "错", "不"})
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


def plain(value: Any) -> str:
    """A cell as text: numbers without ``.0``, no blanks around, full-width forms folded."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    text = str(value).replace("\u00a0", " ").replace("\u3000", " ").strip()
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@＝＋－＠") else text


def folded(value: Any) -> str:
    """Text for comparing codes: half-width, lower case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", plain(value)).lower().split())


def text(value: Any, *, most: int) -> str:
    found = " ".join(plain(value).split())
    if any(unicodedata.category(c) == "Cc" for c in found):
        raise Invalid("input.control")
    if len(found) > most:
        raise Invalid("input.too_long", limit=most)
    return found


def number(value: Any, *, least: float, most: float) -> float:
    """A finite number between two bounds; thousands may be grouped by commas."""
    cleaned = folded(value).replace(",", "")
    try:
        found = float(cleaned)
    except ValueError as error:
        raise Invalid("input.number") from error
    if not least <= found <= most:
        raise Invalid("registry.cell.bounds", least=f"{least:g}", most=f"{most:g}")
    return found


def whole(value: Any, *, most: int) -> int:
    found = number(value, least=0, most=most)
    if found != int(found):
        raise Invalid("registry.cell.whole")
    return int(found)


def money(value: Any, *, times: int = 1) -> str:
    """An amount in yuan as text with two decimals; ``times`` 10,000 for a column of 万元."""
    cleaned = folded(value).replace(",", "").rstrip("元").rstrip("万")
    try:
        found = (Decimal(cleaned) * times).quantize(Decimal("0.01"))
    except (InvalidOperation, ValueError) as error:
        raise Invalid("input.number") from error
    if not 0 <= found < Decimal(10) ** 15:
        raise Invalid("registry.cell.bounds", least="0", most="1e15")
    return str(found)


def flag(value: Any) -> bool:
    found = folded(value)
    if found in YES:
        return True
    if found in NO:
        return False
    raise Invalid("registry.cell.flag")


def day(value: Any) -> str:
    """A date as ``2026-11-22``; a spreadsheet's date, or year, month and day in this order."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    cleaned = unicodedata.normalize("NFKC", plain(value))
    found = _DAY.fullmatch(cleaned) or _COMPACT.fullmatch(cleaned)
    if found is None:
        raise Invalid("input.date")
    try:
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError as error:
        raise Invalid("input.date") from error


def choice(value: Any, words: Mapping[str, str]) -> str:
    """The code for a word; ``words`` maps folded words to codes."""
    found = words.get(folded(value))
    if found is None:
        raise Invalid("registry.cell.choice", value=plain(value)[:40])
    return found
