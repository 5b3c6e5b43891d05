"""Pauses that are over: the platform lets the clock run on, whether or not anybody is there."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from qiying.kernel.access import Actor, Role
from qiying.kernel.tenancy import operation
from qiying.kernel.writes import update
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Pause
from qiying.slices.calls.operations._intake import lapse_info
from qiying.slices.calls.operations._move import begin, end_pause, run_on
from qiying.slices.calls.rules import NOT_EXCLUDED, CallState, PauseState, TermClock
from qiying.slices.registry import public as registry

AT_ONCE = 200


@operation
def end_pauses(actor: Actor, *, now: datetime) -> int:
    """End every approved pause whose day has come; how many ended, each with an event.

    It ends at the moment that was approved, however late the sweeper comes. A pause that does not
    stop the clock also ends when the time runs out, so that nothing is late and paused at once.
    Rows that another sweeper holds are left to it.
    """
    actor.require(Role.SYSTEM)
    over = Q(expected_to_at__lte=now) | Q(
        reason_code__in=sorted(NOT_EXCLUDED), call__due_at__lt=now
    )
    running = Pause.objects.filter(
        over,
        tenant_id=actor.tenant_id,
        call_id=OuterRef("pk"),
        state=PauseState.RUNNING,
        round__number=F("call__current_round"),
    )
    rows = Call.objects.filter(
        Exists(running), tenant_id=actor.tenant_id, state=CallState.SUSPENDED
    )
    held = rows.order_by("id").select_for_update(skip_locked=True, of=("self",))
    ids = list(held.values_list("id", flat=True)[:AT_ONCE])
    for call_id in ids:
        _end(actor, call_id, now)
    return len(ids)


@operation
def lapse_infos(actor: Actor, *, now: datetime) -> int:
    """Bring every call back to the desk whose firm let its time for information pass; how many.

    Nothing is closed by it. What was asked before the firm's time had an end gets one here,
    counted from the day on which it was asked.
    """
    actor.require(Role.SYSTEM)
    _end_what_had_none(actor, now)
    asked = Pause.objects.filter(
        tenant_id=actor.tenant_id,
        call_id=OuterRef("pk"),
        state=PauseState.RUNNING,
        round__number=F("call__current_round"),
        expected_to_at__lte=now,
    )
    rows = Call.objects.filter(Exists(asked), tenant_id=actor.tenant_id, state=CallState.NEED_INFO)
    held = rows.order_by("id").select_for_update(skip_locked=True, of=("self",))
    ids = list(held.values_list("id", flat=True)[:AT_ONCE])
    for call_id in ids:
        lapse_info(actor, call_id, now=now)
    return len(ids)


def _end_what_had_none(actor: Actor, now: datetime) -> None:
    calendar, within = registry.calendar(actor), queries.terms(actor, now).rule(TermClock.INFO)
    for pause in Pause.objects.filter(
        tenant_id=actor.tenant_id,
        state=PauseState.RUNNING,
        expected_to_at=None,
        call__state=CallState.NEED_INFO,
    ).select_for_update(skip_locked=True, of=("self",))[:AT_ONCE]:
        pause.expected_to_at = max(now, rules.due_at(pause.from_at, within, calendar))
        update(pause, ["expected_to_at"])


def _end(actor: Actor, call_id: int, now: datetime) -> None:
    move = begin(actor, call_id, "resume", now=now)
    pause = move.case.running_pause
    until = pause.expected_to_at if pause else None
    end_pause(move, at=min(until, now) if until else now)
    run_on(move)
    move.end(
        pause=pause.pk if pause else None,
        due=move.call.due_at.isoformat(),
        unit=move.call.lead_unit_id,
        is_over=True,
    )
