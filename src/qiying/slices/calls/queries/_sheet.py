"""The morning sheet of a unit: what is red, what turns red today, what waits for somebody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call, Task
from qiying.slices.calls.queries._lights import light
from qiying.slices.calls.rules import (
    PAUSED,
    TASK_OPEN,
    WITH_UNIT,
    CallState,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST = 50
MOST_CALLS = 500
Test = Callable[[Call, datetime], bool]


@dataclass(frozen=True, slots=True)
class Group:
    """Calls of one kind, the most urgent first; ``query`` lists them all at ``list_calls``."""

    key: str
    label: str
    rows: tuple[Call, ...]
    count: int
    query: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    unit_ids: frozenset[int]
    groups: tuple[Group, ...]
    late_tasks: tuple[Task, ...]
    """Parts as co-handler that are late or due today."""

    @property
    def total(self) -> int:
        return sum(g.count for g in self.groups) + len(self.late_tasks)


def _today(call: Call, now: datetime) -> bool:
    same = call.due_at.astimezone(SHANGHAI).date() == now.astimezone(SHANGHAI).date()
    return same and light(call, now) in {"green", "yellow"}


_TESTS: tuple[tuple[str, object, Test, dict[str, str]], ...] = (
    ("overdue", _("Overdue"), lambda c, now: light(c, now) == "red", {"light": "red"}),
    ("due_today", _("Due today"), _today, {"due": "today"}),
    ("soon", _("Due soon"), lambda c, now: light(c, now) == "yellow", {"light": "yellow"}),
    (
        "unsigned",
        _("Not signed for"),
        lambda c, _now: c.state in {CallState.DISPATCHED, CallState.REOPENED},
        {"tab": "dispatched"},
    ),
    (
        "returned",
        _("To be redone"),
        lambda c, _now: c.current_round > 1,
        {"state": "reopened"},
    ),
    (
        "disputed",
        _("In dispute"),
        lambda c, _now: c.state == CallState.DISPUTED,
        {"tab": "disputed"},
    ),
    ("paused", _("Clock paused"), lambda c, _now: c.state in PAUSED, {"state": "suspended"}),
)


def morning_sheet(actor: Actor, *, now: datetime, unit_id: int | None = None) -> Sheet:
    """The open calls of one unit, or of the units in which the actor holds a role."""
    units = frozenset({unit_id}) if unit_id is not None else actor.units()
    rows = Call.objects.visible_to(actor).filter(
        lead_unit_id__in=units, state__in=sorted(WITH_UNIT)
    )
    calls = list(
        rows.select_related("enterprise", "lead_unit")
        .defer("text", "words")
        .order_by("due_at", "id")[:MOST_CALLS]
    )
    suffix = {"unit": str(min(units))} if len(units) == 1 else {}
    groups = []
    left = calls
    for key, label, test, query in _TESTS:
        hits = [c for c in left if test(c, now)]
        taken = {c.pk for c in hits}
        if key in {"overdue", "due_today"}:
            left = [c for c in left if c.pk not in taken]
        groups.append(Group(key, str(label), tuple(hits[:MOST]), len(hits), {**query, **suffix}))
    return Sheet(units, tuple(groups), _late_tasks(actor, units, now))


def _late_tasks(actor: Actor, units: frozenset[int], now: datetime) -> tuple[Task, ...]:
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Task.objects.visible_to(actor).filter(
        unit_id__in=units,
        is_lead=False,
        state__in=sorted(TASK_OPEN),
        due_at__lt=midnight + timedelta(days=1),
        call__state__in=sorted(WITH_UNIT),
    )
    return tuple(rows.select_related("call", "call__enterprise", "unit").order_by("due_at")[:MOST])
