"""Bulk actions over the wire: one request, a result for each call, and the way back."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.responses import Status
from ninja.utils import contribute_operation_callback

from qiying.kernel import idempotency, openapi, problems, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.api import roles
from qiying.kernel.web import actor_of
from qiying.slices.calls import operations
from qiying.slices.calls.queries import bulk
from qiying.slices.calls.rules.desk import BULK_USERS, MOST_AT_ONCE, BulkAction


class BulkIn(Schema):
    """What to do to which calls: ``person`` for assign_person, ``matter`` for classify."""

    action: BulkAction
    numbers: list[str] = Field(min_length=1, max_length=MOST_AT_ONCE)
    text: str = Field("", max_length=4000)
    person: int | None = Field(None, ge=1, le=2**62)
    matter: str = Field("", max_length=20)


class BulkRowOut(Schema):
    """One call: ``waiting``, ``done``, ``refused`` or ``undone``, and why when it was refused."""

    number: str
    state: str
    problem: str
    detail: str
    undo_until: datetime | None


class BulkOut(Schema):
    id: UUID
    action: str
    asked_at: datetime
    rows: list[BulkRowOut]


def _out(actor: Actor, run_id: UUID) -> BulkOut:
    with tenancy.reading(actor):
        run = bulk.get_run_by_public_id(actor, run_id)
        rows = [
            BulkRowOut(
                number=row.call.number,
                state=row.state,
                problem=row.problem or row.undo_problem,
                detail=problems.sentence(row.problem or row.undo_problem)
                if row.problem or row.undo_problem
                else "",
                undo_until=row.undo_until,
            )
            for row in bulk.rows_of_run(actor, run)
        ]
        return BulkOut(id=run.public_id, action=run.action, asked_at=run.asked_at, rows=rows)


@roles(*BULK_USERS)
def do_bulk(request: HttpRequest, body: BulkIn) -> Status[BulkOut]:
    """Row by row: what is refused says why. With an ``Idempotency-Key`` a repeat does nothing."""
    actor, now = actor_of(request), timezone.now()

    def work() -> idempotency.Answer:
        ids = [c.pk for c in bulk.picked_calls(actor, body.numbers, limit=MOST_AT_ONCE)]
        run = operations.begin_bulk(
            actor,
            body.action,
            ids,
            now=now,
            text=body.text,
            person_id=body.person,
            matter_code=body.matter,
        )
        return idempotency.Answer(201, str(run.public_id))

    key = request.headers.get("Idempotency-Key", "")
    with tenancy.acting(actor):
        answer = idempotency.once(actor, key, hashlib.sha256(request.body).digest(), work=work)
        run_id = UUID(answer.body)
        pk = bulk.get_run_by_public_id(actor, run_id).pk
    operations.run_bulk(actor, pk, now=now)
    return Status(201, _out(actor, run_id))


contribute_operation_callback(do_bulk, openapi.offer_key)


@roles(*BULK_USERS)
def get_bulk(request: HttpRequest, run_id: UUID) -> BulkOut:
    return _out(actor_of(request), run_id)


@roles(*BULK_USERS)
def undo_bulk(request: HttpRequest, run_id: UUID) -> BulkOut:
    """Within ten minutes, as long as nobody moved the call on; asking again changes nothing."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        pk = bulk.get_run_by_public_id(actor, run_id).pk
    operations.undo_bulk(actor, pk, now=timezone.now())
    return _out(actor, run_id)


def hang(router: Router) -> None:
    """Hang the addresses of bulk actions under those of the calls."""
    router.post("/bulk", response={201: BulkOut}, summary="Do one thing to many calls")(do_bulk)
    read = router.get(
        "/bulk/{uuid:run_id}", response=BulkOut, summary="What came of a bulk action"
    )
    read(get_bulk)
    undo = router.post("/bulk/{uuid:run_id}/undo", response=BulkOut, summary="Take it back")
    undo(undo_bulk)
