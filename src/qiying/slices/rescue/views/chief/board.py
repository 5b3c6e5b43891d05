"""The live board of the duty chief: what waits, who is where, what the engine proposes.

What is drawn is kept until something of the zone changes: many who look on cost one drawing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from qiying.kernel import web
from qiying.kernel.access import Actor, Role
from qiying.kernel.revisions import Kept
from qiying.kernel.templatetags._markup import markup
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.queries import coverage, live, record
from qiying.slices.rescue.queries.live import Board, Case, Person
from qiying.slices.rescue.rules import UNANSWERED, SeatState, State
from qiying.slices.rescue.views.chief import shared, strips, words
from qiying.slices.rescue.views.chief.alarms import alarm_lines
from qiying.slices.rescue.views.chief.shared import AT_BOARD, Row, Said

TOKEN = "qy-form-token"  # noqa: S105  a place in what is kept, filled for each reader
FRESH_S = 20
"""Clock times on the board are drawn anew so often at the latest."""
GROUND = ("planned", "wall", "township")
PERSON_TONES = {
    "free": "free",
    "on_call": "free",
    "offered": "asked",
    "accepted": "coming",
    "en_route": "coming",
    "on_site": "busy",
}
JOB_TONES = {"reported": "crit", "acknowledged": "crit", "proposed": "warn"}
_kept: dict[str, Kept[Any]] = {}


def _once(actor: Actor, name: str, now: datetime, build: Any) -> Any:
    """What was built since the zone changed last, else anew."""
    kept = _kept.setdefault(f"{name}:{get_language()}", Kept())
    bucket = int(now.timestamp()) // FRESH_S
    return kept.share(actor.tenant_id, (live.stamp(actor), bucket), build)


@page(*AT_BOARD)
def board_page(request: HttpRequest) -> HttpResponse:
    """The whole board, or its live part alone."""
    actor, now = actor_of(request), timezone.now()
    part = _live_part(request, actor, now)
    if web.is_part(request, "rescue-live"):
        return HttpResponse(part)
    context = {
        "live_part": part,
        "strip": _once(actor, "strip", now, lambda: strips.drawn(actor, now=now)),
        "layers": _layers(),
        "may_act": actor.has(Role.DUTY_CHIEF),
        "may_plan": actor.has(*shared.AT_PLANNING),
    }
    return render(request, "rescue/chief/board.html", context)


def _live_part(request: HttpRequest, actor: Actor, now: datetime) -> SafeString:
    """Drawn once for all who may do the same; the form token is each reader's own."""
    rights = f"{actor.has(Role.DUTY_CHIEF):d}{actor.has(Role.DESK):d}"
    drawn = _once(actor, f"board{rights}", now, lambda: _drawn(actor, now))
    return markup(drawn.replace(TOKEN, get_token(request)))


def _drawn(actor: Actor, now: datetime) -> str:
    found = live.board(actor, now=now, rule=queries.rule_in_force(actor))
    people = shared.people_of(actor, (c.proposal for c in found.cases))
    skills = shared.skills(actor)
    context = {
        "waiting": [_card(c, people, skills) for c in found.cases if c.is_unanswered],
        "moving": [_line(c) for c in found.cases if not c.is_unanswered],
        "alarms": alarm_lines(found, now),
        "kpis": _kpis(found, now),
        "people": [_person(p, skills) for p in found.people],
        "may_act": actor.has(Role.DUTY_CHIEF),
        "may_take_up": actor.has(Role.DUTY_CHIEF, Role.DESK),
        "sees_phones": shared.sees_phones(actor),
        "safeties": [s for s in labels.choices(labels.SAFETIES) if s[0] != "not_asked"],
        "token": TOKEN,
        "board_url": reverse("rescue:board"),
    }
    return render_to_string("rescue/chief/parts/live.html", context)


# --- cards ---


@dataclass(frozen=True, slots=True)
class Card:
    """A job that nobody has answered yet."""

    row: Row
    case: Case
    said: Said | None
    skill: str
    tier: Promise | str

    @property
    def is_reported(self) -> bool:
        return bool(self.case.job.state == State.REPORTED)

    @property
    def can_offer(self) -> bool:
        """One press asks whoever is proposed."""
        seats = self.case.seats
        is_free = any(s.state == SeatState.FREE for s in seats) or not seats
        is_proposed = self.case.job.state == State.PROPOSED
        return is_proposed and is_free and self.said is not None and self.said.is_usable

    @property
    def needs_skill(self) -> bool:
        return not self.case.job.skill and not self.is_reported

    @property
    def choose_url(self) -> str:
        return reverse("rescue:choose", args=[self.case.job.public_id])

    def step_url(self, step: str) -> str:
        return reverse("rescue:take", args=[self.case.job.public_id, step])

    @property
    def acknowledge_url(self) -> str:
        return self.step_url("acknowledge")

    @property
    def offer_url(self) -> str:
        return self.step_url("offer")


def _card(case: Case, people: Any, skills: words.Skills) -> Card:
    return Card(
        shared.row_of(case.job, case.firm),
        case,
        shared.said(case.proposal, people),
        skills(case.job.skill) if case.job.skill else "",
        words.TIER_SHORT.get(case.job.tier, ""),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A job with somebody on it."""

    row: Row
    who: str
    provider: str
    phone: str
    has_no_night: bool


def _line(case: Case) -> Line:
    held = [s for s in case.seats if s.technician is not None]
    first = held[0].technician if held else None
    job = case.job
    return Line(
        shared.row_of(job, case.firm),
        gettext(", ").join(str(s.technician.person) for s in held if s.technician),
        first.provider.name if first else "",
        first.phone if first else "",
        job.night_listed_on is not None and not job.night_who,
    )


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody on duty."""

    person: Person
    tone: str
    label: Promise | str
    skills: str


def _person(found: Person, skills: words.Skills) -> PersonLine:
    return PersonLine(
        found,
        PERSON_TONES.get(found.state, "busy"),
        shared.doing(found),
        gettext(", ").join(sorted({skills(s) for s in found.skills})),
    )


def _kpis(found: Board, now: datetime) -> list[dict[str, Any]]:
    jobs = [c.job for c in found.cases]
    waiting = [j for j in jobs if j.state in UNANSWERED]
    lost = sum(j.promise_lost_at is not None or j.answer_due_at <= now for j in waiting)
    here = reverse("rescue:list")
    free = sum(p.is_free for p in found.people)
    first = {
        "label": gettext("Nobody has accepted yet"),
        "value": len(waiting),
        "url": f"{here}?tab=unanswered",
        "hot": lost > 0,
        "note": gettext("%(n)s past the promise") % {"n": lost} if lost else "",
    }
    last = {
        "label": gettext("Free of those on duty"),
        "value": free,
        "unit": f"/ {len(found.people)}",
        "hot": not free and bool(found.people),
    }
    confirm = {
        "label": gettext("To be confirmed"),
        "value": found.to_confirm,
        "url": f"{here}?tab=confirm",
    }
    under_way = (
        (gettext("On the way"), ON_THE_WAY),
        (gettext("At the machine"), AT_MACHINE),
        (gettext("Patched or waiting for parts"), STANDING),
    )
    counted = [{"label": label, "value": _count(jobs, *states)} for label, states in under_way]
    return [first, *counted, confirm, last]


ON_THE_WAY = (State.ANSWERED, State.UNDER_WAY, State.REMOTE)
AT_MACHINE = (State.ON_SITE, State.DIAGNOSED, State.QUOTED, State.WORKING, State.TRIAL)
STANDING = (State.TEMPORARY, State.WAITING_PARTS)


def _count(jobs: Iterable[Any], *states: str) -> int:
    return sum(j.state in states for j in jobs)


# --- somebody else than proposed ---


@page(Role.DUTY_CHIEF)
def choose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Beside the board: who on duty is able, and the reason for not taking the proposal."""
    actor, now = actor_of(request), timezone.now()
    job = queries.get_by_public_id(actor, public_id)
    if not request.headers.get("HX-Request"):
        return redirect(f"{shared.job_url(public_id)}?step=override#do-override")
    found = record.record(actor, job, now=now)
    people = shared.people_of(actor, [found.proposal])
    context = {
        "job": job,
        "row": shared.row_of(job, queries.firm_names(actor, [job]).get(job.enterprise_id, "")),
        "said": shared.said(found.proposal, people),
        "able": able_people(actor, job, now=now),
        "whys": labels.choices(labels.WHYS),
        "take_url": reverse("rescue:take", args=[public_id, "override"]),
        "next": reverse("rescue:board"),
    }
    return render(request, "rescue/chief/choose.html", context)


def able_people(actor: Actor, job: Any, *, now: datetime) -> list[PersonLine]:
    """Who on duty holds the skill and no interest in the firm, the free ones first."""
    skills = shared.skills(actor)
    found = live.Board((), live.people_on_duty(actor, now=now), (), queries.rule_in_force(actor))
    case = Case(job, "", tuple(queries.seats_of(job)), (), None)
    return [_person(p, skills) for p in live.able_now(found, case)]


# --- the map ---


def _layers() -> list[dict[str, str]]:
    ground = [
        {"url": reverse("map:layer", args=[kind]), "kind": kind, "label": ""} for kind in GROUND
    ]
    return [
        *ground,
        {
            "url": reverse("rescue:technicians-layer"),
            "kind": "technician",
            "label": gettext("Technicians on duty"),
        },
        {"url": reverse("rescue:jobs-layer"), "kind": "job", "label": gettext("Open jobs")},
    ]


@page(*AT_BOARD)
def jobs_layer(request: HttpRequest) -> HttpResponse:
    """Open jobs as points."""
    actor, now = actor_of(request), timezone.now()
    return _collection(_once(actor, "jobs", now, lambda: _job_points(actor, now)))


@page(*AT_BOARD)
def technicians_layer(request: HttpRequest) -> HttpResponse:
    """Who is on duty, where the phone or the roster says."""
    actor, now = actor_of(request), timezone.now()
    return _collection(_once(actor, "people", now, lambda: _people_points(actor, now)))


def _collection(features: list[dict[str, Any]]) -> JsonResponse:
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response["Content-Type"] = "application/geo+json"
    response["Cache-Control"] = "private, no-cache"
    return response


def _feature(longitude: float, latitude: float, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {name: str(value) for name, value in properties.items()},
    }


def _job_points(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    return [
        _feature(
            c.job.longitude,
            c.job.latitude,
            name=f"{c.job.number} {c.job.title}",
            note=f"{c.firm} · {labels.STATES[c.job.state]}",
            url=shared.job_url(c.job.public_id),
            tone=_job_tone(c, now),
        )
        for c in live.board(actor, now=now).cases
    ]


def _job_tone(case: Case, now: datetime) -> str:
    if case.is_unanswered and case.job.answer_due_at <= now:
        return "over"
    return JOB_TONES.get(case.job.state, "plain")


def _people_points(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    return [
        _feature(
            p.longitude,
            p.latitude,
            name=p.technician.person,
            note=f"{p.technician.provider.name} · {shared.doing(p)}",
            tone=PERSON_TONES.get(p.state, "busy"),
        )
        for p in live.people_on_duty(actor, now=now)
    ]


def strip_of(actor: Actor, now: datetime) -> coverage.Strip:
    """The next 24 hours, for the planner's page too."""
    return coverage.strip(actor, now=now)
