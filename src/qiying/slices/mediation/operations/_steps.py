"""What each step of the table writes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.words import clean
from qiying.slices.mediation import rules
from qiying.slices.mediation.models import (
    Agreement,
    Appointment,
    Attendance,
    Note,
    Party,
    Session,
    Signature,
    Term,
)
from qiying.slices.mediation.operations._move import Move, require_online_by_party
from qiying.slices.mediation.operations._terms import choose, terms_of
from qiying.slices.mediation.rules import (
    MAX_TEXT,
    Audience,
    Confirmation,
    Consent,
    Decline,
    Failure,
    Form,
    Path,
    Recusal,
    SessionState,
    TermState,
    Way,
)


def _consent(move: Move) -> None:
    way = choose(move.inputs.get("way") or Way.SIGNATURE, Way, "way")
    _answer(move, Consent.GIVEN, require_online_by_party(move, way))
    move.write(is_needed=False)


def _refuse(move: Move) -> None:
    _answer(move, Consent.REFUSED, "")
    move.set(failure=Failure.REFUSED)
    move.write(is_needed=False)


def _answer(move: Move, consent: str, way: str) -> None:
    party = move.party()
    party.consent, party.consent_way = consent, way
    party.consent_at, party.consent_by = move.now, move.actor.identity
    party.save(update_fields=["consent", "consent_way", "consent_at", "consent_by"])
    move.tell(party=party.pk, consent=str(consent))


def _decline(move: Move) -> None:
    reason = choose(move.inputs["decline_reason"], Decline, "decline_reason")
    move.set(decline_reason=reason)
    move.write()
    move.tell(reason=reason)


def _appoint(move: Move) -> None:
    mediator_id = move.inputs["mediator_id"]
    Appointment.objects.create(
        tenant_id=move.case.tenant_id,
        case=move.case,
        mediator_id=mediator_id,
        appointed_by_id=move.actor.person_id,
        appointed_at=move.now,
        is_chosen=bool(move.inputs.get("is_chosen")),
    )
    move.set(mediator_id=mediator_id)
    move.tell(mediator=mediator_id)


def _stand_back(move: Move, reason: str) -> None:
    """End the appointment; what was planned and not held falls away, a draft is taken back."""
    mine = {"tenant_id": move.case.tenant_id, "case_id": move.case.pk}
    Appointment.objects.filter(ended_at=None, **mine).update(ended_at=move.now, reason=reason)
    Session.objects.filter(state=SessionState.PLANNED, **mine).update(state=SessionState.CANCELLED)
    _set_aside(move)
    move.tell(mediator=move.case.mediator_id, reason=reason)
    move.set(mediator=None)


def _set_aside(move: Move) -> None:
    agreement = move.docket.agreement
    if agreement is not None:
        agreement.is_current = False
        agreement.save(update_fields=["is_current"])


def _recuse(move: Move) -> None:
    _stand_back(move, choose(move.inputs["recusal"], Recusal, "recusal"))
    move.write(audience=Audience.HOUSE)


def _ask_another(move: Move) -> None:
    move.tell(party=move.inputs["party_id"])
    _stand_back(move, Recusal.PARTY_ASKED)
    move.write(audience=Audience.HOUSE)


def _plan_session(move: Move) -> None:
    at = move.inputs["at"]
    if not isinstance(at, datetime) or at <= move.now:
        raise Invalid("input.invalid", {"at": "mediation.session_past"})
    row = Session.objects.create(
        tenant_id=move.case.tenant_id,
        case=move.case,
        number=len(move.docket.rows.sessions) + 1,
        at=at,
        place=clean(move.inputs["place"], field="place", limit=100),
        mediator_id=move.case.mediator_id or 0,
    )
    move.write(is_needed=False)
    move.tell(session=row.pk)


def _session(move: Move) -> Session:
    wanted = move.inputs["session_id"]
    return next(s for s in move.docket.rows.sessions if s.pk == wanted)


def _hold_session(move: Move) -> None:
    row, came = _session(move), set(_ids(move.inputs["present"], "present"))
    known = {p.pk for p in move.docket.parties}
    if not came or not came <= known:
        raise Invalid("input.invalid", {"present": "mediation.nobody_came"})
    row.state, row.held_at = SessionState.HELD, move.now
    row.minutes = clean(move.inputs["minutes"], field="minutes", limit=MAX_TEXT)
    row.save(update_fields=["state", "held_at", "minutes"])
    Attendance.objects.bulk_create(
        Attendance(tenant_id=move.case.tenant_id, case=move.case, session=row, party_id=party_id)
        for party_id in sorted(came)
    )
    move.tell(session=row.pk, present=sorted(came))


def _ids(value: Any, field: str) -> list[int]:
    if not isinstance(value, list | tuple) or not all(isinstance(v, int) for v in value):
        raise Invalid("input.invalid", {field: "input.choice"})
    return list(value)


def _cancel_session(move: Move) -> None:
    row = _session(move)
    row.state = SessionState.CANCELLED
    row.save(update_fields=["state"])
    move.write()
    move.tell(session=row.pk)


def _draft(move: Move) -> None:
    terms = terms_of(move, move.inputs["terms"])
    form = choose(move.inputs["form"], Form, "form")
    row = Agreement.objects.create(
        tenant_id=move.case.tenant_id,
        case=move.case,
        number=len(move.docket.rows.agreements) + 1,
        form=form,
        text=clean(move.inputs["text"], field="text", limit=MAX_TEXT),
        drafted_by_id=move.actor.person_id,
        drafted_at=move.now,
    )
    Term.objects.bulk_create(
        Term(
            tenant_id=move.case.tenant_id,
            case=move.case,
            agreement=row,
            number=number,
            party_id=term.party_id,
            text=term.text,
            due_on=term.due_on,
            amount_cny=term.amount_cny,
        )
        for number, term in enumerate(terms, start=1)
    )
    move.tell(agreement=row.number, form=form, terms=len(terms))


def _redraft(move: Move) -> None:
    _set_aside(move)
    move.write()


def _sign(move: Move) -> None:
    agreement, party = move.docket.agreement, move.party()
    if agreement is None:
        raise Refused("mediation.no_agreement")
    way = choose(move.inputs.get("way") or Way.SIGNATURE, Way, "way")
    Signature.objects.create(
        tenant_id=move.case.tenant_id,
        case=move.case,
        agreement=agreement,
        party=party,
        way=require_online_by_party(move, way),
        at=move.now,
        recorded_by=move.actor.identity,
    )
    move.tell(party=party.pk)


def _attest(move: Move) -> None:
    """The mediator signs and the committee seals: the agreement takes effect.

    A written one on this day, an oral one on the day when the last party agreed.
    """
    agreement = move.docket.agreement
    if agreement is None:
        raise Refused("mediation.no_agreement")
    last = max(s.at for s in move.docket.signatures)
    moment = last if agreement.form == Form.ORAL else move.now
    effective_on = moment.astimezone(rules.SHANGHAI).date()
    agreement.attested_at, agreement.effective_on = move.now, effective_on
    agreement.save(update_fields=["attested_at", "effective_on"])
    move.set(effective_on=effective_on)
    move.tell(agreement=agreement.number, effective=effective_on.isoformat())


def _ask_confirmation(move: Move) -> None:
    court = clean(move.inputs["court"], field="court", limit=100)
    on = move.inputs["on"]
    if on > move.today:
        raise Invalid("input.invalid", {"on": "mediation.day"})
    move.set(confirmation=Confirmation.ASKED, confirmation_asked_on=on, court=court)
    move.tell(on=on.isoformat())


def _record_confirmation(move: Move) -> None:
    ruled = (Confirmation.CONFIRMED, Confirmation.REFUSED)
    found = choose(move.inputs["confirmation"], ruled, "confirmation")
    on, asked_on = move.inputs["on"], move.case.confirmation_asked_on
    if on > move.today or (asked_on and on < asked_on):
        raise Invalid("input.invalid", {"on": "mediation.day"})
    move.set(confirmation=found, confirmation_ruled_on=on)
    move.write(is_needed=False)
    move.tell(confirmation=found, on=on.isoformat())


def _talk_again(move: Move) -> None:
    """After the court rejected it the agreement is changed or made anew (art. 33, 206)."""
    _set_aside(move)
    move.set(
        effective_on=None,
        confirm_due_at=None,
        confirmation=Confirmation.NOT_ASKED,
        confirmation_asked_on=None,
        confirmation_ruled_on=None,
    )
    move.write()


def _open_term(move: Move) -> Term:
    wanted = move.inputs["term_id"]
    return next(t for t in move.docket.terms if t.pk == wanted)


def _perform(move: Move) -> None:
    term, on = _open_term(move), move.inputs["on"]
    if on > move.today or (move.case.effective_on and on < move.case.effective_on):
        raise Invalid("input.invalid", {"on": "mediation.day"})
    term.state, term.performed_on = TermState.PERFORMED, on
    term.recorded_by = move.actor.identity
    term.save(update_fields=["state", "performed_on", "recorded_by"])
    move.write(is_needed=False)
    move.tell(term=term.number, on=on.isoformat())


def _breach(move: Move) -> None:
    term = _open_term(move)
    term.state, term.recorded_by = TermState.BROKEN, move.actor.identity
    term.save(update_fields=["state", "recorded_by"])
    move.write()
    move.tell(term=term.number)


def _stop(move: Move) -> None:
    _fail(move, Failure.STOPPED)
    move.tell(party=move.inputs["party_id"])


def _give_up(move: Move) -> None:
    _fail(move, Failure.NO_AGREEMENT)


def _fail(move: Move, failure: str) -> None:
    """End without agreement; the parties are told where else they can go (art. 26)."""
    mine = {"tenant_id": move.case.tenant_id, "case_id": move.case.pk}
    Session.objects.filter(state=SessionState.PLANNED, **mine).update(state=SessionState.CANCELLED)
    _set_aside(move)
    move.set(failure=failure)
    move.write()
    paths = [str(p) for p in rules.failure_paths(move.case.kind)]
    move.tell(failure=str(failure), paths=paths)


def _report_risk(move: Move) -> None:
    told = choose(move.inputs["risk_to"], (Path.POLICE, Path.ADMINISTRATION), "risk_to")
    move.write(audience=Audience.HOUSE)
    move.tell(to=told)


def _words_only(move: Move) -> None:
    move.write(audience=Audience.HOUSE)


def _nothing(_move: Move) -> None:
    """The state says all."""


def _erase(move: Move) -> None:
    """Remove personal data and words; numbers, days and events stay."""
    mine = {"tenant_id": move.case.tenant_id, "case_id": move.case.pk}
    Party.objects.filter(enterprise=None, **mine).update(
        name="", phone="", spokesperson="", erased_at=move.now
    )
    Party.objects.filter(enterprise__isnull=False, **mine).update(
        spokesperson="", erased_at=move.now
    )
    Session.objects.filter(**mine).update(minutes="")
    Agreement.objects.filter(**mine).update(text="")
    Term.objects.filter(**mine).update(text="")
    Note.objects.filter(**mine).update(text="")
    move.set(erased_at=move.now, facts="", title=move.case.number)
    move.write(audience=Audience.HOUSE)


STEPS: Mapping[str, Callable[[Move], None]] = {
    "consent": _consent,
    "refuse": _refuse,
    "decline": _decline,
    "appoint": _appoint,
    "recuse": _recuse,
    "ask_another": _ask_another,
    "plan_session": _plan_session,
    "hold_session": _hold_session,
    "cancel_session": _cancel_session,
    "draft": _draft,
    "redraft": _redraft,
    "sign": _sign,
    "attest": _attest,
    "ask_confirmation": _ask_confirmation,
    "record_confirmation": _record_confirmation,
    "talk_again": _talk_again,
    "perform": _perform,
    "breach": _breach,
    "complete": _nothing,
    "stop": _stop,
    "fail": _give_up,
    "report_risk": _report_risk,
    "revisit": _words_only,
    "archive": _nothing,
    "erase": _erase,
}
