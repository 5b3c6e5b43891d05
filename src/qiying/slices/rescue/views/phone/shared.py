"""What the phones of firms and of technicians share: tabs, cards of jobs, forms sent once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import files, ical, nav, problems, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound, Problem
from qiying.kernel.models import Attachment
from qiying.kernel.posting import explain
from qiying.kernel.web import actor_of, submit_once
from qiying.slices.registry import public as registry
from qiying.slices.rescue.models import Job, labels
from qiying.slices.rescue.queries import phone, technician_of
from qiying.slices.rescue.rules import OPEN, UNANSWERED, Kind, State

FIRM, WORKER = Role.ENTERPRISE, Role.TECHNICIAN
KEPT = "kept"
STALE_KEYS = frozenset({"idempotency.mismatch", "idempotency.key"})
ASKS: Mapping[str, Promise] = {
    "accept_quote": _("Look at the quote and answer"),
    "confirm": _("Does it run? Please confirm"),
    "rate": _("Please rate the rescue"),
}
ASK_ICONS = {"accept_quote": "receipt-text", "confirm": "circle-check", "rate": "star"}
SHIFT_WARNING = timedelta(minutes=60)
PROBLEMS = {
    "rescue.label_misread": _(
        "This is no label of a machine: read the six signs again, or scan the code once more."
    ),
}
OF_WORKERS = (
    (_("My duty"), "rescue:duty", "siren"),
    (_("My rescues"), "rescue:duty-jobs", "list-checks"),
    (_("Shifts"), "rescue:duty-shifts", "calendar-days"),
)
"""The tabs of a technician's phone, the first opened after signing in."""


def register_phone() -> None:
    """Hang the phone pages into the navigation; called once at start-up."""
    problems.register(PROBLEMS)
    nav.item("work", _("Rescue"), "rescue:mine", "siren", {FIRM}, order=4, on_phone=True)
    for n, (name, url, icon) in enumerate(OF_WORKERS, start=1):
        first = {WORKER} if n == 1 else set[Role]()
        nav.item("work", name, url, icon, {WORKER}, order=n, on_phone=True, first_for=first)
    everybody = {FIRM, Role.GRID_OFFICER, WORKER}
    nav.item("work", _("My account"), "kernel:account", "user", everybody, order=90, on_phone=True)
    nav.command(_("Labels of machines"), "qr-code", "rescue:labels", LABELLERS)
    ical.provider("rescue.shifts")(_shifts)


LABELLERS = frozenset({FIRM, Role.DUTY_CHIEF, Role.ADMINISTRATOR, Role.DESK})
"""Who may print labels: the firm for its own machines, the zone for every machine."""


def _shifts(actor: Actor, now: datetime) -> Iterable[ical.Entry]:
    """The shifts of a technician as entries with a beginning and an end."""
    worker = technician_of(actor) if actor.has(WORKER) else None
    if worker is None:
        return
    for row in phone.shifts_of(worker, now=now):
        yield ical.Entry(
            uid=f"shift-{row.pk}",
            title=gettext("%(kind)s, %(station)s")
            % {"kind": labels.SHIFT_KINDS[row.kind], "station": row.station.name},
            due_at=row.ends_at,
            path=reverse("rescue:duty-shifts"),
            revised_at=row.starts_at,
            warn_before=SHIFT_WARNING,
            starts_at=row.starts_at,
        )


# --- jobs as cards ---


@dataclass(frozen=True, slots=True)
class Line:
    """A job as a card of a phone: how it stands, what was promised, what the firm should do."""

    job: Job
    url: str
    tone: str
    label: Promise | str
    machine: str
    firm: str
    due_label: Promise | str
    due_at: datetime | None
    is_lost: bool
    ask: Promise | str = ""
    ask_icon: str = ""


def line_of(job: Job, *, url: str, ask: str = "") -> Line:
    label, due_at = due_of(job)
    machine = job.equipment
    return Line(
        job=job,
        url=url,
        tone=labels.STATE_TONES[State(job.state)],
        label=labels.STATES[State(job.state)],
        machine=f"{machine.name} {machine.label}" if machine else "",
        firm=str(job.enterprise),
        due_label=label,
        due_at=due_at,
        is_lost=job.promise_lost_at is not None and job.state in UNANSWERED,
        ask=ASKS.get(ask, ""),
        ask_icon=ASK_ICONS.get(ask, ""),
    )


def due_of(job: Job) -> tuple[Promise | str, datetime | None]:
    """What is promised next and until when; nothing once somebody is there."""
    if job.state not in OPEN or job.running_at is not None:
        return "", None
    if job.state in UNANSWERED:
        return _("Answer promised"), job.answer_due_at
    if job.arrived_at is None and job.kind == Kind.EMERGENCY and job.state != State.REMOTE:
        return _("At the machine, our goal"), job.arrive_goal_at
    return "", None


def my_url(job: Job) -> str:
    return reverse("rescue:my-job", args=[job.public_id])


def duty_url(job: Job) -> str:
    return reverse("rescue:duty-job", args=[job.public_id])


def hotline_of(actor: Actor) -> str:
    """The zone's number, "" before the zone was described."""
    try:
        return registry.zone(actor).hotline
    except NotFound:
        return ""


# --- files that stay with a form that came back ---


def kept_files(request: HttpRequest, actor: Actor) -> list[Attachment]:
    """The actor's own loose files that a form which came back still holds."""
    found: list[Attachment] = []
    with tenancy.reading(actor):
        for text in request.POST.getlist(KEPT)[: files.MAX_FILES]:
            row = _loose(actor, text)
            if row is not None and row not in found:
                found.append(row)
    return found


def _loose(actor: Actor, text: str) -> Attachment | None:
    try:
        row = files.get(actor, UUID(text))
    except (ValueError, NotFound):
        return None
    return row if row.subject_id is None and row.uploaded_by == actor.identity else None


Uploads = Sequence[tuple[str, Any]]


def store(actor: Actor, uploads: Uploads, *, now: datetime) -> list[Attachment]:
    """Keep uploads that a form let through; ``purpose`` is the field they came by."""
    return [files.store(actor, upload, purpose=name, now=now) for name, upload in uploads]


# --- forms that write ---


@dataclass(slots=True)
class Sent:
    """What came of a posted form: an answer to send, or what the page needs to show it again."""

    response: HttpResponse | None
    kept: list[Attachment]
    key: str
    """The key to send again: the same one, unless it belongs to another record already."""


def send(
    request: HttpRequest,
    form: Any,
    work: Callable[[list[int]], str],
    *,
    now: datetime,
    fields: Mapping[str, str],
    held: Sequence[Attachment] = (),
) -> Sent:
    """Check a posted form, run ``work`` once with the ids of its files, or keep it for a next try.

    ``work`` opens operations and returns the address to go to; ``held`` are files of the try
    before.
    """
    actor = actor_of(request)
    is_valid = form.is_valid()
    new: Uploads = list(getattr(form, "uploads", []))
    key = key_of(request)
    if is_valid:

        def run() -> str:
            rows = [*held, *store(actor, new, now=now)]
            return work([row.pk for row in rows])

        try:
            return Sent(submit_once(request, run), [], "")
        except NotFound:
            raise
        except Problem as problem:
            explain(form, problem, fields=fields)
            key = "" if problem.code in STALE_KEYS else key
    kept = [*held, *store(actor, new, now=now)]
    return Sent(None, kept[: files.MAX_FILES], key)


def key_of(request: HttpRequest) -> str:
    return request.POST.get("idempotency_key", "")


def back_to(request: HttpRequest, default: str) -> str:
    """Where "back" leads: a page of this slice that said so, else the given one."""
    wanted = request.GET.get("back", "")
    return {"duty": reverse("rescue:duty"), "mine": reverse("rescue:mine")}.get(wanted, default)
