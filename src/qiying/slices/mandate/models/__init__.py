"""Tables of the register, of what moves between units, and of the answers given."""

from qiying.slices.mandate.models._decisions import Decision, Precedent, Snapshot
from qiying.slices.mandate.models._register import Edition, Matter, MatterVersion, Seat
from qiying.slices.mandate.models._transfers import Delegation, Handover

__all__ = [
    "Decision",
    "Delegation",
    "Edition",
    "Handover",
    "Matter",
    "MatterVersion",
    "Precedent",
    "Seat",
    "Snapshot",
]
