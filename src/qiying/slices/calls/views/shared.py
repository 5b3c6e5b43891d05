"""What the phone pages of firms and of grid officers share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import files, nav, problems
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, NotFound, Problem
from qiying.kernel.models import Attachment
from qiying.kernel.web import actor_of, submit_once
from qiying.slices.calls import queries
from qiying.slices.calls.models import CLOCK_LABELS, STATE_LABELS, STATE_TONES, Call
from qiying.slices.calls.rules import PAUSED, STOPPED, CallState, Clock
from qiying.slices.calls.views import uploads
from qiying.slices.registry import public as registry

FIRM, OFFICER = Role.ENTERPRISE, Role.GRID_OFFICER
TONES = {**STATE_TONES, CallState.DECLINED: "paused"}
"""On the phone of a firm solid red is kept for time that ran out."""
SHOWN_STEPS = frozenset({Clock.ACCEPT, Clock.DISPATCH})
"""Steps indoors whose deadline is a promise to the firm as well."""
ASKS: Mapping[str, Promise] = {
    "supply_info": _("We need information from you"),
    "resume": _("We wait for you to go on"),
    "rate": _("Please rate the answer"),
}
ASKS_OF_FIRM: Mapping[str, Promise] = {
    "supply_info": _("The firm is asked for information: give it for the firm"),
    "resume": _("We wait for the firm: go on for it"),
    "rate": _("The firm is asked to rate; only the firm itself can"),
}
OFFICER_STEPS = frozenset({"supply_info", "resume"})
"""What an officer may do in the firm's place."""
ASK_ORDER = {"supply_info": 0, "resume": 1, "rate": 2}
"""What holds a call up comes first."""
ASK_ICONS = {"supply_info": "message-circle", "resume": "play", "rate": "star"}
FORM_FIELDS = {
    "title": "text",
    "site_id": "where",
    "longitude": "where",
    "latitude": "where",
    "matter_code": "matter",
    "complained_unit_id": "complained_unit",
    "attachments": "papers",
}
"""Arguments of operations by the field of the form that they come from."""
STALE_KEYS = frozenset({"idempotency.mismatch", "idempotency.key"})


def register_phone() -> None:
    """Hang the phone pages into the navigation; called once at start-up."""
    nav.item("work", _("Home"), "calls:mine", "house", {FIRM}, order=1, on_phone=True)
    nav.item("work", _("Call"), "calls:raise", "megaphone", {FIRM}, order=2, on_phone=True)
    nav.item("work", _("Calls"), "calls:history", "list-checks", {FIRM}, order=3, on_phone=True)
    nav.item(
        "work", _("My firms"), "calls:officer", "building-2", {OFFICER}, order=5, on_phone=True
    )
    nav.item(
        "work",
        _("Firms asked"),
        "calls:officer-waiting",
        "hourglass",
        {OFFICER},
        order=6,
        on_phone=True,
    )
    nav.item(
        "work",
        _("My account"),
        "kernel:account",
        "user",
        {FIRM, OFFICER},
        order=90,
        on_phone=True,
    )


# --- calls as cards ---


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call as a card: state, light, the promise that runs, and what the firm should do."""

    call: Call
    url: str
    tone: str
    label: Promise | str
    light: str
    light_label: Promise | str
    firm: str
    lead: str
    promise: Promise | str
    due_at: datetime | None
    is_paused: bool
    ask_code: str
    ask: Promise | str
    ask_icon: str
    ask_url: str


def call_line(call: Call, ask: str, *, now: datetime, is_officer: bool = False) -> CallLine:
    """The card of a call; ``ask`` is what ``queries.portfolio.asks_of`` says about it."""
    words = ASKS_OF_FIRM if is_officer else ASKS
    can_act = bool(ask) and (not is_officer or ask in OFFICER_STEPS)
    promise, due_at = promise_of(call)
    light = queries.light(call, now)
    return CallLine(
        call=call,
        url=reverse("calls:detail", args=[call.public_id]),
        tone=TONES[call.state],
        label=STATE_LABELS[call.state],
        light=light,
        light_label=light_word(call, light),
        firm=str(call.enterprise or ""),
        lead=str(call.lead_unit or ""),
        promise=promise,
        due_at=due_at,
        is_paused=call.state in PAUSED,
        ask_code=ask,
        ask=words.get(ask, ""),
        ask_icon=ASK_ICONS.get(ask, ""),
        ask_url=step_url(call, ask) if can_act else "",
    )


def call_lines(
    calls: Iterable[Call], asks: Mapping[int, str], *, now: datetime, is_officer: bool = False
) -> list[CallLine]:
    return [call_line(c, asks.get(c.pk, ""), now=now, is_officer=is_officer) for c in calls]


def promise_of(call: Call) -> tuple[Promise | str, datetime | None]:
    """What is promised next, and until when; nothing once the clock has stopped."""
    if call.state in STOPPED:
        return "", None
    is_early = call.state in {CallState.SUBMITTED, CallState.TRIAGE}
    if is_early and call.step_clock in SHOWN_STEPS and call.step_due_at is not None:
        return CLOCK_LABELS[call.step_clock], call.step_due_at
    return CLOCK_LABELS[call.clock], call.due_at


def light_word(call: Call, light: str) -> Promise | str:
    """What ran out, for a red light; "" for the others, whose word says all.

    A call that was answered in time is not late with its answer, however late the call-back is.
    """
    if light != "red":
        return ""
    return _("Call-back overdue") if call.clock == Clock.CALLBACK else _("Answer overdue")


def step_url(call: Call, step: str) -> str:
    return reverse("calls:act", args=[call.public_id, step])


# --- firms ---


def uuid_of(text: str) -> UUID:
    """An id out of an address; NotFound when it is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("not_found") from error


def firm_of_portfolio(actor: Actor, public_id: UUID) -> registry.EnterpriseCard:
    """A firm that this officer looks after; NotFound for any other."""
    firm = registry.enterprise_by_public_id(actor, public_id)
    if firm.id not in registry.portfolio_ids(actor):
        raise NotFound("not_found")
    return firm


def hotline_of(actor: Actor) -> str:
    """The zone's number, "" before the zone was described."""
    try:
        return registry.zone(actor).hotline
    except NotFound:
        return ""


def home_of(actor: Actor) -> str:
    """Where "back" leads."""
    if actor.enterprises:
        return reverse("calls:mine")
    return reverse("calls:officer" if actor.has(OFFICER) else "kernel:home")


# --- forms that write ---


class SendForm(Protocol):
    """A form of the phone: bound, checked, able to show what an operation refused."""

    cleaned_data: dict[str, Any]
    fields: dict[str, Any]

    def is_valid(self) -> bool: ...
    def add_error(self, field: str | None, error: Any) -> None: ...


@dataclass(slots=True)
class Sent:
    """What came of a posted form: an answer to send, or what the page needs to show it again."""

    response: HttpResponse | None
    kept: list[Attachment]
    key: str
    """The key to send again: the same one, unless it belongs to another record already."""


Work = Callable[[list[int]], str]


def send(
    request: HttpRequest,
    form: SendForm,
    work: Work,
    *,
    held: list[Attachment],
    now: datetime,
) -> Sent:
    """Check a posted form, run ``work`` once with the ids of its files, or keep it for a next try.

    ``work`` opens operations and returns the address to go to. Files that are sound stay with the
    form when something else is wrong; ``held`` are those of the try before.
    """
    actor = actor_of(request)
    is_valid = form.is_valid()
    new = list(getattr(form, "uploads", []))
    key = request.POST.get("idempotency_key", "")
    if is_valid:

        def run() -> str:
            rows = [*held, *uploads.store(actor, new, now=now)]
            return work([row.pk for row in rows])

        try:
            return Sent(submit_once(request, run), [], "")
        except NotFound:
            raise
        except Problem as problem:
            explain(form, problem)
            key = "" if problem.code in STALE_KEYS else key
    kept = [*held, *uploads.store(actor, new, now=now)]
    return Sent(None, kept[: files.MAX_FILES], key)


def explain(form: SendForm, problem: Problem) -> None:
    """Put a refusal where the reader can act on it."""
    codes = problem.fields if isinstance(problem, Invalid) else {}
    for name, code in codes.items():
        field = FORM_FIELDS.get(name, name)
        sentence = problems.sentence(code, problem.params)
        form.add_error(field if field in form.fields else None, sentence)
    if problem.code == "idempotency.mismatch":
        form.add_error(
            None, _("You sent this form already. Send it again if this is another matter.")
        )
    elif not codes:
        form.add_error(None, problems.explain(problem))
