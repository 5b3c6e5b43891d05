"""Forms of evaluations; they validate and never save."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiying.kernel.forms import PLAIN
from qiying.kernel.language import is_chinese
from qiying.kernel.problems import sentence
from qiying.slices.indices.models import labels
from qiying.slices.indices.models.labels import choices
from qiying.slices.indices.rules import (
    GRADES,
    MAX_NAME,
    MAX_PLAN,
    MAX_TEXT,
    Column,
    DataKind,
    Sheet,
)
from qiying.slices.indices.rules.cells import EARLIEST, LATEST
from qiying.slices.registry import public as registry

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


def _name(row: Any) -> str:
    return str(row.name if is_chinese() or not row.name_en else row.name_en)


def _line(label: Any, limit: int, *, is_needed: bool = True, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, required=is_needed, validators=[PLAIN], help_text=hint
    )


def _text(label: Any, limit: int, rows: int, *, is_needed: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=is_needed,
        validators=[PLAIN],
        widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false"}),
    )


class IndicatorForm(forms.Form):
    """A definition; a code that is there already becomes a new version of it."""

    code = _line(_("Code"), 12)
    name = _line(_("Name in Chinese"), MAX_NAME)
    name_en = _line(_("Name in English"), MAX_NAME, is_needed=False)
    definition = _text(_("Definition or formula"), MAX_TEXT, 3)
    definition_en = _text(_("Definition in English"), MAX_TEXT, 3, is_needed=False)
    unit = _line(_("Unit of measure"), 40, is_needed=False)
    unit_en = _line(_("Unit of measure in English"), 40, is_needed=False)
    polarity = forms.TypedChoiceField(
        label=_("Direction"), choices=choices(labels.POLARITIES), coerce=int
    )
    source = _line(_("Source of the data"), MAX_NAME)
    calibre = _text(_("Calibre and cautions"), MAX_TEXT, 2, is_needed=False)
    kind = forms.ChoiceField(label=_("Kind of data"), choices=choices(labels.KINDS))
    grade = forms.ChoiceField(
        label=_("Grade of evidence"), choices=[(g, g) for g in GRADES], initial="D"
    )


class ZoneDeliveryForm(forms.Form):
    """A table of values of the zone's board with what it is and where it is from."""

    file = forms.FileField(
        label=_("Table of values"),
        help_text=_(
            "XLSX or CSV with the columns year, month (empty: the whole year) and one column for each "
            "line of the board by its name or code; values from January to that month."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls"}),
    )
    sheet = _line(
        _("Sheet of the workbook"), 60, is_needed=False, hint=_("The first one when left empty.")
    )
    kind = forms.ChoiceField(label=_("Kind of data"), choices=choices(labels.KINDS))
    source = _line(
        _("Source of the data"), MAX_NAME, hint=_("Yearbook, bulletin or document with its year")
    )
    is_good_only = forms.BooleanField(
        label=_("Write the good cells even if others cannot be used"), required=False
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        upload: Any = self.cleaned_data["file"]
        if upload.size > registry.MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        found: UploadedFile[bytes] = upload
        return found


class DeliveryForm(ZoneDeliveryForm):
    """A table of values of places."""

    file = forms.FileField(
        label=_("Table of values"),
        help_text=_(
            "XLSX or CSV: one row for each place and year, one column an indicator; or a sheet as "
            "a yearbook prints it, with merged headings and lines of cities between."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls"}),
    )
    year = forms.IntegerField(
        label=_("Year of the values"),
        required=False,
        min_value=EARLIEST,
        max_value=LATEST,
        help_text=_("Only for a table that does not say its year."),
    )
    field_order = ("file", "sheet", "kind", "source", "year", "is_good_only")


class BoundariesForm(forms.Form):
    """A GeoJSON file of boundaries with the number under which the map was approved."""

    file = forms.FileField(
        label=_("File of boundaries"),
        help_text=_(
            "GeoJSON in degrees, one area for each place with its code or name. "
            "Boundaries of places that are not evaluated are named and left out."
        ),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json"}),
    )
    source = _line(_("Source of the data"), MAX_NAME)
    approval = _line(
        _("Number of the map's approval"),
        MAX_NAME,
        hint=_("It stands below every map, for example GS(2024)0650."),
    )
    is_good_only = forms.BooleanField(
        label=_("Use the good features even if others cannot be used"), required=False
    )

    def clean_file(self) -> str:
        upload: Any = self.cleaned_data["file"]
        if upload.size > registry.MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(sentence("indices.boundary.json")) from None


class TargetForm(forms.Form):
    """What is promised for a line of the zone's board in a year."""

    year = forms.IntegerField(label=_("Year"), min_value=EARLIEST, max_value=LATEST)
    basis = forms.ChoiceField(label=_("What the target says"), choices=choices(labels.BASES))
    value = forms.FloatField(
        label=_("Target"), help_text=_("Growth in per cent; for shares in points.")
    )
    source = _line(
        _("Document"),
        MAX_NAME,
        hint=_("Where it is promised: plan, letter of responsibility, report"),
    )


class ColumnsForm(forms.Form):
    """Which indicator each column of a sheet is; columns without one are left out."""

    held = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, sheet: Sheet, indicators: Sequence[Any], **more: Any) -> None:
        super().__init__(*args, **more)
        self.sheet = sheet
        by_id = {row.pk: row.code for row in indicators}
        offered: list[tuple[str, Any]] = [("", _("Leave it out"))]
        offered += [(row.code, f"{row.code} {_name(row)}") for row in indicators]
        for column in sheet.columns:
            self.fields[f"at-{column.at}"] = forms.ChoiceField(
                label=column.title,
                choices=offered,
                required=False,
                initial=by_id.get(column.indicator or 0, ""),
            )

    def lines(self) -> list[tuple[Column, forms.BoundField]]:
        """Each column with its field."""
        return [(column, self[f"at-{column.at}"]) for column in self.sheet.columns]

    @property
    def chosen(self) -> dict[int, str]:
        """The codes that were chosen, by the column's place."""
        found = {c.at: self.cleaned_data.get(f"at-{c.at}", "") for c in self.sheet.columns}
        return {at: code for at, code in found.items() if code}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        years = {column.at: column.year for column in self.sheet.columns}
        named = [(code, years[at]) for at, code in self.chosen.items()]
        if not named:
            self.add_error(None, sentence("indices.sheet.none"))
        if len(set(named)) < len(named):
            self.add_error(None, sentence("indices.sheet.twice"))
        return data


class EditionForm(forms.Form):
    """An edition with its tree and plan."""

    name = _line(_("Name in Chinese"), MAX_NAME)
    name_en = _line(_("Name in English"), MAX_NAME, is_needed=False)
    first_year = forms.IntegerField(label=_("First year"), min_value=1949, max_value=2100)
    last_year = forms.IntegerField(label=_("Last year"), min_value=1949, max_value=2100)
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of data that count"),
        choices=choices(labels.KINDS),
        initial=[DataKind.STATISTICS.value],
        help_text=_("More than one kind makes the result an estimate; every page says so."),
        widget=forms.CheckboxSelectMultiple,
    )
    tree = _text(_("Tree of the index"), MAX_PLAN, 12)
    plan = _text(_("Plan of the reckoning"), MAX_PLAN, 16)
    note = _line(_("Note for readers"), 200, is_needed=False)
