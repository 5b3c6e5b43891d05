"""An evaluation of 90 real places with invented numbers: brought in, reckoned, released."""

from datetime import datetime
from importlib.resources import files
from typing import Any

from qiying.demo.panel import Panel, invent
from qiying.demo.plan import Plan
from qiying.demo.zone_board import bring_zone
from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.models import User
from qiying.slices.indices import operations, queries
from qiying.slices.indices.rules import DataKind

INVENTED = "虚构数据，仅供演示 · invented data, for demonstration only"
SOURCES = {
    DataKind.STATISTICS: "虚构统计年鉴（演示）",
    DataKind.DEPARTMENTAL: "虚构部门年报（演示）",
}
COORDINATION = """code,parent,weight,name,name_en
coordination,,1,城乡区域协调指数,urban-rural and regional coordination
urban_rural,coordination,1,城乡协调,between town and country
regional,coordination,1,区域协调,between regions
C08,urban_rural,1,,
C12,urban_rural,1,,
C11,urban_rural,1,,
C09,regional,1,,
C10,regional,1,,
C13,regional,1,,
"""


def play_indices(plan: Plan, tenant_id: int) -> None:
    """Dictionary, five years of values by kind, two editions, a released run of each; the zone's board."""
    staff = plan.organisations
    analyst = _actor(tenant_id, staff.staff("analyst")[0].username, plan.ends_at)
    leader = _actor(tenant_id, staff.staff("zone_leader")[0].username, plan.ends_at)
    now = plan.ends_at
    operations.take_over(analyst, now=now)
    panel = _bring(analyst, plan)
    seeds = files("qiying.slices.indices") / "seeds"
    tree = (seeds / "county_tree.csv").read_text("utf-8")
    order = (seeds / "county_plan.toml").read_text("utf-8")
    for name, name_en, branches in (
        ("县域高质量发展评价", "Counties' high-quality development", tree),
        ("城乡区域协调指数", "Urban-rural and regional coordination", COORDINATION),
    ):
        edition = operations.open_edition(
            analyst,
            name=name,
            name_en=name_en,
            first_year=panel.years[0],
            last_year=panel.years[-1],
            kinds=[kind.value for kind in SOURCES],
            tree=branches,
            plan=order,
            note=INVENTED,
            now=now,
        )
        run = operations.run_edition(analyst, edition.pk, now=now)
        operations.release(leader, run.pk, now=now)
    _bring_zone(analyst, leader, plan)


def _bring_zone(analyst: Actor, leader: Actor, plan: Plan) -> None:
    with tenancy.reading(analyst):
        kinds = dict(queries.list_indicators(analyst).values_list("code", "kind"))
    bring_zone(analyst, leader, kinds, as_of=plan.as_of, seed=plan.seed, now=plan.ends_at)


def _actor(tenant_id: int, username: str, now: datetime) -> Actor:
    user = User.objects.get(username=username)
    return next(a for a in people.actors_of(user, now=now) if a.tenant_id == tenant_id)


def _bring(analyst: Actor, plan: Plan) -> Panel:
    """The panel as two tables: departmental data and government statistics stay apart."""
    with tenancy.reading(analyst):
        places = list(queries.places_now(analyst))
        indicators = {row.code: row for row in queries.list_indicators(analyst)}
    less = frozenset(code for code, row in indicators.items() if row.polarity < 0)
    panel = invent(len(places), less, last_year=plan.as_of.year - 1, seed=plan.seed)
    for kind, source in SOURCES.items():
        chosen = [n for n, code in enumerate(panel.codes) if indicators[code].kind == kind]
        rows: list[list[Any]] = [
            [place.adcode, place.name, year, *panel.values[y, u, chosen].tolist()]
            for u, place in enumerate(places)
            for y, year in enumerate(panel.years)
        ]
        operations.deliver(
            analyst,
            file_name=f"{source}.xlsx",
            kind=kind.value,
            source=source,
            headings=("行政区划代码", "地区", "年份", *(panel.codes[n] for n in chosen)),
            rows=list(enumerate(rows, start=2)),
            now=plan.ends_at,
        )
    return panel
