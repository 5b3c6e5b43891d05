"""批量导入: a file is read and checked, looked at line by line, then written or put aside."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from qiying.kernel import paging
from qiying.kernel.access import Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid
from qiying.kernel.problems import sentence
from qiying.kernel.web import actor_of
from qiying.slices.channels import operations, queries
from qiying.slices.channels.api._fields import Cursor, Size, Strict
from qiying.slices.channels.models import Batch, BatchLine
from qiying.slices.channels.rules.codes import BatchKind, RowOutcome
from qiying.slices.registry import public as registry

router = Router(tags=["channels"])
READERS = (Role.DESK, Role.SUPERVISOR)


class BatchOut(Schema):
    """A file; ``counts`` says how many lines are new, unchanged or failed."""

    id: UUID
    kind: str
    state: str
    file_name: str
    headings: list[str]
    ignored: list[str]
    counts: dict[str, int]
    is_good_rows: bool
    made_at: datetime
    applied_at: datetime | None


class BatchPage(Schema):
    items: list[BatchOut]
    next: str
    previous: str


class BatchQuery(Schema):
    cursor: Cursor = ""
    size: Size = 25


class BatchFaultOut(Schema):
    column: str
    code: str
    detail: str


class BatchLineOut(Schema):
    """A line: what stands in it, what it will be or became, what is wrong with it."""

    number: int
    outcome: str
    original: list[str]
    errors: list[BatchFaultOut]


class BatchLinePage(Schema):
    items: list[BatchLineOut]
    next: str
    previous: str


class BatchLineQuery(BatchQuery):
    """``outcome``: new, unchanged or failed; nothing for all."""

    outcome: Annotated[str, Field(max_length=10)] = ""


class BatchIn(Schema):
    """What the file holds: calls, or orders of 12345."""

    kind: BatchKind


class ApplyIn(Strict):
    """With ``good_rows`` the lines without a fault are written although others have one."""

    good_rows: bool = False


def _out(row: Batch) -> BatchOut:
    names = set(BatchOut.model_fields) - {"id"}
    return BatchOut(id=row.public_id, **{name: getattr(row, name) for name in names})


@router.get("/batches", response=BatchPage, summary="Files of calls")
@roles(*READERS)
def list_batches(request: HttpRequest, query: Query[BatchQuery]) -> BatchPage:
    page = paging.paginate(
        queries.list_batches(actor_of(request)),
        order=("-made_at", "-id"),
        cursor=query.cursor,
        size=query.size,
    )
    return BatchPage(items=[_out(row) for row in page], next=page.next, previous=page.previous)


@router.post("/batches", response={201: BatchOut}, summary="Bring a file in")
@roles(Role.DESK)
@idempotent
def prepare_batch(
    request: HttpRequest, payload: Form[BatchIn], file: File[UploadedFile]
) -> tuple[int, BatchOut]:
    """Read and check a CSV or XLSX file; nothing is written yet."""
    if (file.size or 0) > registry.MOST_BYTES:
        raise Invalid("registry.file.size", limit=registry.MOST_BYTES // 1024 // 1024)
    reading = operations.read_file(payload.kind, file_name=file.name or "", content=file.read())
    row = operations.prepare_batch(actor_of(request), reading, now=timezone.now())
    return 201, _out(row)


@router.get("/batches/{uuid:batch_id}", response=BatchOut, summary="One file of calls")
@roles(*READERS)
def get_batch(request: HttpRequest, batch_id: UUID) -> BatchOut:
    return _out(queries.get_batch(actor_of(request), batch_id))


@router.get(
    "/batches/{uuid:batch_id}/lines", response=BatchLinePage, summary="The lines of a file"
)
@roles(*READERS)
def list_batch_lines(
    request: HttpRequest, batch_id: UUID, query: Query[BatchLineQuery]
) -> BatchLinePage:
    actor = actor_of(request)
    outcome = query.outcome if query.outcome in set(RowOutcome) else ""
    page = paging.paginate(
        queries.lines_of(actor, queries.get_batch(actor, batch_id), outcome),
        order=("number", "id"),
        cursor=query.cursor,
        size=query.size,
    )
    items = [_line(row) for row in page]
    return BatchLinePage(items=items, next=page.next, previous=page.previous)


def _line(row: BatchLine) -> BatchLineOut:
    faults = [
        BatchFaultOut(
            column=e["column"], code=e["code"], detail=sentence(e["code"], e["params"] or None)
        )
        for e in row.errors
    ]
    return BatchLineOut(
        number=row.number, outcome=row.outcome, original=row.original, errors=faults
    )


@router.post("/batches/{uuid:batch_id}/apply", response=BatchOut, summary="Write a file")
@roles(Role.DESK)
@idempotent
def apply_batch(request: HttpRequest, batch_id: UUID, body: ApplyIn) -> tuple[int, BatchOut]:
    """The lines are judged again first; what another file wrote meanwhile is left out."""
    actor = actor_of(request)
    row = operations.apply_batch(actor, batch_id, is_good_rows=body.good_rows, now=timezone.now())
    return 200, _out(row)


@router.post("/batches/{uuid:batch_id}/discard", response=BatchOut, summary="Put a file aside")
@roles(Role.DESK)
@idempotent
def discard_batch(request: HttpRequest, batch_id: UUID) -> tuple[int, BatchOut]:
    """Its lines are removed at once."""
    return 200, _out(operations.discard_batch(actor_of(request), batch_id, now=timezone.now()))
