"""The firm has the last word: call-back, rating, closing, re-opening."""

from collections.abc import Sequence
from datetime import datetime

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound, Refused
from qiying.kernel.tenancy import operation
from qiying.kernel.writes import insert, update
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, CallBack, Round
from qiying.slices.calls.operations._extension import counted_until
from qiying.slices.calls.operations._meetings import open_meeting
from qiying.slices.calls.operations._move import (
    Move,
    begin,
    run_answer_clock,
    step_clock,
    step_due,
    write,
)
from qiying.slices.calls.operations._settle import settle
from qiying.slices.calls.operations._tasks import make_tasks
from qiying.slices.calls.rules import (
    FAILED,
    REOPEN_WITHIN,
    Clock,
    ClosureType,
    NoteKind,
    Outcome,
    Resolved,
    Result,
    TermClock,
)
from qiying.slices.registry import public as registry

CLOSES_AS = {Resolved.YES: ClosureType.SOLVED, Resolved.PARTLY: ClosureType.PARTLY}
HONEST = frozenset({Result.EXPLAINED, Result.LEGAL_PATH})
"""Answers that never claimed to solve it; a firm can accept them as such."""


@operation
def attempt_callback(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    outcome: str,
    text: str = "",
    version: int | None = None,
) -> Call:
    """The firm was not reached; after three attempts on two days the call may close."""
    move = begin(actor, call_id, "attempt_callback", now=now, version=version)
    _require_failed(outcome)
    row = _ring(move, outcome, text=text)
    return move.end(note=row.words_id, attempt=row.attempt, outcome=outcome, callback=row.pk)


@operation
def supersede_attempt(
    actor: Actor,
    call_id: int,
    *,
    callback_id: int,
    now: datetime,
    outcome: str,
    text: str,
    version: int | None = None,
) -> Call:
    """Correct an attempt by a new row; the old one stays and counts no more."""
    move = begin(actor, call_id, "supersede_attempt", now=now, version=version)
    _require_failed(outcome)
    old = next((c for c in move.case.callbacks if c.pk == callback_id), None)
    if old is None:
        raise NotFound("not_found")
    row = _ring(move, outcome, text=text, at=old.at)
    old.superseded_by = row
    old.save(update_fields=["superseded_by"])
    return move.end(note=row.words_id, outcome=outcome, callback=row.pk, superseded=old.pk)


def _require_failed(outcome: str) -> None:
    if outcome not in FAILED:
        raise Invalid("input.invalid", {"outcome": "input.choice"})


def _ring(
    move: Move, outcome: str, *, text: str, resolved: str = "", at: datetime | None = None
) -> CallBack:
    """Write an attempt down."""
    if move.actor.person_id is None:
        raise Refused("calls.person_needed")
    note = write(move, NoteKind.CALLBACK, text, is_needed=outcome == Outcome.REJECTED)
    attempt = max((c.attempt for c in move.case.callbacks), default=0) + 1
    row = CallBack(
        tenant_id=move.actor.tenant_id,
        call=move.call,
        round=move.round,
        by_id=move.actor.person_id,
        at=at or move.now,
        attempt=attempt,
        outcome=outcome,
        resolved=resolved,
        words_id=note,
    )
    return insert(row)


@operation
def callback_confirm(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    resolved: str,
    text: str = "",
    version: int | None = None,
) -> Call:
    """The firm was reached and accepts the answer; only what it calls solved counts as solved."""
    move = begin(actor, call_id, "callback_confirm", now=now, version=version)
    if resolved not in set(Resolved):
        raise Invalid("input.invalid", {"resolved": "input.choice"})
    result = move.round.result
    if resolved == Resolved.NO and result not in HONEST:
        raise Refused("calls.unsolved_is_redone")
    row = _ring(move, Outcome.CONFIRMED, text=text, resolved=resolved)
    closure = CLOSES_AS.get(Resolved(resolved), ClosureType(result))
    _close(move, "callback_confirm", closure, resolved=resolved)
    return move.end(note=row.words_id, closure=closure, resolved=resolved, confirmed=True)


@operation
def close_unreached(
    actor: Actor, call_id: int, *, now: datetime, version: int | None = None
) -> Call:
    """Close without the firm's word, on three documented attempts; it never counts as solved."""
    move = begin(actor, call_id, "close_unreached", now=now, version=version)
    closure = ClosureType(move.round.result)
    _close(move, "close_unreached", closure, resolved="")
    return move.end(closure=closure, confirmed=False)


def _close(move: Move, name: str, closure: str, *, resolved: str) -> None:
    round_ = move.round
    heard = (
        {"called_back_at": move.now, "called_back_by_id": move.actor.person_id} if resolved else {}
    )
    answered_at = round_.answered_at
    move.move_round(
        name,
        **heard,
        resolved=resolved,
        closed_at=move.now,
        is_on_time=answered_at is not None
        and answered_at <= counted_until(round_, move.case.granted),
    )
    move.set(
        closed_at=move.now,
        closure_type=closure,
        is_confirmed=bool(resolved),
        reopen_until=move.now + REOPEN_WITHIN,
        due_at=round_.promised_at,
        yellow_at=round_.yellow_at,
        clock=Clock.ANSWER,
    )
    settle(move, name)
    step_clock(move, None)


@operation
def callback_reject(
    actor: Actor, call_id: int, *, now: datetime, text: str, version: int | None = None
) -> Call:
    """The firm is not content: the next round begins at once, with a clock of its own."""
    move = begin(actor, call_id, "callback_reject", now=now, version=version)
    row = _ring(move, Outcome.REJECTED, text=text, resolved=Resolved.NO)
    move.move_round(
        "callback_reject",
        resolved=Resolved.NO,
        called_back_at=now,
        called_back_by_id=actor.person_id,
        is_on_time=False,
    )
    _next_round(move, "callback_reject")
    return move.end(note=row.words_id, callback=row.pk, unit=move.call.lead_unit_id)


@operation
def hear_discontent(
    actor: Actor, call_id: int, *, now: datetime, text: str, version: int | None = None
) -> Call:
    """The firm told another house that asked it (12345) that it is not content: the next round.

    It is nobody's call-back here, so none is written down; nor does it count as one.
    """
    move = begin(actor, call_id, "hear_discontent", now=now, version=version)
    note = write(move, NoteKind.REOPENING, text)
    move.move_round("hear_discontent", resolved=Resolved.NO, is_on_time=False)
    _next_round(move, "hear_discontent")
    return move.end(note=note, unit=move.call.lead_unit_id)


@operation
def reopen(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """The firm opens a closed call again within 30 days; nobody has to agree."""
    move = begin(actor, call_id, "reopen", now=now, version=version)
    note = write(move, NoteKind.REOPENING, text, attachments=attachments)
    move.round.reopened_at = now
    move.round.save(update_fields=["reopened_at"])
    move.set(closed_at=None, closure_type="", is_confirmed=False, reopen_until=None)
    _next_round(move, "reopen")
    return move.end(note=note, unit=move.call.lead_unit_id)


def _next_round(move: Move, name: str) -> None:
    """Open the next round with the same lead and start its clocks."""
    call, last = move.call, move.round
    settle(move, name)
    rule = queries.terms(move.actor, move.now).rule(TermClock.REDO)
    term = rules.term(move.now, rule, registry.calendar(move.actor))
    move.set(current_round=call.current_round + 1, milestone_on=None)
    round_ = Round.objects.create(
        tenant_id=move.actor.tenant_id,
        call=call,
        number=call.current_round,
        lead_unit_id=last.lead_unit_id,
        started_at=move.now,
        rule_kind=rule.kind,
        rule_amount=rule.amount,
        due_at=term.due_at,
        yellow_at=term.yellow_at,
        is_provisional=term.is_provisional,
        calendar_version=term.calendar_version,
        contact_due_at=_contact_due_at(move, last.lead_unit_id),
    )
    move.case.begin_round(round_)
    make_tasks(move.actor, call, round_, lead_unit_id=call.lead_unit_id, co_units=(), now=move.now)
    open_meeting(move, round_)
    run_answer_clock(move)
    step_clock(move, Clock.SIGN)


def _contact_due_at(move: Move, lead_unit_id: int | None) -> datetime | None:
    """A unit that has to do it again speaks to the firm again, and in time."""
    if lead_unit_id is None:
        return None
    return step_due(move.actor, Clock.CONTACT, move.call.urgency, move.now, now=move.now)


@operation
def rate(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    grade: int,
    resolved: str,
    text: str = "",
    version: int | None = None,
) -> Call:
    """The firm rates the round, once. Silence is never taken for contentment."""
    move = begin(actor, call_id, "rate", now=now, version=version)
    if not 1 <= grade <= 5:
        raise Invalid("input.invalid", {"grade": "input.choice"})
    if resolved not in set(Resolved):
        raise Invalid("input.invalid", {"resolved": "input.choice"})
    note = write(move, NoteKind.RATING, text, is_needed=False)
    round_ = move.round
    round_.rating, round_.rating_resolved, round_.rated_at = grade, resolved, now
    update(round_, ["rating", "rating_resolved", "rated_at"])
    return move.end(note=note, grade=grade, resolved=resolved, unit=round_.lead_unit_id)


@operation
def archive(actor: Actor, call_id: int, *, now: datetime, version: int | None = None) -> Call:
    """Put a call away that nobody can open again."""
    move = begin(actor, call_id, "archive", now=now, version=version)
    return move.end()
