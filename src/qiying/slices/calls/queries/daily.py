"""The day of a person: what waits, what changed, what goes red today; and of a leader's units."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from qiying.kernel import notifications, tenancy
from qiying.kernel.access import STAFF, Actor, Held, Role, combine
from qiying.kernel.models import Grant, Notification
from qiying.slices.calls.models import Call, Charge, DailyChoice, DailySheet, Mention, Task
from qiying.slices.calls.queries import desk
from qiying.slices.calls.queries._case import local_day, local_hour
from qiying.slices.calls.queries._filters import CAP, DUE_ORDER, count_capped, lit
from qiying.slices.calls.queries._find import callback_queue
from qiying.slices.calls.queries._measures import midnight
from qiying.slices.calls.queries.lanes import LANE_STATES
from qiying.slices.calls.rules import PAUSED, TASK_OPEN, WITH_UNIT, CallState
from qiying.slices.calls.rules.desk import DIGEST_HOUR
from qiying.slices.registry import public as registry

ONE_DAY = timedelta(days=1)
MOST_ROWS = 30
AT_WORK = frozenset({Role.DESK, Role.HANDLER, Role.UNIT_LEADER, Role.CALLBACK, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Due:
    """A sheet whose hour has come, and the person as an actor with the grants held today."""

    person_id: int
    actor: Actor
    is_of_charge: bool = False
    unit_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    is_on: bool = True
    hour: int = DIGEST_HOUR


def choice_of(actor: Actor) -> Choice:
    row = DailyChoice.objects.filter(tenant_id=actor.tenant_id, person_id=actor.person_id).first()
    return Choice(row.is_on, row.hour) if row else Choice()


def due_sheets(actor: Actor, *, now: datetime, within: timedelta) -> Iterator[Due]:
    """Sheets that are to be made now: on working days, from the chosen hour on for some time."""
    with tenancy.reading(actor):
        on = local_day(now)
        if not _is_working_day(actor, on):
            return
        found = list(_due(actor, on, local_hour(now), within))
    yield from found


def _is_working_day(actor: Actor, on: date) -> bool:
    return registry.calendar(actor).is_working_day(on)


def _due(actor: Actor, on: date, hour: int, within: timedelta) -> Iterator[Due]:
    choices = {
        c.person_id: Choice(c.is_on, c.hour)
        for c in DailyChoice.objects.filter(tenant_id=actor.tenant_id)
    }
    hours = int(within.total_seconds() // 3600)

    def is_time(person_id: int) -> bool:
        chosen = choices.get(person_id, Choice())
        return chosen.is_on and chosen.hour <= hour < chosen.hour + hours

    made = set(
        DailySheet.objects.filter(tenant_id=actor.tenant_id, on=on).values_list(
            "person_id", "is_of_charge"
        )
    )
    people = _people(actor, on)
    units: dict[int, set[int]] = {}
    for charge in charges(actor, on=on):
        units.setdefault(charge.person_id, set()).add(charge.unit_id)
    for person_id, person in people.items():
        if not is_time(person_id):
            continue
        if person.roles & AT_WORK and (person_id, False) not in made:
            yield Due(person_id, person)
        if person_id in units and (person_id, True) not in made:
            yield Due(person_id, person, is_of_charge=True, unit_ids=frozenset(units[person_id]))


def _people(actor: Actor, on: date) -> dict[int, Actor]:
    in_force = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    rows = Grant.objects.filter(in_force, tenant_id=actor.tenant_id, role__in=sorted(STAFF))
    held: dict[int, list[Held]] = {}
    for g in rows.filter(person__is_active=True):
        held.setdefault(g.person_id, []).append(Held(g.role, g.unit_id, g.enterprise_id))
    return {
        pk: Actor(actor.tenant_id, "", combine(grants), person_id=pk)
        for pk, grants in held.items()
    }


def charges(actor: Actor, *, on: date) -> QuerySet[Charge]:
    """Who is in charge of which unit on a day."""
    rows = Charge.objects.filter(tenant_id=actor.tenant_id, valid_from__lte=on)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=on))
    return rows.select_related("person", "unit").order_by("unit__code")


# --- one person ---


def own_tasks(actor: Actor) -> QuerySet[Task]:
    """Parts that this person is in charge of, and those of the own units that nobody is."""
    units = actor.units(Role.HANDLER, Role.UNIT_LEADER)
    rows = Task.objects.visible_to(actor).filter(
        unit_id__in=units, state__in=sorted(TASK_OPEN), call__state__in=sorted(WITH_UNIT)
    )
    rows = rows.exclude(is_lead=True, call__state=CallState.DISPUTED)
    return rows.filter(Q(person_id=actor.person_id) | Q(person=None))


def waiting_calls(actor: Actor, *, now: datetime) -> QuerySet[Call]:
    """The calls that wait for something that this person does."""
    test = Q(pk__in=own_tasks(actor).values("call_id"))
    if actor.has(Role.DESK, Role.SUPERVISOR):
        own = desk.own_lanes(actor)
        states = [LANE_STATES[lane] for lane in own if lane in LANE_STATES]
        test |= Q(state__in=sorted(states))
    if actor.has(Role.CALLBACK):
        test |= Q(pk__in=callback_queue(actor).values("pk"))
    rows = Call.objects.visible_to(actor).filter(test)
    return rows.select_related("enterprise", "lead_unit").defer("text", "words", "ranking")


def reddening_calls(actor: Actor, *, now: datetime) -> QuerySet[Call]:
    """Of those, what is not late yet and will be when the day is over."""
    tomorrow = midnight(local_day(now) + ONE_DAY)
    rows = waiting_calls(actor, now=now).exclude(state__in=sorted(PAUSED))
    return rows.filter(due_at__gte=now, due_at__lt=tomorrow)


def changes(actor: Actor, *, now: datetime) -> QuerySet[Notification]:
    """What this person was told since yesterday at this hour, sheets left out."""
    rows = notifications.list_mine(actor).filter(created_at__gte=now - ONE_DAY)
    found: QuerySet[Notification] = rows.exclude(kind__startswith="calls.daily")
    return found.order_by("-id")


def mentions(actor: Actor, *, now: datetime) -> QuerySet[Mention]:
    """Notes of the last week in which this person was named."""
    rows = Mention.objects.visible_to(actor).filter(
        person_id=actor.person_id, at__gte=now - 7 * ONE_DAY
    )
    return rows.select_related("call", "note", "note__author").order_by("-id")


def figures(actor: Actor, *, now: datetime) -> dict[str, int]:
    """The three numbers of a person's day, counted up to ``CAP``."""
    return {
        "waiting": count_capped(waiting_calls(actor, now=now)),
        "changed": changes(actor, now=now).order_by()[:CAP].count(),
        "red": count_capped(reddening_calls(actor, now=now)),
    }


def first(rows: QuerySet[Call]) -> list[Call]:
    return list(rows.order_by(*DUE_ORDER)[:MOST_ROWS])


# --- a leader's units ---


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One unit that a leader is in charge of."""

    unit_id: int
    name: str
    open: int
    overdue: int
    today: int
    unsigned: int


def charge_lines(actor: Actor, unit_ids: frozenset[int], *, now: datetime) -> list[ChargeLine]:
    """What the units have open, in one query; units with nothing too."""
    tomorrow = midnight(local_day(now) + ONE_DAY)
    rows = Call.objects.visible_to(actor).filter(
        lead_unit_id__in=unit_ids, state__in=sorted(WITH_UNIT)
    )
    unsigned = Q(state__in=[CallState.DISPATCHED, CallState.REOPENED])
    runs = ~Q(state__in=sorted(PAUSED))
    counted = (
        rows.order_by()
        .values_list("lead_unit_id")
        .annotate(
            open=Count("id"),
            overdue=Count("id", filter=lit("red", now)),
            today=Count("id", filter=runs & Q(due_at__gte=now, due_at__lt=tomorrow)),
            unsigned=Count("id", filter=unsigned),
        )
    )
    found = {pk: numbers for pk, *numbers in counted}
    cards = {c.id: c.name for c in registry.units(actor).values()}
    lines = [
        ChargeLine(pk, cards[pk], *found.get(pk, [0, 0, 0, 0])) for pk in unit_ids if pk in cards
    ]
    return sorted(lines, key=lambda line: (-line.overdue, -line.open, line.name))


def charge_figures(actor: Actor, unit_ids: frozenset[int], *, now: datetime) -> dict[str, int]:
    lines = charge_lines(actor, unit_ids, now=now)
    names = ("open", "overdue", "today", "unsigned")
    return {name: sum(getattr(line, name) for line in lines) for name in names}
