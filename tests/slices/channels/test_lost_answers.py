"""The answer of the other side was lost: it is asked before anything is sent again."""

import json
from typing import Any

import pytest
from django.test import Client

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.outgoing import OutgoingError, Reply
from qiying.slices.calls import public as calls
from qiying.slices.channels import operations, queries
from qiying.slices.channels.models import Delivery, Forward
from qiying.slices.channels.rules import sending
from tests.slices.channels.other_side import HERE, There, deliver, fresh
from tests.slices.world import World


def lose_the_answer(there: There, error: str = "timeout") -> None:
    """The request arrives, and its answer does not come back."""

    def lost(method: str, url: str) -> Reply:
        if method == "POST":
            there.good(method, url)
        raise OutgoingError(error)

    there.answers = lost


def listed(there: There, rows: Any, status: int = 200) -> None:
    """From now on the other side lists these requests, and forgets every key."""

    def answer(method: str, url: str) -> Reply:
        if method == "GET":
            return Reply(status, rows if isinstance(rows, str) else json.dumps(rows))
        there.seen.clear()
        return Reply(200, json.dumps([{"service_request_id": "R-TWICE"}]))

    there.answers = answer


def number_of(world: World, row: Forward) -> str:
    return calls.card(world.system, row.call_id).number


def posts(there: There) -> int:
    return sum(method == "POST" for method, _url, _more in there.asked)


def test_a_request_that_arrived_is_found_by_our_number_and_not_sent_again(
    world: World, handed: Forward, there: There
) -> None:
    lose_the_answer(there)
    assert deliver(world) == 0
    world.later(minutes=5)
    words = f"路灯不亮 [{number_of(world, handed)}]"
    listed(there, [{"service_request_id": "R-77", "description": words}])
    assert deliver(world) == 1
    assert (fresh(world).state, fresh(world).remote_id, posts(there)) == ("filed", "R-77", 1)
    method, url, more = there.asked[-1]
    assert (method, url) == ("GET", f"{HERE}/requests.json")
    assert {"service_code", "start_date", "end_date", "api_key"} <= set(more["params"])


@pytest.mark.parametrize(
    "rows", [[], [{"service_request_id": "R-9", "description": "别的事 [QY-200101-001]"}]]
)
def test_a_request_that_is_not_there_is_sent_again(
    world: World, handed: Forward, there: There, rows: Any
) -> None:
    lose_the_answer(there)
    deliver(world)
    world.later(minutes=5)
    listed(there, rows)
    assert deliver(world) == 1
    assert (fresh(world).remote_id, posts(there)) == ("R-TWICE", 2)


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ("<html>", 200),
        ([{"service_request_id": "R-5"}], 200),
        ([], 404),
        ([], 403),
    ],
)
def test_where_the_other_side_cannot_tell_a_person_looks_and_nothing_is_sent(
    world: World, handed: Forward, there: There, rows: Any, status: int
) -> None:
    lose_the_answer(there, "unreadable")
    deliver(world)
    world.later(minutes=5)
    listed(there, rows, status)
    assert deliver(world) == 0
    assert (fresh(world).state, posts(there)) == ("check", 1)
    world.later(days=2)
    assert deliver(world) == 0
    assert posts(there) == 1
    with tenancy.reading(world.system):
        assert queries.count_stuck(world.system) == 1


def test_a_system_that_is_out_of_order_is_asked_again_before_anything_is_sent(
    world: World, handed: Forward, there: There
) -> None:
    lose_the_answer(there)
    deliver(world)
    for _try in range(2):
        world.later(hours=1)
        listed(there, [], 503)
        assert deliver(world) == 0
    assert (fresh(world).state, posts(there)) == ("waiting", 1)


def test_a_sender_that_died_is_followed_by_a_question(
    world: World, handed: Forward, there: There
) -> None:
    with tenancy.acting(world.system):
        Delivery.objects.update(leased_until=world.now + sending.LEASE)
    world.later(minutes=3)
    words = f"路灯不亮 [{number_of(world, handed)}]"
    listed(there, [{"service_request_id": "R-1", "description": words}])
    assert deliver(world) == 1
    assert posts(there) == 0


@pytest.fixture
def doubted(world: World, handed: Forward, there: There) -> Forward:
    lose_the_answer(there)
    deliver(world)
    world.later(minutes=5)
    listed(there, [], 404)
    deliver(world)
    return fresh(world)


def test_the_desk_writes_the_number_that_it_found_there(
    world: World, desk: Actor, doubted: Forward, there: There
) -> None:
    row = operations.settle_check(desk, doubted.public_id, number="R-42", now=world.now)
    assert (row.state, row.remote_id) == ("filed", "R-42")
    assert deliver(world) == 0
    assert posts(there) == 1


def test_the_desk_has_it_sent_again_when_it_is_not_there(
    world: World, desk: Actor, doubted: Forward, there: There
) -> None:
    operations.settle_check(desk, doubted.public_id, now=world.now)
    assert deliver(world) == 1
    assert (fresh(world).remote_id, posts(there)) == ("R-TWICE", 2)


def test_trying_everything_again_leaves_what_a_person_has_to_check(
    world: World, desk: Actor, doubted: Forward
) -> None:
    assert operations.try_again(desk, now=world.now) == 0
    assert fresh(world).state == "check"


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "请先到对方系统核对"), ("en", "Look there by the number")]
)
def test_the_page_says_that_a_person_has_to_look(
    world: World, doubted: Forward, language: str, words: str
) -> None:
    client = Client()
    client.force_login(world.user("desk"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = language
    page = client.get(f"/channels/handed-on/{doubted.public_id}/").content.decode()
    assert words in page
    assert 'name="number"' in page
