"""The rounds behind a number of the board: counted ones, or those that fell short."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import exports, paging
from qiying.kernel.access import Actor
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries
from qiying.slices.calls.models import (
    CAUSE_LABELS,
    GRADE_LABELS,
    RESOLVED_LABELS,
    ROUND_LABELS,
    SAID_LABELS,
    Round,
)
from qiying.slices.calls.queries import RoundFilters, members, watch
from qiying.slices.calls.rules import RoundState
from qiying.slices.calls.views import filters, staff
from qiying.slices.calls.views.board import MEASURES
from qiying.slices.calls.views.history import ROUND_TONES, spent
from qiying.slices.calls.views.staff import AT_BOARD
from qiying.slices.registry import public as registry

KIND_LABELS: Mapping[str, Promise] = {
    "working_days": _("working days"),
    "natural_days": _("days"),
    "hours": _("hours"),
    "working_hours": _("working hours"),
}


@page(*AT_BOARD)
def rounds(request: HttpRequest) -> HttpResponse:
    """The list behind a number; its filter is the number's own query."""
    actor, now = actor_of(request), timezone.now()
    asked = RoundFilters.read({k: filters.plain(str(v))[:100] for k, v in request.GET.items()})
    asked = _sound(asked, queries.local_day(now))
    rows = queries.list_rounds(actor, asked, now=now)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, rows, asked, now), kind)
    cursor = request.GET.get("cursor", "")
    found = paging.paginate(rows, order=queries.ROUND_ORDER, cursor=cursor)
    context = {
        "page": found,
        "rows": [
            _line(actor, r, names) for names in [staff.matter_names(actor, now)] for r in found
        ],
        "measure": MEASURES[asked.measure],
        "asked": asked,
        "last": asked.end - timedelta(days=1) if asked.end else None,
        "words": _words(actor, asked, now),
        "digest": members.list_digest(actor, asked, now=now),
        "sides": _sides(asked),
        "marks": _marks(queries.list_rounds(actor, replace(asked, said=""), now=now), asked),
    }
    return render(request, "calls/board/rounds.html", context)


def _sound(asked: RoundFilters, today: date) -> RoundFilters:
    """The same filter with what cannot be meant left aside."""
    measure = asked.measure if asked.measure in queries.LISTED else "due"
    is_unit = asked.unit == "-" or (asked.unit.isdecimal() and len(asked.unit) < 18)
    start, end = asked.start or today.replace(day=1), asked.end or today + timedelta(days=1)
    unit = asked.unit if is_unit else ""
    is_told = asked.cause in queries.CAUSES and measure in queries.EXPLAINED
    cause = asked.cause if is_told else ""
    said = asked.said if asked.said in SAID_LABELS else ""
    return replace(asked, measure=measure, cause=cause, said=said, unit=unit, start=start, end=end)


def _sides(asked: RoundFilters) -> list[dict[str, Any]]:
    """Those that count, and those that fell short."""
    if asked.measure == "due":
        return []
    shown = ((gettext("Counted"), False), (gettext("Fell short"), True))
    return [
        {
            "label": label,
            "url": f"?{urlencode(replace(asked, missed=missed, cause='').as_query())}",
            "active": asked.missed == missed,
        }
        for label, missed in shown
    ]


def _marks(rows: Any, asked: RoundFilters) -> list[dict[str, Any]]:
    """All of them, those not solved, those that the firm is not content with; with their numbers."""
    counted = rows.order_by().aggregate(
        **{name: Count("pk", filter=test) for name, test in queries.SAID.items()}
    )
    shown: list[tuple[str, Any]] = [("", gettext("All")), *SAID_LABELS.items()]
    return [
        {
            "label": label if not name else f"{label} {counted[name]}",
            "url": f"?{urlencode(replace(asked, said=name).as_query())}",
            "active": asked.said == name,
        }
        for name, label in shown
    ]


def _words(actor: Actor, asked: RoundFilters, now: datetime) -> list[tuple[str, str]]:
    """The filter in words, for the head of the page and for the file."""
    cards = queries.unit_cards(actor)
    said = [(gettext("Measure"), str(MEASURES[asked.measure]))]
    if asked.missed:
        said.append((gettext("Shown"), gettext("Fell short")))
    if asked.said:
        said.append((gettext("The firm says"), str(SAID_LABELS[asked.said])))
    if asked.cause:
        said.append((gettext("Cause"), str(CAUSE_LABELS[asked.cause])))
    if asked.start and asked.end:
        last = asked.end - timedelta(days=1)
        said.append((gettext("Period"), f"{asked.start} ~ {last}"))
    if asked.unit:
        card = cards.get(int(asked.unit)) if asked.unit != "-" else None
        said.append((gettext("Unit"), card.name if card else gettext("Not said")))
    if asked.matter:
        names = staff.matter_names(actor, now)
        said.append((gettext("Matter"), names.get(asked.matter, _or_none(asked.matter))))
    if asked.place:
        towns = {c.code: c.name for c in cards.values()}
        said.append((gettext("Place"), towns.get(asked.place, _or_none(asked.place))))
    return said


def _or_none(value: str) -> str:
    return gettext("Not said") if value == "-" else value


def _line(actor: Actor, row: Round, names: dict[str, str]) -> dict[str, Any]:
    call = row.call
    return {
        "round": row,
        "call": call,
        "url": staff.call_url(actor, call),
        "firm": str(call.enterprise or ""),
        "matter": names.get(call.matter_code, call.matter_code),
        "unit": str(row.lead_unit or ""),
        "tone": ROUND_TONES[RoundState(row.state)],
        "label": ROUND_LABELS[row.state],
        "is_late": row.answered_at is not None and row.answered_at > row.due_at,
        "resolved": RESOLVED_LABELS.get(row.resolved, ""),
        "marks": [SAID_LABELS[name] for name in queries.said_of(row)],
        "rating": GRADE_LABELS.get(row.rating, "") if row.rating else "",
    }


def _sheet(actor: Actor, rows: Any, asked: RoundFilters, now: datetime) -> exports.Sheet:
    names = staff.matter_names(actor, now)
    ordered = rows.order_by(*queries.ROUND_ORDER)[: exports.MAX_ROWS]
    headings = [
        gettext("Number"),
        gettext("Round"),
        gettext("Request"),
        gettext("Firm"),
        gettext("Matter"),
        gettext("Lead unit"),
        gettext("Due at"),
        gettext("Due with more time"),
        gettext("Answered at"),
        gettext("Closed at"),
        gettext("Time in all"),
        gettext("Time without pauses"),
        gettext("Counted in"),
        gettext("Status"),
        gettext("Solved, says the firm"),
        gettext("Rating by the firm"),
        gettext("Marks"),
    ]
    listed = list(ordered)
    pauses = watch.pauses_of(actor, [r.pk for r in listed])
    calendar = registry.calendar(actor)
    lines = [
        _export_line(_line(actor, r, names), spent(r, pauses.get(r.pk, []), calendar, now))
        for r in listed
    ]
    words = _words(actor, asked, now)
    return exports.Sheet(gettext("Rounds"), headings, lines, words, actor.name, now)


def _export_line(line: dict[str, Any], took: tuple[str, str]) -> list[Any]:
    row: Round = line["round"]
    return [
        line["call"].number,
        row.number,
        line["call"].title,
        line["firm"],
        line["matter"],
        line["unit"],
        row.due_at,
        row.extended_due_at,
        row.answered_at,
        row.closed_at,
        float(took[0]),
        float(took[1]),
        str(KIND_LABELS.get(row.rule_kind, "")),
        str(line["label"]),
        str(line["resolved"]),
        str(line["rating"]),
        "、".join(str(mark) for mark in line["marks"]),
    ]
