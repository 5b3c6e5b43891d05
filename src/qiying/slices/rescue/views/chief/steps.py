"""The steps of a job as forms, taken once, shown again with everything they held."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from qiying.kernel import files, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Attachment
from qiying.kernel.people import SHANGHAI
from qiying.slices.rescue import queries
from qiying.slices.rescue.forms.steps import Choices, Given, StepForm, is_asking
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.queries import coverage, live, record
from qiying.slices.rescue.queries.record import OpenStep, Record
from qiying.slices.rescue.rules import HELD, INPUTS
from qiying.slices.rescue.views.chief import shared, words

NAMES_ITEMS = frozenset({"lines", "item_id"})
NIGHT_UNTIL = timedelta(hours=12)
RANK = {"primary": 0, "plain": 1, "danger": 2}
KEPT = "kept"
"""Files that are with us already, from a try before."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as the page draws it."""

    step: OpenStep
    title: Promise | str
    icon: str
    hint: Promise | str
    url: str
    form: StepForm
    is_open: bool
    asks: bool
    digest: str = ""
    held: Sequence[Attachment] = ()
    key: str = ""

    @property
    def anchor(self) -> str:
        return f"do-{self.step.name}"


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that came back."""

    form: StepForm
    held: list[Attachment] = field(default_factory=list)
    key: str = ""
    moved_on: bool = False
    """Somebody was faster."""


def views_of(found: Record, *, tried: Tried | None = None, wanted: str = "") -> list[StepView]:
    """The steps that are open, what moves the job on first; one of them stands open."""
    steps = sorted(record.steps_open(found), key=lambda s: RANK[s.tone])
    opened = _opened(steps, tried, wanted)
    offered = _Offered(found)
    return [_view(found, offered, s, tried, is_open=s is opened) for s in steps]


def _opened(steps: list[OpenStep], tried: Tried | None, wanted: str) -> OpenStep | None:
    if tried is not None:
        return next((s for s in steps if s.name == tried.form.step), None)
    named = next((s for s in steps if s.name == wanted), None)
    return named or next((s for s in steps if s.tone == "primary"), None)


def _view(
    found: Record, offered: "_Offered", step: OpenStep, tried: Tried | None, *, is_open: bool
) -> StepView:
    mine = tried if tried is not None and tried.form.step == step.name else None
    quote = found.quote
    needs_digest = "digest" in step.inputs.names and quote is not None
    return StepView(
        step,
        words.STEP_LABELS.get(step.name, step.name),
        words.STEP_ICONS.get(step.name, "circle-check"),
        words.STEP_HINTS.get(step.name, ""),
        reverse("rescue:take", args=[found.job.public_id, step.name]),
        mine.form if mine else StepForm(step.name, offered.given(step.name)),
        is_open,
        is_asking(step.name),
        quote.digest if needs_digest and quote is not None else "",
        mine.held if mine else (),
        mine.key if mine else "",
    )


class _Offered:
    """What the forms of one job choose from; each list is read once and when it is asked for."""

    def __init__(self, found: Record) -> None:
        self.found = found
        self._read: dict[str, Choices] = {}

    def _once(self, name: str, read: Any) -> Choices:
        if name not in self._read:
            self._read[name] = read()
        return self._read[name]

    def given(self, step: str) -> Given:
        asked = set(INPUTS[step].names)
        return Given(
            technicians=self._people(step) if "technician_id" in asked else (),
            seats=self._once("seats", self._seats) if "seat" in asked else (),
            skills=self._once("skills", self._skills) if "skill" in asked else (),
            items=self._once("items", self._items) if asked & NAMES_ITEMS else (),
            initial=self._initial(step),
        )

    def _people(self, step: str) -> Choices:
        if step == "release":
            return [
                (s.technician_id, str(s.technician.person))
                for s in self.found.seats
                if s.state in HELD and s.technician is not None
            ]
        if step == "offer":
            return self._once("proposed", self._proposed)
        return self._once("able", self._able)

    def _proposed(self) -> Choices:
        people = shared.people_of(self.found.actor, [self.found.proposal])
        chosen = self.found.proposal.chosen if self.found.proposal else ()
        ids = [int(o["technician"]) for o in chosen]
        return [(pk, str(people[pk].person)) for pk in ids if pk in people]

    def _able(self) -> Choices:
        actor, job = self.found.actor, self.found.job
        on_duty = live.people_on_duty(actor, now=self.found.now)
        board = live.Board((), on_duty, (), queries.rule_in_force(actor))
        case = live.Case(job, "", tuple(self.found.seats), (), None)
        return [
            (
                p.technician.pk,
                f"{p.technician.person} · {p.technician.provider.name} · {shared.doing(p)}",
            )
            for p in live.able_now(board, case)
        ]

    def _seats(self) -> Choices:
        return [
            (s.position, gettext("%(n)s · %(state)s") % {"n": s.position, "state": _state(s)})
            for s in self.found.wanted
        ]

    def _skills(self) -> Choices:
        names = shared.skills(self.found.actor)
        known = sorted(coverage.needed_skills(self.found.actor))
        return [(code, names(code)) for code in known]

    def _items(self) -> Choices:
        seat = self.found.own_seat
        items = record.price_items(self.found, seat.technician if seat else None)
        return [(i.pk, f"{i.name} · ¥{i.price_cny}/{i.unit}") for i in items]

    def _initial(self, step: str) -> dict[str, Any]:
        job = self.found.job
        if step == "classify":
            return {"crew": job.crew, "permits": job.permits, "urgency": job.urgency}
        if step == "plan_night":
            morning = (self.found.now + NIGHT_UNTIL).astimezone(SHANGHAI)
            return {"who": job.night_who, "until": job.night_until_at or morning}
        return {}


def _state(seat: Any) -> str:
    return str(labels.SEAT_STATES[seat.state])


def form_of(found: Record, step: str, data: Any, uploaded: Any, *, kept: int) -> StepForm:
    """The posted form of a step."""
    return StepForm(step, _Offered(found).given(step), data, uploaded, kept=kept)


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


def store(actor: Actor, form: StepForm, *, now: Any) -> list[Attachment]:
    return [files.store(actor, upload, purpose="papers", now=now) for upload in form.uploads]


def digest_in(request: HttpRequest) -> str:
    """The sum of the quote that the reader was shown."""
    text = request.POST.get("digest", "")
    return text if text.isalnum() and text.isascii() and len(text) <= 64 else ""


def next_of(request: HttpRequest) -> str:
    """Where to go after a step: back to the page that led here."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    return address if url_has_allowed_host_and_scheme(address, set()) else ""


def version_in(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def say_done(request: HttpRequest, number: str, step: str) -> str:
    """Tell the reader that it is done; the words are handed back for a page without reload."""
    told = gettext("%(number)s: %(step)s, done.") % {
        "number": number,
        "step": words.STEP_LABELS.get(step, step),
    }
    if not request.headers.get("HX-Request"):
        messages.success(request, told)
    return told
