"""The zone's thresholds: in force, by which source, since when; changed with a reason."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from qiying.kernel import posting, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, NotFound, Problem
from qiying.kernel.web import actor_of, page, submit_once
from qiying.slices.class_issues import operations, queries
from qiying.slices.class_issues.forms import ThresholdForm
from qiying.slices.class_issues.models import Threshold
from qiying.slices.class_issues.models.labels import PLACE_LABELS
from qiying.slices.class_issues.rules import (
    GRADE,
    KEEPERS,
    LIMITS,
    READERS,
    SOURCE_EN,
    SOURCE_ZH,
    Rule,
)
from qiying.slices.class_issues.views import _shared as shared


@page(*READERS, Role.ADMINISTRATOR)
def thresholds_page(request: HttpRequest) -> HttpResponse:
    """Read by all who work on class issues, set by supervisors and administrators."""
    actor, status = actor_of(request), 200
    with tenancy.reading(actor):
        rule = queries.rule_in_force(actor)
    form = ThresholdForm(
        request.POST or None, labels=_labels(), initial={**rule.plain(), "reason": ""}
    )
    if request.method == "POST":
        actor.require(*KEEPERS)
        answer = _set(request, actor, form)
        if answer is not None:
            return answer
        status = 422
    with tenancy.reading(actor):
        rows = queries.thresholds(actor)
        context = {
            "form": form,
            "rows": [_line(row) for row in rows],
            "facts": _facts(rule),
            "source_zh": rows[0].source_zh if rows else SOURCE_ZH,
            "source_en": rows[0].source_en if rows else SOURCE_EN,
            "grade": rows[0].grade if rows else GRADE,
            "is_default": not rows,
            "may_set": actor.has(*KEEPERS),
        }
        return render(request, "class_issues/thresholds.html", context, status=status)


def _labels() -> dict[str, Any]:
    named = {f.name: f.verbose_name for f in Threshold._meta.fields}
    return {name: named[name] for name in (*LIMITS, "place")}


def _facts(rule: Rule) -> list[tuple[Any, Any]]:
    plain, labels = rule.plain(), _labels()
    order = ("min_firms", "within_days", "place", *LIMITS)
    return [
        (labels[name], PLACE_LABELS[plain[name]] if name == "place" else plain[name])
        for name in dict.fromkeys(order)
    ]


def _line(row: Threshold) -> dict[str, Any]:
    return {"row": row, "place": PLACE_LABELS[row.place]}


def _set(request: HttpRequest, actor: Actor, form: ThresholdForm) -> HttpResponse | None:
    if not form.is_valid():
        return None

    def work() -> str:
        data = form.cleaned_data
        operations.set_thresholds(
            actor,
            now=timezone.now(),
            reason=data["reason"],
            place=data["place"],
            values={name: data[name] for name in LIMITS},
        )
        return reverse("class_issues:thresholds")

    try:
        return submit_once(request, work)
    except (NotFound, Denied):
        raise
    except Problem as problem:
        posting.explain(form, problem, fields=shared.FORM_FIELDS)
        return None
