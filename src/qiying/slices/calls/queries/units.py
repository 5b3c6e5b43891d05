"""What units and those above them ask: the parts of a unit, every unit at a glance, months."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import TruncMonth

from qiying.kernel import events, revisions, statements
from qiying.kernel.access import Actor, Role
from qiying.kernel.statements import NOW, START, Statement
from qiying.slices.calls.models import Call, Task
from qiying.slices.calls.queries._dossier import unit_cards
from qiying.slices.calls.queries._figures import Figure
from qiying.slices.calls.queries._filters import CAP, lit, overdue
from qiying.slices.calls.queries._measures import RoundFilters, due_between, measures, midnight
from qiying.slices.calls.queries._tally import tally
from qiying.slices.calls.rules import (
    PAUSED,
    RELAPSE_WITHIN,
    TASK_OPEN,
    WITH_UNIT,
    CallState,
    TaskState,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
TASK_ORDER = ("runs_until", "id")
RUNS = ~Q(call__state__in=sorted(PAUSED))
TREND = ("declared", "verified")


def _after_tomorrow(now: datetime) -> datetime:
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=2)


TASK_TABS: Mapping[str, Callable[[datetime], Q]] = {
    "all": lambda _now: Q(),
    "sign": lambda _now: Q(state=TaskState.SENT),
    "working": lambda _now: Q(state__in=[TaskState.SIGNED, TaskState.REPORTED]),
    "soon": lambda now: RUNS & Q(runs_until__gte=now, runs_until__lt=_after_tomorrow(now)),
    "overdue": lambda now: RUNS & Q(runs_until__lt=now),
}


def own_units(actor: Actor) -> frozenset[int]:
    """The units for which this person works on calls."""
    return actor.units(Role.HANDLER, Role.UNIT_LEADER)


def unit_tasks(actor: Actor, tab: str, *, now: datetime) -> QuerySet[Task]:
    """The open parts of the actor's units; page them with ``TASK_ORDER``."""
    test = TASK_TABS.get(tab, TASK_TABS["all"])
    rows = _open_tasks(actor).filter(test(now))
    near = (
        *("call", "call__enterprise", "call__lead_unit", "unit", "person", "signed_by", "duty"),
    )
    found = rows.select_related(*near).defer("call__text", "call__words")
    return found.annotate(rule_kind=F("round__rule_kind"))


def task_counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many open parts are behind each tab, in one query."""
    counts = {key: Count("id", filter=test(now)) for key, test in TASK_TABS.items()}
    return dict(_open_tasks(actor).order_by().aggregate(**counts))


def tasks_to_sign(actor: Actor) -> QuerySet[Task]:
    """The parts that wait for a signature, up to ``CAP``, to be counted."""
    return _open_tasks(actor).filter(state=TaskState.SENT).order_by()[:CAP]


def _open_tasks(actor: Actor) -> QuerySet[Task]:
    """The lead's part follows the clock of its call: answer, or milestone.

    A lead that disputes the dispatch owes nothing until somebody decides: the first receiver does.
    """
    rows = Task.objects.visible_to(actor).filter(
        unit_id__in=own_units(actor),
        state__in=sorted(TASK_OPEN),
        call__state__in=sorted(WITH_UNIT),
    )
    rows = rows.exclude(is_lead=True, call__state=CallState.DISPUTED)
    return rows.annotate(
        runs_until=Case(When(is_lead=True, then=F("call__due_at")), default=F("due_at"))
    )


@dataclass(frozen=True, slots=True)
class UnitLine:
    """The open calls that a unit leads, by what is wrong with them."""

    unit_id: int
    name: str
    total: int
    red: int
    yellow: int
    unsigned: int
    paused: int


def unit_lines(actor: Actor, *, now: datetime) -> list[UnitLine]:
    """Every unit that has open calls, most red lights first, in one query."""
    rows = Call.objects.visible_to(actor).filter(
        lead_unit__isnull=False, state__in=sorted(WITH_UNIT)
    )
    unsigned = Q(state__in=[CallState.DISPATCHED, CallState.REOPENED])
    counted = (
        rows.order_by()
        .values_list("lead_unit_id")
        .annotate(
            total=Count("id"),
            red=Count("id", filter=overdue(now)),
            yellow=Count("id", filter=lit("yellow", now)),
            unsigned=Count("id", filter=unsigned),
            paused=Count("id", filter=lit("grey", now)),
        )
    )
    cards = unit_cards(actor)
    lines = [UnitLine(pk, cards[pk].name, *numbers) for pk, *numbers in counted if pk in cards]
    return sorted(lines, key=lambda u: (-u.red, -u.yellow, -u.total, u.name))


@dataclass(frozen=True, slots=True)
class Month:
    """The shares of the rounds that were due in one month."""

    start: date
    figures: Mapping[str, Figure]
    is_settled: bool
    """Whether the 30 days are over in which a firm may come back: nothing changes any more."""


def months(actor: Actor, *, start: date, end: date, now: datetime) -> list[Month]:
    """Declared and verified closure month by month; months without rounds too.

    What was due before this month is counted again only after something happened in the zone.
    """
    until = min(midnight(end), now)
    past = min(midnight(now.astimezone(SHANGHAI).date().replace(day=1)), until)
    counted = [*_past(actor, midnight(start), past), *_counted(actor, past, until)]
    found = {month.date(): dict(zip(MONTHLY, numbers, strict=True)) for month, *numbers in counted}
    return [_month(day, found.get(day), now) for day in month_starts(start, end)]


_PAST: revisions.Kept[dict[Hashable, list[tuple[Any, ...]]]] = revisions.Kept()


def _past(actor: Actor, start: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """Rounds due in months that are over: nothing in them moves by time alone."""
    asked = (actor.person_id, actor.held, actor.key_id, start, until)
    found = _PAST.get(actor.tenant_id, events.head(actor), dict)
    if asked not in found:
        found[asked] = _counted(actor, start, until)
    return found[asked]


def _counted(actor: Actor, start: datetime, until: datetime) -> list[tuple[Any, ...]]:
    if start >= until:
        return []
    asked = statements.kept("calls.months", actor, _by_month)
    return asked.ask(now=until, start=start, person=actor.person_id)


MONTHLY = tuple(f"{name}{part}" for name in TREND for part in ("", "_of"))


def _by_month(actor: Actor) -> Statement:
    known = measures(actor.tenant_id)
    rows = due_between(actor, START, NOW).order_by()
    rows = rows.annotate(month=TruncMonth("due_at", tzinfo=SHANGHAI))
    return tally(rows, ["month"], {name: known[name] for name in TREND})


def _month(day: date, row: Mapping[str, Any] | None, now: datetime) -> Month:
    period = RoundFilters(day, next_month(day)).as_query()
    figures = {
        name: Figure(
            name,
            row[name] if row else 0,
            row[f"{name}_of"] if row else 0,
            {**period, "measure": name},
        )
        for name in TREND
    }
    return Month(day, figures, midnight(next_month(day)) + RELAPSE_WITHIN <= now)


def month_starts(start: date, end: date) -> Iterable[date]:
    """The first days of the months from ``start`` until before ``end``."""
    day = start.replace(day=1)
    while day < end:
        yield day
        day = next_month(day)


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
