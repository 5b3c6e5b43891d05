"""More time for a round: asked for by the lead with its reasons, granted by somebody else."""

from collections.abc import Sequence
from datetime import date, datetime

from qiying.engines.worktime import Calendar
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Extension, Round
from qiying.slices.calls.operations._move import (
    Move,
    begin,
    derive_round,
    ledger,
    run_answer_clock,
    write,
)
from qiying.slices.calls.queries import local_day
from qiying.slices.calls.rules import (
    Clock,
    Entity,
    ExtensionReason,
    ExtensionState,
    NoteKind,
    TermClock,
)
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry


@operation
def propose_extension(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    reason: str,
    text: str,
    until_on: date,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """Ask for a later day before the promise runs out; it runs on until somebody else agrees."""
    move = begin(actor, call_id, "propose_extension", now=now, version=version)
    if reason not in set(ExtensionReason):
        raise Invalid("input.invalid", {"reason": "input.choice"})
    row = _extension(move, until_on)
    unit_id = move.call.lead_unit_id
    row.evidence_id = write(
        move, NoteKind.EXTENSION, text, attachments=attachments, unit_id=unit_id
    )
    row.reason_code = reason
    row.save()
    return move.end(
        note=row.evidence_id,
        extension=row.pk,
        reason=reason,
        unit=unit_id,
        until=until_on.isoformat(),
        in_time=row.is_in_time,
    )


def _extension(move: Move, until_on: date) -> Extension:
    """What is asked for, with the due time that it would give; Invalid when it gives nothing."""
    round_, calendar = move.round, registry.calendar(move.actor)
    amount = _amount(move, until_on, calendar)
    due_at = _due_with(move, [*(e.amount for e in move.case.granted), amount], calendar)
    if due_at <= round_.promised_at:
        raise Invalid("input.invalid", {"until_on": "calls.extension_day"})
    return Extension(
        tenant_id=move.actor.tenant_id,
        call=move.call,
        round=round_,
        amount=amount,
        until_on=until_on,
        due_before_at=round_.promised_at,
        due_at=due_at,
        is_in_time=rules.asked_in_time(move.now, round_.promised_at, calendar),
        proposer_id=move.actor.person_id,
        proposed_at=move.now,
    )


def _amount(move: Move, until_on: date, calendar: Calendar) -> float:
    """What the new day adds to the rule of the round; Invalid outside the caps."""
    round_ = move.round
    latest = _latest(move, calendar)
    rule = rules.rule_of(round_.rule_kind, round_.rule_amount)
    amount = rules.extension_amount(rule, round_.promised_at, until_on, calendar)
    if amount <= 0 or until_on > latest or not calendar.is_working_day(until_on):
        raise Invalid("input.invalid", {"until_on": "calls.extension_day"}, latest=f"{latest}")
    return amount


def _latest(move: Move, calendar: Calendar) -> date:
    """The last day that can be asked for: the zone's cap, or a shorter one of the register.

    A longer one than the zone's counts only where a statute sets the limit of the matter.
    """
    call, first_due_at = move.call, move.round.due_at
    most = queries.terms(move.actor, move.now).days(TermClock.EXTENSION)
    if call.matter_code:
        try:
            card = mandate.matter(move.actor, call.matter_code, local_day(call.received_at))
        except NotFound:
            return rules.latest_extension(first_due_at, calendar, days=most)
        limit = queries.limit_of(card)
        is_law = limit is not None and limit.is_law
        most = card.extension_max if is_law else min(most, card.extension_max)
    return rules.latest_extension(first_due_at, calendar, days=most)


def _due_with(move: Move, amounts: Sequence[float], calendar: Calendar) -> datetime:
    round_ = move.round
    rule = rules.rule_of(round_.rule_kind, round_.rule_amount)
    paused = ledger(move.case.pauses)
    return rules.promise(round_.started_at, rule, calendar, paused, amounts).shown.due_at


@operation
def approve_extension(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str = "",
    version: int | None = None,
) -> Call:
    """Grant the time that was asked for; the first due time stays on record and the firm is told."""
    move = begin(actor, call_id, "approve_extension", now=now, version=version)
    row = _proposed(move)
    before = move.round.promised_at
    ordinal = len(move.case.granted) + 1
    _decide(move, row, "approve_extension", text=text, ordinal=ordinal)
    derive_round(move, move.case.pauses)
    if move.call.clock == Clock.ANSWER:
        run_answer_clock(move)
    return move.end(
        note=row.evidence_id,
        extension=row.pk,
        reason=row.reason_code,
        due_before=before.isoformat(),
        due=move.round.promised_at.isoformat(),
        unit=move.call.lead_unit_id,
    )


@operation
def refuse_extension(
    actor: Actor, call_id: int, *, now: datetime, text: str, version: int | None = None
) -> Call:
    """The promise stands."""
    move = begin(actor, call_id, "refuse_extension", now=now, version=version)
    row = _proposed(move)
    _decide(move, row, "refuse_extension", text=text)
    return move.end(
        note=row.reply_id, extension=row.pk, reason=row.reason_code, unit=move.call.lead_unit_id
    )


def _proposed(move: Move) -> Extension:
    row = move.case.proposed_extension
    if row is None:
        raise NotFound("not_found")
    return row


def _decide(
    move: Move, row: Extension, name: str, *, text: str, ordinal: int | None = None
) -> None:
    step = rules.LIFECYCLES[Entity.EXTENSION].step(row.state, name, frozenset({move.role}))
    row.reply_id = write(move, NoteKind.EXTENSION_REPLY, text, is_needed=step.target != GRANTED)
    row.state, row.ordinal = step.target or row.state, ordinal
    row.approver_id, row.decided_at = move.actor.person_id, move.now
    row.save(update_fields=["state", "ordinal", "approver", "decided_at", "reply"])


GRANTED = ExtensionState.GRANTED


def counted_until(round_: Round, granted: Sequence[Extension]) -> datetime:
    """Until when an answer counts as on time: extensions asked for too late stretch no rate."""
    return max((round_.due_at, *(e.due_at for e in granted if e.is_in_time)))
