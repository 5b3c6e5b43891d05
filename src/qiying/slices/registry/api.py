"""``/api/v1/registry``: firms, units, areas, sites, the work calendar and imports for machines."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from qiying.kernel import paging, tenancy
from qiying.kernel.access import STAFF, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid
from qiying.kernel.problems import sentence
from qiying.kernel.web import actor_of
from qiying.slices.registry import operations, queries
from qiying.slices.registry.models import Enterprise, ImportBatch, Site, Unit, WorkCalendar
from qiying.slices.registry.operations import imports
from qiying.slices.registry.rules import shapes, tables
from qiying.slices.registry.rules.kinds import AreaKind

router = Router(tags=["registry"])
READERS = tuple(sorted(STAFF))
KEEPERS = (Role.ADMINISTRATOR, Role.DESK)
EVERYBODY = (*READERS, Role.ENTERPRISE, Role.MACHINE)
MOST_FAULTS = 200


class EnterpriseOut(Schema):
    """A firm; the position is WGS 84, the accuracy in metres."""

    id: UUID
    credit_code: str
    name: str
    name_zh: str
    name_en: str
    kind: str
    industry_code: str
    status: str
    belongs_to_zone: bool
    is_above_scale: bool
    staff_count: int
    registered_on: date | None
    capital_cny: Decimal | None
    address: str
    township_code: str
    longitude: float | None
    latitude: float | None
    accuracy_m: float
    grid: str
    grid_officer: str
    updated_at: datetime


class EnterpriseList(Schema):
    rows: list[EnterpriseOut]
    next: str
    previous: str


class EnterpriseIn(Schema):
    """Values of a firm; what is left out stays as it is."""

    credit_code: str | None = Field(None, max_length=30)
    name_zh: str | None = Field(None, max_length=150)
    name_en: str | None = Field(None, max_length=200)
    kind: str | None = Field(None, max_length=20)
    industry_code: str | None = Field(None, max_length=4)
    status: str | None = Field(None, max_length=14)
    belongs_to_zone: bool | None = None
    is_above_scale: bool | None = None
    staff_count: int | None = None
    registered_on: date | None = None
    capital_cny: Decimal | None = Field(None, max_digits=17, decimal_places=2)
    address: str | None = Field(None, max_length=200)
    longitude: float | None = None
    latitude: float | None = None
    accuracy_m: float | None = None

    def values(self) -> dict[str, Any]:
        given = self.model_dump(exclude_unset=True)
        nullable = {"registered_on", "capital_cny", "longitude", "latitude"}
        blank = [k for k, v in given.items() if v is None and k not in nullable]
        if blank:
            raise Invalid("input.invalid", dict.fromkeys(blank, "input.required"))
        if any("\x00" in v for v in given.values() if isinstance(v, str)):
            raise Invalid("input.control")
        if "kind" in given:
            given["entity_kind"] = given.pop("kind")
        return given


class EnterpriseQuery(Schema):
    """What the list is narrowed by."""

    q: str = Field("", max_length=100)
    kind: str = ""
    status: str = ""
    industry: str = Field("", pattern=r"^(\d\d|[A-T])?$")
    grid: str = ""
    cursor: str = ""
    size: int = Field(paging.PAGE, ge=1, le=paging.MAX_PAGE)

    def wanted(self) -> queries.FirmFilter:
        if "\x00" in self.q + self.kind + self.status + self.grid:
            raise Invalid("input.control")
        return queries.FirmFilter(
            q=self.q,
            entity_kind=self.kind,
            status=self.status,
            industry=self.industry,
            grid=self.grid,
        )


class UnitOut(Schema):
    code: str
    kind: str
    name: str
    name_zh: str
    name_en: str
    parent: str
    phone: str
    is_retired: bool


class SiteOut(Schema):
    """A site; ``geometry`` is GeoJSON in WGS 84, the area in square metres."""

    key: str
    kind: str
    name: str
    enterprise: UUID | None
    geometry: dict[str, Any]
    area_m2: float


class CalendarOut(Schema):
    """The edition of a year that counts; weekends rest unless they stand in ``work_days``."""

    year: int
    version: int
    notice: str
    grade: str
    rest_days: list[date]
    work_days: list[date]
    hours: list[tuple[str, str]]


class FaultOut(Schema):
    line: int
    column: str
    code: str
    detail: str


class ImportOut(Schema):
    """A batch: what its lines do or did, and the first faults."""

    id: UUID
    kind: str
    state: str
    new: int
    updated: int
    unchanged: int
    failed: int
    ignored_columns: list[str]
    faults: list[FaultOut]


def _enterprise(row: Enterprise) -> EnterpriseOut:
    return EnterpriseOut(
        id=row.public_id,
        credit_code=row.credit_code,
        name=row.name,
        name_zh=row.name_zh,
        name_en=row.name_en,
        kind=row.entity_kind,
        industry_code=row.industry_code,
        status=row.status,
        belongs_to_zone=row.belongs_to_zone,
        is_above_scale=row.is_above_scale,
        staff_count=row.staff_count,
        registered_on=row.registered_on,
        capital_cny=row.capital_cny,
        address=row.address,
        township_code=row.township_code,
        longitude=row.longitude,
        latitude=row.latitude,
        accuracy_m=row.accuracy_m,
        grid=row.grid.key if row.grid else "",
        grid_officer=str(row.grid_officer or ""),
        updated_at=row.updated_at,
    )


@router.get("/enterprises", response=EnterpriseList, summary="Firms")
@roles(*READERS)
def list_enterprises(request: HttpRequest, query: Query[EnterpriseQuery]) -> EnterpriseList:
    """Firms by name, one page at a time."""
    rows = queries.list_enterprises(actor_of(request), query.wanted())
    page = paging.paginate(
        rows.select_related("grid", "grid_officer"),
        order=("name_zh", "id"),
        cursor=query.cursor,
        size=query.size,
    )
    found = [_enterprise(row) for row in page]
    return EnterpriseList(rows=found, next=page.next, previous=page.previous)


@router.get("/enterprises/{public_id}", response=EnterpriseOut, summary="One firm")
@roles(*EVERYBODY)
def get_enterprise(request: HttpRequest, public_id: UUID) -> EnterpriseOut:
    return _enterprise(queries.get_enterprise_by_public_id(actor_of(request), public_id))


@router.post("/enterprises", response={201: EnterpriseOut}, summary="Register a firm")
@roles(*KEEPERS)
@idempotent
def create_enterprise(request: HttpRequest, payload: EnterpriseIn) -> tuple[int, EnterpriseOut]:
    """Needs credit_code, name_zh and kind. Takes an ``Idempotency-Key``."""
    actor = actor_of(request)
    made = operations.create_enterprise(actor, now=timezone.now(), **payload.values())
    with tenancy.reading(actor):
        row = queries.get_enterprise(actor, made.pk)
    return 201, _enterprise(row)


@router.patch("/enterprises/{public_id}", response=EnterpriseOut, summary="Change a firm")
@roles(*KEEPERS, Role.GRID_OFFICER)
def change_enterprise(
    request: HttpRequest, public_id: UUID, payload: EnterpriseIn
) -> EnterpriseOut:
    """Only what is given changes."""
    row = operations.change_enterprise_by_public_id(
        actor_of(request), public_id, now=timezone.now(), **payload.values()
    )
    return _enterprise(row)


@router.get("/units", response=list[UnitOut], summary="Units")
@roles(*EVERYBODY)
def list_units(request: HttpRequest) -> list[UnitOut]:
    """Every unit, retired ones too, by code."""
    units = queries.unit_index(actor_of(request))
    codes = {row.pk: row.code for row in units.values()}
    return [_unit(row, codes.get(row.parent_id or 0, "")) for row in units.values()]


def _unit(row: Unit, parent: str) -> UnitOut:
    return UnitOut(
        code=row.code,
        kind=row.kind,
        name=row.name,
        name_zh=row.name_zh,
        name_en=row.name_en,
        parent=parent,
        phone=row.phone,
        is_retired=row.retired_on is not None,
    )


@router.get("/areas.geojson", summary="Boundaries in force on a day", response=dict[str, Any])
@roles(*EVERYBODY)
def list_areas(
    request: HttpRequest, kind: AreaKind | None = None, on: date | None = None
) -> HttpResponse:
    """A GeoJSON FeatureCollection in WGS 84; ``on`` is today when it is left out."""
    day = on or timezone.localdate()
    rows = queries.list_areas_on(actor_of(request), day, [kind] if kind else [])
    features = [
        {
            "type": "Feature",
            "geometry": row.geometry,
            "properties": {
                "kind": row.kind,
                "key": row.key,
                "name": row.name_zh,
                "name_en": row.name_en,
                "unit": row.unit.code if row.unit else "",
                "area_m2": row.area_m2,
                "households": row.households,
                "residents": row.residents,
                "from": row.valid_from.isoformat(),
                "until": row.valid_to.isoformat() if row.valid_to else None,
            },
        }
        for row in rows.select_related("unit").order_by("kind", "key")
    ]
    body = shapes.dump({"type": "FeatureCollection", "features": features})
    return HttpResponse(body, content_type="application/geo+json")


@router.get("/sites", response=list[SiteOut], summary="Sites in use")
@roles(*EVERYBODY)
def list_sites(request: HttpRequest, enterprise: UUID | None = None) -> list[SiteOut]:
    """Sites in use today, of one firm or all that are open to you (at most 5,000)."""
    rows = queries.list_sites(actor_of(request), on=timezone.localdate())
    if enterprise is not None:
        rows = rows.filter(enterprise__public_id=enterprise)
    return [_site(row) for row in rows.select_related("enterprise").order_by("key")[:5000]]


def _site(row: Site) -> SiteOut:
    return SiteOut(
        key=row.key,
        kind=row.kind,
        name=row.name,
        enterprise=row.enterprise.public_id if row.enterprise else None,
        geometry=row.geometry,
        area_m2=row.area_m2,
    )


@router.get("/calendar", response=list[CalendarOut], summary="The work calendar")
@roles(*EVERYBODY)
def work_calendar(request: HttpRequest) -> list[CalendarOut]:
    """The edition that counts for each known year."""
    return [_calendar(row) for row in queries.latest_editions(actor_of(request))]


def _calendar(row: WorkCalendar) -> CalendarOut:
    return CalendarOut(
        year=row.year,
        version=row.version,
        notice=row.notice,
        grade=row.grade,
        rest_days=row.rest_days,
        work_days=row.work_days,
        hours=row.hours,
    )


class ImportIn(Schema):
    """How a file is to be read, and whether it is to be written."""

    system: str = "wgs84"
    sheet: str = ""
    dry_run: bool = False
    good_rows: bool = False


@router.post("/imports/{kind}", response={201: ImportOut}, summary="Bring a file in")
@roles(*KEEPERS)
@idempotent
def import_file(
    request: HttpRequest, kind: str, payload: Form[ImportIn], file: File[UploadedFile]
) -> tuple[int, ImportOut]:
    """Read a CSV, XLSX or GeoJSON file and write it; with ``dry_run`` only say what it would do.

    When lines fail nothing is written unless ``good_rows`` is set; the answer lists the faults.
    """
    if (file.size or 0) > tables.MOST_BYTES:
        raise Invalid("registry.file.size", limit=tables.MOST_BYTES // 1024 // 1024)
    actor, now = actor_of(request), timezone.now()
    reading = imports.read(
        kind,
        file_name=file.name or "",
        content=file.read(),
        system=payload.system,
        sheet=payload.sheet,
    )
    batch = imports.bring_in(
        actor, reading, now=now, is_dry_run=payload.dry_run, is_good_rows=payload.good_rows
    )
    return 201, _batch(batch, queries.list_faults(actor, batch, MOST_FAULTS))


def _batch(batch: ImportBatch, faults: list[queries.Fault]) -> ImportOut:
    return ImportOut(
        id=batch.public_id,
        kind=batch.kind,
        state=batch.state,
        ignored_columns=batch.ignored,
        faults=[
            FaultOut(line=f.line, column=f.column, code=f.code, detail=sentence(f.code, f.params))
            for f in faults
        ],
        **batch.counts,
    )
