"""One job: its four moments, its course, who is asked and why, and every step that is open."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from qiying.kernel import posting, problems, tenancy, trail
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, NotFound, Problem
from qiying.kernel.models import Attachment
from qiying.kernel.people import SHANGHAI
from qiying.kernel.templatetags._formats import duration
from qiying.kernel.web import actor_of, page, submit_once
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.steps import StepForm
from qiying.slices.rescue.models import Job, labels
from qiying.slices.rescue.queries import record
from qiying.slices.rescue.queries.record import Record
from qiying.slices.rescue.rules import INPUTS, OVER, READERS, Kind
from qiying.slices.rescue.views.chief import listing, shared, steps
from qiying.slices.rescue.views.chief.shared import AT_LIST
from qiying.slices.rescue.views.chief.steps import Tried

MOVED_ON = frozenset({"rescue.moved_on", "lifecycle.state"})
STALE_KEYS = frozenset({"idempotency.mismatch", "idempotency.key"})
FORM_FIELDS = {"attachments": "papers"}


@page(*AT_LIST)
def job_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One job; ``?seen=`` is the version that an open page began with."""
    job = queries.get_by_public_id(actor_of(request), public_id)
    return _show(request, job, now=timezone.now())


def _show(
    request: HttpRequest,
    job: Job,
    *,
    now: datetime,
    tried: Tried | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    found = record.record(actor, job, now=now)
    wanted = request.GET.get("step", "")[:30]
    views = steps.views_of(found, tried=tried, wanted=wanted)
    seen = request.GET.get("seen", "")
    seen_at = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else job.version
    is_lost = tried is not None and all(v.form is not tried.form for v in views)
    context = {
        **_about(actor, found),
        **_works(found),
        "steps": views,
        "tried": tried,
        "lost": _lost_words(tried) if is_lost and tried is not None else [],
        "seen": seen_at,
        "is_stale": seen_at != job.version,
        "next": steps.next_of(request),
        "job_url": shared.job_url(job.public_id),
    }
    return render(request, "rescue/chief/job.html", context, status=status)


def _lost_words(tried: Tried) -> list[str]:
    """What somebody wrote into a step that is not open any more, and why it was refused."""
    text = str(tried.form.data.get("text", ""))
    return [*(str(e) for e in tried.form.non_field_errors()), *([text] if text else [])]


# --- the four moments ---


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the four moments, measured apart."""

    label: Promise | str
    at: datetime | None
    took: str
    due_at: datetime | None
    due_label: Promise | str
    is_lost: bool
    is_running: bool


def moments_of(job: Job) -> list[Moment]:
    """Taken up, answered, there, runs again: each with its own clock."""
    is_over = job.state in OVER or job.running_at is not None
    is_emergency = job.kind == Kind.EMERGENCY
    goal = job.arrive_goal_at if is_emergency else None
    waits = (_("promised"), _("our goal"))
    rows: list[tuple[Any, datetime | None, datetime | None, Any, bool]] = [
        (_("Taken up"), job.acknowledged_at, None, "", False),
        (
            _("Answer given"),
            job.answered_at,
            job.answer_due_at,
            waits[0],
            bool(job.promise_lost_at),
        ),
        (_("There"), job.arrived_at, goal, waits[1], bool(job.goal_lost_at)),
        (_("Runs again"), job.running_at, None, "", False),
    ]
    return [
        Moment(
            label,
            at,
            duration((at - job.reported_at).total_seconds()) if at else "",
            due,
            due_label,
            is_lost,
            at is None and due is not None and not is_over,
        )
        for label, at, due, due_label, is_lost in rows
    ]


# --- what the page says ---


def _about(actor: Actor, found: Record) -> dict[str, Any]:
    """The job itself: what, who, where, how it stands."""
    job = found.job
    people = shared.people_of(actor, found.proposals)
    firm = queries.firm_names(actor, [job]).get(job.enterprise_id, "")
    told = [shared.said(p, people) for p in reversed(found.proposals)]
    return {
        "job": job,
        "row": shared.row_of(job, firm),
        "machine": job.equipment,
        "moments": moments_of(job),
        "facts": _facts(actor, job),
        "sees_phones": shared.sees_phones(actor),
        "seats": _seats(found),
        "offers": _offers(found),
        "said": told[0] if told else None,
        "earlier": told[1:],
        "overrides": found.overrides,
        "whys": labels.WHYS,
        "lines": _course(found),
        "may_replay": bool(told) and actor.has(*READERS),
        "is_over": job.state in OVER,
    }


def _facts(actor: Actor, job: Job) -> list[tuple[Any, Any]]:
    skill = shared.skills(actor)(job.skill) if job.skill else ""
    window = ""
    if job.wanted_from_at and job.wanted_until_at:
        window = f"{_stamp(job.wanted_from_at)} \N{EN DASH} {_stamp(job.wanted_until_at)}"
    rows = [
        (gettext("Kind"), labels.KINDS[job.kind]),
        (gettext("Came by"), labels.CHANNELS[job.channel]),
        (gettext("Skill needed"), skill),
        (gettext("How many people"), job.crew if job.crew > 1 else ""),
        (gettext("Licence needed"), job.licence_item),
        (gettext("Safety"), labels.SAFETIES[job.safety]),
        (gettext("Stands still since"), _stamp(job.stopped_at)),
        (gettext("Wanted between"), window),
        (gettext("Work permits needed"), _named(labels.PERMITS, job.permits)),
        (gettext("Goes on at"), _stamp(job.resume_at)),
        (gettext("Referred to"), job.referred_to),
        (gettext("Ended because"), labels.DISMISSALS[job.ending] if job.ending else ""),
        (gettext("Night plan"), listing.night_words(job)),
    ]
    return [(label, value) for label, value in rows if value]


def _stamp(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def _named(known: Any, codes: Sequence[str]) -> str:
    return gettext(", ").join(str(known.get(code, code)) for code in codes)


def _seats(found: Record) -> list[dict[str, Any]]:
    tones = {"on_site": "way", "en_route": "way", "accepted": "sent", "offered": "new"}
    return [
        {
            "seat": s,
            "label": labels.SEAT_STATES[s.state],
            "tone": tones.get(s.state, "paused"),
            "who": s.technician,
        }
        for s in found.seats
    ]


def _offers(found: Record) -> list[dict[str, Any]]:
    tones = {"open": "new", "accepted": "done", "refused": "paused", "expired": "over"}
    return [
        {
            "offer": o,
            "label": labels.OFFER_STATES[o.state],
            "tone": tones.get(o.state, "paused"),
            "tier": labels.TIERS.get(o.tier, o.tier),
            "reason": labels.REFUSALS.get(o.reason, "") if o.reason else "",
        }
        for o in reversed(found.offers)
    ]


def _course(found: Record) -> list[dict[str, Any]]:
    """What happened, the latest first, with the words written beside it."""
    notes = {n.pk: n.text for n in found.notes}
    people = [*(s.technician for s in found.seats), *(o.technician for o in found.offers)]
    names = {who.pk: str(who.person) for who in people if who is not None}
    return [
        {
            "title": line.topic or line.event.topic,
            "at": line.event.occurred_at,
            "who": line.person,
            "note": notes.get(line.event.data.get("note") or 0, "") or _whom(line, names),
            "tone": "stopped" if line.event.topic in STOPS else "done",
        }
        for line in reversed(record.course(found))
    ]


STOPS = frozenset({"rescue.promise_lost", "rescue.goal_lost", "rescue.alarmed", "rescue.expired"})


def _whom(line: trail.Line, names: dict[int, str]) -> str:
    """Whom it is about, where that is somebody else than who did it."""
    data = line.event.data
    people = data.get("technicians") or [data.get("technician") or data.get("refused_by")]
    told = gettext(", ").join(names[p] for p in people if p in names)
    return "" if told == line.person else told


def _works(found: Record) -> dict[str, Any]:
    """What was found, agreed, allowed, used and written down."""
    by_report = {n.pk for n in found.notes if n.step in AFTER}
    before, after = _photos(found.files, by_report)
    quote = found.quote
    return {
        "diagnoses": found.diagnoses,
        "quote": quote,
        "quote_label": labels.QUOTE_STATES[quote.state] if quote else "",
        "consent": labels.CONSENTS.get(quote.consent, "") if quote else "",
        "quote_lines": found.lines,
        "permits": [
            {"permit": p, "label": labels.PERMITS[p.kind], "is_valid": p.valid_until > found.now}
            for p in found.permits
        ],
        "parts": [{"part": p, "stock": labels.STOCKS[p.stock]} for p in found.parts],
        "before": before,
        "after": after,
        "report": found.report,
        "outcome": labels.OUTCOMES[found.report.outcome] if found.report else "",
        "rating": found.rating,
        "grade": labels.GRADES[found.rating.grade] if found.rating else "",
        "tracks": [{"track": t, "label": labels.STEPS[t.step]} for t in found.tracks[::-1]],
    }


AFTER = frozenset({"try_run", "finish", "patch"})
"""Steps whose photos show the machine after the work."""


def _photos(
    rows: Sequence[Attachment], after_notes: set[int]
) -> tuple[list[Attachment], list[Attachment]]:
    """Files from before the work, and from after it."""
    after = [
        r
        for r in rows
        if r.subject_type == "rescue.report"
        or (r.subject_type == "rescue.note" and r.subject_id in after_notes)
    ]
    return [r for r in rows if r not in after], after


# --- taking a step ---


@page(*AT_LIST)
@require_POST
def take(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Take a step once, or bring its form back with everything it held."""
    if step not in INPUTS:
        raise NotFound("not_found")
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        job = queries.get_by_public_id(actor, public_id)
        held = steps.kept_files(request, actor)
        found = record.record(actor, job, now=now)
        form = steps.form_of(found, step, request.POST, request.FILES, kept=len(held))
    problem: Problem | None = None
    if form.is_valid():
        try:
            return _submit(request, found, form, held)
        except (NotFound, Denied):
            raise
        except Problem as refused:
            problem = refused
            posting.explain(form, problem, fields=FORM_FIELDS)
    if _is_on_board(request):
        return _told(form, problem)
    return _again(request, public_id, form, held, problem, now)


def _is_on_board(request: HttpRequest) -> bool:
    """One press on the board: nothing is drawn anew but the board itself."""
    return bool(request.headers.get("HX-Request"))


def _submit(
    request: HttpRequest, found: Record, form: StepForm, held: list[Attachment]
) -> HttpResponse:
    actor, job, now = found.actor, found.job, found.now

    def work() -> str:
        rows = [*held, *steps.store(actor, form, now=now)]
        inputs = form.inputs
        if rows and "attachments" in INPUTS[form.step].names:
            inputs["attachments"] = [row.pk for row in rows]
        if "digest" in INPUTS[form.step].names:
            inputs["digest"] = steps.digest_in(request)
        version = steps.version_in(request)
        operations.take(actor, job.pk, form.step, now=now, version=version, **inputs)
        return steps.next_of(request) or shared.job_url(job.public_id)

    response = submit_once(request, work)
    told = steps.say_done(request, job.number, form.step)
    return _in_place(told, "success") if _is_on_board(request) else response


def _in_place(told: str, tone: str) -> HttpResponse:
    """No new page: a word in the corner, and the board fetches itself."""
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"qy:toast": {"text": told, "tone": tone}, "qy:job": {}})
    return response


def _told(form: StepForm, problem: Problem | None) -> HttpResponse:
    if problem is not None and problem.code in MOVED_ON:
        return _in_place(
            gettext("Somebody was faster; the board shows how it stands now."), "warn"
        )
    if problem is not None:
        return _in_place(problems.explain(problem), "error")
    faults = [str(e) for errors in form.errors.values() for e in errors]
    return _in_place(" ".join(faults), "error")


def _again(
    request: HttpRequest,
    public_id: UUID,
    form: StepForm,
    held: list[Attachment],
    problem: Problem | None,
    now: datetime,
) -> HttpResponse:
    actor = actor_of(request)
    kept = [*held, *steps.store(actor, form, now=now)]
    code = problem.code if problem else ""
    key = "" if code in STALE_KEYS else request.POST.get("idempotency_key", "")[:255]
    tried = Tried(form, kept, key, moved_on=code in MOVED_ON)
    with tenancy.reading(actor):
        fresh = queries.get_by_public_id(actor, public_id)
        status = problem.status if problem else 422
        return _show(request, fresh, now=now, tried=tried, status=status)


# --- the engine again ---


@page(*READERS)
@require_POST
def replay(request: HttpRequest, public_id: UUID, proposal_id: int) -> HttpResponse:
    """Ask the engine the same again and say whether it gives the same answer."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        job = queries.get_by_public_id(actor, public_id)
        proposal = record.get_proposal(actor, job, proposal_id)
    again = record.replay(proposal)
    context = {
        "job": job,
        "again": again,
        "job_url": shared.job_url(public_id),
    }
    with tenancy.reading(actor):
        return render(request, "rescue/chief/replay.html", context)
