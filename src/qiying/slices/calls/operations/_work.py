"""The unit at work: first contact, co-handlers' parts, pauses, milestones, the answer."""

from collections.abc import Sequence
from datetime import datetime

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.kernel.writes import insert, update
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Contact, Pause
from qiying.slices.calls.operations._move import (
    Move,
    begin,
    begin_pause,
    begin_task,
    derive_round,
    end_pause,
    move_task,
    run_answer_clock,
    run_callback_clock,
    run_on,
    touch,
    write,
)
from qiying.slices.calls.operations._settle import settle
from qiying.slices.calls.rules import (
    NOT_EXCLUDED,
    NoteKind,
    PauseReason,
    PauseState,
    Result,
    TermClock,
)
from qiying.slices.registry import public as registry


@operation
def contact(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    is_reached: bool = True,
    text: str = "",
    version: int | None = None,
) -> Call:
    """The lead spoke to the firm, or tried to; the first effective contact counts."""
    move = begin(actor, call_id, "contact", now=now, version=version)
    unit_id = move.lead_unit_id
    note = write(move, NoteKind.CONTACT, text, unit_id=unit_id, is_needed=False)
    insert(
        Contact(
            tenant_id=actor.tenant_id,
            call=move.call,
            round=move.round,
            unit_id=unit_id,
            by_id=actor.person_id,
            at=now,
            is_reached=is_reached,
            words_id=note,
        )
    )
    if not is_reached:
        return touch(move, "calls.contact_failed", note=note, unit=unit_id)
    if move.round.contacted_at is None:
        move.round.contacted_at = now
        update(move.round, ["contacted_at"])
    return move.end(note=note, unit=unit_id)


@operation
def stage_report(
    actor: Actor,
    task_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """A co-handler says how far it is and why it is not done."""
    move = begin_task(actor, task_id, "stage_report", now=now, version=version)
    unit_id = move.task.unit_id
    note = write(move, NoteKind.STAGE_REPORT, text, attachments=attachments, unit_id=unit_id)
    move_task(move.task, "stage_report", move.role, reported_at=now, report_id=note)
    return touch(move, "calls.stage_reported", note=note, unit=unit_id, task=task_id)


@operation
def task_done(
    actor: Actor,
    task_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """A co-handler did its part."""
    move = begin_task(actor, task_id, "task_done", now=now, version=version)
    unit_id = move.task.unit_id
    note = write(move, NoteKind.STAGE_REPORT, text, attachments=attachments, unit_id=unit_id)
    move_task(move.task, "task_done", move.role, done_at=now, report_id=note)
    return touch(move, "calls.task_done", note=note, unit=unit_id, task=task_id)


@operation
def propose_pause(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    reason: str,
    text: str,
    expected_to_at: datetime | None = None,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """Ask that the clock stand still, with reason and evidence; it runs until that is approved."""
    move = begin(actor, call_id, "propose_pause", now=now, version=version)
    if reason not in set(PauseReason):
        raise Invalid("input.invalid", {"reason": "input.choice"})
    expected_to_at = _until(actor, expected_to_at, now=now)
    _require_under_cap(move, reason, expected_to_at)
    unit_id = move.call.lead_unit_id
    note = write(move, NoteKind.PAUSE, text, attachments=attachments, unit_id=unit_id)
    pause = Pause.objects.create(
        tenant_id=actor.tenant_id,
        call=move.call,
        round=move.round,
        state=PauseState.PROPOSED,
        reason_code=reason,
        from_at=now,
        expected_to_at=expected_to_at,
        evidence_id=note,
        proposer_id=actor.person_id,
        proposed_at=now,
    )
    return move.end(note=note, pause=pause.pk, reason=reason, unit=unit_id)


@operation
def approve_pause(
    actor: Actor,
    pause_id: int,
    *,
    now: datetime,
    expected_to_at: datetime | None = None,
    version: int | None = None,
) -> Call:
    """Let the clock stand still from now until a day, the proposed one when none is said.

    The deadline moves with the ledger; the platform ends the pause at that moment.
    """
    move, pause = begin_pause(actor, pause_id, "approve_pause", now=now, version=version)
    is_ahead = pause.expected_to_at is not None and pause.expected_to_at > now
    until = expected_to_at or (pause.expected_to_at if is_ahead else None)
    pause.state, pause.from_at = PauseState.RUNNING, now
    pause.expected_to_at = _until(actor, until, now=now)
    _require_under_cap(move, pause.reason_code, pause.expected_to_at, without=pause.pk)
    pause.approver_id, pause.decided_at = actor.person_id, now
    pause.save(update_fields=["state", "from_at", "expected_to_at", "approver", "decided_at"])
    derive_round(move, move.case.pauses)
    run_answer_clock(move)
    return move.end(
        pause=pause.pk,
        reason=pause.reason_code,
        note=pause.evidence_id,
        due=move.round.promised_at.isoformat(),
    )


def _require_under_cap(
    move: Move, reason: str, until: datetime, *, without: int | None = None
) -> None:
    """All pauses of a round together stop its clock for so many working days and no more."""
    if reason in NOT_EXCLUDED:
        return
    others = [p for p in move.case.pauses if p.pk != without]
    spans = [
        (p.from_at, p.to_at or p.expected_to_at or move.now)
        for p in others
        if p.state in RAN and p.reason_code not in NOT_EXCLUDED
    ]
    days = rules.paused_days([*spans, (move.now, until)], registry.calendar(move.actor))
    most = queries.terms(move.actor, move.now).days(TermClock.PAUSE_CAP)
    if days > most:
        raise Invalid("input.invalid", {"expected_to_at": "calls.pause_cap"}, days=most)


RAN = frozenset({PauseState.RUNNING, PauseState.ENDED})


def _until(actor: Actor, expected_to_at: datetime | None, *, now: datetime) -> datetime:
    """When a pause ends by itself: a moment still to come, or the zone's usual length."""
    if expected_to_at is None:
        terms, calendar = queries.terms(actor, now), registry.calendar(actor)
        return terms.due_at(TermClock.PAUSE, "", now, calendar)
    if expected_to_at <= now:
        raise Invalid("input.invalid", {"expected_to_at": "calls.future"})
    return expected_to_at


@operation
def refuse_pause(
    actor: Actor, pause_id: int, *, now: datetime, text: str, version: int | None = None
) -> Call:
    """The clock runs on."""
    move, pause = begin_pause(actor, pause_id, "refuse_pause", now=now, version=version)
    note = write(move, NoteKind.PAUSE_REFUSAL, text)
    pause.state, pause.approver_id, pause.decided_at = PauseState.REFUSED, actor.person_id, now
    pause.save(update_fields=["state", "approver", "decided_at"])
    return move.end(pause=pause.pk, note=note, reason=pause.reason_code)


@operation
def resume(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str = "",
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """The reason for the pause is gone; the firm may say so itself when it was waited for."""
    move = begin(actor, call_id, "resume", now=now, version=version)
    note = write(move, NoteKind.RESUMPTION, text, attachments=attachments, is_needed=False)
    end_pause(move)
    run_on(move)
    return move.end(note=note, due=move.call.due_at.isoformat())


@operation
def answer(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    result: str,
    text: str,
    evidence: str = "",
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """The lead answers, after every co-handler has done its part or said why not."""
    move = begin(actor, call_id, "answer", now=now, version=version)
    if result not in set(Result):
        raise Invalid("input.invalid", {"result": "input.choice"})
    unit_id = move.call.lead_unit_id
    note = write(move, NoteKind.ANSWER, text, attachments=attachments, unit_id=unit_id)
    proof = write(move, NoteKind.EVIDENCE, evidence, unit_id=unit_id, is_needed=False)
    lead = move.case.lead_task
    if lead is not None:
        move_task(lead, "answer", move.role, done_at=now)
    settle(move, "answer")
    move.move_round(
        "answer",
        answered_at=now,
        answered_by_id=actor.person_id,
        answer_note_id=note,
        result=result,
    )
    run_callback_clock(move)
    return move.end(note=note, proof=proof, unit=unit_id, result=result)


@operation
def review_pass(actor: Actor, call_id: int, *, now: datetime, version: int | None = None) -> Call:
    """The answer is good enough to be read by the firm and asked about."""
    move = begin(actor, call_id, "review_pass", now=now, version=version)
    round_ = move.move_round(
        "review_pass",
        reviewed_at=now,
        reviewed_by_id=actor.person_id,
        evidence_kind=move.case.evidence_kind,
    )
    return move.end(answer=round_.answer_note_id, unit=round_.lead_unit_id)


@operation
def review_return(
    actor: Actor, call_id: int, *, now: datetime, text: str, version: int | None = None
) -> Call:
    """The answer is not good enough: back to the lead, whose clock never stopped."""
    move = begin(actor, call_id, "review_return", now=now, version=version)
    note = write(move, NoteKind.RETURN, text)
    lead = move.case.lead_task
    if lead is not None:
        move_task(lead, "review_return", move.role, done_at=None)
    move.move_round(
        "review_return",
        answered_at=None,
        answered_by_id=None,
        answer_note_id=None,
        result="",
        reviewed_by_id=None,
    )
    move.set(milestone_on=None)
    run_answer_clock(move)
    return move.end(note=note, unit=move.round.lead_unit_id)
