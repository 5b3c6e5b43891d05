"""What the clock does on the ladder: calls are put on a rung, rungs follow each other."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Pause, Supervision
from qiying.slices.calls.operations._move import begin
from qiying.slices.calls.operations._supervision import officer_for, put_on
from qiying.slices.calls.queries import Case
from qiying.slices.calls.rules import (
    LEVEL_OF,
    MEETING_FROM_ROUND,
    NOT_EXCLUDED,
    OF_THE_HOUSE,
    PAUSED,
    PURPLE_FROM,
    STANDING,
    WITH_UNIT,
    CallState,
    Level,
    PauseState,
    SupervisionState,
    TermClock,
    Trigger,
    Urgency,
)
from qiying.slices.registry import public as registry

AT_ONCE = 200
AT_WORK = sorted(WITH_UNIT - PAUSED)
IN_HAND = sorted(WITH_UNIT)
WEIGHT = [
    Trigger.DANGER,
    Trigger.THIRD_ROUND,
    Trigger.LONG_OVERDUE,
    Trigger.REPEATED,
    Trigger.PAUSE_CAP,
    Trigger.OVERDUE,
    Trigger.LIMIT_OVER,
]
"""Which reason is named when several hold: the gravest first."""


@operation
def climb(actor: Actor, *, now: datetime) -> int:
    """Put calls on the rung that they came to, each once; note the weekly notes that are missing.

    Rows that another sweeper holds are left to it; a rung that a call stands on is not begun again.
    """
    actor.require(Role.SYSTEM)
    found: dict[int, tuple[Level, Trigger]] = {}
    for trigger in WEIGHT:
        for call_id, level in _due(actor, trigger, now):
            if level > found.get(call_id, (0, trigger))[0]:
                found[call_id] = (level, trigger)
    raised = sum(_raise(actor, pk, *found[pk], now=now) for pk in sorted(found))
    return raised + _missing_notes(actor, now)


def _raise(actor: Actor, call_id: int, level: Level, trigger: Trigger, *, now: datetime) -> bool:
    """Begin the rung; without anybody to lead it a call is not posted but supervised."""
    move = begin(actor, call_id, "supervise", now=now)
    officer_id = officer_for(move, level)
    if officer_id is None and level >= PURPLE_FROM:
        level = Level.SUPERVISE
    if level <= move.call.supervision_level:
        return False
    put_on(move, level, trigger, officer_id=officer_id)
    return True


def _due(actor: Actor, trigger: Trigger, now: datetime) -> Iterator[tuple[int, Level]]:
    """The calls that a trigger brings to a rung, locked."""
    if trigger is Trigger.LIMIT_OVER:
        yield from _limits_over(actor, now)
        return
    level = LEVEL_OF[trigger]
    rows = Call.objects.filter(tenant_id=actor.tenant_id, supervision_level__lt=int(level))
    for call in _locked(_triggered(actor, rows, trigger, now)):
        if trigger is not Trigger.PAUSE_CAP or Case(actor, call, now).is_paused_to_the_cap:
            yield call.pk, level


def _triggered(
    actor: Actor, rows: QuerySet[Call], trigger: Trigger, now: datetime
) -> QuerySet[Call]:
    calendar = registry.calendar(actor)
    long = queries.terms(actor, now).days(TermClock.LONG_OVERDUE)
    units = Q(state__in=AT_WORK) & ~Q(clock__in=sorted(OF_THE_HOUSE))
    tests: dict[Trigger, Q] = {
        Trigger.OVERDUE: units & Q(due_at__lt=now),
        Trigger.LONG_OVERDUE: units
        & Q(due_at__lt=rules.long_overdue_before(now, calendar, days=long)),
        Trigger.THIRD_ROUND: Q(state__in=IN_HAND, current_round__gte=MEETING_FROM_ROUND),
        Trigger.DANGER: Q(state__in=IN_HAND, urgency=Urgency.DANGER),
    }
    if trigger is Trigger.REPEATED:
        return _repeated(actor, rows, now)
    if trigger is Trigger.PAUSE_CAP:
        return _often_paused(actor, rows)
    return rows.filter(tests[trigger], lead_unit__isnull=False)


def _repeated(actor: Actor, rows: QuerySet[Call], now: datetime) -> QuerySet[Call]:
    """The latest call of a firm that came with the same matter again and again."""
    since = now - timedelta(days=rules.REPEATED_DAYS)
    same = (
        Call.objects.filter(
            tenant_id=actor.tenant_id,
            enterprise_id=OuterRef("enterprise_id"),
            matter_code=OuterRef("matter_code"),
            received_at__gte=since,
            id__lte=OuterRef("id"),
        )
        .exclude(state__in=[CallState.DECLINED, CallState.WITHDRAWN])
        .order_by()
        .values("enterprise_id")
        .annotate(n=Count("id"))
        .values("n")
    )
    fresh = rows.filter(
        state__in=IN_HAND,
        received_at__gte=since,
        enterprise__isnull=False,
        lead_unit__isnull=False,
    )
    return fresh.exclude(matter_code="").filter(
        id__in=fresh.exclude(matter_code="")
        .annotate(times=Subquery(same))
        .filter(times__gte=rules.REPEATED_CALLS)
        .values("id")
    )


def _often_paused(actor: Actor, rows: QuerySet[Call]) -> QuerySet[Call]:
    """Calls whose clock stood still in their round; how long is counted by the calendar."""
    paused = Pause.objects.filter(
        tenant_id=actor.tenant_id,
        call_id=OuterRef("pk"),
        round__number=OuterRef("current_round"),
        state__in=[PauseState.RUNNING, PauseState.ENDED],
    ).exclude(reason_code__in=sorted(NOT_EXCLUDED))
    return rows.filter(Exists(paused), state__in=IN_HAND, lead_unit__isnull=False)


def _limits_over(actor: Actor, now: datetime) -> Iterator[tuple[int, Level]]:
    """Rungs whose limit ran out while the unit still had the call: the next one follows."""
    rows = (
        Supervision.objects.filter(
            tenant_id=actor.tenant_id,
            state=SupervisionState.OPEN,
            level__lt=int(Level.INTERVIEW),
            limit_at__lt=now,
            call__state__in=IN_HAND,
        )
        .order_by("limit_at", "id")
        .select_for_update(skip_locked=True, of=("self",))
    )
    for row in rows[:AT_ONCE]:
        yield row.call_id, Level(row.level + 1)


def _locked(rows: QuerySet[Call]) -> Iterable[Call]:
    held = rows.order_by("id").select_for_update(skip_locked=True, of=("self",))
    return held.defer("text", "words", "ranking")[:AT_ONCE]


def _missing_notes(actor: Actor, now: datetime) -> int:
    """Say once for each week that the note of a standing rung did not come."""
    rows = (
        Supervision.objects.filter(
            tenant_id=actor.tenant_id, state__in=sorted(STANDING), note_due_at__lt=now
        )
        .filter(Q(note_missed_at=None) | Q(note_missed_at__lt=F("note_due_at")))
        .select_related("call")
        .order_by("id")
        .select_for_update(skip_locked=True, of=("self",))
    )
    missing = list(rows[:AT_ONCE])
    for row in missing:
        row.note_missed_at = row.note_due_at
        row.save(update_fields=["note_missed_at"])
        events.record(
            "calls.supervision_note_missed",
            subject=row.call,
            actor=actor,
            now=now,
            role=Role.SYSTEM,
            round=row.call.current_round,
            level=Level(row.level).code,
            unit=row.unit_id,
            person=row.officer_id,
            due=row.note_due_at.isoformat(),
        )
    return len(missing)
