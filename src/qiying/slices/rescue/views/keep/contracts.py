"""Signing a provider, its price lists as tables, stations."""

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
from django.utils.translation import gettext

from qiying.kernel import exports, posting, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.language import is_chinese
from qiying.kernel.problems import sentence
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.contract import PricesForm, ProviderForm, StationForm
from qiying.slices.rescue.models import Provider
from qiying.slices.rescue.operations import price_file
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import KEEPERS
from qiying.slices.rescue.views.keep import shared

SHOWN = 100


def class_choices(actor: Actor) -> list[tuple[str, str]]:
    """Classes of equipment by code, as boxes to tick."""
    with tenancy.reading(actor):
        return [(c.code, c.name) for c in queries.classes(actor)]


def provider_of(actor: Actor, public_id: UUID) -> Provider:
    """The provider of an address; NotFound when the reader sees none such."""
    with tenancy.reading(actor):
        return keep.provider_of(actor, public_id)


@page(*KEEPERS)
def new(request: HttpRequest) -> HttpResponse:
    """Put a provider under contract."""
    actor = actor_of(request)
    form = ProviderForm(
        request.POST or None,
        classes=class_choices(actor),
        initial={"from_on": queries.today(timezone.now())},
    )

    def work() -> str:
        name = form.cleaned_data["name_zh"].strip()
        with tenancy.reading(actor):
            is_known = queries.list_providers(actor).filter(name_zh=name).exists()
        if is_known:
            raise Invalid("input.invalid", {"name_zh": "rescue.keep.provider_known"})
        made = operations.sign_provider(actor, now=timezone.now(), **form.cleaned_data)
        return reverse("rescue:provider", args=[made.public_id])

    return shared.form_page(
        request,
        form,
        work,
        title=gettext("Sign a provider"),
        back=reverse("rescue:providers"),
        crumb=gettext("Providers"),
        action=gettext("Put it under contract"),
    )


@page(*KEEPERS)
def new_station(request: HttpRequest) -> HttpResponse:
    """A place where technicians wait."""
    actor = actor_of(request)
    form = StationForm(request.POST or None)

    def work() -> str:
        operations.add_station(actor, now=timezone.now(), **form.cleaned_data)
        return reverse("rescue:providers")

    return shared.form_page(
        request,
        form,
        work,
        title=gettext("Enter a station"),
        back=reverse("rescue:providers"),
        crumb=gettext("Providers"),
        action=gettext("Enter the station"),
    )


# --- price lists ---


@page(*KEEPERS)
def prices(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new version of the prices from a table; every bad line is named, then nothing is kept."""
    actor = actor_of(request)
    provider = provider_of(actor, public_id)
    form = PricesForm(request.POST or None, request.FILES or None)
    judged: price_file.Judged | None = None
    if request.method == "POST" and form.is_valid():
        judged = _judge(form)
        if judged is not None and not judged.bad:
            answer = posting.send(
                request, form, lambda: _set(request, actor, provider, form, judged.good)
            )
            if answer is not None:
                return answer
    status = 422 if request.method == "POST" else 200
    context = {
        "provider": provider,
        "form": form,
        "bad": [_line(line) for line in judged.bad[:SHOWN]] if judged else [],
        "columns": [(_heading(c), c.is_needed) for c in price_file.COLUMNS],
        "back": reverse("rescue:provider", args=[public_id]),
    }
    return render(request, "rescue/keep/prices.html", context, status=status)


def _judge(form: PricesForm) -> price_file.Judged | None:
    upload = form.cleaned_data["file"]
    try:
        judged = price_file.judge(upload.name, upload.read())
    except Invalid as problem:
        form.add_error("file", sentence(problem.code, problem.params or None))
        return None
    if not judged.good and not judged.bad:
        form.add_error("file", gettext("No line of the file can be written."))
        return None
    return judged


def _set(
    request: HttpRequest, actor: Actor, provider: Provider, form: PricesForm, items: list[Any]
) -> str:
    data = {name: form.cleaned_data[name] for name in ("from_on", "until_on", "note")}
    operations.set_prices(actor, provider.pk, now=timezone.now(), items=items, **data)
    messages.success(request, gettext("%(n)s items are on the new price list") % {"n": len(items)})
    return reverse("rescue:provider", args=[provider.public_id])


def _heading(column: Any) -> str:
    return str(column.zh if is_chinese() else column.en)


def _line(line: Any) -> dict[str, Any]:
    names = {c.name: _heading(c) for c in price_file.COLUMNS}
    return {
        "number": line.number,
        "cells": line.cells[:4],
        "faults": [(names.get(f, f), sentence(code, params)) for f, code, params in line.faults],
    }


@page(*KEEPERS)
def prices_table(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The newest price list as a table to be changed and sent back; headings alone when none."""
    actor = actor_of(request)
    provider = provider_of(actor, public_id)
    with tenancy.reading(actor):
        lists = keep.price_lists(actor, provider)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_heading(c) for c in price_file.COLUMNS])
    words = ("是", "否") if is_chinese() else ("yes", "no")
    for item in lists[0].items if lists else ():
        marks = [words[0] if on else words[1] for on in (item.is_part, item.has_night_price)]
        names = [item.name_en, item.unit_en]
        writer.writerow(
            exports.inert(v)
            for v in (item.code, item.name_zh, item.unit_zh, str(item.price_cny), *marks, *names)
        )
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{gettext('Price list')}-{provider.name}.csv"
    )
    return response
