"""12345 orders: the list, one order with its steps, an order on paper, replies as a file."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.language import is_chinese
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import public as calls
from qiying.slices.channels import forms, operations, queries
from qiying.slices.channels.models import Extension, WorkOrder, labels
from qiying.slices.channels.rules import terms
from qiying.slices.channels.rules.codes import ORDER_OPEN, OrderState
from qiying.slices.channels.rules.tables import EXTENSION, ORDER, READERS
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
    moment,
    of_call,
    record,
    sheet,
    title,
    yes_no,
)

HERE = "channels:orders"
HEADS = (_("Order"), _("Request"), _("State"), _("Time left"), _("Issued at"), _("Connection"))
RESULTS = {
    "solved": _("solved"),
    "partly": _("partly solved"),
    "explained": _("explained"),
    "legal_path": _("told the legal path"),
    "declined": _("not accepted"),
}


@page(*READERS)
def orders(request: HttpRequest) -> HttpResponse:
    """Every visible order, the latest first; as a file too."""
    actor = actor_of(request)
    tab, q = request.GET.get("tab", ""), request.GET.get("q", "").replace("\x00", "").strip()[:64]
    rows = queries.list_orders(actor, tab=tab, q=q)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, rows), kind)
    shown = paging.paginate(
        rows, order=("-received_at", "-id"), cursor=request.GET.get("cursor", "")
    )
    counts = queries.order_counts(actor)
    tabs: list[Any] = [(_("All"), "", None)]
    tabs.append((_("Open"), "open", sum(counts.get(s, 0) for s in ORDER_OPEN)))
    tabs += [(label, code, counts.get(code, 0)) for code, label in labels.ORDER_LABELS.items()]
    buttons = []
    if actor.has(Role.DESK):
        buttons = [
            Button(
                _("Bring a file in"), f"{reverse('channels:batch-new')}?kind=orders", "file-up"
            ),
            Button(_("Take an order in"), reverse("channels:order-new"), "plus", "primary"),
        ]
    return listing(
        request,
        here=HERE,
        heading=_("12345 orders"),
        lead=_("Handed over by the 12345 hotline, in its own steps and with its own clocks"),
        heads=HEADS,
        rows=[_row(order) for order in shown],
        page=shown,
        nothing=Nothing("phone-forwarded", _("No order came in yet")),
        tabs=tabs,
        buttons=buttons,
        search=_("Number of the order or the call"),
        exports=True,
        by_file=queries.replies_by_file(actor).count() if actor.has(Role.DESK) else 0,
    )


def _row(order: WorkOrder) -> list[Cell]:
    is_open = order.state in ORDER_OPEN
    due = order.sign_due_at if order.state == "issued" else order.due_at
    is_owed = is_open and order.state != "replied"
    return [
        title(order.order_number, reverse("channels:order", args=[order.public_id])),
        Cell(
            order.call.title,
            reverse("calls:case", args=[order.call.public_id]),
            "at-sub wrap",
            small=" · ".join(filter(None, (order.call.number, _firm(order)))),
        ),
        mark(labels.ORDER_TONES[order.state], labels.ORDER_LABELS[order.state]),
        Cell(due if is_owed else None, css="num at-time", kind="countdown"),
        moment(order.issued_at),
        Cell(order.endpoint.name if order.endpoint else gettext("by file")),
    ]


def _firm(order: WorkOrder) -> str:
    return str(order.call.enterprise or "")


def _sheet(actor: Actor, rows: Any) -> exports.Sheet:
    found = rows.order_by("-received_at", "-id")[: exports.MAX_ROWS]
    headings = [
        *(gettext("Order number"), gettext("Request"), gettext("Firm")),
        *(gettext("State"), gettext("Issued at")),
        *(gettext("Signed for at"), gettext("Reply due at"), gettext("Replied at")),
        *(gettext("Replied in time"), gettext("Result"), gettext("Reply"), gettext("Redone")),
    ]
    return sheet(actor, gettext("12345 orders"), headings, map(_line, found))


def _line(order: WorkOrder) -> list[Any]:
    on_time = {True: gettext("yes"), False: gettext("no"), None: ""}[order.is_on_time]
    return [
        order.order_number,
        order.call.number,
        _firm(order),
        str(labels.ORDER_LABELS[order.state]),
        order.issued_at,
        order.signed_at,
        order.due_at,
        order.replied_at,
        on_time,
        str(RESULTS.get(order.reply_result, "")),
        order.reply_text,
        order.reworks,
    ]


@page(Role.DESK)
@require_POST
def replies(request: HttpRequest) -> HttpResponse:
    """What goes to 12345 by file, once: signings, returns, extensions and replies."""
    actor, now = actor_of(request), timezone.now()
    operations.export_replies(actor, now=now)
    with tenancy.reading(actor):
        rows = queries.list_sent_by_file(actor, now)
        lines = [_said(row) for row in rows]
    headings = [
        *(gettext("Order number"), gettext("What"), gettext("At"), gettext("Result")),
        *(gettext("Reason"), gettext("New due time"), gettext("Words")),
    ]
    name = gettext("Replies to 12345")
    return exports.respond(sheet(actor, name, headings, lines), "xlsx")


def _said(row: Any) -> list[Any]:
    body = row.body
    result, reason = body.get("result", ""), body.get("reason", "")
    return [
        body.get("order_number", ""),
        str(labels.DELIVERY_KINDS[row.kind]),
        datetime.fromisoformat(body["at"]),
        str(RESULTS.get(result, "")),
        str(labels.RETURN_LABELS.get(reason, "")),
        datetime.fromisoformat(body["due_at"]) if "due_at" in body else None,
        body.get("text", ""),
    ]


@page(Role.DESK)
def order_new(request: HttpRequest) -> HttpResponse:
    """An order that came on paper or by telephone."""
    actor, now = actor_of(request), timezone.now()
    form = forms.OrderForm(request.POST or None)

    def work() -> str:
        data = form.cleaned_data
        given = given_of(actor, data)
        if data["call"]:
            card = calls.find_by_number(actor, data["call"].strip().upper())
            if card is None:
                raise Invalid("input.invalid", {"call": "channels.call_unknown"})
            given["call_id"] = card.id
        order = operations.receive_order(
            actor,
            order_number=data["order_number"],
            issued_at=data["issued_at"],
            due_at=data["due_at"],
            now=now,
            **given,
        )
        return reverse("channels:order", args=[order.public_id])

    return edit(
        request,
        form,
        work,
        here=HERE,
        heading=_("Take an order in"),
        lead=_("An order that 12345 handed over on paper or by telephone"),
        back=reverse(HERE),
        submit=_("Take it in"),
    )


@page(*READERS)
def order(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One order: its clocks, its call, and every step that can be taken."""
    actor, now = actor_of(request), timezone.now()
    back = reverse("channels:order", args=[public_id])
    return record(request, partial(_record, actor, public_id, now), back=back)


def _record(actor: Actor, public_id: UUID, now: datetime) -> Record:
    row = queries.get_order(actor, public_id)
    card = calls.card(actor, row.call_id)
    extensions = list(queries.extensions_of(actor, row))
    facts = [
        *of_call(card),
        (_("Issued at"), at_words(row.issued_at)),
        (_("Signed for at"), at_words(row.signed_at)),
        (_("Replied at"), at_words(row.replied_at)),
        (_("Replied in time"), yes_no(row.is_on_time)),
        (_("Result"), RESULTS.get(row.reply_result, "")),
        (_("Redone"), row.reworks or ""),
        (_("Connection"), row.endpoint.name if row.endpoint else _("by file")),
    ]
    texts = [
        (labels.RETURN_LABELS.get(row.return_reason, _("Return")), row.return_text),
        (_("Reply"), row.reply_text),
        (_("Words of the revisit"), row.revisit_text),
    ]
    return Record(
        here=HERE,
        heading=row.order_number,
        crumb=(_("12345 orders"), reverse(HERE)),
        marks=[(labels.ORDER_TONES[row.state], labels.ORDER_LABELS[row.state])],
        facts=facts,
        texts=texts,
        lines=[_extension(e) for e in extensions],
        limits=_limits(row, now),
        notes=_notes(row, card),
        deeds=[*_deeds(actor, row, card, now), *_extension_deeds(actor, row, extensions, now)],
    )


def _notes(row: WorkOrder, card: calls.CallCard) -> list[tuple[str, Any]]:
    """The caller is not content and the call could not be opened again."""
    if row.state != OrderState.REWORK or card.state not in {"closed", "archived"}:
        return []
    words = _(
        "The caller is not content, and the 30 days in which the call could be opened again are "
        "over: log it again from the page of the call, so that both name each other."
    )
    return [("warn", words)]


def _limits(row: WorkOrder, now: datetime) -> list[dict[str, Any]]:
    """The clocks of the order, each with its source and how well that is proven."""
    open_ = row.state in ORDER_OPEN
    limits = (
        (_("Signing"), row.sign_due_at, row.state == "issued", terms.SIGN),
        (_("Return"), row.return_until, _may_return(row, now), terms.RETURN),
        (_("Reply"), row.due_at, open_ and row.state != "replied", terms.ANSWER),
    )
    return [
        {
            "label": label,
            "due_at": due_at,
            "is_running": is_running,
            "is_over": limit is terms.RETURN and now > due_at,
            "source": limit.basis.text(is_chinese=is_chinese()),
            "grade": limit.basis.grade,
        }
        for label, due_at, is_running, limit in limits
    ]


def _may_return(row: WorkOrder, now: datetime) -> bool:
    return row.state in {"issued", "signed"} and now <= row.return_until


def _extension(row: Extension) -> dict[str, Any]:
    who = row.decided_by or row.asked_by
    return {
        "title": gettext("Extension until %(due)s: %(state)s")
        % {"due": at_words(row.due_at), "state": labels.EXTENSION_LABELS[row.state]},
        "at": row.asked_at,
        "who": str(who) if who else "",
        "note": row.text,
        "tone": "done" if row.state == "granted" else "todo",
    }


def _deeds(actor: Actor, row: WorkOrder, card: calls.CallCard, now: datetime) -> list[Deed]:
    opened = ORDER.open_to(row.state, actor.roles)
    answer = ""
    if "reply" in opened:
        answer = calls.file_of(actor, row.call_id).answer
    key = row.public_id
    every = {**_ours(actor, key, answer, now), **_theirs(actor, key, now)}
    return [
        Deed(
            name,
            labels.ORDER_STEPS[name],
            run,
            make,
            tone="primary" if name in {"sign", "reply"} else "",
        )
        for name, (make, run) in every.items()
        if name in opened and (name != "ask_return" or _may_return(row, now))
    ]


Steps = dict[str, tuple[Any, Any]]


def _ours(actor: Actor, key: UUID, answer: str, now: datetime) -> Steps:
    """What the zone does with an order: a form and what it runs."""
    at = {"now": now}
    return {
        "sign": (forms.EmptyForm, lambda _d: operations.sign_order(actor, key, **at)),
        "reply": (
            partial(forms.ReplyForm, initial={"text": answer}),
            lambda d: operations.reply_order(actor, key, text=d["text"], **at),
        ),
        "ask_extension": (
            forms.ExtensionForm,
            lambda d: operations.ask_extension(actor, key, days=d["days"], text=d["text"], **at),
        ),
        "ask_return": (
            forms.ReturnForm,
            lambda d: operations.ask_return(actor, key, reason=d["reason"], text=d["text"], **at),
        ),
    }


def _theirs(actor: Actor, key: UUID, now: datetime) -> Steps:
    """What 12345 says, entered by the desk when it came on paper."""
    at = {"now": now}
    return {
        "accept_return": (
            forms.PerhapsWordsForm,
            lambda d: operations.answer_return(actor, key, is_accepted=True, text=d["text"], **at),
        ),
        "refuse_return": (
            forms.PerhapsWordsForm,
            lambda d: operations.answer_return(
                actor, key, is_accepted=False, text=d["text"], **at
            ),
        ),
        "revisit_good": (
            forms.PerhapsWordsForm,
            lambda d: operations.revisit_order(actor, key, is_content=True, text=d["text"], **at),
        ),
        "revisit_bad": (
            forms.WordsForm,
            lambda d: operations.revisit_order(actor, key, is_content=False, text=d["text"], **at),
        ),
    }


def _extension_deeds(
    actor: Actor, row: WorkOrder, extensions: list[Extension], now: datetime
) -> list[Deed]:
    if not extensions:
        return []
    opened = EXTENSION.open_to(extensions[-1].state, actor.roles)
    key = row.public_id
    runs = {
        "approve": lambda _d: operations.decide_extension(actor, key, is_approved=True, now=now),
        "refuse": lambda _d: operations.decide_extension(actor, key, is_approved=False, now=now),
        "grant": lambda _d: operations.answer_extension(actor, key, is_granted=True, now=now),
        "deny": lambda _d: operations.answer_extension(actor, key, is_granted=False, now=now),
    }
    until = gettext("Extension until %(due)s") % {"due": at_words(extensions[-1].due_at)}
    return [
        Deed(name, labels.ORDER_STEPS[name], run, forms.EmptyForm, hint=until)
        for name, run in runs.items()
        if name in opened
    ]
