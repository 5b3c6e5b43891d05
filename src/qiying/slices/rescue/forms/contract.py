"""Forms of a contract: who is signed, at which prices, with which people and stations."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiying.slices.rescue.forms.keep import FILES, Day, choices
from qiying.slices.rescue.models import labels

Choices = Sequence[tuple[str, Any]]
FULL = 100


def _line(label: Any, most: int, *, is_needed: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=is_needed)


class _Choosing(forms.Form):
    """A form whose choices come from the registers."""

    def choose(self, name: str, rows: Choices, first: Any = None) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared so by each form
        field.choices = list(rows) if first is None else [("", first), *rows]


class ContractForm(_Choosing):
    """What a contract says; the name stays what it is once signed."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices(labels.PROVIDER_KINDS))
    contract = _line(_("Number of the contract"), 60)
    from_on = Day(label=_("Valid from"))
    until_on = Day(label=_("Valid until, exclusive"), required=False)
    phone = _line(_("Telephone by day and night"), 20)
    public_percent = forms.IntegerField(
        label=_("The zone's share of labour, percent"),
        required=False,
        min_value=0,
        max_value=FULL,
        help_text=_("Empty: as the rules of the zone say. Parts are always paid by the firm."),
    )
    classes = forms.MultipleChoiceField(
        label=_("Classes of equipment under contract"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: whatever its people hold certificates for."),
    )

    def __init__(self, *args: Any, classes: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.choose("classes", classes)


class ProviderForm(ContractForm):
    """A new provider."""

    name_zh = _line(_("Name in Chinese"), 100, is_needed=True)
    name_en = _line(_("Name in English"), 150)
    field_order = ("name_zh", "name_en")


class PricesForm(forms.Form):
    """A price list as a table."""

    from_on = Day(label=_("Valid from"))
    until_on = Day(label=_("Valid until, exclusive"), required=False)
    note = _line(_("On what it rests"), 200)
    file = forms.FileField(
        label=_("File: CSV or Excel"), widget=forms.FileInput(attrs={"accept": FILES})
    )


class TechnicianForm(_Choosing):
    """Somebody who begins to work for a provider; the person holds the role already."""

    person = forms.ChoiceField(
        label=_("Person"),
        help_text=_("Whoever has an account as a technician and works for no provider yet."),
    )
    station = forms.ChoiceField(label=_("Station"))
    phone = _line(_("Mobile number on duty"), 20)
    joined_on = Day(label=_("Works here from"))

    def __init__(self, *args: Any, people: Choices, stations: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.choose("person", people, _("Please choose"))
        self.choose("station", stations, _("Please choose"))


class LeaveForm(_Choosing):
    """Somebody stops working for a provider."""

    technician = forms.ChoiceField(label=_("Technician"))
    on = Day(label=_("First day no longer here"))

    def __init__(self, *args: Any, people: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.choose("technician", people, _("Please choose"))


class ManagerForm(_Choosing):
    """Somebody leads a provider's people; the person holds the role already."""

    person = forms.ChoiceField(label=_("Person"))

    def __init__(self, *args: Any, people: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.choose("person", people, _("Please choose"))


class StationForm(forms.Form):
    """A place where technicians wait."""

    code = _line(_("Short code"), 20, is_needed=True)
    name_zh = _line(_("Name in Chinese"), 60, is_needed=True)
    name_en = _line(_("Name in English"), 100)
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
