"""A rescue in the technician's hand: every step as a form that waits for a line and counts once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote as escaped
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.models import Attachment
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.steps import Choices, Given, is_asking
from qiying.slices.rescue.forms.walk import SIGNED, WalkForm, place_of
from qiying.slices.rescue.models import Job, labels
from qiying.slices.rescue.queries import record
from qiying.slices.rescue.queries.record import Record
from qiying.slices.rescue.rules import (
    INPUTS,
    LIFECYCLE,
    OPEN,
    PHONE,
    QuoteState,
    Safety,
    SeatState,
    State,
    is_device_key,
)
from qiying.slices.rescue.views.chief.words import STEP_ICONS, STEP_LABELS
from qiying.slices.rescue.views.phone.firm_job import permits_of
from qiying.slices.rescue.views.phone.shared import (
    WORKER,
    duty_url,
    kept_files,
    key_of,
    line_of,
    send,
)

WALK = (
    *("accept", "set_out", "arrive", "diagnose", "quote", "accept_quote", "begin"),
    *("use_part", "try_run", "finish"),
)
"""The usual way of a rescue; what lies ahead can be prepared without a line."""
ASIDE = (
    *("help_remotely", "solve_remotely", "issue_permit", "wait_for_parts", "parts_came"),
    *("fail_trial", "patch", "resume", "decline_quote", "release", "refuse"),
)
NOT_AHEAD = frozenset({"accept", "accept_quote"})
"""Only with a line: somebody else could be asked, and the firm must see the quote first."""
HINTS: Mapping[str, Promise] = {
    "set_out": _("The firm sees that you are on the way."),
    "arrive": _("The phone adds where it is; near the machine nothing is asked."),
    "begin": _("The fault is named, the quote accepted, the permits valid."),
    "quote": _("Work and ways are shared with the zone, parts are paid by the firm."),
    "try_run": _("With a photo of the machine as you leave it."),
    "finish": _("The firm reads what was done and signs below."),
    "patch": _("It runs for now; the rest has a day."),
    "accept_quote": _("The firm reads the quote on your phone and signs below."),
    "release": _("Somebody else is asked at once; the promise to the firm runs on."),
    "wait_for_parts": _("You are free for other rescues meanwhile."),
}
TITLES: Mapping[str, Promise | str] = {
    **STEP_LABELS,
    "accept": _("Accept the rescue"),
    "refuse": _("Refuse the rescue"),
}
FIELDS: Mapping[str, str] = {"attachments": "papers"}
REACHED = {
    State.ANSWERED: 1,
    State.REMOTE: 1,
    State.UNDER_WAY: 2,
    State.ON_SITE: 3,
    State.DIAGNOSED: 4,
    State.QUOTED: 6,
    State.WORKING: 7,
    State.TRIAL: 9,
}
"""The first step of the walk that is still to come, by the state of the job."""


@dataclass(frozen=True, slots=True)
class StepCard:
    """One step as the phone draws it."""

    name: str
    title: Promise | str
    icon: str
    hint: Promise | str
    url: str
    form: WalkForm
    is_open: bool
    """Unfolded at once."""
    is_ahead: bool
    """Not its turn yet: kept on the phone, or refused."""
    asks: bool
    is_grave: bool
    is_signed: bool
    draft: str
    digest: str = ""
    held: Sequence[Attachment] = ()
    key: str = ""


@page(WORKER)
def job_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One rescue with every step that is open, and those of the way ahead."""
    job = queries.get_by_public_id(actor_of(request), public_id)
    return _show(request, job, now=timezone.now())


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that came back."""

    form: WalkForm
    held: Sequence[Attachment]
    key: str


def _show(
    request: HttpRequest,
    job: Job,
    *,
    now: datetime,
    tried: Tried | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    with tenancy.reading(actor):
        found = record.record(actor, job, now=now)
        cards = cards_of(found, tried)
        context = {
            **_about(actor, found, now),
            "cards": [c for c in cards if not c.is_ahead],
            "ahead": [c for c in cards if c.is_ahead],
            "tried": tried,
        }
        return render(request, "rescue/phone/work.html", context, status=status)


def _about(actor: Actor, found: Record, now: datetime) -> dict[str, Any]:
    job = found.job
    machine = job.equipment
    seat, quote = found.own_seat, found.quote
    rule = queries.rule_in_force(actor)
    return {
        "job": job,
        "line": line_of(job, url=duty_url(job)),
        "firm": str(job.enterprise),
        "machine": machine,
        "machine_url": reverse("rescue:scan", args=[machine.label]) if machine else "",
        "urgency": labels.URGENCIES[job.urgency],
        "safety": labels.SAFETIES[job.safety],
        "is_danger": job.safety == Safety.DANGER,
        "seat": seat,
        "seat_label": labels.SEAT_STATES[seat.state] if seat else "",
        "is_moving": seat is not None and seat.state == SeatState.EN_ROUTE,
        "offer": found.own_offer,
        "crew": [s for s in found.seats if s.technician_id and s is not seat],
        "permits": permits_of(found, now=now),
        "quote": quote,
        "quote_label": labels.QUOTE_STATES[quote.state] if quote else "",
        "quote_lines": found.lines,
        "is_free": job.warranty_of_id is not None,
        "diagnoses": found.diagnoses,
        "parts": [(p, labels.STOCKS[p.stock]) for p in found.parts],
        "files": found.files,
        "report": found.report,
        "routes": routes(job, str(job.enterprise)),
        "radius": rule.site_radius_m,
        "is_over": job.state not in OPEN,
        "notes": found.notes,
        "track_url": reverse("rescue:duty-track", args=[job.public_id]),
    }


def routes(job: Job, name: str) -> list[tuple[str, Promise, str]]:
    """Ways to be led there: icon, words, address; coordinates are WGS 84."""
    at = f"{job.latitude:.6f},{job.longitude:.6f}"
    to = f"{job.longitude:.6f},{job.latitude:.6f},{escaped(name)}"
    return [
        (
            "navigation",
            _("Navigate (AutoNavi map)"),
            f"https://uri.amap.com/navigation?to={to}&mode=car&coordinate=wgs84&callnative=1",
        ),
        ("map-pin", _("Other map app"), f"geo:{at}?q={at}({escaped(name)})"),
    ]


# --- the steps ---


def cards_of(found: Record, tried: Tried | None = None) -> list[StepCard]:
    """The open steps in the order of the walk, then what stands aside, then the way ahead."""
    opened = {s.name for s in record.steps_open(found)} & PHONE
    if found.own_seat is None:
        opened &= {"accept", "refuse", "help_remotely"}
    opened -= _pointless(found)
    names = [n for n in (*WALK, *ASIDE) if n in opened]
    first = next((n for n in names if n in WALK), "")
    wanted = tried.form.step if tried else first
    given = _Offered(found)
    cards = [_card(found, given, n, tried, is_open=n == wanted) for n in names]
    later = [n for n in _ahead(found) if n not in opened]
    if tried and tried.form.step not in {*names, *later}:
        later.insert(0, tried.form.step)
    return [
        *cards,
        *(_card(found, given, n, tried, is_open=n == wanted, is_ahead=True) for n in later),
    ]


def _pointless(found: Record) -> set[str]:
    """Steps that the table opens and the rows make pointless."""
    seat, quote = found.own_seat, found.quote
    state = seat.state if seat else ""
    out: set[str] = set()
    if state != SeatState.ACCEPTED:
        out.add("set_out")
    if state not in (SeatState.ACCEPTED, SeatState.EN_ROUTE):
        out.add("arrive")
    is_agreed = quote is not None and quote.state == QuoteState.ACCEPTED
    if not (is_agreed or found.job.warranty_of_id):
        out.add("begin")
    if found.job.state == State.ON_SITE and not found.diagnoses:
        out.add("begin")
    if not _missing(found):
        out.add("issue_permit")
    return out


def _missing(found: Record) -> list[str]:
    valid = {p.kind for p in found.permits if p.valid_until > found.now}
    return [k for k in found.job.permits if k not in valid]


def _ahead(found: Record) -> list[str]:
    """What comes after the open steps: filled in without a line it is sent when there is one."""
    if found.own_seat is None:
        return []
    reached = REACHED.get(State(found.job.state))
    return [] if reached is None else [n for n in WALK[reached:] if n not in NOT_AHEAD]


def _card(
    found: Record,
    given: "_Offered",
    name: str,
    tried: Tried | None,
    *,
    is_open: bool,
    is_ahead: bool = False,
) -> StepCard:
    mine = tried if tried is not None and tried.form.step == name else None
    quote = found.quote
    return StepCard(
        name=name,
        title=TITLES[name],
        icon=STEP_ICONS.get(name, "circle-check"),
        hint=HINTS.get(name, ""),
        url=reverse("rescue:duty-take", args=[found.job.public_id, name]),
        form=mine.form if mine else WalkForm(name, given.given(name)),
        is_open=is_open,
        is_ahead=is_ahead,
        asks=is_asking(name) or name in SIGNED,
        is_grave=name in {"refuse", "release", "decline_quote"},
        is_signed=name in SIGNED,
        draft=f"walk-{found.job.pk}-{name}-{found.job.version}",
        digest=quote.digest if quote is not None and "digest" in INPUTS[name].names else "",
        held=mine.held if mine else (),
        key=mine.key if mine else "",
    )


class _Offered:
    """What the forms choose from; the price list is read once and when it is asked for."""

    def __init__(self, found: Record) -> None:
        self.found = found
        self._items: Choices | None = None

    def given(self, step: str) -> Given:
        if step not in ("quote", "use_part"):
            return Given()
        if self._items is None:
            seat = self.found.own_seat
            rows = record.price_items(self.found, seat.technician if seat else None)
            self._rows = rows
            self._items = [(i.pk, f"{i.name} · ¥{i.price_cny}/{i.unit}") for i in rows]
        if step == "use_part":
            return Given(items=[(i.pk, i.name) for i in self._rows if i.is_part])
        return Given(items=self._items)


@page(WORKER)
@require_POST
def take(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One step of the phone; sent again under the same key it changes nothing."""
    actor, now = actor_of(request), timezone.now()
    if step not in PHONE or step not in LIFECYCLE.steps:
        raise NotFound("not_found")
    held = kept_files(request, actor)
    with tenancy.reading(actor):
        job = queries.get_by_public_id(actor, public_id)
        given = _Offered(record.record(actor, job, now=now)).given(step)
    form = WalkForm(step, given, request.POST, request.FILES, kept=len(held))
    place = place_of(request.POST)

    def work(attachments: list[int]) -> str:
        inputs = {**form.inputs_at(place.get("sent_at", now)), **place, **_more(request, step)}
        if attachments:
            inputs["attachments"] = attachments
        operations.take(actor, job.pk, step, now=now, **inputs)
        return _next(job, step)

    sent = send(request, _Named(form), work, held=held, now=now, fields=FIELDS)
    if sent.response is not None:
        return sent.response
    with tenancy.reading(actor):
        fresh = queries.get_by_public_id(actor, public_id)
    return _show(request, fresh, now=now, tried=Tried(form, sent.kept, sent.key), status=422)


def _next(job: Job, step: str) -> str:
    return reverse("rescue:duty") if step in ("refuse", "release") else duty_url(job)


def _more(request: HttpRequest, step: str) -> dict[str, Any]:
    """The key that makes the step count once, and the sum of the quote that was shown."""
    found: dict[str, Any] = {}
    key = key_of(request)
    if is_device_key(key):
        found["device_key"] = key
    digest = request.POST.get("digest", "")
    if "digest" in INPUTS[step].names:
        is_sum = digest.isalnum() and digest.isascii() and len(digest) <= 64
        found["digest"] = digest if is_sum else "none"
    return found


class _Named:
    """The form with its files by field, as ``send`` keeps them."""

    def __init__(self, form: WalkForm) -> None:
        self.form = form
        self.is_valid = form.is_valid
        self.add_error = form.add_error
        self.fields = form.fields

    @property
    def uploads(self) -> list[tuple[str, Any]]:
        return self.form.with_names


@page(WORKER)
@require_POST
def track(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """Where the technician is on the way, from the open page; each key counts once."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        job = queries.get_by_public_id(actor, public_id)
    place, key = place_of(request.POST), request.POST.get("device_key", "")
    if "longitude" not in place or not is_device_key(key):
        raise Invalid("input.invalid", {"longitude": "input.required"})
    operations.track(actor, job.pk, now=now, device_key=key, **place)
    return JsonResponse({"ok": True})
