"""Forms of mediation: one maker for the fields of every step, one for a new dispute."""

from qiying.slices.mediation.forms.opening import PARTY_ROWS, OpenForm
from qiying.slices.mediation.forms.roster import MediatorForm, PeriodForm
from qiying.slices.mediation.forms.steps import TERM_ROWS, StepForm, step_form

__all__ = [
    "PARTY_ROWS",
    "TERM_ROWS",
    "MediatorForm",
    "OpenForm",
    "PeriodForm",
    "StepForm",
    "step_form",
]
