"""Connections to other systems: the only addresses that are ever asked."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from qiying.kernel import paging
from qiying.kernel.access import Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.web import actor_of
from qiying.slices.channels import operations, queries
from qiying.slices.channels.api._fields import Cursor, Plain, Size, Strict
from qiying.slices.channels.models import Endpoint
from qiying.slices.channels.rules.codes import EndpointKind

router = Router(tags=["channels"])
Short = Annotated[str, Field(max_length=60), Plain]


class ConnectionOut(Schema):
    """A connection; its key is kept sealed and never told. ``key`` is the id of ours, if any."""

    id: UUID
    code: str
    kind: str
    name: str
    url: str
    jurisdiction: str
    service_code: str
    key: int | None
    is_active: bool
    pulled_until: datetime | None
    pull_fails: int
    pull_error: str


class ConnectionPage(Schema):
    items: list[ConnectionOut]
    next: str
    previous: str


class ConnectionQuery(Schema):
    cursor: Cursor = ""
    size: Size = 25


class ConnectionValues(Strict):
    """``secret`` is the other side's key; ``key`` names ours by which orders come in."""

    name: Annotated[str, Field(min_length=1, max_length=80), Plain]
    url: Annotated[str, Field(min_length=1, max_length=300), Plain]
    secret: Annotated[str, Field(max_length=200), Plain] = ""
    jurisdiction: Short = ""
    service_code: Annotated[str, Field(max_length=40), Plain] = ""
    key: Annotated[int, Field(ge=1, lt=2**62)] | None = None

    def given(self) -> dict[str, Any]:
        plain = self.dict(exclude={"key"})
        return {**plain, "key_id": self.key}


class ConnectionIn(ConnectionValues):
    code: Annotated[str, Field(min_length=1, max_length=39), Plain]
    kind: EndpointKind


class ConnectionChangeIn(ConnectionValues):
    """An empty ``secret`` leaves the key as it is."""

    is_active: bool = True


def _out(row: Endpoint) -> ConnectionOut:
    names = set(ConnectionOut.model_fields) - {"id", "key"}
    plain = {name: getattr(row, name) for name in names}
    return ConnectionOut(id=row.public_id, key=row.key_id, **plain)


@router.get("/connections", response=ConnectionPage, summary="Connections to other systems")
@roles(Role.ADMINISTRATOR, Role.DESK)
def list_connections(request: HttpRequest, query: Query[ConnectionQuery]) -> ConnectionPage:
    page = paging.paginate(
        queries.list_endpoints(actor_of(request)),
        order=("code", "id"),
        cursor=query.cursor,
        size=query.size,
    )
    items = [_out(row) for row in page]
    return ConnectionPage(items=items, next=page.next, previous=page.previous)


@router.post("/connections", response={201: ConnectionOut}, summary="Set a connection up")
@roles(Role.ADMINISTRATOR)
@idempotent
def add_connection(request: HttpRequest, body: ConnectionIn) -> tuple[int, ConnectionOut]:
    row = operations.add_endpoint(actor_of(request), now=timezone.now(), **body.given())
    return 201, _out(row)


@router.put(
    "/connections/{uuid:endpoint_id}", response=ConnectionOut, summary="Change a connection"
)
@roles(Role.ADMINISTRATOR)
def change_connection(
    request: HttpRequest, endpoint_id: UUID, body: ConnectionChangeIn
) -> ConnectionOut:
    row = operations.change_endpoint(
        actor_of(request), endpoint_id, now=timezone.now(), **body.given()
    )
    return _out(row)
