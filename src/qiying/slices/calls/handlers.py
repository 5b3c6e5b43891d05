"""What follows from an event: people are told, deadlines are derived again; all of it repeatable."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qiying.kernel import events, files, jobs, notifications, search, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.models import Event
from qiying.kernel.people import people_with
from qiying.kernel.search import Hit
from qiying.slices.calls import operations, queries, rules
from qiying.slices.calls.models import STATE_LABELS, Call, is_stranger
from qiying.slices.calls.queries import local_day
from qiying.slices.calls.rules import OF_THE_HOUSE, CallState, Clock, Level, Mark, Urgency
from qiying.slices.registry import public as registry

Find = Callable[[Actor, Call, Event], set[int]]
PHONE_PAGE, DESK_PAGE = "calls:detail", "calls:case"
TASKS_PAGE, MEETINGS_PAGE = "calls:tasks", "calls:meetings"
WITHOUT_CALL = frozenset({TASKS_PAGE, MEETINGS_PAGE})
"""Where a unit is led that cannot see the call any more."""
PHONE_ROLES = frozenset({Role.ENTERPRISE, Role.GRID_OFFICER})


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told of a topic, and by which sentence."""

    find: Find
    kind: str
    page: str = DESK_PAGE


def _holders(*roles: str) -> Find:
    def find(actor: Actor, _call: Call, event: Event) -> set[int]:
        return {p.pk for p in people_with(actor, *roles, on=local_day(event.occurred_at))}

    return find


def _members(actor: Actor, unit_id: int | None, event: Event) -> set[int]:
    """Everybody with a role in a unit, whatever the role."""
    if unit_id is None:
        return set()
    on = local_day(event.occurred_at)
    return {p.pk for p in people_with(actor, *Role, unit_id=unit_id, on=on)}


def _unit_people(actor: Actor, call: Call, event: Event) -> set[int]:
    """Handlers and leaders of the units that the event names, or of the lead."""
    named = {event.data.get("unit"), *event.data.get("co", [])} - {None, call.complained_unit_id}
    return _of_units(actor, named or {call.lead_unit_id}, event)


def _of_units(actor: Actor, units: Iterable[int | None], event: Event) -> set[int]:
    on = local_day(event.occurred_at)
    found: set[int] = set()
    for unit_id in units:
        if unit_id is not None:
            held = people_with(actor, Role.HANDLER, Role.UNIT_LEADER, unit_id=unit_id, on=on)
            found |= {p.pk for p in held}
    return found


def _firm_people(actor: Actor, call: Call, event: Event) -> set[int]:
    """The firm's own people, whoever raised the call for it, and its grid officer."""
    found = {call.reported_by_id} if call.reported_by_id else set()
    if call.enterprise_id is None:
        return found
    on = local_day(event.occurred_at)
    own = people_with(actor, Role.ENTERPRISE, enterprise_id=call.enterprise_id, on=on)
    found |= {p.pk for p in own}
    officer = registry.enterprise(actor, call.enterprise_id).grid_officer_id
    return found | ({officer} if officer else set())


def _person(_actor: Actor, _call: Call, event: Event) -> set[int]:
    person_id = event.data.get("person")
    return {person_id} if person_id else set()


def _indoors(actor: Actor, call: Call, event: Event) -> set[int]:
    """Who reads what the firm writes: the units that have the call, before that the desk."""
    if not event.data.get("from_firm"):
        return set()
    return _unit_people(actor, call, event) if call.lead_unit_id else _desk(actor, call, event)


def _outside(actor: Actor, call: Call, event: Event) -> set[int]:
    """Who reads what the house writes."""
    return set() if event.data.get("from_firm") else _firm_people(actor, call, event)


def _unit_after_pause(actor: Actor, call: Call, event: Event) -> set[int]:
    """The unit is told when nobody but the calendar ended the pause."""
    return _unit_people(actor, call, event) if event.data.get("is_over") else set()


def _desk_of_danger(actor: Actor, call: Call, event: Event) -> set[int]:
    return _desk(actor, call, event) if call.urgency == Urgency.DANGER else set()


_desk = _holders(Role.DESK)
_supervisors = _holders(Role.SUPERVISOR)
_callers = _holders(Role.CALLBACK)
_leaders = _holders(Role.ZONE_LEADER)
_above = _holders(Role.SUPERVISOR, Role.ZONE_LEADER)


def _supervisors_of_rung(actor: Actor, call: Call, event: Event) -> set[int]:
    """From the second rung on the supervisors hear of it, from the third the leaders too."""
    level = rules.LEVEL_CODES.get(event.data.get("level", ""), Level.CHASE)
    if level is Level.CHASE:
        return set()
    find = _above if level >= Level.POST else _supervisors
    return find(actor, call, event)


def _above_of_many(actor: Actor, call: Call, event: Event) -> set[int]:
    """Supervisors and leaders hear at once of a call through which many speak."""
    return _above(actor, call, event) if event.data.get("mark") == Mark.COLLECTIVE else set()


def _relieved(actor: Actor, call: Call, event: Event) -> set[int]:
    """Handlers and leaders of the units whose parts were taken back on the way."""
    return _of_units(actor, set(event.data.get("recalled", [])) - {call.complained_unit_id}, event)


def _late_ones(actor: Actor, call: Call, event: Event) -> set[int]:
    """Whose clock ran out: the unit's, the desk's or the call-back officers'."""
    clock = event.data.get("clock", "")
    if clock == Clock.ADJUDICATE:
        return set()
    if clock == Clock.CALLBACK and event.data.get("state") == CallState.CALLBACK:
        return _callers(actor, call, event)
    find = _desk if clock in OF_THE_HOUSE else _unit_people
    return find(actor, call, event)


AUDIENCES: Mapping[str, tuple[Audience, ...]] = {
    "calls.received": (
        Audience(_desk_of_danger, "calls.received.danger"),
        Audience(_desk, "calls.received"),
    ),
    "calls.accepted": (Audience(_firm_people, "calls.accepted", PHONE_PAGE),),
    "calls.info_asked": (Audience(_firm_people, "calls.info_asked", PHONE_PAGE),),
    "calls.info_supplied": (Audience(_desk, "calls.info_supplied"),),
    "calls.info_lapsed": (
        Audience(_desk, "calls.info_lapsed"),
        Audience(_firm_people, "calls.info_lapsed.firm", PHONE_PAGE),
    ),
    "calls.decline_proposed": (
        Audience(_above, "calls.decline_proposed"),
        Audience(_firm_people, "calls.decline_proposed.firm", PHONE_PAGE),
    ),
    "calls.decline_refused": (
        Audience(_desk, "calls.decline_refused"),
        Audience(_firm_people, "calls.decline_refused.firm", PHONE_PAGE),
    ),
    "calls.declined": (
        Audience(_firm_people, "calls.declined", PHONE_PAGE),
        Audience(_relieved, "calls.recalled", TASKS_PAGE),
    ),
    "calls.dispatched": (
        Audience(_unit_people, "calls.dispatched"),
        Audience(_firm_people, "calls.dispatched.firm", PHONE_PAGE),
    ),
    "calls.redispatched": (
        Audience(_unit_people, "calls.dispatched"),
        Audience(_relieved, "calls.recalled", TASKS_PAGE),
        Audience(_firm_people, "calls.dispatched.firm", PHONE_PAGE),
    ),
    "calls.co_added": (Audience(_unit_people, "calls.dispatched"),),
    "calls.recalled": (Audience(_unit_people, "calls.recalled", TASKS_PAGE),),
    "calls.classified": (Audience(_relieved, "calls.recalled", TASKS_PAGE),),
    "calls.disputed": (Audience(_supervisors, "calls.disputed"),),
    "calls.adjudicated": (Audience(_unit_people, "calls.adjudicated"),),
    "calls.person_assigned": (Audience(_person, "calls.person_assigned"),),
    "calls.pause_proposed": (Audience(_supervisors, "calls.pause_proposed"),),
    "calls.pause_approved": (Audience(_firm_people, "calls.pause_approved", PHONE_PAGE),),
    "calls.pause_refused": (Audience(_unit_people, "calls.pause_refused"),),
    "calls.resumed": (Audience(_unit_after_pause, "calls.pause_over"),),
    "calls.scheduled": (Audience(_firm_people, "calls.scheduled", PHONE_PAGE),),
    "calls.answered": (Audience(_desk, "calls.answered"),),
    "calls.review_passed": (
        Audience(_firm_people, "calls.review_passed", PHONE_PAGE),
        Audience(_callers, "calls.review_passed.caller"),
    ),
    "calls.review_returned": (Audience(_unit_people, "calls.review_returned"),),
    "calls.callback_rejected": (
        Audience(_unit_people, "calls.callback_rejected"),
        Audience(_supervisors, "calls.callback_rejected"),
    ),
    "calls.closed": (Audience(_firm_people, "calls.closed", PHONE_PAGE),),
    "calls.reopened": (
        Audience(_unit_people, "calls.reopened"),
        Audience(_supervisors, "calls.reopened"),
    ),
    "calls.marked": (Audience(_above_of_many, "calls.marked"),),
    "calls.urged": (Audience(_unit_people, "calls.urged"),),
    "calls.messaged": (
        Audience(_indoors, "calls.messaged"),
        Audience(_outside, "calls.messaged", PHONE_PAGE),
    ),
    "calls.extension_proposed": (Audience(_above, "calls.extension_proposed"),),
    "calls.extended": (
        Audience(_unit_people, "calls.extended"),
        Audience(_firm_people, "calls.extended.firm", PHONE_PAGE),
    ),
    "calls.extension_refused": (Audience(_unit_people, "calls.extension_refused"),),
    "calls.supervised": (
        Audience(_person, "calls.supervised"),
        Audience(_unit_people, "calls.supervised"),
        Audience(_supervisors_of_rung, "calls.supervised"),
    ),
    "calls.supervision_note_missed": (
        Audience(_person, "calls.supervision_note_missed"),
        Audience(_unit_people, "calls.supervision_note_missed"),
    ),
    "calls.removal_proposed": (Audience(_above, "calls.removal_proposed"),),
    "calls.supervision_removed": (Audience(_unit_people, "calls.supervision_removed"),),
    "calls.removal_refused": (Audience(_unit_people, "calls.removal_refused"),),
    "calls.meeting_due": (Audience(_supervisors, "calls.meeting_due"),),
    "calls.meeting_convened": (
        Audience(_unit_people, "calls.meeting_convened", MEETINGS_PAGE),
        Audience(_leaders, "calls.meeting_convened", MEETINGS_PAGE),
    ),
    "calls.meeting_decided": (Audience(_unit_people, "calls.meeting_decided"),),
    "calls.meeting_waived": (Audience(_unit_people, "calls.meeting_waived"),),
    "calls.overdue": (
        Audience(_late_ones, "calls.overdue"),
        Audience(_supervisors, "calls.overdue"),
    ),
}


def tell(event: Event) -> None:
    """Put a line before everybody whom an event of a call concerns, once per event.

    Nobody of the unit complained of is told, whatever else that person is to the call.
    """
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        call = queries.find_call(actor, event.subject_id)
        if call is None:
            return
        told = {_doer(event)} | _members(actor, call.complained_unit_id, event)
        for audience in AUDIENCES[event.topic]:
            people = audience.find(actor, call, event) - told
            told |= people
            _notify(actor, people, audience, call, event)


def _doer(event: Event) -> int:
    return int(event.actor[1:]) if event.actor.startswith("p") else 0


def _notify(
    actor: Actor, people: Iterable[int], audience: Audience, call: Call, event: Event
) -> None:
    notifications.notify(
        actor,
        people,
        kind=_kind(audience, event),
        subject=call,
        url=reverse(audience.page, args=[] if audience.page in WITHOUT_CALL else [call.public_id]),
        params={"number": call.number},
        effect_key=_effect_key(call, event),
        now=event.occurred_at,
    )


def _kind(audience: Audience, event: Event) -> str:
    """What ran out has a sentence for each deadline, a rung its own."""
    parts = {"calls.overdue": "clock", "calls.supervised": "level"}
    part = event.data.get(parts.get(event.topic, ""))
    return f"{audience.kind}.{part}" if part else audience.kind


def _effect_key(call: Call, event: Event) -> str:
    """Once per event; of what ran out once per round and deadline, however often it moved."""
    clock = event.data.get("clock") if event.topic == "calls.overdue" else None
    if clock:
        return f"{event.topic}:{call.pk}:{event.data.get('round')}:{clock}"
    return f"{event.topic}:{event.sequence}"


for _topic in AUDIENCES:
    events.on(_topic)(tell)


@events.on("calls.noted")
def tell_named(event: Event) -> None:
    """Colleagues who are named in a note are told, if they may read it."""
    note_id = event.data.get("note")
    if note_id:
        operations.name_colleagues(system(event.tenant_id), note_id, now=event.occurred_at)


@events.on("registry.calendar_changed")
def derive_again(event: Event) -> None:
    """A notice was loaded or corrected: every open promise follows it."""
    actor = system(event.tenant_id)
    operations.rederive(actor, now=event.occurred_at)


@events.on("calls.term_set")
def apply_term(event: Event) -> None:
    """What is set for today counts at once; what is planned waits for its day."""
    operations.apply_terms(system(event.tenant_id), now=event.occurred_at)


@jobs.sweeper("calls.overdue")
def sweep(actor: Actor, now: datetime) -> int:
    """Terms that came into force, pauses that are over, promises that ran out, the ladder."""
    operations.apply_terms(actor, now=now)
    ended = operations.end_pauses(actor, now=now) + operations.lapse_infos(actor, now=now)
    return ended + operations.note_overdue(actor, now=now) + operations.climb(actor, now=now)


@jobs.sweeper("calls.archive")
def put_on_file(actor: Actor, now: datetime) -> int:
    """Put the closed calls on file that cannot be opened again any more."""
    return operations.archive_closed(actor, now=now)


@jobs.sweeper("calls.daily")
def send_sheets(actor: Actor, now: datetime) -> int:
    """Make the sheets of the day whose hour has come."""
    return operations.send_daily(actor, now=now)


@events.on("calls.triage_asked")
def train(event: Event) -> None:
    """Somebody, or the night, asked for a new model of triage."""
    operations.fit_asked(system(event.tenant_id), event.subject_id, now=timezone.now())


@jobs.sweeper("calls.triage")
def train_when_due(actor: Actor, now: datetime) -> int:
    """Ask for a first model, and at night for another when register or history have changed."""
    return operations.ask_when_due(actor, now=now)


@files.guard("calls.call")
def _may_see_call(actor: Actor, call_id: int) -> bool:
    call = queries.find_call(actor, call_id)
    return call is not None and not is_stranger(actor, call)


@files.guard("calls.note")
def _may_see_note(actor: Actor, note_id: int) -> bool:
    return queries.find_note(actor, note_id) is not None


@files.guard("calls.visit")
def _may_see_visit(actor: Actor, visit_id: int) -> bool:
    return queries.find_visit(actor, visit_id) is not None


@search.provider("calls")
def find_calls(actor: Actor, q: str, limit: int) -> list[Hit]:
    """Calls by number or words, newest first."""
    page = PHONE_PAGE if actor.roles <= PHONE_ROLES else DESK_PAGE
    with tenancy.reading(actor):
        return [
            Hit(
                title=f"{c.number} {c.title}",
                subtitle=f"{STATE_LABELS[c.state]} · {c.enterprise or ''}",
                url=reverse(page, args=[c.public_id]),
                icon="megaphone",
                group=_("Calls"),
            )
            for c in queries.search_calls(actor, q, limit)
        ]
