"""The closed vocabularies of the register; every code is stored, its words live in ``models``."""

from enum import StrEnum


class Status(StrEnum):
    """What the reform did to a matter."""

    CORE = "CORE"
    SHARE = "SHARE"
    LOCK = "LOCK"
    DEPT = "DEPT"
    STRIP = "STRIP"


class Basis(StrEnum):
    """What decides between the units of a row."""

    WALL = "WALL"
    ZONE = "ZONE"
    DEPT = "DEPT"
    TOWNSHIP = "TOWNSHIP"
    LINEAR = "LINEAR"


class Nature(StrEnum):
    """What kind of call the matter usually is."""

    ENQUIRY = "enquiry"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    RESOURCE = "resource"


class TimeKind(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"


class Power(StrEnum):
    """The ten classes of administrative power, and three that are none."""

    LICENSING = "licensing"
    PENALTY = "penalty"
    COERCION = "coercion"
    LEVY = "levy"
    PAYMENT = "payment"
    ADJUDICATION = "adjudication"
    CONFIRMATION = "confirmation"
    REWARD = "reward"
    INSPECTION = "inspection"
    OTHER = "other"
    PUBLIC_SERVICE = "public_service"
    ECONOMIC = "economic"
    SOCIAL = "social"


class Duty(StrEnum):
    """What the matter is to a zone; figures A05 and A08 count by it."""

    INVEST = "invest"
    BUILD = "build"
    ECONOMY = "economy"
    SOCIAL = "social"
    INTERNAL = "internal"


class Grade(StrEnum):
    """How well the basis is known, best first."""

    A = "A"
    A_STAR = "A*"
    B = "B"
    C = "C"
    K = "K"
    D = "D"
    R = "R"


class Side(StrEnum):
    INSIDE = "inside"
    OUTSIDE = "outside"


class Part(StrEnum):
    LEAD = "lead"
    CO = "co"


class DelegationKind(StrEnum):
    STATUTORY = "statutory"
    AUTHORISED = "authorised"
    ENTRUSTED = "entrusted"
    OUTPOSTED = "outposted"


class EditionKind(StrEnum):
    BEFORE_REFORM = "before_reform"
    REFORM = "reform"
    REVISION = "revision"


class ObjectKind(StrEnum):
    """What the matter is about at the place; the engine knows the same names."""

    ENTERPRISE_PREMISES = "enterprise_premises"
    WORKSHOP = "workshop"
    ENTERPRISE_DORMITORY = "enterprise_dormitory"
    PORT_YARD = "port_yard"
    CONSTRUCTION_SITE = "construction_site"
    RESIDENTIAL_NEIGHBOURHOOD = "residential_neighbourhood"
    RESIDENT_MATTER = "resident_matter"
    PUBLIC_PLACE = "public_place"
    SEGMENT = "segment"


LOCAL_TOWNSHIP = "LOCAL_TOWNSHIP"
"""The token of a seat (属地乡镇) that the township holding the place takes."""
ZONE = "ZONE"
CATEGORIES = tuple(f"{n:02d}" for n in range(1, 16))
