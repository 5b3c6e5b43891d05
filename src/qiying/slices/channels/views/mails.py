"""Mails: the desk's inbox and one mail."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import files, paging, problems
from qiying.kernel.access import Actor, Role
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import public as calls
from qiying.slices.channels import forms, operations, queries
from qiying.slices.channels.models import Mail, labels
from qiying.slices.channels.rules.tables import AT_DESK, MAIL, READERS
from qiying.slices.channels.views.shape import (
    Cell,
    Deed,
    Nothing,
    Record,
    at_words,
    firm_named,
    listing,
    mark,
    moment,
    record,
    title,
)

HERE = "channels:mails"
HEADS = (_("Subject line"), _("Sender"), _("State"), _("Firm"), _("Request"), _("Received at"))


@page(*AT_DESK)
def mails(request: HttpRequest) -> HttpResponse:
    """The inbox of mails: those that wait first asked for, all of them on request."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "")
    rows = queries.list_mails(actor, tab=tab)
    shown = paging.paginate(rows, order=("-taken_at", "-id"), cursor=request.GET.get("cursor", ""))
    waiting = queries.count_waiting_mails(actor)
    tabs: list[Any] = [(_("All"), "", None)]
    tabs += [
        (label, code, waiting if code == "waiting" else None)
        for code, label in labels.MAIL_LABELS.items()
    ]
    return listing(
        request,
        here=HERE,
        heading=_("Mails"),
        lead=_("A known address becomes a call by itself; an unknown one waits for the desk"),
        heads=HEADS,
        rows=[_row(row) for row in shown],
        page=shown,
        nothing=Nothing(
            "mail",
            _("No mail came in yet"),
            _("The operator of the machine names the mailbox with QIYING_MAIL_IN_URL."),
        ),
        tabs=tabs,
    )


def _row(row: Mail) -> list[Cell]:
    url = reverse("channels:mail", args=[row.public_id])
    call = row.call
    case = reverse("calls:case", args=[call.public_id]) if call else ""
    return [
        title(row.subject or gettext("(no subject)"), url),
        Cell(row.name or row.address, css="at-sub", small=row.address if row.name else ""),
        mark(labels.MAIL_TONES[row.state], labels.MAIL_LABELS[row.state]),
        Cell(str(row.enterprise or "")),
        Cell(call.number if call else "", case, "num"),
        moment(row.taken_at),
    ]


@page(*READERS)
def mail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One mail: who wrote it, what, and what becomes of it."""
    actor, now = actor_of(request), timezone.now()
    back = reverse("channels:mail", args=[public_id])
    return record(request, partial(_record, actor, public_id, now), back=back)


def _record(actor: Actor, public_id: UUID, now: datetime) -> Record:
    row = queries.get_mail(actor, public_id)
    card = calls.card(actor, row.call_id) if row.call_id else None
    facts: list[tuple[Any, ...]] = [
        (_("Sender"), f"{row.name} <{row.address}>" if row.name else row.address),
        (_("Sent at"), at_words(row.sent_at)),
        (_("Received at"), at_words(row.taken_at)),
        (_("Firm"), str(row.enterprise or "")),
        (_("Taken for a machine's because"), labels.AUTOMATIC_LABELS.get(row.automatic, "")),
        (_("Put aside as"), labels.DISMISS_LABELS.get(row.dismissed_as, "")),
    ]
    if card is not None:
        case = reverse("calls:case", args=[card.public_id])
        facts.append((_("Request"), f"{card.number} {card.title}", case))
    refused = [
        ("warn", gettext("Not kept: %(name)s. %(why)s") % {"name": n, "why": _why(code, n)})
        for n, code in row.refused_files
    ]
    return Record(
        here=HERE,
        heading=row.subject or gettext("(no subject)"),
        crumb=(_("Mails"), reverse(HERE)),
        marks=[(labels.MAIL_TONES[row.state], labels.MAIL_LABELS[row.state])],
        facts=facts,
        texts=[(_("Words"), row.text)] if row.text else [],
        files=[{"name": f.name, "url": files.url(f)} for f in files.list_for(actor, row)],
        notes=refused,
        deeds=_deeds(actor, row, now),
    )


def _why(code: str, name: str) -> str:
    return problems.sentence(code, {"name": name, "limit": 20})


def _deeds(actor: Actor, row: Mail, now: datetime) -> list[Deed]:
    opened, key = MAIL.open_to(row.state, actor.roles), row.public_id
    if not actor.has(Role.DESK):
        return []

    start = {"firm": row.enterprise.credit_code} if row.enterprise else {}
    every: dict[str, tuple[Any, Any, Any]] = {
        "register": (
            _("Make a call of it"),
            partial(forms.RegisterMailForm, initial=start),
            partial(_register, actor, key, now),
        ),
        "join": (
            _("Add it to a call"),
            forms.NumberForm,
            lambda d: operations.join_mail(actor, key, number=d["number"], now=now),
        ),
        "dismiss": (
            _("Put it aside"),
            forms.DismissForm,
            lambda d: operations.dismiss_mail(actor, key, reason=d["reason"], now=now),
        ),
        "wake": (
            _("Take it up again"),
            forms.EmptyForm,
            lambda _d: operations.wake_mail(actor, key, now=now),
        ),
    }
    return [
        Deed(name, label, run, make, tone="primary" if name == "register" else "")
        for name, (label, make, run) in every.items()
        if name in opened
    ]


def _register(actor: Actor, key: UUID, now: datetime, data: dict[str, Any]) -> str:
    """Make a call of a mail and go to it."""
    firm = firm_named(actor, data["firm"])
    found = operations.register_mail(
        actor,
        key,
        enterprise_id=firm.id if firm else None,
        is_remembered=data["is_remembered"],
        now=now,
    )
    return reverse("calls:case", args=[calls.card(actor, found.call_id or 0).public_id])
