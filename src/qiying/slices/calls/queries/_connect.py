"""What leaves the house by connectors: whose deadlines run, where open calls are, how one is named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from qiying.kernel import layers
from qiying.kernel.access import Actor, Role
from qiying.slices.calls.models import Call, Task
from qiying.slices.calls.rules import OPEN, PAUSED, TASK_OPEN, CallState, Clock, TaskState
from qiying.slices.registry import public as registry

MOST_DEADLINES = 200
RUNNING = sorted(OPEN - PAUSED)
HEAVY = ("text", "words", "ranking")
STEPS_OF = {
    Role.DESK: (Clock.ACCEPT, Clock.DISPATCH),
    Role.SUPERVISOR: (Clock.ADJUDICATE,),
}
"""Steps indoors whose clock a role answers for."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A promise that runs and that this reader keeps; ``clock`` says which one."""

    key: str
    call: Call
    clock: str
    due_at: datetime


def deadlines(actor: Actor) -> list[Deadline]:
    """The deadlines that wait for this person: parts of the own units, steps of the own roles,
    promises to the own firms. While a clock stands still it has no deadline."""
    found = [*_parts(actor), *_steps(actor), *_promises(actor)]
    return sorted({d.key: d for d in found}.values(), key=lambda d: (d.due_at, d.key))


def _parts(actor: Actor) -> Iterator[Deadline]:
    units = actor.units(Role.HANDLER, Role.UNIT_LEADER)
    if not units:
        return
    rows = Task.objects.visible_to(actor).filter(
        unit_id__in=units, state__in=sorted(TASK_OPEN), call__state__in=RUNNING
    )
    if not actor.has(Role.UNIT_LEADER):
        rows = rows.filter(Q(person=None) | Q(person_id=actor.person_id))
    rows = rows.select_related("call").defer(*(f"call__{name}" for name in HEAVY))
    for task in rows.order_by("due_at", "id")[:MOST_DEADLINES]:
        if task.state == TaskState.SENT:
            clock, due_at = Clock.SIGN, task.sign_due_at
        elif task.is_lead:
            clock, due_at = Clock(task.call.clock), task.call.due_at
        else:
            clock, due_at = Clock.TASK, task.due_at
        yield Deadline(f"call-{task.call.public_id}-part-{task.pk}", task.call, clock, due_at)


def _steps(actor: Actor) -> Iterator[Deadline]:
    clocks = [c for role, some in STEPS_OF.items() if actor.has(role) for c in some]
    wanted = Q(step_clock__in=clocks, step_due_at__isnull=False)
    if actor.has(Role.CALLBACK):
        wanted |= Q(state=CallState.CALLBACK)
    if not clocks and not actor.has(Role.CALLBACK):
        return
    rows = Call.objects.visible_to(actor).filter(wanted, state__in=RUNNING).defer(*HEAVY)
    for call in rows.order_by("due_at", "id")[:MOST_DEADLINES]:
        if call.state == CallState.CALLBACK:
            yield Deadline(f"call-{call.public_id}-callback", call, call.clock, call.due_at)
        elif call.step_due_at is not None:
            key = f"call-{call.public_id}-{call.step_clock}"
            yield Deadline(key, call, call.step_clock, call.step_due_at)


def _promises(actor: Actor) -> Iterator[Deadline]:
    firms = set(actor.enterprises)
    if actor.has(Role.GRID_OFFICER):
        firms |= registry.portfolio_ids(actor)
    if not firms:
        return
    rows = Call.objects.visible_to(actor).filter(enterprise_id__in=firms, state__in=RUNNING)
    for call in rows.defer(*HEAVY).order_by("due_at", "id")[:MOST_DEADLINES]:
        yield Deadline(f"call-{call.public_id}-promise", call, call.clock, call.due_at)


def open_points(actor: Actor, window: layers.Window) -> list[Call]:
    """Open calls that have a place, in the box, in the order of their coming; one more than asked."""
    rows = Call.objects.visible_to(actor).filter(
        state__in=sorted(OPEN), longitude__isnull=False, id__gt=window.after
    )
    if window.bbox is not None:
        spans = Q(pk__in=[])
        for west, east in window.bbox.spans:
            spans |= Q(longitude__range=(west, east))
        rows = rows.filter(spans, latitude__range=(window.bbox.south, window.bbox.north))
    return list(rows.defer(*HEAVY).order_by("id")[: window.limit + 1])
