"""The leader's page, the audit and the planner: numbers that agree with the jobs behind them."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiying.kernel import tenancy
from qiying.slices.rescue import public
from qiying.slices.rescue.models import Technician
from qiying.slices.rescue.queries import audit, coverage, leading
from qiying.slices.rescue.rules import DEFAULTS
from tests.slices.rescue import steps
from tests.slices.rescue.chief.conftest import At
from tests.slices.rescue.chief.test_board import text
from tests.slices.world import World

MONTH = (date(2026, 11, 1), date(2026, 12, 1))
PERIOD = "period=month"
ROW = r'<td class="quiet num at-hide">'


def story(world: World) -> None:
    """Confirmed and content; lost; told and not answered."""
    job = steps.confirmed(world)
    steps.take(world, "boss", job, "rate", grade="good")
    steps.reported(world, name="1号行车")
    world.later(hours=3)
    steps.proposed(world, name="2号锅炉")


def test_the_page_the_interface_and_the_zones_figures_agree(
    world: World, at: At, clock: Any
) -> None:
    story(world)
    false = steps.reported(world, name="1号行车")
    steps.take(world, "chief", false, "dismiss", reason="runs_again")
    clock.move_to(world.now)
    client = at("leader")
    named = public.figures(world.system, MONTH, now=world.now)
    answer = client.get("/api/v1/rescue/figures?start=2026-11-01&end=2026-12-01")
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert {code: Decimal(value) for code, value in said["figures"].items()} == named
    assert named["A18.jobs"] == said["jobs"] == 3
    assert named["A20.emergency"] == 3
    shown = unescape(text(client, f"/rescue/performance/?{PERIOD}"))
    for code, name in leading.CODES.items():
        share = said["shares"][name]
        assert named[code] == Decimal(share["percent"]), code
        cell = f"{Decimal(share['percent']):.1f}%"
        link = rf'href="[^"]*measure={name}&hit=1">{cell}</a>'
        assert re.search(link, shown), (code, cell)
    csv = client.get(f"/rescue/performance/?{PERIOD}&format=csv").content.decode("utf-8-sig")
    table = csv.splitlines()
    (head,) = [n for n, line in enumerate(table) if "P50" in line]
    assert table[head + 1].split(",")[2] == "3"


def test_nothing_happened_has_no_shares(world: World, at: At) -> None:
    assert public.figures(world.system, MONTH, now=world.now) == {"A18.jobs": Decimal(0)}
    said = at("leader").get("/api/v1/rescue/figures?start=2026-11-01&end=2026-12-01").json()
    assert said["answer_min"] == []
    assert said["shares"]["answer"] == {"hit": 0, "of": 0, "percent": None}
    refused = at("leader").get("/api/v1/rescue/figures?start=2026-12-01&end=2026-11-01")
    assert refused.status_code == 422


def test_every_number_leads_to_as_many_jobs(world: World, at: At, clock: Any) -> None:
    story(world)
    clock.move_to(world.now)
    client = at("leader")
    with tenancy.reading(world.system):
        total = leading.performance(world.system, *MONTH, now=world.now).total
    shown = unescape(text(client, f"/rescue/performance/?{PERIOD}"))
    links = set(re.findall(r'href="(/rescue/\?[^"]*)"', shown))
    wanted = "/rescue/?from=2026-11-01&to=2026-11-30&measure=needed&hit=1"
    assert wanted in links
    assert len(re.findall(ROW, text(client, wanted))) == total.count
    for name, share in total.shares.items():
        for mark, expected in (("&hit=1", share.hit), ("", share.of)):
            wanted = f"/rescue/?from=2026-11-01&to=2026-11-30&measure={name}{mark}"
            if share.of:
                assert wanted in links, (name, mark)
            rows = re.findall(ROW, text(client, wanted))
            assert len(rows) == expected, (name, mark)


def test_the_figures_are_a_file_and_cost_the_same(world: World, at: At, clock: Any) -> None:
    client = at("leader")

    def cost() -> int:
        clock.move_to(world.now)
        text(client, f"/rescue/performance/?{PERIOD}")
        with CaptureQueriesContext(connection) as seen:
            text(client, f"/rescue/performance/?{PERIOD}")
        return len(seen.captured_queries)

    steps.confirmed(world)
    few = cost()
    story(world)
    assert cost() == few
    answer = client.get("/rescue/performance/?format=csv")
    assert answer.status_code == 200
    assert "P90" in answer.content.decode("utf-8-sig")


@pytest.mark.parametrize("page", ["performance", "audit", "coverage"])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "period=year",
        "period=x&from=2026-13-01&to=%00",
        "from=0001-01-01&to=9999-12-31",
        "within=nan&yuan=inf&more=provider&skills=x",
        "within=1e400&yuan=-1&more=%00",
        "within=30&yuan=100&more=technician&skills=paper",
        "within=30&yuan=100&more=shift",
        "within=60&yuan=80&more=provider",
    ],
)
def test_the_leaders_pages_stand_odd_values(
    world: World, at: At, clock: Any, page: str, query: str
) -> None:
    steps.confirmed(world)
    clock.move_to(world.now)
    assert at("leader").get(f"/rescue/{page}/?{query}").status_code == 200


@pytest.mark.parametrize("page", ["performance", "audit", "coverage"])
def test_outsiders_do_not_read_them(world: World, at: At, page: str) -> None:
    for name in ("boss", "zhao", "manager"):
        assert at(name).get(f"/rescue/{page}/").status_code == 403


def test_a_choice_by_hand_is_read_by_the_audit(world: World, at: At) -> None:
    job = steps.proposed(world)
    with tenancy.reading(world.system):
        other = Technician.objects.get(tenant_id=world.tenant.pk, person__name="sun")
    given = {"technician_id": other.pk, "why": "firm_asked", "text": "企业点名"}
    job = steps.take(world, "chief", job, "override", **given)
    steps.take(world, "sun", job, "accept", **steps.phone(world))
    shown = text(at("leader"), f"/rescue/audit/?{PERIOD}")
    assert "企业点名" in shown
    assert job.number in shown
    with tenancy.reading(world.system):
        found = audit.fairness(world.system, *MONTH)
    assert (found.jobs, found.overrides) == (1, 1)
    by_name = {s.provider.name_zh: s for s in found.slices}
    assert (by_name["乙机电"].got, by_name["乙机电"].overridden_to) == (1, 1)
    assert sum(s.expected for s in found.slices) == pytest.approx(1.0)
    assert "企业点名" in at("leader").get("/rescue/audit/?format=csv").content.decode("utf-8-sig")


def test_the_strip_counts_who_is_there_and_may(world: World) -> None:
    with tenancy.reading(world.system):
        found = coverage.strip(world.system, now=world.now)
    rows = dict(found.rows)
    assert len(found.hours) == 24
    assert set(rows) == {"mechanical", "boiler", "lifting"}
    assert {c.people for c in rows["mechanical"]} == {4}
    assert {c.people for c in rows["boiler"]} == {2}
    assert found.covered is None
    assert found.bare == 0


def test_a_promise_costs_more_the_more_it_holds(world: World) -> None:
    steps.confirmed(world)
    with tenancy.reading(world.system):
        plan = coverage.plan(world.system, DEFAULTS, now=world.now, within=60.0)
    priced = coverage.price(plan.problem, 80.0)
    hours = [p.hours for p in priced.points if p.hours is not None]
    assert hours
    assert hours == sorted(hours)
    more = coverage.what_if(plan.problem, ("mechanical",), 4, 32.0)
    assert more.gain >= 0
