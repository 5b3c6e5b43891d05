"""批量导入: choose a file, look at what it would do, write it or put it aside."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging, problems
from qiying.kernel.access import Role
from qiying.kernel.errors import Invalid, NotFound, Refused
from qiying.kernel.language import is_chinese
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page, submit_once
from qiying.slices.channels import forms, operations, queries
from qiying.slices.channels.models import Batch, BatchLine, labels
from qiying.slices.channels.rules.codes import BatchKind, RowOutcome
from qiying.slices.channels.rules.columns import COLUMNS
from qiying.slices.channels.views.shape import (
    Button,
    Cell,
    Nothing,
    edit,
    listing,
    mark,
    moment,
    rooms,
    sheet,
    title,
)
from qiying.slices.registry import public as registry

HERE = "channels:batches"
HEADS = (_("File"), _("What"), _("New"), _("Known"), _("Failed"), _("State"), _("Read at"))
SHOWN_CELLS, LINES = 6, 50


@page(Role.DESK, Role.SUPERVISOR)
def batches(request: HttpRequest) -> HttpResponse:
    """The latest files."""
    actor = actor_of(request)
    shown = paging.paginate(
        queries.list_batches(actor),
        order=("-made_at", "-id"),
        cursor=request.GET.get("cursor", ""),
    )
    buttons = []
    if actor.has(Role.DESK):
        new = reverse("channels:batch-new")
        buttons = [Button(_("Bring a file in"), new, "file-up", "primary")]
    return listing(
        request,
        here=HERE,
        heading=_("Calls from files"),
        lead=_("Checked first; written when somebody has looked at every bad line"),
        heads=HEADS,
        rows=[_row(row) for row in shown],
        page=shown,
        nothing=Nothing("file-up", _("No file was brought in yet")),
        buttons=buttons,
    )


def _row(row: Batch) -> list[Cell]:
    return [
        title(row.file_name, reverse("channels:batch", args=[row.public_id])),
        Cell(labels.BATCH_KINDS[row.kind], css="at-sub"),
        *(Cell(row.counts.get(code, 0), css="num", kind="number") for code in RowOutcome),
        mark(labels.BATCH_TONES[row.state], labels.BATCH_LABELS[row.state]),
        moment(row.made_at),
    ]


@page(Role.DESK)
def batch_new(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is read and checked, nothing is written yet."""
    actor = actor_of(request)
    kind = request.GET.get("kind", "")
    start = {"kind": kind if kind in set(BatchKind) else BatchKind.CALLS.value}
    form = forms.BatchForm(request.POST or None, request.FILES or None, initial=start)
    reading = _read(form) if form.is_bound and form.is_valid() else None

    def work() -> str:
        if reading is None:
            raise Invalid("registry.file.empty")
        row = operations.prepare_batch(actor, reading, now=timezone.now())
        return reverse("channels:batch", args=[row.public_id])

    return edit(
        request,
        form,
        work,
        here=HERE,
        heading=_("Bring a file in"),
        lead=_("Nothing is written before you have seen what the file would do"),
        back=reverse(HERE),
        submit=_("Read and check"),
        kinds=[_columns(code) for code in BatchKind],
        is_upload=True,
    )


def _columns(kind: str) -> dict[str, Any]:
    return {
        "code": kind,
        "label": labels.BATCH_KINDS[BatchKind(kind)],
        "columns": [
            {"name": c.zh if is_chinese() else c.en, "is_required": c.is_required}
            for c in COLUMNS[kind]
        ],
    }


def _read(form: forms.BatchForm) -> operations.Reading | None:
    data = form.cleaned_data
    upload = data["file"]
    if upload.size > registry.MOST_BYTES:
        form.add_error("file", problems.sentence("registry.file.size", {"limit": 20}))
        return None
    try:
        return operations.read_file(data["kind"], file_name=upload.name, content=upload.read())
    except Invalid as problem:
        form.add_error("file", problems.sentence(problem.code, problem.params or None))
        return None


@page(Role.DESK)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty CSV file with the headings of a kind."""
    if kind not in set(BatchKind):
        raise NotFound("not_found")
    names = operations.names_of(kind, is_chinese=is_chinese()).values()
    content = ",".join(names) + "\r\n"
    response = HttpResponse(content.encode("utf-8-sig"), content_type="text/csv")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{labels.BATCH_KINDS[BatchKind(kind)]}.csv"
    )
    return response


@page(Role.DESK, Role.SUPERVISOR)
def batch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a file would do, or did, line by line."""
    actor = actor_of(request)
    row = queries.get_batch(actor, public_id)
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in set(RowOutcome) else ""
    shown = paging.paginate(
        queries.lines_of(actor, row, outcome),
        order=("number", "id"),
        cursor=request.GET.get("cursor", ""),
        size=LINES,
    )
    counts = row.counts
    context = {
        "batch": row,
        "rooms": rooms(actor, HERE),
        "kind": labels.BATCH_KINDS[row.kind],
        "tone": labels.BATCH_TONES[row.state],
        "state": labels.BATCH_LABELS[row.state],
        "is_open": row.state == "prepared" and actor.has(Role.DESK),
        "failed": counts.get("failed", 0),
        "writes": counts.get("new", 0),
        "tabs": _tabs(counts, outcome),
        "headings": row.headings[:SHOWN_CELLS],
        "lines": [_line(row, line) for line in shown],
        "page": shown,
    }
    return render(request, "channels/batch.html", context)


def _tabs(counts: dict[str, int], outcome: str) -> list[dict[str, Any]]:
    every = [("", gettext("All")), *((str(c), str(w)) for c, w in labels.OUTCOME_LABELS.items())]
    return [
        {
            "label": label,
            "url": f"?outcome={code}",
            "count": counts.get(code, 0) if code else sum(counts.values()),
            "active": code == outcome,
        }
        for code, label in every
    ]


def _line(batch: Batch, line: BatchLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "cells": [str(cell)[:60] for cell in line.original[:SHOWN_CELLS]],
        "tone": labels.OUTCOME_TONES[line.outcome],
        "outcome": labels.OUTCOME_LABELS[line.outcome],
        "faults": faults_of(batch.kind, line),
    }


def faults_of(kind: str, line: BatchLine) -> list[dict[str, str]]:
    """What is wrong with a line, in the reader's language: column and sentence."""
    names = operations.names_of(kind, is_chinese=is_chinese())
    return [
        {
            "column": names.get(fault["column"], ""),
            "text": problems.sentence(fault["code"], fault.get("params")),
        }
        for fault in line.errors
    ]


@page(Role.DESK, Role.SUPERVISOR)
def errors(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The bad lines as they stood in the file, with one column more: place and reason."""
    actor = actor_of(request)
    row = queries.get_batch(actor, public_id)
    lines = queries.lines_of(actor, row, RowOutcome.FAILED).order_by("number")
    cells = []
    for line in lines:
        said = " ".join(f"[{f['column']}] {f['text']}" for f in faults_of(row.kind, line))
        cells.append([line.number, *line.original, said])
    headings = [gettext("Line"), *row.headings, gettext("What is wrong")]
    about = [(gettext("File"), row.file_name)]
    name = gettext("Lines that failed")
    found = sheet(actor, name, headings, cells, about)
    return exports.respond(found, exports.wanted(request) or "xlsx")


@page(Role.DESK)
@require_POST
def apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write the file, as a whole or its good lines."""
    actor = actor_of(request)
    is_good = bool(request.POST.get("good_rows"))
    back = reverse("channels:batch", args=[public_id])

    def work() -> str:
        row = operations.apply_batch(actor, public_id, now=timezone.now(), is_good_rows=is_good)
        words = gettext("Written: %(count)d.") % {"count": row.counts.get("new", 0)}
        messages.success(request, words)
        return back

    try:
        return submit_once(request, work)
    except Refused as problem:
        messages.error(request, problems.explain(problem))
        return HttpResponseSeeOther(back)


@page(Role.DESK)
@require_POST
def discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put the file aside."""
    actor = actor_of(request)

    def work() -> str:
        operations.discard_batch(actor, public_id, now=timezone.now())
        return reverse(HERE)

    return submit_once(request, work)
