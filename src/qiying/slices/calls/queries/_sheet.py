"""The morning sheet of a unit: what is red, what turns red today, what waits for somebody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call, Task
from qiying.slices.calls.queries._filters import DUE_ORDER, Filters, list_calls
from qiying.slices.calls.rules import (
    PAUSED,
    TASK_OPEN,
    WITH_UNIT,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST = 50
NOWHERE = "0"
"""The filter of somebody without a unit: no call is led there."""


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
    """Parts as co-handler that are late."""
    tasks_today: tuple[Task, ...]
    """Parts as co-handler that are due today."""

    @property
    def overdue(self) -> int:
        """What the unit is late with: calls that it leads and parts, as the list of its tasks."""
        led = next(g.count for g in self.groups if g.key == "overdue")
        return led + len(self.late_tasks)

    @property
    def total(self) -> int:
        return sum(g.count for g in self.groups) + len(self.late_tasks) + len(self.tasks_today)


_GROUPS: tuple[tuple[str, object, dict[str, str]], ...] = (
    ("overdue", _("Overdue"), {"tab": "units", "late": "any"}),
    ("due_today", _("Due today"), {"tab": "units", "due": "rest"}),
    ("soon", _("Due soon"), {"tab": "units", "light": "yellow", "due": "later"}),
    ("unsigned", _("Not signed for"), {"tab": "dispatched"}),
    ("returned", _("To be redone"), {"tab": "units", "redo": "1"}),
    ("disputed", _("In dispute"), {"tab": "disputed"}),
    ("paused", _("Clock paused"), {"state": "suspended"}),
)
"""What is counted and what its link lists are one filter. The first three share nothing; what
waits for somebody stands with those as well."""


def morning_sheet(actor: Actor, *, now: datetime, unit_id: int | None = None) -> Sheet:
    """The open calls of one unit, or of the units in which the actor holds a role."""
    units = frozenset({unit_id}) if unit_id is not None else actor.units()
    here = {"unit": ",".join(str(u) for u in sorted(units)) or NOWHERE}
    groups = [
        _group(actor, key, str(label), {**query, **here}, now) for key, label, query in _GROUPS
    ]
    tasks = _co_tasks(actor, units, now)
    late = tuple(t for t in tasks if t.due_at < now)
    return Sheet(units, tuple(groups), late, tasks[len(late) :])


def _group(actor: Actor, key: str, label: str, query: dict[str, str], now: datetime) -> Group:
    found = list_calls(actor, Filters.read(query), now=now)
    rows = tuple(found.order_by(*DUE_ORDER)[:MOST])
    count = len(rows) if len(rows) < MOST else found.count()
    return Group(key, label, rows, count, query)


def _co_tasks(actor: Actor, units: frozenset[int], now: datetime) -> tuple[Task, ...]:
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Task.objects.visible_to(actor).filter(
        unit_id__in=units,
        is_lead=False,
        state__in=sorted(TASK_OPEN),
        due_at__lt=midnight + timedelta(days=1),
        call__state__in=sorted(WITH_UNIT - PAUSED),
    )
    return tuple(rows.select_related("call", "call__enterprise", "unit").order_by("due_at")[:MOST])
