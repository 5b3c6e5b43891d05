"""The administrator's pages of webhooks: endpoints, their deliveries, what came back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import (
    directory,
    exports,
    paging,
    posting,
    problems,
    sealing,
    tenancy,
    trail,
    webhooks,
)
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, Problem
from qiying.kernel.forms import WebhookForm
from qiying.kernel.models import DeliveryState, EndpointState
from qiying.kernel.models import WebhookDelivery as Delivery
from qiying.kernel.models import WebhookEndpoint as Endpoint
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page, submit_once

SHOWN_ONCE = "qy_webhook_secret"
TONES = {
    EndpointState.ACTIVE: "done",
    EndpointState.PAUSED: "paused",
    EndpointState.DISABLED: "over",
    DeliveryState.WAITING: "way",
    DeliveryState.DELIVERED: "done",
    DeliveryState.GIVEN_UP: "over",
    DeliveryState.DROPPED: "paused",
}


def fault_words(fault: str) -> str:
    """Why nobody answered, for the log."""
    words = {
        "blocked": _("the name leads to an address inside a network"),
        "refused": _("the address is not allowed"),
        "sealed": _("the secret can no longer be opened; make a new one"),
        "timeout": _("no answer within 15 seconds"),
        "line": _("no connection"),
    }
    return words.get(fault, fault)


def audited(actor: Actor, ids: Iterable[int]) -> dict[int, trail.Subject]:
    """The endpoints of the audit trail by name, with their page while they have one."""
    rows = Endpoint.objects.filter(tenant_id=actor.tenant_id, id__in=list(ids))
    is_keeper = actor.has(Role.ADMINISTRATOR)
    return {
        row.pk: trail.Subject(
            row.name,
            reverse("kernel:webhook", args=[row.public_id])
            if is_keeper and row.state != EndpointState.REMOVED
            else "",
        )
        for row in rows
    }


def _choices() -> list[tuple[str, str]]:
    return [(topic, str(trail.name_of(topic))) for topic in webhooks.published()]


def _form(data: Any = None, initial: dict[str, Any] | None = None) -> WebhookForm:
    form = WebhookForm(data, initial=initial)
    form.fields["topics"].choices = _choices()  # type: ignore[attr-defined]
    return form


@page(Role.ADMINISTRATOR)
def webhook_list(request: HttpRequest) -> HttpResponse:
    """Every endpoint with its state, and what waits for it."""
    actor = actor_of(request)
    found = paging.paginate(
        webhooks.list_endpoints(actor), order=("-id",), cursor=request.GET.get("cursor", "")
    )
    waiting = webhooks.count_waiting(actor)
    rows = [{**_shown(row), "waiting": waiting.get(row.pk, 0)} for row in found]
    return render(request, "kernel/webhooks.html", {"page": found, "rows": rows})


def _shown(row: Endpoint) -> dict[str, Any]:
    return {
        "row": row,
        "label": EndpointState(row.state).label,
        "tone": TONES[EndpointState(row.state)],
        "topics": [str(trail.name_of(topic)) for topic in row.topics],
        "url": reverse("kernel:webhook", args=[row.public_id]),
    }


@page(Role.ADMINISTRATOR)
def webhook_new(request: HttpRequest) -> HttpResponse:
    """A new endpoint; its secret stands on the next page, this once."""
    if request.method != "POST":
        return _form_page(request, _form())
    form = _form(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)

    def work() -> str:
        actor, now = actor_of(request), timezone.now()
        row, secret = webhooks.create(actor, now=now, **_given(actor, form))
        _keep_once(request, row, secret)
        return reverse("kernel:webhook", args=[row.public_id])

    try:
        return submit_once(request, work)
    except Invalid as problem:
        return _with_faults(request, form, problem)


def _given(actor: Actor, form: WebhookForm) -> dict[str, Any]:
    """The values of a form; the unit by its id."""
    data = dict(form.cleaned_data)
    code, unit_id = data.pop("unit"), None
    if code:
        with tenancy.reading(actor):
            unit_id = directory.find(actor, "unit", code)
        if unit_id is None:
            raise Invalid("webhooks.unit", {"unit": "webhooks.unit"})
    return {**data, "unit_id": unit_id}


def _with_faults(request: HttpRequest, form: WebhookForm, problem: Invalid) -> HttpResponse:
    posting.explain(form, problem)
    return _form_page(request, form, status=422)


def _form_page(
    request: HttpRequest, form: WebhookForm, *, row: Endpoint | None = None, status: int = 200
) -> HttpResponse:
    return render(request, "kernel/webhook_form.html", {"form": form, "row": row}, status=status)


def _keep_once(request: HttpRequest, row: Endpoint, secret: str) -> None:
    """Carry a secret over to the next page, sealed."""
    request.session[SHOWN_ONCE] = [
        str(row.public_id),
        sealing.seal(secret, purpose="webhook-page"),
    ]


def _take_once(request: HttpRequest, row: Endpoint) -> str:
    kept = request.session.get(SHOWN_ONCE)
    if not kept or kept[0] != str(row.public_id):
        return ""
    del request.session[SHOWN_ONCE]
    return sealing.unseal(kept[1], purpose="webhook-page")


@page(Role.ADMINISTRATOR)
def webhook(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One endpoint and the log of its deliveries; ``?state=`` and ``?topic=`` filter, ``?format=``
    exports."""
    actor = actor_of(request)
    row = webhooks.get_endpoint(actor, public_id)
    rows = webhooks.list_deliveries(
        actor, row, state=request.GET.get("state", ""), topic=request.GET.get("topic", "")
    )
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, row, list(rows.order_by("-id")[:5000])), kind)
    found = paging.paginate(rows, order=("-id",), cursor=request.GET.get("cursor", ""))
    units = directory.names_of(actor, "unit", [row.unit_id] if row.unit_id else [])
    context = {
        **_shown(row),
        "page": found,
        "lines": _lines(actor, list(found)),
        "secret": _take_once(request, row),
        "unit": units.get(row.unit_id or 0, ""),
        "steps": webhooks.LIFECYCLE.open_to(row.state, actor.roles),
        "states": DeliveryState.choices,
        "has_earlier": bool(row.earlier_until and row.earlier_until > timezone.now()),
        "is_filtered": bool(request.GET.get("state") or request.GET.get("topic")),
    }
    return render(request, "kernel/webhook.html", context)


def _lines(actor: Actor, rows: list[Delivery]) -> list[dict[str, Any]]:
    tried = webhooks.attempts_of(actor, [row.pk for row in rows])
    return [
        {
            "row": row,
            "topic": str(trail.name_of(row.topic)) if row.topic != webhooks.PING else _("Test"),
            "label": DeliveryState(row.state).label,
            "tone": TONES[DeliveryState(row.state)],
            "may_resend": row.state != DeliveryState.DROPPED,
            "attempts": [
                {"row": a, "what": str(a.status) if a.status else fault_words(a.fault)}
                for a in tried.get(row.pk, [])
            ],
        }
        for row in rows
    ]


def _sheet(actor: Actor, endpoint: Endpoint, rows: list[Delivery]) -> exports.Sheet:
    return exports.Sheet(
        _("Deliveries of a webhook"),
        (_("Message number"), _("Event"), _("State"), _("Tries"), _("Made at"), _("Last answer")),
        [
            (
                f"msg_{line['row'].public_id.hex}",
                line["row"].topic,
                str(line["label"]),
                line["row"].tries,
                line["row"].created_at,
                line["attempts"][-1]["what"] if line["attempts"] else "",
            )
            for line in _lines(actor, rows)
        ],
        [(_("Webhook"), endpoint.name)],
        actor.name,
        timezone.now(),
    )


@page(Role.ADMINISTRATOR)
def webhook_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another name, address or choice of events."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = webhooks.get_endpoint(actor, public_id)
        code = directory.code_of(actor, "unit", row.unit_id)
    if request.method != "POST":
        initial = {"name": row.name, "url": row.url, "topics": row.topics, "unit": code}
        return _form_page(request, _form(initial=initial), row=row)
    form = _form(request.POST)
    if form.is_valid():
        try:
            webhooks.change(actor, public_id, now=timezone.now(), **_given(actor, form))
        except Invalid as problem:
            return _with_faults(request, form, problem)
        messages.success(request, _("The webhook was changed."))
        return HttpResponseSeeOther(reverse("kernel:webhook", args=[public_id]))
    return _form_page(request, form, row=row, status=422)


@page(Role.ADMINISTRATOR)
@require_POST
def webhook_step(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """``pause``, ``resume``, ``remove``, ``ping``, ``rotate`` or ``drop`` (the earlier secret)."""
    _take_step(request, actor_of(request), public_id, step, timezone.now())
    if step == "remove":
        return HttpResponseSeeOther(reverse("kernel:webhooks"))
    return HttpResponseSeeOther(reverse("kernel:webhook", args=[public_id]))


def _take_step(
    request: HttpRequest, actor: Actor, public_id: UUID, step: str, now: datetime
) -> None:
    if step == "ping":
        webhooks.ping(actor, public_id, now=now)
        messages.success(request, _("A test message is on its way; reload to see the answer."))
    elif step == "rotate":
        secret = webhooks.rotate(actor, public_id, now=now)
        with tenancy.reading(actor):
            _keep_once(request, webhooks.get_endpoint(actor, public_id), secret)
    elif step == "drop":
        webhooks.drop_earlier_secret(actor, public_id, now=now)
        messages.success(request, _("The earlier secret signs no more."))
    else:
        webhooks.move(actor, public_id, step, now=now)


@page(Role.ADMINISTRATOR)
@require_POST
def webhook_resend(request: HttpRequest, public_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send a message again under its old id."""
    try:
        webhooks.ask_again(actor_of(request), public_id, delivery_id, now=timezone.now())
    except Problem as problem:
        if problem.status != 409:
            raise
        messages.error(request, problems.explain(problem))
    else:
        messages.success(request, _("The message is on its way again."))
    return HttpResponseSeeOther(reverse("kernel:webhook", args=[public_id]))
