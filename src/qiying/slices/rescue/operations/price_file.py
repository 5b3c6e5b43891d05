"""A table of prices, read and judged line by line; nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qiying.kernel.errors import Invalid
from qiying.kernel.words import clean
from qiying.slices.registry import public as registry
from qiying.slices.rescue.operations._finish import money_of
from qiying.slices.rescue.operations._providers import PriceIn
from qiying.slices.rescue.operations.machine_file import Column, Line

COLUMNS = (
    Column("code", "编码", "code", is_needed=True),
    Column("name_zh", "项目", "item", is_needed=True),
    Column("unit_zh", "计量单位", "unit", is_needed=True),
    Column("price_cny", "单价（元）", "price", is_needed=True),
    Column("is_part", "是否配件", "part"),
    Column("has_night_price", "夜间加价", "night price"),
    Column("name_en", "项目英文名", "item in english"),
    Column("unit_en", "单位英文名", "unit in english"),
)
TEXTS: Mapping[str, int] = {
    "code": 20,
    "name_zh": 80,
    "unit_zh": 10,
    "name_en": 120,
    "unit_en": 20,
}
YES = frozenset({"是", "yes", "y", "1", "true", "√"})
NO = frozenset({"否", "no", "n", "0", "false", ""})


@dataclass(frozen=True, slots=True)
class Judged:
    """Items that may be written, and the lines that may not."""

    good: list[PriceIn]
    bad: list[Line]


def judge(name: str, content: bytes) -> Judged:
    """Read a file and judge each line.

    Raises
    ------
    Invalid
        The file as a whole cannot be used: ``registry.file.*``, or ``rescue.keep.columns`` when a
        needed column is missing.
    """
    table = registry.read_table(name, content)
    places = _places(table.headings)
    seen: set[str] = set()
    good: list[PriceIn] = []
    bad: list[Line] = []
    for row in table.rows:
        values = {c: registry.plain(row.cells[i]).strip() for c, i in places.items()}
        line = Line(row.number, [registry.plain(c)[:40] for c in row.cells], values)
        made = _item(line, seen)
        if line.faults or made is None:
            bad.append(line)
        else:
            good.append(made)
    return Judged(good, bad)


def _places(headings: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, heading in enumerate(headings):
        told = heading.strip().strip("*").lower()
        for column in COLUMNS:
            if told in (column.name, column.zh, column.en):
                found.setdefault(column.name, index)
    missing = [c.zh for c in COLUMNS if c.is_needed and c.name not in found]
    if missing:
        raise Invalid("rescue.keep.columns", names="、".join(missing))
    return found


def _item(line: Line, seen: set[str]) -> PriceIn | None:
    texts = {name: _text(line, name, limit) for name, limit in TEXTS.items()}
    if texts["code"] and texts["code"] in seen:
        line.fail("code", "rescue.keep.price_known")
    seen.add(texts["code"])
    told: Any = line.values.get("price_cny", "").replace(",", "").removeprefix("¥")
    try:
        price = money_of(told, "price_cny")
    except Invalid:
        line.fail("price_cny", "rescue.amount")
        return None
    return PriceIn(
        price_cny=price,
        is_part=_is_yes(line, "is_part", usual=False),
        has_night_price=_is_yes(line, "has_night_price", usual=True),
        **texts,
    )


def _text(line: Line, name: str, limit: int) -> str:
    is_needed = not name.endswith("_en")
    try:
        return clean(line.values.get(name, ""), field=name, limit=limit, is_needed=is_needed)
    except Invalid as problem:
        line.fail(name, (problem.fields or {}).get(name, problem.code), **dict(problem.params))
        return ""


def _is_yes(line: Line, name: str, *, usual: bool) -> bool:
    told = line.values.get(name, "").lower()
    if not told:
        return usual
    if told not in YES | NO:
        line.fail(name, "rescue.keep.yes_no")
    return told in YES
