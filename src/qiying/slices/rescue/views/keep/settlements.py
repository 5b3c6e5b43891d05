"""Settlements of providers' months: one draws up, another checks, then it is paid."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from qiying.kernel import exports, paging, saved, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.web import actor_of, page
from qiying.slices.registry import public as registry
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.keep import DrawForm, ReasonForm, VoucherForm
from qiying.slices.rescue.models import Settlement, labels
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import PAYERS, SettlementState
from qiying.slices.rescue.views.keep import shared

ORDER = ("-month", "-id")
TONES = {"drawn_up": "check", "checked": "fix", "returned": "paused", "paid": "done"}
CHOICES = 200


@page(*shared.AT_MONEY)
def list_page(request: HttpRequest) -> HttpResponse:
    """Settlements by month and provider, with what of the budget is bound."""
    actor, today = actor_of(request), queries.today(timezone.now())
    rows = queries.list_settlements(
        actor, provider_id=shared.number_of(request.GET.get("provider", ""))
    )
    state = request.GET.get("state", "")
    if state in [str(s) for s in SettlementState]:
        rows = rows.filter(state=state)
    if request.GET.get("month"):
        rows = rows.filter(month=shared.month_of(request.GET["month"], today))
    kind = exports.wanted(request)
    if kind:
        return _export(request, actor, rows, kind)
    found = paging.paginate(rows, order=ORDER, cursor=request.GET.get("cursor", ""))
    counts = keep.settlement_sums(actor)
    context = {
        "page": found,
        "rows": [_row(s) for s in found],
        "kpis": [
            {"label": str(labels.SETTLEMENT_STATES[s]), "value": n, "url": f"?state={s}"}
            for s, n in counts.items()
        ],
        "tabs": saved.tabs(request, actor, _tabs()),
        "budgets": [_use(u) for u in queries.budgets(actor, today.year)],
        "year": today.year,
        "providers": [
            (p.pk, p.name) for p in queries.list_providers(actor).order_by("id")[:CHOICES]
        ],
        "provider": shared.number_of(request.GET.get("provider", "")),
        "state": state,
        "is_filtered": any(request.GET.get(n) for n in ("state", "provider", "month")),
        "may_draw": actor.has(*PAYERS),
    }
    return render(request, "rescue/keep/settlements.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        (gettext("All"), ""),
        *((str(labels.SETTLEMENT_STATES[s]), f"state={s}") for s in SettlementState),
    ]


def _row(row: Settlement) -> dict[str, Any]:
    return {
        "row": row,
        "url": reverse("rescue:settlement", args=[row.public_id]),
        "tone": TONES[row.state],
        "label": labels.SETTLEMENT_STATES[row.state],
    }


def _use(use: queries.BudgetUse) -> dict[str, Any]:
    amount = use.budget.amount_cny or 1
    return {"use": use, "percent": min(round(float(use.bound_cny / amount) * 100), 100)}


def _export(request: HttpRequest, actor: Actor, rows: Any, kind: str) -> HttpResponse:
    sheet = exports.Sheet(
        title=gettext("Settlements"),
        headings=[
            gettext("Number"),
            gettext("Month"),
            gettext("Provider"),
            gettext("Rescues"),
            gettext("The zone pays, yuan"),
            gettext("The firms pay, yuan"),
            gettext("State"),
            gettext("Budget line"),
            gettext("Pay by"),
            gettext("Voucher"),
        ],
        rows=[
            [
                *(s.number, f"{s.month:%Y-%m}", s.provider.name, s.jobs, s.zone_cny, s.firm_cny),
                *(str(labels.SETTLEMENT_STATES[s.state]), s.budget.line if s.budget else ""),
                *(s.due_on, s.voucher),
            ]
            for s in rows.order_by(*ORDER)[: exports.MAX_ROWS]
        ],
        filters=[(k, str(v)) for k, v in request.GET.items() if v and k != "format"],
        made_by=actor.name,
        made_at=timezone.now(),
    )
    return exports.respond(sheet, kind)


@page(*PAYERS)
def draw(request: HttpRequest) -> HttpResponse:
    """Put a provider's confirmed rescues of a month into one settlement."""
    actor, now = actor_of(request), timezone.now()
    year = queries.today(now).year
    with tenancy.reading(actor):
        providers = queries.list_providers(actor).order_by("id")[:CHOICES]
        lines = queries.budgets(actor, year)
        form = DrawForm(
            request.POST or None,
            providers=[(str(p.pk), p.name) for p in providers],
            budgets=[(str(u.budget.pk), f"{u.budget.line} {u.budget.name}") for u in lines],
            initial={"month": queries.today(now)},
        )

    def work() -> str:
        data = form.cleaned_data
        made = operations.draw_up(
            actor,
            int(data["provider"]),
            now=now,
            month=data["month"],
            budget_id=int(data["budget"]) if data["budget"] else None,
        )
        return reverse("rescue:settlement", args=[made.public_id])

    return shared.form_page(
        request,
        form,
        work,
        title=gettext("Draw a settlement up"),
        back=reverse("rescue:settlements"),
        crumb=gettext("Settlements"),
        action=gettext("Draw up"),
    )


class _Nothing(ReasonForm):
    """A step that asks for nothing."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields.clear()


STEPS: dict[str, tuple[SettlementState, ...]] = {
    "check": (SettlementState.DRAWN_UP,),
    "pay": (SettlementState.CHECKED,),
    "return": (SettlementState.DRAWN_UP,),
}
FORMS = {"check": _Nothing, "pay": VoucherForm, "return": ReasonForm}


@page(*shared.AT_MONEY)
def settlement_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One settlement with its lines; payers take its steps."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = keep.settlement_of(actor, public_id)
        kind = exports.wanted(request)
        if kind and request.method == "GET":
            return _lines_out(actor, row, kind)
    name = request.POST.get("do", "") if request.method == "POST" else ""
    forms: dict[str, Any] = {
        n: make(request.POST if n == name else None, auto_id=f"id_{n}_%s")
        for n, make in FORMS.items()
    }

    def show() -> HttpResponse:
        return _draw(request, actor, row, forms, name)

    if name in STEPS:
        actor.require(*PAYERS)
        return shared.post(request, forms[name], lambda: _do(actor, row, name, forms[name]), show)
    with tenancy.reading(actor):
        return show()


def _do(actor: Actor, row: Settlement, name: str, form: Any) -> str:
    now, data = timezone.now(), form.cleaned_data
    if name == "check":
        operations.check_settlement(actor, row.pk, now=now, version=row.version)
    elif name == "pay":
        operations.pay_settlement(actor, row.pk, now=now, version=row.version, **data)
    else:
        operations.return_settlement(actor, row.pk, now=now, version=row.version, **data)
    return reverse("rescue:settlement", args=[row.public_id])


def _draw(
    request: HttpRequest, actor: Actor, row: Settlement, forms: dict[str, Any], tried: str
) -> HttpResponse:
    words = {
        "check": (gettext("Find it right"), "check", "primary"),
        "pay": (gettext("Enter the payment"), "banknote", "primary"),
        "return": (gettext("Send it back for correction"), "undo-2", "danger"),
    }
    steps = [
        {"name": n, "form": forms[n], "label": w, "icon": i, "tone": t, "is_open": n == tried}
        for n, (w, i, t) in words.items()
        if row.state in STEPS[n]
    ]
    lines = queries.lines_of(actor, row)
    firms = registry.names(actor, {line.job.enterprise_id for line in lines})
    is_own = row.drawn_by_id == actor.person_id and row.state == SettlementState.DRAWN_UP
    context = {
        "row": row,
        "tone": TONES[row.state],
        "label": labels.SETTLEMENT_STATES[row.state],
        "lines": [
            {
                "line": line,
                "firm": firms.get(line.job.enterprise_id, ""),
                "url": reverse("rescue:job", args=[line.job.public_id]),
            }
            for line in lines
        ],
        "facts": _facts(row),
        "steps": steps if actor.has(*PAYERS) else [],
        "is_own": is_own and actor.has(*PAYERS),
    }
    return render(request, "rescue/keep/settlement.html", context)


def _facts(row: Settlement) -> list[tuple[Any, ...]]:
    found = [
        (
            gettext("Provider"),
            row.provider.name,
            reverse("rescue:provider", args=[row.provider.public_id]),
        ),
        (gettext("Budget line"), f"{row.budget.line} {row.budget.name}" if row.budget else ""),
        (gettext("Drawn up by"), str(row.drawn_by)),
        (gettext("Checked by"), str(row.checked_by or "")),
        (gettext("Pay by"), row.due_on or ""),
        (gettext("Paid by"), str(row.paid_by or "")),
        (gettext("Voucher"), row.voucher),
        (gettext("Returned because"), row.reason),
    ]
    return [pair for pair in found if pair[1]]


def _lines_out(actor: Actor, row: Settlement, kind: str) -> HttpResponse:
    lines = queries.lines_of(actor, row)
    firms = registry.names(actor, {line.job.enterprise_id for line in lines})
    sheet = exports.Sheet(
        title=f"{gettext('Settlement')} {row.number}",
        headings=[
            gettext("Rescue"),
            gettext("Firm"),
            gettext("Fault"),
            gettext("Ran again"),
            gettext("The zone pays, yuan"),
            gettext("The firm pays, yuan"),
        ],
        rows=[
            [
                *(line.job.number, firms.get(line.job.enterprise_id, ""), line.job.title),
                *(line.job.running_at, line.zone_cny, line.firm_cny),
            ]
            for line in lines
        ],
        filters=_about(row),
        made_by=actor.name,
        made_at=timezone.now(),
    )
    return exports.respond(sheet, kind)


def _about(row: Settlement) -> list[tuple[str, str]]:
    return [
        (gettext("Provider"), row.provider.name),
        (gettext("Month"), f"{row.month:%Y-%m}"),
        (gettext("State"), str(labels.SETTLEMENT_STATES[row.state])),
    ]
