"""Statutory working days, deadlines, and clocks that pause.

Weekly hours and a list of holidays are not enough for China: shifted holidays make some Saturdays
and Sundays work. A `Calendar` holds both sides of each State Council notice; a deadline is derived
from the start, the rule, the calendar and the ledger of pauses, and can be derived again at any
time with the same result.

>>> from datetime import date, datetime
>>> from qiying.engines.worktime import SHANGHAI, Calendar, Rule, check, due
>>> calendar = Calendar(
...     version="spring festival 2026",
...     rest_days=frozenset(date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23)),
...     work_days=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
...     known_years=frozenset({2026}),
... )
>>> start_at = datetime(2026, 2, 13, 10, 0, tzinfo=SHANGHAI)
>>> five_days = Rule("working_days", 5)
>>> deadline = due(start_at, five_days, calendar)
>>> deadline.due_at.isoformat()
'2026-02-27T17:30:00+08:00'
>>> [(reason.code, dict(reason.numbers)) for reason in deadline.reasons][1:]
[('holidays_skipped', {'days': 6}), ('make_up_days_counted', {'days': 1})]
>>> check(start_at, five_days, calendar, (), deadline)
()
"""

from qiying.engines.worktime._calendar import BusinessHours, Calendar
from qiying.engines.worktime._check import check
from qiying.engines.worktime._clock import SHANGHAI
from qiying.engines.worktime._count import (
    add_working_days,
    subtract_working_days,
    working_days_between,
)
from qiying.engines.worktime._elapsed import elapsed, light, net_share
from qiying.engines.worktime._params import VERSION, Params
from qiying.engines.worktime._problem import KINDS, Kind, Pause, Rule
from qiying.engines.worktime._result import (
    REASON_CODES,
    Deadline,
    Elapsed,
    Light,
    Reason,
    Violation,
)
from qiying.engines.worktime._solve import due

__all__ = [
    "KINDS",
    "REASON_CODES",
    "SHANGHAI",
    "VERSION",
    "BusinessHours",
    "Calendar",
    "Deadline",
    "Elapsed",
    "Kind",
    "Light",
    "Params",
    "Pause",
    "Reason",
    "Rule",
    "Violation",
    "add_working_days",
    "check",
    "due",
    "elapsed",
    "light",
    "net_share",
    "subtract_working_days",
    "working_days_between",
]
