"""The closed vocabularies of the register; every code is stored, its words live in ``models``."""

from enum import StrEnum

from qiying.engines.jurisdiction import GRADES, LOCAL_TOWNSHIP, Basis, ObjectKind, Status


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


ZONE = "ZONE"
RESPONDERS = ("FIRE", "EMB", ZONE)
"""Who goes first where life is in danger and nobody nearer is named: the first that exists."""
CATEGORIES = tuple(f"{n:02d}" for n in range(1, 16))
SEVERITIES = ("error", "warning")

__all__ = [
    "CATEGORIES",
    "GRADES",
    "LOCAL_TOWNSHIP",
    "RESPONDERS",
    "SEVERITIES",
    "ZONE",
    "Basis",
    "DelegationKind",
    "Duty",
    "EditionKind",
    "Nature",
    "ObjectKind",
    "Part",
    "Power",
    "Side",
    "Status",
    "TimeKind",
]
