"""Tables of mediation."""

from qiying.slices.mediation.models.cases import Appointment, Case, Mediator, Note, Party
from qiying.slices.mediation.models.querysets import is_house
from qiying.slices.mediation.models.talks import Agreement, Attendance, Session, Signature, Term

__all__ = [
    "Agreement",
    "Appointment",
    "Attendance",
    "Case",
    "Mediator",
    "Note",
    "Party",
    "Session",
    "Signature",
    "Term",
    "is_house",
]
