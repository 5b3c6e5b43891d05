"""The steps of the phone: a form for each, taken once, shown again with everything it held."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import files, problems, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Attachment
from qiying.kernel.web import actor_of
from qiying.slices.calls import operations, queries
from qiying.slices.calls.forms.firm import MaybeForm, RateForm, SayForm, WithdrawForm
from qiying.slices.calls.models import Call
from qiying.slices.calls.views import uploads
from qiying.slices.calls.views.notices import notice_of
from qiying.slices.calls.views.raising import spoken
from qiying.slices.calls.views.shared import send

AnyForm = type[SayForm] | type[RateForm] | type[WithdrawForm]
FORMS: dict[str, AnyForm] = {
    "supply_info": SayForm,
    "resume": MaybeForm,
    "rate": RateForm,
    "reopen": SayForm,
    "message": SayForm,
    "withdraw": WithdrawForm,
}
"""The steps of the phone, in the order of their buttons."""
TITLES: dict[str, Promise] = {
    "supply_info": _("Give the information"),
    "resume": _("Go on with it"),
    "rate": _("Rate the answer"),
    "reopen": _("Not solved: open it again"),
    "message": _("Write a message"),
    "withdraw": _("Withdraw the call"),
}
ICONS = {
    "supply_info": "message-circle",
    "resume": "play",
    "rate": "star",
    "reopen": "rotate-ccw",
    "message": "message-circle",
    "withdraw": "undo-2",
}
DONE: dict[str, Promise] = {
    "supply_info": _("Sent. The service desk goes on with your call."),
    "resume": _("The clock runs again."),
    "rate": _("Thank you. Your rating counts as you gave it."),
    "reopen": _("Open again. A new round has begun with a new deadline."),
    "message": _("Sent."),
    "withdraw": _("The call is withdrawn."),
}
VERSIONED = frozenset({"rate", "reopen", "withdraw"})
"""Steps that must not be taken on a call that changed meanwhile."""


def act(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Show the form of a step; on POST take it once and go back to the call."""
    if step not in FORMS:
        raise NotFound("not_found")
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        call = queries.get_by_public_id(actor, public_id)
    if request.method != "POST":
        blocked = _blocked(actor, call, step, now)
        if blocked:
            messages.warning(request, blocked)
            return redirect("calls:detail", public_id=public_id)
        return _show_step(request, call, step, FORMS[step](), held=[], key="", status=200)
    held = uploads.kept(request, actor)
    form = FORMS[step](request.POST, request.FILES, kept_count=len(held))

    def work(attachments: list[int]) -> str:
        inputs = _inputs(step, form.cleaned_data, attachments)
        version = request.POST.get("version", "")
        kept = int(version) if step in VERSIONED and version.isdecimal() else None
        operations.take(actor, call.pk, step, now=now, version=kept, **inputs)
        return reverse("calls:detail", args=[public_id])

    sent = send(request, form, work, held=held, now=now)
    if sent.response is not None:
        messages.success(request, str(DONE[step]))
        return sent.response
    with tenancy.reading(actor):
        call = queries.get_by_public_id(actor, public_id)
        return _show_step(request, call, step, form, held=sent.kept, key=sent.key, status=422)


def _inputs(step: str, data: dict[str, Any], attachments: Sequence[int]) -> dict[str, Any]:
    if step == "rate":
        return {"grade": data["grade"], "resolved": data["resolved"], "text": data["text"]}
    if step == "withdraw":
        return {"text": data["text"]}
    text = data["text"] or (spoken() if attachments else "")
    return {"text": text, "attachments": attachments}


def _blocked(actor: Actor, call: Call, step: str, now: datetime) -> str:
    """Why a step is not open now, "" when it is."""
    found: Iterable[queries.OpenStep] = queries.steps_open(actor, call, now=now)
    row = next((s for s in found if s.name == step), None)
    if row is None:
        return problems.sentence("lifecycle.state")
    return problems.sentence(f"calls.guard.{row.blocked}") if row.blocked else ""


def _show_step(
    request: HttpRequest,
    call: Call,
    step: str,
    form: Any,
    *,
    held: Sequence[Attachment],
    key: str,
    status: int,
) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "call": call,
        "step": step,
        "title": TITLES[step],
        "form": form,
        "held": held,
        "key": key,
        "notice": notice_of(call, queries.dossier(actor, call)),
        "draft": f"{step}-{call.pk}",
        "limit": files.MAX_FILES,
    }
    return render(
        request, f"calls/firm/step_{TEMPLATE_OF.get(step, 'say')}.html", context, status=status
    )


TEMPLATE_OF = {"rate": "rate", "withdraw": "withdraw"}
