"""Calls in calendars and on the maps of other programs: for whom they are, and nobody else."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from qiying.kernel import ical, people, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, NotFound
from qiying.kernel.models import CalendarFeed, Grant
from qiying.slices.calls.models import Call
from tests.slices.calls import steps
from tests.slices.world import INSIDE, NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(world: World) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def feed(actor: Actor, query: str = "") -> Calendar:
    """What the calendar of this person holds, read by its address."""
    reply = Client().get(f"/calendar/{ical.open_feed(actor, now=NOW)}.ics{query}")
    assert reply["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(reply.content)


def uids(calendar: Calendar, name: str = "VEVENT") -> list[str]:
    return [str(part["uid"]) for part in calendar.walk(name)]


# --- calendars ---


def test_each_reader_finds_the_own_deadlines(world: World) -> None:
    call = steps.dispatched(world)
    key = f"call-{call.public_id}"
    assert uids(feed(world.actor("boss"))) == [f"{key}-promise@qiying"]
    assert len(uids(feed(world.actor("safety")))) == 1
    assert len(uids(feed(world.actor("emb")))) == 1
    assert uids(feed(world.actor("etb"))) == []
    assert uids(feed(world.actor("rival"))) == []
    assert uids(feed(world.actor("auditor"))) == []


def test_the_desk_finds_acceptance_and_the_caller_the_call_back(world: World) -> None:
    call = steps.submitted(world)
    assert uids(feed(world.actor("desk"))) == [f"call-{call.public_id}-accept@qiying"]
    assert uids(feed(world.actor("caller"))) == []


def test_a_deadline_keeps_its_uid_and_counts_up_when_it_moves(world: World, clock: Any) -> None:
    call = steps.dispatched(world)
    first = feed(world.actor("boss")).walk("VEVENT")[0]
    clock.shift(timedelta(hours=1))
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(
            due_at=call.due_at + timedelta(days=2), updated_at=NOW + timedelta(hours=1)
        )
    second = feed(world.actor("boss")).walk("VEVENT")[0]
    assert first["uid"] == second["uid"]
    assert second["sequence"] > first["sequence"]
    assert second["dtend"].dt - first["dtend"].dt == timedelta(days=2)


def test_an_entry_rings_before_and_says_no_word_of_the_firm(world: World) -> None:
    call = steps.dispatched(world)
    calendar = feed(world.actor("boss"))
    entry = calendar.walk("VEVENT")[0]
    assert entry.walk("VALARM")[0]["trigger"].dt == timedelta(minutes=-30)
    text = calendar.to_ical().decode()
    assert call.number in text
    assert "配电房" not in text
    assert str(entry["class"]) == "PRIVATE"
    assert entry["dtend"].dt.utcoffset() == timedelta(0)


def test_the_same_deadlines_come_as_tasks(world: World) -> None:
    steps.dispatched(world)
    calendar = feed(world.actor("boss"), "?as=todo")
    assert (len(uids(calendar, "VTODO")), uids(calendar)) == (1, [])
    assert calendar.walk("VTODO")[0]["due"].dt is not None


def test_while_the_clock_stands_still_there_is_no_deadline(world: World) -> None:
    steps.need_info(world)
    assert uids(feed(world.actor("boss"))) == []
    assert uids(feed(world.actor("desk"))) == []


def test_the_calendar_of_who_lost_every_role_is_empty(world: World) -> None:
    steps.dispatched(world)
    secret = ical.open_feed(world.actor("boss"), now=NOW)
    assert uids(Calendar.from_ical(ical.calendar_of(secret, now=NOW, as_tasks=False)))
    with tenancy.reading(world.system):
        grant = Grant.objects.get(person=world.user("boss"))
    people.end_grant(world.system, grant.pk, now=NOW)
    reply = Client().get(f"/calendar/{secret}.ics")
    assert (reply.status_code, uids(Calendar.from_ical(reply.content))) == (200, [])


def test_the_calendar_of_a_closed_account_is_empty(world: World) -> None:
    steps.dispatched(world)
    secret = ical.open_feed(world.actor("boss"), now=NOW)
    person = world.user("boss")
    person.is_active = False
    person.save()
    assert uids(Calendar.from_ical(Client().get(f"/calendar/{secret}.ics").content)) == []


def test_a_revoked_or_guessed_address_opens_nothing(world: World) -> None:
    boss = world.actor("boss")
    first = ical.open_feed(boss, now=NOW)
    second = ical.open_feed(boss, now=NOW)
    assert Client().get(f"/calendar/{first}.ics").status_code == 404
    ical.close_feed(boss, now=NOW)
    for secret in (second, second + "x", "x", ""):
        assert Client().get(f"/calendar/{secret}.ics").status_code == 404
    with pytest.raises(NotFound):
        ical.close_feed(boss, now=NOW)
    with tenancy.reading(world.system):
        assert not CalendarFeed.objects.filter(digest__in=[first, second]).exists()


def test_a_key_has_no_calendar(world: World) -> None:
    with pytest.raises(Denied):
        ical.open_feed(world.system, now=NOW)


def test_of_a_complaint_the_unit_complained_of_finds_no_deadline(world: World) -> None:
    accused = world.person("fin", Role.DESK, unit="FIN")
    steps.raise_call(world, nature="complaint", complained_unit_id=world.units["FIN"])
    assert uids(feed(accused)) == []
    assert len(uids(feed(world.actor("desk")))) == 1


def test_the_page_gives_an_address_once_and_shows_what_it_holds(world: World) -> None:
    steps.dispatched(world)
    client = Client()
    client.force_login(world.user("boss"), backend="django.contrib.auth.backends.ModelBackend")
    made = client.post("/account/calendar/").content.decode()
    assert "/calendar/" in made
    assert ".ics" in made
    assert ".ics" not in client.get("/account/calendar/").content.decode()


# --- layers ---


def ask(world: World, who: str, address: str) -> Any:
    client = Client()
    client.force_login(world.user(who), backend="django.contrib.auth.backends.ModelBackend")
    return client.get(f"/api/v1/layers/{address}")


def ids(reply: Any) -> list[str]:
    return [feature["id"] for feature in reply.json()["features"]]


def test_the_index_names_the_layers_that_are_open_to_the_asker(world: World) -> None:
    names = {row["name"] for row in ask(world, "desk", "").json()["layers"]}
    assert {"walls", "grids", "sites", "calls"} <= names
    names = {row["name"] for row in ask(world, "admin", "").json()["layers"]}
    assert "calls" not in names
    assert ask(world, "admin", "calls").status_code == 404
    assert Client().get("/api/v1/layers/").status_code == 401


def test_a_wall_is_a_feature_after_the_standard(world: World) -> None:
    reply = ask(world, "desk", "walls")
    assert reply["Content-Type"] == "application/geo+json"
    body = reply.json()
    assert body["type"] == "FeatureCollection"
    assert [f["properties"]["kind"] for f in body["features"]] == ["wall"]
    assert ids(ask(world, "desk", "walls?bbox=119.1,28.9,119.3,29.1")) == ids(reply)
    assert ids(ask(world, "desk", "walls?bbox=1,1,2,2")) == []
    assert ask(world, "desk", "walls?bbox=nonsense").status_code == 422


def test_open_calls_are_points_for_those_who_may_see_them(world: World) -> None:
    call = steps.raise_call(world, longitude=INSIDE[0], latitude=INSIDE[1])
    for who, found in (("desk", 1), ("boss", 1), ("rival", 0), ("safety", 0), ("analyst", 1)):
        assert len(ids(ask(world, who, "calls"))) == found, who
    feature = ask(world, "desk", "calls").json()["features"][0]
    assert feature["id"] == str(call.public_id)
    assert "title" not in feature["properties"]


def test_a_complaint_is_no_point_for_the_unit_complained_of(world: World) -> None:
    world.person("fin", Role.DESK, unit="FIN")
    steps.raise_call(world, nature="complaint", complained_unit_id=world.units["FIN"])
    assert ids(ask(world, "fin", "calls")) == []
    assert len(ids(ask(world, "desk", "calls"))) == 1


def test_pages_of_points_follow_each_other_without_a_gap(world: World) -> None:
    made = {str(steps.raise_call(world).public_id) for _ in range(5)}
    seen: list[str] = []
    address = "calls?limit=2"
    while address:
        body = ask(world, "desk", address).json()
        seen += [f["id"] for f in body["features"]]
        following = [link["href"] for link in body["links"] if link["rel"] == "next"]
        address = following[0].removeprefix("/api/v1/layers/") if following else ""
    assert len(seen) == len(set(seen)) == 5
    assert set(seen) == made
