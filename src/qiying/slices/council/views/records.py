"""One topic, one meeting, one suggestion: how it stands and what can be done."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import posting, tenancy
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import public as calls
from qiying.slices.council import operations, queries, rules
from qiying.slices.council.forms import StepForm
from qiying.slices.council.models import labels
from qiying.slices.council.queries import Docket
from qiying.slices.council.rules import OPEN_SUGGESTIONS, Route, SuggestionKind
from qiying.slices.council.views import lists, shared


def _docket(request: HttpRequest, entity: str, public_id: UUID) -> Docket:
    actor = actor_of(request)
    row = queries.get_by_public_id(actor, entity, public_id)
    return Docket(actor, entity, row, timezone.now())


@page(*sorted(shared.READERS))
def topic(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _render(request, _docket(request, "topic", public_id))


@page(*sorted(shared.READERS))
def meeting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _render(request, _docket(request, "meeting", public_id))


@page(*sorted(shared.READERS))
def suggestion(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _render(request, _docket(request, "suggestion", public_id))


@page(*sorted(shared.READERS))
@require_POST
def take_topic(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    return _take(request, "topic", public_id, step)


@page(*sorted(shared.READERS))
@require_POST
def take_meeting(request: HttpRequest, public_id: UUID, meeting_step: str) -> HttpResponse:
    return _take(request, "meeting", public_id, meeting_step)


@page(*sorted(shared.READERS))
@require_POST
def take_suggestion(request: HttpRequest, public_id: UUID, suggestion_step: str) -> HttpResponse:
    return _take(request, "suggestion", public_id, suggestion_step)


def _take(request: HttpRequest, entity: str, public_id: UUID, step: str) -> HttpResponse:
    """Take a step; a form sent wrongly comes back with its faults."""
    actor, now = actor_of(request), timezone.now()
    if (entity, step) not in rules.ROWS:
        raise NotFound("not_found")
    with tenancy.reading(actor):
        docket = _docket(request, entity, public_id)
        form = StepForm(entity, step, shared.given_any(docket), request.POST)
        is_sound = form.is_valid()

    def work() -> str:
        operations.take(actor, entity, docket.row.pk, step, now=now, **form.inputs())
        return reverse(f"council:{entity}", args=[public_id])

    answer = posting.send(request, form, work) if is_sound else None
    if answer is not None:
        return answer
    with tenancy.reading(actor):
        return _render(request, _docket(request, entity, public_id), form)


def _render(request: HttpRequest, docket: Docket, form: StepForm | None = None) -> HttpResponse:
    steps = shared.forms_of(docket, form)
    is_left = form is not None and not any(s["is_open"] for s in steps)
    context = {
        "row": docket.row,
        "entity": docket.entity,
        "steps": steps,
        "refused": form.non_field_errors() if is_left and form else [],
        "take_url": f"council:take-{docket.entity}",
        **DETAILS[docket.entity](docket),
    }
    return render(request, f"council/{docket.entity}.html", context)


def _topic(docket: Docket) -> dict[str, Any]:
    row = docket.row
    counted = dict.fromkeys(labels.POSITIONS, 0)
    for opinion in docket.opinions:
        counted[opinion.position] += 1
    return {
        "label": labels.TOPICS[row.state],
        "tone": labels.TOPIC_TONES[row.state],
        "source": labels.SOURCES[row.source],
        "proposer": docket.member(row.proposer_id),
        "supporters": [docket.member(s.member_id) for s in docket.supports],
        "calls": _calls(docket),
        "meeting": docket.meeting,
        "opinions": [
            {
                "name": docket.member(o.member_id),
                "position": labels.POSITIONS[o.position],
                "text": o.text,
            }
            for o in docket.opinions
        ],
        "counted": [(labels.POSITIONS[p], n) for p, n in counted.items() if n],
        "route": labels.ROUTES.get(row.route, ""),
        "decline": labels.DECLINES.get(row.decline_reason, ""),
        "suggestions": [lists.suggestion_row(s, docket.now) for s in docket.suggestions],
        "facts": shared.fact_lines("decides_nothing", "no_topic", "assembly", "no_interference"),
        "is_policy": row.route == Route.POLICY,
    }


def _calls(docket: Docket) -> list[calls.CallCard]:
    """The calls behind a topic that this reader may open."""
    found = []
    for call_id in docket.call_ids:
        try:
            found.append(calls.card(docket.actor, call_id))
        except NotFound:
            continue
    return found


def _meeting(docket: Docket) -> dict[str, Any]:
    row = docket.row
    came = sum(i.is_present for i in docket.invitations)
    supports = queries.support_counts(docket.actor, [t.pk for t in docket.topics])
    return {
        "label": labels.MEETINGS[row.state],
        "tone": labels.MEETING_TONES[row.state],
        "invited": [
            {"name": docket.member(i.member_id), "is_present": i.is_present}
            for i in docket.invitations
        ],
        "came": came,
        "is_over": row.held_at is not None,
        "topics": [lists.topic_row(t, supports) for t in docket.topics],
        "facts": shared.fact_lines("decides_nothing", "notice", "quorum", "assembly"),
    }


def _suggestion(docket: Docket) -> dict[str, Any]:
    row = docket.row
    return {
        "label": labels.SUGGESTIONS[row.state],
        "tone": labels.SUGGESTION_TONES[row.state],
        "kind": labels.KINDS[row.kind],
        "proposer": docket.member(row.proposer_id),
        "unit": docket.unit(row.unit_id),
        "topic": queries.get_record(docket.actor, "topic", row.topic_id),
        "due_at": row.due_at if row.state in OPEN_SUGGESTIONS else None,
        "due_last": rules.last_day(row.due_at) if row.due_at else None,
        "return_last": rules.last_day(row.return_until) if row.return_until else None,
        "co_handlers": [
            {"unit": docket.unit(c.unit_id), "row": c, "last": rules.last_day(c.due_at)}
            for c in docket.co_handlers
        ],
        "answers": [
            {
                "row": a,
                "title": _("Answer %(number)s") % {"number": a.round},
                "class": labels.CLASSES[a.answer_class],
                "satisfaction": labels.SATISFACTIONS.get(a.satisfaction, ""),
                "unit": docket.unit(a.unit_id),
            }
            for a in docket.answers
        ],
        "timeline": _remarks(docket),
        "facts": shared.fact_lines(*_facts(docket)),
    }


def _remarks(docket: Docket) -> list[dict[str, Any]]:
    """Talks, reasons and progress, for those indoors."""
    if not docket.is_indoors:
        return []
    return [
        {
            "title": labels.STEPS["suggestion", r.step],
            "at": r.at,
            "who": docket.people.get(r.author_id or 0, ""),
            "note": r.text,
            "tone": "done",
        }
        for r in reversed(docket.remarks)
    ]


def _facts(docket: Docket) -> list[str]:
    """The law that counts for a suggestion of this kind."""
    kind = docket.row.kind
    limit = rules.limit_fact(kind, is_complex=docket.row.is_complex)
    codes = [limit.code, "wrong_addressee", "co_handlers", "talk_with_deputy"]
    if kind != SuggestionKind.ZONE:
        codes += ["extension", "made_public"]
    return [*codes, "opinion_form", "answered_again", "answer_classes", "followed_up"]


DETAILS = {"topic": _topic, "meeting": _meeting, "suggestion": _suggestion}
