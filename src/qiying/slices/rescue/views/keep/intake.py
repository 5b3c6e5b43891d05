"""Machines from a table: every line is judged, every bad one said with its number and reason."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.language import is_chinese
from qiying.kernel.problems import sentence
from qiying.kernel.web import actor_of, page, submit_once
from qiying.slices.rescue import queries
from qiying.slices.rescue.forms.keep import FileForm
from qiying.slices.rescue.operations import bring_in, machine_file
from qiying.slices.rescue.rules import KEEPERS

SHOWN = 300


@page(*KEEPERS)
def import_page(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is written when no line has a fault, or the good lines when asked so."""
    actor = actor_of(request)
    form = FileForm(request.POST or None, request.FILES or None)
    judged: machine_file.Judged | None = None
    if request.method == "POST" and form.is_valid():
        judged = _judge(actor, form)
        if judged is not None and (not judged.bad or form.cleaned_data["good_rows"]):
            if judged.good:
                return _write(request, actor, judged)
            form.add_error("file", gettext("No line of the file can be written."))
    status = 422 if request.method == "POST" else 200
    context = {
        "form": form,
        "judged": judged,
        "bad": [_line(line) for line in judged.bad[:SHOWN]] if judged else [],
        "more": max(len(judged.bad) - SHOWN, 0) if judged else 0,
        "columns": _columns(),
        "classes": _classes(actor),
    }
    return render(request, "rescue/keep/import.html", context, status=status)


def _judge(actor: Actor, form: FileForm) -> machine_file.Judged | None:
    upload = form.cleaned_data["file"]
    try:
        with tenancy.reading(actor):
            now = timezone.now()
            return machine_file.judge(actor, upload.name, upload.read(), now=now)
    except Invalid as problem:
        form.add_error("file", sentence(problem.code, problem.params or None))
        return None


def _write(request: HttpRequest, actor: Actor, judged: machine_file.Judged) -> HttpResponse:
    def work() -> str:
        bring_in.machines(actor, judged.good, now=timezone.now())
        return reverse("rescue:equipment")

    answer = submit_once(request, work)
    words = {"good": len(judged.good), "bad": len(judged.bad)}
    messages.success(request, gettext("%(good)s machines written, %(bad)s lines left out") % words)
    return answer


def _line(line: machine_file.Line) -> dict[str, Any]:
    names = {c.name: c.zh if is_chinese() else c.en for c in machine_file.COLUMNS}
    return {
        "number": line.number,
        "cells": line.cells[:4],
        "faults": [(names.get(f, f), sentence(code, params)) for f, code, params in line.faults],
    }


def _columns() -> list[dict[str, Any]]:
    return [
        {"name": c.zh if is_chinese() else c.en, "is_needed": c.is_needed}
        for c in machine_file.COLUMNS
    ]


def _classes(actor: Actor) -> list[Any]:
    with tenancy.reading(actor):
        return queries.classes(actor)


@page(*KEEPERS)
def template(request: HttpRequest) -> HttpResponse:
    """An empty table with the headings."""
    del request
    out = io.StringIO()
    csv.writer(out).writerow([column["name"] for column in _columns()])
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{gettext('Machines')}.csv"
    )
    return response
