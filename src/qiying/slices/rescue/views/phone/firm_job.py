"""One job on the firm's phone: who comes and when, the quote, permits, the result, the warranty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Attachment
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.phone import (
    PermitForm,
    PlainForm,
    RateForm,
    SayForm,
    WithdrawForm,
)
from qiying.slices.rescue.models import Job, Quote, Seat, labels
from qiying.slices.rescue.queries import phone, record
from qiying.slices.rescue.queries.record import Record
from qiying.slices.rescue.rules import (
    HELD,
    LIFECYCLE,
    OPEN,
    UNANSWERED,
    PermitKind,
    QuoteState,
    Safety,
    State,
)
from qiying.slices.rescue.views.phone.shared import (
    FIRM,
    hotline_of,
    line_of,
    my_url,
    send,
)

MORE_OF_FIRM = ("dispute_result", "withdraw")
ACT_LABELS: Mapping[str, Promise] = {
    "confirm": _("It runs: confirm"),
    "dispute_result": _("It still does not run"),
    "rate": _("Rate this rescue"),
    "withdraw": _("Nobody is needed any more"),
    "decline_quote": _("Decline the quote"),
    "issue_permit": _("Issue the permit"),
    "rework": _("It broke again: free repair"),
}
ACT_ICONS = {
    "confirm": "circle-check",
    "dispute_result": "rotate-ccw",
    "rate": "star",
    "withdraw": "undo-2",
    "decline_quote": "ban",
    "issue_permit": "shield-check",
    "rework": "wrench",
}
COURSE: Sequence[tuple[str, Promise]] = (
    ("reported_at", _("Reported")),
    ("acknowledged_at", _("Taken up")),
    ("answered_at", _("Technician named")),
    ("arrived_at", _("Arrived at the machine")),
    ("begun_at", _("Repair begun")),
    ("running_at", _("Runs again")),
    ("confirmed_at", _("Confirmed")),
)


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody who comes: the telephone stands there while the job is open."""

    name: str
    provider: str
    state: Promise | str
    phone: str
    seen: dict[str, Any] | None


@page(FIRM)
def job_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One job of the own firm; the part that changes refreshes by itself."""
    actor, now = actor_of(request), timezone.now()
    job = own_job(actor, public_id)
    return render(request, "rescue/phone/my_job.html", _context(request, actor, job, now))


def own_job(actor: Actor, public_id: UUID) -> Job:
    """A job of a firm for which this person acts; NotFound for any other."""
    job = queries.get_by_public_id(actor, public_id)
    if job.enterprise_id not in actor.enterprises:
        raise NotFound("not_found")
    return job


def _context(request: HttpRequest, actor: Actor, job: Job, now: datetime) -> dict[str, Any]:
    found = record.record(actor, job, now=now)
    asks = phone.asks_of(actor, [job])
    quote = found.quote
    return {
        "job": job,
        "line": line_of(job, url=my_url(job), ask=asks.get(job.pk, "")),
        "ask": asks.get(job.pk, ""),
        "ask_url": act_url(job, asks[job.pk]) if job.pk in asks else "",
        "stepper": stepper(job),
        "is_interval": _is_interval(job),
        "comers": comers(found, now=now),
        "hotline": hotline_of(actor),
        "is_sent": request.GET.get("sent") == "1",
        "is_danger": job.safety == Safety.DANGER and job.state in OPEN,
        "is_unanswered": job.state in UNANSWERED,
        "quote": quote,
        "quote_lines": found.lines,
        "may_answer": quote is not None and quote.state == QuoteState.SHOWN,
        "quote_label": labels.QUOTE_STATES[quote.state] if quote else "",
        "permits": permits_of(found, now=now),
        "diagnoses": found.diagnoses,
        "parts": [(p, labels.STOCKS[p.stock]) for p in found.parts],
        "report": found.report,
        "outcome": labels.OUTCOMES[found.report.outcome] if found.report else "",
        "signature": _of_purpose(found, "signature"),
        "files": [f for f in found.files if f.purpose != "signature"],
        "rating": labels.GRADES[found.rating.grade] if found.rating else "",
        "acts": acts_of(found),
        "rework_url": act_url(job, "rework") if _may_rework(actor, job, now) else "",
        "reworks": [line_of(j, url=my_url(j)) for j in phone.reworks_of(actor, job)],
        "course": record.course(found),
        "urgency": labels.URGENCIES[job.urgency],
        "machine_url": _machine_url(job),
    }


def _is_interval(job: Job) -> bool:
    """Whether earliest and latest lie apart far enough to be told apart in minutes."""
    first, last = job.expected_from_at, job.expected_until_at
    return first is not None and last is not None and last - first >= timedelta(minutes=2)


def _machine_url(job: Job) -> str:
    return reverse("rescue:scan", args=[job.equipment.label]) if job.equipment else ""


def _may_rework(actor: Actor, job: Job, now: datetime) -> bool:
    is_open = any(j.state in OPEN for j in phone.reworks_of(actor, job))
    return phone.is_under_warranty(job, now=now) and not is_open


def _of_purpose(found: Record, purpose: str) -> Attachment | None:
    return next((f for f in reversed(found.files) if f.purpose == purpose), None)


def act_url(job: Job, step: str) -> str:
    return reverse("rescue:my-act", args=[job.public_id, step])


def comers(found: Record, *, now: datetime) -> list[Comer]:
    """The crew; telephones and places only while the job is open."""
    is_open = found.job.state in OPEN
    held = [
        s for s in found.seats if s.technician is not None and (s.state in HELD or not is_open)
    ]
    return [_comer(s, is_open=is_open, now=now) for s in held]


def _comer(seat: Seat, *, is_open: bool, now: datetime) -> Comer:
    who = seat.technician
    assert who is not None  # noqa: S101  such seats only
    telephone = who.phone or who.person.phone or ""
    return Comer(
        name=str(who.person.name),
        provider=who.provider.name,
        state=labels.SEAT_STATES[seat.state],
        phone=telephone if is_open else "",
        seen=phone.last_seen(seat, now=now) if is_open else None,
    )


def stepper(job: Job) -> list[dict[str, Any]]:
    """The moments of a job: what is done, what comes next."""
    moments = [(label, getattr(job, name)) for name, label in COURSE]
    last = max(n for n, (_label, at) in enumerate(moments) if at is not None)
    is_over = job.state not in OPEN
    found = []
    for n, (label, at) in enumerate(moments):
        if at is not None:
            state = "done"
        elif n < last or is_over:
            state = "skipped"
        else:
            state = "current" if n == last + 1 else "todo"
        found.append({"label": label, "state": state, "at": at})
    return [x for x in found if x["state"] != "skipped"]


def permits_of(found: Record, *, now: datetime) -> list[dict[str, Any]]:
    """The permits that the job demands: which stand, which the safety person still issues."""
    valid = {p.kind: p for p in found.permits if p.valid_until > now}
    may = "issue_permit" in LIFECYCLE.open_to(found.job.state, found.actor.roles)
    return [
        {
            "label": labels.PERMITS[kind],
            "permit": valid.get(kind),
            "url": f"{act_url(found.job, 'issue_permit')}?kind={kind}" if may else "",
        }
        for kind in found.job.permits
        if kind in set(PermitKind)
    ]


def acts_of(found: Record) -> list[dict[str, Any]]:
    """Further steps of the firm, besides the one that it is asked for."""
    names = LIFECYCLE.open_to(found.job.state, frozenset({Role.ENTERPRISE}))
    return [_act(found.job, name) for name in MORE_OF_FIRM if name in names]


def _act(job: Job, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": ACT_LABELS[name],
        "icon": ACT_ICONS[name],
        "url": act_url(job, name),
        "is_grave": name in {"withdraw", "dispute_result"},
    }


# --- one step of the firm ---


def _permit_kind(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in set(PermitKind) else PermitKind.LOCK_OUT.value


def _form(request: HttpRequest, step: str, *args: Any) -> Any:
    if step == "issue_permit":
        return PermitForm(*args, kind=_permit_kind(request))
    made = FORMS[step](*args)
    if step in SAY_LABELS:
        made.fields["text"].label = SAY_LABELS[step]
    return made


FORMS: Mapping[str, Any] = {
    "decline_quote": SayForm,
    "dispute_result": SayForm,
    "rework": SayForm,
    "rate": RateForm,
    "confirm": RateForm,
    "withdraw": WithdrawForm,
    "issue_permit": PermitForm,
}
"""Confirming and rating are one form: who says that it runs says at once how it went."""
SAY_LABELS: Mapping[str, Promise] = {
    "decline_quote": _("Why not, and who repairs it instead?"),
    "dispute_result": _("What does not run?"),
    "rework": _("What broke again?"),
}
FIELDS: Mapping[str, str] = {"valid_until": "span", "permit": "checks"}


@page(FIRM)
def act(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One step: its form, then the operation, once."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        job = own_job(actor, public_id)
        quote = queries.quote_of(job, QuoteState.SHOWN)
    if step == "accept_quote":
        return _accept_quote(request, actor, job, quote, now=now)
    if step not in FORMS:
        raise NotFound("not_found")
    if request.method != "POST":
        return _show(request, job, step, _form(request, step), quote)
    form = _form(request, step, request.POST)

    def work(_files: list[int]) -> str:
        return my_url(_do(request, actor, job, step, form, now=now))

    sent = send(request, form, work, now=now, fields=FIELDS)
    if sent.response is not None:
        return sent.response
    return _show(request, job, step, form, quote, key=sent.key, status=422)


def _do(
    request: HttpRequest, actor: Actor, job: Job, step: str, form: Any, *, now: datetime
) -> Job:
    data = form.cleaned_data
    if step == "rework":
        return operations.rework(actor, job.pk, now=now, text=data["text"])
    if step == "issue_permit":
        inputs = {
            "permit": _permit_kind(request),
            "checks": data["checks"],
            "issued_by": data["issued_by"],
            "valid_until": now + form.lasts,
        }
        return operations.take(actor, job.pk, step, now=now, **inputs)
    if step == "confirm":
        operations.take(actor, job.pk, "confirm", now=now)
        return operations.take(actor, job.pk, "rate", now=now, **data)
    more: dict[str, Any] = {"digest": _digest(request)} if step == "decline_quote" else {}
    return operations.take(actor, job.pk, step, now=now, **data, **more)


def _digest(request: HttpRequest) -> str:
    """The sum of the quote that the reader was shown."""
    text = request.POST.get("digest", "")
    return text if text.isalnum() and text.isascii() and len(text) <= 64 else "none"


def _accept_quote(
    request: HttpRequest, actor: Actor, job: Job, quote: Quote | None, *, now: datetime
) -> HttpResponse:
    """The quote with all its lines; the button below says yes to exactly these."""
    if request.method == "POST":
        form = PlainForm(request.POST)

        def work(_files: list[int]) -> str:
            step = "accept_quote"
            return my_url(operations.take(actor, job.pk, step, now=now, digest=_digest(request)))

        sent = send(request, form, work, now=now, fields={"digest": "digest"})
        if sent.response is not None:
            return sent.response
        return _show_quote(request, actor, job, form, status=422)
    if quote is None:
        return redirect(my_url(job))
    return _show_quote(request, actor, job, PlainForm())


def _show_quote(
    request: HttpRequest, actor: Actor, job: Job, form: Any, *, status: int = 200
) -> HttpResponse:
    with tenancy.reading(actor):
        found = record.record(actor, queries.get_job(actor, job.pk), now=timezone.now())
        context = {
            "job": job,
            "form": form,
            "quote": found.quote,
            "quote_lines": found.lines,
            "may_answer": found.quote is not None and found.quote.state == QuoteState.SHOWN,
            "diagnoses": found.diagnoses,
            "decline_url": act_url(job, "decline_quote"),
            "back": my_url(job),
        }
        return render(request, "rescue/phone/quote.html", context, status=status)


def _show(
    request: HttpRequest,
    job: Job,
    step: str,
    form: Any,
    quote: Quote | None,
    *,
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    kind = _permit_kind(request) if step == "issue_permit" else ""
    context = {
        "job": job,
        "step": step,
        "title": ACT_LABELS[step],
        "icon": ACT_ICONS[step],
        "form": form,
        "key": key,
        "quote": quote,
        "permit": labels.PERMITS[PermitKind(kind)] if kind else "",
        "draft": f"rescue-{step}-{job.pk}-{job.version}-{kind}",
        "back": my_url(job),
        "is_running": job.state in (State.DONE, State.TEMPORARY),
    }
    return render(request, "rescue/phone/act.html", context, status=status)
