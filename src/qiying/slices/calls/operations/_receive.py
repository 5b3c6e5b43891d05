"""A call comes in: who asks, where it is, whose job it is, until when."""

from datetime import datetime
from typing import Any, Unpack

from qiying.kernel import events, numbering
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid
from qiying.kernel.tenancy import operation
from qiying.kernel.writes import insert_with
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Round, Visit
from qiying.slices.calls.operations._asked import Asked, CallValues, Place, place_of
from qiying.slices.calls.operations._decide import Found, Question, decide, first_receiver
from qiying.slices.calls.operations._move import attach, step_due
from qiying.slices.calls.operations._refile import earlier_of, name_each_other
from qiying.slices.calls.operations._rush import rush
from qiying.slices.calls.operations._triage import ranked
from qiying.slices.calls.rules import CallState, Channel, Clock, Urgency
from qiying.slices.registry import public as registry

PREFIX = "QY"


@operation
def receive(
    actor: Actor, *, title: str, text: str, now: datetime, **given: Unpack[CallValues]
) -> Call:
    """Take a call in, decide whose job it is when a matter is given, and promise a time.

    ``given`` are the names of ``CallValues``. Danger is dispatched at once.

    Raises
    ------
    Denied
        When the actor may not raise a call for this firm.
    Invalid
        For texts, codes and places that cannot stand.
    NotFound
        For a firm, matter or visit that is not there for this actor.
    """
    asked = Asked(title=title, text=text, now=now, **given)
    role = _require_role(actor, asked.enterprise_id)
    asked.require_codes()
    earlier = earlier_of(actor, asked)
    firm = _firm(actor, asked)
    place = place_of(actor, asked, firm)
    question = Question(
        asked.matter_code,
        place,
        firm,
        asked.object_kind,
        asked.urgency,
        asked.nature,
        asked.complained_unit_id,
    )
    call, round_, found = _write(actor, role, asked, decide(actor, question, now=now))
    attach(actor, asked.attachments, subject=call)
    _link_visit(actor, asked.visit_id, call)
    _record(actor, call, role, now, follows=name_each_other(actor, earlier, call, role, now))
    if asked.urgency == Urgency.DANGER:
        rush(actor, call, round_, found.ruling, now=now)
    return call


def _firm(actor: Actor, asked: Asked) -> registry.EnterpriseCard | None:
    if asked.firm is not None and asked.firm.id == asked.enterprise_id:
        return asked.firm
    if asked.enterprise_id is None:
        return None
    return registry.enterprise(actor, asked.enterprise_id)


def _require_role(actor: Actor, enterprise_id: int | None) -> str:
    """The role in which this actor may raise a call for this firm."""
    actor.require(*rules.RECEIVERS)
    if enterprise_id is not None and enterprise_id in actor.enterprises:
        return Role.ENTERPRISE
    for role in (Role.DESK, Role.MACHINE, Role.SYSTEM):
        if actor.has(role):
            return role
    if actor.has(Role.GRID_OFFICER) and enterprise_id in registry.portfolio_ids(actor):
        return Role.GRID_OFFICER
    raise Denied("calls.not_your_firm")


def _write(actor: Actor, role: str, asked: Asked, found: Found) -> tuple[Call, Round, Found]:
    term = rules.term(asked.now, found.rule, registry.calendar(actor))
    promise = {
        "due_at": term.due_at,
        "yellow_at": term.yellow_at,
        "is_provisional": term.is_provisional,
    }
    call = Call(
        tenant_id=actor.tenant_id,
        **_said(actor, role, asked),
        **_placed(found.asked.place, found),
        **promise,
        decision_id=found.ruling.decision_id if found.ruling else None,
        proposed_unit_id=found.proposed_unit_id,
        needs_confirmation=bool(found.ruling and found.ruling.needs_confirmation),
        first_receiver_id=first_receiver(actor, asked.complained_unit_id),
        nature=found.nature,
        is_public=found.is_public,
        state=CallState.SUBMITTED,
        clock=Clock.ANSWER,
        step_clock=Clock.ACCEPT,
        step_from_at=asked.now,
        step_due_at=step_due(actor, Clock.ACCEPT, asked.urgency, asked.now, now=asked.now),
        received_at=asked.now,
        updated_at=asked.now,
    )
    round_ = Round(
        tenant_id=actor.tenant_id,
        number=1,
        started_at=asked.now,
        rule_kind=found.rule.kind,
        rule_amount=found.rule.amount,
        calendar_version=term.calendar_version,
        **promise,
    )
    insert_with(call, round_, "call")
    return call, round_, found


def _said(actor: Actor, role: str, asked: Asked) -> dict[str, Any]:
    """The columns that hold what was asked and by whom."""
    title, text = asked.words
    contact_name, contact_phone = asked.contact
    is_visit = asked.visit_id is not None or asked.channel == Channel.VISIT
    number = numbering.next_number(actor, PREFIX, now=asked.now)
    return {
        "number": number,
        "enterprise_id": asked.enterprise_id,
        "channel": Channel.VISIT if is_visit else asked.channel,
        "urgency": asked.urgency,
        "title": title,
        "text": text,
        "words": rules.searchable(number, title, text),
        **ranked(actor, number, title, text, now=asked.now),
        "reported_by_id": actor.person_id,
        "raised_by_key_id": actor.key_id,
        "contact_name": contact_name,
        "contact_phone": contact_phone,
        "is_anonymous_machine": role == Role.MACHINE and asked.enterprise_id is None,
        "is_proactive": is_visit or (asked.is_found and role != Role.ENTERPRISE),
        "complained_unit_id": asked.complained_unit_id,
        "follows_id": asked.follows_id,
    }


def _placed(place: Place, found: Found) -> dict[str, Any]:
    """The columns that hold matter and place."""
    return {
        "matter_code": found.asked.matter_code,
        "object_kind": found.asked.object_kind,
        "longitude": place.longitude,
        "latitude": place.latitude,
        "accuracy_m": place.accuracy_m,
        "position_source": place.source,
        "site_id": place.site_id,
        "address": place.address[:200],
        "township_code": found.township_code,
        "grid_id": found.asked.firm.grid_id if found.asked.firm else None,
    }


def _link_visit(actor: Actor, visit_id: int | None, call: Call) -> None:
    if visit_id is None:
        return
    visit = queries.get_visit(actor, visit_id)
    if visit.enterprise_id != call.enterprise_id:
        raise Invalid("input.invalid", {"visit_id": "input.choice"})
    Visit.objects.filter(pk=visit.pk, tenant_id=actor.tenant_id).update(call=call)


def _record(actor: Actor, call: Call, role: str, now: datetime, *, follows: str) -> None:
    codes = {"matter": call.matter_code, "decision": call.decision_id, "follows": follows}
    events.record(
        "calls.received",
        subject=call,
        actor=actor,
        now=now,
        role=role,
        round=1,
        channel=call.channel,
        urgency=call.urgency,
        words=events.digest(call.text, salt=str(call.public_id)),
        **{name: code for name, code in codes.items() if code},
    )
