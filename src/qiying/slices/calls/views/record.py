"""One call on the phone: its receipt and its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Attachment
from qiying.kernel.web import actor_of
from qiying.slices.calls import queries
from qiying.slices.calls.forms.firm import SayForm
from qiying.slices.calls.models import RESULT_LABELS, Call, Round
from qiying.slices.calls.queries import portfolio
from qiying.slices.calls.rules import READABLE, STATUTE, STOPPED, CallState, source_and_grade
from qiying.slices.calls.views.notices import notice_of
from qiying.slices.calls.views.shared import CallLine, call_line, home_of, step_url
from qiying.slices.calls.views.steps import FORMS, ICONS, TITLES
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

OWN_RULE = "D"
"""Grade of a time limit that the zone set itself."""


# --- addresses ---


# --- until when ---


def rule_words(round_: Round) -> str:
    """``5 working days``: how the promise of a round is counted."""
    return period_words(round_.rule_kind, round_.rule_amount)


def period_words(kind: str, amount: float) -> str:
    """``5 working days``."""
    number = int(amount) if amount == int(amount) else amount
    words = {
        "working_days": ngettext("%(n)s working day", "%(n)s working days", int(amount)),
        "natural_days": ngettext("%(n)s calendar day", "%(n)s calendar days", int(amount)),
        "hours": ngettext("%(n)s hour", "%(n)s hours", int(amount)),
        "working_hours": ngettext("%(n)s working hour", "%(n)s working hours", int(amount)),
    }
    return words.get(kind, "%(n)s") % {"n": number}


@dataclass(frozen=True, slots=True)
class Limit:
    """The time limit of a matter that somebody else than the zone sets."""

    words: str
    source: str
    grade: str

    @property
    def is_law(self) -> bool:
        """Whether a statute in force for the zone sets it; anything else is for comparison."""
        return self.grade == STATUTE

    @property
    def label(self) -> str:
        return gettext("By law") if self.is_law else gettext("For reference")


def limit_of(matter: mandate.MatterCard | None) -> Limit | None:
    """The limit of a matter with the text that sets it; None when only the zone does."""
    if matter is None or not matter.time_source:
        return None
    source, grade = source_and_grade(matter.time_source)
    if grade == OWN_RULE:
        return None
    return Limit(matter.time_label, source, grade)


def matter_of(actor: Actor, call: Call) -> mandate.MatterCard | None:
    if not call.matter_code:
        return None
    try:
        return mandate.matter(actor, call.matter_code, timezone.localdate(call.received_at))
    except NotFound:
        return None


# --- receipt ---


def receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    call = queries.get_by_public_id(actor, public_id)
    ruling = queries.proposal(actor, call)
    cards = queries.unit_cards(actor)
    lead_id = call.lead_unit_id or call.proposed_unit_id
    context = {
        "call": call,
        "line": call_line(call, "", now=now),
        "lead": cards.get(lead_id or 0),
        "is_sent": call.lead_unit_id is not None,
        "is_open_question": _is_open(ruling, lead_id),
        "reason": decisive(ruling) if ruling else "",
        "complained": cards.get(call.complained_unit_id or 0),
        "back": home_of(actor),
        "is_own": call.enterprise_id in actor.enterprises,
    }
    return render(request, "calls/firm/receipt.html", context)


def _is_open(ruling: mandate.Ruling | None, lead_id: int | None) -> bool:
    """Whether the boundary leaves it open who leads; a presumed owner is another question."""
    if ruling is None or ruling.presumption:
        return False
    return ruling.needs_confirmation or not lead_id


def decisive(ruling: mandate.Ruling) -> str:
    """The sentence of the rule that decided; the others stand on the page of the call."""
    lines = [r.sentence for r in ruling.reasons]
    return next((r.sentence for r in ruling.reasons if r.code == ruling.rule), "".join(lines[-1:]))


# --- the page of a call ---


@dataclass(frozen=True, slots=True)
class Answer:
    """What the lead unit answered in a round, as the firm may read it."""

    round: int
    result: Promise | str
    text: str
    files: list[Attachment]
    at: datetime | None


def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    call = queries.get_by_public_id(actor, public_id)
    found = queries.dossier(actor, call)
    steps = {
        s.name: s
        for s in queries.steps_open(actor, call, now=now, dossier=found)
        if s.name in FORMS and not s.blocked
    }
    ask = portfolio.asks_of(actor, [call], now=now).get(call.pk, "")
    matter = matter_of(actor, call)
    is_own = call.enterprise_id in actor.enterprises
    line = call_line(call, ask if ask in steps else "", now=now, is_officer=not is_own)
    context = {
        "call": call,
        "line": line,
        "stepper": stepper(call),
        "lead": found.units.get(call.lead_unit_id or 0),
        "ruling": queries.proposal(actor, call),
        "matter": matter,
        "promise": rule_words(found.round),
        "counted_from": found.round.started_at,
        "limit": limit_of(matter),
        "notice": notice_of(call, found),
        "answer": answer_of(found),
        "lines": list(reversed(queries.timeline(actor, call, found=found))),
        "call_files": found.call_files,
        "acts": _acts(call, steps, line),
        "again_url": _again_url(actor, call, now),
        "message": SayForm() if "message" in steps else None,
        "message_url": step_url(call, "message"),
        "back": _back(actor, call),
        "is_own": is_own,
        "complained": found.units.get(call.complained_unit_id or 0),
    }
    return render(request, "calls/firm/detail.html", context)


def _back(actor: Actor, call: Call) -> str:
    if call.enterprise is None or call.enterprise_id not in registry.portfolio_ids(actor):
        return home_of(actor)
    return reverse("calls:officer-firm", args=[call.enterprise.public_id])


def _again_url(actor: Actor, call: Call, now: datetime) -> str:
    """Where the firm, or its officer for it, files a call again that is past opening."""
    if call.enterprise is None or not queries.is_past_reopening(call, now):
        return ""
    firm = call.enterprise.public_id
    if call.enterprise_id in actor.enterprises:
        return f"{reverse('calls:raise')}?firm={firm}&follows={call.public_id}"
    if call.enterprise_id not in registry.portfolio_ids(actor):
        return ""
    return f"{reverse('calls:officer-raise', args=[firm])}?follows={call.public_id}"


def _acts(call: Call, steps: dict[str, queries.OpenStep], line: CallLine) -> list[dict[str, Any]]:
    """What else can be done, as plain buttons; the step that is asked for stands above them."""
    shown = [
        n for n in FORMS if n in steps and n != "message" and step_url(call, n) != line.ask_url
    ]
    return [
        {"name": n, "label": TITLES[n], "icon": ICONS[n], "url": step_url(call, n)} for n in shown
    ]


def answer_of(found: queries.Dossier) -> Answer | None:
    """The answer of the latest round that has one that passed review."""
    for round_ in reversed(found.rounds):
        if round_.answer_note_id and round_.state in READABLE:
            return Answer(
                round_.number,
                RESULT_LABELS.get(round_.result, ""),
                found.words(round_.answer_note_id),
                found.note_files(round_.answer_note_id),
                round_.answered_at,
            )
    return None


# --- progress ---

STAGES: tuple[Promise, ...] = (
    _("Raised"),
    _("Accepted"),
    _("Handled"),
    _("Answered"),
    _("Called back, closed"),
)
STAGE_OF = {
    CallState.SUBMITTED: 1,
    CallState.NEED_INFO: 1,
    CallState.REFUSAL: 1,
    CallState.TRIAGE: 2,
    CallState.DISPATCHED: 2,
    CallState.DISPUTED: 2,
    CallState.WORKING: 2,
    CallState.SCHEDULED: 2,
    CallState.SUSPENDED: 2,
    CallState.REOPENED: 2,
    CallState.ANSWERED: 3,
    CallState.CALLBACK: 4,
    CallState.CLOSED: 5,
    CallState.ARCHIVED: 5,
}
"""Which of the stages a state is in; the ones before it are done."""


def stepper(call: Call) -> list[dict[str, Any]]:
    """Five stages for the firm; a call that was not accepted or taken back ends at once."""
    moments = (call.received_at, call.accepted_at, call.dispatched_at, None, call.closed_at)
    if call.state in STOPPED and call.state not in STAGE_OF:
        words = (
            gettext("Not accepted") if call.state == CallState.DECLINED else gettext("Withdrawn")
        )
        return [
            {"label": STAGES[0], "state": "done", "at": call.received_at},
            {"label": words, "state": "current", "at": call.updated_at},
        ]
    now = STAGE_OF[CallState(call.state)]
    return [
        {"label": label, "state": _stage(i, now), "at": at if i < now or i == 0 else None}
        for i, (label, at) in enumerate(zip(STAGES, moments, strict=True))
    ]


def _stage(index: int, now: int) -> str:
    if index < now:
        return "done"
    return "current" if index == now else "todo"
