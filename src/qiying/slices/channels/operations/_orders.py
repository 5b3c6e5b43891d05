"""12345 hands an order over; we sign for it, return it or reply to it."""

from datetime import datetime
from typing import Any, Unpack
from uuid import UUID

from qiying.kernel import events
from qiying.kernel.access import Actor, Held, Role, system
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls import public as calls
from qiying.slices.channels import queries
from qiying.slices.channels.models import Endpoint, WorkOrder
from qiying.slices.channels.operations import _deliveries
from qiying.slices.channels.operations._shape import begin, chosen, clean, end
from qiying.slices.channels.rules import terms
from qiying.slices.channels.rules.codes import DeliveryKind, EndpointKind, OrderState, ReturnReason
from qiying.slices.channels.rules.columns import is_of_ours
from qiying.slices.channels.rules.tables import ORDER
from qiying.slices.registry import public as registry

BEFORE_UNITS = frozenset({"submitted", "need_info", "refusal", "triage"})
DECLINED = "declined"
DECLINE_CODES = {
    ReturnReason.NOT_OURS: "OUT_OF_DUTY",
    ReturnReason.REPEATED: "DONE_SAME_FACTS",
    ReturnReason.LEGAL_PATH: "LEGAL_PATH",
}


@operation
def receive_order(
    actor: Actor,
    *,
    order_number: str,
    text: str,
    now: datetime,
    title: str = "",
    credit_code: str = "",
    issued_at: datetime | None = None,
    due_at: datetime | None = None,
    call_id: int | None = None,
    **given: Unpack[calls.CallValues],
) -> WorkOrder:
    """Take an order from 12345: a call of the channel 12345, or the link to one that is here.

    The same order number again answers with the first order. ``given`` are values of the call.

    Raises
    ------
    Refused
        ``channels.order_of_another`` when another system sent this number before.
    """
    actor.require(Role.MACHINE, Role.DESK)
    number = clean(order_number, name="order_number", most=64)
    known = queries.find_order_by_number(system(actor.tenant_id), number, for_update=True)
    if known is not None:
        if queries.find_order_by_number(actor, number) is None:
            raise Refused("channels.order_of_another")
        return known
    issued = issued_at or now
    _require_times(issued, due_at, now)
    if call_id is None:
        call_id = _call(actor, title, text, credit_code, now, dict(given))
    else:
        _require_free(actor, call_id)
    row = _write(actor, number, call_id, issued, due_at, now)
    events.record("channels.order_received", subject=row, actor=actor, now=now, call=call_id)
    return row


def _write(
    actor: Actor,
    number: str,
    call_id: int,
    issued: datetime,
    due_at: datetime | None,
    now: datetime,
) -> WorkOrder:
    calendar = registry.calendar(actor)
    return WorkOrder.objects.create(
        tenant_id=actor.tenant_id,
        order_number=number,
        call_id=call_id,
        endpoint=_endpoint_of(actor),
        sent_by_key_id=actor.key_id,
        issued_at=issued,
        received_at=now,
        sign_due_at=terms.due(issued, terms.SIGN, calendar),
        return_until=terms.due(issued, terms.RETURN, calendar),
        due_at=due_at or terms.due(issued, terms.ANSWER, calendar),
    )


def _require_times(issued: datetime, due_at: datetime | None, now: datetime) -> None:
    if not is_of_ours(issued) or (due_at is not None and not is_of_ours(due_at)):
        raise Invalid("input.invalid", {"issued_at": "input.date"})
    if issued > now:
        raise Invalid("input.invalid", {"issued_at": "channels.future"})
    if due_at is not None and due_at <= issued:
        raise Invalid("input.invalid", {"due_at": "channels.before_issue"})


def _require_free(actor: Actor, call_id: int) -> None:
    """The call is visible and belongs to no other order."""
    calls.card(actor, call_id)
    if queries.find_order_of_call(system(actor.tenant_id), call_id) is not None:
        raise Refused("channels.order_linked_already")


def _call(
    actor: Actor, title: str, text: str, credit_code: str, now: datetime, given: dict[str, Any]
) -> int:
    firm = firm_by_code(actor, credit_code) if credit_code else None
    if firm is not None:
        given |= {"firm": firm, "enterprise_id": firm.id}
    card = calls.receive(
        actor,
        title=title[:80],
        text=text,
        now=now,
        **{**given, "channel": calls.Channel.HOTLINE},
    )
    return card.id


def firm_by_code(actor: Actor, credit_code: str) -> registry.EnterpriseCard:
    """The firm of a credit code; Invalid when the zone has none."""
    wanted = credit_code.strip().upper()
    is_code = wanted.isascii() and wanted.isalnum()
    found = registry.search_enterprises(system(actor.tenant_id), wanted, 2) if is_code else []
    firm = next((f for f in found if f.credit_code.upper() == wanted), None)
    if firm is None:
        raise Invalid("input.invalid", {"credit_code": "channels.firm_unknown"})
    return firm


def _endpoint_of(actor: Actor) -> Endpoint | None:
    """Where replies go: the connection that comes in by this key, or the only one to 12345."""
    found = queries.list_endpoints(system(actor.tenant_id), EndpointKind.HOTLINE)
    if actor.key_id is not None:
        return next((e for e in found if e.key_id == actor.key_id), None)
    return None


@operation
def sign_order(actor: Actor, public_id: UUID, *, now: datetime) -> WorkOrder:
    """签收: the zone has it in hand; the call is accepted with it."""
    row = queries.get_order(actor, public_id, for_update=True)
    step = begin(actor, ORDER, row, "sign", {})
    if calls.card(actor, row.call_id).state == "submitted":
        calls.take(actor, row.call_id, "accept", now=now)
    end(
        actor,
        row,
        step,
        now=now,
        codes={},
        signed_at=now,
        signed_by_id=actor.person_id,
        **_up(row),
    )
    _tell(actor, row, DeliveryKind.ORDER_SIGN, now, {})
    return row


@operation
def ask_return(
    actor: Actor, public_id: UUID, *, reason: str, text: str, now: datetime
) -> WorkOrder:
    """退单: it is not ours; within the limit, with a reason, before a unit has it, and once."""
    row = queries.get_order(actor, public_id, for_update=True)
    card = calls.card(actor, row.call_id)
    step = begin(
        actor,
        ORDER,
        row,
        "ask_return",
        {
            "return_in_time": now <= row.return_until,
            "not_with_units": card.state in BEFORE_UNITS,
            "not_returned_before": row.returns_refused == 0,
        },
    )
    code, words = chosen(reason, ReturnReason, "reason"), clean(text)
    if code == ReturnReason.REPEATED and not card.matter_code:
        # the call behind it is then declined as dealt with before: a return is counted by matter
        raise Invalid("input.invalid", {"reason": "calls.same_facts"})
    end(
        actor,
        row,
        step,
        now=now,
        codes={"reason": code},
        return_reason=code,
        return_text=words,
        return_asked_at=now,
        return_asked_by_id=actor.person_id,
        **_up(row),
    )
    _tell(actor, row, DeliveryKind.ORDER_RETURN, now, {"reason": code, "text": words})
    return row


@operation
def answer_return(
    actor: Actor, public_id: UUID, *, is_accepted: bool, now: datetime, text: str = ""
) -> WorkOrder:
    """12345 takes the order back, or it stays with us."""
    row = queries.get_order(actor, public_id, for_update=True)
    words = clean(text, is_needed=False)
    if not is_accepted:
        step = begin(actor, ORDER, row, "refuse_return", {})
        signed = {"signed_at": row.signed_at or now, "returns_refused": row.returns_refused + 1}
        signed["signed_by_id"] = row.signed_by_id or row.return_asked_by_id
        end(actor, row, step, now=now, codes={}, revisit_text=words, **signed, **_up(row))
        return row
    step = begin(actor, ORDER, row, "accept_return", {})
    if calls.file_of(system(actor.tenant_id), row.call_id).card.state in BEFORE_UNITS:
        # the person who asked for the return meant the call by it; 12345 has now agreed
        calls.take(
            _in_the_name_of(actor, row.return_asked_by_id),
            row.call_id,
            "decline",
            now=now,
            code=DECLINE_CODES[ReturnReason(row.return_reason)],
            text=row.return_text,
            told_path="12345",
        )
    end(actor, row, step, now=now, codes={}, closed_at=now, **_up(row))
    return row


def _in_the_name_of(actor: Actor, person_id: int | None) -> Actor:
    return Actor(actor.tenant_id, "12345", (Held(Role.DESK),), person_id=person_id)


@operation
def reply_order(actor: Actor, public_id: UUID, *, now: datetime, text: str = "") -> WorkOrder:
    """答复: the reviewed answer of the call goes back; a redone order needs a later answer."""
    row = queries.get_order(actor, public_id, for_update=True)
    file = calls.file_of(actor, row.call_id)
    is_declined = file.card.state == DECLINED
    is_fresh = file.answer_round > row.reply_round
    step = begin(actor, ORDER, row, "reply", {"answer_reviewed": is_declined or is_fresh})
    words = clean(text or file.answer)
    result = DECLINED if is_declined else file.answer_result
    is_first = row.replied_at is None
    on_time = now <= row.due_at
    end(
        actor,
        row,
        step,
        now=now,
        codes={"result": result, "on_time": on_time},
        reply_text=words,
        reply_result=result,
        reply_round=file.answer_round,
        replied_at=now,
        replied_by_id=actor.person_id,
        is_on_time=on_time if is_first else bool(row.is_on_time and on_time),
        **_up(row),
    )
    _tell(actor, row, DeliveryKind.ORDER_REPLY, now, {"result": result, "text": words})
    return row


@operation
def revisit_order(
    actor: Actor, public_id: UUID, *, is_content: bool, now: datetime, text: str = ""
) -> WorkOrder:
    """回访: what the caller told 12345, by its key or on paper.

    Discontent opens the order again and begins the next round of the call, as our own call-back
    does; a call that is on file stays there and is logged again by the desk.
    """
    row = queries.get_order(actor, public_id, for_update=True)
    name = "revisit_good" if is_content else "revisit_bad"
    words = clean(text, is_needed=not is_content)
    step = begin(actor, ORDER, row, name, {})
    values: dict[str, Any] = {"revisited_at": now, "revisit_text": words, **_up(row)}
    if is_content:
        values["closed_at"] = now
    else:
        values["reworks"] = row.reworks + 1
        values["due_at"] = terms.due(now, terms.ANSWER, registry.calendar(actor))
        _reopen(actor, row, words, now)
    end(actor, row, step, now=now, codes={}, **values)
    return row


NEXT_ROUND = {"closed": "reopen", "callback": "hear_discontent"}
"""What discontent does to a call in these states; in the others somebody has it in hand."""


def _reopen(actor: Actor, row: WorkOrder, text: str, now: datetime) -> None:
    """12345 speaks for its caller, however it tells us."""
    step = NEXT_ROUND.get(calls.card(system(actor.tenant_id), row.call_id).state)
    if step is None:
        return
    hotline = Actor(actor.tenant_id, "12345", (Held(Role.SYSTEM),), person_id=actor.person_id)
    try:
        calls.take(hotline, row.call_id, step, now=now, text=text)
    except Refused:
        return  # the 30 days are over: the page of the order says so and leads to logging it again


def _up(row: WorkOrder) -> dict[str, int]:
    return {"version": row.version + 1}


def _tell(actor: Actor, row: WorkOrder, kind: str, now: datetime, body: dict[str, Any]) -> None:
    _deliveries.make(
        actor,
        kind,
        effect_key=f"{kind}:{row.pk}:{row.version}",
        body={"order_number": row.order_number, "at": now.isoformat(), **body},
        now=now,
        endpoint=row.endpoint,
        order=row,
    )


def is_open(row: WorkOrder) -> bool:
    """Whether somebody still owes something."""
    return row.state not in {OrderState.RETURNED, OrderState.CLOSED}
