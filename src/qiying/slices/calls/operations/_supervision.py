"""The ladder of supervision: chased, supervised, posted, called in; never skipped in silence."""

from collections.abc import Sequence
from datetime import date, datetime

from qiying.kernel.access import STAFF, Actor
from qiying.kernel.errors import Invalid, NotFound, Refused
from qiying.kernel.people import people_with
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Supervision
from qiying.slices.calls.operations._move import Move, begin, record, write
from qiying.slices.calls.queries import local_day
from qiying.slices.calls.rules import (
    LEVEL_CODES,
    PURPLE_FROM,
    Level,
    NoteKind,
    TermClock,
    Trigger,
)
from qiying.slices.registry import public as registry


@operation
def supervise(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    level: str,
    text: str,
    officer_id: int | None = None,
    version: int | None = None,
) -> Call:
    """A leader puts a call on a rung, or higher; what is passed over is written down."""
    move = begin(actor, call_id, "supervise", now=now, version=version)
    wanted = LEVEL_CODES.get(level)
    if wanted is None:
        raise Invalid("input.invalid", {"level": "input.choice"})
    if wanted <= move.call.supervision_level:
        raise Refused("calls.rung_not_higher")
    if officer_id is not None:
        staff = people_with(actor, *sorted(STAFF), on=local_day(now))
        if officer_id not in {p.pk for p in staff}:
            raise Invalid("input.invalid", {"officer_id": "input.choice"})
    note = write(move, NoteKind.SUPERVISION, text)
    officer_id = officer_id or officer_for(move, wanted)
    if officer_id is None and wanted >= PURPLE_FROM:
        raise Invalid("input.invalid", {"officer_id": "input.required"})
    return put_on(move, wanted, Trigger.MARK, officer_id=officer_id, note=note)


def officer_for(move: Move, level: Level) -> int | None:
    """Who is in charge of a rung when nobody was named: by role, the unit's own for the first."""
    call, on = move.call, local_day(move.now)
    for role in rules.IN_CHARGE[level]:
        unit_id = call.lead_unit_id if level is Level.CHASE else None
        held = people_with(move.actor, role, unit_id=unit_id, on=on)
        if held:
            return held[0].pk
    return None


def put_on(
    move: Move,
    level: Level,
    trigger: Trigger,
    *,
    officer_id: int | None,
    note: int | None = None,
) -> Call:
    """End the rung below and begin this one, with its limit and its first weekly note."""
    call, actor, calendar = move.call, move.actor, registry.calendar(move.actor)
    terms, below = queries.terms(actor, move.now), _leave(move)
    skipped = level - below - 1
    row = Supervision.objects.create(
        tenant_id=actor.tenant_id,
        call=call,
        level=int(level),
        trigger=trigger,
        skipped=skipped,
        skip_reason=trigger if skipped else "",
        unit_id=call.lead_unit_id,
        officer_id=officer_id,
        opened_at=move.now,
        opened_by_id=actor.person_id,
        reason_id=note,
        limit_at=terms.due_at(TermClock.LIMIT, level.code, move.now, calendar),
        note_due_at=terms.due_at(TermClock.NOTE, "", move.now, calendar),
        chases=int(level is Level.CHASE),
        chased_at=move.now if level is Level.CHASE else None,
    )
    move.case.supervision = row
    move.set(supervision_level=int(level))
    return move.end(
        note=note,
        level=level.code,
        trigger=trigger,
        skipped=[Level(n).code for n in range(below + 1, level)] or None,
        unit=call.lead_unit_id,
        person=officer_id,
        limit=row.limit_at.isoformat(),
    )


def _leave(move: Move) -> int:
    """End the rung that the call stands on; which one it was, 0 for none."""
    old = move.case.supervision
    if old is None:
        return 0
    _step(move, old, "supervise", ended_by_id=move.actor.person_id)
    return old.level


def _step(move: Move, row: Supervision, name: str, **values: object) -> None:
    """Move a rung along its own row of the table and write it."""
    step = rules.SUPERVISION.step(row.state, name, frozenset({move.role}))
    row.state = step.target or row.state
    if row.state not in rules.STANDING:
        values["ended_at"] = move.now
    for field, value in values.items():
        setattr(row, field, value)
    row.save(update_fields=["state", *values])


def _standing(move: Move) -> Supervision:
    row = move.case.supervision
    if row is None:
        raise NotFound("not_found")
    return row


@operation
def supervision_note(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """The weekly note: what was done since, what comes next."""
    move = begin(actor, call_id, "supervision_note", now=now, version=version)
    row = _standing(move)
    note = write(move, NoteKind.SUPERVISION, text, attachments=attachments)
    row.noted_at = now
    terms, calendar = queries.terms(actor, now), registry.calendar(actor)
    row.note_due_at = terms.due_at(TermClock.NOTE, "", now, calendar)
    row.save(update_fields=["noted_at", "note_due_at"])
    return move.end(note=note, level=Level(row.level).code)


@operation
def record_interview(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    talked_on: date,
    text: str,
    promised_on: date | None = None,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """The minutes of the interview with the unit; before them nobody takes the call off the rung.

    Raises
    ------
    Invalid
        A day before the rung began or after today; a promise for a day before the interview.
    """
    move = begin(actor, call_id, "record_interview", now=now, version=version)
    row = _standing(move)
    if not local_day(row.opened_at) <= talked_on <= local_day(now):
        raise Invalid("input.invalid", {"talked_on": "calls.interview_day"})
    if promised_on is not None and promised_on < talked_on:
        raise Invalid("input.invalid", {"promised_on": "calls.interview_promise"})
    note = write(move, NoteKind.SUPERVISION, text, attachments=attachments)
    row.talked_on, row.talked_by_id = talked_on, actor.person_id
    row.talk_id, row.promised_on = note, promised_on
    row.save(update_fields=["talked_on", "talked_by", "talk", "promised_on"])
    return move.end(
        note=note,
        unit=row.unit_id,
        day=talked_on.isoformat(),
        promised=promised_on.isoformat() if promised_on else None,
    )


@operation
def propose_removal(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """The unit says what was done and asks to be taken off; somebody else decides."""
    move = begin(actor, call_id, "propose_removal", now=now, version=version)
    row = _standing(move)
    note = write(
        move, NoteKind.REMOVAL, text, attachments=attachments, unit_id=move.call.lead_unit_id
    )
    _step(
        move,
        row,
        "propose_removal",
        removal_id=note,
        removal_by_id=actor.person_id,
        removal_at=now,
    )
    return move.end(note=note, level=Level(row.level).code, unit=row.unit_id)


@operation
def approve_removal(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str = "",
    version: int | None = None,
) -> Call:
    """Take the call off the ladder; never the unit itself."""
    move = begin(actor, call_id, "approve_removal", now=now, version=version)
    row = _standing(move)
    note = write(move, NoteKind.REMOVAL, text, is_needed=False)
    _step(move, row, "approve_removal", ended_by_id=actor.person_id)
    move.set(supervision_level=0)
    return move.end(note=note, level=Level(row.level).code, unit=row.unit_id)


@operation
def refuse_removal(
    actor: Actor, call_id: int, *, now: datetime, text: str, version: int | None = None
) -> Call:
    """It stays on its rung; the unit may ask again."""
    move = begin(actor, call_id, "refuse_removal", now=now, version=version)
    row = _standing(move)
    note = write(move, NoteKind.REMOVAL, text)
    _step(move, row, "refuse_removal")
    return move.end(note=note, level=Level(row.level).code, unit=row.unit_id)


def settle_supervision(move: Move, name: str) -> None:
    """A notice on a low rung ends with the call; what was posted waits for a decision.

    A call that was withdrawn or not accepted has nobody left to decide about.
    """
    row = move.case.supervision
    if row is None or (row.level >= PURPLE_FROM and name not in rules.ENDS_CALL):
        return
    _step(move, row, name, ended_by_id=move.actor.person_id)
    move.set(supervision_level=0)
    record(
        move,
        "calls.supervision_ended",
        round=move.call.current_round,
        level=Level(row.level).code,
    )
