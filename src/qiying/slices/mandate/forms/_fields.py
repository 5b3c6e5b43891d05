"""Fields that several forms share."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from qiying.slices.mandate.models import labels
from qiying.slices.mandate.rules import LOCAL_TOWNSHIP

Choices = list[tuple[str, Any]]
KINDS = {
    "zone": 0,
    "company": 1,
    "community": 2,
    "township": 3,
    "department": 4,
    "utility": 5,
}


class Day(forms.DateField):
    """A date by the browser's own picker."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ("%Y-%m-%d",)


class Units(forms.MultipleChoiceField):
    """Several units in an order: those that stood there keep theirs, new ones follow."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "pick-many"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})


def unit_choices(names: Mapping[str, tuple[str, str]], *, empty: str = "") -> Choices:
    """Units by kind and name; ``names`` are (kind, name) by code.

    The local township stands first: it is the commonest seat.
    """
    ordered = sorted(names.items(), key=lambda item: (KINDS.get(item[1][0], 9), item[1][1]))
    head: Choices = [("", empty)] if empty else []
    return [*head, (LOCAL_TOWNSHIP, labels.LOCAL_TOWNSHIP), *((c, n) for c, (_k, n) in ordered)]


def choose(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    """Give a choice field its list."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    field.choices = list(choices)


def nobody() -> str:
    return _("nobody")
