"""The vocabulary: every code that goes in or comes out.

Codes are stable and are stored with decisions; interfaces turn them into words.
"""

from enum import StrEnum


class Status(StrEnum):
    """What the register says about the owner of a matter."""

    CORE = "CORE"  # the zone's own business
    SHARE = "SHARE"  # shared: the lead differs by side, or is joint
    LOCK = "LOCK"  # placed on the zone by statute, cannot be handed away
    DEPT = "DEPT"  # a statutory department's power
    STRIP = "STRIP"  # a social function stripped from the zone


class Basis(StrEnum):
    """By what the lead of a matter is found."""

    WALL = "WALL"
    ZONE = "ZONE"
    DEPT = "DEPT"
    TOWNSHIP = "TOWNSHIP"
    LINEAR = "LINEAR"


class UnitKind(StrEnum):
    ZONE = "zone"
    DEPARTMENT = "department"
    TOWNSHIP = "township"
    UTILITY = "utility"
    COMPANY = "company"
    COMMUNITY = "community"


class AreaKind(StrEnum):
    PLANNED = "planned"
    DEVELOPED = "developed"
    WALL = "wall"
    TOWNSHIP = "township"
    NEIGHBOURHOOD = "neighbourhood"
    GRID = "grid"


class ObjectKind(StrEnum):
    """What the matter is about: its nature and place count, never the complainant's address."""

    ENTERPRISE_PREMISES = "enterprise_premises"
    WORKSHOP = "workshop"
    ENTERPRISE_DORMITORY = "enterprise_dormitory"
    PORT_YARD = "port_yard"
    CONSTRUCTION_SITE = "construction_site"
    RESIDENTIAL_NEIGHBOURHOOD = "residential_neighbourhood"
    RESIDENT_MATTER = "resident_matter"
    PUBLIC_PLACE = "public_place"
    SEGMENT = "segment"


class Side(StrEnum):
    """Where an object lies to the boundary in force."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    BAND = "band"  # its side is known, but the boundary is nearer than the band
    CROSSING = "crossing"  # parts of it lie on both sides
    UNCERTAIN = "uncertain"  # its accuracy is worse than its distance to the boundary
    UNKNOWN = "unknown"  # no place is stated, or no boundary is in force


class Rule(StrEnum):
    """The rules that decide (J…) and those that only guard or explain (the rest)."""

    BEFORE_REFORM = "J0"
    DANGER = "J1"
    DEPARTMENT = "J2"
    LOCKED = "J3"
    RESIDENTS = "J4"
    NOT_HANDED_OVER = "J4P"
    LINEAR = "J5"
    NEAR_WALL = "J6"
    BASIS = "J7"
    ADJUDICATION = "J8"

    FIRST_RECEIVER = "R2"
    DEPARTMENT_DUTY = "R5"
    RECUSAL = "R8"
    ROW = "ROW"
    NO_COMPANY = "NO_COMPANY"
    NO_TOWNSHIP = "NO_TOWNSHIP"
    NO_RESPONDER = "NO_RESPONDER"
    NO_OWNER = "NO_OWNER"
    NO_PLACE = "NO_PLACE"
    NOT_ARISING = "NOT_ARISING"
    SAME_CANDIDATES = "SAME_CANDIDATES"
    PRECEDENT = "PRECEDENT"
    ZONE_TOLD = "ZONE_TOLD"


LOCAL_TOWNSHIP = "LOCAL_TOWNSHIP"
"""Stands in a cell of the register for the township or sub-district that holds the object."""

GRADES = ("A", "A*", "B", "C", "D", "K", "R")
KINDS = tuple(ObjectKind)
SIDES = tuple(Side)
RULES = (
    Rule.BEFORE_REFORM,
    Rule.DANGER,
    Rule.DEPARTMENT,
    Rule.LOCKED,
    Rule.RESIDENTS,
    Rule.NOT_HANDED_OVER,
    Rule.LINEAR,
    Rule.NEAR_WALL,
    Rule.BASIS,
    Rule.ADJUDICATION,
)
RESIDENTIAL = frozenset({ObjectKind.RESIDENTIAL_NEIGHBOURHOOD, ObjectKind.RESIDENT_MATTER})
UNCLEAR = frozenset({Side.BAND, Side.CROSSING, Side.UNCERTAIN})
