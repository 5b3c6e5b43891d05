"""Reading the lines of a file: each value checked, every fault kept with its place and reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qiying.kernel.access import Actor, system
from qiying.kernel.errors import Invalid
from qiying.slices.calls import public as calls
from qiying.slices.channels.rules.codes import BatchKind, RowOutcome
from qiying.slices.channels.rules.columns import (
    COLUMNS,
    MOST_LINES,
    Column,
    columns_of,
    missing,
    moment,
)
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

URGENCIES = {"": "normal", "normal": "normal", "urgent": "urgent", "danger": "danger"}
URGENCIES |= {"一般": "normal", "普通": "normal", "紧急": "urgent", "险情": "danger"}

CHANNELS = {
    "线上": "online",
    "网上": "online",
    "代报": "on_behalf",
    "电话": "phone",
    "窗口": "window",
    "走访": "visit",
    "上门": "visit",
    "12345": "hotline",
    "12345热线": "hotline",
    "接口": "api",
    "代表委员": "deputies",
    "代表": "deputies",
    "委员": "deputies",
    "领导交办": "leaders",
    "批量": "batch",
    "批量导入": "batch",
    "邮件": "email",
}
"""How people write channels, besides the codes and the words of the pages."""


@dataclass(slots=True)
class Line:
    """One line: where it stands, what it says, what it means, what is wrong, what it will be."""

    number: int
    original: list[str]
    clean: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    outcome: str = RowOutcome.NEW

    def fail(self, column: str, code: str, **params: Any) -> None:
        self.errors.append({"column": column, "code": code, "params": params})
        self.outcome = RowOutcome.FAILED


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read."""

    kind: str
    file_name: str
    headings: tuple[str, ...]
    ignored: tuple[str, ...]
    lines: list[Line]


def read_file(kind: str, *, file_name: str, content: bytes) -> Reading:
    """Read CSV or XLSX; needs no database.

    Raises
    ------
    Invalid
        When the file as a whole cannot be used (``registry.file.*``, ``channels.file_lines``).
    """
    if kind not in set(BatchKind):
        raise Invalid("input.invalid", {"kind": "input.choice"})
    table = registry.read_table(file_name, content)
    places, ignored = columns_of(kind, table.headings)
    absent = missing(kind, places)
    if absent:
        names = " / ".join(f"{c.zh} ({c.en})" for c in absent)
        raise Invalid("registry.file.headings", names=names)
    if len(table.rows) > MOST_LINES:
        raise Invalid("channels.file_lines", limit=MOST_LINES)
    lines = [_line(row.number, row.cells, places) for row in table.rows]
    _refuse_repeats(lines, "order_number" if kind == BatchKind.ORDERS else "reference")
    return Reading(kind, file_name[-200:], table.headings, tuple(ignored), lines)


def _line(number: int, cells: Sequence[Any], places: Mapping[int, Column]) -> Line:
    line = Line(number, [registry.plain(cell)[:2000] for cell in cells])
    for place, column in places.items():
        text = registry.plain(cells[place])
        if not text:
            if column.is_required:
                line.fail(column.name, "input.required")
            continue
        _read(line, column, text)
    if ("longitude" in line.clean) != ("latitude" in line.clean):
        line.fail("latitude" if "longitude" in line.clean else "longitude", "input.required")
    if "due_at" in line.clean and line.clean["due_at"] <= line.clean.get("issued_at", ""):
        line.fail("due_at", "channels.before_issue")
    return line


def _read(line: Line, column: Column, text: str) -> None:
    try:
        if column.reads == "moment":
            line.clean[column.name] = moment(text).isoformat()
        elif column.reads in {"longitude", "latitude"}:
            line.clean[column.name] = _degrees(text, 180 if column.reads == "longitude" else 90)
        elif len(text) > column.most:
            line.fail(column.name, "input.too_long", limit=column.most)
        elif any(ord(c) < 32 and c not in "\n\t" for c in text):
            line.fail(column.name, "input.control")
        else:
            line.clean[column.name] = text
    except ValueError:
        line.fail(column.name, "input.date" if column.reads == "moment" else "input.number")


def _degrees(text: str, limit: int) -> float:
    value = float(text)
    if not -limit <= value <= limit:
        raise ValueError(text)
    return value


def _refuse_repeats(lines: Sequence[Line], name: str) -> None:
    first: dict[str, int] = {}
    for line in lines:
        key = line.clean.get(name)
        if not key:
            continue
        if key in first:
            line.fail(name, "channels.line_repeated", number=first[key])
        else:
            first[key] = line.number


def judge(
    actor: Actor, lines: Sequence[Line], known: frozenset[str], *, kind: str, on: Any
) -> None:
    """Check lines against the zone: firms, matters, channels, and what was written before."""
    matters = {m.code for m in mandate.matters(actor, on)}
    channels = _channels()
    firms = _firms(actor, lines)
    for line in lines:
        if line.errors:
            continue
        key = line.clean.get("order_number" if kind == BatchKind.ORDERS else "reference", "")
        line.outcome = RowOutcome.UNCHANGED if key and key in known else RowOutcome.NEW
        code = line.clean.get("credit_code", "").upper()
        if code and code not in firms:
            line.fail("credit_code", "channels.firm_unknown")
        if line.clean.get("matter_code") and line.clean["matter_code"] not in matters:
            line.fail("matter_code", "channels.matter_unknown")
        _judge_code(line, "channel", channels)
        _judge_code(line, "urgency", URGENCIES)


def _judge_code(line: Line, name: str, words: Mapping[str, str]) -> None:
    given = str(line.clean.get(name, "")).lower()
    if not given:
        return
    if given not in words:
        line.fail(name, "input.choice")
    else:
        line.clean[name] = words[given]


def _channels() -> dict[str, str]:
    found = {str(code): str(code) for code in calls.Channel} | CHANNELS
    return found | {
        str(label).lower(): str(code) for code, label in calls.channel_labels().items()
    }


def _firms(actor: Actor, lines: Sequence[Line]) -> set[str]:
    """The credit codes among those named that the zone knows."""
    wanted = {str(line.clean.get("credit_code", "")).upper() for line in lines} - {""}
    platform = system(actor.tenant_id)
    return {
        code
        for code in wanted
        if any(f.credit_code == code for f in registry.search_enterprises(platform, code, 2))
    }


def names_of(kind: str, *, is_chinese: bool) -> dict[str, str]:
    """Headings of a kind by the names of values."""
    return {c.name: c.zh if is_chinese else c.en for c in COLUMNS[kind]}
