"""Calls handed on, with the other side played; sending that fails and ends."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import override_settings

from qiying.kernel import sealing, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Refused
from qiying.kernel.outgoing import OutgoingError, Reply
from qiying.slices.channels import operations, queries
from qiying.slices.channels.models import Delivery, Endpoint, Forward
from qiying.slices.channels.rules import sending
from qiying.slices.channels.rules.sending import SEALED_FOR
from tests.slices.calls import steps
from tests.slices.channels.other_side import HERE, There, deliver, fresh
from tests.slices.world import World


def test_a_call_is_handed_on_with_words_and_place_and_without_contact(
    world: World, handed: Forward, there: There
) -> None:
    assert deliver(world) == 1
    method, url, more = there.asked[0]
    assert (method, url) == ("POST", f"{HERE}/requests.json")
    assert more["form"]["api_key"] == "open-sesame"
    assert {"lat", "long", "description", "service_code"} <= set(more["form"])
    assert not {"phone", "last_name"} & set(more["form"])
    row = fresh(world)
    assert (row.state, row.remote_id) == ("filed", "R-1")


def test_the_key_is_sealed_in_the_table(world: World, endpoint: Endpoint) -> None:
    assert "sesame" not in endpoint.sealed_key
    assert sealing.unseal(endpoint.sealed_key, purpose=SEALED_FOR) == "open-sesame"
    with override_settings(SECRET_KEY="x" * 50), pytest.raises(sealing.BrokenSealError):
        sealing.unseal(endpoint.sealed_key, purpose=SEALED_FOR)


def test_a_key_that_was_sealed_the_earlier_way_is_sealed_anew_by_the_migration(
    world: World, endpoint: Endpoint
) -> None:
    reseal = import_module("qiying.slices.channels.migrations.0004_reseal")
    keys: list[str] = []
    with tenancy.acting(world.system):
        for deed in (reseal.back, reseal.reseal, reseal.reseal):
            deed(None, SimpleNamespace(connection=connection))
            # the migration leaves nobody's tenant set
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('app.tenant_id', %s, true)", [str(world.system.tenant_id)]
                )
            endpoint.refresh_from_db()
            keys.append(endpoint.sealed_key)
    with pytest.raises(sealing.BrokenSealError):
        sealing.unseal(keys[0], purpose=SEALED_FOR)
    assert sealing.unseal(keys[1], purpose=SEALED_FOR) == "open-sesame"
    assert keys[2] == keys[1], "what is sealed anew already stays"


def test_a_call_is_handed_on_once_to_a_system(
    world: World, desk: Actor, handed: Forward, endpoint: Endpoint
) -> None:
    with pytest.raises(Refused, match="forwarded_already"):
        operations.forward_call(
            desk, handed.call_id, endpoint_id=endpoint.public_id, reason="再来", now=world.now
        )


@pytest.mark.parametrize("who", ["boss", "safety", "leader", "supervisor"])
def test_only_the_desk_hands_a_call_on(world: World, endpoint: Endpoint, who: str) -> None:
    call = steps.raise_call(world)
    with pytest.raises(Denied):
        operations.forward_call(
            world.actor(who), call.pk, endpoint_id=endpoint.public_id, reason="x", now=world.now
        )


def test_what_fails_waits_twice_as_long_each_time_and_is_given_up(
    world: World, handed: Forward, there: There
) -> None:
    there.answers = there.broken
    waits = []
    for _ in range(sending.MOST_TRIES):
        with tenancy.reading(world.system):
            row = Delivery.objects.get()
        world.now = max(world.now, row.next_at)
        deliver(world)
        with tenancy.reading(world.system):
            row = Delivery.objects.get()
        waits.append(row.next_at - world.now)
    assert waits[:4] == [timedelta(seconds=30 * 2**n) for n in range(4)]
    assert max(waits) <= timedelta(hours=6)
    assert (row.state, row.error, row.tries) == ("given_up", "unreachable", 12)
    assert fresh(world).state == "stuck"
    with tenancy.reading(world.system):
        assert [s.given_up for s in queries.stuck_summary(world.system)] == [1]
    there.answers = there.good
    assert operations.try_again(world.actor("desk"), now=world.now) == 1
    assert deliver(world) == 1
    assert fresh(world).state == "filed"


def test_a_refusal_for_ever_is_given_up_at_once_and_patience_is_kept(
    world: World, handed: Forward, there: There
) -> None:
    there.answers = lambda _m, _u: Reply(429, "")
    deliver(world)
    with tenancy.reading(world.system):
        assert Delivery.objects.get().state == "waiting"
    world.later(hours=1)
    there.answers = lambda _m, _u: Reply(400, "")
    deliver(world)
    with tenancy.reading(world.system):
        assert Delivery.objects.get().state == "given_up"


def test_a_sender_that_died_is_followed_by_one_with_the_same_key(
    world: World, handed: Forward, there: There
) -> None:
    """The first request arrived and nobody wrote it down: the second one brings the same number."""

    def crash(method: str, url: str) -> Reply:
        there.good(method, url)
        raise KeyboardInterrupt

    there.answers = crash
    with pytest.raises(KeyboardInterrupt):
        deliver(world)
    there.answers = there.good
    assert deliver(world) == 0, "the lease of the dead sender still holds"
    world.later(minutes=3)
    assert deliver(world) == 1
    assert len(there.seen) == 1
    assert fresh(world).remote_id == "R-1"


def test_an_answer_that_names_nothing_is_not_taken_for_success(
    world: World, handed: Forward, there: There
) -> None:
    there.answers = lambda _m, _u: Reply(200, "<html>ok</html>")
    assert deliver(world) == 0
    assert fresh(world).state == "waiting"


def test_updates_of_the_other_side_are_kept_once_and_move_the_forward(
    world: World, handed: Forward, there: There
) -> None:
    deliver(world)
    row = {"update_id": "U1", "service_request_id": "R-1", "description": "已受理"}
    there.updates = [
        {**row, "status": "IN_PROGRESS", "updated_datetime": "2026-11-16T02:05:00Z"},
        {**row, "update_id": "U2", "status": "fixed", "updated_datetime": "2026-11-16T03:00:00Z"},
        {**row, "update_id": "U3", "service_request_id": "R-99", "status": "open"},
        {"nonsense": True},
    ]
    world.later(hours=2)
    assert operations.pull_due(world.system, now=world.now) == 2
    assert operations.pull_due(world.system, now=world.now, is_all=True) == 0
    found = fresh(world)
    assert (found.state, found.remote_status) == ("done", "FIXED")
    there.updates = [
        {**row, "update_id": "U4", "status": "REOPEN", "updated_datetime": "2026-11-16T03:30:00Z"}
    ]
    assert operations.pull_due(world.system, now=world.now, is_all=True) == 1
    assert fresh(world).state == "filed"


def test_a_token_is_asked_for_its_number(world: World, handed: Forward, there: There) -> None:
    there.answers = lambda _m, _u: Reply(200, '[{"token": "T-7"}]')
    deliver(world)
    assert fresh(world).state == "token"

    def numbered(_method: str, url: str) -> Reply:
        is_token = "/tokens/T-7.json" in url
        return Reply(200, '[{"service_request_id": "R-7"}]' if is_token else "[]")

    there.answers = numbered
    operations.pull_due(world.system, now=world.now, is_all=True)
    assert (fresh(world).state, fresh(world).remote_id) == ("filed", "R-7")


def test_asking_that_fails_waits_and_is_counted(
    world: World, handed: Forward, there: There
) -> None:
    deliver(world)
    there.answers = there.broken
    operations.pull_due(world.system, now=world.now)
    with tenancy.reading(world.system):
        row = Endpoint.objects.get()
    assert (row.pull_fails, row.pull_error) == (1, "unreachable")
    assert row.next_pull_at is not None
    assert row.next_pull_at > world.now


def test_what_the_desk_tells_waits_for_the_number_and_goes_out_with_its_own_id(
    world: World, desk: Actor, handed: Forward, there: There
) -> None:
    said = operations.say(desk, handed.public_id, text="企业催问", now=world.now)
    deliver(world)
    world.later(minutes=1)
    deliver(world)
    urls = [url for _m, url, _more in there.asked]
    assert urls == [f"{HERE}/requests.json", f"{HERE}/servicerequestupdates.json"]
    form = there.asked[1][2]["form"]
    assert (form["service_request_id"], form["update_id"]) == ("R-1", said.update_id)


def test_a_forward_is_withdrawn_only_while_nothing_was_sent(
    world: World, desk: Actor, handed: Forward, there: There
) -> None:
    there.answers = lambda _m, _u: (_ for _ in ()).throw(OutgoingError("timeout"))
    deliver(world)
    with pytest.raises(Refused, match="nothing_sent"):
        operations.withdraw_forward(desk, handed.public_id, now=world.now)
