"""Forms of the contracts: a provider, its people, its prices."""

import csv
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.slices.rescue.forms.keep import Day, choices
from qiying.slices.rescue.models import PriceItem, labels
from qiying.slices.rescue.operations import PriceIn

FEWEST, MOST_LINES = 4, 300
DEAREST = Decimal(10_000_000)
FIRM_PAYS = frozenset({"企业", "firm", "the firm"})
SHARED = frozenset({"", "分担", "shared"})
NO = frozenset({"否", "no"})
YES = frozenset({"", "是", "yes"})
LONGEST = {"code": 20, "name_zh": 80, "unit_zh": 10, "name_en": 120, "unit_en": 20}


class ProviderForm(forms.Form):
    """A contract as it was signed."""

    name_zh = forms.CharField(label=_("Name of the provider in Chinese"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=150, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices(labels.PROVIDER_KINDS))
    contract = forms.CharField(label=_("Number of the contract"), max_length=60)
    from_on = Day(label=_("In contract from"))
    until_on = Day(label=_("First day out of contract"), required=False)
    public_percent = forms.IntegerField(
        label=_("The zone's share of labour, percent"),
        help_text=_("Empty: as the rules of the zone say."),
        required=False,
        min_value=0,
        max_value=100,
    )
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)


class TechnicianForm(forms.Form):
    """Somebody who holds the role of a technician begins to work for a provider."""

    person_id = forms.TypedChoiceField(label=_("Person"), coerce=int)
    station_id = forms.TypedChoiceField(label=_("Station"), coerce=int)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    joined_on = Day(label=_("Works here from"), required=False)

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, str]],
        stations: list[tuple[str, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        for name, rows in (("person_id", people), ("station_id", stations)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
            field.choices = [("", _("Please choose")), *rows]
        if not people:
            self.fields["person_id"].help_text = _(
                "Nobody is free: give somebody the role of a technician first."
            )


class PriceLines(forms.CharField):
    """A price list as lines of a table; every fault is named with its line."""

    def clean(self, value: Any) -> tuple[PriceIn, ...]:
        text = super().clean(value)
        found: list[PriceIn] = []
        faults: list[str] = []
        for n, cells in enumerate(_rows(text), start=1):
            try:
                found.append(_item(cells))
            except ValidationError as fault:
                faults.append(gettext("Line %(n)s: %(fault)s") % {"n": n, "fault": fault.message})
        codes = [i.code for i in found]
        faults += [
            gettext("The code %(code)s stands in more than one line.") % {"code": c}
            for c in sorted({c for c in codes if codes.count(c) > 1})
        ]
        if len(found) > MOST_LINES:
            faults = [gettext("A price list has at most %(n)s lines.") % {"n": MOST_LINES}]
        if faults:
            raise ValidationError(faults[:5])
        return tuple(found)


def _rows(text: str) -> Iterable[list[str]]:
    """Cells of the lines, divided by commas (also Chinese ones) or tabs."""
    even = text.replace("，", ",").replace("\t", ",")
    for cells in csv.reader(even.splitlines()):
        if any(cell.strip() for cell in cells):
            yield [cell.strip() for cell in cells]


def _item(cells: list[str]) -> PriceIn:
    if not FEWEST <= len(cells) <= 2 * FEWEST:
        raise ValidationError(gettext("code, name, unit and price are needed."))
    code, name, unit, price, payer, night, name_en, unit_en = [*cells, "", "", "", ""][:8]
    given = {"code": code, "name_zh": name, "unit_zh": unit, "name_en": name_en}
    given["unit_en"] = unit_en
    if not (code and name and unit):
        raise ValidationError(gettext("code, name, unit and price are needed."))
    if any(len(text) > LONGEST[key] for key, text in given.items()):
        raise ValidationError(gettext("a code, name or unit is too long."))
    if payer not in FIRM_PAYS | SHARED or night not in YES | NO:
        raise ValidationError(
            gettext("who pays is “firm” or “shared”, the night price “yes” or “no”.")
        )
    return PriceIn(
        price_cny=_price(price),
        is_part=payer in FIRM_PAYS,
        has_night_price=night not in NO,
        **given,
    )


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or not 0 <= price < DEAREST or round(price, 2) != price:
        raise ValidationError(gettext("the price is an amount in yuan with at most two decimals."))
    return price


class PricesForm(forms.Form):
    """A new version of the prices; the one in force ends the day before."""

    from_on = Day(label=_("In force from"))
    items = PriceLines(
        label=_("Lines of the price list"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "One line each: code, name, unit, price in yuan, who pays (shared or firm),"
            " night price (yes or no), English name, English unit. The last four may be left out."
        ),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


def lines_of_list(items: Iterable[PriceItem]) -> str:
    """A price list as the form takes it."""
    return "\n".join(
        ",".join(
            cell.replace(",", " ")
            for cell in (
                *(i.code, i.name_zh, i.unit_zh, str(i.price_cny)),
                "企业" if i.is_part else "分担",
                "是" if i.has_night_price else "否",
                *(i.name_en, i.unit_en),
            )
        )
        for i in items
    )
