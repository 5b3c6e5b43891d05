"""When a period ends.

Days: let D be the days after the day of the event (working days, or all days), without those
whose close lies inside an excluded pause. The last day is the N-th of D, N = amount + extension;
for natural days it moves on to the first working day whose close is not paused. The close of a
day is the end of business when the rule closes at business end, else 24:00.

Hours: the earliest moment at which N hours have passed outside excluded pauses, around the clock
or within business hours. What arrives out of business hours so counts from the next opening for
working hours, and at once for hours.

No deadline therefore falls inside an excluded pause, and a pause of k working days moves a
deadline in working days by exactly k of them.

Sources: Civil Code 201 (the day of the event is not counted; hours run from the moment), 203 (last
day on a rest day; end of business); Administrative Licensing Law 82 (periods are working days).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from qiying.engines.worktime._calendar import DAY, MINUTE, Calendar
from qiying.engines.worktime._clock import (
    SHANGHAI,
    Clock,
    NaturalDays,
    Span,
    TimeClock,
    WorkingDays,
    WorkingHours,
    clock_for,
    from_tick,
    to_tick,
)
from qiying.engines.worktime._ledger import Ledger, Running, settle
from qiying.engines.worktime._params import DEFAULTS, Params
from qiying.engines.worktime._problem import Pause, Rule
from qiying.engines.worktime._reasons import Facts, explain
from qiying.engines.worktime._result import Deadline

MIDNIGHT = time.min
ONE_DAY = timedelta(days=1)
NOTHING_PAUSED = Ledger()


@dataclass(slots=True)
class _End:
    """When the last day ends, and what the calendar had to say on the way there.

    ``asked`` are the first and last day looked up (None: the calendar was not needed),
    ``exceptions`` the rest days and make-up days among those that were counted.
    """

    legal_at: datetime
    promised_at: datetime
    due_on: date
    asked: Span | None = None
    exceptions: tuple[int, int] = (0, 0)
    rolled_days: int = 0


@dataclass(slots=True)
class _Derivation:
    """How the end was found: full period, time paused on the clock's scale, pauses it took in."""

    rule: Rule
    extension: float
    end: _End
    ledger: Ledger
    paused: float
    pauses: int
    waited: int


def due(
    start_at: datetime,
    rule: Rule,
    calendar: Calendar,
    *,
    pauses: Sequence[Pause] = (),
    extension: float | None = None,
    params: Params = DEFAULTS,
    zone: tzinfo = SHANGHAI,
) -> Deadline:
    """Return the deadline of a period: derived from its ledger, never edited.

    ``start_at`` is the aware moment of the event, ``pauses`` the ledger in any order,
    ``extension`` an amount in the rule's unit. An open pause is taken to end at its expected end,
    else when the cap on paused days of ``params`` is used up: the deadline stands either way and
    ``paused_until`` says on what it rests. Days begin and end in ``zone``.

    Raises ValueError for naive datetimes and for an extension that is not positive. The model and
    its sources stand at the head of this module.
    """
    full = rule if extension is None else rule.extended_by(extension)
    clock = clock_for(rule, calendar, zone)
    start = to_tick(start_at, clock.zone)
    base, net = clock.base(start), round(full.amount * clock.unit)
    ledger = NOTHING_PAUSED
    if pauses:
        days = WorkingDays(calendar, zone, closes_at_business_end=rule.closes_at_business_end)
        ledger = settle(pauses, start_at, days, clock.zone, params)
    target, used = _stretch(clock, base, net, ledger.spans)
    if isinstance(clock, NaturalDays):
        end = _end_in_days(clock, start // DAY, target, ledger.spans)
    else:
        end = _end_in_hours(clock, start // DAY, target, zone)
    paused = clock.amount(target - base - net)
    found = _Derivation(full, extension or 0, end, ledger, paused, used, clock.wait_after(start))
    return _deadline(found, calendar, params)


def _stretch(clock: Clock, base: int, net: int, spans: Sequence[Span]) -> tuple[int, int]:
    """Return what must have passed at the end, and how many pauses began before it."""
    target = base + net
    for used, (start, end) in enumerate(spans):
        before = max(base, clock.passed(start))
        if target <= before:
            return target, used
        target += max(base, clock.passed(end)) - before
    return target, len(spans)


def _end_in_days(clock: NaturalDays, start: int, target: int, spans: Sequence[Span]) -> _End:
    last = counted = clock.day_of(target)
    is_working = isinstance(clock, WorkingDays)
    if not is_working:
        last = _roll(clock, counted, spans)
    due_on = date.fromordinal(last)
    return _End(
        legal_at=datetime.combine(due_on + ONE_DAY, MIDNIGHT, clock.zone),
        promised_at=datetime.combine(due_on, clock.hours.closing, clock.zone),
        due_on=due_on,
        asked=(start + 1 if is_working else counted, last),
        exceptions=clock.index.exceptions(start, last) if is_working else (0, 0),
        rolled_days=last - counted,
    )


def _roll(clock: NaturalDays, day: int, spans: Sequence[Span]) -> int:
    """Return the first working day from a day on that does not close inside a pause."""
    day = clock.index.on_or_after(day)
    for start, end in spans:
        if start <= day * DAY + clock.close < end:
            day = clock.index.on_or_after(clock.closed_before(end) + 1)
    return day


def _end_in_hours(clock: TimeClock, start: int, target: int, zone: tzinfo) -> _End:
    moment = from_tick(clock.tick_of(target), clock.zone)
    if not isinstance(clock, WorkingHours):
        moment = moment.astimezone(zone)
        return _End(moment, moment, moment.date())
    last = moment.toordinal()
    changes = clock.index.exceptions(start - 1, last)
    return _End(moment, moment, moment.date(), (start, last), changes)


def _deadline(found: _Derivation, calendar: Calendar, params: Params) -> Deadline:
    end, rule = found.end, found.rule
    due_at = end.promised_at if rule.closes_at_business_end else end.legal_at
    running = [row for row in found.ledger.running if row.from_at < due_at]
    unknown = _unknown_years(calendar, end.asked, running)
    facts = Facts(
        waited_minutes=found.waited // MINUTE,
        holidays=end.exceptions[0],
        make_up_days=end.exceptions[1],
        rolled_days=end.rolled_days,
        extension=found.extension,
        paused=found.paused,
        pauses=found.pauses,
        paused_days=found.ledger.paused_days,
        pauses_running=len(running),
        unknown_years=unknown,
    )
    return Deadline(
        due_at=due_at,
        legal_due_at=end.legal_at,
        promised_due_at=end.promised_at,
        due_on=end.due_on,
        is_provisional=bool(unknown),
        unknown_years=unknown,
        paused_until=max((row.until_at for row in running), default=None) if running else None,
        gross=rule.amount + found.paused,
        net=rule.amount,
        reasons=explain(rule, facts, params),
        calendar_version=calendar.version,
    )


def _unknown_years(
    calendar: Calendar, asked: Span | None, running: Sequence[Running]
) -> tuple[int, ...]:
    """Return the years of looked-up days whose notice is missing."""
    years = set[int]()
    if asked:
        years.update(range(_year(asked[0]), _year(asked[1]) + 1))
    for row in running:
        if row.is_by_cap:
            years.update(range(row.from_at.year, row.until_at.year + 1))
    return tuple(sorted(years - calendar.known_years))


def _year(day: int) -> int:
    return date.fromordinal(day).year
