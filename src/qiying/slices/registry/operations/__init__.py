"""Everything that can happen to the register; the only writer."""

from qiying.slices.registry.operations.areas import end_area, set_area
from qiying.slices.registry.operations.calendars import seed_calendars, set_calendar
from qiying.slices.registry.operations.firms import (
    add_contact,
    change_contact,
    change_enterprise,
    change_enterprise_by_public_id,
    create_enterprise,
    erase_contact,
    retire_enterprise,
)
from qiying.slices.registry.operations.places import (
    change_site,
    change_unit,
    create_site,
    create_unit,
    retire_site,
    retire_unit,
    set_zone,
)
from qiying.slices.registry.operations.portfolios import assign_firms, assign_grid

__all__ = [
    "add_contact",
    "assign_firms",
    "assign_grid",
    "change_contact",
    "change_enterprise",
    "change_enterprise_by_public_id",
    "change_site",
    "change_unit",
    "create_enterprise",
    "create_site",
    "create_unit",
    "end_area",
    "erase_contact",
    "retire_enterprise",
    "retire_site",
    "retire_unit",
    "seed_calendars",
    "set_area",
    "set_calendar",
    "set_zone",
]
