"""The dictionary of indicators."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import exports, paging, posting
from qiying.kernel.language import is_chinese
from qiying.kernel.web import actor_of, page
from qiying.slices.indices import operations, queries
from qiying.slices.indices.forms import IndicatorForm
from qiying.slices.indices.models import Indicator, labels
from qiying.slices.indices.operations import IndicatorIn
from qiying.slices.indices.views import shared


@page(*shared.READERS)
def indicators(request: HttpRequest) -> HttpResponse:
    """Definitions in force, by code."""
    actor = actor_of(request)
    q = request.GET.get("q", "").strip()[:100]
    kind = request.GET.get("kind", "")
    kind = kind if kind in labels.KINDS else ""
    rows = queries.list_indicators(actor, q=q, kind=kind)
    if wanted := exports.wanted(request):
        found = rows.order_by(*queries.INDICATOR_ORDER)[: exports.MAX_ROWS]
        return exports.respond(_sheet(found, actor.name), wanted)
    shown = paging.paginate(
        rows, order=queries.INDICATOR_ORDER, cursor=request.GET.get("cursor", ""), size=50
    )
    context = {
        "page": shown,
        "lines": [_line(row) for row in shown],
        "kinds": labels.KINDS.items(),
        "kind": kind,
        "is_empty": not shown.rows and not q and not kind,
        "may_define": actor.has(*shared.ANALYSTS),
    }
    return render(request, "indices/indicators.html", context)


def _line(row: Indicator) -> dict[str, Any]:
    chinese = is_chinese()
    return {
        "row": row,
        "name": shared.name_of(row),
        "definition": row.definition if chinese or not row.definition_en else row.definition_en,
        "unit": row.unit if chinese or not row.unit_en else row.unit_en,
        "polarity": labels.POLARITIES[row.polarity],
        "kind": labels.word(labels.KINDS, row.kind),
    }


def _sheet(rows: Any, made_by: str) -> exports.Sheet:
    headings = [
        *(_("Code"), _("Indicator"), _("Definition or formula"), _("Unit of measure")),
        *(_("Direction"), _("Source of the data"), _("Calibre and cautions"), _("Kind of data")),
        *(_("Version"), _("Grade of evidence")),
    ]
    cells = []
    for line in map(_line, rows):
        row: Indicator = line["row"]
        words = [row.code, line["name"], line["definition"], line["unit"], str(line["polarity"])]
        cells.append([*words, row.source, row.calibre, line["kind"], row.version, row.grade])
    title = _("Dictionary of indicators")
    return exports.Sheet(title, headings, cells, [], made_by, timezone.now())


@page(*shared.ANALYSTS)
def new_indicator(request: HttpRequest) -> HttpResponse:
    """Define an indicator, or the next version of one."""
    actor = actor_of(request)
    form = IndicatorForm(request.POST or None)
    if request.method == "POST":

        def work() -> str:
            operations.define(actor, IndicatorIn(**form.cleaned_data), now=timezone.now())
            return reverse("indices:indicators")

        answer = posting.send(request, form, work)
        if answer is not None:
            return answer
    back = (reverse("indices:indicators"), _("Dictionary of indicators"))
    return shared.form_page(request, form, _("Define an indicator"), back)
