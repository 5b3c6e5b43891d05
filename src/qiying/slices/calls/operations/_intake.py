"""Acceptance and triage at the desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call, Pause
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
from qiying.slices.calls.operations._receive import (
    PRIVATE_NATURES,
    Place,
    decide,
    proposed_unit,
)
from qiying.slices.calls.operations._tasks import recall
from qiying.slices.calls.rules import (
    Clock,
    DeclineCode,
    Nature,
    NoteKind,
    PauseReason,
    PauseState,
    PositionSource,
    RoundState,
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
    """Ask the firm for what is missing; the clock stands still until it answers."""
    move = begin(actor, call_id, "ask_info", now=now, version=version)
    note = write(move, NoteKind.QUESTION, text)
    pause = Pause.objects.create(
        tenant_id=actor.tenant_id,
        call=move.call,
        round=move.round,
        state=PauseState.RUNNING,
        reason_code=PauseReason.AWAITING_INFORMATION,
        from_at=now,
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
    """The firm gives what was asked for; the clock runs on."""
    move = begin(actor, call_id, "supply_info", now=now, version=version)
    note = write(move, NoteKind.INFORMATION, text, attachments=attachments)
    end_pause(move)
    run_answer_clock(move)
    step_clock(move, Clock.ACCEPT)
    return move.end(note=note)


@operation
def decline(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    code: str,
    text: str,
    told_path: str = "",
    version: int | None = None,
) -> Call:
    """Do not take the call on: with a reason, and with the path that the firm was told."""
    move = begin(actor, call_id, "decline", now=now, version=version, decline_code=code)
    if code not in set(DeclineCode):
        raise Invalid("input.invalid", {"code": "input.choice"})
    path = clean(told_path, name="told_path", is_needed=code in rules.PATH_NEEDED)
    note = write(move, NoteKind.DECLINE, text)
    told = write(move, NoteKind.TOLD_PATH, path, is_needed=False)
    end_pause(move)
    move.move_round("decline")
    move.set(decline_code=code)
    step_clock(move, None)
    return move.end(note=note, told=told, code=code)


@operation
def withdraw(
    actor: Actor, call_id: int, *, now: datetime, text: str = "", version: int | None = None
) -> Call:
    """The firm takes its call back."""
    move = begin(actor, call_id, "withdraw", now=now, version=version)
    note = write(move, NoteKind.WITHDRAWAL, text, is_needed=False)
    end_pause(move)
    recall(move.case.tasks)
    move.move_round("withdraw")
    step_clock(move, None)
    return move.end(note=note)


@operation
def classify(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    matter_code: str,
    nature: str = "",
    object_kind: str = "",
    urgency: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    accuracy_m: float | None = None,
    complained_unit_id: int | None = UNCHANGED,
    version: int | None = None,
) -> Call:
    """Say which matter it is and where: a new decision, and the deadline that follows from it."""
    move = begin(actor, call_id, "classify", now=now, version=version)
    _require_codes(nature, urgency)
    call = move.call
    complained = call.complained_unit_id if complained_unit_id == UNCHANGED else complained_unit_id
    move.set(
        matter_code=clean(matter_code, name="matter_code", most=20),
        urgency=urgency or call.urgency,
        object_kind=object_kind or call.object_kind,
        complained_unit_id=complained,
    )
    if longitude is not None and latitude is not None:
        move.set(
            longitude=longitude,
            latitude=latitude,
            accuracy_m=accuracy_m,
            position_source=PositionSource.STATED,
        )
    due_before = move.round.due_at
    _decide_again(move, nature)
    return move.end(
        matter=call.matter_code,
        decision=call.decision_id,
        nature=call.nature,
        urgency=call.urgency,
        due=move.round.due_at.isoformat() if move.round.due_at != due_before else "",
    )


def _require_codes(nature: str, urgency: str) -> None:
    if nature and nature not in set(Nature):
        raise Invalid("input.invalid", {"nature": "input.choice"})
    if urgency and urgency not in set(Urgency):
        raise Invalid("input.invalid", {"urgency": "input.choice"})


def _decide_again(move: Move, nature: str) -> None:
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
    matter, ruling = decide(
        actor,
        call.matter_code,
        place,
        firm,
        object_kind=call.object_kind or "enterprise_premises",
        urgency=call.urgency,
        complained_unit_id=call.complained_unit_id,
        now=move.now,
    )
    if matter is None or ruling is None:
        raise Invalid("input.invalid", {"matter_code": "input.choice"})
    kind = nature or call.nature or matter.nature
    move.set(
        nature=kind,
        decision_id=ruling.decision_id,
        proposed_unit_id=proposed_unit(ruling, call.complained_unit_id),
        needs_confirmation=ruling.needs_confirmation,
        is_public=matter.is_public
        and call.complained_unit_id is None
        and kind not in PRIVATE_NATURES,
    )
    if call.current_round == 1 and move.round.state == RoundState.OPEN:
        rule = rules.answer_rule(
            urgency=call.urgency,
            nature=kind,
            time_kind=matter.time_kind,
            time_amount=matter.time_amount,
        )
        move.round.rule_kind, move.round.rule_amount = rule.kind, rule.amount
        move.round.save(update_fields=["rule_kind", "rule_amount"])
        derive_round(move, move.case.pauses)
        run_answer_clock(move)
