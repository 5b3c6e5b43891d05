"""事项研判: how well the words of calls are understood, and by which model."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from qiying.kernel import charts
from qiying.kernel.access import Role
from qiying.kernel.charts import Series
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import operations, queries
from qiying.slices.calls.models import TRAINING_LABELS, TriageModel
from qiying.slices.calls.rules import TriageState
from qiying.slices.calls.views import staff

MOST_PAIRS, MOST_TRAININGS = 12, 12
MEASURES: Mapping[str, Promise] = {
    "top_1": _("First guess right"),
    "top_3": _("Right among three"),
    "calibration_error": _("Calibration error"),
}
ON_NEW_WORDING: Mapping[str, Promise] = {
    "top_1": _("First guess right on new wording"),
    "top_3": _("Right among three on new wording"),
}
TONES = {TriageState.READY: "done", TriageState.ASKED: "way", TriageState.FAILED: "fix"}


@page(*staff.AT_UNDERSTANDING)
def understanding(request: HttpRequest) -> HttpResponse:
    """The model in use with its evaluation beside the keyword rule, and those before it."""
    actor, now = actor_of(request), timezone.now()
    found = queries.trainings(actor, MOST_TRAININGS)
    used = queries.find_in_use(actor)
    report = used.report if used is not None else {}
    names = staff.matter_names(actor, now)
    context = {
        "used": used,
        "report": report,
        "kpis": _kpis(report) if report else [],
        "facts": _facts(used) if used is not None else [],
        "bins": _bins(report),
        "chart": _chart(report),
        "pairs": _pairs(report, names),
        "trainings": [_line(row) for row in found],
        "under_way": next((r for r in found if r.state == TriageState.ASKED), None),
        "may_train": actor.has(*operations.TRAINERS),
        "learnable": queries.count_learnable(actor),
    }
    return render(request, "calls/board/understanding.html", context)


@page(Role.SUPERVISOR, Role.ADMINISTRATOR)
@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Ask the worker for a new model; the page tells when it is there."""
    operations.ask_training(actor_of(request), now=timezone.now())
    messages.success(request, gettext("Training is under way; it takes a minute at most."))
    return redirect("calls:understanding")


def _kpis(report: dict[str, Any]) -> list[dict[str, Any]]:
    """On later calls, and on calls whose wording nobody had used in what was learned."""
    found = _strip(report, MEASURES)
    unseen = report.get("new_wording")
    return found + _strip(unseen, ON_NEW_WORDING) if unseen else found


def _strip(report: dict[str, Any], measures: Mapping[str, Promise]) -> list[dict[str, Any]]:
    """Each measure of the model, with that of the keyword rule as its note."""
    model, keywords = report["model"], report["keywords"]
    return [
        {
            "label": label,
            "value": f"{model[name] * 100:.1f}",
            "unit": "%",
            "note": gettext("keywords alone: %(share)s%%")
            % {"share": f"{keywords[name]:.1%}"[:-1]},
        }
        for name, label in measures.items()
    ]


def _facts(used: TriageModel) -> list[tuple[str, Any]]:
    report = used.report
    held_out = report["model"]["count"] if report else 0
    return [
        (gettext("Trained at"), timezone.localtime(used.trained_at).strftime("%Y-%m-%d %H:%M")),
        (gettext("Asked for by"), _who(used)),
        (gettext("Closed calls learned from"), f"{used.examples:,}"),
        (gettext("Latest call learned"), used.history_version or "—"),
        (gettext("Matters told apart"), f"{used.matters:,}"),
        (gettext("Later calls held out to judge"), f"{held_out:,}"),
        (gettext("Digest of the model"), used.digest[:16]),
        (gettext("Version of the engine"), used.engine_version),
    ]


def _who(row: TriageModel) -> str:
    return str(row.asked_by) if row.asked_by is not None else str(PLATFORM_WORD)


PLATFORM_WORD = _("the platform")


def _bins(report: dict[str, Any]) -> list[dict[str, Any]]:
    """How sure the first guess was, against how often it was right."""
    return report["model"]["bins"] if report else []


def _chart(report: dict[str, Any]) -> SafeString | str:
    bins = _bins(report)
    if not bins:
        return ""
    said = [round(row["confidence"] * 100, 1) for row in bins]
    right = [round(row["right"] * 100, 1) for row in bins]
    return charts.chart(
        [f"{row['above']:.0%}-{row['up_to']:.0%}" for row in bins],
        [
            Series(gettext("Was right"), right, "bar", 1),
            Series(gettext("Said to be"), said, "line", 2, is_dashed=True),
        ],
        title=gettext("How sure the first guess was, and how often it was right"),
        unit="%",
        high=100,
        height=220,
    )


def _pairs(report: dict[str, Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The matters that are taken for one another most often; "" for no guess at all."""
    pairs = report["model"]["pairs"][:MOST_PAIRS] if report else []
    return [
        {
            "code": row["matter"],
            "matter": names.get(row["matter"], row["matter"]),
            "taken_code": row["taken_for"],
            "taken_for": names.get(row["taken_for"], row["taken_for"]) or gettext("no guess"),
            "count": row["count"],
        }
        for row in pairs
    ]


def _line(row: TriageModel) -> dict[str, Any]:
    state = TriageState(row.state)
    return {
        "row": row,
        "tone": TONES[state],
        "label": TRAINING_LABELS[state],
        "who": _who(row),
        "model": row.report.get("model"),
        "keywords": row.report.get("keywords"),
    }
