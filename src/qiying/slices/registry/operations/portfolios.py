"""Which officer looks after which firms: by grid, or for single firms."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from qiying.kernel import events, people, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, NotFound
from qiying.slices.registry import queries
from qiying.slices.registry.models import Enterprise, GridDuty
from qiying.slices.registry.rules.kinds import AreaKind
from qiying.slices.registry.rules.lifecycles import ASSIGNERS

MOST_FIRMS = 2000


@tenancy.operation
def assign_grid(actor: Actor, grid_key: str, officer_id: int, *, now: datetime) -> GridDuty:
    """Let an officer answer for a grid from today on, and for its firms without one of their own.

    Raises
    ------
    NotFound
        No such grid in force.
    Invalid
        ``registry.officer`` when the person holds no role of grid officer today.
    """
    actor.require(*ASSIGNERS)
    today = timezone.localdate(now)
    grid = queries.list_areas_on(actor, today, [AreaKind.GRID]).filter(key=grid_key).first()
    if grid is None:
        raise NotFound("not_found")
    _require_officer(actor, officer_id, now=now)
    duty = _succeed(actor, grid_key, officer_id, now=now)
    theirs = Enterprise.objects.visible_to(actor).filter(grid__key=grid_key, is_officer_own=False)
    many = theirs.exclude(grid_officer_id=officer_id).update(grid_officer_id=officer_id)
    events.record(
        "registry.grid_assigned",
        subject=duty,
        actor=actor,
        now=now,
        grid=grid.key,
        officer=officer_id,
        firms=many,
    )
    return duty


def _succeed(actor: Actor, grid_key: str, officer_id: int, *, now: datetime) -> GridDuty:
    """End the duty in force and begin another; a duty that began today is handed over whole."""
    today = timezone.localdate(now)
    before = queries.grid_duties(actor, on=today).get(grid_key)
    if before is not None and before.valid_from == today:
        before.officer_id = officer_id
        before.save(update_fields=["officer"])
        return before
    if before is not None:
        if before.officer_id == officer_id:
            return before
        before.valid_to = today
        before.save(update_fields=["valid_to"])
    return GridDuty.objects.create(
        tenant_id=actor.tenant_id, grid_key=grid_key, officer_id=officer_id, valid_from=today
    )


@tenancy.operation
def assign_firms(
    actor: Actor, enterprise_ids: Iterable[int], officer_id: int | None, *, now: datetime
) -> int:
    """Name an officer for single firms; None gives them back to the officer of their grid."""
    actor.require(*ASSIGNERS)
    ids = sorted(set(enterprise_ids))[: MOST_FIRMS + 1]
    if len(ids) > MOST_FIRMS:
        raise Invalid("registry.portfolio.many", limit=MOST_FIRMS)
    if officer_id is not None:
        _require_officer(actor, officer_id, now=now)
    duties = queries.grid_duties(actor, on=timezone.localdate(now))
    rows = list(
        queries.list_enterprises(actor)
        .filter(id__in=ids)
        .select_for_update(of=("self",))
        .select_related("grid")
    )
    for row in rows:
        duty = duties.get(row.grid.key) if row.grid else None
        row.is_officer_own = officer_id is not None
        row.grid_officer_id = officer_id or (duty.officer_id if duty else None)
        events.record(
            "registry.portfolio_assigned",
            subject=row,
            actor=actor,
            now=now,
            officer=row.grid_officer_id,
        )
    Enterprise.objects.bulk_update(rows, ["is_officer_own", "grid_officer"], batch_size=500)
    return len(rows)


def _require_officer(actor: Actor, person_id: int, *, now: datetime) -> None:
    holders = people.people_with(actor, Role.GRID_OFFICER, on=timezone.localdate(now))
    if all(holder.pk != person_id for holder in holders):
        raise Invalid("registry.officer", {"officer": "registry.officer"})
