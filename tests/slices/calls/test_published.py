"""What is published to firms, and that each share on a page has its exact list and its hash."""

from datetime import date, timedelta

import time_machine
from django.test import Client

from qiying.kernel import tenancy
from qiying.slices.calls import queries
from qiying.slices.calls.queries import RoundFilters, members
from qiying.slices.calls.queries import rates as counted
from tests.slices.calls import steps
from tests.slices.world import World

START, END = date(2026, 11, 1), date(2026, 12, 1)


def browser(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def played(world: World) -> World:
    steps.closed(world)
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
    assert len(sheet.digests["composite"]) == 64 or sheet.composite is None


def test_a_firm_reads_the_published_rates_of_the_zone_and_no_name(world: World) -> None:
    played(world)
    with time_machine.travel(world.now, tick=False):
        for name in ("boss", "rival-boss"):
            if name == "rival-boss" and name not in getattr(world, "people", {}):
                continue
            client = browser(world, name)
            page = client.get("/calls/my/rates/")
            assert page.status_code == 200
            assert "OUT_OF_DUTY" in page.content.decode() or "<code>" in page.content.decode()
        assert "/calls/my/rates/" in client.get("/calls/my/").content.decode()
    assert world.now.date() - START > timedelta(days=30)
