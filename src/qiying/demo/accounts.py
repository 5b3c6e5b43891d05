"""The accounts that the demonstration prints: one for each role, chosen where there is work."""

from collections import Counter

from qiying.demo.enterprises import Enterprise
from qiying.demo.files import username_of
from qiying.demo.plan import Plan
from qiying.kernel import tenancy
from qiying.kernel.access import system
from qiying.slices.calls.models import Call
from qiying.slices.calls.rules import WITH_UNIT
from qiying.slices.registry import public as registry

PASSWORD = "qiying-demo"  # noqa: S105  printed on the sign-in page
_ZONE_WIDE = (
    "desk",
    "callback",
    "supervisor",
    "zone_leader",
    "analyst",
    "auditor",
    "administrator",
)
_ORDER = (
    "enterprise", "grid_officer", "desk", "handler", "callback", "supervisor", "unit_leader",
    "zone_leader", "analyst", "auditor", "administrator",
    "duty_chief", "technician", "provider_manager",
)  # fmt: skip
RESCUERS = {
    "duty_chief": ("dutychief1", "dutychief2"),
    "technician": ("tech01", "tech02", "tech05"),
    "provider_manager": ("provider01",),
}
"""Industry 120: two duty chiefs, because one draws up what the other checks."""
Account = dict[str, str]


def choose_accounts(plan: Plan, tenant_id: int) -> list[Account]:
    """Role and user name of each account: the firms and units with most in hand come first."""
    staff, firms, units = plan.organisations, busiest_firms(plan), _units(plan, tenant_id)
    names = {role: [staff.staff(role)[0].username] for role in _ZONE_WIDE}
    names["enterprise"] = [username_of(firm.code) for firm in firms]
    names["grid_officer"] = [
        person.username for person in staff.people if person.grid == firms[0].grid
    ]
    names["handler"] = [staff.staff("handler", unit)[0].username for unit in units]
    names |= {role: list(found) for role, found in RESCUERS.items()}
    names["unit_leader"] = [staff.staff("unit_leader", units[0])[0].username]
    return [{"role": role, "username": name} for role in _ORDER for name in names[role]]


def busiest_firms(plan: Plan) -> list[Enterprise]:
    """Two firms of different grids: those that called most of late."""
    recent = Counter(story.enterprise for story in plan.stories[-400:])
    firms = [firm for firm in plan.firms if firm.grid and firm.code in recent]
    firms.sort(key=lambda firm: (-recent[firm.code], firm.code))
    second = next(firm for firm in firms[1:] if firm.grid != firms[0].grid)
    return [firms[0], second]


def _units(plan: Plan, tenant_id: int) -> list[str]:
    """An office of the zone and a unit outside of it, those with most open calls overdue."""
    platform = system(tenant_id)
    with tenancy.reading(platform):
        rows = Call.objects.visible_to(platform).filter(state__in=sorted(WITH_UNIT))
        held = Counter(rows.values_list("lead_unit_id", flat=True))
        late = Counter(rows.filter(due_at__lt=plan.ends_at).values_list("lead_unit_id", flat=True))
    cards = [card for card in registry.units(platform).values() if held[card.id]]
    cards.sort(key=lambda card: (-late[card.id], -held[card.id], card.code))
    offices = [card.code for card in cards if card.kind == "zone" and card.parent_id]
    others = [card.code for card in cards if card.kind != "zone"]
    return [*offices[:1], *others[:1]]
