"""Machines: listed, read, registered, corrected, scrapped."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.web import actor_of
from qiying.slices.registry import public as registry
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.api._fields import Amount, Code
from qiying.slices.rescue.api._readers import EVERYBODY
from qiying.slices.rescue.models import Equipment
from qiying.slices.rescue.rules import KEEPERS

router = Router(tags=["rescue"])
MAKERS = (Role.DUTY_CHIEF, Role.ADMINISTRATOR, Role.DESK, Role.ENTERPRISE, Role.GRID_OFFICER)


class MachineOut(Schema):
    """A machine; places in WGS 84, money in yuan."""

    id: UUID
    label: str
    name: str
    kind: str
    enterprise: UUID
    place: str
    model: str
    serial: str
    made_in: int | None
    criticality: str
    loss_per_hour_cny: Decimal
    special_number: str
    longitude: float
    latitude: float
    state: str
    version: int


class MachinesOut(Schema):
    items: list[MachineOut]
    next: str
    previous: str


class MachineQuery(Schema):
    q: str = Field("", max_length=60)
    kind: Code = ""
    enterprise: UUID | None = None
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


class MachineIn(Schema):
    """A machine of a firm; ``kind`` is the code of its class."""

    model_config = ConfigDict(extra="forbid")

    enterprise: UUID
    kind: Code
    name: str = Field(min_length=1, max_length=80)
    place: str = Field("", max_length=120)
    line: str = Field("", max_length=60)
    maker: str = Field("", max_length=80)
    model: str = Field("", max_length=80)
    serial: str = Field("", max_length=60)
    made_in: int | None = Field(None, ge=1900, le=2150)
    criticality: str = Field("slows_line", max_length=16)
    loss_per_hour_cny: Decimal = Field(Decimal(0), ge=0, le=1_000_000_000)
    special_number: str = Field("", max_length=30)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)


class MachineChangeIn(Schema):
    """What shall be otherwise; what is left out stays. ``version`` as last read, if checked."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None
    name: str | None = Field(None, min_length=1, max_length=80)
    place: str | None = Field(None, max_length=120)
    line: str | None = Field(None, max_length=60)
    maker: str | None = Field(None, max_length=80)
    model: str | None = Field(None, max_length=80)
    serial: str | None = Field(None, max_length=60)
    made_in: int | None = Field(None, ge=1900, le=2150)
    criticality: Code | None = None
    loss_per_hour_cny: Amount | None = None
    special_number: str | None = Field(None, max_length=30)
    state: Code | None = None


class ScrapIn(Schema):
    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=300)


@router.get("/machines", response=MachinesOut, summary="List machines")
@roles(*EVERYBODY)
def list_machines(request: HttpRequest, query: Query[MachineQuery]) -> MachinesOut:
    actor = actor_of(request)
    firm = _firm(actor, query.enterprise) if query.enterprise else 0
    rows = queries.list_machines(actor, q=query.q, kind=query.kind, enterprise_id=firm)
    page = paging.paginate(rows, order=("-id",), cursor=query.cursor, size=query.size)
    items = [machine_out(m) for m in page.rows]
    return MachinesOut(items=items, next=page.next, previous=page.previous)


def _firm(actor: Actor, public_id: UUID) -> int:
    return registry.enterprise_by_public_id(actor, public_id).id


def machine_out(m: Equipment) -> MachineOut:
    """A machine as the interface says it."""
    return MachineOut(
        id=m.public_id,
        kind=m.kind.code,
        enterprise=m.enterprise.public_id,
        **{
            name: getattr(m, name)
            for name in MachineOut.model_fields
            if name not in ("id", "kind", "enterprise")
        },
    )


@router.get("/machines/{uuid:machine_id}", response=MachineOut, summary="One machine")
@roles(*EVERYBODY)
def get_machine(request: HttpRequest, machine_id: UUID) -> MachineOut:
    return machine_out(queries.machine_by_public_id(actor_of(request), machine_id))


@router.post("/machines", response={201: MachineOut}, summary="Register a machine")
@roles(*MAKERS)
@idempotent
def register_machine(request: HttpRequest, body: MachineIn) -> tuple[int, MachineOut]:
    actor, given = actor_of(request), body.dict()
    made = operations.register_machine(
        actor,
        now=timezone.now(),
        enterprise_id=_firm(actor, given.pop("enterprise")),
        kind_code=given.pop("kind"),
        **given,
    )
    with tenancy.reading(actor):
        return 201, machine_out(queries.get_machine(actor, made.pk))


@router.patch("/machines/{uuid:machine_id}", response=MachineOut, summary="Correct a machine")
@roles(*KEEPERS)
def change_machine(request: HttpRequest, machine_id: UUID, body: MachineChangeIn) -> MachineOut:
    """``state`` may become ``in_use`` or ``stopped``."""
    actor = actor_of(request)
    given: dict[str, Any] = {
        k: v for k, v in body.dict(exclude_unset=True).items() if v is not None
    }
    if "loss_per_hour_cny" in given:
        given["loss_per_hour_cny"] = Decimal(given["loss_per_hour_cny"])
    with tenancy.acting(actor):
        key = queries.machine_by_public_id(actor, machine_id).pk
        operations.change_machine(actor, key, now=timezone.now(), **given)
        return machine_out(queries.get_machine(actor, key))


@router.post("/machines/{uuid:machine_id}/scrap", response=MachineOut, summary="Scrap a machine")
@roles(*KEEPERS)
@idempotent
def scrap_machine(request: HttpRequest, machine_id: UUID, body: ScrapIn) -> tuple[int, MachineOut]:
    """Out of the register for good; its history and its label stay."""
    actor = actor_of(request)
    with tenancy.acting(actor):
        key = queries.machine_by_public_id(actor, machine_id).pk
        operations.scrap_machine(actor, key, now=timezone.now(), text=body.text)
        return 200, machine_out(queries.get_machine(actor, key))
