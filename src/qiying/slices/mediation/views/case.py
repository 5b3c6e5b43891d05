"""One dispute: how it stands, who takes part, sessions, agreement, limits, what can be done now."""

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
from qiying.kernel.language import is_chinese
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import public as calls
from qiying.slices.mediation import operations, queries, rules
from qiying.slices.mediation.forms import StepForm, step_form
from qiying.slices.mediation.models import labels
from qiying.slices.mediation.operations import TermIn
from qiying.slices.mediation.queries import Docket
from qiying.slices.mediation.rules import (
    FACTS,
    SETTLED,
    TALKING,
    Confirmation,
    Fact,
    Kind,
    State,
)
from qiying.slices.mediation.views import listing, shared

WAY = (State.REGISTERED, State.MEDIATING, State.DRAFTED, State.EFFECTIVE, State.PERFORMED)
AT = {State.REAPPOINTING: State.MEDIATING, State.BREACHED: State.EFFECTIVE}


@page(*sorted(shared.READERS))
def case_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    case = queries.get_by_public_id(actor, public_id)
    return _render(request, queries.docket(actor, case, now=now))


@page(*sorted(shared.READERS))
@require_POST
def take(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Take a step; a form sent wrongly comes back with its faults."""
    actor, now = actor_of(request), timezone.now()
    if step not in rules.ROWS:
        raise NotFound("not_found")
    with tenancy.reading(actor):
        case = queries.get_by_public_id(actor, public_id)
        docket = queries.docket(actor, case, now=now)
        form = step_form(step, shared.given_any(docket), request.POST)
        is_sound = form.is_valid()

    def work() -> str:
        operations.take(actor, case.pk, step, now=now, **_inputs(form))
        return reverse("mediation:case", args=[public_id])

    answer = posting.send(request, form, work) if is_sound else None
    if answer is not None:
        return answer
    with tenancy.reading(actor):
        return _render(request, queries.docket(actor, case, now=now), form)


def _inputs(form: StepForm) -> dict[str, Any]:
    given = form.inputs()
    if "terms" in given:
        given["terms"] = [TermIn(*row) for row in given["terms"]]
    return given


def _render(request: HttpRequest, docket: Docket, form: StepForm | None = None) -> HttpResponse:
    case = docket.case
    limit, due_at = listing.limit_of(case, docket.now)
    steps = shared.forms_of(docket, form)
    is_left = form is not None and not any(s["is_open"] for s in steps)
    context = {
        "case": case,
        "docket": docket,
        "kind": labels.KINDS[case.kind],
        "label": labels.STATES[case.state],
        "tone": labels.STATE_TONES[case.state],
        "way": _way(docket),
        "parties": _parties(docket),
        "sessions": _sessions(docket),
        "agreement": docket.agreement,
        "agreement_form": labels.FORMS[docket.agreement.form] if docket.agreement else "",
        "terms": _terms(docket),
        "unsigned": [docket.party_name(p) for p in queries.unsigned(docket)],
        "steps": steps,
        "refused": form.non_field_errors() if is_left and form else [],
        "limit": limit,
        "due_at": due_at,
        "facts": _facts(docket),
        "paths": _paths(docket),
        "timeline": _timeline(docket),
        "call": _call(docket),
        "confirmation": labels.CONFIRMATIONS[case.confirmation],
        "is_window_open": _is_window_open(docket),
        "confirm_last": rules.last_day(case.confirm_due_at) if case.confirm_due_at else None,
        "settle_last": rules.last_day(case.settle_due_at),
        "is_talking": case.state in TALKING,
        "is_settled": case.state in SETTLED,
        "is_labour": case.kind == Kind.LABOUR,
        "is_over_limit": case.state in TALKING and case.settle_due_at <= docket.now,
    }
    return render(request, "mediation/case.html", context)


def _way(docket: Docket) -> list[dict[str, Any]]:
    """The main line of the lifecycle as steps."""
    state = State(docket.case.state)
    at = AT.get(state, state)
    if at not in WAY:
        return []
    index = WAY.index(at)
    marks = ("done", "current", "todo")
    return [
        {"label": labels.STATES[s], "state": marks[0 if i < index else 1 if i == index else 2]}
        for i, s in enumerate(WAY)
    ]


def _parties(docket: Docket) -> list[dict[str, Any]]:
    signed = {s.party_id for s in docket.signatures}
    return [
        {
            "party": p,
            "name": docket.party_name(p) or _("(erased)"),
            "side": labels.SIDES[p.side],
            "consent": labels.CONSENTS[p.consent],
            "tone": labels.CONSENT_TONES[p.consent],
            "way": labels.WAYS.get(p.consent_way, ""),
            "phone": p.phone if docket.may_see_contacts else "",
            "has_signed": p.pk in signed,
        }
        for p in docket.parties
    ]


def _sessions(docket: Docket) -> list[dict[str, Any]]:
    came: dict[int, list[str]] = {}
    names = {p.pk: docket.party_name(p) for p in docket.parties}
    for row in docket.rows.attendances:
        came.setdefault(row.session_id, []).append(names.get(row.party_id, ""))
    return [
        {
            "session": s,
            "label": labels.SESSION_STATES[s.state],
            "tone": labels.SESSION_TONES[s.state],
            "came": "、".join(n for n in came.get(s.pk, []) if n),
        }
        for s in docket.rows.sessions
    ]


def _terms(docket: Docket) -> list[dict[str, Any]]:
    names = {p.pk: docket.party_name(p) for p in docket.parties}
    return [
        {
            "term": t,
            "party": names.get(t.party_id, ""),
            "label": labels.TERM_STATES[t.state],
            "tone": labels.TERM_TONES[t.state],
        }
        for t in docket.terms
    ]


def fact_line(fact: Fact) -> dict[str, Any]:
    """A sentence of law with its source and grade, in the reader's language."""
    return {
        "code": fact.code,
        "sentence": fact.sentence(str(labels.LEGAL[fact.code])),
        "source": fact.basis.text(is_chinese=is_chinese()),
        "grade": fact.grade,
    }


def _facts(docket: Docket) -> list[dict[str, Any]]:
    """The law that counts where the case stands."""
    case, is_labour = docket.case, docket.case.kind == Kind.LABOUR
    codes: list[str] = []
    if case.state in TALKING:
        codes += ["refusal_ends" if case.state == State.REGISTERED else "party_rights"]
        codes += ["labour_fallback" if is_labour else "general_time", "secrecy"]
        codes += ["labour_limitation" if is_labour else "general_limitation"]
    if case.state == State.DRAFTED and docket.agreement:
        codes.append(f"{docket.agreement.form}_effect")
    if case.state in SETTLED:
        codes += ["binding", "confirmation", "confirmation_court", "confirmation_effect"]
    if case.state == State.BREACHED:
        codes += ["labour_breach", "payment_order"] if is_labour else ["dispute_of_agreement"]
    if case.state in {State.FAILED, State.DECLINED}:
        codes += ["told_path", "labour_award"] if is_labour else ["told_path"]
    if case.state in {State.ARCHIVED, State.PERFORMED, State.REAPPOINTING}:
        codes.append("mediator_choice" if case.state == State.REAPPOINTING else "record_kept")
    return [fact_line(FACTS[code]) for code in dict.fromkeys(codes)]


def _paths(docket: Docket) -> list[Any]:
    """Where a party can go from here, when mediation does not help (any more)."""
    case = docket.case
    is_over = case.state == State.FAILED or (
        case.state in TALKING and case.settle_due_at <= docket.now
    )
    found: tuple[str, ...] = ()
    if is_over or case.state == State.DECLINED:
        found = rules.failure_paths(case.kind)
    elif case.state == State.BREACHED:
        is_confirmed = case.confirmation == Confirmation.CONFIRMED
        found = rules.breach_paths(case.kind, is_confirmed=is_confirmed)
    return [labels.PATHS[p] for p in found]


def _is_window_open(docket: Docket) -> bool:
    case = docket.case
    is_running = case.confirm_due_at is not None and case.confirm_due_at > docket.now
    return is_running and case.confirmation == Confirmation.NOT_ASKED


def _timeline(docket: Docket) -> list[dict[str, Any]]:
    """The words written beside the steps, the latest first."""
    return [
        {
            "title": labels.STEPS.get(n.step, n.step),
            "at": n.at,
            "who": docket.person(n.author_id),
            "note": n.text,
            "tone": "done",
        }
        for n in reversed(docket.rows.notes)
        if n.text
    ]


def _call(docket: Docket) -> calls.CallCard | None:
    """The call behind the case, for whom it is open."""
    if docket.case.call_id is None:
        return None
    try:
        return calls.card(docket.actor, docket.case.call_id)
    except NotFound:
        return None
