"""Who of the house may read a call, and how much each has in hand."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from qiying.kernel.access import STAFF, Actor, Held, Role, combine
from qiying.kernel.models import Grant, User
from qiying.kernel.people import people_with
from qiying.slices.calls.models import Call, Round, Task
from qiying.slices.calls.queries._case import local_day
from qiying.slices.calls.queries._dossier import unit_cards
from qiying.slices.calls.queries._find import find_call
from qiying.slices.calls.rules import PAUSED, TASK_OPEN, WITH_UNIT, TaskState

OF_NOTES = (STAFF - {Role.ADMINISTRATOR}) - {Role.GRID_OFFICER}
"""Who reads what is written for the house."""
WEEK = timedelta(days=7)
EXPERIENCE = timedelta(days=365)
PART_WEIGHT = {True: 3, False: 1}
"""A lead's part is as much work as three co-handlers'."""
A_QUARTER = 25
"""A co-handler counts one for each quarter of the responsibility that the desk gave it."""


def readers_of(actor: Actor, call: Call, *, now: datetime) -> list[User]:
    """The people who may read the notes of a call, each asked by the grants held today."""
    on = local_day(now)
    in_force = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    rows = Grant.objects.filter(in_force, tenant_id=actor.tenant_id, role__in=sorted(Role))
    held: dict[int, list[Held]] = {}
    for grant in rows:
        held.setdefault(grant.person_id, []).append(
            Held(grant.role, grant.unit_id, grant.enterprise_id)
        )
    task_units = set(
        Task.objects.filter(tenant_id=actor.tenant_id, call_id=call.pk)
        .exclude(state=TaskState.WITHDRAWN)
        .values_list("unit_id", flat=True)
    )
    ids = [
        person_id
        for person_id, grants in held.items()
        if _may_read(
            Actor(actor.tenant_id, "", combine(grants), person_id=person_id), call, task_units
        )
    ]
    return list(User.objects.filter(id__in=ids, is_active=True).order_by("id"))


def _may_read(person: Actor, call: Call, task_units: set[int]) -> bool:
    """A cheap test for most, the query of the call itself for whoever it depends on."""
    if not person.roles & OF_NOTES:
        return False
    is_by_unit = person.roles & OF_NOTES <= {Role.HANDLER, Role.UNIT_LEADER}
    if is_by_unit and not person.units(Role.HANDLER, Role.UNIT_LEADER) & task_units:
        return False
    return find_call(person, call.pk) is not None


# --- workload ---


@dataclass(frozen=True, slots=True)
class Load:
    """What a person, or a unit's parts without a person, has in hand."""

    person_id: int | None
    name: str
    parts: int
    led: int
    weight: int
    due_week: int
    overdue: int


@dataclass(frozen=True, slots=True)
class UnitLoad:
    unit_id: int
    name: str
    rows: tuple[Load, ...]
    nobody: Load | None
    """Parts that nobody was put in charge of."""

    @property
    def parts(self) -> int:
        return sum(r.parts for r in self.all)

    @property
    def weight(self) -> int:
        return sum(r.weight for r in self.all)

    @property
    def due_week(self) -> int:
        return sum(r.due_week for r in self.all)

    @property
    def overdue(self) -> int:
        return sum(r.overdue for r in self.all)

    @property
    def all(self) -> tuple[Load, ...]:
        return (*self.rows, *((self.nobody,) if self.nobody else ()))

    @property
    def busy(self) -> tuple[Load, ...]:
        return tuple(r for r in self.all if r.parts)

    @property
    def idle(self) -> int:
        return len(self.all) - len(self.busy)

    @property
    def heaviest(self) -> int:
        return max((r.weight for r in self.all), default=0)


def workload(
    actor: Actor, *, now: datetime, unit_ids: Iterable[int] | None = None
) -> list[UnitLoad]:
    """Open parts by unit and person, the heaviest unit first; people with nothing too."""
    wanted = None if unit_ids is None else set(unit_ids)
    counted = _counted(actor, now, wanted)
    cards = unit_cards(actor)
    found = []
    for unit_id in sorted({u for u, _p in counted} | (wanted or set())):
        if unit_id not in cards:
            continue
        on = local_day(now)
        people = people_with(actor, Role.HANDLER, Role.UNIT_LEADER, unit_id=unit_id, on=on)
        names = {p.pk: str(p) for p in people}
        gone = {p for u, p in counted if u == unit_id and p is not None} - names.keys()
        names |= {p.pk: str(p) for p in User.objects.filter(id__in=gone)}
        rows = [_load(counted, unit_id, pk, name) for pk, name in names.items()]
        rows.sort(key=lambda r: (-r.weight, r.name))
        nobody = _load(counted, unit_id, None, "") if (unit_id, None) in counted else None
        found.append(UnitLoad(unit_id, cards[unit_id].name, tuple(rows), nobody))
    return sorted(found, key=lambda u: (-u.weight, u.name))


CO_WORK = Greatest(Value(PART_WEIGHT[False]), (F("weight") + A_QUARTER // 2) / A_QUARTER)
"""At least one, also where no weight was given."""
Counted = dict[tuple[int, int | None], dict[str, int]]


def _counted(actor: Actor, now: datetime, unit_ids: set[int] | None) -> Counted:
    rows = Task.objects.visible_to(actor).filter(
        state__in=sorted(TASK_OPEN), call__state__in=sorted(WITH_UNIT)
    )
    if unit_ids is not None:
        rows = rows.filter(unit_id__in=unit_ids)
    runs = ~Q(call__state__in=sorted(PAUSED))
    late = Q(is_lead=True, call__due_at__lt=now) | Q(is_lead=False, due_at__lt=now)
    until = now + WEEK
    soon = Q(is_lead=True, call__due_at__lt=until) | Q(is_lead=False, due_at__lt=until)
    grouped = (
        rows.order_by()
        .values("unit_id", in_hand=Coalesce("person_id", "signed_by_id"))
        .annotate(
            parts=Count("id"),
            led=Count("id", filter=Q(is_lead=True)),
            co_weight=Sum(CO_WORK, filter=Q(is_lead=False), default=0),
            due_week=Count("id", filter=runs & soon),
            overdue=Count("id", filter=runs & late),
        )
    )
    return {(r["unit_id"], r["in_hand"]): cast("dict[str, int]", r) for r in grouped}


def _load(counted: Counted, unit_id: int, person_id: int | None, name: str) -> Load:
    row = counted.get((unit_id, person_id), {})
    led = row.get("led", 0)
    weight = led * PART_WEIGHT[True] + row.get("co_weight", 0)
    return Load(
        person_id,
        name,
        row.get("parts", 0),
        led,
        weight,
        row.get("due_week", 0),
        row.get("overdue", 0),
    )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who could take a part, and why."""

    person_id: int
    name: str
    weight: int
    overdue: int
    answered: int
    """Calls on the same matter that this person answered within a year."""
    is_first: bool


def suggestions(actor: Actor, task: Task, call: Call, *, now: datetime) -> list[Suggestion]:
    """The people of the part's unit, whoever should take it first.

    Least to do comes first; of two who have about the same (within one lead's part), who answered
    more calls on this matter. Nobody is hidden: a leader may choose otherwise.
    """
    unit = next(iter(workload(actor, now=now, unit_ids=[task.unit_id])), None)
    if unit is None:
        return []
    known = _experience(actor, call, now)
    rows = [r for r in unit.rows if r.person_id is not None]
    ordered = sorted(
        rows,
        key=lambda r: (
            r.weight // PART_WEIGHT[True] + r.overdue,
            -known[r.person_id or 0],
            r.weight,
            r.name,
        ),
    )
    return [
        Suggestion(r.person_id or 0, r.name, r.weight, r.overdue, known[r.person_id or 0], i == 0)
        for i, r in enumerate(ordered)
    ]


def _experience(actor: Actor, call: Call, now: datetime) -> Counter[int]:
    if not call.matter_code:
        return Counter()
    rows = Round.objects.visible_to(actor).filter(
        call__matter_code=call.matter_code,
        answered_by__isnull=False,
        answered_at__gte=now - EXPERIENCE,
    )
    counted = rows.order_by().values_list("answered_by_id").annotate(n=Count("id"))
    return Counter({pk: n for pk, n in counted if pk is not None})
