"""What follows from an event: people are told; reminders; search, files and the box on a call."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from qiying.kernel import events, jobs, messaging, notifications, panels, search, tenancy, trail
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Event
from qiying.kernel.people import people_with
from qiying.kernel.search import Hit
from qiying.slices.calls import public as calls
from qiying.slices.mediation import operations, queries
from qiying.slices.mediation.models import Case
from qiying.slices.mediation.models.labels import STATE_TONES, STATES
from qiying.slices.mediation.models.notices import NOTICES
from qiying.slices.mediation.queries import Docket
from qiying.slices.mediation.rules import ENDED, Kind, Reminder

Find = Callable[[Docket], set[int]]


def _firms(docket: Docket) -> set[int]:
    """The people of the firms that are parties."""
    found: set[int] = set()
    on = queries.today(docket.now)
    for party in docket.parties:
        if party.enterprise_id:
            held = people_with(
                docket.actor, Role.ENTERPRISE, enterprise_id=party.enterprise_id, on=on
            )
            found |= {p.pk for p in held}
    return found


def _mediator(docket: Docket) -> set[int]:
    return {docket.case.mediator.person_id} if docket.case.mediator else set()


def _desk(docket: Docket) -> set[int]:
    return {p.pk for p in people_with(docket.actor, Role.DESK, on=queries.today(docket.now))}


def _parties_and_mediator(docket: Docket) -> set[int]:
    return _firms(docket) | _mediator(docket)


def _all(docket: Docket) -> set[int]:
    return _parties_and_mediator(docket) | _desk(docket)


@dataclass(frozen=True, slots=True)
class Told:
    find: Find
    kind: str


AUDIENCES: Mapping[str, tuple[Told, ...]] = {
    "mediation.opened": (Told(_firms, "mediation.opened"),),
    "mediation.declined": (Told(_firms, "mediation.declined"),),
    "mediation.consented": (Told(_desk, "mediation.consented"),),
    "mediation.mediator_appointed": (
        Told(_mediator, "mediation.appointed_you"),
        Told(_firms, "mediation.mediator_appointed"),
    ),
    "mediation.mediator_recused": (Told(_desk, "mediation.mediator_wanted"),),
    "mediation.another_mediator_asked": (Told(_desk, "mediation.mediator_wanted"),),
    "mediation.session_planned": (Told(_parties_and_mediator, "mediation.session_planned"),),
    "mediation.session_cancelled": (Told(_firms, "mediation.session_cancelled"),),
    "mediation.agreement_drafted": (Told(_firms, "mediation.agreement_drafted"),),
    "mediation.signed": (Told(_mediator, "mediation.signed"),),
    "mediation.agreement_in_force": (Told(_firms, "mediation.agreement_in_force"),),
    "mediation.confirmation_recorded": (Told(_firms, "mediation.confirmation_recorded"),),
    "mediation.agreement_breached": (Told(_firms, "mediation.agreement_breached"),),
    "mediation.agreement_performed": (Told(_firms, "mediation.agreement_performed"),),
    "mediation.refused": (Told(_all, "mediation.failed"),),
    "mediation.stopped_by_party": (Told(_all, "mediation.failed"),),
    "mediation.failed": (Told(_firms, "mediation.failed"),),
    "mediation.risk_reported": (Told(_desk, "mediation.risk_reported"),),
}


BY_PHONE: Mapping[str, str] = {
    "mediation.opened": "mediation.opened",
    "mediation.declined": "mediation.declined",
    "mediation.mediator_appointed": "mediation.mediator_appointed",
    "mediation.session_planned": "mediation.session_planned",
    "mediation.session_cancelled": "mediation.session_cancelled",
    "mediation.agreement_drafted": "mediation.agreement_drafted",
    "mediation.agreement_in_force": "mediation.agreement_in_force",
    "mediation.agreement_breached": "mediation.agreement_breached",
    "mediation.failed": "mediation.failed",
    "mediation.stopped_by_party": "mediation.failed",
    "mediation.refused": "mediation.failed",
}
"""What outside persons, who have no account here, are told by telephone message."""


def case_url(case: Case) -> str:
    return reverse("mediation:case", args=[case.public_id])


def tell(event: Event) -> None:
    """Put the notice of an event before everybody it concerns, but not before who did it."""
    actor, now = system(event.tenant_id), event.occurred_at
    with tenancy.acting(actor):
        try:
            case = queries.get_case(actor, event.subject_id)
        except NotFound:
            return
        docket = queries.docket(actor, case, now=now)
        if event.topic in BY_PHONE:
            _text(docket, BY_PHONE[event.topic], f"mediation:e{event.pk}", left=0)
        for told in AUDIENCES[event.topic]:
            people = {p for p in told.find(docket) if f"p{p}" != event.actor}
            _notify(docket, people, told.kind, f"e{event.pk}:{told.kind}", left=0)


for _topic in AUDIENCES:
    events.on(_topic)(tell)


def _notify(docket: Docket, people: Iterable[int], kind: str, key: str, *, left: int) -> None:
    case = docket.case
    notifications.notify(
        docket.actor,
        people,
        kind=kind,
        subject=case,
        url=case_url(case),
        params={"number": case.number, "left": left},
        effect_key=key[:100],
        now=docket.now,
    )


def _text(docket: Docket, kind: str, key: str, *, left: int) -> None:
    """The same sentence in Chinese to the telephones of outside persons."""
    with translation.override("zh-hans"):
        words = str(NOTICES[kind]) % {"number": docket.case.number, "left": left}
    for party in docket.parties:
        if party.phone:
            messaging.send(
                docket.actor,
                party.phone,
                template="notice",
                params={"text": words},
                effect_key=f"{key}:{party.pk}"[:100],
                now=docket.now,
            )


def tell_reminder(docket: Docket, reminder: Reminder) -> None:
    """A reminder to the parties and the mediator; the desk hears when a limit has passed."""
    people = _parties_and_mediator(docket)
    kind = f"mediation.{reminder.kind}"
    if reminder.left == 0:
        people |= _desk(docket)
        is_labour = reminder.kind == "settle" and docket.case.kind == Kind.LABOUR
        kind = "mediation.labour.over" if is_labour else f"{kind}.over"
    key = f"m{docket.case.pk}:{reminder.kind}:{reminder.left}:{reminder.at:%y%m%d}"
    _notify(docket, people, kind, key, left=reminder.left)
    _text(docket, kind, f"mediation:{key}", left=reminder.left)


@jobs.sweeper("mediation.reminders")
def remind(actor: Actor, now: datetime) -> int:
    return operations.sweep(actor, tell=tell_reminder, now=now)


@search.provider("mediation")
def find(actor: Actor, text: str, limit: int) -> list[Hit]:
    """Disputes by number or title, for whom they are open."""
    with tenancy.reading(actor):
        return [
            Hit(
                title=f"{case.number} {case.title}",
                subtitle=str(STATES[case.state]),
                url=case_url(case),
                icon="handshake",
                group=_("Mediation"),
            )
            for case in queries.search(actor, text, limit)
        ]


def named(actor: Actor, ids: Iterable[int]) -> dict[int, trail.Subject]:
    """The disputes of the audit trail that are open to this reader."""
    return {
        case.pk: trail.Subject(case.number, case_url(case))
        for case in queries.numbered(actor, ids)
    }


trail.name_subjects("mediation.case", named)


def _may_grow(actor: Actor, call_id: int) -> bool:
    """Neither a complaint against a unit nor what a court has is mediated."""
    card = calls.card(actor, call_id)
    return not card.is_against_unit and not card.is_before_court


@panels.provider("calls.call")
def on_call(actor: Actor, call_id: int, now: datetime) -> panels.Panel | None:
    """The mediations of a call, and for the desk the way to start one."""
    cases = queries.of_call(actor, call_id)
    lines = tuple(
        panels.Line(
            case.title,
            url=case_url(case),
            note=case.number,
            tone=STATE_TONES[case.state],
            label=STATES[case.state],
        )
        for case in cases
    )
    is_running = any(case.state not in ENDED for case in cases)
    actions: tuple[panels.Action, ...] = ()
    if actor.has(*operations.OPENERS) and not is_running and _may_grow(actor, call_id):
        address = f"{reverse('mediation:open')}?call={call_id}"
        actions = (panels.Action(_("Start a mediation"), address, "handshake"),)
    if not lines and not actions:
        return None
    return panels.Panel(_("Mediation"), "handshake", lines, actions, order=40)
