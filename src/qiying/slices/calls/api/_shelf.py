"""Wordings for answers over the wire: the shelf, its versions, what is offered for a step."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import AfterValidator, ConfigDict

from qiying.kernel import paging, tenancy
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.web import actor_of
from qiying.slices.calls import operations, queries
from qiying.slices.calls.models import Wording
from qiying.slices.calls.queries import wordings as shelves
from qiying.slices.calls.rules.desk import (
    APPROVERS,
    MAX_WORDING,
    TEMPLATE,
    TEMPLATE_STEPS,
    WRITERS,
)
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

router = Router(tags=["calls"])
AT_SHELF = tuple(sorted(WRITERS | APPROVERS))
ANSWERING = tuple(sorted(STAFF - {Role.ADMINISTRATOR, Role.GRID_OFFICER}))


def _without_nul(text: str) -> str:
    """No text of the database can hold a NUL."""
    if "\x00" in text:
        raise ValueError("a NUL")
    return text


Plain = AfterValidator(_without_nul)


class WordingIn(Schema):
    """New words for a step; ``follows`` is the id of any version of which this is the next.

    ``unit`` is a code, left out for words of every unit; places stand in braces: ``{firm}``.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=60), Plain]
    step: str = Field(max_length=20)
    text: Annotated[str, Field(min_length=1, max_length=MAX_WORDING), Plain]
    matter: Annotated[str, Field(max_length=20), Plain] = ""
    unit: str = Field("", max_length=40)
    follows: UUID | None = None


class WordingOut(Schema):
    """One version of prepared words; ``steps`` are open to the asker."""

    id: UUID
    key: UUID
    number: int
    name: str
    step: str
    matter: str
    unit: str
    text: str
    state: str
    written_by: str
    written_at: datetime
    approved_by: str
    approved_at: datetime | None
    uses: int
    steps: list[str]


class WordingPage(Schema):
    items: list[WordingOut]
    next: str
    previous: str


class WordingQuery(Schema):
    """``state``: draft, approved or retired; ``step``: a step of the call; nothing for all."""

    state: str = Field("", max_length=10)
    step: str = Field("", max_length=20)
    cursor: str = Field("", max_length=400)
    size: int = Field(25, ge=1, le=200)


class WordingStepIn(Schema):
    """``approve`` (by somebody else than the writer) or ``retire``."""

    model_config = ConfigDict(extra="forbid")

    step: str = Field(max_length=10)


class OfferedQuery(Schema):
    """For which step of the call words are wanted."""

    step: str = Field("answer", max_length=20)


class OfferedOut(Schema):
    """Words as they stand in the form of this call, places filled in."""

    id: UUID
    name: str
    text: str


class UsedOut(Schema):
    """Whether the use was counted: once per call and person."""

    is_new: bool


STEPS: Mapping[str, Callable[..., Wording]] = {
    "approve": operations.approve_wording,
    "retire": operations.retire_wording,
}
OWN = {"id", "matter", "unit", "written_by", "approved_by", "steps"}


def _out(actor: Actor, row: Wording) -> WordingOut:
    is_own = row.written_by_id == actor.person_id
    steps = [s for s in TEMPLATE.open_to(row.state, actor.roles) if s != "approve" or not is_own]
    plain: dict[str, Any] = {n: getattr(row, n) for n in WordingOut.model_fields if n not in OWN}
    return WordingOut(
        id=row.public_id,
        matter=row.matter_code,
        unit=row.unit.code if row.unit else "",
        written_by=str(row.written_by),
        approved_by=str(row.approved_by or ""),
        steps=steps,
        **plain,
    )


@router.get("/wordings", response=WordingPage, summary="Wordings for answers")
@roles(*AT_SHELF)
def list_wordings(request: HttpRequest, query: Query[WordingQuery]) -> WordingPage:
    """Every version that the asker may read, the latest first."""
    actor = actor_of(request)
    page = paging.paginate(
        shelves.shelf(actor, state=query.state, step=query.step),
        order=("-written_at", "-id"),
        cursor=query.cursor,
        size=query.size,
    )
    items = [_out(actor, row) for row in page]
    return WordingPage(items=items, next=page.next, previous=page.previous)


@router.post("/wordings", response={201: WordingOut}, summary="Write a wording")
@roles(*sorted(WRITERS))
@idempotent
def write_wording(request: HttpRequest, body: WordingIn) -> tuple[int, WordingOut]:
    """It waits to be put in force by somebody else."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        known = {card.code for card in mandate.matters(actor, timezone.localdate(now))}
        if body.matter and body.matter not in known:
            raise Invalid("input.invalid", {"matter": "input.choice"})
        row = operations.write_wording(
            actor,
            name=body.name,
            step=body.step,
            text=body.text,
            matter_code=body.matter,
            unit_id=registry.unit_by_code(actor, body.unit).id if body.unit else None,
            key=shelves.get_wording(actor, body.follows).key if body.follows else None,
            now=now,
        )
        return 201, _out(actor, shelves.get_wording(actor, row.public_id))


@router.post(
    "/wordings/{uuid:wording_id}/steps",
    response=WordingOut,
    summary="Put a wording in force, or retire it",
)
@roles(*AT_SHELF)
@idempotent
def take_wording_step(
    request: HttpRequest, wording_id: UUID, body: WordingStepIn
) -> tuple[int, WordingOut]:
    actor = actor_of(request)
    step = STEPS.get(body.step)
    if step is None:
        raise NotFound("not_found")
    with tenancy.acting(actor):
        step(actor, wording_id, now=timezone.now())
        return 200, _out(actor, shelves.get_wording(actor, wording_id))


@router.get(
    "/{uuid:call_id}/wordings", response=list[OfferedOut], summary="Wordings for a step of a call"
)
@roles(*ANSWERING)
def list_offered(
    request: HttpRequest, call_id: UUID, query: Query[OfferedQuery]
) -> list[OfferedOut]:
    """Those in force: of the call's matter first, then the most used."""
    actor = actor_of(request)
    call = queries.get_by_public_id(actor, call_id)
    if query.step not in TEMPLATE_STEPS:
        return []
    return [
        OfferedOut(id=found.wording.public_id, name=found.wording.name, text=found.text)
        for found in shelves.offered(actor, call, query.step)
    ]


@router.post(
    "/{uuid:call_id}/wordings/{uuid:wording_id}/uses",
    response={201: UsedOut},
    summary="Count that a wording was used for a call",
)
@roles(*ANSWERING)
@idempotent
def use_wording(request: HttpRequest, call_id: UUID, wording_id: UUID) -> tuple[int, UsedOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        call = queries.get_by_public_id(actor, call_id)
        is_new = operations.use_wording(actor, wording_id, call.pk, now=timezone.now())
    return 201, UsedOut(is_new=is_new)
