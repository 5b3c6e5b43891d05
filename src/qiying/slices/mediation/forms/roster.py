"""The roster of mediators, and the period of the figures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiying.kernel.forms import PLAIN
from qiying.slices.mediation.forms.steps import Choices, Day, Number
from qiying.slices.mediation.models import labels


class MediatorForm(forms.Form):
    """Put a member of the staff on the roster."""

    person = Number(label=_("Person"))
    unit = Number(label=_("Unit"))
    kinds = forms.MultipleChoiceField(
        label=_("Disputes known"),
        choices=labels.choices(labels.KINDS),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: disputes of every kind."),
    )
    credential = forms.CharField(
        label=_("Credential"), max_length=120, required=False, validators=[PLAIN]
    )
    listed_on = Day(label=_("On the roster from"))
    until_on = Day(label=_("On the roster until"), required=False)

    def __init__(self, *args: Any, people: Choices, units: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"] = Number(label=_("Person"), choices=people)
        self.fields["unit"] = Number(label=_("Unit"), choices=units)


class PeriodForm(forms.Form):
    """Which days are counted; the last one is included."""

    start = Day(label=_("From the day"), required=False)
    end = Day(label=_("Through the day"), required=False)
