"""What other slices are handed: frozen copies, with ``.name`` in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from qiying.kernel.language import in_language


@dataclass(frozen=True, slots=True)
class Named:
    """A Chinese and an English name, and the one for the reader."""

    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)


@dataclass(frozen=True, slots=True)
class ZoneCard(Named):
    id: int
    county_zh: str
    county_en: str
    founded_on: date | None
    wall_reform_on: date | None
    call_reform_on: date | None
    band_m: float
    longitude: float
    latitude: float
    hotline: str


@dataclass(frozen=True, slots=True)
class UnitCard(Named):
    id: int
    code: str
    kind: str
    parent_id: int | None
    phone: str
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class EnterpriseCard(Named):
    id: int
    public_id: UUID
    credit_code: str
    longitude: float | None
    latitude: float | None
    accuracy_m: float
    belongs_to_zone: bool
    industry_code: str
    grid_id: int | None
    grid_key: str
    grid_officer_id: int | None
    grid_officer_name: str
    grid_officer_phone: str
    address: str
    township_code: str


@dataclass(frozen=True, slots=True)
class AreaCard(Named):
    """One dated version; ``valid_to`` is exclusive. ``geometry`` is GeoJSON, never to be changed."""

    id: int
    key: str
    kind: str
    unit_code: str
    geometry: Mapping[str, Any]
    area_m2: float
    valid_from: date
    valid_to: date | None
    households: int
    residents: int


@dataclass(frozen=True, slots=True)
class SiteCard(Named):
    id: int
    key: str
    kind: str
    geometry: Mapping[str, Any]
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A person to ring at a firm; personal data, not to be kept elsewhere."""

    name: str
    phone: str
    title: str
    is_primary: bool


@dataclass(frozen=True, slots=True)
class FirmPanel:
    """A tab on the firm page; the address takes the firm's public id, answers with a partial."""

    label: Promise | str
    url_name: str
    roles: frozenset[str]
    order: int


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer of the map page; the address answers with GeoJSON."""

    kind: str
    label: Promise | str
    url_name: str
    roles: frozenset[str]
    is_off: bool
