"""``/api/v1/indices/values``: what was brought in, file by file, and what each brought."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid
from qiying.kernel.problems import sentence
from qiying.kernel.web import actor_of
from qiying.slices.indices import operations, queries
from qiying.slices.indices.api._shapes import (
    BroughtOut,
    BroughtPage,
    BroughtValue,
    BroughtValues,
    CellFault,
    SheetColumn,
    SheetIn,
    SheetOut,
    ValuesIn,
    ValuesOut,
)
from qiying.slices.indices.models import Delivery, Value, ZoneValue
from qiying.slices.indices.models import querysets as rights
from qiying.slices.indices.rules import table_of

router = Router(tags=["indices"])
INSIDERS = tuple(sorted(rights.INSIDERS - {Role.SYSTEM}))


class ValuesTurn(Schema):
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


@router.get("/values", response=BroughtPage, summary="Values brought in, file by file")
@roles(*INSIDERS)
def list_deliveries(request: HttpRequest, query: Query[ValuesTurn]) -> BroughtPage:
    rows = queries.list_deliveries(actor_of(request))
    page = paging.paginate(
        rows, order=queries.DELIVERY_ORDER, cursor=query.cursor, size=query.size
    )
    items = [
        BroughtOut(
            id=row.public_id,
            name=row.file_name,
            kind=row.kind,
            source=row.source,
            written=row.written,
            unchanged=row.unchanged,
            made_by=row.made_by.name if row.made_by else "",
            made_at=row.made_at,
        )
        for row in page
    ]
    return BroughtPage(items=items, next=page.next, previous=page.previous)


@router.get(
    "/values/{uuid:delivery_id}/items",
    response=BroughtValues,
    summary="The values that a file brought",
)
@roles(*INSIDERS)
def list_values(
    request: HttpRequest, delivery_id: UUID, query: Query[ValuesTurn]
) -> BroughtValues:
    actor = actor_of(request)
    rows = queries.list_values(actor, queries.get_delivery(actor, delivery_id))
    page = paging.paginate(rows, order=("id",), cursor=query.cursor, size=query.size)
    items = [_brought(row) for row in page]
    return BroughtValues(items=items, next=page.next, previous=page.previous)


def _brought(row: Value | ZoneValue) -> BroughtValue:
    names = ("year", "value", "page", "is_current")
    given = {name: getattr(row, name) for name in names}
    if isinstance(row, ZoneValue):
        return BroughtValue(indicator=row.line, month=row.month, **given)
    place = row.place
    return BroughtValue(
        indicator=row.indicator.code, adcode=place.adcode, place=place.name, **given
    )


@router.post("/values", response={201: ValuesOut}, summary="Bring values in")
@roles(*rights.ANALYSTS)
@idempotent
def bring_values_in(request: HttpRequest, body: ValuesIn) -> tuple[int, ValuesOut]:
    row = operations.deliver(
        actor_of(request),
        file_name=body.name,
        kind=body.kind,
        source=body.source,
        headings=body.headings,
        rows=table_rows(body),
        is_good_only=body.is_good_only,
        now=timezone.now(),
    )
    return 201, delivery_out(row)


def table_rows(body: ValuesIn) -> list[tuple[int, list[Any]]]:
    """Rows by their number in the table, each as wide as the headings."""
    wide = len(body.headings)
    return [
        (number, [*cells, *[None] * wide][:wide])
        for number, cells in enumerate(body.rows, start=2)
    ]


@router.post("/values/sheet", response=SheetOut, summary="Understand a yearbook's sheet")
@roles(*rights.ANALYSTS)
def understand_sheet(request: HttpRequest, body: SheetIn) -> SheetOut:
    """Nothing is written: what comes back is brought in by ``POST /values``."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        sheet = queries.sheet_of(actor, body.cells, body.merged, body.year)
        codes = dict(queries.list_indicators(actor).values_list("pk", "code"))
    if sheet is None:
        raise Invalid("input.invalid", {"cells": "indices.cell.headings"})
    named = {c.at: codes[c.indicator] for c in sheet.columns if c.indicator in codes}
    headings, rows = table_of(sheet, named, body.year)
    return SheetOut(
        year=sheet.year,
        needs_year=sheet.needs_year,
        columns=[
            SheetColumn(at=c.at, title=c.title, year=c.year, indicator=named.get(c.at, ""))
            for c in sheet.columns
        ],
        left_out=[name for _number, name in sheet.left_out],
        headings=headings,
        rows=[cells for _number, cells in rows],
    )


@router.get("/values/{uuid:delivery_id}", response=ValuesOut, summary="What a file brought")
@roles(*INSIDERS)
def get_delivery(request: HttpRequest, delivery_id: UUID) -> ValuesOut:
    return delivery_out(queries.get_delivery(actor_of(request), delivery_id))


def delivery_out(row: Delivery) -> ValuesOut:
    faults = [CellFault(**fault, detail=sentence(fault["code"])) for fault in row.faults]
    return ValuesOut(
        id=row.public_id,
        name=row.file_name,
        kind=row.kind,
        source=row.source,
        written=row.written,
        unchanged=row.unchanged,
        faults=faults,
    )
