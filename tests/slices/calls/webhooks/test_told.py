"""What a real receiver hears of calls, and of complaints."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from qiying.kernel import people, tenancy, webhooks
from qiying.kernel.access import Actor, Role, stand_in
from qiying.kernel.models import Event
from tests.receiver import Receiver, work_off
from tests.slices.calls import steps
from tests.slices.calls.webhooks.hearing import JOBS, deliveries, listen
from tests.slices.world import NOW, World

pytestmark = pytest.mark.django_db


# --- what arrives ---


def test_a_receiver_verifies_what_happened_to_a_call(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    listen(admin, receiver)
    call = steps.triage(world)
    work_off(*JOBS)
    assert receiver.topics == ["calls.received", "calls.accepted"]
    data = receiver.verified[0]["data"]
    assert data["subject"] == {"type": "calls.call", "id": str(call.public_id)}
    assert data["url"] == f"https://qiying.example/calls/{call.public_id}/case/" or data[
        "url"
    ].startswith("https://qiying.example/calls/")
    assert data["codes"]["number"] == call.number


def test_no_word_of_a_firm_is_sent(world: World, admin: Actor, receiver: Receiver) -> None:
    listen(admin, receiver)
    steps.triage(world)
    work_off(*JOBS)
    for _headers, body in receiver.seen:
        text = body.decode()
        assert text.isascii()
        assert "\\u" not in text


def test_only_the_events_that_were_chosen_are_told(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    listen(admin, receiver, topics=["calls.accepted"])
    steps.triage(world)
    work_off(*JOBS)
    assert receiver.topics == ["calls.accepted"]


def test_nothing_is_queued_while_nobody_listens(world: World) -> None:
    steps.triage(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'handler' FROM procrastinate_jobs")
        assert not [name for (name,) in cursor.fetchall() if name and "webhook" in name]


def test_the_same_event_handled_twice_is_sent_once(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    listen(admin, receiver)
    steps.submitted(world)
    work_off(*JOBS)
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.received")
    webhooks.fan_out(world.system, event, now=NOW)
    work_off(*JOBS)
    assert len(receiver.seen) == 1


def test_another_zone_hears_nothing(world: World, receiver: Receiver) -> None:
    other = people.create_tenant(kind="zone", code="xs", name_zh="西山", name_en="Xishan")
    listen(stand_in(other.pk, Role.ADMINISTRATOR), receiver)
    steps.submitted(world)
    work_off(*JOBS)
    assert receiver.seen == []


def test_an_event_about_another_table_never_names_a_call(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    """Numbers of rows are no names: wording 7 is not call 7."""
    listen(admin, receiver)
    call = steps.submitted(world)
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.received")
    event.subject_type, event.subject_id = "calls.wording", call.pk
    assert webhooks.fan_out(world.system, event, now=NOW) == 0


# --- complaints ---


def test_of_a_complaint_only_the_id_is_told(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    listen(admin, receiver)
    call = complaint(world)
    work_off(*JOBS)
    data = receiver.verified[0]["data"]
    assert set(data) == {"event", "subject"}
    assert data["subject"]["id"] == str(call.public_id)
    assert call.number not in receiver.seen[0][1].decode()


def test_the_system_of_the_unit_complained_of_hears_nothing(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    listen(admin, receiver, unit_id=world.units["FIN"])
    complaint(world)
    steps.raise_call(world)
    work_off(*JOBS)
    assert len(receiver.verified) == 1


def test_a_message_that_waits_is_not_sent_once_its_call_became_a_complaint(
    world: World, admin: Actor, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    listen(admin, receiver, unit_id=world.units["FIN"])
    receiver.status = 500
    call = steps.raise_call(world)
    work_off(*JOBS)
    steps.take(
        world,
        "desk",
        steps.take(world, "desk", call, "accept"),
        "classify",
        matter_code=steps.SAFETY,
        nature="complaint",
        complained_unit_id=world.units["FIN"],
    )
    receiver.status, before = 204, len(receiver.seen)
    clock.shift(timedelta(hours=1))
    webhooks.attempt(world.system, deliveries(world)[0].pk, now=NOW + timedelta(hours=1))
    assert len(receiver.seen) == before
    assert deliveries(world)[0].state == "dropped"


def complaint(world: World) -> Any:
    return steps.raise_call(
        world, nature="complaint", complained_unit_id=world.units["FIN"], title="投诉"
    )
