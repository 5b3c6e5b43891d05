"""Disputes and the council of the demonstration zone, played through the real operations."""

from qiying.demo.accounts import busiest_firms
from qiying.demo.cast import Cast
from qiying.demo.council import play_council
from qiying.demo.disputes import play_disputes
from qiying.demo.files import username_of
from qiying.demo.plan import Plan
from qiying.demo.talkers import Talkers
from qiying.kernel import tenancy
from qiying.kernel.access import system
from qiying.slices.registry import public as registry
from qiying.slices.registry import queries


def play_talks(plan: Plan, tenant_id: int) -> None:
    """A year of talks up to the end of the plan; always the same for the same plan."""
    talkers = _talkers(plan, tenant_id)
    with tenancy.acting(talkers.platform):
        play_disputes(talkers)
        play_council(talkers)


def _talkers(plan: Plan, tenant_id: int) -> Talkers:
    platform, staff = system(tenant_id), plan.organisations
    cast = Cast(plan, tenant_id)
    with tenancy.reading(platform):
        ids = dict(queries.list_enterprises(platform).values_list("credit_code", "id"))
    busy = busiest_firms(plan)
    others = [f for f in plan.firms if f not in busy and f.code in plan.callers][:6]
    firms = [*busy, *others]
    desks = [cast.named(p.username) for p in staff.staff("desk")[:2]]
    community = [
        *staff.staff("unit_leader", "COMMUNITY"),
        *staff.staff("handler", "COMMUNITY"),
    ]
    return Talkers(
        platform=platform,
        ends_at=plan.ends_at,
        desks=(desks[0], desks[-1]),
        supervisor=cast.named(staff.staff("supervisor")[0].username),
        mediators=tuple(cast.named(p.username) for p in community[:3]),
        firms=tuple(ids[f.credit_code] for f in firms),
        bosses=tuple(cast.named(username_of(f.code)) for f in firms),
        units={code: card.id for code, card in registry.units(platform).items()},
        handlers={
            code: cast.named(staff.staff("handler", code)[0].username)
            for code in ("HUD", "POWER", "ZONE_BUILD")
            if staff.staff("handler", code)
        },
    )
