"""When calls come in: the days of two years, the hours of a day, the seasons of a matter."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from qiying.demo.packaged import read_toml
from qiying.demo.story_texts import Matter, matters

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: From this day every answer is called back and every unit's rates are shown.
CALL_REFORM_ON = date(2025, 6, 1)
#: Firms called less while little came of it.
_BEFORE, _AFTER_FROM, _AFTER_TO = 0.68, 0.90, 1.15


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Shares by month, weekday and hour, and the days off."""

    seasons: dict[str, tuple[float, ...]]
    week: tuple[float, ...]
    office: tuple[float, ...]
    any: tuple[float, ...]
    days_off: frozenset[date]
    holiday_share: float


@cache
def rhythm() -> Rhythm:
    """The rhythm as packaged."""
    raw: dict[str, Any] = read_toml("rhythm")
    off = {
        first + timedelta(days=day)
        for first, last in raw["holidays"]["spans"]
        for day in range((last - first).days + 1)
    }
    return Rhythm(
        seasons={name: tuple(shares) for name, shares in raw["seasons"].items()},
        week=tuple(raw["week"]["days"]),
        office=tuple(raw["week"]["office"]),
        any=tuple(raw["week"]["any"]),
        days_off=frozenset(off),
        holiday_share=float(raw["holidays"]["share"]),
    )


def is_working_day(day: date) -> bool:
    """Whether offices are open, as far as callers expect it (make-up days aside)."""
    return day.weekday() < 5 and day not in rhythm().days_off


def call_days(
    since: date, until: date, count: int, chance: np.random.Generator
) -> tuple[date, ...]:
    """`count` days in order, from `since` up to but not including `until`."""
    days = [since + timedelta(days=offset) for offset in range((until - since).days)]
    shares = np.array([_share(day, until) for day in days])
    counts = chance.multinomial(count, shares / shares.sum())
    return tuple(day for day, times in zip(days, counts, strict=True) for _ in range(int(times)))


def _share(day: date, until: date) -> float:
    drawn = rhythm()
    if day < CALL_REFORM_ON:
        level = _BEFORE
    else:
        grown = (day - CALL_REFORM_ON).days / max(1, (until - CALL_REFORM_ON).days)
        level = _AFTER_FROM + (_AFTER_TO - _AFTER_FROM) * grown
    rest = drawn.holiday_share if day in drawn.days_off else 1.0
    return level * rest * drawn.week[day.weekday()]


def draw_matter(day: date, chance: np.random.Generator) -> Matter:
    """A matter of that season."""
    shares = _month_shares(day.month)
    return matters()[int(chance.choice(len(shares), p=shares))]


@cache
def _month_shares(month: int) -> NDArray[np.float64]:
    seasons = rhythm().seasons
    shares: NDArray[np.float64] = np.array(
        [
            matter.weight * seasons[matter.season][month - 1] / np.mean(seasons[matter.season])
            for matter in matters()
        ]
    )
    shares /= shares.sum()
    return shares


def draw_moment(day: date, chance: np.random.Generator, *, in_office: bool) -> datetime:
    """A minute of that day: in office hours or round the clock."""
    shares = np.array(rhythm().office if in_office else rhythm().any, dtype=np.float64)
    hour = int(chance.choice(24, p=shares / shares.sum()))
    minute = int(chance.integers(30, 60)) if in_office and hour == 8 else int(chance.integers(60))
    return datetime.combine(day, time(hour, minute, int(chance.integers(60))), tzinfo=SHANGHAI)
