"""Machines: listed, read, registered."""

from decimal import Decimal
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
from qiying.slices.rescue.api._fields import Code
from qiying.slices.rescue.api._readers import EVERYBODY
from qiying.slices.rescue.models import Equipment

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


@router.get("/machines", response=MachinesOut, summary="List machines")
@roles(*EVERYBODY)
def list_machines(request: HttpRequest, query: Query[MachineQuery]) -> MachinesOut:
    actor = actor_of(request)
    firm = _firm(actor, query.enterprise) if query.enterprise else 0
    rows = queries.list_machines(actor, q=query.q, kind=query.kind, enterprise_id=firm)
    page = paging.paginate(rows, order=("-id",), cursor=query.cursor, size=query.size)
    items = [_machine(m) for m in page.rows]
    return MachinesOut(items=items, next=page.next, previous=page.previous)


def _firm(actor: Actor, public_id: UUID) -> int:
    return registry.enterprise_by_public_id(actor, public_id).id


def _machine(m: Equipment) -> MachineOut:
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
    return _machine(queries.machine_by_public_id(actor_of(request), machine_id))


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
        return 201, _machine(queries.get_machine(actor, made.pk))
