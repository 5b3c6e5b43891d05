"""Where the registers hang: navigation, names of records, calendar, sentences."""

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav, problems, trail
from qiying.kernel.access import Actor, Role
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import READERS
from qiying.slices.rescue.views.keep import shared

PROBLEMS = {
    "rescue.keep.firm": _("No single firm of the register has this name or credit code."),
    "rescue.keep.kind": _("The zone knows no such class of equipment."),
    "rescue.keep.known": _("This machine stands in the register or in the file already."),
    "rescue.keep.place": _("Give both longitude and latitude, or neither."),
    "rescue.keep.price_known": _("This code stands in the file already."),
    "rescue.keep.yes_no": _("Write yes or no."),
    "rescue.keep.provider_known": _(
        "This provider is in the register; open its page to renew the contract."
    ),
    "rescue.keep.columns": _("These columns are missing: %(names)s."),
}
TOPICS = {
    "rescue.machines_brought_in": _("Machines brought in from a table"),
    "rescue.shifts_planned": _("Shifts of a period planned"),
}


def register_keep() -> None:
    """Called once at start-up."""
    nav.item("firms", _("Machines"), "rescue:equipment", "cog", shared.AT_MACHINES, order=40)
    at_inspections = ("rescue:inspections", "calendar-check", shared.AT_MACHINES)
    nav.item("firms", _("Statutory inspections"), *at_inspections, order=41)
    nav.item("firms", _("Process retrofits"), "rescue:retrofits", "gauge", READERS, order=42)
    at_providers = ("rescue:providers", "handshake", shared.AT_PROVIDERS)
    own = [Role.PROVIDER_MANAGER]
    nav.item("follow", _("Providers of Industry 120"), *at_providers, order=60, first_for=own)
    nav.item("follow", _("Roster"), "rescue:roster", "calendar-days", shared.AT_ROSTER, order=61)
    at_money = ("rescue:settlements", "banknote", shared.AT_MONEY)
    nav.item("follow", _("Settlements"), *at_money, order=62)
    at_rules = ("rescue:rules", "settings", shared.AT_MACHINES)
    nav.item("rules", _("Rules of Industry 120"), *at_rules, order=110)
    problems.register(PROBLEMS)
    trail.name_topics(TOPICS)
    trail.name_subjects("rescue.equipment", machines)
    trail.name_subjects("rescue.settlement", settlements)


def machines(actor: Actor, ids: Iterable[int]) -> Mapping[int, trail.Subject]:
    """Machines as the audit trail shows them."""
    rows = keep.machines_by_key(actor, ids)
    return {
        m.pk: trail.Subject(f"{m.label} {m.name}", reverse("rescue:machine", args=[m.public_id]))
        for m in rows
    }


def settlements(actor: Actor, ids: Iterable[int]) -> Mapping[int, trail.Subject]:
    """Settlements as the audit trail shows them."""
    rows = keep.settlements_by_key(actor, ids)
    return {
        s.pk: trail.Subject(s.number, reverse("rescue:settlement", args=[s.public_id]))
        for s in rows
    }
