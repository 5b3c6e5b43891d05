"""The council at a glance, and the lists of topics, meetings and suggestions."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import exports, paging
from qiying.kernel.access import Actor
from qiying.kernel.web import actor_of, page
from qiying.slices.council import operations, queries
from qiying.slices.council.models import labels
from qiying.slices.council.rules import FACTS, OPEN_SUGGESTIONS
from qiying.slices.council.views import shared
from qiying.slices.council.views.figures import kpis, period_of

SHOWN = 6


@page(*sorted(shared.READERS))
def home(request: HttpRequest) -> HttpResponse:
    """What the council is, what it talks over next, how suggestions stand."""
    actor, now = actor_of(request), timezone.now()
    start, end = period_of(request, queries.today(now))
    found = queries.figures(actor, start=start[1], end=end[1], now=now)
    topics = list(queries.list_topics(actor).order_by(*queries.TOPIC_ORDER)[:SHOWN])
    supports = queries.support_counts(actor, [t.pk for t in topics])
    rows = queries.list_suggestions(actor).order_by(*queries.SUGGESTION_ORDER)[:SHOWN]
    context = {
        "kpis": kpis(found),
        "meeting": queries.next_meeting(actor, now=now),
        "topics": [topic_row(t, supports) for t in topics],
        "suggestions": [suggestion_row(s, now) for s in rows],
        "facts": [shared.fact_line(fact) for fact in FACTS.values()],
        "may_propose": may_propose(actor, now),
        "may_plan": actor.has(*operations.SECRETARIES),
    }
    return render(request, "council/home.html", context)


def may_propose(actor: Actor, now: datetime) -> bool:
    is_secretary = actor.has(*operations.SECRETARIES)
    return is_secretary or queries.membership_of(actor, now=now) is not None


def topic_row(row: Any, supports: Mapping[int, int]) -> dict[str, Any]:
    return {
        "row": row,
        "url": reverse("council:topic", args=[row.public_id]),
        "label": labels.TOPICS[row.state],
        "tone": labels.TOPIC_TONES[row.state],
        "source": labels.SOURCES[row.source],
        "who": row.proposer.name if row.proposer else "",
        "supports": supports.get(row.pk, 0),
        "at": row.proposed_at,
    }


def meeting_row(row: Any) -> dict[str, Any]:
    return {
        "row": row,
        "url": reverse("council:meeting", args=[row.public_id]),
        "label": labels.MEETINGS[row.state],
        "tone": labels.MEETING_TONES[row.state],
        "at": row.at,
    }


def suggestion_row(row: Any, _now: datetime) -> dict[str, Any]:
    is_running = row.state in OPEN_SUGGESTIONS
    return {
        "row": row,
        "url": reverse("council:suggestion", args=[row.public_id]),
        "label": labels.SUGGESTIONS[row.state],
        "tone": labels.SUGGESTION_TONES[row.state],
        "kind": labels.KINDS[row.kind],
        "who": row.proposer.name,
        "unit": row.unit.name if row.unit else "",
        "due_at": row.due_at if is_running else None,
        "at": row.drafted_at,
    }


@page(*sorted(shared.READERS))
def topics(request: HttpRequest) -> HttpResponse:
    """Topics, the newest first, with how many members stand behind each."""
    actor, now = actor_of(request), timezone.now()

    def lines(found: Any) -> list[dict[str, Any]]:
        supports = queries.support_counts(actor, [t.pk for t in found])
        return [topic_row(t, supports) for t in found]

    headings = (_("Number"), _("Topic"), _("Source of the topic"), _("Proposed by"), _("State"))
    return _list(
        request,
        "topic",
        (_("Topics"), headings),
        queries.list_topics,
        lines,
        {"may_add": may_propose(actor, now), "add": "council:propose"},
    )


@page(*sorted(shared.READERS))
def meetings(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    headings = (_("Number"), _("Meeting"), _("Time of the meeting"), _("Place"), _("State"))
    may_plan = actor.has(*operations.SECRETARIES)
    return _list(
        request,
        "meeting",
        (_("Meetings"), headings),
        queries.list_meetings,
        lambda found: [meeting_row(m) for m in found],
        {"may_add": may_plan, "add": "council:plan"},
    )


@page(*sorted(shared.READERS))
def suggestions(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    headings = (_("Number"), _("Suggestion"), _("Made by"), _("Unit"), _("Answer due"), _("State"))
    return _list(
        request,
        "suggestion",
        (_("Suggestions"), headings),
        queries.list_suggestions,
        lambda found: [suggestion_row(s, now) for s in found],
        {"may_add": False, "add": ""},
    )


WORDS: Mapping[str, labels.Words] = {
    "topic": labels.TOPICS,
    "meeting": labels.MEETINGS,
    "suggestion": labels.SUGGESTIONS,
}
ORDERS = {
    "topic": queries.TOPIC_ORDER,
    "meeting": queries.MEETING_ORDER,
    "suggestion": queries.SUGGESTION_ORDER,
}
Rows = Callable[..., Any]


def _list(
    request: HttpRequest,
    entity: str,
    names: tuple[str, tuple[str, ...]],
    rows: Rows,
    lines: Callable[[Any], list[dict[str, Any]]],
    more: Mapping[str, Any],
) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    state = request.GET.get("state", "")
    state = state if state in WORDS[entity] else ""
    q = request.GET.get("q", "").strip()[:100]
    asked = rows(actor, state=state, q=q)
    if kind := exports.wanted(request):
        found = lines(list(asked.order_by(*ORDERS[entity])[: exports.MAX_ROWS]))
        return exports.respond(_sheet(actor, entity, names, found, now), kind)
    page_ = paging.paginate(asked, order=ORDERS[entity], cursor=request.GET.get("cursor", ""))
    counts = queries.counts_of(actor, entity)
    context = {
        "title": names[0],
        "entity": entity,
        "headings": names[1],
        "page": page_,
        "rows": lines(page_.rows),
        "states": [(c, w, counts.get(str(c), 0)) for c, w in WORDS[entity].items()],
        "state": state,
        "is_empty": not counts,
        "add_url": reverse(more["add"]) if more["may_add"] else "",
    }
    return render(request, "council/list.html", context)


def _sheet(
    actor: Actor,
    entity: str,
    names: tuple[str, tuple[str, ...]],
    rows: list[dict[str, Any]],
    now: datetime,
) -> exports.Sheet:
    cells: Mapping[str, Callable[[dict[str, Any]], list[Any]]] = {
        "topic": lambda r: [r["row"].number, r["row"].title, str(r["source"]), r["who"]],
        "meeting": lambda r: [r["row"].number, r["row"].title, r["at"], r["row"].place],
        "suggestion": lambda r: [
            r["row"].number,
            r["row"].title,
            r["who"],
            r["unit"],
            r["row"].due_at,
        ],
    }
    lines = [[*cells[entity](r), str(r["label"])] for r in rows]
    return exports.Sheet(names[0], names[1], lines, [], actor.name, now)
