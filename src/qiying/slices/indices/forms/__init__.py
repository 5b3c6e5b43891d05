"""Forms of evaluations; they validate and never save."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiying.kernel.forms import PLAIN
from qiying.slices.indices.models import labels
from qiying.slices.indices.models.labels import choices
from qiying.slices.indices.rules import GRADES, MAX_NAME, MAX_PLAN, MAX_TEXT, DataKind
from qiying.slices.registry import public as registry

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


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


class DeliveryForm(forms.Form):
    """A table of values with what it is and where it is from."""

    file = forms.FileField(
        label=_("Table of values"),
        help_text=_("XLSX or CSV: one row for each place and year, one column an indicator."),
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
