"""The form that brings a file in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiying.slices.registry.forms.fields import SYSTEMS
from qiying.slices.registry.models.labels import IMPORT_KINDS
from qiying.slices.registry.rules.tables import MOST_BYTES

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class ImportForm(forms.Form):
    kind = forms.ChoiceField(label=_("What the file holds"), choices=IMPORT_KINDS)
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or GeoJSON, up to 20 MB and 50,000 lines."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls,.geojson,.json"}),
    )
    system = forms.ChoiceField(
        label=_("Reference system of positions"),
        choices=SYSTEMS,
        help_text=_("Ask whoever drew it: a wrong system moves everything by 100 to 500 metres."),
    )
    sheet = forms.CharField(
        label=_("Sheet"),
        max_length=60,
        required=False,
        help_text=_("Of a workbook; the first one when left empty."),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        upload: Any = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        found: UploadedFile[bytes] = upload
        return found
