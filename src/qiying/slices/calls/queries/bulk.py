"""Bulk actions: the runs of a person, their rows, and what an action needs to know of a call."""

from collections.abc import Iterable
from uuid import UUID

from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound, Refused
from qiying.slices.calls.models import BulkRow, BulkRun, Call, Task
from qiying.slices.calls.rules import TASK_OPEN, TaskState


def visible_ids(actor: Actor, call_ids: Iterable[int]) -> set[int]:
    """The calls among these that the actor may see."""
    rows = Call.objects.visible_to(actor).filter(id__in=list(call_ids))
    return set(rows.values_list("id", flat=True))


def picked_calls(actor: Actor, numbers: Iterable[str], *, limit: int) -> list[Call]:
    """The visible calls with these numbers, in the order in which they came in."""
    rows = Call.objects.visible_to(actor).filter(
        number__in=[n for n in numbers if n.isprintable()]
    )
    near = rows.select_related("enterprise", "lead_unit").defer("text", "words", "ranking")
    return list(near.order_by("received_at", "id")[:limit])


def get_run(actor: Actor, run_id: int) -> BulkRun:
    run = BulkRun.objects.visible_to(actor).filter(id=run_id).first()
    if run is None:
        raise NotFound("not_found")
    return run


def get_run_by_public_id(actor: Actor, public_id: UUID) -> BulkRun:
    run = BulkRun.objects.visible_to(actor).filter(public_id=public_id).first()
    if run is None:
        raise NotFound("not_found")
    return run


def rows_of_run(actor: Actor, run: BulkRun) -> list[BulkRow]:
    """The rows with their calls, in the order of the numbers."""
    rows = BulkRow.objects.visible_to(actor).filter(run_id=run.pk)
    near = rows.select_related("call", "call__enterprise", "call__lead_unit")
    return list(near.defer("call__text", "call__words").order_by("call__number"))


def row_ids(actor: Actor, run: BulkRun, state: str) -> list[int]:
    rows = BulkRow.objects.filter(tenant_id=actor.tenant_id, run_id=run.pk, state=state)
    return list(rows.order_by("call_id").values_list("id", flat=True))


def lock_row(actor: Actor, row_id: int) -> BulkRow | None:
    """A row of an own run, locked."""
    rows = BulkRow.objects.select_for_update(of=("self",)).filter(
        tenant_id=actor.tenant_id, id=row_id, run__person_id=actor.person_id
    )
    return rows.first()


def own_task(actor: Actor, call_id: int, *, is_to_sign: bool = False) -> Task:
    """The open part of the actor's unit in the current round: the lead's first."""
    rows = Task.objects.visible_to(actor).filter(
        call_id=call_id,
        unit_id__in=actor.units(Role.HANDLER, Role.UNIT_LEADER),
        state__in=[TaskState.SENT] if is_to_sign else sorted(TASK_OPEN),
    )
    task = rows.order_by("-round_id", "-is_lead", "id").first()
    if task is None:
        raise Refused("calls.bulk_no_part")
    return task
