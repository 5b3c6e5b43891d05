"""Periodic work: reminders of the limits, and deadlines derived again when the calendar changed."""

from collections.abc import Callable
from datetime import datetime

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound
from qiying.kernel.tenancy import operation
from qiying.slices.mediation import queries, rules
from qiying.slices.mediation.operations._move import DERIVED, derive
from qiying.slices.mediation.queries import Docket
from qiying.slices.mediation.rules import Reminder
from qiying.slices.registry import public as registry

Tell = Callable[[Docket, Reminder], None]


@operation
def remind(actor: Actor, case_id: int, *, tell: Tell, now: datetime) -> int:
    """Say what is due to be said of a case, each thing once, and note how far it was said."""
    actor.require(Role.SYSTEM)
    case = queries.get_case(actor, case_id, for_update=True)
    docket = queries.docket(actor, case, now=now)
    due = [r for r in rules.reminders(docket.days()) if case.reminded_until < r.at <= now]
    for kind in sorted({r.kind for r in due}):
        # after a pause of the worker only the latest word of a kind is worth saying
        latest = max((r for r in due if r.kind == kind), key=lambda r: r.at)
        tell(docket, latest)
        events.record(
            "mediation.reminded",
            subject=case,
            actor=actor,
            now=now,
            kind=latest.kind,
            left=latest.left,
        )
    case.reminded_until = now
    derive(docket)
    case.save(update_fields=sorted(DERIVED))
    return len(due)


@operation
def rederive(actor: Actor, case_id: int, *, now: datetime) -> bool:
    """Derive the deadlines of a case from the calendar that counts now; True when one moved."""
    actor.require(Role.SYSTEM)
    case = queries.get_case(actor, case_id, for_update=True)
    before = (case.settle_due_at, case.confirm_due_at)
    derive(queries.docket(actor, case, now=now))
    case.save(update_fields=sorted(DERIVED))
    has_moved = before != (case.settle_due_at, case.confirm_due_at)
    if has_moved:
        events.record("mediation.deadline_derived", subject=case, actor=actor, now=now)
    return has_moved


def sweep(actor: Actor, *, tell: Tell, now: datetime) -> int:
    """Once a minute: the reminders that are due, and deadlines of an older calendar."""
    with tenancy.reading(actor):
        ids = queries.to_remind(actor, now=now)
        try:
            version = registry.calendar(actor).version
        except NotFound:
            return 0
        stale = queries.to_rederive(actor, version=version)
    for case_id in stale:
        rederive(actor, case_id, now=now)
    return sum(remind(actor, case_id, tell=tell, now=now) for case_id in ids)
