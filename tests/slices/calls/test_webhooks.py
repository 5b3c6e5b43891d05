"""Webhooks of calls, received and verified by a real receiver with the public library."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from qiying.kernel import jobs, outgoing, people, tenancy, webhooks
from qiying.kernel.access import Actor, Role, stand_in
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.models import (
    Event,
    Notification,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from tests.receiver import THIS_MACHINE, Receiver, receiving, work_off
from tests.slices.calls import steps
from tests.slices.world import NOW, World

pytestmark = pytest.mark.django_db
JOBS = ("kernel.handle_event", "kernel.deliver_webhook")
TOPICS = ("calls.received", "calls.accepted", "calls.dispatched")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    settings.PUBLIC_URL = "https://qiying.example"
    with receiving() as found:
        yield found


@pytest.fixture
def admin(world: World) -> Actor:
    return world.actor("admin")


def listen(admin: Actor, receiver: Receiver, **more: Any) -> WebhookEndpoint:
    given = {"name": "OA", "url": receiver.url, "topics": TOPICS, "now": NOW, **more}
    row, receiver.secret = webhooks.create(admin, **given)
    return row


def deliveries(world: World) -> list[WebhookDelivery]:
    with tenancy.reading(world.system):
        return list(WebhookDelivery.objects.order_by("id"))


def attempts(world: World) -> list[WebhookAttempt]:
    with tenancy.reading(world.system):
        return list(WebhookAttempt.objects.order_by("id"))


def fresh(admin: Actor, row: WebhookEndpoint) -> WebhookEndpoint:
    with tenancy.reading(admin):
        return WebhookEndpoint.objects.get(id=row.pk)


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


# --- secrets ---


def test_a_wrong_secret_verifies_nothing_and_the_log_says_401(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    listen(admin, receiver)
    receiver.secret = webhooks.create(
        admin, name="x", url=receiver.url, topics=["calls.rated"], now=NOW
    )[1]
    steps.submitted(world)
    work_off(*JOBS)
    assert (receiver.verified, len(receiver.refused)) == ([], 1)
    assert [a.status for a in attempts(world)] == [401]


def test_a_replay_after_five_minutes_is_refused_by_the_receiver(
    world: World, admin: Actor, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    listen(admin, receiver)
    steps.submitted(world)
    work_off(*JOBS)
    headers, body = receiver.seen[0]
    assert receiver.take(headers, body) == 204
    clock.shift(timedelta(minutes=6))
    assert receiver.take(headers, body) == 401
    clock.shift(timedelta(minutes=-6))
    assert receiver.take(headers, body.replace(b"calls.", b"calls_")) == 401


def test_both_secrets_sign_for_a_day_after_a_change(
    world: World, admin: Actor, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    row = listen(admin, receiver)
    new = webhooks.rotate(admin, row.public_id, now=NOW)
    steps.submitted(world)
    work_off(*JOBS)
    receiver.secret = new
    steps.raise_call(world)
    work_off(*JOBS)
    assert len(receiver.verified) == 2
    clock.shift(timedelta(hours=25))
    steps.raise_call(world)
    work_off(*JOBS)
    assert len(receiver.seen[-1][0]["webhook-signature"].split()) == 1
    assert len(receiver.verified) == 3


def test_the_earlier_secret_can_be_ended_at_once(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    row = listen(admin, receiver)
    webhooks.rotate(admin, row.public_id, now=NOW)
    webhooks.drop_earlier_secret(admin, row.public_id, now=NOW)
    steps.submitted(world)
    work_off(*JOBS)
    assert receiver.verified == []
    with pytest.raises(Refused):
        webhooks.drop_earlier_secret(admin, row.public_id, now=NOW)


def test_a_secret_of_the_receivers_choice_is_taken_and_a_weak_one_refused(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    chosen = "whsec_" + "QUJD" * 10
    listen(admin, receiver, secret=chosen)
    receiver.secret = chosen
    steps.submitted(world)
    work_off(*JOBS)
    assert len(receiver.verified) == 1
    for weak in ("whsec_QUJD", "QUJD" * 10, "whsec_!!!", "secret"):
        with pytest.raises(Invalid):
            listen(admin, receiver, secret=weak)


def test_no_secret_stands_in_the_database_in_the_clear(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    row = listen(admin, receiver)
    assert receiver.secret.removeprefix("whsec_") not in fresh(admin, row).secret


# --- failures ---


def test_what_is_not_received_is_sent_again_later_under_the_same_id(
    world: World, admin: Actor, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    listen(admin, receiver)
    receiver.status = 503
    steps.submitted(world)
    work_off(*JOBS)
    row = deliveries(world)[0]
    assert row.next_at is not None
    assert timedelta(seconds=3.9) < row.next_at - attempts(world)[0].at < timedelta(seconds=6.1)
    assert webhooks.attempt(world.system, row.pk, now=NOW) is None
    receiver.status = 204
    clock.shift(timedelta(seconds=10))
    assert webhooks.attempt(world.system, row.pk, now=NOW + timedelta(seconds=10)) == 204
    ids = {headers["webhook-id"] for headers, _body in receiver.seen}
    assert (len(receiver.seen), len(ids)) == (2, 1)
    assert [a.status for a in attempts(world)] == [503, 204]


def test_pauses_grow_with_jitter_and_a_message_is_given_up_after_nine_tries(
    world: World, admin: Actor, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    listen(admin, receiver)
    receiver.status = 500
    steps.submitted(world)
    work_off("kernel.handle_event")
    row, now = deliveries(world)[0], NOW + timedelta(seconds=5)
    for _ in range(webhooks.MAX_TRIES):
        assert webhooks.attempt(world.system, row.pk, now=now) == 500
        row = deliveries(world)[0]
        now = row.next_at or now
        clock.move_to(now)
    assert (row.state, row.next_at, len(attempts(world))) == ("given_up", None, 9)
    spread = [webhooks.delay_before(3, Random(i)).total_seconds() for i in range(50)]  # noqa: S311
    assert 64 <= min(spread) < max(spread) <= 96


def test_a_receiver_may_ask_for_a_longer_pause(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    listen(admin, receiver)
    receiver.status, receiver.retry_after = 429, "600"
    steps.submitted(world)
    work_off(*JOBS)
    waits = (deliveries(world)[0].next_at or NOW) - attempts(world)[0].at
    assert waits == timedelta(minutes=10)


def test_nobody_at_the_address_is_a_line_in_the_log(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    listen(admin, receiver, url="http://127.0.0.1:9/")
    steps.submitted(world)
    work_off(*JOBS)
    assert [(a.status, a.fault) for a in attempts(world)] == [(None, "line")]


def test_an_endpoint_that_failed_for_five_days_is_switched_off_and_administrators_are_told(
    world: World, admin: Actor, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    row = listen(admin, receiver)
    receiver.status = 500
    steps.submitted(world)
    work_off(*JOBS)
    later = NOW + timedelta(days=5, hours=1)
    clock.move_to(later)
    call = deliveries(world)[0]
    webhooks.attempt(world.system, call.pk, now=later)
    assert fresh(admin, row).state == "disabled"
    assert deliveries(world)[0].state == "given_up"
    with tenancy.reading(admin):
        told = Notification.objects.filter(kind="kernel.webhook_disabled")
        assert [n.person_id for n in told] == [admin.person_id]
    assert webhooks.move(admin, row.public_id, "resume", now=later).state == "active"


def test_an_address_that_is_gone_is_switched_off_at_once(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    row = listen(admin, receiver)
    receiver.status = 410
    steps.submitted(world)
    work_off(*JOBS)
    assert fresh(admin, row).state == "disabled"


def test_a_message_whose_job_was_lost_is_found_by_the_sweeper(
    world: World, admin: Actor, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    listen(admin, receiver)
    steps.submitted(world)
    work_off("kernel.handle_event")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    clock.shift(timedelta(minutes=3))
    assert jobs.sweep(NOW + timedelta(minutes=3))["webhooks"] == 1
    work_off("kernel.deliver_webhook")
    assert len(receiver.verified) == 1


def test_a_claim_of_a_worker_that_died_runs_out(
    world: World, admin: Actor, receiver: Receiver, clock: time_machine.Traveller
) -> None:
    listen(admin, receiver)
    steps.submitted(world)
    work_off("kernel.handle_event")
    row = deliveries(world)[0]
    from qiying.kernel.webhooks._deliver import _claim  # noqa: PLC0415  the half of an attempt

    assert _claim(world.system, row.pk, now=NOW + timedelta(seconds=1)) is not None
    assert webhooks.attempt(world.system, row.pk, now=NOW + timedelta(seconds=2)) is None
    clock.shift(timedelta(seconds=70))
    assert webhooks.attempt(world.system, row.pk, now=NOW + timedelta(seconds=70)) == 204


# --- keeping ---


def test_a_test_message_is_sent_once_and_a_message_can_be_sent_again(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    row = listen(admin, receiver)
    receiver.status = 500
    sent = webhooks.ping(admin, row.public_id, now=NOW)
    work_off(*JOBS)
    assert deliveries(world)[0].state == "given_up"
    receiver.status = 204
    webhooks.ask_again(admin, row.public_id, sent.public_id, now=NOW)
    work_off(*JOBS)
    assert receiver.topics == [webhooks.PING]


def test_while_paused_nothing_is_sent_and_what_waited_goes_on_afterwards(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    row = listen(admin, receiver)
    steps.submitted(world)
    work_off("kernel.handle_event")
    webhooks.move(admin, row.public_id, "pause", now=NOW)
    work_off(*JOBS)
    assert receiver.seen == []
    webhooks.move(admin, row.public_id, "resume", now=NOW)
    work_off(*JOBS)
    assert receiver.topics == ["calls.received"]


def test_a_removed_endpoint_is_told_nothing_and_is_not_found(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    row = listen(admin, receiver)
    steps.submitted(world)
    work_off("kernel.handle_event")
    webhooks.move(admin, row.public_id, "remove", now=NOW)
    steps.raise_call(world)
    work_off(*JOBS)
    assert receiver.seen == []
    with pytest.raises(NotFound):
        webhooks.ping(admin, row.public_id, now=NOW)


@pytest.mark.parametrize("who", ["desk", "safety", "supervisor", "leader", "boss"])
def test_only_administrators_keep_endpoints(
    world: World, receiver: Receiver, admin: Actor, who: str
) -> None:
    row = listen(admin, receiver)
    actor = world.actor(who)
    with pytest.raises(Denied):
        listen(actor, receiver)
    with pytest.raises(Denied):
        webhooks.rotate(actor, row.public_id, now=NOW)
    with pytest.raises((Denied, NotFound)):
        webhooks.move(actor, row.public_id, "remove", now=NOW)


def test_what_cannot_be_told_cannot_be_chosen(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    for topics in ([], ["kernel.granted"], ["calls.noted"], ["calls.received", "nonsense"]):
        with pytest.raises(Invalid):
            listen(admin, receiver, topics=topics)
    with pytest.raises(Invalid):
        listen(admin, receiver, unit_id=10**9)


def test_the_database_refuses_a_delivery_that_neither_waits_nor_ended_and_a_changed_attempt(
    world: World, admin: Actor, receiver: Receiver
) -> None:
    listen(admin, receiver)
    steps.submitted(world)
    work_off(*JOBS)
    with tenancy.acting(world.system), connection.cursor() as cursor:
        for sql, error in (
            ("UPDATE kernel_webhookdelivery SET next_at = now()", IntegrityError),
            ("UPDATE kernel_webhookattempt SET status = 200", DatabaseError),
            ("DELETE FROM kernel_webhookattempt", DatabaseError),
            ("UPDATE kernel_webhookendpoint SET state = 'odd'", IntegrityError),
            ("UPDATE kernel_webhookendpoint SET earlier_secret = 'x'", IntegrityError),
        ):
            with pytest.raises(error), transaction.atomic():
                cursor.execute(sql)


# --- pages ---


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(world.user("admin"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_secret_is_shown_once_after_the_webhook_was_made(
    world: World, client: Client, receiver: Receiver
) -> None:
    body = {"name": "OA", "url": receiver.url, "topics": ["calls.received"], "unit": "FIN"}
    body["idempotency_key"] = "k1"
    made = client.post("/system/webhooks/new/", body)
    again = client.post("/system/webhooks/new/", body)
    assert made.status_code == 303
    assert again["Location"] == made["Location"]
    first = client.get(made["Location"]).content.decode()
    assert "whsec_" in first
    assert "whsec_" not in client.get(made["Location"]).content.decode()


def test_the_log_shows_each_answer_and_sends_again(
    world: World, admin: Actor, client: Client, receiver: Receiver
) -> None:
    row = listen(admin, receiver)
    receiver.status = 418
    steps.submitted(world)
    work_off(*JOBS)
    page = f"/system/webhooks/{row.public_id}/"
    assert "418" in client.get(page).content.decode()
    assert "418" in client.get(f"{page}?format=csv").content.decode("utf-8-sig")
    again = f"{page}deliveries/{deliveries(world)[0].public_id}/again/"
    receiver.status = 204
    assert client.post(again).status_code == 303
    work_off(*JOBS)
    assert receiver.topics == ["calls.received"]


def test_a_private_address_comes_back_with_a_sentence(world: World, client: Client) -> None:
    body = {"name": "x", "url": "https://10.0.0.8/hook", "topics": ["calls.received"]}
    reply = client.post("/system/webhooks/new/", body)
    assert (reply.status_code, "网络内部" in reply.content.decode()) == (422, True)


def test_machines_with_the_keepers_role_keep_endpoints_too(
    world: World, receiver: Receiver
) -> None:
    secret = people.issue_key(world.keeper, "ops", now=NOW, roles=[Role.ADMINISTRATOR])[1]
    head = {"headers": {"X-API-Key": secret, "Idempotency-Key": "one"}}
    chosen = "whsec_" + "QUJD" * 10
    body = {"name": "OA", "url": receiver.url, "topics": ["calls.received"], "secret": chosen}
    post = {"content_type": "application/json", **head}
    client = Client()
    made = client.post("/api/v1/webhooks/", body, **post)
    assert (made.status_code, chosen in made.content.decode()) == (201, False)
    assert client.post("/api/v1/webhooks/", body, **post).json() == made.json()
    place = f"/api/v1/webhooks/{made.json()['id']}"
    assert client.post(f"{place}/steps", {"step": "ping"}, **post).status_code == 204
    receiver.secret = "whsec_" + "QUJE" * 10
    work_off(*JOBS)
    rows = client.get(f"{place}/deliveries", **head).json()["rows"]
    assert [a["status"] for a in rows[0]["attempts"]] == [401]
    receiver.secret = client.post(f"{place}/secret", **post).json()["secret"]
    again = client.post(f"{place}/deliveries/{rows[0]['id']}/again", **post)
    assert again.status_code == 202
    work_off(*JOBS)
    assert receiver.topics == [webhooks.PING]


def test_an_address_is_judged_again_when_it_is_asked(
    world: World, admin: Actor, receiver: Receiver, settings: Any
) -> None:
    """The setting was on when it was typed in, and off when the message goes."""
    listen(admin, receiver)
    settings.OUTBOUND_ALLOW = ()
    steps.submitted(world)
    work_off(*JOBS)
    assert receiver.seen == []
    assert [a.fault for a in attempts(world)] == ["refused"]
    with pytest.raises(outgoing.OutgoingError, match="forbidden_address"):
        outgoing.look_up("https://localhost")
