"""The form of one step: a part that the page of a call fetches when somebody opens the step."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from qiying.kernel import problems
from qiying.kernel.access import Actor
from qiying.kernel.web import actor_of
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call
from qiying.slices.calls.queries import OpenStep
from qiying.slices.calls.views import moves, triage
from qiying.slices.calls.views.moves import Scene, StepView

GROUND = ("planned", "wall", "township")


def show(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """The form, as a part for htmx and as a page of its own for whoever has no scripts.

    ``?row=`` is the part or pause that the step is about, ``?seen=`` the version of the page that
    the reader looks at: sent with the form, so that a change since then is noticed.
    """
    actor, now = actor_of(request), timezone.now()
    call = queries.get_by_public_id(actor, public_id)
    scene, found = _scene(actor, call, step, request.GET.get("row", ""), now)
    is_part = bool(request.headers.get("HX-Request"))
    if found is None or found.blocked:
        code = f"calls.guard.{found.blocked}" if found else "lifecycle.state"
        return _refused(request, call, problems.sentence(code), is_part=is_part)
    seen = number_of(request.GET.get("seen", ""))
    context = {
        **about(scene, moves.view_of(scene, found)),
        "call": call,
        "version": call.version if seen is None else seen,
        "next": next_of(request),
        "case_url": reverse("calls:case", args=[public_id]),
    }
    name = "calls/desk/parts/step_form.html" if is_part else "calls/desk/step.html"
    return render(request, name, context)


def _scene(
    actor: Actor, call: Call, step: str, row: str, now: datetime
) -> tuple[Scene, OpenStep | None]:
    """The call with the step that was asked for, None when it is not open to this reader."""
    found = queries.dossier(actor, call)
    ruling = queries.proposal(actor, call) if step == "dispatch" else None
    opened = queries.steps_open(actor, call, now=now, dossier=found)
    fits = (s for s in opened if s.name == step and s.name not in moves.OF_THE_FIRM)
    chosen = next((s for s in fits if not row or s.entity_id == number_of(row)), None)
    return Scene(actor, found, ruling, now), chosen


def _refused(request: HttpRequest, call: Call, words: str, *, is_part: bool) -> HttpResponse:
    """The step went away, or something still stands in its way."""
    if is_part:
        return render(request, "calls/desk/parts/no_step.html", {"words": words})
    messages.warning(request, words)
    return redirect("calls:case", public_id=call.public_id)


def about(scene: Scene, view: StepView | None) -> dict[str, Any]:
    """What a form is drawn with; the words of the call are ranked only where a matter is set."""
    is_classify = view is not None and view.form is not None and view.step.name == "classify"
    ranked = triage.ranked_of(scene.actor, scene.ranking, now=scene.now) if is_classify else []
    return {"view": view, "ranked": ranked, "layers": layers()}


def layers() -> list[dict[str, str]]:
    """The ground under the map on which a place is corrected."""
    return [
        {"url": reverse("map:layer", args=[kind]), "kind": kind, "label": ""} for kind in GROUND
    ]


def number_of(text: str) -> int | None:
    """A number out of an address; None when it is none or too long to be one."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def next_of(request: HttpRequest) -> str:
    """Where to go after a step: back to the list or queue that led here."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    return address if url_has_allowed_host_and_scheme(address, set()) else ""
