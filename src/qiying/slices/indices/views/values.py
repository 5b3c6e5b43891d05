"""Values brought in: which file, from where, and what could not be used."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import exports, paging, posting, tenancy
from qiying.kernel.errors import Invalid
from qiying.kernel.problems import sentence
from qiying.kernel.web import actor_of, page
from qiying.slices.indices import operations, queries, rules
from qiying.slices.indices.forms import DeliveryForm, ZoneDeliveryForm
from qiying.slices.indices.models import Delivery, Value, ZoneValue, labels
from qiying.slices.indices.rules.zone import BY_KEY
from qiying.slices.indices.views import shared, sheets, zone
from qiying.slices.registry import public as registry

LINES = 50


@page(*shared.INSIDERS)
def deliveries(request: HttpRequest) -> HttpResponse:
    """Files, the latest first."""
    actor = actor_of(request)
    shown = paging.paginate(
        queries.list_deliveries(actor),
        order=queries.DELIVERY_ORDER,
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "page": shown,
        "lines": [{"row": row, "kind": labels.word(labels.KINDS, row.kind)} for row in shown],
        "may_deliver": actor.has(*shared.ANALYSTS),
    }
    return render(request, "indices/deliveries.html", context)


@page(*shared.ANALYSTS)
def new_delivery(request: HttpRequest) -> HttpResponse:
    """Choose a file, its kind of data and its source."""
    form = DeliveryForm(request.POST or None, request.FILES or None)
    grid = _read(form) if form.is_bound and form.is_valid() else None
    answer = _take_in(request, form, grid) if grid is not None else None
    if answer is not None:
        return answer
    back = (reverse("indices:deliveries"), _("Values brought in"))
    return shared.form_page(request, form, _("Bring values in"), back, has_file=True)


def _take_in(request: HttpRequest, form: DeliveryForm, grid: registry.Grid) -> HttpResponse | None:
    """Bring a plain table in at once, a yearbook's sheet after its columns were confirmed."""
    actor = actor_of(request)
    table = registry.headed(grid)
    if not rules.is_plain(table.headings):
        with tenancy.reading(actor):
            sheet = queries.sheet_of(actor, grid.cells, grid.merged, form.cleaned_data["year"])
        if sheet is not None:
            return _ask(request, form, grid, sheet)
    return _deliver(request, form, table, operations.deliver)


def _deliver(
    request: HttpRequest,
    form: ZoneDeliveryForm,
    table: registry.Table,
    operation: Callable[..., Delivery],
) -> HttpResponse | None:
    data = form.cleaned_data

    def work() -> str:
        row = operation(
            actor_of(request),
            file_name=data["file"].name[-120:],
            kind=data["kind"],
            source=data["source"],
            headings=table.headings,
            rows=[(row.number, row.cells) for row in table.rows],
            is_good_only=data["is_good_only"],
            now=timezone.now(),
        )
        return reverse("indices:delivery", args=[row.public_id])

    return posting.send(request, form, work)


def _ask(
    request: HttpRequest, form: DeliveryForm, grid: registry.Grid, sheet: rules.Sheet
) -> HttpResponse | None:
    """Which indicator each column is; first of all the year, where nothing tells it."""
    if sheet.needs_year:
        form.add_error("year", sentence("indices.sheet.year"))
        return None
    names = ("kind", "source", "is_good_only", "year")
    given = {"file": form.cleaned_data["file"].name[-120:]}
    try:
        held = sheets.hold(grid, given | {name: form.cleaned_data[name] for name in names})
    except Invalid as problem:
        form.add_error("file", sentence(problem.code, problem.params or None))
        return None
    return sheets.show(request, held, sheet, form.cleaned_data["kind"])


@page(*shared.ANALYSTS)
def new_zone_delivery(request: HttpRequest) -> HttpResponse:
    """Values of the zone's own board: a row for each period, a column for each line."""
    form = ZoneDeliveryForm(request.POST or None, request.FILES or None)
    grid = _read(form) if form.is_bound and form.is_valid() else None
    if grid is not None:
        table = registry.headed(grid)
        answer = _deliver(request, form, table, operations.deliver_zone)
        if answer is not None:
            return answer
    back = (reverse("indices:zone"), _("Board of the zone"))
    return shared.form_page(request, form, _("Bring values of the zone in"), back, has_file=True)


def _read(form: ZoneDeliveryForm) -> registry.Grid | None:
    """The file as it stands; what makes it useless becomes a fault of the form."""
    data = form.cleaned_data
    try:
        grid = registry.read_grid(data["file"].name, data["file"].read(), sheet=data["sheet"])
        if not registry.headed(grid).rows:
            raise Invalid("registry.file.empty")
    except Invalid as problem:
        form.add_error("file", sentence(problem.code, problem.params or None))
        return None
    return grid


@page(*shared.INSIDERS)
def delivery(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a file brought, and every cell that could not be used with its place and reason."""
    actor = actor_of(request)
    row = queries.get_delivery(actor, public_id)
    if wanted := exports.wanted(request):
        return exports.respond(_sheet(row, actor.name), wanted)
    shown = paging.paginate(
        queries.list_values(actor, row),
        order=("id",),
        cursor=request.GET.get("cursor", ""),
        size=LINES,
    )
    context = {
        "row": row,
        "kind": labels.word(labels.KINDS, row.kind),
        "faults": _faults(row),
        "page": shown,
        "lines": [_line(value) for value in shown],
        "kpis": [
            {"label": _("Values written"), "value": row.written},
            {"label": _("As they were"), "value": row.unchanged},
            {"label": _("Cells that cannot be used"), "value": len(row.faults)},
        ],
    }
    return render(request, "indices/delivery.html", context)


def _line(value: Value | ZoneValue) -> dict[str, Any]:
    """What a value is of: a place and an indicator, or a line of the zone's board."""
    if isinstance(value, Value):
        names = {"place": shared.name_of(value.place), "period": str(value.year)}
        return {"value": value, "indicator": shared.name_of(value.indicator), **names}
    line = BY_KEY[value.line]
    period = zone.period_of((value.year, value.month))
    name = zone.name_of(line, value.indicator)
    return {"value": value, "indicator": name, "place": _("This zone"), "period": period}


def _faults(row: Delivery) -> list[dict[str, Any]]:
    return [{**fault, "text": sentence(fault["code"])} for fault in row.faults]


def _sheet(row: Delivery, made_by: str) -> exports.Sheet:
    headings = [_("Row"), _("Column"), _("What stood there"), _("What is wrong")]
    cells = [[f["row"], f["column"], f["value"], f["text"]] for f in _faults(row)]
    about = [(_("File"), row.file_name), (_("Source of the data"), row.source)]
    title = _("Cells that cannot be used")
    return exports.Sheet(title, headings, cells, about, made_by, timezone.now())
