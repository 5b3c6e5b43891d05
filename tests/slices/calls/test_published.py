"""What is published to firms, and that each share on a page has its exact list and its hash."""

from datetime import date, timedelta

import time_machine
from django.test import Client

from qiying.kernel import tenancy
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call, Round
from qiying.slices.calls.queries import RoundFilters, members
from qiying.slices.calls.queries import rates as counted
from qiying.slices.calls.rules import TABLE
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World

START, END = date(2026, 11, 1), date(2026, 12, 1)


def browser(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def played(world: World) -> World:
    take(world, "boss", steps.closed(world), "rate", grade=5, resolved="yes")
    steps.reopened(world)
    steps.declined(world)
    world.later(days=70)
    return world


def test_each_share_of_the_board_has_the_hash_of_its_list_and_of_its_sheet(world: World) -> None:
    played(world)
    leader = world.actor("leader")
    with tenancy.reading(leader):
        board = queries.leader_board(leader, start=START, end=END, now=world.now)
        month = counted.by_unit(leader, start=START, end=END, now=world.now)
        rows = [board.total, *board.by_unit, *board.by_matter, *board.by_place]
        for row in rows:
            for name, figure in row.figures.items():
                asked = RoundFilters.read(figure.query)
                assert members.list_digest(leader, asked, now=world.now) == figure.digest, name
    for name, figure in board.total.figures.items():
        assert figure.digest == month.whole.figures[name].digest, name


def test_the_calls_per_hundred_firms_lead_to_exactly_their_calls(world: World) -> None:
    played(world)
    leader = world.actor("leader")
    with tenancy.reading(leader):
        sheet = counted.sheet(leader, start=START, end=END, now=world.now)
        asked = members.MemberFilters(START, END, side="asked")
        listed = members.received(leader, asked)
        assert tuple(sorted(c.pk for c in listed)) == sheet.asked != ()
    assert set(sheet.digests) <= {"composite", "per_100_firms"}
    assert len(sheet.digests["composite"]) == 64


def test_a_firm_reads_the_published_rates_of_the_zone_and_no_name(world: World) -> None:
    played(world)
    with time_machine.travel(world.now, tick=False):
        client = browser(world, "boss")
        page = client.get("/calls/my/rates/")
        assert page.status_code == 200
        shown = page.content.decode()
        assert "<code>" in shown, "refusals stand with their reason codes"
        assert "—" in shown, "units with few rounds have no rank"
        told = client.get("/api/v1/calls/rates/published").json()
        assert {f["name"] for f in told["figures"]} >= {"declared", "verified", "declined"}
        assert all(unit["rank"] is None for unit in told["units"])
        assert sum(told["declined"].values()) == 1
        assert "/calls/my/rates/" in client.get("/calls/my/").content.decode()
    assert world.now.date() - START > timedelta(days=30)


def test_the_years_hold_together_cause_by_cause_and_under_every_way_of_gaming(
    world: World,
) -> None:
    played(world)
    leader = world.actor("leader")
    periods = (START, END), (END, date(2027, 1, 1))
    with tenancy.reading(leader):
        declared, verified = (
            queries.moved(leader, name, now=world.now, periods=periods)
            for name in queries.EXPLAINED
        )
        assert verified.counted[0] <= declared.counted[0] > 0
        for move in (declared, verified):
            for at in (0, 1):
                causes = sum((c.before, c.after)[at] for c in move.causes)
                assert move.counted[at] + causes == move.bases[at]
        played_out = counted.simulation(leader, start=START, end=END, now=world.now, intensity=1.0)
    assert all(e.moved("verified") <= 0 for e in played_out.effects)
    settled = queries.settled_years(world.now)
    assert settled[1][1] + timedelta(days=30) <= queries.local_day(world.now)


def test_no_step_merges_calls_or_takes_one_out_of_call_back() -> None:
    """Merging away and leaving the discontented out are no ways here: there is no such step."""
    named = {f.name for f in Call._meta.get_fields()} | {f.name for f in Round._meta.get_fields()}
    for word in ("merge", "exclu", "exempt", "skip"):
        assert not any(word in step for step in {row.name for row in TABLE}), word
        assert not any(word in name for name in named), word
