"""Acceptance and triage at the desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypedDict, Unpack

from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call, Pause
from qiying.slices.calls.operations import _parts
from qiying.slices.calls.operations._asked import Place
from qiying.slices.calls.operations._decide import Question, decide
from qiying.slices.calls.operations._move import (
    Move,
    begin,
    clean,
    derive_round,
    end_pause,
    run_answer_clock,
    step_clock,
    write,
)
from qiying.slices.calls.operations._settle import relieve_complained, settle
from qiying.slices.calls.operations._tasks import withdraw_tasks
from qiying.slices.calls.operations._triage import ranked_again
from qiying.slices.calls.rules import (
    Clock,
    DeclineCode,
    Nature,
    NoteKind,
    PauseReason,
    PauseState,
    PositionSource,
    RoundState,
    TermClock,
    Urgency,
)
from qiying.slices.registry import public as registry

UNCHANGED: Final = -1
"""Stands for "leave it as it is" where None means "nobody"."""


@operation
def accept(
    actor: Actor, call_id: int, *, now: datetime, text: str = "", version: int | None = None
) -> Call:
    """The zone takes the call on."""
    move = begin(actor, call_id, "accept", now=now, version=version)
    note = write(move, NoteKind.ACCEPTANCE, text, is_needed=False)
    move.set(accepted_at=now)
    step_clock(move, Clock.DISPATCH)
    return move.end(note=note)


@operation
def ask_info(
    actor: Actor, call_id: int, *, now: datetime, text: str, version: int | None = None
) -> Call:
    """Ask the firm for what is missing; the clock stands still until it answers or its time ends.

    The platform then brings the call back to the desk (``lapse_info``).
    """
    move = begin(actor, call_id, "ask_info", now=now, version=version)
    note = write(move, NoteKind.QUESTION, text)
    pause = Pause.objects.create(
        tenant_id=actor.tenant_id,
        call=move.call,
        round=move.round,
        state=PauseState.RUNNING,
        reason_code=PauseReason.AWAITING_INFORMATION,
        from_at=now,
        expected_to_at=queries.terms(actor, now).due_at(
            TermClock.INFO, "", now, registry.calendar(actor)
        ),
        evidence_id=note,
        proposer_id=actor.person_id,
        proposed_at=now,
        decided_at=now,
    )
    derive_round(move, [*move.case.pauses, pause])
    run_answer_clock(move)
    step_clock(move, None)
    return move.end(note=note, pause=pause.pk)


@operation
def supply_info(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """The firm gives what was asked for; the clock runs on, and nobody refuses it for silence."""
    move = begin(actor, call_id, "supply_info", now=now, version=version)
    note = write(move, NoteKind.INFORMATION, text, attachments=attachments)
    move.set(refusal_proposer_id=None)
    end_pause(move)
    run_answer_clock(move)
    step_clock(move, Clock.ACCEPT)
    return move.end(note=note)


@operation
def lapse_info(actor: Actor, call_id: int, *, now: datetime, version: int | None = None) -> Call:
    """The firm's time is over: the desk decides without what it asked for, the clock runs on.

    The clock stood still until the firm's time was over, however late the sweeper comes.
    """
    move = begin(actor, call_id, "lapse_info", now=now, version=version)
    pause = move.case.running_pause
    until = pause.expected_to_at if pause else None
    end_pause(move, at=min(until, now) if until else now)
    run_answer_clock(move)
    step_clock(move, Clock.ACCEPT)
    return move.end(pause=pause.pk if pause else None, due=move.call.due_at.isoformat())


@operation
def decline(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    code: str,
    text: str,
    told_path: str = "",
    told_unit_id: int | None = None,
    version: int | None = None,
) -> Call:
    """Do not take the call on: with a reason, and with the path that the firm was told."""
    move = begin(actor, call_id, "decline", now=now, version=version, decline_code=code)
    if code not in set(DeclineCode):
        raise Invalid("input.invalid", {"code": "input.choice"})
    if actor.person_id is None:
        raise Refused("calls.person_needed")
    if code == DeclineCode.DONE_SAME_FACTS and not move.call.matter_code:
        # it is the return of a matter that was closed, and is counted as one
        raise Invalid("input.invalid", {"code": "calls.same_facts"})
    path = clean(told_path, name="told_path")
    if told_unit_id is not None and told_unit_id not in queries.unit_cards(actor):
        raise Invalid("input.invalid", {"told_unit_id": "input.choice"})
    note = write(move, NoteKind.DECLINE, text)
    told = write(move, NoteKind.TOLD_PATH, path)
    end_pause(move)
    settle(move, "decline")
    recalled = sorted({t.unit_id for t in move.case.tasks})
    withdraw_tasks(move.case.tasks)
    move.move_round("decline")
    move.set(decline_code=code, told_unit_id=told_unit_id)
    step_clock(move, None)
    return move.end(
        note=note, told=told, told_unit=told_unit_id, code=code, recalled=recalled or None
    )


@operation
def withdraw(
    actor: Actor, call_id: int, *, now: datetime, text: str = "", version: int | None = None
) -> Call:
    """The firm takes its call back."""
    move = begin(actor, call_id, "withdraw", now=now, version=version)
    note = write(move, NoteKind.WITHDRAWAL, text, is_needed=False)
    end_pause(move)
    settle(move, "withdraw")
    withdraw_tasks(move.case.tasks)
    move.move_round("withdraw")
    step_clock(move, None)
    return move.end(note=note)


class Classification(TypedDict, total=False):
    """What may be said besides the matter; what is left out stays as it is."""

    nature: str
    object_kind: str
    urgency: str
    longitude: float | None
    latitude: float | None
    accuracy_m: float | None
    complained_unit_id: int | None


@operation
def classify(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    matter_code: str,
    version: int | None = None,
    **given: Unpack[Classification],
) -> Call:
    """Say which matter it is and where: a new decision, and the deadline that follows from it."""
    move = begin(actor, call_id, "classify", now=now, version=version)
    call = move.call
    nature, urgency = given.get("nature", ""), given.get("urgency", "")
    _require_codes(nature, urgency)
    complained = given.get("complained_unit_id", UNCHANGED)
    move.set(
        matter_code=clean(matter_code, name="matter_code", most=20),
        urgency=urgency or call.urgency,
        object_kind=given.get("object_kind") or call.object_kind,
        complained_unit_id=call.complained_unit_id if complained == UNCHANGED else complained,
    )
    move.set(**ranked_again(actor, call, now=now))
    recalled = relieve_complained(move)
    _move_place(move, given)
    due_before = move.round.promised_at
    _decide_again(move, nature)
    return move.end(
        matter=call.matter_code,
        decision=call.decision_id,
        nature=call.nature,
        urgency=call.urgency,
        recalled=recalled or None,
        due=move.round.promised_at.isoformat() if move.round.promised_at != due_before else "",
    )


def _move_place(move: Move, given: Classification) -> None:
    longitude, latitude = given.get("longitude"), given.get("latitude")
    if longitude is not None and latitude is not None:
        move.set(
            longitude=longitude,
            latitude=latitude,
            accuracy_m=given.get("accuracy_m"),
            position_source=PositionSource.STATED,
        )


def _require_codes(nature: str, urgency: str) -> None:
    if nature and nature not in set(Nature):
        raise Invalid("input.invalid", {"nature": "input.choice"})
    if urgency and urgency not in set(Urgency):
        raise Invalid("input.invalid", {"urgency": "input.choice"})


def _decide_again(move: Move, nature: str) -> None:
    """Ask the register again with what the call says now."""
    actor, call = move.actor, move.call
    firm = registry.enterprise(actor, call.enterprise_id) if call.enterprise_id else None
    place = Place(
        call.longitude,
        call.latitude,
        call.accuracy_m,
        call.position_source,
        call.address,
        call.site_id,
    )
    question = Question(
        call.matter_code,
        place,
        firm,
        call.object_kind or "enterprise_premises",
        call.urgency,
        nature or call.nature,
        call.complained_unit_id,
    )
    found = decide(actor, question, now=move.now)
    if found.ruling is None:
        raise Invalid("input.invalid", {"matter_code": "input.choice"})
    move.set(
        nature=found.nature,
        decision_id=found.ruling.decision_id,
        proposed_unit_id=found.proposed_unit_id,
        needs_confirmation=found.ruling.needs_confirmation,
        is_public=found.is_public,
        township_code=found.township_code,
    )
    if _may_take_another_rule(move):
        rule = found.rule
        move.round.rule_kind, move.round.rule_amount = rule.kind, rule.amount
        move.round.save(update_fields=["rule_kind", "rule_amount"])
    _count_anew(move)


def _may_take_another_rule(move: Move) -> bool:
    """Whether the time limit follows the matter.

    What was extended keeps the rule it was extended by. A promise that ran out stays broken,
    whatever the matter is called afterwards, unless a supervisor says otherwise.
    """
    round_ = move.round
    if move.call.current_round != 1 or round_.state != RoundState.OPEN or move.case.granted:
        return False
    return move.now <= round_.promised_at or move.actor.has(Role.SUPERVISOR)


def _count_anew(move: Move) -> None:
    """Rule and urgency say how long everything takes; a milestone that was set stands."""
    derive_round(move, move.case.pauses)
    if move.call.milestone_on is None:
        run_answer_clock(move)
    calendar, terms = registry.calendar(move.actor), queries.terms(move.actor, move.now)
    move.set(step_due_at=_parts.step_due(move.call, calendar, terms))
