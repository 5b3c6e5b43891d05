"""What is left of a promise in working days, for clocks that count them."""

from datetime import datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext, ngettext

from qiying.engines.worktime import Calendar, elapsed
from qiying.slices.calls.rules import PAUSED, STOPPED, Clock, Terms

IN_WORKING_DAYS = frozenset({Clock.CALLBACK, Clock.MILESTONE})
"""Clocks that count working days, whatever the round does."""
ONE_DAY = timedelta(days=1)
HOUR = 3_600_000_000
"""Microseconds: how a calendar tells the length of its working day."""


class Timed(Protocol):
    """A call, or a row of the desk with its clocks."""

    @property
    def state(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def clock(self) -> str: ...
    @property
    def step_clock(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def step_due_at(self) -> datetime | None: ...


def working_days(
    call: Timed,
    rule_kind: str,
    calendar: Calendar,
    now: datetime,
    *,
    due_at: datetime | None = None,
) -> float | None:
    """Working days until the promise that runs, below nought when it ran out.

    ``due_at`` for a part of the call with a time of its own.

    None for clocks in hours or calendar days, and where the clock stands still.
    """
    counts = call.clock in IN_WORKING_DAYS or rule_kind == "working_days"
    if call.state in PAUSED or call.state in STOPPED or not counts:
        return None
    return _between(now, due_at or call.due_at, calendar)


def step_days(call: Timed, calendar: Calendar, terms: Terms, now: datetime) -> float | None:
    """As ``working_days``, for the next step indoors."""
    rule = terms.find(call.step_clock, call.urgency)
    if rule is None or rule.kind != "working_days" or call.step_due_at is None:
        return None
    return _between(now, call.step_due_at, calendar)


def _between(now: datetime, due_at: datetime, calendar: Calendar) -> float:
    first, last = sorted((now, due_at))
    days = elapsed(first, last, "working_hours", calendar).net / (calendar.hours.length / HOUR)
    return days if now <= due_at else -days


def in_words(days: float | None) -> str:
    """``3 working days left``; "" where working days are not counted."""
    if days is None:
        return ""
    words = gettext("%(n)s working days left") if days >= 0 else gettext("%(n)s working days over")
    return words % {"n": amount(abs(days))}


def in_short(days: float | None, *, due_at: datetime, now: datetime) -> str:
    """As a list shows it; "" near the promise, where the hours that run say more.

    Over a weekend a promise can be days over and no working day: then the limit is just over.
    """
    if days is None or (abs(days) < 1 and abs(now - due_at) < ONE_DAY):
        return ""
    said = amount(abs(days))
    if said == "0":
        return "" if days > 0 else gettext("Just over")
    count = 1 if said == "1" else 2
    if days >= 0:
        return ngettext("%(n)s workday", "%(n)s workdays", count) % {"n": said}
    return ngettext("Over %(n)s workday", "Over %(n)s workdays", count) % {"n": said}


def amount(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
