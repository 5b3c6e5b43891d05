"""Kinds of fields that the forms of Industry 120 are made of."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qiying.slices.rescue.rules import MAX_TEXT

MOST = Decimal(9999)


class Words(forms.CharField):
    """A text of several lines."""

    def __init__(self, *, rows: int = 3, max_length: int = MAX_TEXT, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=max_length, widget=widget, **options)


class Moment(forms.DateTimeField):
    """A minute of a day, in the zone's time."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")


class _Quantities(forms.Widget):
    """A number beside each item of a price list; the field of an item is named by its id."""

    items: Sequence[tuple[Any, Any]] = ()

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        del renderer
        first = (attrs or {}).get("id", name)
        given = {str(row["item_id"]): row["quantity"] for row in value or ()}
        rows = (
            (
                first if n == 0 else f"{first}-{pk}",
                words,
                f"{name}-{pk}",
                given.get(str(pk), ""),
            )
            for n, (pk, words) in enumerate(self.items)
        )
        inner = format_html_join(
            "",
            '<li><label for="{0}">{1}</label><input class="input" type="number" id="{0}"'
            ' name="{2}" value="{3}" min="0" max="9999" step="0.01" inputmode="decimal"></li>',
            rows,
        )
        return format_html('<ul class="quantities" id="{}-all">{}</ul>', first, inner)

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        del files
        found = ((pk, str(data.get(f"{name}-{pk}", "")).strip()) for pk, _words in self.items)
        return [{"item_id": int(pk), "quantity": text} for pk, text in found if text]


class PriceLines(forms.Field):
    """Rows of a quote: items of the price list in force with a quantity each."""

    widget = _Quantities

    def __init__(self, *, items: Sequence[tuple[Any, Any]], **options: Any) -> None:
        super().__init__(**options)
        self.widget.items = items

    def clean(self, value: Any) -> list[dict[str, Any]]:
        rows = [row for row in value or () if self._amount(row["quantity"]) > 0]
        if not rows and self.required:
            raise ValidationError(_("Say how many of at least one item."))
        return rows

    @staticmethod
    def _amount(text: str) -> Decimal:
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or not 0 <= amount <= MOST:
            raise ValidationError(_("A quantity is a number from 0 to 9,999."))
        return amount


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several uploads in one field; whoever owns the form looks at each of them."""

    def __init__(self, *, accept: str, **options: Any) -> None:
        widget = _ManyFiles(attrs={"accept": accept, "multiple": True})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        del initial
        return [f for f in data or [] if f]
