"""Tables of the casebook."""

from qiying.slices.casebook.models.cases import (
    Case,
    CaseReview,
    CaseVersion,
    Citation,
    FindingReason,
)
from qiying.slices.casebook.models.selections import (
    Entry,
    EntryMark,
    Interest,
    Objection,
    Seat,
    Selection,
)

__all__ = [
    "Case",
    "CaseReview",
    "CaseVersion",
    "Citation",
    "Entry",
    "EntryMark",
    "FindingReason",
    "Interest",
    "Objection",
    "Seat",
    "Selection",
]
