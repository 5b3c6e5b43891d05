"""What the pages of the register take; forms validate and never save."""

from qiying.slices.mandate.forms._fields import Day, Units, unit_choices
from qiying.slices.mandate.forms._here import HereForm
from qiying.slices.mandate.forms._matter import MatterForm
from qiying.slices.mandate.forms._records import (
    DelegationForm,
    EditionForm,
    EndForm,
    HandoverForm,
    ListForm,
    PrecedentForm,
    StepForm,
)

__all__ = [
    "Day",
    "DelegationForm",
    "EditionForm",
    "EndForm",
    "HandoverForm",
    "HereForm",
    "ListForm",
    "MatterForm",
    "PrecedentForm",
    "StepForm",
    "Units",
    "unit_choices",
]
