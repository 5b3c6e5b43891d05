"""Forms for firms, contacts and portfolios."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from qiying.kernel.problems import sentence
from qiying.slices.registry.forms.fields import ANY, NONE, day_field
from qiying.slices.registry.models.labels import ENTITY_KINDS, FIRM_STATUSES
from qiying.slices.registry.queries import FirmFilter
from qiying.slices.registry.rules import credit_code, industry

PHONE = RegexValidator(r"^[0-9+()\-/ 转]*$", _("Enter a telephone number."))


class FirmFilterForm(forms.Form):
    """The filter of the list, from the address; what is not understood narrows nothing."""

    q = forms.CharField(max_length=100, required=False)
    kind = forms.ChoiceField(choices=[ANY, *ENTITY_KINDS], required=False)
    status = forms.ChoiceField(choices=[ANY, *FIRM_STATUSES], required=False)
    industry = forms.RegexField(r"^(\d\d|[A-T])$", required=False)
    grid = forms.CharField(max_length=40, required=False)
    officer = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    only = forms.MultipleChoiceField(
        choices=[(x, x) for x in ("mine", "scale", "outside", "unplaced", "unassigned")],
        required=False,
    )

    def wanted(self) -> FirmFilter:
        self.is_valid()
        data: dict[str, Any] = self.cleaned_data
        only = set(data.get("only") or ())
        return FirmFilter(
            q=data.get("q") or "",
            entity_kind=data.get("kind") or "",
            status=data.get("status") or "",
            industry=data.get("industry") or "",
            grid=data.get("grid") or "",
            officer=data.get("officer"),
            mine="mine" in only,
            above_scale="scale" in only,
            outside="outside" in only,
            unplaced="unplaced" in only,
            unassigned="unassigned" in only,
        )


class FirmForm(forms.Form):
    """A firm; the credit code is proved by its check character."""

    credit_code = forms.CharField(label=_("Unified social credit code"), max_length=18)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=150)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    entity_kind = forms.ChoiceField(label=_("Kind"), choices=ENTITY_KINDS)
    status = forms.ChoiceField(label=_("Status"), choices=FIRM_STATUSES)
    industry_code = forms.CharField(
        label=_("Industry code (GB/T 4754)"),
        max_length=5,
        required=False,
        help_text=_("Two to four digits; the first two name the division."),
        widget=forms.TextInput(attrs={"list": "divisions"}),
    )
    staff_count = forms.IntegerField(label=_("Staff"), min_value=0, max_value=1_000_000)
    capital_10k = forms.DecimalField(
        label=_("Registered capital (10,000 yuan)"),
        min_value=Decimal(0),
        max_digits=13,
        decimal_places=4,
        required=False,
    )
    registered_on = day_field(_("Registered on"))
    is_above_scale = forms.BooleanField(label=_("Above designated size"), required=False)
    belongs_to_zone = forms.BooleanField(label=_("Belongs to the zone"), required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    longitude = forms.FloatField(
        label=_("Longitude"), min_value=-180, max_value=180, required=False, localize=False
    )
    latitude = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, required=False, localize=False
    )

    def clean_credit_code(self) -> str:
        code = credit_code.normalise(self.cleaned_data["credit_code"])
        fault = credit_code.fault_of(code)
        if fault:
            raise forms.ValidationError(sentence(fault))
        return code

    def clean_industry_code(self) -> str:
        code = industry.normalise(self.cleaned_data["industry_code"])
        fault = industry.fault_of(code) if code else None
        if fault:
            raise forms.ValidationError(sentence(fault))
        return code

    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        found = dict(self.cleaned_data)
        capital = found.pop("capital_10k")
        found["capital_cny"] = None if capital is None else capital * 10_000
        return found


class ContactForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=64)
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, validators=[PHONE]
    )
    title = forms.CharField(label=_("Job title"), max_length=60, required=False)
    is_primary = forms.BooleanField(label=_("First to ring"), required=False)


class AssignForm(forms.Form):
    """Which officer; nobody gives firms back to the officer of their grid."""

    officer = forms.TypedChoiceField(
        label=_("Grid officer"), coerce=int, empty_value=None, required=False
    )
    id = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(
        self, *args: Any, officers: list[tuple[str, str]], ids: list[str], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["officer"].choices = [NONE, *officers]  # type: ignore[attr-defined]
        self.fields["id"].choices = [(i, i) for i in ids if i.isdigit()]  # type: ignore[attr-defined]
