"""Referrals of deputies and leaders, and what the zone found by its data."""

from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qiying.kernel import paging
from qiying.kernel.access import Actor, Role
from qiying.kernel.language import is_chinese
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import public as calls
from qiying.slices.channels import forms, operations, queries
from qiying.slices.channels.models import Referral, Signal, labels
from qiying.slices.channels.rules import terms
from qiying.slices.channels.rules.tables import READERS, REFERRAL
from qiying.slices.channels.views.shape import (
    Button,
    Cell,
    Deed,
    Nothing,
    Record,
    at_words,
    edit,
    given_of,
    listing,
    mark,
    of_call,
    record,
    title,
    yes_no,
)

HERE, SIGNALS = "channels:referrals", "channels:signals"
HEADS = (
    _("Referrer"),
    _("Request"),
    _("Kind"),
    _("State"),
    _("Reply due on"),
    _("Reference number"),
)
SIGNAL_HEADS = (_("Request"), _("Firm"), _("Signal"), _("Source"), _("Seen on"))


@page(*READERS)
def referrals(request: HttpRequest) -> HttpResponse:
    """What deputies, the consultative conference and leaders referred to the zone."""
    actor, today = actor_of(request), timezone.localdate()
    rows = queries.list_referrals(actor, tab=request.GET.get("tab", ""))
    shown = paging.paginate(rows, order=("due_on", "id"), cursor=request.GET.get("cursor", ""))
    tabs = [(_("All"), "", None), (_("Reply owed"), "owed", None), (_("Replied"), "replied", None)]
    buttons = []
    if actor.has(Role.DESK):
        new = reverse("channels:referral-new")
        buttons = [Button(_("Record a referral"), new, "plus", "primary")]
    return listing(
        request,
        here=HERE,
        heading=_("Referrals of deputies and leaders"),
        lead=_("Who referred it, under which number, and until when a reply is owed"),
        heads=HEADS,
        rows=[_row(row, today) for row in shown],
        page=shown,
        nothing=Nothing("landmark", _("Nothing was referred yet")),
        tabs=tabs,
        buttons=buttons,
    )


def _row(row: Referral, today: date) -> list[Cell]:
    is_late = row.state in {"owed", "redo"} and row.due_on < today
    return [
        title(row.referrer, reverse("channels:referral", args=[row.public_id]), row.office),
        Cell(
            row.call.title,
            reverse("calls:case", args=[row.call.public_id]),
            "at-sub wrap",
            small=" · ".join(filter(None, (row.call.number, str(row.call.enterprise or "")))),
        ),
        Cell(labels.REFERRAL_KINDS[row.kind]),
        mark(labels.REFERRAL_TONES[row.state], labels.REFERRAL_LABELS[row.state]),
        Cell(row.due_on, css="num bad" if is_late else "num", kind="day"),
        Cell(row.reference, css="num"),
    ]


@page(Role.DESK)
def referral_new(request: HttpRequest) -> HttpResponse:
    """Record what was referred: a call, its referrer and the reply that is owed."""
    actor, now = actor_of(request), timezone.now()
    form = forms.ReferralForm(request.POST or None, initial={"kind": "deputy"})

    def work() -> str:
        data = form.cleaned_data
        names = ("kind", "referrer", "office", "reference", "referred_on", "due_on", "is_complex")
        own = {name: data[name] for name in names}
        row = operations.record_referral(actor, now=now, **own, **given_of(actor, data))
        return reverse("channels:referral", args=[row.public_id])

    source = terms.DEPUTY_SOURCE
    return edit(
        request,
        form,
        work,
        here=HERE,
        heading=_("Record a referral"),
        lead=_("A suggestion, a proposal or an assignment becomes a call with a reply duty"),
        back=reverse(HERE),
        submit=_("Record it"),
        sources=[{"text": source.text(is_chinese=is_chinese()), "grade": source.grade}],
    )


@page(*READERS)
def referral(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One referral: its call, its limit with the source, its reply."""
    actor, now = actor_of(request), timezone.now()
    back = reverse("channels:referral", args=[public_id])
    return record(request, partial(_record, actor, public_id, now), back=back)


def _record(actor: Actor, public_id: UUID, now: datetime) -> Record:
    row = queries.get_referral(actor, public_id)
    card = calls.card(actor, row.call_id)
    basis = terms.REDO_SOURCE if row.redone else terms.referral_source(row.kind)
    facts: list[tuple[Any, ...]] = [
        (_("Kind"), labels.REFERRAL_KINDS[row.kind]),
        (_("Office of the referrer"), row.office),
        (_("Reference number"), row.reference),
        (_("Referred on"), row.referred_on.isoformat()),
        *of_call(card),
        (_("Replied at"), at_words(row.replied_at)),
        (_("Document number"), row.reply_document),
        (_("Replied in time"), yes_no(row.is_on_time)),
    ]
    limit = {
        "label": _("Reply due on"),
        "due_on": row.due_on,
        "source": basis.text(is_chinese=is_chinese()),
        "grade": basis.grade,
    }
    texts = [(_("Reply"), row.reply), (_("Why no reply is owed"), row.waived_text)]
    return Record(
        here=HERE,
        heading=row.referrer,
        crumb=(_("Referrals"), reverse(HERE)),
        marks=[(labels.REFERRAL_TONES[row.state], labels.REFERRAL_LABELS[row.state])],
        facts=facts,
        texts=texts,
        limits=[limit],
        deeds=_deeds(actor, row, now),
    )


def _deeds(actor: Actor, row: Referral, now: datetime) -> list[Deed]:
    opened, key = REFERRAL.open_to(row.state, actor.roles), row.public_id
    answer = calls.file_of(actor, row.call_id).answer if "reply" in opened else ""
    every: dict[str, tuple[Any, Any, Any]] = {
        "reply": (
            _("Reply to the referrer"),
            partial(forms.ReferralReplyForm, initial={"text": answer}),
            lambda d: operations.reply_referral(
                actor, key, text=d["text"], document=d["document"], now=now
            ),
        ),
        "not_content": (
            _("The referrer is not content"),
            forms.EmptyForm,
            lambda _d: operations.referrer_not_content(actor, key, now=now),
        ),
        "waive": (
            _("No reply is wanted"),
            forms.WordsForm,
            lambda d: operations.waive_reply(actor, key, text=d["text"], now=now),
        ),
    }
    return [
        Deed(name, label, run, make, tone="primary" if name == "reply" else "")
        for name, (label, make, run) in every.items()
        if name in opened
    ]


@page(*READERS)
def signals(request: HttpRequest) -> HttpResponse:
    """What the zone found by data, without a call and without a visit."""
    actor = actor_of(request)
    rows = queries.list_signals(actor)
    shown = paging.paginate(
        rows, order=("-recorded_at", "-id"), cursor=request.GET.get("cursor", "")
    )
    buttons = []
    if actor.has(Role.DESK):
        buttons = [Button(_("Record a signal"), reverse("channels:signal-new"), "plus", "primary")]
    return listing(
        request,
        here=SIGNALS,
        heading=_("Found by us"),
        lead=_("Signals in the data; visits that found something stand with the visits"),
        heads=SIGNAL_HEADS,
        rows=[_signal(row) for row in shown],
        page=shown,
        nothing=Nothing("radar", _("No signal was recorded yet")),
        buttons=buttons,
    )


def _signal(row: Signal) -> list[Cell]:
    url = reverse("calls:case", args=[row.call.public_id])
    return [
        title(row.call.title, url, row.call.number),
        Cell(str(row.call.enterprise or ""), css="at-sub"),
        Cell(labels.SIGNAL_LABELS[row.kind]),
        Cell(row.source),
        Cell(row.seen_on, css="num", kind="day"),
    ]


@page(Role.DESK)
def signal_new(request: HttpRequest) -> HttpResponse:
    """Record a signal: it becomes a call that counts as found by us."""
    actor, now = actor_of(request), timezone.now()
    form = forms.SignalForm(request.POST or None, initial={"kind": "power"})

    def work() -> str:
        data = form.cleaned_data
        own = {name: data[name] for name in ("kind", "source", "reference", "seen_on")}
        row = operations.record_signal(actor, now=now, **own, **given_of(actor, data))
        return reverse("calls:case", args=[calls.card(actor, row.call_id).public_id])

    return edit(
        request,
        form,
        work,
        here=SIGNALS,
        heading=_("Record a signal"),
        lead=_("What the data showed about a firm becomes a call that the zone itself has found"),
        back=reverse(SIGNALS),
        submit=_("Record it"),
    )
