"""What the pages of the staff share: who may open them, a call as a row, the navigation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.engines.worktime import Calendar
from qiying.kernel import nav, trail
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.language import chooser
from qiying.slices.calls import queries
from qiying.slices.calls.models import MARK_LABELS, STATE_LABELS, STATE_TONES, Call
from qiying.slices.calls.queries import desk, units
from qiying.slices.calls.rules import PAUSED, STOPPED, Urgency
from qiying.slices.calls.views import left
from qiying.slices.calls.views.record import decisive
from qiying.slices.calls.views.shared import light_word
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

READERS = (
    Role.DESK,
    Role.HANDLER,
    Role.UNIT_LEADER,
    Role.CALLBACK,
    Role.SUPERVISOR,
    Role.ZONE_LEADER,
    Role.ANALYST,
    Role.AUDITOR,
)
"""Who works on calls at a desk; each sees the calls that ``visible_to`` leaves."""
AT_DESK = (Role.DESK, Role.SUPERVISOR)
AT_UNIT = (Role.HANDLER, Role.UNIT_LEADER)
OVER_UNITS = (Role.ZONE_LEADER, Role.SUPERVISOR, Role.DESK)
"""Who may read every unit's morning sheet."""
OVER_CALLS = (Role.SUPERVISOR, Role.ZONE_LEADER, Role.UNIT_LEADER, Role.DESK)
"""Who is offered the joint meetings; whoever may read calls may open them."""
MORNING_READERS = (Role.UNIT_LEADER, *OVER_UNITS)
MAP_READERS = (STAFF | {Role.ENTERPRISE}) - {Role.ADMINISTRATOR}
AT_BOARD = (
    Role.ZONE_LEADER,
    Role.SUPERVISOR,
    Role.ANALYST,
    Role.AUDITOR,
    Role.DESK,
    Role.UNIT_LEADER,
)
AT_UNDERSTANDING = (Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR)
AT_RATES = (Role.ZONE_LEADER, Role.SUPERVISOR, Role.ANALYST, Role.AUDITOR)
"""Who may see what gaming would do."""
LEVELS: Mapping[str, tuple[int, Promise]] = {
    Urgency.DANGER: (1, _("Danger")),
    Urgency.URGENT: (2, _("Urgent")),
    Urgency.NORMAL: (3, _("Ordinary")),
}
LIGHT_LABELS: Mapping[str, Promise] = {
    "purple": _("Posted for supervision"),
    "red": _("Overdue"),
    "yellow": _("Due soon"),
    "green": _("On time"),
    "grey": _("Paused"),
}


def register_desk() -> None:
    """Hang the pages of the staff into navigation, map and firm page; called once at start-up."""
    for order, (label, name, icon, roles, count) in enumerate(WORK, start=10):
        nav.item("work", label, f"calls:{name}", icon, roles, order=order, count=count)
    for order, (label, name, icon, roles) in enumerate(FOLLOW, start=10):
        first = {Role.SUPERVISOR} if name == "supervision" else set[Role]()
        nav.item("follow", label, f"calls:{name}", icon, roles, order=order, first_for=first)
    nav.item(
        "analysis",
        _("Leader's board"),
        "calls:board",
        "gauge",
        AT_BOARD,
        order=10,
        first_for=[Role.ZONE_LEADER],
    )
    read = ("calls:understanding", "scan-text", AT_UNDERSTANDING)
    nav.item("analysis", _("Triage of words"), *read, order=30)
    nav.item("analysis", _("Rates and gaming"), "calls:rates", "scale", AT_RATES, order=12)
    registry.map_layer("call", _("Live calls"), "calls:layer", roles=MAP_READERS)
    trail.name_subjects("calls.call", audited)
    registry.firm_panel(_("Calls"), "calls:firm-panel", roles=MAP_READERS, order=10)


def _to_call_back(actor: Actor) -> QuerySet[Call]:
    return queries.callback_queue(actor).order_by()[: queries.CAP]


WORK: tuple[tuple[Promise, str, str, tuple[str, ...], nav.Count | None], ...] = (
    (_("Service desk"), "desk", "headset", AT_DESK, desk.waiting_rows),
    (_("Our tasks"), "tasks", "clipboard-list", AT_UNIT, units.tasks_to_sign),
    (_("Call-backs"), "callbacks", "phone-outgoing", (Role.CALLBACK,), _to_call_back),
    (_("Calls of firms"), "list", "inbox", READERS, None),
    (_("Log a call"), "register", "phone-incoming", (Role.DESK,), None),
    (_("Morning sheet"), "morning", "sunrise", MORNING_READERS, None),
)
"""The entries of the workspace, in order."""
FOLLOW: tuple[tuple[Promise, str, str, tuple[str, ...]], ...] = (
    (_("Supervision ladder"), "supervision", "siren", READERS),
    (_("Joint meetings"), "meetings", "users", OVER_CALLS),
)
"""What is looked after once a call is on its way."""


# --- addresses ---


def call_url(actor: Actor, call: Call | queries.MapPoint) -> str:
    """Where this reader works on a call: the case page, or the page of firm and grid officer."""
    name = "calls:case" if actor.has(*READERS) else "calls:detail"
    return _address(name, call.public_id)


NOBODY = UUID(int=0)


@cache
def _pattern(name: str, *more: str) -> str:
    return reverse(name, args=[NOBODY, *more])


def _address(name: str, public_id: UUID, *more: str) -> str:
    """As ``reverse``, for lists: the pattern is looked up once."""
    return _pattern(name, *more).replace(str(NOBODY), str(public_id))


def case_url(public_id: UUID) -> str:
    """The page on which the staff work on a call."""
    return _address("calls:case", public_id)


def drawer_url(public_id: UUID) -> str:
    """The call beside a list."""
    return _address("calls:drawer", public_id)


def step_url(public_id: UUID, step: str) -> str:
    """Where a step on a call is sent to."""
    return _address("calls:take", public_id, step)


def audited(actor: Actor, ids: Iterable[int]) -> dict[int, trail.Subject]:
    """The calls of the audit trail that this reader may open, by id."""
    return {c.pk: trail.Subject(c.number, call_url(actor, c)) for c in desk.numbered(actor, ids)}


# --- a call as a row ---


@dataclass(frozen=True, slots=True)
class Row:
    """A call in a table or on a card."""

    call: Call
    url: str
    drawer: str
    tone: str
    label: Promise | str
    light: str
    light_label: Promise | str
    """What ran out, for a red light."""
    level: int
    level_label: Promise | str
    matter: str
    firm: str
    lead: str
    is_paused: bool
    is_stopped: bool
    left: str = ""
    """What is left of a promise in working days; "" where hours are counted."""
    marks: tuple[Promise | str, ...] = ()
    """What else it is, in words."""


def rows_of(actor: Actor, calls: Iterable[Call], *, now: datetime) -> list[Row]:
    """Calls as rows; firms and units must have been selected with them."""
    names, calendar = matter_names(actor, now), registry.calendar(actor)
    return [row_of(actor, call, names, now=now, calendar=calendar) for call in calls]


def row_of(
    actor: Actor,
    call: Call,
    names: Mapping[str, str],
    *,
    now: datetime,
    calendar: Calendar | None = None,
) -> Row:
    """A call as a row; with a calendar also what is left in working days."""
    level, level_label = LEVELS[call.urgency]
    light = queries.light(call, now)
    return Row(
        call=call,
        url=call_url(actor, call),
        drawer=_address("calls:drawer", call.public_id) if actor.has(*READERS) else "",
        tone=STATE_TONES[call.state],
        label=STATE_LABELS[call.state],
        light=light,
        light_label=light_word(call, light),
        level=level,
        level_label=level_label,
        matter=names.get(call.matter_code, call.matter_code),
        firm=str(call.enterprise or ""),
        marks=tuple(MARK_LABELS[code] for code in call.marks),
        lead=str(call.lead_unit or ""),
        is_paused=call.state in PAUSED,
        is_stopped=call.state in STOPPED,
        left=_left(call, calendar, now) if calendar is not None else "",
    )


def _left(call: Call, calendar: Calendar, now: datetime) -> str:
    kind = getattr(call, "rule_kind", "") or ""
    days = left.working_days(call, kind, calendar, now)
    return left.in_short(days, due_at=call.due_at, now=now)


def matter_names(actor: Actor, now: datetime) -> dict[str, str]:
    """Names of the matters in force, by code."""
    choose, matters = chooser(), mandate.matters(actor, queries.local_day(now))
    return {m.code: choose(m.name_zh, m.name_en) for m in matters}


def main_reason(ruling: mandate.Ruling | None) -> str:
    """The sentence of the rule that settled whose job it is."""
    return "" if ruling is None else decisive(ruling)
