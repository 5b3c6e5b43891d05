"""A new dispute."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiying.kernel.forms import PLAIN
from qiying.slices.mediation.forms.steps import Day, Words
from qiying.slices.mediation.models import labels
from qiying.slices.mediation.rules import MAX_TITLE, Side

PARTY_ROWS = 4
PARTS = ("side", "firm", "name", "phone", "spokesperson")


class OpenForm(forms.Form):
    """What is in dispute, between whom; a party is a firm or an outside person."""

    kind = forms.ChoiceField(label=_("Kind of dispute"), choices=labels.choices(labels.KINDS))
    title = forms.CharField(label=_("In short"), max_length=MAX_TITLE, validators=[PLAIN])
    facts = Words(label=_("Facts and what is asked for"), rows=5, validators=[PLAIN])
    claim_cny = forms.DecimalField(
        label=_("Amount in dispute (yuan)"),
        max_digits=18,
        decimal_places=2,
        min_value=0,
        required=False,
    )
    applied_on = Day(label=_("Application received on"))
    arose_on = Day(
        label=_("Party has known of the breach since"),
        required=False,
        help_text=_("From this day we work out when the claim may lapse."),
    )
    call = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for i in range(PARTY_ROWS):
            side = Side.APPLICANT if i == 0 else Side.RESPONDENT
            self.fields[f"party{i}_side"] = forms.ChoiceField(
                label=_("Side"), choices=labels.choices(labels.SIDES), initial=side.value
            )
            self.fields[f"party{i}_firm"] = _words(_("Firm (name or credit code)"), 100)
            self.fields[f"party{i}_name"] = _words(_("or outside person"), 64)
            self.fields[f"party{i}_phone"] = _words(_("Telephone"), 20)
            self.fields[f"party{i}_spokesperson"] = _words(_("Spokesperson"), 64)

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self[n] for n in self.fields if not n.startswith("party")]

    @property
    def party_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"party{i}_{p}"] for p in PARTS] for i in range(PARTY_ROWS)]

    def parties(self) -> list[tuple[int, dict[str, str]]]:
        """The filled lines: their number and their values."""
        data = self.cleaned_data
        rows = [(i, {p: data[f"party{i}_{p}"] for p in PARTS}) for i in range(PARTY_ROWS)]
        return [(i, row) for i, row in rows if row["firm"] or row["name"]]


def _words(label: Any, most: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, validators=[PLAIN])
