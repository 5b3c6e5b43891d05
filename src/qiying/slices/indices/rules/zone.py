"""The zone's own board: which lines it has, what each period is compared with, when a light is on.

A value stands for January to a month of its year (a flow, added up since January) or for the end of
that month (a level). A whole year is its month 12.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

WHOLE_YEAR = 12
POINTS = "%"
"""Values of this unit are compared by points, all others by growth."""
NEAR_POINTS, NEAR_SHARE = 2.0, 0.95
"""How far below its target a value is still near it: points of growth, or share of what is due."""
SHOWN = 1
"""Decimals of growth that are shown: what reads as reached counts as reached."""
LARGEST_TARGET = 1e9


class Group(StrEnum):
    OUTPUT = "output"
    RESULT = "result"
    INNOVATION = "innovation"
    GREEN = "green"
    SERVICE = "service"


class Nature(StrEnum):
    FLOW = "flow"
    """Added up since January."""
    LEVEL = "level"
    """As it stands at the end of the period."""


class Basis(StrEnum):
    """What a target says."""

    VALUE = "value"
    """The value of the whole year."""
    GROWTH = "growth"
    """Growth on the year before, in per cent; points for shares."""


class Light(StrEnum):
    MET = "met"
    NEAR = "near"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A line of the board. ``key`` begins with the code of its indicator in the dictionary, if any.

    Where an indicator has several parts, each line has a name and unit of its own; else those of the
    dictionary hold. ``live`` names slice and figure of a line that is counted from records.
    """

    key: str
    group: Group
    nature: Nature
    name: str = ""
    name_en: str = ""
    unit: str = ""
    unit_en: str = ""
    live: str = ""
    decimals: int = 2
    polarity: int = 1

    @property
    def code(self) -> str:
        """Code of the indicator in the dictionary."""
        return self.key.partition(".")[0]


def _part(key: str, name: str, name_en: str) -> BoardLine:
    unit = ("亿元", "100 million yuan")
    return BoardLine(key, Group.RESULT, Nature.FLOW, name, name_en, *unit)


def _live(key: str, live: str, name: str, name_en: str) -> BoardLine:
    return BoardLine(key, Group.SERVICE, Nature.LEVEL, name, name_en, "%", "%", live, 1)


LINES = (
    BoardLine("E01", Group.OUTPUT, Nature.FLOW),
    BoardLine("E02", Group.OUTPUT, Nature.FLOW),
    BoardLine("E03", Group.OUTPUT, Nature.FLOW),
    BoardLine("E05", Group.OUTPUT, Nature.FLOW),
    BoardLine("E06", Group.OUTPUT, Nature.FLOW),
    BoardLine("E22", Group.OUTPUT, Nature.FLOW),
    BoardLine("E21", Group.OUTPUT, Nature.FLOW, decimals=0),
    BoardLine("E24", Group.OUTPUT, Nature.FLOW),
    _part("E08.revenue", "营业收入", "revenue"),
    _part("E08.profit", "利润总额", "total profit"),
    _part("E09.tax", "税收收入", "tax collected"),
    _part("E09.budget", "一般公共预算收入", "general public budget revenue"),
    BoardLine("E10", Group.RESULT, Nature.LEVEL),
    BoardLine("E11", Group.RESULT, Nature.LEVEL, decimals=1),
    BoardLine("E12", Group.RESULT, Nature.LEVEL, decimals=1),
    BoardLine("E16", Group.INNOVATION, Nature.LEVEL),
    BoardLine("E17", Group.INNOVATION, Nature.LEVEL, decimals=1),
    BoardLine("E18", Group.INNOVATION, Nature.LEVEL, decimals=1),
    BoardLine("E20", Group.INNOVATION, Nature.FLOW, decimals=0),
    BoardLine("E13", Group.GREEN, Nature.LEVEL, polarity=-1),
    BoardLine("E15", Group.GREEN, Nature.LEVEL, decimals=1, polarity=-1),
    BoardLine(
        "E37.reclaimed", Group.GREEN, Nature.LEVEL, "再生水利用率", "reclaimed water", "%", "%", "", 1
    ),
    _live("E28.declared", "calls.A09", "诉求办结率（申报）", "calls closed, as declared"),
    _live("E28.verified", "calls.A09.verified", "诉求办结率（核验）", "calls closed, as verified"),
    _live("rescue.answer", "rescue.A19", "工业120两小时响应率", "Industry 120 answered in 2 hours"),
    _live("rescue.repaired", "rescue.A18.success", "工业120修复率", "Industry 120: repaired"),
    _live("E42.on_time", "council.E42.on_time", "议事会按期答复率", "council: answered on time"),
    _live("E42.satisfied", "council.E42.satisfied", "议事会满意率", "council: content"),
    _live("E43", "mediation.A26.settled", "园内化解率", "disputes settled in the zone"),
    BoardLine("E41", Group.SERVICE, Nature.LEVEL, polarity=-1),
)  # fmt: skip
BY_KEY: Mapping[str, BoardLine] = {line.key: line for line in LINES}
KEPT = tuple(line for line in LINES if not line.live)
"""Lines whose values are brought in; the others are counted."""

Period = tuple[int, int]
"""Year and month to which a value runs."""


def change(value: float, before: float | None, unit: str) -> float | None:
    """Against the same period of the year before: per cent, or points where both are shares.

    None without a value to compare with, or where growth has no sense (nothing, or less, before).
    """
    if before is None:
        return None
    if unit == POINTS:
        return value - before
    return 100.0 * (value / before - 1.0) if before > 0 else None


def due(line: BoardLine, target: float, month: int) -> float:
    """What of a year's value is due by the end of a month: a flow is expected to run evenly."""
    return target * month / WHOLE_YEAR if line.nature is Nature.FLOW else target


def light(
    line: BoardLine,
    basis: Basis,
    target: float,
    *,
    value: float,
    changed: float | None,
    month: int,
) -> Light | None:
    """How a value stands to its target; None where the target cannot be judged yet.

    A target of growth is met from its own per cent on, and nearly met down to two points below; of a
    value, what is due by the month counts, and nineteen twentieths of it are near. For what should
    be small both are turned round.
    """
    if basis is Basis.GROWTH:
        if changed is None:
            return None
        short = line.polarity * (target - round(changed, SHOWN))
        return _light(short <= 0, short <= NEAR_POINTS)
    aim = due(line, target, month)
    if line.polarity > 0:
        return _light(value >= aim, value >= NEAR_SHARE * aim)
    return _light(value <= aim, NEAR_SHARE * value <= aim)


def _light(is_met: bool, is_near: bool) -> Light:  # noqa: FBT001 - two answers of one question
    if is_met:
        return Light.MET
    return Light.NEAR if is_near else Light.BEHIND


def shown_at(values: Iterable[Period], asked: Period) -> Period | None:
    """The last period of a line that does not lie after the one asked for."""
    return max((p for p in values if p <= asked), default=None)


@dataclass(frozen=True, slots=True)
class ThreeYears:
    """Growth of a flow over three years in per cent, and the sum of another in these years."""

    first: int
    last: int
    growth: float
    total: float


def three_years(
    output: Mapping[Period, float], invested: Mapping[Period, float]
) -> ThreeYears | None:
    """Output of the last whole year against three years before, and investment of the three years.

    >>> out = {(2022, 12): 100.0, (2025, 12): 161.4}
    >>> three_years(out, {(y, 12): 52.0 for y in (2023, 2024, 2025)})
    ThreeYears(first=2023, last=2025, growth=61.4, total=156.0)
    """
    last = max((year for year, month in output if month == WHOLE_YEAR), default=None)
    if last is None:
        return None
    base = output.get((last - 3, WHOLE_YEAR), 0.0)
    sums = [invested.get((year, WHOLE_YEAR)) for year in range(last - 2, last + 1)]
    if base <= 0 or any(s is None for s in sums):
        return None
    growth = round(100.0 * (output[last, WHOLE_YEAR] / base - 1.0), 6)
    return ThreeYears(last - 2, last, growth, sum(s for s in sums if s is not None))
