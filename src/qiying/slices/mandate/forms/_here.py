"""What is asked on the page “whose job is it here?”."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiying.slices.mandate.forms._fields import Day
from qiying.slices.mandate.models import labels

STATED_M = 5.0
"""Accuracy of a place that was typed, in metres."""
BELONGS = [("", _("not known")), ("yes", _("the zone's")), ("no", _("of elsewhere"))]


class HereForm(forms.Form):
    """A matter in words or by code, a place, what it is about, and a day."""

    matter = forms.CharField(
        label=_("What is it about?"),
        max_length=80,
        required=False,
        widget=forms.TextInput(
            attrs={"list": "matters", "autocomplete": "off", "type": "search", "data-search": ""}
        ),
    )
    lon = forms.FloatField(
        label=_("Longitude"),
        required=False,
        min_value=-180,
        max_value=180,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    lat = forms.FloatField(
        label=_("Latitude"),
        required=False,
        min_value=-84,
        max_value=84,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    accuracy_m = forms.FloatField(
        required=False,
        min_value=0,
        max_value=100_000,
        widget=forms.HiddenInput(attrs={"data-place-accuracy": True}),
    )
    object_kind = forms.ChoiceField(
        label=_("Object"),
        choices=labels.ObjectKind.choices,
        initial=labels.ObjectKind.ENTERPRISE_PREMISES,
        required=False,
    )
    on = Day(label=_("Day"), required=False)
    belongs = forms.ChoiceField(label=_("The firm is"), choices=BELONGS, required=False)
    is_danger = forms.BooleanField(label=_("Danger to life or property"), required=False)

    def asked(self) -> dict[str, Any]:
        """What the engine is asked besides the matter and the day."""
        data = self.cleaned_data
        belongs = {"yes": True, "no": False}.get(data["belongs"])
        return {
            "accuracy_m": STATED_M if data["accuracy_m"] is None else data["accuracy_m"],
            "longitude": data["lon"],
            "latitude": data["lat"],
            "object_kind": data["object_kind"] or labels.ObjectKind.ENTERPRISE_PREMISES.value,
            "belongs_to_zone": belongs,
            "is_danger": data["is_danger"],
        }
