"""Everything that can be asked about the register; each question takes an actor."""

from qiying.slices.registry.queries.areas import (
    area_history,
    area_kinds,
    cover,
    get_area,
    list_areas,
    list_areas_on,
)
from qiying.slices.registry.queries.calendars import (
    get_calendar,
    latest_editions,
    list_editions,
    working_calendar,
)
from qiying.slices.registry.queries.figures import figures
from qiying.slices.registry.queries.firms import (
    FirmFilter,
    count_enterprises,
    first_contacts,
    get_card_row,
    get_enterprise,
    get_enterprise_by_public_id,
    list_contacts,
    list_enterprises,
    may_change,
    names_of_enterprises,
    portfolio_ids,
    portfolio_sizes,
    search_enterprises,
)
from qiying.slices.registry.queries.history import what_happened
from qiying.slices.registry.queries.imports import (
    Fault,
    get_batch,
    list_batches,
    list_faults,
    list_lines,
)
from qiying.slices.registry.queries.places import (
    find_zone,
    get_site,
    get_unit,
    grid_duties,
    list_sites,
    list_units,
    unit_index,
)

__all__ = [
    "Fault",
    "FirmFilter",
    "area_history",
    "area_kinds",
    "count_enterprises",
    "cover",
    "figures",
    "find_zone",
    "first_contacts",
    "get_area",
    "get_batch",
    "get_calendar",
    "get_card_row",
    "get_enterprise",
    "get_enterprise_by_public_id",
    "get_site",
    "get_unit",
    "grid_duties",
    "latest_editions",
    "list_areas",
    "list_areas_on",
    "list_batches",
    "list_contacts",
    "list_editions",
    "list_enterprises",
    "list_faults",
    "list_lines",
    "list_sites",
    "list_units",
    "may_change",
    "names_of_enterprises",
    "portfolio_ids",
    "portfolio_sizes",
    "search_enterprises",
    "unit_index",
    "what_happened",
    "working_calendar",
]
