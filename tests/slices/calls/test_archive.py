"""A closed call goes on file when its 30 days are over; what comes back then is filed again."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qiying.kernel import audit, tenancy
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.models import Event
from qiying.slices.calls import handlers, operations, queries
from qiying.slices.calls.models import Call
from qiying.slices.calls.operations import _archive
from tests.slices.calls import steps
from tests.slices.calls.steps import fresh, raise_call, take
from tests.slices.world import World


def sweep(world: World) -> int:
    return handlers.put_on_file(world.system, world.now)


def on_file(world: World) -> Call:
    """A call that the sweeper archived; the clock stands where it did so."""
    call = steps.closed(world)
    world.later(days=31)
    assert sweep(world) == 1
    return fresh(world, call)


def client_of(world: World, who: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(world.user(who), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = language
    return client


def test_the_platform_archives_a_call_when_it_cannot_be_opened_again_and_not_before(
    world: World,
) -> None:
    call = steps.closed(world)
    world.now = call.reopen_until or world.now
    assert sweep(world) == 0
    world.later(seconds=1)
    assert sweep(world) == 1
    row = fresh(world, call)
    assert (row.state, row.version) == ("archived", call.version + 1)
    assert row.closed_at == call.closed_at
    assert sweep(world) == 0
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.archived")
        assert (event.role, event.data["after"]) == ("system", "archived")
        assert audit.verify(world.system).holds


def test_a_call_that_was_opened_again_or_is_posted_is_not_archived(world: World) -> None:
    again, posted = steps.closed(world), steps.callback(world)
    take(world, "boss", again, "reopen", text="又坏了")
    take(world, "leader", posted, "supervise", level="post", text="请抓紧")
    take(world, "caller", posted, "callback_confirm", resolved="yes")
    world.later(days=40)
    assert sweep(world) == 0
    assert [fresh(world, c).state for c in (again, posted)] == ["reopened", "closed"]


def test_thousands_at_once_are_archived_in_batches_with_few_statements(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [steps.closed(world) for _ in range(5)]
    world.later(days=31)
    monkeypatch.setattr(_archive, "AT_ONCE", 2)
    monkeypatch.setattr(_archive, "MOST_A_SWEEP", 4)
    assert sweep(world) == 4
    monkeypatch.setattr(_archive, "AT_ONCE", 200)
    with CaptureQueriesContext(connection) as captured:
        assert sweep(world) == 1
    assert len(captured) < 20
    assert {fresh(world, c).state for c in calls} == {"archived"}


def test_nobody_but_the_platform_sweeps(world: World) -> None:
    with pytest.raises(Denied):
        operations.archive_closed(world.actor("desk"), now=world.now)


def test_an_archived_call_counts_as_closed_in_every_rate(world: World) -> None:
    steps.closed(world)
    start, end = date(2026, 11, 1), date(2027, 1, 1)
    world.later(days=60)

    def figures() -> dict[str, tuple[int, int]]:
        with tenancy.reading(world.system):
            found = queries.totals(world.system, start=start, end=end, now=world.now)
        return {name: (f.numerator, f.denominator) for name, f in found.items()}

    before = figures()
    assert before["declared"] == (1, 1)
    assert before["verified"] == (1, 1)
    assert sweep(world) == 1
    assert figures() == before


@pytest.mark.parametrize("step", ["reopen", "rate"])
def test_what_is_on_file_says_what_to_do_instead_of_opening_it(world: World, step: str) -> None:
    call = on_file(world)
    inputs = {"reopen": {"text": "又坏了"}, "rate": {"grade": 1, "resolved": "no"}}[step]
    with pytest.raises(Refused) as found:
        take(world, "boss", call, step, **inputs)
    assert found.value.code == "calls.archived"


def test_a_firm_files_again_and_both_calls_name_each_other(world: World) -> None:
    call = on_file(world)
    later = raise_call(world, follows_id=call.pk)
    assert later.follows_id == call.pk
    boss = world.actor("boss")
    with tenancy.reading(boss):
        earlier_lines = [x.title for x in queries.timeline(boss, fresh(world, call))]
        later_lines = [x.title for x in queries.timeline(boss, later)]
    assert any(later.number in line for line in earlier_lines)
    assert any(call.number in line for line in later_lines)


def test_only_an_own_call_that_cannot_be_opened_any_more_is_filed_again(world: World) -> None:
    open_call, fresh_one = steps.working(world), steps.closed(world)
    for call, code in ((open_call, "calls.follows_open"), (fresh_one, "calls.follows_fresh")):
        with pytest.raises(Refused) as found:
            raise_call(world, follows_id=call.pk)
        assert found.value.code == code
    world.later(days=31)
    with pytest.raises(Invalid):
        operations.receive(
            world.actor("desk"),
            title="",
            text="别家的事",
            now=world.now,
            enterprise_id=world.firms["远航"],
            follows_id=fresh_one.pk,
        )


def test_a_complaint_is_not_named_in_the_course_of_a_call_that_the_unit_reads(
    world: World,
) -> None:
    call = on_file(world)
    unit = world.units["ZONE_SAFE"]
    raise_call(world, follows_id=call.pk, nature="complaint", complained_unit_id=unit)
    with tenancy.reading(world.system):
        assert not Event.objects.filter(topic="calls.refiled").exists()
        received = Event.objects.filter(topic="calls.received").order_by("-sequence")[0]
    assert "follows" not in received.data


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "重新提出"), ("en", "File it again")])
def test_the_pages_of_a_call_on_file_lead_to_filing_it_again(
    world: World, language: str, words: str
) -> None:
    call = on_file(world)
    with time_machine.travel(world.now, tick=False):
        phone = client_of(world, "boss", language)
        page = phone.get(f"/calls/{call.public_id}/").content.decode()
        assert words in page
        assert f"follows={call.public_id}" in page
        form = phone.get(f"/calls/my/raise/?follows={call.public_id}").content.decode()
        assert call.number in form
        desk = client_of(world, "desk", language)
        case = desk.get(f"/calls/case/{call.public_id}/").content.decode()
        assert words in case


def test_the_list_narrows_to_what_is_on_file(world: World) -> None:
    call, other = on_file(world), steps.closed(world)
    desk = world.actor("desk")
    with tenancy.reading(desk):
        filed = queries.list_calls(desk, queries.Filters(state="archived"), now=world.now)
        assert [c.pk for c in filed] == [call.pk]
        both = queries.list_calls(desk, queries.Filters(tab="closed"), now=world.now)
        assert {c.pk for c in both} == {call.pk, other.pk}


def test_the_interface_files_again_by_the_id_of_the_earlier_call(world: World) -> None:
    call = on_file(world)
    with time_machine.travel(world.now, tick=False):
        boss = client_of(world, "boss")
        body = {"text": "又坏了", "follows": str(call.public_id)}
        sent = boss.post(
            "/api/v1/calls/",
            body,
            content_type="application/json",
            headers={"X-Requested-With": "test", "Idempotency-Key": "again-0001"},
        )
        assert sent.status_code == 201, sent.content
        found = boss.get(f"/api/v1/calls/{sent.json()['id']}").json()
    assert found["follows"] == str(call.public_id)
