"""Forms for the zone, units, sites, areas and work calendars."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from qiying.kernel.errors import Invalid
from qiying.kernel.problems import sentence
from qiying.slices.registry.forms.fields import (
    NONE,
    SYSTEMS,
    ShapeField,
    day_field,
    days,
)
from qiying.slices.registry.models.labels import AREA_KINDS, SITE_KINDS, UNIT_KINDS
from qiying.slices.registry.rules.kinds import KEY, Grade

KEY_RULE = RegexValidator(
    rf"^{KEY.pattern}$", _("Use letters, digits, dots, dashes and underscores.")
)
SPAN = r"\d\d:\d\d-\d\d:\d\d"
Choices = list[tuple[str, str]]


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    form.fields[name].choices = [NONE, *choices]  # type: ignore[attr-defined]


def _one_of(label: Any) -> Any:
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, required=False)


class ZoneForm(forms.Form):
    name_zh = forms.CharField(label=_("Chinese name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=150, required=False)
    county_zh = forms.CharField(label=_("County"), max_length=60, required=False)
    county_en = forms.CharField(label=_("County (English)"), max_length=100, required=False)
    hotline = forms.CharField(label=_("Hotline"), max_length=30, required=False)
    founded_on = day_field(_("Founded on"))
    wall_reform_on = day_field(
        _("Industrial wall in force from"),
        help_text=_(
            "From this day the wall decides whose job it is; before it, the planned area."
        ),
    )
    call_reform_on = day_field(_("Call reform in force from"))
    band_m = forms.FloatField(
        label=_("Boundary band (metres)"),
        min_value=0,
        max_value=500,
        localize=False,
        help_text=_("Inside this band beside a wall a decision asks for confirmation."),
    )
    longitude = forms.FloatField(
        label=_("Longitude"), min_value=-180, max_value=180, localize=False
    )
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, localize=False)


class UnitForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=40, validators=[KEY_RULE])
    kind = forms.ChoiceField(label=_("Kind"), choices=UNIT_KINDS)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=150, required=False)
    parent = _one_of(_("Belongs to"))
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)

    def __init__(self, *args: Any, units: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        _choose(self, "parent", units)


class AreaForm(forms.Form):
    """A version of an area; its shape comes as a GeoJSON file."""

    kind = forms.ChoiceField(label=_("Kind"), choices=AREA_KINDS)
    key = forms.CharField(label=_("Key"), max_length=40, validators=[KEY_RULE])
    name_zh = forms.CharField(label=_("Chinese name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=150, required=False)
    unit = _one_of(_("Unit that answers for it"))
    shape = ShapeField(label=_("Shape (GeoJSON)"))
    system = forms.ChoiceField(
        label=_("Reference system of the shape"),
        choices=[s for s in SYSTEMS if s[0] != "gcj02"],
    )
    valid_from = day_field(
        _("In force from"),
        required=True,
        help_text=_("The version before ends on this day. The same day corrects that version."),
    )
    valid_to = day_field(_("Until (not included)"))
    households = forms.IntegerField(
        label=_("Households"), min_value=0, max_value=10_000_000, required=False
    )
    residents = forms.IntegerField(
        label=_("Residents"), min_value=0, max_value=10_000_000, required=False
    )

    def __init__(self, *args: Any, units: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        _choose(self, "unit", units)


class SiteForm(forms.Form):
    """A site as a point on the map or a shape from a file."""

    key = forms.CharField(label=_("Key"), max_length=40, validators=[KEY_RULE])
    kind = forms.ChoiceField(label=_("Kind"), choices=SITE_KINDS)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=150)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    credit_code = forms.CharField(
        label=_("Credit code of the firm"), max_length=18, required=False
    )
    owner_unit = _one_of(_("Owned by the unit"))
    longitude = forms.FloatField(
        label=_("Longitude"), min_value=-180, max_value=180, required=False, localize=False
    )
    latitude = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, required=False, localize=False
    )
    shape = ShapeField(label=_("Or a shape (GeoJSON, WGS 84)"), required=False)
    valid_from = day_field(_("In use from"))
    retired_on = day_field(_("Until (not included)"))

    def __init__(self, *args: Any, units: Choices, has_shape: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.has_shape = has_shape
        _choose(self, "owner_unit", units)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        has_point = data.get("longitude") is not None and data.get("latitude") is not None
        if not has_point and not data.get("shape") and not self.has_shape:
            self.add_error("longitude", _("Tap the place on the map or choose a file."))
        return data


class CalendarForm(forms.Form):
    """A new edition of a year's working days."""

    notice = forms.CharField(label=_("Number of the notice"), max_length=100, required=False)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=100, required=False)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    issued_on = day_field(_("Issued on"))
    grade = forms.ChoiceField(label=_("Evidence"), choices=[(g, g) for g in Grade.values()])
    rest_days = forms.CharField(
        label=_("Weekdays that rest"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Dates like 2026-10-01, one a line or separated by commas."),
    )
    work_days = forms.CharField(
        label=_("Saturdays and Sundays that work"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    hours = forms.RegexField(
        rf"^{SPAN}(\s*[,，]\s*{SPAN})*$",
        label=_("Business hours"),
        max_length=100,
        help_text=_("Like 08:30-12:00, 13:30-17:30."),
    )

    def _days(self, name: str) -> Any:
        try:
            return days(self.cleaned_data[name])
        except Invalid as problem:
            raise forms.ValidationError(sentence(problem.code)) from problem

    def clean_rest_days(self) -> Any:
        return self._days("rest_days")

    def clean_work_days(self) -> Any:
        return self._days("work_days")

    def clean_hours(self) -> list[tuple[str, str]]:
        spans = self.cleaned_data["hours"].replace("，", ",").split(",")
        return [(span.strip()[:5], span.strip()[6:]) for span in spans]
