"""Names of what is recorded about the ground, for the audit trail."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOPICS: dict[str, Promise | str] = {
    "registry.area_created": _("Area drawn"),
    "registry.area_changed": _("Area changed"),
    "registry.area_ended": _("Area ended"),
    "registry.calendar_changed": _("Work calendar changed"),
    "registry.contact_added": _("Contact added"),
    "registry.contact_changed": _("Contact changed"),
    "registry.contact_erased": _("Contact erased"),
    "registry.enterprise_created": _("Firm entered"),
    "registry.enterprise_changed": _("Firm changed"),
    "registry.enterprise_retired": _("Firm taken off the register"),
    "registry.grid_assigned": _("Grid officer assigned to a grid"),
    "registry.import_prepared": _("Import prepared"),
    "registry.import_applied": _("Import applied"),
    "registry.import_discarded": _("Import discarded"),
    "registry.portfolio_assigned": _("Firms assigned to a grid officer"),
    "registry.site_created": _("Site entered"),
    "registry.site_changed": _("Site changed"),
    "registry.site_retired": _("Site given up"),
    "registry.unit_created": _("Unit entered"),
    "registry.unit_changed": _("Unit changed"),
    "registry.unit_retired": _("Unit dissolved"),
    "registry.zone_changed": _("Zone described anew"),
}
