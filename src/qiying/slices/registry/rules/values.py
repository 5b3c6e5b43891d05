"""Names and types of the values that may be written, for operations, forms and interfaces."""

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict


class ZoneValues(TypedDict, total=False):
    name_zh: str
    name_en: str
    county_zh: str
    county_en: str
    founded_on: date | None
    wall_reform_on: date | None
    call_reform_on: date | None
    band_m: float
    longitude: float
    latitude: float
    hotline: str


class UnitValues(TypedDict, total=False):
    code: str
    kind: str
    name_zh: str
    name_en: str
    parent_id: int | None
    phone: str
    address: str


class SiteValues(TypedDict, total=False):
    """``geometry`` is a GeoJSON point or polygon in WGS 84."""

    key: str
    kind: str
    name_zh: str
    name_en: str
    enterprise_id: int | None
    owner_unit_id: int | None
    geometry: dict[str, Any]
    valid_from: date | None
    retired_on: date | None


class AreaValues(TypedDict, total=False):
    """``geometry`` is a GeoJSON polygon (a line for rivers and roads) in WGS 84."""

    kind: str
    key: str
    name_zh: str
    name_en: str
    unit_id: int | None
    geometry: dict[str, Any]
    households: int
    residents: int
    valid_from: date
    valid_to: date | None


class FirmValues(TypedDict, total=False):
    credit_code: str
    name_zh: str
    name_en: str
    entity_kind: str
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


class ContactValues(TypedDict, total=False):
    name: str
    phone: str
    title: str
    is_primary: bool
