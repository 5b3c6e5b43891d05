"""How much of a period has run, and what light that gives."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from qiying.engines.worktime._calendar import Calendar
from qiying.engines.worktime._clock import (
    SHANGHAI,
    WorkingDays,
    clock_for,
    excluded_between,
    to_tick,
)
from qiying.engines.worktime._ledger import spans_until
from qiying.engines.worktime._params import DEFAULTS, Params
from qiying.engines.worktime._problem import Kind, Pause, Rule
from qiying.engines.worktime._result import Deadline, Elapsed, Light


def elapsed(
    start_at: datetime,
    end_at: datetime,
    kind: Kind,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    *,
    closes_at_business_end: bool = True,
    zone: tzinfo = SHANGHAI,
) -> Elapsed:
    """Return what has run of a clock of this kind between two moments, gross and net.

    Days are whole: a day has run when it closes, so at ``due_at`` exactly the net amount of the
    deadline has run. Hours are exact to the microsecond; published durations of calls are best
    told in working hours. A pause that is open at ``end_at`` runs until then. A start after the
    end gives zero. Raises ValueError for naive datetimes.
    """
    clock = clock_for(Rule(kind, 1, closes_at_business_end), calendar, zone)
    low = clock.base(to_tick(start_at, clock.zone))
    end = to_tick(end_at, clock.zone)
    high = max(low, clock.passed_at(end))
    # One tick more, so that a day that closes at this very moment inside a pause is excluded.
    spans = spans_until(pauses, end + 1, clock.zone)
    excluded = excluded_between(clock, low, high, spans)
    return Elapsed(clock.amount(high - low), clock.amount(high - low - excluded))


def net_share(
    now: datetime,
    start_at: datetime,
    rule: Rule,
    deadline: Deadline,
    calendar: Calendar,
    *,
    pauses: Sequence[Pause] = (),
    zone: tzinfo = SHANGHAI,
) -> float:
    """Return the share of the net period that has run: 0 at the start, above 1 when overdue."""
    run = elapsed(
        start_at,
        now,
        rule.kind,
        calendar,
        pauses,
        closes_at_business_end=rule.closes_at_business_end,
        zone=zone,
    )
    return run.net / deadline.net


def light(
    now: datetime,
    start_at: datetime,
    rule: Rule,
    deadline: Deadline,
    calendar: Calendar,
    *,
    pauses: Sequence[Pause] = (),
    is_listed: bool = False,
    params: Params = DEFAULTS,
    zone: tzinfo = SHANGHAI,
) -> Light:
    """Return the light of a period that is still open.

    Purple when it is listed for supervision, whatever the clock says; red after ``due_at``, also
    if a pause began later; grey while an excluded pause runs; yellow from ``yellow_share`` of the
    net clock on, or (clocks in days) with no more than ``yellow_working_days`` left; else green.
    """
    if is_listed:
        return "purple"
    if now > deadline.due_at:
        return "red"
    if any(row.is_excluded and row.covers(now) for row in pauses):
        return "grey"
    share = net_share(now, start_at, rule, deadline, calendar, pauses=pauses, zone=zone)
    if share >= params.yellow_share:
        return "yellow"
    is_short = rule.is_in_days and (
        _days_left(now, rule, deadline, calendar, pauses, zone) <= params.yellow_working_days
    )
    return "yellow" if is_short else "green"


def _days_left(
    now: datetime,
    rule: Rule,
    deadline: Deadline,
    calendar: Calendar,
    pauses: Sequence[Pause],
    zone: tzinfo,
) -> int:
    """Count the working days that still close before the deadline, today's among them."""
    clock = WorkingDays(calendar, zone, closes_at_business_end=rule.closes_at_business_end)
    end = to_tick(deadline.due_at, zone)
    low, high = clock.passed_at(to_tick(now, zone)), clock.passed_at(end)
    return high - low - excluded_between(clock, low, high, spans_until(pauses, end + 1, zone))
