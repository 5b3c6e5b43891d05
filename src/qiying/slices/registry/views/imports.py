"""Bringing files in: choose, look at what it would do, write or put aside."""

import csv
import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.language import is_chinese
from qiying.kernel.problems import sentence
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.registry import queries
from qiying.slices.registry.forms import ImportForm
from qiying.slices.registry.forms.fields import SYSTEMS
from qiying.slices.registry.models import ImportBatch, ImportRow
from qiying.slices.registry.models.labels import IMPORT_KINDS, OUTCOME_TONES, OUTCOMES, word
from qiying.slices.registry.operations import imports as operations
from qiying.slices.registry.rules.cells import plain
from qiying.slices.registry.rules.kinds import ImportKind, Outcome
from qiying.slices.registry.rules.lines import COLUMNS
from qiying.slices.registry.rules.shapes import dump
from qiying.slices.registry.rules.tables import SHAPE
from qiying.slices.registry.views._edit import KEEPERS, edit

STATE_TONES = {"prepared": "check", "applied": "done", "discarded": "paused"}
SHOWN_CELLS = 5
LINES = 50


@page(*KEEPERS)
def batches(request: HttpRequest) -> HttpResponse:
    """The latest imports."""
    actor = actor_of(request)
    shown = paging.paginate(
        queries.list_batches(actor),
        order=("-made_at", "-id"),
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "page": shown,
        "lines": [
            {
                "row": row,
                "kind": word(IMPORT_KINDS, row.kind),
                "state": row.get_state_display(),
                "tone": STATE_TONES[row.state],
            }
            for row in shown
        ],
    }
    return render(request, "registry/imports.html", context)


@page(*KEEPERS)
def batch_new(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is read and checked, nothing is written yet."""
    actor = actor_of(request)
    kind = request.GET.get("kind", ImportKind.ENTERPRISES)
    form = ImportForm(request.POST or None, request.FILES or None, initial={"kind": kind})
    reading = _read(form) if form.is_bound and form.is_valid() else None

    def work() -> str:
        if reading is None:
            raise Invalid("registry.file.empty")
        batch = operations.prepare(actor, reading, now=timezone.now())
        return reverse("registry:import", args=[batch.public_id])

    return edit(
        request,
        form,
        work,
        template="registry/import_form.html",
        title=_("Bring a file in"),
        back=reverse("registry:imports"),
        kinds=[{"code": c, "label": label, "columns": _columns(c)} for c, label in IMPORT_KINDS],
    )


def _read(form: ImportForm) -> operations.Reading | None:
    """The file as lines; what makes it useless becomes a fault of the form."""
    data = form.cleaned_data
    try:
        return operations.read(
            data["kind"],
            file_name=data["file"].name,
            content=data["file"].read(),
            system=data["system"],
            sheet=data["sheet"],
        )
    except Invalid as problem:
        place = "system" if problem.code.startswith("registry.crs") else "file"
        form.add_error(place, sentence(problem.code, problem.params or None))
        return None


def _columns(kind: str) -> list[dict[str, Any]]:
    return [
        {"name": c.zh if is_chinese() else c.en, "is_required": c.is_required}
        for c in COLUMNS[kind]
    ]


@page(*KEEPERS)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty CSV file with the headings of a kind."""
    if kind not in COLUMNS:
        raise NotFound("not_found")
    out = io.StringIO()
    csv.writer(out).writerow([column["name"] for column in _columns(kind)])
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{word(IMPORT_KINDS, kind)}.csv"
    )
    return response


@page(*KEEPERS)
def batch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a file would do, line by line."""
    actor = actor_of(request)
    row = queries.get_batch(actor, public_id)
    outcome = request.GET.get("outcome", "")
    if outcome not in Outcome.values():
        outcome = ""
    shown = paging.paginate(
        queries.list_lines(actor, row, outcome),
        order=("number", "id"),
        cursor=request.GET.get("cursor", ""),
        size=LINES,
    )
    writes = row.counts.get("new", 0) + row.counts.get("updated", 0)
    context = {
        "batch": row,
        "kind": word(IMPORT_KINDS, row.kind),
        "system": word(SYSTEMS, row.system),
        "state": row.get_state_display(),
        "tone": STATE_TONES[row.state],
        "is_open": row.state == "prepared",
        "failed": row.counts.get("failed", 0),
        "writes": writes,
        "kpis": [
            {
                "label": capfirst(str(label)),
                "value": row.counts.get(code, 0),
                "url": f"?outcome={code}",
            }
            for code, label in OUTCOMES
        ],
        "tabs": _tabs(row, outcome),
        "headings": row.headings[:SHOWN_CELLS],
        "page": shown,
        "lines": [_line(row, line) for line in shown],
    }
    return render(request, "registry/import.html", context)


def _tabs(row: ImportBatch, outcome: str) -> list[dict[str, Any]]:
    every = [("", _("All")), *OUTCOMES]
    return [
        {
            "label": capfirst(str(label)),
            "url": f"?outcome={code}",
            "count": row.counts.get(code, 0) if code else sum(row.counts.values()),
            "active": code == outcome,
        }
        for code, label in every
    ]


def _line(batch: ImportBatch, line: ImportRow) -> dict[str, Any]:
    return {
        "number": line.number,
        "cells": [_shown(cell) for cell in line.original[:SHOWN_CELLS]],
        "outcome": word(OUTCOMES, line.outcome),
        "tone": OUTCOME_TONES[line.outcome],
        "faults": faults_of(batch.kind, line),
    }


def _shown(cell: Any) -> str:
    return _("shape") if isinstance(cell, dict) else plain(cell)[:60]


def faults_of(kind: str, line: ImportRow) -> list[dict[str, str]]:
    """What is wrong with a line, in the reader's language: column and sentence."""
    names = {c.name: c.zh if is_chinese() else c.en for c in COLUMNS[kind]}
    return [
        {
            "column": names.get(fault["column"], ""),
            "text": sentence(fault["code"], fault.get("params")),
        }
        for fault in line.errors
    ]


@page(*KEEPERS)
def errors(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The lines that failed as they stood in the file, with one column more: the reasons."""
    actor = actor_of(request)
    row = queries.get_batch(actor, public_id)
    lines = list(queries.list_lines(actor, row, Outcome.FAILED).order_by("number"))
    if SHAPE in row.headings:
        return _as_features(row, lines)
    headings = [*row.headings, _("errors")]
    cells = [[*line.original, _reasons(row.kind, line)] for line in lines]
    title = _("Lines that failed")
    sheet = exports.Sheet(title, headings, cells, _about(row), actor.name, timezone.now())
    return exports.respond(sheet, exports.wanted(request) or "xlsx")


def _reasons(kind: str, line: ImportRow) -> str:
    return " ".join(f"[{f['column']}] {f['text']}" for f in faults_of(kind, line))


def _about(row: ImportBatch) -> list[tuple[str, str]]:
    return [
        (_("File"), row.file_name),
        (_("What the file holds"), word(IMPORT_KINDS, row.kind)),
        (_("Reference system"), word(SYSTEMS, row.system)),
    ]


def _as_features(row: ImportBatch, lines: list[ImportRow]) -> HttpResponse:
    place = row.headings.index(SHAPE)
    features = []
    for line in lines:
        properties = {
            heading: cell
            for heading, cell in zip(row.headings, line.original, strict=False)
            if heading != SHAPE
        }
        properties[_("errors")] = _reasons(row.kind, line)
        geometry = line.original[place] if isinstance(line.original[place], dict) else None
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    body = dump({"type": "FeatureCollection", "features": features})
    response = HttpResponse(body, content_type="application/geo+json")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{_('Lines that failed')}.geojson"
    )
    return response


@page(*KEEPERS)
@require_POST
def batch_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write the batch."""
    actor = actor_of(request)
    row = operations.apply(
        actor,
        public_id,
        now=timezone.now(),
        is_good_rows=request.POST.get("good_rows") == "on",
    )
    text = _("Written: %(new)s new, %(updated)s changed, %(unchanged)s as they were.")
    messages.success(request, text % row.counts)
    return HttpResponseSeeOther(reverse("registry:import", args=[public_id]))


@page(*KEEPERS)
@require_POST
def batch_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put the batch aside."""
    operations.discard(actor_of(request), public_id, now=timezone.now())
    messages.success(request, _("The file was put aside; nothing was written."))
    return HttpResponseSeeOther(reverse("registry:imports"))
