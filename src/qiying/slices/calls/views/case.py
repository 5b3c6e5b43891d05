"""The case page: one call with everything about it, and every step that can be taken on it."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from qiying.kernel import files, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, NotFound, Problem
from qiying.kernel.models import Attachment
from qiying.kernel.web import actor_of, page, submit_once
from qiying.slices.calls import operations, queries
from qiying.slices.calls.forms.desk import FIELDS, StepForm
from qiying.slices.calls.models import (
    CHANNEL_LABELS,
    CLOSURE_LABELS,
    DECLINE_LABELS,
    NATURE_LABELS,
    POSITION_LABELS,
    STEP_LABELS,
    Call,
)
from qiying.slices.calls.queries import Dossier
from qiying.slices.calls.rules import INPUTS, OPEN, ROW_STEPS
from qiying.slices.calls.views import history, moves, record, staff, step_form, uploads, watch
from qiying.slices.calls.views.moves import Scene, Tried
from qiying.slices.calls.views.shared import STALE_KEYS, explain
from qiying.slices.calls.views.staff import READERS
from qiying.slices.mandate import public as mandate

log = logging.getLogger(__name__)


@page(*READERS)
def case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One call; ``?seen=`` is the version that an open page began with."""
    actor = actor_of(request)
    return _show(request, queries.get_by_public_id(actor, public_id), now=timezone.now())


def _show(
    request: HttpRequest,
    call: Call,
    *,
    now: datetime,
    tried: Tried | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    found = queries.dossier(actor, call)
    ruling = queries.proposal(actor, call)
    scene = Scene(actor, found, ruling, now)
    open_steps = queries.steps_open(actor, call, now=now, dossier=found)
    wanted = request.GET.get("step", "")[:40]
    views = moves.views_of(scene, open_steps, tried=tried, wanted=wanted)
    opened = next((v for v in views if v.form is not None), None)
    seen = request.GET.get("seen", "")[:9]
    is_seen = seen.isdecimal()
    context = {
        **_about(actor, found, now=now),
        **_job(found, ruling),
        **step_form.about(scene, opened),
        "steps": [v for v in views if v.step.name not in moves.WORDS],
        "talk": [v for v in views if v.step.name in moves.WORDS],
        "tried": tried,
        "lost": _lost(tried, views),
        "last": history.changed_by(actor, call, found) if tried and tried.moved_on else None,
        "seen": seen if is_seen else str(call.version),
        "is_stale": is_seen and int(seen) != call.version,
        "lines": history.lines_of(actor, found),
        "next": step_form.next_of(request),
        "case_url": reverse("calls:case", args=[call.public_id]),
        "around_url": reverse("calls:case-around", args=[call.public_id]),
    }
    return render(request, "calls/desk/case.html", context, status=status)


def _about(actor: Actor, found: Dossier, *, now: datetime) -> dict[str, Any]:
    """The call itself: what, who, where, until when."""
    call = found.call
    matter = record.matter_of(actor, call)
    return {
        "call": call,
        "row": staff.row_of(actor, call, staff.matter_names(actor, now), now=now),
        "matter": matter,
        "promised": history.promised_of(actor, found, matter, now=now),
        "rounds": history.rounds_of(actor, found, now=now),
        "own_parts": history.own_parts(actor, found, now=now),
        "rungs": watch.rungs_of(found, now=now),
        "meetings": watch.meetings_of(actor, found),
        "people": history.people_of(found),
        "facts": _facts(found) + _earlier(actor, call),
        "files": found.call_files,
        "again_url": _again_url(actor, call, now),
        "complained": found.units.get(call.complained_unit_id or 0),
        "declined": _word(DECLINE_LABELS, call.decline_code),
        "closure": _word(CLOSURE_LABELS, call.closure_type),
        "is_open": call.state in OPEN,
    }


def _word(words: Any, code: str) -> str:
    return str(words[code]) if code else ""


def _facts(found: Dossier) -> list[tuple[str, Any]]:
    call = found.call
    place = call.address or (f"{call.latitude:.5f}, {call.longitude:.5f}" if call.latitude else "")
    town = next((u.name for u in found.units.values() if u.code == call.township_code), "")
    rows = [
        (gettext("Channel"), str(CHANNEL_LABELS[call.channel])),
        (gettext("Nature"), _word(NATURE_LABELS, call.nature)),
        (gettext("Place"), place),
        (gettext("Place known from"), str(POSITION_LABELS[call.position_source])),
        (gettext("Township"), town),
        (gettext("Site"), str(call.site or "")),
        (gettext("Found by us"), gettext("yes") if call.is_proactive else ""),
    ]
    return [(label, value) for label, value in rows if value]


def _earlier(actor: Actor, call: Call) -> list[tuple[str, str]]:
    """The call that this one goes on from, where the reader sees it too."""
    found = queries.find_call(actor, call.follows_id) if call.follows_id else None
    return [(gettext("Filed again after"), found.number)] if found else []


def _again_url(actor: Actor, call: Call, now: datetime) -> str:
    """Where the desk logs a call again that is past opening."""
    is_ours = actor.has(Role.DESK) and call.enterprise is not None
    if not is_ours or not queries.is_past_reopening(call, now):
        return ""
    firm = call.enterprise.public_id if call.enterprise else ""
    return f"{reverse('calls:register')}?firm={firm}&follows={call.public_id}"


def _job(found: Dossier, ruling: mandate.Ruling | None) -> dict[str, Any]:
    """Whose job it is, why, and what was passed over."""
    call = found.call
    if ruling is None:
        return {
            "ruling": None,
            "proposed": found.unit(call.proposed_unit_id),
            "in_force": _in_force(found),
        }
    return {
        "ruling": ruling,
        "in_force": _in_force(found),
        "proposed": found.unit(call.proposed_unit_id),
        "co": [found.unit(u) for u in ruling.co_unit_ids],
        "candidates": [found.unit(u) for u in ruling.candidate_unit_ids],
        "why": staff.main_reason(ruling),
    }


def _in_force(found: Dossier) -> dict[str, Any] | None:
    """The last decision of a dispute: it goes before what the register proposed."""
    decided = [d for d in found.disputes if d.adjudicated_at]
    if not decided:
        return None
    last = max(decided, key=lambda d: d.pk)
    told = [e for e in found.events if e.topic == "calls.adjudicated"]
    return {
        "unit": found.unit(last.adjudicated_unit_id),
        "by": found.person(last.adjudicated_by_id),
        "at": last.adjudicated_at,
        "basis": found.words(last.basis_id),
        "is_precedent": any(
            e.data.get("dispute") == last.pk and e.data.get("precedent") for e in told
        ),
    }


def _lost(tried: Tried | None, views: list[moves.StepView]) -> str:
    """Words of a form whose step is not open any more, so that nobody types them twice."""
    if tried is None or any(
        (v.step.name, v.step.entity_id) == (tried.step, tried.row_id) and not v.blocked
        for v in views
    ):
        return ""
    return str(tried.form.data.get("text", ""))


# --- taking a step ---


@page(*READERS)
def take(request: HttpRequest, public_id: UUID, step: str) -> HttpResponseBase:
    """Show the form of a step; POST takes it once, or brings it back with everything it held."""
    if step not in STEP_LABELS or not set(INPUTS[step].needed) <= KNOWN:
        raise NotFound("not_found")
    if request.method != "POST":
        return step_form.show(request, public_id, step)
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        call = queries.get_by_public_id(actor, public_id)
        row_id = _row_id(request, call, step)
        scene = Scene(actor, queries.dossier(actor, call), queries.proposal(actor, call), now)
        held = uploads.kept(request, actor)
        form = scene.form(step, row_id, request.POST, request.FILES, kept_count=len(held))
    try:
        if form.is_valid():
            return _submit(request, scene, form, row_id, held)
        problem = None
    except (NotFound, Denied):
        raise
    except Problem as refused:
        problem = refused
        explain(form, problem)
    tried = _tried(request, form, row_id, held, problem, now)
    with tenancy.reading(actor):
        fresh = queries.get_by_public_id(actor, public_id)
        status = problem.status if problem else 422
        return _show(request, fresh, now=now, tried=tried, status=status)


KNOWN = frozenset(FIELDS) | frozenset(ROW_STEPS.values())


def _row_id(request: HttpRequest, call: Call, step: str) -> int:
    """The task or pause that the step is about, otherwise the call itself."""
    text = request.POST.get("row", "")
    if step not in ROW_STEPS:
        return call.pk
    if not text.isdecimal() or len(text) > 18:
        raise NotFound("not_found")
    return int(text)


def _submit(
    request: HttpRequest, scene: Scene, form: StepForm, row_id: int, held: list[Attachment]
) -> HttpResponse:
    actor, call = scene.actor, scene.found.call
    version = request.POST.get("version", "")

    def work() -> str:
        rows = [*held, *uploads.store(actor, form.uploads, now=scene.now)]
        inputs = moves.inputs_of(scene, form, row_id, [row.pk for row in rows])
        seen = int(version) if version.isdecimal() and form.step not in moves.WORDS else None
        operations.take(actor, call.pk, form.step, now=scene.now, version=seen, **inputs)
        return step_form.next_of(request) or reverse("calls:case", args=[call.public_id])

    response = submit_once(request, work)
    words = {"number": call.number, "step": STEP_LABELS[form.step]}
    messages.success(request, gettext("%(number)s: %(step)s, done.") % words)
    return response


def _tried(
    request: HttpRequest,
    form: StepForm,
    row_id: int,
    held: list[Attachment],
    problem: Problem | None,
    now: datetime,
) -> Tried:
    """Keep the sound files with the form that comes back; the log names fields, never words."""
    wrong = {name: [each.code for each in form.errors[name].as_data()] for name in form.errors}
    log.info("step %s comes back: %s", form.step, wrong)
    kept = [*held, *uploads.store(actor_of(request), form.uploads, now=now)]
    code = problem.code if problem else ""
    key = "" if code in STALE_KEYS else request.POST.get("idempotency_key", "")
    return Tried(
        form.step,
        row_id,
        form,
        kept[: files.MAX_FILES],
        key,
        moved_on=code in {"calls.moved_on", "lifecycle.state"},
    )
