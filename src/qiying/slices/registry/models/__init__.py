"""Tables of the register: places, firms, calendars, imports."""

from qiying.slices.registry.models.calendars import WorkCalendar
from qiying.slices.registry.models.firms import Contact, Enterprise
from qiying.slices.registry.models.imports import ImportBatch, ImportRow
from qiying.slices.registry.models.places import Area, GridDuty, Site, Unit, Zone

__all__ = [
    "Area",
    "Contact",
    "Enterprise",
    "GridDuty",
    "ImportBatch",
    "ImportRow",
    "Site",
    "Unit",
    "WorkCalendar",
    "Zone",
]
