"""A sheet as a yearbook prints it: shown as it was understood, each column to be confirmed."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import posting, tenancy
from qiying.kernel.errors import Invalid
from qiying.kernel.problems import sentence
from qiying.kernel.web import actor_of, page
from qiying.slices.indices import operations, queries
from qiying.slices.indices.forms import ColumnsForm
from qiying.slices.indices.rules import Sheet, table_of
from qiying.slices.indices.rules.yearbook import bare
from qiying.slices.indices.views import shared
from qiying.slices.registry import public as registry

MOST_CELLS = 60_000
A_DAY = 24 * 60 * 60
SALT = "indices.sheet"
SIMPLE = (str, int, float, bool)


def hold(grid: registry.Grid, given: dict[str, Any]) -> str:
    """The sheet and what was said of it, signed: it goes with the page and back.

    Raises
    ------
    Invalid
        ``indices.sheet.size``.
    """
    if sum(len(row) for row in grid.cells) > MOST_CELLS:
        raise Invalid("indices.sheet.size", most=MOST_CELLS)
    cells = [[c if isinstance(c, SIMPLE) else str(c or "") for c in row] for row in grid.cells]
    held = {**given, "cells": cells, "merged": grid.merged}
    return signing.dumps(held, salt=SALT, compress=True)


def show(request: HttpRequest, held: str, sheet: Sheet, kind: str) -> HttpResponse:
    """The columns for the first time, with the indicators that their headings name."""
    form = ColumnsForm(sheet=sheet, indicators=_indicators(request, kind), initial={"held": held})
    return _render(request, form, sheet)


@page(*shared.ANALYSTS)
def columns(request: HttpRequest) -> HttpResponse:
    """Bring in the columns that were confirmed."""
    actor = actor_of(request)
    try:
        given = signing.loads(request.POST.get("held", ""), salt=SALT, max_age=A_DAY)
    except signing.BadSignature:
        return _again(request)
    with tenancy.reading(actor):
        sheet = queries.sheet_of(actor, given["cells"], given["merged"], given["year"])
    if sheet is None:
        return _again(request)
    form = ColumnsForm(request.POST, sheet=sheet, indicators=_indicators(request, given["kind"]))

    def work() -> str:
        headings, rows = table_of(sheet, form.chosen, given["year"])
        row = operations.deliver(
            actor,
            file_name=given["file"],
            kind=given["kind"],
            source=given["source"],
            headings=headings,
            rows=rows,
            is_good_only=given["is_good_only"],
            now=timezone.now(),
        )
        return reverse("indices:delivery", args=[row.public_id])

    return posting.send(request, form, work) or _render(request, form, sheet)


def _again(request: HttpRequest) -> HttpResponse:
    """The table is not there any more: the file is chosen anew."""
    if request.method == "POST":
        messages.warning(request, sentence("indices.sheet.held"))
    return redirect("indices:new-delivery")


def _indicators(request: HttpRequest, kind: str) -> list[Any]:
    actor = actor_of(request)
    with tenancy.reading(actor):
        return list(queries.list_indicators(actor, kind=kind).order_by("code"))


def _render(request: HttpRequest, form: ColumnsForm, sheet: Sheet) -> HttpResponse:
    context = {
        "form": form,
        "sheet": sheet,
        "lines": [(c, c.year or sheet.year, field) for c, field in form.lines()],
        "left_out": "、".join(dict.fromkeys(bare(name) for _row, name in sheet.left_out)),
        "title": _("What each column is"),
    }
    with tenancy.reading(actor_of(request)):
        return render(request, "indices/columns.html", context)
