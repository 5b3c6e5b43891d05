"""Statements made once per table write what the object mapper would have written."""

import json
from datetime import datetime
from enum import StrEnum

import pytest
from django.db import DatabaseError, connection, transaction

from qiying.kernel import events, people, prepared, revisions, tenancy, writes
from qiying.kernel.access import Actor, Role, stand_in, system
from qiying.kernel.models import ApiKey, Chain, Counter, Event, IdempotencyRecord, Tenant

pytestmark = pytest.mark.django_db


class Kind(StrEnum):
    ODD = "an odd code"


def row_of(tenant_id: int, now: datetime, **given: object) -> Event:
    fields = {
        "sequence": 1,
        "topic": Kind.ODD,
        "subject_type": "a.b",
        "subject_id": 7,
        "actor": "x",
        "data": {"日": ["\\", "'", None, 1.5, {"a": True}]},
        "occurred_at": now,
        "recorded_at": now,
        "previous": "0" * 64,
        "digest": "1" * 64,
    }
    return Event(tenant_id=tenant_id, **{**fields, **given})


def columns(row: Event) -> dict[str, object]:
    return {f.attname: getattr(row, f.attname) for f in Event._meta.concrete_fields}


def test_a_record_reads_as_the_mapper_would_have_written_it(desk: Actor, now: datetime) -> None:
    with tenancy.acting(desk):
        ours = writes.insert(row_of(desk.tenant_id, now))
        theirs = row_of(desk.tenant_id, now, sequence=2)
        theirs.save()
        found = {row.sequence: columns(row) for row in Event.objects.all()}
    assert ours.pk
    assert not ours._state.adding
    kept = {**found[1], "id": None, "sequence": None}
    assert kept == {**found[2], "id": None, "sequence": None}
    assert found[1]["topic"] == "an odd code"


def test_only_the_named_fields_of_a_record_are_written(desk: Actor) -> None:
    with tenancy.acting(desk):
        row = writes.insert(Counter(tenant_id=desk.tenant_id, name="a", value=1))
        row.name, row.value = "b", 2
        writes.update(row, ["value"])
        assert list(Counter.objects.values_list("name", "value")) == [("a", 2)]
        writes.update(row, [])


def test_a_field_is_named_as_it_or_its_column_is(desk: Actor) -> None:
    with tenancy.acting(desk):
        row = writes.insert(Counter(tenant_id=desk.tenant_id, name="a"))
        writes.update(row, ["tenant"])
        writes.update(row, ["tenant_id", "tenant"])


def test_a_record_that_is_not_there_is_not_written(desk: Actor, stranger: Actor) -> None:
    with tenancy.acting(desk):
        row = writes.insert(Counter(tenant_id=desk.tenant_id, name="a", value=1))
    with tenancy.acting(stranger), pytest.raises(RuntimeError):
        writes.update(row, ["value"])


def test_nobody_writes_for_another_tenant(desk: Actor, stranger: Actor) -> None:
    row = Counter(tenant_id=stranger.tenant_id, name="a")
    with tenancy.acting(desk), pytest.raises(DatabaseError), transaction.atomic():
        writes.insert(row)


def test_repeated_statements_are_counted_like_any_other(desk: Actor) -> None:
    with tenancy.acting(desk):
        seen: list[str] = []

        def note(execute, statement, params, many, context):  # type: ignore[no-untyped-def]
            seen.append(statement)
            return execute(statement, params, many, context)

        with connection.execute_wrapper(note), prepared.cursor() as cursor:
            for n in range(7):
                cursor.execute("SELECT %s::int + 1", [n])
                assert cursor.fetchone() == (n + 1,)
    assert len(seen) == 7


def test_a_scope_opens_with_its_revisions_in_one_statement(desk: Actor) -> None:
    with tenancy.acting(desk):
        revisions.bump(desk, "registry")
        revisions.bump(desk, "registry")
        revisions.bump(desk, "calendar")
    with tenancy.reading(desk) as scope:
        assert scope.revisions == {"registry": 2, "calendar": 1}
        assert revisions.current(desk) == {"registry": 2, "calendar": 1}
        assert Counter.objects.count() == 2


def test_a_scope_knows_no_revisions_of_others(desk: Actor, stranger: Actor) -> None:
    with tenancy.acting(desk):
        revisions.bump(desk, "registry")
    with tenancy.reading(stranger) as scope:
        assert scope.revisions == {}
        assert not Counter.objects.exists()


def test_a_key_is_found_among_many_and_leaves_nothing_open(tenant: Tenant, now: datetime) -> None:
    keeper = stand_in(tenant.pk, Role.ADMINISTRATOR)
    secrets = [people.issue_key(keeper, f"machine {n}", now=now)[1] for n in range(30)]
    for n, secret in enumerate(secrets):
        found = people.actor_of_key(secret, now=now)
        assert found is not None
        assert found.name == f"machine {n}"
        assert found.tenant_id == tenant.pk
    assert people.actor_of_key("nobody's", now=now) is None
    assert not ApiKey.objects.exists(), "the digest that was shown opens nothing afterwards"


def test_the_head_moves_with_the_events(desk: Actor, tenant: Tenant, now: datetime) -> None:
    with tenancy.acting(desk):
        events.record("test.said", subject=tenant, actor=desk, now=now, one=1)
        events.record("test.said", subject=tenant, actor=desk, now=now, two=[1, {"a": "b"}])
    with tenancy.reading(system(desk.tenant_id)):
        head, last = Chain.objects.get(), Event.objects.order_by("sequence").last()
        assert last is not None
        assert (head.sequence, head.digest) == (last.sequence, last.digest) == (2, last.digest)
        assert json.loads(json.dumps(last.data)) == {"two": [1, {"a": "b"}]}
        assert not IdempotencyRecord.objects.exists()
