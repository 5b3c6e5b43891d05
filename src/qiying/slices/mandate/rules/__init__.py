"""What the register can say and how its records move: pure tables and functions."""

from qiying.slices.mandate.rules._codes import (
    CATEGORIES,
    LOCAL_TOWNSHIP,
    ZONE,
    Basis,
    DelegationKind,
    Duty,
    EditionKind,
    Grade,
    Nature,
    ObjectKind,
    Part,
    Power,
    Side,
    Status,
    TimeKind,
)
from qiying.slices.mandate.rules._handover import (
    DUAL_RUN_MONTHS,
    HANDOVER,
    LISTS,
    TRANSFERRED,
    months_after,
)

__all__ = [
    "CATEGORIES",
    "DUAL_RUN_MONTHS",
    "HANDOVER",
    "LISTS",
    "LOCAL_TOWNSHIP",
    "TRANSFERRED",
    "ZONE",
    "Basis",
    "DelegationKind",
    "Duty",
    "EditionKind",
    "Grade",
    "Nature",
    "ObjectKind",
    "Part",
    "Power",
    "Side",
    "Status",
    "TimeKind",
    "months_after",
]
