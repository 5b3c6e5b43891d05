"""Fields that several forms share."""

import json
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qiying.kernel.errors import Problem
from qiying.kernel.language import is_chinese
from qiying.kernel.problems import sentence
from qiying.slices.registry.models.labels import Words
from qiying.slices.registry.rules import cells, coordinates
from qiying.slices.registry.rules.industry import DIVISIONS, SECTIONS

ANY = ("", _("any"))
NONE = ("", "—")
MOST_SHAPE = 4 * 1024 * 1024
MERIDIANS = (120, *(m for m in range(75, 136, 3) if m != 120))
SYSTEMS: Words = [
    (coordinates.WGS84, _("WGS 84 (GPS)")),
    (coordinates.CGCS2000, _("CGCS2000, longitude and latitude")),
    (coordinates.GCJ02, _("GCJ-02 (telephone maps; points only)")),
    *(
        (
            f"{coordinates.GAUSS_KRUGER}:{meridian}",
            format_lazy("{} {}°", _("Gauss-Krüger, central meridian"), meridian),
        )
        for meridian in MERIDIANS
    ),
]


class DayInput(forms.DateInput):
    """A browser's own date field."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DayInput(), help_text=help_text)


def divisions() -> list[tuple[str, Any]]:
    """Divisions by section for a select, in the reader's language."""
    groups: list[tuple[str, Any]] = []
    for letter, _first, _last, name_zh, name_en in SECTIONS:
        inside = [
            (d.code, f"{d.code} {d.name_zh if is_chinese() else d.name_en}")
            for d in DIVISIONS.values()
            if d.section == letter
        ]
        name = name_zh if is_chinese() else name_en
        groups.append((f"{letter} {name}", inside))
    return groups


def add_problem(form: forms.Form, problem: Problem) -> None:
    """Show a refusal at the fields that it names, or above the form."""
    fields: dict[str, str] = getattr(problem, "fields", {})
    for name, code in fields.items():
        place = name.removesuffix("_id")
        form.add_error(
            place if place in form.fields else None, sentence(code, problem.params or None)
        )
    if not fields:
        form.add_error(None, sentence(problem.code, problem.params))


def days(text: str) -> list[date]:
    """Dates from a text, one a line or separated by commas; Invalid names what is none."""
    words = text.replace(",", " ").replace("、", " ").replace("，", " ").split()
    return [date.fromisoformat(cells.day(word)) for word in words]


class ShapeField(forms.FileField):
    """A GeoJSON file with one shape: a geometry, a feature, or a collection of one feature."""

    default_error_messages = {
        "shape": _("The file must hold one GeoJSON shape."),
        "large": _("The file is too large."),
    }

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        return self._geometry(found) if isinstance(found, UploadedFile) else None

    def _geometry(self, upload: "UploadedFile[bytes]") -> Any:
        if (upload.size or 0) > MOST_SHAPE:
            raise forms.ValidationError(self.error_messages["large"])
        try:
            data = json.loads(upload.read().decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(self.error_messages["shape"]) from error
        if isinstance(data, dict) and data.get("type") == "FeatureCollection":
            features = data.get("features")
            data = features[0] if isinstance(features, list) and len(features) == 1 else None
        if isinstance(data, dict) and data.get("type") == "Feature":
            data = data.get("geometry")
        if not isinstance(data, dict):
            raise forms.ValidationError(self.error_messages["shape"])
        return data
