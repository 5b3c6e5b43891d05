"""What is not received comes again, until it is given up."""

from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.db import connection

from qiying.kernel import jobs, tenancy, webhooks
from qiying.kernel.access import Actor
from qiying.kernel.models import Notification
from tests.receiver import Receiver, work_off
from tests.slices.calls import steps
from tests.slices.calls.webhooks.hearing import JOBS, attempts, deliveries, fresh, listen
from tests.slices.world import NOW, World

pytestmark = pytest.mark.django_db


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
