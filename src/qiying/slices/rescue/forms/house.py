"""The form of the zone's rules: every limit with its range, and the matters that are marked."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qiying.slices.mandate import public as mandate
from qiying.slices.rescue.models.rule_labels import GROUPS, RULES
from qiying.slices.rescue.rules import LIMITS, NIGHT_FACTORS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_SPLIT = re.compile(r"[\s,，、;；]+")


class RulesForm(forms.Form):
    """The rules as they shall be from now on, and why."""

    matters = forms.MultipleChoiceField(
        label=_("Matters whose calls open a rescue"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    more_matters = forms.CharField(
        label=_("Other matters, by their codes"),
        required=False,
        max_length=400,
        help_text=_("The register shows the codes; separate them by commas."),
    )
    source_zh = forms.CharField(label=_("On what the rules rest, in Chinese"), max_length=300)
    source_en = forms.CharField(
        label=_("On what the rules rest, in English"), max_length=300, required=False
    )
    grade = forms.ChoiceField(label=_("Evidence"))
    reason = forms.CharField(label=_("Why they are changed"), max_length=300)

    def __init__(self, *args: Any, matters: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        for name, (label, unit) in RULES.items():
            self.fields[name] = _number(name, label, unit)
        boxes = self.fields["matters"]
        assert isinstance(boxes, forms.MultipleChoiceField)  # noqa: S101  declared above
        boxes.choices = list(matters)
        grades = self.fields["grade"]
        assert isinstance(grades, forms.ChoiceField)  # noqa: S101  declared above
        grades.choices = [(g, f"{g} · {words}") for g, words in mandate.EVIDENCE.items()]

    @property
    def groups(self) -> Iterator[tuple["_StrPromise | str", list[forms.BoundField]]]:
        """The limits as they are shown together."""
        for words, names in GROUPS:
            yield words, [self[name] for name in names]

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        data = self.cleaned_data
        more = [code for code in _SPLIT.split(data["more_matters"].upper()) if code]
        plain = ("source_zh", "source_en", "grade", "reason", *RULES)
        return {
            **{name: data[name] for name in plain},
            "matter_codes": tuple({*data["matters"], *more}),
        }


def _number(name: str, label: "_StrPromise | str", unit: "_StrPromise | str") -> forms.Field:
    if name in LIMITS:
        least, most = LIMITS[name]
        return forms.IntegerField(
            label=label, min_value=least, max_value=most, help_text=_range(least, most, unit)
        )
    lowest, highest = NIGHT_FACTORS
    return forms.DecimalField(
        label=label,
        min_value=lowest,
        max_value=highest,
        max_digits=3,
        decimal_places=2,
        help_text=_range(lowest, highest, unit),
    )


def _range(least: object, most: object, unit: "_StrPromise | str") -> "_StrPromise | str":
    return format_lazy("{} \u2013 {} {}", least, most, unit)
