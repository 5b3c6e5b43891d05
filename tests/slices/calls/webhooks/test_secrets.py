"""Signatures, replays and secrets, as a real receiver judges them."""

from datetime import timedelta

import pytest
import time_machine

from qiying.kernel import webhooks
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, Refused
from tests.receiver import Receiver, work_off
from tests.slices.calls import steps
from tests.slices.calls.webhooks.hearing import JOBS, attempts, fresh, listen
from tests.slices.world import NOW, World

pytestmark = pytest.mark.django_db


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
