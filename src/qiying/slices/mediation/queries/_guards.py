"""The conditions of the table: each answers with the code of a refusal, or "" when it holds.

Asked with the inputs of a step by the operation; without any (``None``) by the page, which asks
whether the step can be taken at all.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from qiying.kernel.access import Role
from qiying.kernel.exports import SHANGHAI
from qiying.kernel.people import people_with
from qiying.slices.mediation import rules
from qiying.slices.mediation.models import Mediator, Party
from qiying.slices.mediation.queries._docket import Docket
from qiying.slices.mediation.rules import (
    Capacity,
    Confirmation,
    Consent,
    Form,
    Kind,
    SessionState,
    TermState,
)

Inputs = Mapping[str, Any] | None
Guard = Callable[[Docket, Inputs], str]


def today(now: datetime) -> date:
    """The day in Shanghai."""
    return now.astimezone(SHANGHAI).date()


def _chosen(rows: list[Any], inputs: Inputs, name: str) -> list[Any]:
    """The row that the inputs name, or all of them when nothing is named yet."""
    if inputs is None:
        return rows
    return [row for row in rows if row.pk == inputs.get(name)]


def parties_for(docket: Docket) -> list[Party]:
    """The parties for which this actor may speak or write down what they said."""
    if Capacity.PARTY in docket.capacities:
        return docket.own_parties
    return docket.parties if docket.capacities else []


def _speaks_for_party(docket: Docket, inputs: Inputs) -> str:
    found = _chosen(parties_for(docket), inputs, "party_id")
    return "" if found else "mediation.not_for_party"


def _party_open(docket: Docket, inputs: Inputs) -> str:
    found = _chosen(parties_for(docket), inputs, "party_id")
    if any(p.consent == Consent.ASKED for p in found):
        return ""
    return "mediation.party_answered" if found else "mediation.not_for_party"


def _all_consented(docket: Docket, _inputs: Inputs) -> str:
    is_given = docket.parties and all(p.consent == Consent.GIVEN for p in docket.parties)
    return "" if is_given else "mediation.consent_missing"


def misfit(docket: Docket, mediator: Mediator) -> str:
    """Why a mediator of the roster cannot take this case; "" when nothing stands against it."""
    day = today(docket.now)
    if mediator.listed_on > day or (mediator.until_on and mediator.until_on <= day):
        return "mediation.mediator_not_listed"
    if mediator.kinds and docket.case.kind not in mediator.kinds:
        return "mediation.mediator_other_kind"
    if mediator.person_id == docket.actor.person_id:
        return "mediation.mediator_self"
    if mediator.person_id in _people_of_parties(docket):
        return "mediation.mediator_of_party"
    return ""


def _people_of_parties(docket: Docket) -> set[int]:
    found: set[int] = set()
    for party in docket.parties:
        if party.enterprise_id:
            held = people_with(
                docket.actor,
                Role.ENTERPRISE,
                enterprise_id=party.enterprise_id,
                on=today(docket.now),
            )
            found |= {p.pk for p in held}
    return found


def _mediator_fit(docket: Docket, inputs: Inputs) -> str:
    if inputs is None:
        return ""
    rows = Mediator.objects.visible_to(docket.actor).filter(pk=inputs.get("mediator_id") or 0)
    row = rows.first()
    return "mediation.mediator_not_listed" if row is None else misfit(docket, row)


def tried(docket: Docket) -> set[int]:
    """Mediators who had this case already."""
    return {a.mediator_id for a in docket.rows.appointments}


def _mediator_not_tried(docket: Docket, inputs: Inputs) -> str:
    is_tried = inputs is not None and inputs.get("mediator_id") in tried(docket)
    return "mediation.mediator_tried" if is_tried else ""


def _planned(docket: Docket, inputs: Inputs) -> list[Any]:
    rows = [s for s in docket.rows.sessions if s.state == SessionState.PLANNED]
    return _chosen(rows, inputs, "session_id")


def _session_planned(docket: Docket, inputs: Inputs) -> str:
    return "" if _planned(docket, inputs) else "mediation.no_session_planned"


def _session_begun(docket: Docket, inputs: Inputs) -> str:
    is_begun = any(s.at <= docket.now for s in _planned(docket, inputs))
    return "" if is_begun else "mediation.session_not_begun"


def _session_held(docket: Docket, _inputs: Inputs) -> str:
    is_held = any(s.state == SessionState.HELD for s in docket.rows.sessions)
    return "" if is_held else "mediation.no_session_held"


def _labour_in_writing(docket: Docket, inputs: Inputs) -> str:
    is_oral = inputs is not None and inputs.get("form") == Form.ORAL
    return "mediation.labour_written" if is_oral and docket.case.kind == Kind.LABOUR else ""


def unsigned(docket: Docket) -> list[Party]:
    """The parties that have not signed the agreement yet."""
    signed = {s.party_id for s in docket.signatures}
    return [p for p in docket.parties if p.pk not in signed]


def _not_yet_signed(docket: Docket, inputs: Inputs) -> str:
    open_ = {p.pk for p in unsigned(docket)}
    found = [p for p in _chosen(parties_for(docket), inputs, "party_id") if p.pk in open_]
    return "" if found else "mediation.signed_already"


def _all_signed(docket: Docket, _inputs: Inputs) -> str:
    return "mediation.signature_missing" if unsigned(docket) else ""


def _confirmation_is(state: str, code: str) -> Guard:
    return lambda docket, _inputs: "" if docket.case.confirmation == state else code


def _within_window(docket: Docket, inputs: Inputs) -> str:
    case = docket.case
    if case.confirm_due_at is None or case.effective_on is None:
        return "mediation.window_closed"
    last = rules.last_day(case.confirm_due_at)
    on = inputs.get("on") if inputs else min(today(docket.now), last)
    if inputs is None and today(docket.now) > last:
        return "mediation.window_closed"
    return "" if on is not None and case.effective_on <= on <= last else "mediation.window_closed"


def _term_open(docket: Docket, inputs: Inputs) -> str:
    found = [t for t in _chosen(docket.terms, inputs, "term_id") if _is_due(t)]
    return "" if found else "mediation.term_settled"


def _is_due(term: Any) -> bool:
    return bool(term.state != TermState.PERFORMED)


def _term_overdue(docket: Docket, inputs: Inputs) -> str:
    day = today(docket.now)
    rows = _chosen(docket.terms, inputs, "term_id")
    found = [t for t in rows if t.state == TermState.OPEN and t.due_on < day]
    return "" if found else "mediation.term_not_overdue"


def _all_performed(docket: Docket, _inputs: Inputs) -> str:
    is_done = docket.terms and not any(_is_due(t) for t in docket.terms)
    return "" if is_done else "mediation.terms_open"


def _not_erased(docket: Docket, _inputs: Inputs) -> str:
    return "mediation.erased" if docket.case.erased_at else ""


GUARDS: Mapping[str, Guard] = {
    "speaks_for_party": _speaks_for_party,
    "party_open": _party_open,
    "all_consented": _all_consented,
    "mediator_fit": _mediator_fit,
    "mediator_not_tried": _mediator_not_tried,
    "session_planned": _session_planned,
    "session_begun": _session_begun,
    "session_held": _session_held,
    "labour_in_writing": _labour_in_writing,
    "not_yet_signed": _not_yet_signed,
    "all_signed": _all_signed,
    "confirmation_not_asked": _confirmation_is(
        Confirmation.NOT_ASKED, "mediation.confirmation_asked"
    ),
    "confirmation_asked": _confirmation_is(Confirmation.ASKED, "mediation.confirmation_not_asked"),
    "confirmation_refused": _confirmation_is(
        Confirmation.REFUSED, "mediation.confirmation_not_refused"
    ),
    "within_window": _within_window,
    "term_open": _term_open,
    "term_overdue": _term_overdue,
    "all_performed": _all_performed,
    "not_erased": _not_erased,
}


def steps_open(docket: Docket) -> list[str]:
    """The steps that this actor can take now, guards included, in the order of the table."""
    names = rules.open_to(docket.case.state, docket.capacities)
    return [n for n in names if _holds(docket, n)]


def _holds(docket: Docket, name: str) -> bool:
    row = rules.ROWS[name]
    if not row.step.roles & docket.actor.roles:
        return False
    return not any(GUARDS[guard](docket, None) for guard in row.step.guards)
