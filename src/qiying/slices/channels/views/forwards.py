"""Calls handed on, connections, what is stuck, and calls about the same problem."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.web import actor_of, page, submit_once
from qiying.slices.calls import public as calls
from qiying.slices.channels import forms, operations, queries
from qiying.slices.channels.models import Delivery, Forward, Update, labels
from qiying.slices.channels.rules import sending
from qiying.slices.channels.rules.codes import ForwardState
from qiying.slices.channels.rules.tables import AT_DESK, FORWARD, READERS
from qiying.slices.channels.views.shape import (
    Cell,
    Deed,
    Nothing,
    Record,
    at_words,
    edit,
    listing,
    mark,
    moment,
    of_call,
    record,
    rooms,
    title,
)

HERE, STUCK = "channels:forwards", "channels:stuck"
HEADS = (
    _("Request"),
    _("Handed to"),
    _("State"),
    _("Number there"),
    _("Status there"),
    _("Handed on at"),
)


@page(*READERS)
def forwards(request: HttpRequest) -> HttpResponse:
    """Every visible call that was handed on."""
    actor = actor_of(request)
    rows = queries.list_forwards(actor, tab=request.GET.get("tab", ""))
    shown = paging.paginate(rows, order=("-made_at", "-id"), cursor=request.GET.get("cursor", ""))
    tabs: list[Any] = [(_("All"), "", None)]
    tabs += [(label, code, None) for code, label in labels.FORWARD_LABELS.items()]
    return listing(
        request,
        here=HERE,
        heading=_("Calls handed on"),
        lead=_("To the city's 12345 or another zone, by Open311; both sides tell each other"),
        heads=HEADS,
        rows=[_row(row) for row in shown],
        page=shown,
        nothing=Nothing(
            "forward",
            _("No call was handed on yet"),
            _("Hand a call on from its page, when it lies outside the wall."),
        ),
        tabs=tabs,
    )


def _row(row: Forward) -> list[Cell]:
    url = reverse("channels:forward", args=[row.public_id])
    return [
        title(row.call.title, url, row.call.number),
        Cell(row.endpoint.name, css="at-sub"),
        mark(labels.FORWARD_TONES[row.state], labels.FORWARD_LABELS[row.state]),
        Cell(row.remote_id or row.remote_token, css="num"),
        Cell(status_word(row.remote_status)),
        moment(row.made_at),
    ]


def status_word(status: str) -> Any:
    """The word of a status; what nobody knows is shown as it came."""
    return labels.STATUS_LABELS.get(status, status)


@page(Role.DESK)
def forward_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand a call on to another system."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        card = calls.card_by_public_id(actor, public_id)
        found = queries.list_endpoints(actor, "open311").filter(is_active=True)
        offered = [(str(e.public_id), e.name) for e in found]
    form = forms.ForwardForm(request.POST or None, endpoints=offered)

    def work() -> str:
        data = form.cleaned_data
        row = operations.forward_call(
            actor,
            card.id,
            endpoint_id=UUID(data["endpoint"]),
            reason=data["reason"],
            service_code=data["service_code"],
            is_with_contact=data["is_with_contact"],
            now=now,
        )
        return reverse("channels:forward", args=[row.public_id])

    notes = [] if offered else [_("No connection to an Open311 system is in use.")]
    return edit(
        request,
        form,
        work,
        here=HERE,
        heading=_("Hand the call on"),
        lead=f"{card.number} {card.title}",
        back=reverse("calls:case", args=[public_id]),
        submit=_("Hand it on"),
        warnings=notes,
    )


@page(*READERS)
def forward(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One call that was handed on: what was sent, what both sides said."""
    actor, now = actor_of(request), timezone.now()
    back = reverse("channels:forward", args=[public_id])
    return record(request, partial(_record, actor, public_id, now), back=back)


def _record(actor: Actor, public_id: UUID, now: datetime) -> Record:
    row = queries.get_forward(actor, public_id)
    card = calls.card(actor, row.call_id)
    facts: list[tuple[Any, ...]] = [
        *of_call(card),
        (_("Handed to"), row.endpoint.name),
        (_("Service there"), row.service_code),
        (_("Number there"), row.remote_id),
        (_("Status there"), status_word(row.remote_status)),
        (_("Handed on at"), at_words(row.made_at)),
        (_("Taken there at"), at_words(row.filed_at)),
        (_("Last heard of"), at_words(row.heard_at)),
    ]
    said = [u for u in queries.updates_of_call(actor, row.call_id) if u.forward_id == row.pk]
    return Record(
        here=HERE,
        heading=card.title,
        crumb=(_("Calls handed on"), reverse(HERE)),
        marks=[(labels.FORWARD_TONES[row.state], labels.FORWARD_LABELS[row.state])],
        facts=facts,
        texts=[(_("Why it is handed on"), row.reason)],
        lines=[update_line(u) for u in said],
        notes=_notes(row),
        deeds=_deeds(actor, row, now),
    )


def _notes(row: Forward) -> list[tuple[str, Any]]:
    if row.state != ForwardState.CHECK:
        return []
    words = _(
        "It was sent and no answer came back, and the other system cannot be asked for it. Look "
        "there by the number of the call before it is sent again, so that nobody has it twice."
    )
    return [("warn", words)]


def update_line(row: Update) -> dict[str, Any]:
    """What was said, as a line of a course."""
    return {
        "title": f"{labels.DIRECTION_LABELS[row.direction]} · {status_word(row.status)}",
        "at": row.at,
        "who": str(row.forward.endpoint if row.forward else row.key or ""),
        "note": row.text,
        "tone": "done" if row.direction == "in" else "current",
    }


def _deeds(actor: Actor, row: Forward, now: datetime) -> list[Deed]:
    opened, key = FORWARD.open_to(row.state, actor.roles), row.public_id
    found = []
    if "say" in opened:
        found.append(
            Deed(
                "say",
                _("Tell them something"),
                lambda d: operations.say(actor, key, text=d["text"], now=now),
                forms.WordsForm,
                tone="primary",
            )
        )
    if "found" in opened:
        found += _checks(actor, key, now)
    if "withdraw" in opened:
        found.append(
            Deed(
                "withdraw",
                _("Do not hand it on after all"),
                lambda _d: operations.withdraw_forward(actor, key, now=now),
                forms.EmptyForm,
            )
        )
    return found


def _checks(actor: Actor, key: UUID, now: datetime) -> list[Deed]:
    """What a person says who looked at the other side."""
    return [
        Deed(
            "found",
            _("It is there: write its number"),
            lambda d: operations.settle_check(actor, key, number=d["number"], now=now),
            forms.NumberThereForm,
            tone="primary",
        ),
        Deed(
            "resend",
            _("It is not there: send it again"),
            lambda _d: operations.settle_check(actor, key, now=now),
            forms.EmptyForm,
        ),
    ]


# --- what is stuck ---


@page(*AT_DESK, Role.ADMINISTRATOR)
def stuck(request: HttpRequest) -> HttpResponse:
    """What does not get through, system by system, and since when."""
    actor = actor_of(request)
    shown = paging.paginate(
        queries.list_stuck(actor), order=("made_at", "id"), cursor=request.GET.get("cursor", "")
    )
    context = {
        "rooms": rooms(actor, STUCK),
        "systems": [
            {"row": s, "faults": [labels.FAULT_LABELS.get(e, e) for e in s.errors]}
            for s in queries.stuck_summary(actor)
        ],
        "rows": [_stuck(row) for row in shown],
        "page": shown,
        "may_retry": actor.has(Role.DESK, Role.ADMINISTRATOR),
        "most": sending.MOST_TRIES,
    }
    return render(request, "channels/stuck.html", context)


def _stuck(row: Delivery) -> dict[str, Any]:
    return {
        "row": row,
        "kind": labels.DELIVERY_KINDS[row.kind],
        "tone": labels.DELIVERY_TONES[row.state],
        "state": labels.DELIVERY_LABELS[row.state],
        "fault": labels.FAULT_LABELS.get(row.error, row.error),
        "url": reverse("channels:forward", args=[row.forward.public_id]) if row.forward else "",
    }


@page(Role.DESK, Role.ADMINISTRATOR)
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Try everything again that was given up."""
    actor = actor_of(request)

    def work() -> str:
        count = operations.try_again(actor, now=timezone.now())
        messages.success(request, gettext("Sent again: %(count)d.") % {"count": count})
        return reverse(STUCK)

    return submit_once(request, work)


# --- the same problem ---


@page(*READERS)
def same(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Calls that may be the same problem, and the link that a person made."""
    actor, now = actor_of(request), timezone.now()
    back = reverse("channels:same", args=[public_id])
    return record(request, partial(_same, actor, public_id, now), back=back)


def _same(actor: Actor, public_id: UUID, now: datetime) -> Record:
    card = calls.card_by_public_id(actor, public_id)
    link = queries.link_of(actor, card.id)
    main_id = link.main_id if link is not None else card.id
    ids = [main_id, *queries.followers_of(actor, main_id)]
    cards = calls.cards(actor, ids)
    linked = [cards[i] for i in ids if i in cards and i != card.id]
    likes = [x for x in queries.likes_of(actor, card.id, limit=6) if x.card.id not in ids]
    return Record(
        here="channels:home",
        heading=gettext("The same problem as %(number)s?") % {"number": card.number},
        crumb=(card.number, reverse("calls:case", args=[public_id])),
        facts=[(_("Request"), card.title, reverse("calls:case", args=[public_id]))],
        links_title=_("Linked calls"),
        links=[_linked(c, c.id == main_id) for c in linked],
        notes=[("info", _("A link closes nothing and changes no rate: every call is answered."))],
        deeds=_same_deeds(actor, card, likes, is_linked=link is not None, now=now),
        more={"nothing_like": not likes and not linked},
    )


def _linked(card: calls.CallCard, is_main: bool) -> dict[str, Any]:  # noqa: FBT001  a flag of a line
    return {
        "title": card.title,
        "url": reverse("calls:case", args=[card.public_id]),
        "note": f"{card.number} · {gettext('first call')}" if is_main else card.number,
        "tone": card.state_tone,
        "label": card.state_label,
    }


def _same_deeds(
    actor: Actor,
    card: calls.CallCard,
    likes: list[calls.LikeCard],
    *,
    is_linked: bool,
    now: datetime,
) -> list[Deed]:
    if not actor.has(Role.DESK, Role.SUPERVISOR):
        return []
    if is_linked:
        return [
            Deed(
                "unlink",
                _("Take the link back"),
                lambda d: operations.unlink_same(actor, card.id, text=d["text"], now=now),
                forms.WordsForm,
            )
        ]
    return [
        Deed(
            f"link-{row.card.number}",
            gettext("Link to %(number)s") % {"number": row.card.number},
            partial(_link, actor, card.id, row.card.id, now),
            forms.EmptyForm,
            hint=_like_words(row),
        )
        for row in likes
    ]


def _link(actor: Actor, call_id: int, main_id: int, now: datetime, _data: dict[str, Any]) -> None:
    operations.link_same(actor, call_id, main_id, now=now)


def _like_words(row: calls.LikeCard) -> str:
    """What is alike: channel, firm, distance, days, words."""
    parts = [row.card.title, str(calls.channel_labels()[row.channel])]
    if row.is_same_firm:
        parts.append(gettext("the same firm"))
    if row.metres is not None:
        parts.append(gettext("%(metres)d m away") % {"metres": row.metres})
    parts.append(gettext("%(days)d days apart") % {"days": abs(row.days)})
    if row.shared:
        parts.append("、".join(row.shared[:6]))
    return " · ".join(parts)
