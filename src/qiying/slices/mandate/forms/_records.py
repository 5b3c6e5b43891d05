"""Editions, delegations, hand-overs, precedents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiying.slices.mandate import rules
from qiying.slices.mandate.forms._fields import Choices, Day, choose
from qiying.slices.mandate.models import labels


class EditionForm(forms.Form):
    """Name a day of the register."""

    effective_on = Day(label=_("As of"))
    name_zh = forms.CharField(label=_("Chinese name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=150)
    document = forms.CharField(label=_("Document and number"), max_length=150, required=False)


class DelegationForm(forms.Form):
    """A power of the county that another unit exercises."""

    matter = forms.ChoiceField(label=_("Matter"))
    kind = forms.ChoiceField(label=_("Form of delegation"), choices=labels.DelegationKind.choices)
    from_unit = forms.ChoiceField(label=_("Delegated by"))
    to_unit = forms.ChoiceField(label=_("Exercised by"))
    document = forms.CharField(label=_("Document and number"), max_length=150)
    scope_zh = forms.CharField(label=_("Scope (Chinese)"), max_length=300, required=False)
    scope_en = forms.CharField(label=_("Scope (English)"), max_length=400, required=False)
    valid_from = Day(label=_("From the day"))
    valid_to = Day(label=_("Until"), required=False)

    def __init__(self, *args: Any, matters: Choices, units: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "matter", matters)
        choose(self, "from_unit", units)
        choose(self, "to_unit", units)


class EndForm(forms.Form):
    ends_on = Day(label=_("Delegation ends on"))


class HandoverForm(forms.Form):
    """Begin to hand a neighbourhood over."""

    area_key = forms.ChoiceField(label=_("Neighbourhood"))
    to_unit = forms.ChoiceField(label=_("Receiving township"))
    community_zh = forms.CharField(label=_("Receiving community"), max_length=100, required=False)
    community_en = forms.CharField(
        label=_("Receiving community (English)"), max_length=150, required=False
    )

    def __init__(self, *args: Any, areas: Choices, units: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "area_key", areas)
        choose(self, "to_unit", units)


class StepForm(forms.Form):
    """One step of a hand-over and its day."""

    step = forms.ChoiceField(choices=[(s, s) for s in rules.HANDOVER.steps])
    on = Day(label=_("Day"), required=False)
    document = forms.CharField(label=_("Hand-over agreement"), max_length=150, required=False)


class ListForm(forms.Form):
    """How many objects a list holds and how many are accepted, or that it holds none."""

    name = forms.ChoiceField(choices=[(n, n) for n in rules.LISTS])
    listed = forms.IntegerField(label=_("items listed"), min_value=0, max_value=1_000_000)
    accepted = forms.IntegerField(label=_("items accepted"), min_value=0, max_value=1_000_000)
    is_none = forms.BooleanField(label=_("nothing to hand over"), required=False)


class PrecedentForm(forms.Form):
    """An adjudication of the county."""

    matter = forms.ChoiceField(label=_("Matter"))
    lead_unit = forms.ChoiceField(label=_("Lead unit"))
    decided_by = forms.ChoiceField(label=_("Adjudicated by"))
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), min_value=-84, max_value=84)
    reason_zh = forms.CharField(
        label=_("Reason (Chinese)"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason_en = forms.CharField(
        label=_("Reason (English)"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document = forms.CharField(label=_("Document and number"), max_length=150, required=False)
    valid_from = Day(label=_("From the day"))
    decision = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, matters: Choices, units: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "matter", matters)
        choose(self, "lead_unit", units)
        choose(self, "decided_by", units)
