"""A table of machines, read and judged line by line; nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.words import clean
from qiying.slices.registry import public as registry
from qiying.slices.rescue.models import Equipment, EquipmentClass, labels
from qiying.slices.rescue.operations._machines import MOST_LOSS, OLDEST, TEXTS
from qiying.slices.rescue.operations.bring_in import MachineIn
from qiying.slices.rescue.rules import Criticality

Fault = tuple[str, str, dict[str, Any] | None]
"""Column, code of the sentence, its numbers."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its names in both languages."""

    name: str
    zh: str
    en: str
    is_needed: bool = False


COLUMNS = (
    Column("firm", "企业", "firm", is_needed=True),
    Column("kind", "设备类别", "class", is_needed=True),
    Column("name", "设备名称", "name", is_needed=True),
    Column("place", "安装位置", "place"),
    Column("line", "产线", "line"),
    Column("maker", "制造单位", "maker"),
    Column("model", "型号", "model"),
    Column("serial", "出厂编号", "serial number"),
    Column("made_in", "制造年份", "year of manufacture"),
    Column("criticality", "故障影响", "when it fails"),
    Column("loss_per_hour_cny", "每小时停机损失（元）", "loss an hour"),
    Column("special_number", "特种设备登记编号", "registration number"),
    Column("longitude", "经度", "longitude"),
    Column("latitude", "纬度", "latitude"),
)


@dataclass(slots=True)
class Line:
    """A line of the file: where it stands, what it held, what is wrong."""

    number: int
    cells: list[str]
    values: dict[str, str]
    faults: list[Fault] = field(default_factory=list)

    def fail(self, column: str, code: str, **params: Any) -> None:
        self.faults.append((column, code, params or None))


@dataclass(frozen=True, slots=True)
class Judged:
    """Machines that may be written, and the lines that may not."""

    good: list[MachineIn]
    bad: list[Line]


@dataclass(frozen=True, slots=True)
class _Known:
    firms: Mapping[str, int]
    kinds: Mapping[str, str]
    criticality: Mapping[str, str]
    specials: frozenset[str]
    serials: frozenset[tuple[int, str]]


def judge(actor: Actor, name: str, content: bytes, *, now: datetime) -> Judged:
    """Read a file and judge each line against the register.

    Raises
    ------
    Invalid
        The file as a whole cannot be used: ``registry.file.*``, or ``rescue.keep.columns`` when a
        needed column is missing.
    """
    table = registry.read_table(name, content)
    places = _places(table.headings)
    known = _known(actor)
    seen: set[str] = set()
    good: list[MachineIn] = []
    bad: list[Line] = []
    for row in table.rows:
        values = {c: registry.plain(row.cells[i]).strip() for c, i in places.items()}
        line = Line(row.number, [registry.plain(c)[:40] for c in row.cells], values)
        made = _machine(line, known, seen, now)
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


def _known(actor: Actor) -> _Known:
    firms: dict[str, int] = {}
    for firm in registry.identities(actor).firms:
        for told in (firm.credit_code, *firm.names):
            if told:
                firms[told] = firm.id
    kinds: dict[str, str] = {}
    for kind in EquipmentClass.objects.visible_to(actor):
        kinds |= dict.fromkeys((kind.code, kind.name_zh, kind.name_en.lower()), kind.code)
    words = {str(word): str(code) for code, word in labels.CRITICALITIES.items()}
    rows = Equipment.objects.filter(tenant_id=actor.tenant_id)
    numbers = rows.exclude(special_number="").values_list("special_number", flat=True)
    serials = rows.exclude(serial="").values_list("enterprise_id", "serial")
    return _Known(
        firms,
        kinds,
        {**words, **{str(c): str(c) for c in Criticality}},
        frozenset(numbers),
        frozenset(serials),
    )


def _machine(line: Line, known: _Known, seen: set[str], now: datetime) -> MachineIn | None:
    texts = {name: _text(line, name, limit) for name, limit in TEXTS.items()}
    firm = known.firms.get(line.values.get("firm", ""))
    if firm is None:
        line.fail("firm", "rescue.keep.firm")
    kind = _kind(line, known)
    criticality = _criticality(line, known)
    _once(line, known, seen, firm, texts)
    longitude, latitude = _degrees(line, "longitude", 180), _degrees(line, "latitude", 90)
    if (longitude is None) != (latitude is None):
        line.fail("longitude", "rescue.keep.place")
    made_in, loss = _year(line, now), _loss(line)
    if firm is None or line.faults:
        return None
    return MachineIn(
        enterprise_id=firm,
        kind_code=kind,
        made_in=made_in,
        criticality=criticality,
        loss_per_hour_cny=loss,
        longitude=longitude,
        latitude=latitude,
        **texts,
    )


def _text(line: Line, name: str, limit: int) -> str:
    try:
        return clean(line.values.get(name, ""), field=name, limit=limit, is_needed=name == "name")
    except Invalid as problem:
        line.fail(name, (problem.fields or {}).get(name, problem.code), **dict(problem.params))
        return ""


def _kind(line: Line, known: _Known) -> str:
    told = line.values.get("kind", "")
    found = known.kinds.get(told) or known.kinds.get(told.lower())
    if found is None:
        line.fail("kind", "rescue.keep.kind")
    return found or ""


def _criticality(line: Line, known: _Known) -> str:
    told = line.values.get("criticality", "")
    if not told:
        return Criticality.SLOWS_LINE.value
    if told not in known.criticality:
        line.fail("criticality", "input.choice")
    return known.criticality.get(told, "")


def _once(
    line: Line, known: _Known, seen: set[str], firm: int | None, texts: Mapping[str, str]
) -> None:
    """The same machine is not written twice, nor twice within one file."""
    keys = []
    if texts["special_number"]:
        keys.append(f"number {texts['special_number']}")
    if firm is not None and texts["serial"]:
        keys.append(f"serial {firm} {texts['serial']}")
    is_kept = texts["special_number"] in known.specials or (firm, texts["serial"]) in known.serials
    if is_kept or any(key in seen for key in keys):
        line.fail("serial", "rescue.keep.known")
    seen.update(keys)


def _degrees(line: Line, name: str, most: int) -> float | None:
    told = line.values.get(name, "")
    if not told:
        return None
    try:
        found = float(told)
    except ValueError:
        found = float("nan")
    if not -most <= found <= most:
        line.fail(name, "input.number")
        return None
    return found


def _year(line: Line, now: datetime) -> int | None:
    told = line.values.get("made_in", "").removesuffix("年").removesuffix(".0")
    if not told:
        return None
    year = int(told) if told.isascii() and told.isdigit() and len(told) == 4 else 0
    if not OLDEST <= year <= now.year + 1:
        line.fail("made_in", "rescue.range", least=OLDEST, most=now.year + 1)
        return None
    return year


def _loss(line: Line) -> Decimal:
    told = line.values.get("loss_per_hour_cny", "").replace(",", "")
    try:
        found = Decimal(told or "0")
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= MOST_LOSS:
        line.fail("loss_per_hour_cny", "rescue.amount")
        return Decimal(0)
    return found.quantize(Decimal("0.01"))
