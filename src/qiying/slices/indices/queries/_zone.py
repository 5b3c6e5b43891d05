"""The zone's own board: each line with its value, what it was a year before, and its target."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.people import SHANGHAI
from qiying.slices.indices.models import Indicator, ZoneTarget, ZoneValue
from qiying.slices.indices.queries._zone_live import count
from qiying.slices.indices.rules.zone import (
    BY_KEY,
    KEPT,
    LINES,
    WHOLE_YEAR,
    Basis,
    BoardLine,
    Light,
    Period,
    ThreeYears,
    change,
    due,
    light,
    shown_at,
    three_years,
)

OUTPUT, INVESTED = "E01", "E05"
Values = Mapping[str, Mapping[Period, ZoneValue]]


@dataclass(frozen=True, slots=True)
class ZoneStanding:
    """A line of the board in one period.

    ``period`` is the period of the value, which may lie before the one asked for; ``until`` the day
    (exclusive) to which a counted line was counted. ``trend`` are the same months of earlier years,
    the oldest first, the value itself last.
    """

    line: BoardLine
    indicator: Indicator | None
    value: float | None
    period: Period | None
    until: date | None
    changed: float | None
    target: ZoneTarget | None
    due: float | None
    light: Light | None
    trend: tuple[float, ...]

    @property
    def unit(self) -> str:
        return self.line.unit or (self.indicator.unit if self.indicator else "")


@dataclass(frozen=True, slots=True)
class Board:
    """All lines in one period, the periods that have values, and the three years behind."""

    period: Period
    periods: tuple[Period, ...]
    standings: tuple[ZoneStanding, ...]
    three_years: ThreeYears | None


def board(actor: Actor, asked: Period | None = None, *, now: datetime) -> Board:
    """The board of a period; of the last one with a value if none is asked for.

    Six queries for what was brought in, and what the counted lines need of their own.
    """
    values, targets = _values(actor), _targets(actor)
    indicators = _indicators(actor)
    periods = sorted({p for rows in values.values() for p in rows}, reverse=True)
    period = asked or (periods[0] if periods else _today(now))
    counted = count(actor, LINES, period, now=now)
    before = count(actor, LINES, (period[0] - 1, period[1]), now=now)
    standings = []
    for line in LINES:
        target = targets.get((line.key, period[0]))
        indicator = indicators.get(line.code)
        if line.live:
            earlier = before.get(line.key)
            standings.append(
                _counted(line, indicator, target, counted.get(line.key), earlier, period)
            )
        else:
            rows = values.get(line.key, {})
            standings.append(_brought(line, indicator, targets, rows, period))
    return Board(period, tuple(periods), tuple(standings), _three(values))


def _today(now: datetime) -> Period:
    day = now.astimezone(SHANGHAI)
    return day.year, day.month


def _values(actor: Actor, line: str = "") -> Values:
    rows = ZoneValue.objects.visible_to(actor).filter(is_current=True)
    rows = rows.filter(line=line) if line else rows
    found: dict[str, dict[Period, ZoneValue]] = {}
    for row in rows.select_related("delivery"):
        found.setdefault(row.line, {})[row.year, row.month] = row
    return found


def _targets(actor: Actor) -> dict[tuple[str, int], ZoneTarget]:
    rows = ZoneTarget.objects.visible_to(actor).filter(is_current=True)
    return {(row.line, row.year): row for row in rows.select_related("set_by")}


def _indicators(actor: Actor) -> dict[str, Indicator]:
    codes = {line.code for line in LINES}
    rows = Indicator.objects.visible_to(actor).filter(is_current=True, code__in=codes)
    return {row.code: row for row in rows}


def _brought(
    line: BoardLine,
    indicator: Indicator | None,
    targets: Mapping[tuple[str, int], ZoneTarget],
    rows: Mapping[Period, ZoneValue],
    period: Period,
) -> ZoneStanding:
    at = shown_at(rows, period)
    unit = line.unit or (indicator.unit if indicator else "")
    target = targets.get((line.key, period[0]))
    if at is None:
        return ZoneStanding(line, indicator, None, None, None, None, target, None, None, ())
    value = rows[at].value
    earlier = rows.get((at[0] - 1, at[1]))
    changed = change(value, earlier.value if earlier else None, unit)
    same = tuple(rows[p].value for p in sorted(rows) if p[1] == at[1] and p <= at)
    return ZoneStanding(
        line,
        indicator,
        value,
        at,
        None,
        changed,
        target,
        _due(line, target, period[1]),
        _light(line, target, value, changed, at[1]) if at[0] == period[0] else None,
        same[-6:],
    )


def _counted(
    line: BoardLine,
    indicator: Indicator | None,
    target: ZoneTarget | None,
    now: tuple[float, date] | None,
    before: tuple[float, date] | None,
    period: Period,
) -> ZoneStanding:
    if now is None:
        return ZoneStanding(line, indicator, None, None, None, None, target, None, None, ())
    value, until = now
    changed = change(value, before[0] if before else None, line.unit)
    trend = (before[0], value) if before else (value,)
    return ZoneStanding(
        line,
        indicator,
        value,
        period,
        until,
        changed,
        target,
        _due(line, target, period[1]),
        _light(line, target, value, changed, period[1]),
        trend,
    )


def _due(line: BoardLine, target: ZoneTarget | None, month: int) -> float | None:
    if target is None or target.basis != Basis.VALUE:
        return None
    return due(line, target.value, month)


def _light(
    line: BoardLine, target: ZoneTarget | None, value: float, changed: float | None, month: int
) -> Light | None:
    if target is None:
        return None
    basis = Basis(target.basis)
    return light(line, basis, target.value, value=value, changed=changed, month=month)


def _three(values: Values) -> ThreeYears | None:
    output, invested = (
        {p: row.value for p, row in values.get(key, {}).items()} for key in (OUTPUT, INVESTED)
    )
    return three_years(output, invested)


def zone_three_years(actor: Actor) -> ThreeYears | None:
    """A23: output over three years and what was invested in them."""
    rows = ZoneValue.objects.visible_to(actor).filter(
        is_current=True, line__in=(OUTPUT, INVESTED), month=WHOLE_YEAR
    )
    found: dict[str, dict[Period, float]] = {OUTPUT: {}, INVESTED: {}}
    for line, year, value in rows.values_list("line", "year", "value"):
        found[line][year, WHOLE_YEAR] = value
    return three_years(found[OUTPUT], found[INVESTED])


@dataclass(frozen=True, slots=True)
class LineRecord:
    """Everything that was brought in for a line, the latest period first, and all its targets."""

    line: BoardLine
    indicator: Indicator | None
    values: tuple[tuple[ZoneValue, float | None], ...]
    """Each with its change on the same period of the year before."""
    targets: tuple[ZoneTarget, ...]

    @property
    def unit(self) -> str:
        return self.line.unit or (self.indicator.unit if self.indicator else "")


def line_record(actor: Actor, key: str) -> LineRecord:
    """One line of the board with its records.

    Raises
    ------
    NotFound
        The board has no such line.
    """
    line = BY_KEY.get(key)
    if line is None:
        raise NotFound("not_found")
    indicator = _indicators(actor).get(line.code)
    unit = line.unit or (indicator.unit if indicator else "")
    rows = _values(actor, key).get(key, {})
    values = []
    for at in sorted(rows, reverse=True):
        earlier = rows.get((at[0] - 1, at[1]))
        values.append((rows[at], change(rows[at].value, earlier.value if earlier else None, unit)))
    targets = ZoneTarget.objects.visible_to(actor).filter(line=key).select_related("set_by")
    return LineRecord(
        line, indicator, tuple(values), tuple(targets.order_by("-year", "-set_at", "-id"))
    )


def zone_words(actor: Actor) -> dict[str, str]:
    """What a column of a table may be called: key, code or name of a line that is brought in."""
    found: dict[str, str] = {}
    indicators = _indicators(actor)
    for line in KEPT:
        indicator = indicators.get(line.code)
        if indicator is None:
            continue
        names = (line.name, line.name_en) if line.name else (indicator.name, indicator.name_en)
        for word in (line.key, *names):
            if word:
                found.setdefault(word, line.key)
    return found
