"""Forms of the register's pages: they validate and never save."""

from qiying.slices.registry.forms.files import ImportForm
from qiying.slices.registry.forms.firms import AssignForm, ContactForm, FirmFilterForm, FirmForm
from qiying.slices.registry.forms.places import (
    AreaForm,
    CalendarForm,
    SiteForm,
    UnitForm,
    ZoneForm,
)

__all__ = [
    "AreaForm",
    "AssignForm",
    "CalendarForm",
    "ContactForm",
    "FirmFilterForm",
    "FirmForm",
    "ImportForm",
    "SiteForm",
    "UnitForm",
    "ZoneForm",
]
