"""Words for the codes of this slice, and the choice between a Chinese and an English name."""

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from qiying.slices.registry.rules.kinds import (
    AreaKind,
    EntityKind,
    FirmStatus,
    ImportKind,
    Outcome,
    SiteKind,
    UnitKind,
)

Words = list[tuple[str, str | Promise]]

UNIT_KINDS: Words = [
    (UnitKind.ZONE.value, _("zone office")),
    (UnitKind.DEPARTMENT.value, _("county department")),
    (UnitKind.TOWNSHIP.value, _("township or sub-district")),
    (UnitKind.UTILITY.value, _("utility")),
    (UnitKind.COMPANY.value, _("state-owned company")),
    (UnitKind.COMMUNITY.value, _("community")),
]
ENTITY_KINDS: Words = [
    (EntityKind.ENTERPRISE.value, _("company")),
    (EntityKind.BRANCH.value, _("branch")),
    (EntityKind.COOPERATIVE.value, _("co-operative")),
    (EntityKind.INDIVIDUAL.value, _("individual business")),
]
FIRM_STATUSES: Words = [
    (FirmStatus.ACTIVE.value, _("in operation")),
    (FirmStatus.SUSPENDED.value, _("suspended")),
    (FirmStatus.MOVED.value, _("moved away")),
    (FirmStatus.DEREGISTERED.value, _("deregistered")),
]
FIRM_TONES: dict[str, str] = {
    FirmStatus.ACTIVE: "done",
    FirmStatus.SUSPENDED: "paused",
    FirmStatus.MOVED: "sent",
    FirmStatus.DEREGISTERED: "paused",
}
SITE_KINDS: Words = [
    (SiteKind.PARCEL.value, _("parcel")),
    (SiteKind.CONSTRUCTION.value, _("construction site")),
    (SiteKind.WORKSHOP.value, _("workshop")),
    (SiteKind.DORMITORY.value, _("dormitory")),
    (SiteKind.PORT_YARD.value, _("port yard")),
    (SiteKind.OTHER.value, _("other site")),
]
AREA_KINDS: Words = [
    (AreaKind.PLANNED.value, _("planned area")),
    (AreaKind.DEVELOPED.value, _("developed area")),
    (AreaKind.WALL.value, _("industrial wall")),
    (AreaKind.TOWNSHIP.value, _("township or sub-district")),
    (AreaKind.NEIGHBOURHOOD.value, _("neighbourhood")),
    (AreaKind.GRID.value, _("enterprise grid")),
    (AreaKind.VILLAGE.value, _("village")),
    (AreaKind.RIVER.value, _("river")),
    (AreaKind.ROAD.value, _("road")),
]
IMPORT_KINDS: Words = [
    (ImportKind.ENTERPRISES.value, _("firms")),
    (ImportKind.UNITS.value, _("units")),
    (ImportKind.SITES.value, _("sites and parcels")),
    (ImportKind.WALLS.value, _("industrial walls")),
    (ImportKind.AREAS.value, _("boundaries and lines")),
    (ImportKind.GRIDS.value, _("enterprise grids")),
    (ImportKind.PEOPLE.value, _("people and roles")),
    (ImportKind.CALENDAR.value, _("work calendar")),
]
OUTCOMES: Words = [
    (Outcome.NEW.value, _("new")),
    (Outcome.UPDATED.value, _("updated")),
    (Outcome.UNCHANGED.value, _("unchanged")),
    (Outcome.FAILED.value, _("failed")),
]
OUTCOME_TONES: dict[str, str] = {
    Outcome.NEW: "new",
    Outcome.UPDATED: "way",
    Outcome.UNCHANGED: "done",
    Outcome.FAILED: "fix",
}


def word(words: Words, code: str) -> str:
    """The word for a code in the reader's language; the code itself when it is not in the list."""
    return next((str(label) for value, label in words if value == code), code)


def title(words: Words, code: str) -> str:
    """The same word where it stands as a heading."""
    return capfirst(word(words, code))
