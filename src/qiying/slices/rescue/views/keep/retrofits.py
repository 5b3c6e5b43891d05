"""Process retrofits: what was changed and what readings before and after say of it."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from qiying.kernel import charts, exports, paging, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.charts import Series
from qiying.kernel.errors import Invalid
from qiying.kernel.web import actor_of, page
from qiying.slices.registry import public as registry
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.keep import DayForm, ReadingForm, RetrofitForm
from qiying.slices.rescue.models import Reading, Retrofit, labels
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import READERS, Phase, RetrofitState
from qiying.slices.rescue.views.keep import shared

if TYPE_CHECKING:
    from collections.abc import Callable

ORDER = ("-planned_on", "-id")
TONES = {"planned": "new", "under_way": "fix", "measured": "done", "given_up": "paused"}
FORMS = {"read": ReadingForm, "start": DayForm, "finish": DayForm}
WHEN = {
    "read": (RetrofitState.PLANNED, RetrofitState.UNDER_WAY, RetrofitState.MEASURED),
    "start": (RetrofitState.PLANNED,),
    "finish": (RetrofitState.UNDER_WAY,),
}


@page(*READERS)
def list_page(request: HttpRequest) -> HttpResponse:
    """Projects with the effect that their readings show."""
    actor = actor_of(request)
    rows = queries.list_retrofits(actor)
    kind = exports.wanted(request)
    if kind:
        return _export(actor, list(rows.order_by(*ORDER)[: exports.MAX_ROWS]), kind)
    found = paging.paginate(rows, order=ORDER, cursor=request.GET.get("cursor", ""))
    context = {
        "page": found,
        "rows": _rows(actor, list(found)),
        "may_plan": actor.has(*shared.HOUSE),
    }
    return render(request, "rescue/keep/retrofits.html", context)


def _rows(actor: Actor, found: list[Retrofit]) -> list[dict[str, Any]]:
    effects = keep.effects(actor, found)
    firms = registry.names(actor, {row.enterprise_id for row in found})
    return [
        {
            "row": row,
            "firm": firms.get(row.enterprise_id, ""),
            "url": reverse("rescue:retrofit", args=[row.public_id]),
            "effect": effects[row.pk],
            "tone": TONES[row.state],
            "label": labels.RETROFIT_STATES[row.state],
        }
        for row in found
    ]


def _export(actor: Actor, found: list[Retrofit], kind: str) -> HttpResponse:
    sheet = exports.Sheet(
        title=gettext("Process retrofits"),
        headings=[
            gettext("Number"),
            gettext("Project"),
            gettext("Firm"),
            gettext("What is measured"),
            gettext("Before the retrofit"),
            gettext("After the retrofit"),
            gettext("Better by, percent"),
            gettext("Target, percent"),
            gettext("Cost, yuan"),
            gettext("of it public, yuan"),
            gettext("State"),
        ],
        rows=[
            [
                *(x["row"].number, x["row"].title, x["firm"]),
                f"{x['row'].figure} {x['row'].unit}",
                *((x["effect"].before, x["effect"].after) if x["effect"] else (None, None)),
                x["effect"].better_percent if x["effect"] else None,
                *(x["row"].target_percent, x["row"].cost_cny, x["row"].public_cny),
                str(x["label"]),
            ]
            for x in _rows(actor, found)
        ],
        filters=[],
        made_by=actor.name,
        made_at=timezone.now(),
    )
    return exports.respond(sheet, kind)


@page(*shared.HOUSE)
def new(request: HttpRequest) -> HttpResponse:
    """Plan a project of a firm."""
    actor = actor_of(request)
    form = RetrofitForm(request.POST or None)

    def work() -> str:
        data = dict(form.cleaned_data)
        firm = shared.find_firm(actor, data.pop("firm").strip())
        if firm is None:
            raise Invalid("input.invalid", {"firm": "rescue.keep.firm"})
        data["cost_cny"], data["public_cny"] = data["cost_cny"] or 0, data["public_cny"] or 0
        made = operations.plan_retrofit(actor, now=timezone.now(), enterprise_id=firm, **data)
        return reverse("rescue:retrofit", args=[made.public_id])

    return shared.form_page(
        request,
        form,
        work,
        title=gettext("Plan a retrofit"),
        back=reverse("rescue:retrofits"),
        crumb=gettext("Process retrofits"),
        action=gettext("Plan the project"),
    )


@page(*READERS)
def retrofit_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One project: target, readings with their source, the effect that follows."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = keep.retrofit_of(actor, public_id)
    name = request.POST.get("do", "") if request.method == "POST" else ""
    forms: dict[str, Any] = {
        n: make(request.POST if n == name else None, auto_id=f"id_{n}_%s")
        for n, make in FORMS.items()
    }

    def show() -> HttpResponse:
        return _draw(request, actor, row, forms, name)

    if name in FORMS:
        actor.require(*shared.HOUSE)
        return shared.post(request, forms[name], lambda: _do(actor, row, name, forms[name]), show)
    with tenancy.reading(actor):
        return show()


def _do(actor: Actor, row: Retrofit, name: str, form: Any) -> str:
    acts: dict[str, Callable[..., object]] = {
        "read": operations.add_reading,
        "start": operations.start_retrofit,
        "finish": operations.finish_retrofit,
    }
    acts[name](actor, row.pk, now=timezone.now(), **form.cleaned_data)
    return reverse("rescue:retrofit", args=[row.public_id])


def _draw(
    request: HttpRequest, actor: Actor, row: Retrofit, forms: dict[str, Any], tried: str
) -> HttpResponse:
    words = {
        "read": (gettext("Enter a reading"), "gauge", "primary"),
        "start": (gettext("The work begins"), "play", ""),
        "finish": (gettext("The effect is measured"), "flag", ""),
    }
    steps = [
        {"name": n, "form": forms[n], "label": w, "icon": i, "tone": t, "is_open": n == tried}
        for n, (w, i, t) in words.items()
        if row.state in WHEN[n]
    ]
    readings = queries.readings_of(actor, row)
    context = {
        "row": row,
        "firm": registry.names(actor, {row.enterprise_id}).get(row.enterprise_id, ""),
        "tone": TONES[row.state],
        "label": labels.RETROFIT_STATES[row.state],
        "readings": [
            {"row": r, "phase": labels.PHASES[r.phase], "is_before": r.phase == Phase.BEFORE}
            for r in readings
        ],
        "effect": queries.effect(row, readings),
        "chart": _chart(row, readings),
        "steps": steps if actor.has(*shared.HOUSE) else [],
    }
    return render(request, "rescue/keep/retrofit.html", context)


def _chart(row: Retrofit, readings: list[Reading]) -> Any:
    found = sorted(readings, key=lambda r: r.on)
    if not found:
        return ""
    before = [float(r.value) if r.phase == Phase.BEFORE else 0 for r in found]
    after = [float(r.value) if r.phase == Phase.AFTER else 0 for r in found]
    return charts.chart(
        [f"{r.on:%m-%d}" for r in found],
        [
            Series(gettext("Before the change"), before, "bar", 2),
            Series(gettext("After the change"), after, "bar", 1),
        ],
        title=f"{row.figure}（{row.unit}）",
        height=180,
    )
