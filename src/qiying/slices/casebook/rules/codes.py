"""The closed lists of this slice, as codes; their words stand beside the tables."""

from enum import StrEnum


class CaseState(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


class SelectionState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CHECKING = "checking"
    REVIEWING = "reviewing"
    RANKED = "ranked"
    SHORTLISTED = "shortlisted"
    PUBLICITY = "publicity"
    FINAL = "final"
    CANCELLED = "cancelled"


class EntryState(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"
    EXCLUDED = "excluded"
    """An objection against it was upheld."""


class ObjectionState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Level(StrEnum):
    """Who entered a case."""

    COUNTY = "county"
    ZONE = "zone"
    UNIT = "unit"


class Finding(StrEnum):
    """What can tell who is meant."""

    OWN_FIRM = "own_firm"
    FIRM = "firm"
    PERSON = "person"
    CREDIT_CODE = "credit_code"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    PLATE = "plate"
    ADDRESS = "address"
    AMOUNT = "amount"
    NUMBER = "number"
    """The number of a record."""
    FIGURE = "figure"
    """A result in numbers for which no proof is named (统计法 art. 12)."""


HARD = frozenset(
    {
        Finding.OWN_FIRM,
        Finding.CREDIT_CODE,
        Finding.ID_NUMBER,
        Finding.PHONE,
        Finding.EMAIL,
        Finding.ACCOUNT,
    }
)
"""No reason lets these stand: they must be taken out."""
TEXTS = ("title", "background", "difficulty", "practice", "effect", "replicable")
"""The parts of a case's text; the title, then 背景、难点、做法、成效、可复制之处."""
LEAST_TEXT = 12
"""Characters that each part but the title holds at least."""
MAX_TITLE, MAX_TEXT = 100, 3000
