"""How the zone's housing estates were handed over: the days of the steps, the five lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np

from qiying.demo.chance import stream
from qiying.demo.geography import Neighbourhood
from qiying.demo.packaged import read_toml
from qiying.demo.story_rhythm import SHANGHAI
from qiying.engines.worktime import Calendar, add_working_days, subtract_working_days
from qiying.slices.mandate import public as mandate

_AT = time(10)
_EVENING = time(17)


@dataclass(frozen=True, slots=True)
class Course:
    """When each step of a hand-over was taken, and how many objects stood on each list."""

    moments: Mapping[str, datetime]
    lists: Mapping[str, int]


def course_of(estate: Neighbourhood, calendar: Calendar, seed: int) -> Course:
    """The course of one estate's hand-over around the day on which it changed hands."""
    plan, chance = read_toml("handovers"), stream(seed, f"handover {estate.code}")
    transfer = estate.handed_over_on
    dual_run_until = mandate.dual_run_until(transfer)
    days = {
        **{
            k: subtract_working_days(transfer, n, calendar)
            for k, n in _drawn(plan, "before", chance)
        },
        "transfer": transfer,
        **{k: add_working_days(transfer, n, calendar) for k, n in _drawn(plan, "after", chance)},
        **{
            k: add_working_days(dual_run_until, n, calendar)
            for k, n in _drawn(plan, "after_dual_run", chance)
        },
    }
    lists = {name: _count(row, estate.households, chance) for name, row in plan["lists"].items()}
    return Course({step: _moment(step, day) for step, day in days.items()}, lists)


def _drawn(
    plan: Mapping[str, Any], part: str, chance: np.random.Generator
) -> list[tuple[str, int]]:
    spans = plan[part].items()
    return [(step, int(chance.integers(least, most + 1))) for step, (least, most) in spans]


def _count(row: Mapping[str, Any], households: int, chance: np.random.Generator) -> int:
    least, most = row["base"]
    base = int(chance.integers(least, most + 1))
    return base + round(households / 100 * float(chance.uniform(*row["hundred"])))


def _moment(step: str, day: date) -> datetime:
    """Steps are taken in the morning; keys change hands at the end of the day."""
    return datetime.combine(day, _EVENING if step == "transfer" else _AT, tzinfo=SHANGHAI)
