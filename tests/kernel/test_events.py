"""Events are recorded once, in order, in the operation's transaction, and cannot be rewritten."""

from datetime import datetime

import pytest
import rfc8785
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from qiying.kernel import audit, events, notifications, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.models import Event, Tenant, User

pytestmark = pytest.mark.django_db


def say(actor: Actor, tenant: Tenant, now: datetime, **data: object) -> None:
    with tenancy.acting(actor):
        events.record("test.said", subject=tenant, actor=actor, now=now, **data)


def trail(actor: Actor) -> list[Event]:
    with tenancy.reading(actor):
        return list(Event.objects.order_by("sequence"))


def test_events_are_numbered_and_linked(desk: Actor, tenant: Tenant, now: datetime) -> None:
    for number in range(3):
        say(desk, tenant, now, number=number)
    rows = trail(desk)
    assert [r.sequence for r in rows] == [1, 2, 3]
    assert [r.previous for r in rows[1:]] == [r.digest for r in rows[:-1]]
    assert audit.verify(desk).holds


def test_an_event_outside_an_operation_is_refused(
    desk: Actor, tenant: Tenant, now: datetime
) -> None:
    with pytest.raises(RuntimeError):
        events.record("test.said", subject=tenant, actor=desk, now=now)


def test_nothing_is_recorded_when_the_operation_fails(
    desk: Actor, tenant: Tenant, now: datetime
) -> None:
    @tenancy.operation
    def fail(actor: Actor) -> None:
        events.record("test.said", subject=tenant, actor=actor, now=now)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail(desk)
    assert trail(desk) == []


@pytest.mark.parametrize("words", ["请尽快处理", "two words", "a" * 129, 1.5])
def test_free_text_does_not_enter_an_event(
    desk: Actor, tenant: Tenant, now: datetime, words: object
) -> None:
    with pytest.raises(ValueError, match="codes"):
        say(desk, tenant, now, note=words)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE kernel_event SET topic = 'x'", "DELETE FROM kernel_event", "TRUNCATE kernel_event"],
)
def test_the_application_cannot_rewrite_events(
    desk: Actor, tenant: Tenant, now: datetime, statement: str
) -> None:
    say(desk, tenant, now)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        tenancy.acting(desk),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert len(trail(desk)) == 1


def test_a_handler_is_queued_with_its_event_and_only_then(
    desk: Actor, tenant: Tenant, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(events._handlers, "test.said", {"note": lambda event: None})
    say(desk, tenant, now)
    with events.muted():
        say(desk, tenant, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'handler' FROM procrastinate_jobs")
        assert cursor.fetchall() == [("note",)]


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_digest_tells_words_and_salts_apart(words: str, salt: str) -> None:
    assert events.digest(words, salt=salt) != events.digest(words + "x", salt=salt)
    assert events.digest(words, salt=salt) == events.digest(words, salt=salt)


def test_the_auditor_finds_a_changed_event(desk: Actor, tenant: Tenant, now: datetime) -> None:
    """A row inserted with a wrong digest stands for one altered by a database administrator."""
    say(desk, tenant, now)
    with tenancy.acting(desk):
        row = Event.objects.get()
        row.pk, row.sequence, row.previous = None, 2, row.digest
        row.save(force_insert=True)
    assert {f.code for f in audit.verify(desk).faults} == {"changed", "cut"}


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=6), PLAIN, max_size=5))
def test_the_quick_way_of_writing_canonical_json_writes_the_same(body: dict[str, object]) -> None:
    assert events.canonical(body) == rfc8785.dumps(body)


def test_many_events_at_once_are_linked_like_few(
    desk: Actor, tenant: Tenant, now: datetime
) -> None:
    with tenancy.acting(desk):
        for number in range(105):
            codes = {"number": number, "list": [number, "a:b"], "empty": {}}
            events.record("test.said", subject=tenant, actor=desk, now=now, **codes)
    say(desk, tenant, now, number=-1)
    rows = trail(desk)
    assert [r.sequence for r in rows] == list(range(1, 107))
    assert rows[3].data == {"number": 3, "list": [3, "a:b"], "empty": {}}
    assert audit.verify(desk).holds


def test_of_a_past_that_is_played_nobody_is_told(
    desk: Actor, tenant: Tenant, person: User, now: datetime
) -> None:
    told = {"kind": "test", "subject": tenant, "url": "/", "params": {}, "now": now}
    with events.muted():
        assert notifications.notify(desk, [person.pk], effect_key="past", **told) == 0
    assert notifications.notify(desk, [person.pk], effect_key="present", **told) == 1
