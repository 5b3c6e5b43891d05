"""Who keeps endpoints, by page and by machine."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from qiying.kernel import outgoing, people, tenancy, webhooks
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, NotFound
from tests.receiver import Receiver, work_off
from tests.slices.calls import steps
from tests.slices.calls.webhooks.hearing import JOBS, attempts, deliveries, listen
from tests.slices.world import NOW, World

pytestmark = pytest.mark.django_db


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
