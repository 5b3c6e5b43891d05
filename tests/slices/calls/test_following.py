"""What follows from a step: notices, the timeline, what a creation costs."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from qiying.kernel import tenancy
from qiying.kernel.models import Event, Notification
from qiying.kernel.notifications import text_of
from qiying.slices.calls import handlers, operations, queries
from qiying.slices.calls.models import Call
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World


def told(world: World, call: Call) -> dict[str, set[str]]:
    """Play every event of a call to its handler, twice; who got which kind of notice."""
    with tenancy.reading(world.system):
        rows = list(Event.objects.filter(subject_type="calls.call", subject_id=call.pk))
    for event in (*rows, *rows):
        if event.topic in handlers.AUDIENCES:
            handlers.tell(event)
    found: dict[str, set[str]] = {}
    with tenancy.reading(world.system):
        lines = list(Notification.objects.select_related("person"))
    for line in lines:
        assert line.person.name not in found.setdefault(line.kind, set()), line.kind
        found[line.kind].add(line.person.name)
    return found


def test_each_step_tells_those_whom_it_concerns_once(world: World) -> None:
    call = steps.working(world)
    take(world, "safety", call, "contact")
    emb = steps.task(world, call, "EMB")
    take(world, "emb", call, "sign", task_id=emb)
    take(world, "emb", call, "task_done", task_id=emb, text="完成")
    take(world, "safety", call, "answer", result="solved", text="好了")
    take(world, "desk", call, "review_pass")
    take(world, "caller", call, "callback_confirm", resolved="yes")
    found = told(world, call)
    assert found["calls.received"] == {"desk", "desk2"}
    assert found["calls.dispatched"] == {"safety", "safety-lead", "emb"}
    assert found["calls.dispatched.firm"] == {"boss", "grid"}
    assert found["calls.answered"] == {"desk", "desk2"}
    assert found["calls.review_passed"] == {"boss", "grid"}
    assert found["calls.review_passed.caller"] == {"caller"}
    assert found["calls.closed"] == {"boss", "grid"}


def test_a_dispute_calls_for_the_supervisor(world: World) -> None:
    assert told(world, steps.disputed(world))["calls.disputed"] == {"supervisor"}


def test_messages_reach_the_other_side(world: World) -> None:
    call = steps.working(world, co=())
    take(world, "boss", call, "message", text="什么时候来？")
    found = told(world, call)
    assert found["calls.messaged"] == {"safety", "safety-lead"}


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "已派至"), ("en", "came to your")])
def test_notices_speak_the_readers_language(world: World, language: str, words: str) -> None:
    call = steps.dispatched(world)
    told(world, call)
    with tenancy.reading(world.system), translation.override(language):
        line = Notification.objects.filter(kind="calls.dispatched").first()
        assert line is not None
        assert words in text_of(line)
        assert call.number in text_of(line)


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "派单至安全环保局"), ("en", "Dispatched to ")]
)
def test_the_timeline_speaks_the_readers_language(world: World, language: str, words: str) -> None:
    call = steps.closed(world)
    desk = world.actor("desk")
    with tenancy.reading(desk), translation.override(language):
        lines = queries.timeline(desk, queries.get_call(desk, call.pk))
    assert any(words in line.title for line in lines)
    assert all(line.title and "%" not in line.title for line in lines)
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_every_event_of_every_path_has_its_line(world: World) -> None:
    desk = world.actor("desk")
    for make in steps.MAKE.values():
        call = make(world)
        with tenancy.reading(desk), translation.override("zh-hans"):
            for line in queries.timeline(desk, queries.get_call(desk, call.pk)):
                assert line.title != line.topic
                assert "%(" not in line.title


def test_events_hold_no_words(world: World) -> None:
    secret = "王小明13900000000"
    call = steps.raise_call(world, text=secret, title=secret, contact_name=secret)
    take(world, "desk", call, "note", text=secret)
    with tenancy.reading(world.system):
        rows = Event.objects.filter(subject_type="calls.call", subject_id=call.pk)
        assert all(secret not in str(row.data) for row in rows)


def cost(world: World, **more: Any) -> int:
    """Queries of one creation by the operation, after the caches are warm."""
    actor, firm = world.actor("boss"), world.firms["宏达"]
    given = {"title": "异响", "text": "配电房异响", "matter_code": "M016", **more}
    operations.receive(actor, enterprise_id=firm, now=world.now, **given)
    with CaptureQueriesContext(connection) as seen:
        operations.receive(actor, enterprise_id=firm, now=world.now, **given)
    beside = ("SAVEPOINT", "RELEASE", "SELECT set_config")
    return sum(not q["sql"].startswith(beside) for q in seen.captured_queries)


def test_a_creation_costs_few_queries(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        steps.raise_call(world)
    assert cost(world) <= 10
    assert cost(world, matter_code="") <= 9


def count(function: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        function()
    return len(seen)


def test_lists_pages_and_boards_cost_the_same_however_many_calls_there_are(
    world: World,
) -> None:
    desk = world.actor("desk")
    call = steps.working(world)

    def costs() -> tuple[int, ...]:
        with tenancy.reading(desk):
            found = queries.get_call(desk, call.pk)
            return (
                count(lambda: list(queries.list_calls(desk, now=world.now)[:25])),
                count(lambda: queries.tab_counts(desk, now=world.now)),
                count(lambda: queries.dossier(desk, found)),
                count(lambda: queries.timeline(desk, found)),
                count(
                    lambda: queries.leader_board(
                        desk, start=world.now.date(), end=world.now.date(), now=world.now
                    )
                ),
            )

    costs()
    before = costs()
    for _ in range(4):
        steps.working(world)
    assert costs() == before
    assert before[0] == before[1] == 1
    assert max(before) <= 15
