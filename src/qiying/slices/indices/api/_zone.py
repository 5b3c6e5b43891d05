"""``/api/v1/indices/zone``: the zone's own board, its values and targets."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from qiying.kernel.access import Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.web import actor_of
from qiying.slices.indices import operations, queries
from qiying.slices.indices.api._shapes import ValuesIn, ValuesOut
from qiying.slices.indices.api._values import delivery_out, table_rows
from qiying.slices.indices.models import ZoneTarget
from qiying.slices.indices.models import querysets as rights
from qiying.slices.indices.rules import MAX_NAME
from qiying.slices.indices.rules.cells import EARLIEST, LATEST
from qiying.slices.indices.rules.zone import WHOLE_YEAR

router = Router(tags=["indices"])
INSIDERS = tuple(sorted(rights.INSIDERS - {Role.SYSTEM}))
SETTERS = tuple(sorted({*rights.ANALYSTS, *rights.APPROVERS}))


class ZonePeriod(Schema):
    """January to a month of a year; the last period with values where none is given."""

    year: int | None = Field(None, ge=EARLIEST, le=LATEST)
    month: int = Field(WHOLE_YEAR, ge=1, le=WHOLE_YEAR)


class TargetIn(Schema):
    """``basis`` is ``value`` of the whole year, or ``growth`` in per cent (points for shares)."""

    line: str = Field(max_length=20)
    year: int
    basis: str = Field(max_length=6)
    value: float
    source: str = Field(max_length=MAX_NAME)


class TargetOut(Schema):
    line: str
    year: int
    basis: str
    value: float
    source: str
    set_at: datetime
    set_by: str
    is_current: bool


class ZoneLineOut(Schema):
    """A line: its value with the period it stands for, and what it is held against.

    ``changed`` is per cent on the same period of the year before, points where values are shares;
    ``due`` what of the target is due by then; ``until`` the day, exclusive, to which it was counted.
    """

    key: str
    group: str
    name: str
    name_en: str
    unit: str
    is_counted: bool
    value: float | None
    year: int | None
    month: int | None
    until: date | None
    changed: float | None
    target: TargetOut | None
    due: float | None
    light: str | None


class ThreeYearsOut(Schema):
    """Growth of industrial output over three years in per cent; investment of these years."""

    first: int
    last: int
    growth: float
    total: float


class ZoneOut(Schema):
    year: int
    month: int
    lines: list[ZoneLineOut]
    three_years: ThreeYearsOut | None


class ZoneValueOut(Schema):
    year: int
    month: int
    value: float
    changed: float | None
    kind: str
    source: str
    page: str
    delivery: UUID


class ZoneLineDetail(Schema):
    key: str
    unit: str
    values: list[ZoneValueOut]
    targets: list[TargetOut]


@router.get("/zone", response=ZoneOut, summary="The board of the zone")
@roles(*INSIDERS)
def get_zone(request: HttpRequest, query: Query[ZonePeriod]) -> dict[str, Any]:
    asked = (query.year, query.month) if query.year is not None else None
    shown = queries.board(actor_of(request), asked, now=timezone.now())
    return {
        "year": shown.period[0],
        "month": shown.period[1],
        "lines": [_line(standing) for standing in shown.standings],
        "three_years": shown.three_years,
    }


def _line(standing: queries.ZoneStanding) -> dict[str, Any]:
    line, indicator = standing.line, standing.indicator
    year, month = standing.period or (None, None)
    return {
        "key": line.key,
        "group": line.group,
        "name": line.name or (indicator.name if indicator else ""),
        "name_en": line.name_en or (indicator.name_en if indicator else ""),
        "unit": standing.unit,
        "is_counted": bool(line.live),
        "value": standing.value,
        "year": year,
        "month": month,
        "until": standing.until,
        "changed": standing.changed,
        "target": _target(standing.target) if standing.target else None,
        "due": standing.due,
        "light": standing.light,
    }


def _target(row: ZoneTarget) -> dict[str, Any]:
    names = ("line", "year", "basis", "value", "source", "set_at", "is_current")
    given = {name: getattr(row, name) for name in names}
    return {**given, "set_by": row.set_by.name if row.set_by else ""}


@router.get("/zone/lines/{key}", response=ZoneLineDetail, summary="A line of the board")
@roles(*INSIDERS)
def get_zone_line(request: HttpRequest, key: str) -> dict[str, Any]:
    """Every value in force, the latest first, and every target that was set."""
    record = queries.line_record(actor_of(request), key)
    values = [
        {
            **{name: getattr(row, name) for name in ("year", "month", "value", "kind", "page")},
            "changed": changed,
            "source": row.delivery.source,
            "delivery": row.delivery.public_id,
        }
        for row, changed in record.values
    ]
    targets = [_target(row) for row in record.targets]
    return {"key": key, "unit": record.unit, "values": values, "targets": targets}


@router.post("/zone/values", response={201: ValuesOut}, summary="Bring values of the zone in")
@roles(*rights.ANALYSTS)
@idempotent
def bring_zone_values_in(request: HttpRequest, body: ValuesIn) -> tuple[int, ValuesOut]:
    """Columns ``year``, ``month`` (empty: the whole year) and one for each line of the board."""
    row = operations.deliver_zone(
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


@router.post("/zone/targets", response={201: TargetOut}, summary="Set a target of the zone")
@roles(*SETTERS)
@idempotent
def set_zone_target(request: HttpRequest, body: TargetIn) -> tuple[int, dict[str, Any]]:
    row = operations.set_target(actor_of(request), now=timezone.now(), **body.model_dump())
    return 201, _target(row)
