"""``/api/v1/indices/boundaries``: outlines of places for maps."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from qiying.kernel.access import STAFF
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import NotFound
from qiying.kernel.problems import sentence
from qiying.kernel.web import actor_of
from qiying.slices.indices import operations, queries
from qiying.slices.indices.api._shapes import CellFault
from qiying.slices.indices.models import Boundaries
from qiying.slices.indices.models import querysets as rights
from qiying.slices.indices.rules import MAX_NAME
from qiying.slices.indices.rules.boundaries import WIDTH

router = Router(tags=["indices"])
READERS = tuple(sorted(STAFF))


class BoundariesIn(Schema):
    """A GeoJSON collection of features in degrees and the number of the map's approval."""

    name: str = Field(max_length=MAX_NAME)
    source: str = Field(max_length=MAX_NAME)
    approval: str = Field(max_length=MAX_NAME)
    geojson: dict[str, Any]
    is_good_only: bool = False


class BoundariesOut(Schema):
    """Outlines as SVG paths by code, in a box of ``width`` by ``height``."""

    id: UUID
    name: str
    source: str
    approval: str
    made_at: datetime
    is_current: bool
    width: int
    height: int
    paths: dict[str, str]
    faults: list[CellFault]


def _out(row: Boundaries) -> BoundariesOut:
    return BoundariesOut(
        id=row.public_id,
        name=row.file_name,
        width=WIDTH,
        faults=[CellFault(**fault, detail=sentence(fault["code"])) for fault in row.faults],
        **{
            name: getattr(row, name)
            for name in ("source", "approval", "made_at", "is_current", "height", "paths")
        },
    )


@router.get("/boundaries", response=BoundariesOut, summary="Boundaries in force")
@roles(*READERS)
def get_boundaries(request: HttpRequest) -> BoundariesOut:
    row = queries.boundaries(actor_of(request))
    if row is None:
        raise NotFound("not_found")
    return _out(row)


@router.get(
    "/boundaries/{uuid:boundaries_id}", response=BoundariesOut, summary="What a file brought"
)
@roles(*READERS)
def get_boundaries_of(request: HttpRequest, boundaries_id: UUID) -> BoundariesOut:
    return _out(queries.get_boundaries(actor_of(request), boundaries_id))


@router.post("/boundaries", response={201: BoundariesOut}, summary="Bring boundaries in")
@roles(*rights.ANALYSTS)
@idempotent
def bring_boundaries_in(request: HttpRequest, body: BoundariesIn) -> tuple[int, BoundariesOut]:
    row = operations.bring_boundaries(
        actor_of(request),
        file_name=body.name,
        source=body.source,
        approval=body.approval,
        text=json.dumps(body.geojson),
        is_good_only=body.is_good_only,
        now=timezone.now(),
    )
    return 201, _out(row)
