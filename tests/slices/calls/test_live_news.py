"""``/events`` names a call to those who may see it; anybody else hears only that one changed."""

import asyncio
import json
from typing import Any

import pytest

from qiying.kernel import live
from qiying.kernel.access import Actor
from tests.slices.calls import steps
from tests.slices.calls.people import peopled
from tests.slices.world import World

pytestmark = pytest.mark.django_db


def _call_of(call_id: int) -> list[tuple[str, int]]:
    return [("calls.call", call_id)]


def test_the_id_of_a_call_reaches_those_who_see_it(world: World) -> None:
    call = steps.dispatched(world, co=())
    for who in ("desk", "boss", "safety", "supervisor"):
        told = live.messages(world.actor(who), _call_of(call.pk))
        assert told == [{"topic": "call", "id": call.pk}]


def test_another_role_hears_that_a_call_changed_and_not_which(world: World) -> None:
    call = steps.submitted(world)
    assert live.messages(world.actor("rival"), _call_of(call.pk)) == [{"topic": "call"}]
    assert live.messages(world.actor("admin"), _call_of(call.pk)) == [{"topic": "call"}]


def test_another_zone_is_told_no_id(world: World) -> None:
    call = steps.submitted(world)
    other = peopled("xs")
    assert live.messages(other.actor("desk"), _call_of(call.pk)) == [{"topic": "call"}]


def test_a_record_of_which_nobody_says_who_sees_it_has_no_id(world: World) -> None:
    told = [("kernel.user", 1), ("kernel.user", 2), ("gone.table", 3)]
    assert live.messages(world.actor("desk"), told) == [{"topic": "table"}, {"topic": "user"}]


def test_what_comes_together_is_asked_for_together(
    world: World, django_assert_max_num_queries: Any
) -> None:
    calls = [steps.submitted(world) for _ in range(3)]
    told = [pair for call in calls for pair in _call_of(call.pk)] * 2
    desk = world.actor("desk")
    with django_assert_max_num_queries(5):  # begin, tenant, one for all calls, tenant, end
        found = live.messages(desk, told)
    assert [m["id"] for m in found] == sorted(call.pk for call in calls)


@pytest.mark.django_db(transaction=True)
def test_a_stream_tells_the_first_news_at_once_and_gathers_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = steps.dispatched(world, co=()), steps.submitted(world)
    monkeypatch.setattr(live, "GATHERED", 0.2)
    assert asyncio.run(_listen(world.actor("safety"), mine.pk, other.pk)) == [
        {"topic": "call", "id": mine.pk},
        {"topic": "call", "id": mine.pk},
        {"topic": "call"},
    ]


async def _listen(actor: Actor, mine: int, other: int) -> list[dict[str, Any]]:
    stream = live.Stream(actor)
    body = live._body(stream)
    assert b"open" in await anext(body)
    stream.queue.put_nowait([["calls.call", mine]])
    found = [await anext(body)]
    for told in (mine, other, mine):
        stream.queue.put_nowait([["calls.call", told]])
    found += [await anext(body), await anext(body)]
    assert stream.queue.empty()
    await body.aclose()  # type: ignore[attr-defined]  # a generator of the module
    return [json.loads(line.decode().removeprefix("data: ")) for line in found]
