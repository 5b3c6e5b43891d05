"""The closed lists of this slice, as codes; their words stand beside the tables."""

import re
from enum import StrEnum

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,39}")
"""Codes and keys: they stand in addresses, in files and in events."""


class Kind(StrEnum):
    """Codes that are stored as plain text."""

    @classmethod
    def values(cls) -> list[str]:
        return [member.value for member in cls]


class UnitKind(Kind):
    ZONE = "zone"
    DEPARTMENT = "department"
    TOWNSHIP = "township"
    UTILITY = "utility"
    COMPANY = "company"
    COMMUNITY = "community"


class EntityKind(Kind):
    ENTERPRISE = "enterprise"
    INDIVIDUAL = "individual_business"
    COOPERATIVE = "cooperative"
    BRANCH = "branch"


class FirmStatus(Kind):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    MOVED = "moved"
    DEREGISTERED = "deregistered"


class SiteKind(Kind):
    PARCEL = "parcel"
    CONSTRUCTION = "construction_site"
    WORKSHOP = "workshop"
    DORMITORY = "dormitory"
    PORT_YARD = "port_yard"
    OTHER = "other"


class AreaKind(Kind):
    PLANNED = "planned"
    DEVELOPED = "developed"
    WALL = "wall"
    TOWNSHIP = "township"
    NEIGHBOURHOOD = "neighbourhood"
    GRID = "grid"
    VILLAGE = "village"
    RIVER = "river"
    ROAD = "road"


LINES = frozenset({AreaKind.RIVER, AreaKind.ROAD})
"""Kinds that may be drawn as lines as well as polygons."""
EXCLUSIVE = frozenset(
    {AreaKind.WALL, AreaKind.GRID, AreaKind.TOWNSHIP, AreaKind.NEIGHBOURHOOD, AreaKind.VILLAGE}
)
"""Kinds of which two in force at the same time may not overlap."""


class Grade(Kind):
    """How well a fact is proven; the meanings stand with the badge that shows them."""

    A = "A"
    A_STAR = "A*"
    B = "B"
    C = "C"
    D = "D"
    K = "K"
    R = "R"


class ImportKind(Kind):
    ENTERPRISES = "enterprises"
    UNITS = "units"
    SITES = "sites"
    WALLS = "walls"
    AREAS = "areas"
    GRIDS = "grids"
    PEOPLE = "people"
    CALENDAR = "calendar"


class Outcome(Kind):
    """What a line of a file does to the register."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"
