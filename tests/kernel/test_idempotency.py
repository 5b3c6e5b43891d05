"""A repeated submit makes one record, whoever repeats it and however fast."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from qiying.kernel import idempotency, people, tenancy
from qiying.kernel.access import Actor, Role, stand_in
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.idempotency import Answer
from qiying.kernel.models import Counter, IdempotencyRecord


def count_up(actor: Actor) -> Answer:
    row = Counter.objects.create(tenant_id=actor.tenant_id, name=f"n{Counter.objects.count()}")
    return Answer(201, str(row.pk))


@pytest.mark.django_db
def test_the_second_request_gets_the_first_answer(desk: Actor) -> None:
    first = idempotency.once(desk, "k", b"same", work=lambda: count_up(desk))
    again = idempotency.once(desk, "k", b"same", work=lambda: count_up(desk))
    assert (again.status, again.body, again.is_replay) == (201, first.body, True)


@pytest.mark.django_db
def test_other_content_under_the_same_key_is_refused(desk: Actor) -> None:
    idempotency.once(desk, "k", b"one", work=lambda: count_up(desk))
    with pytest.raises(Invalid, match="mismatch"):
        idempotency.once(desk, "k", b"two", work=lambda: count_up(desk))


@pytest.mark.django_db
def test_a_refused_request_keeps_no_answer(desk: Actor) -> None:
    def refuse() -> Answer:
        raise Refused("lifecycle.state")

    with pytest.raises(Refused):
        idempotency.once(desk, "k", b"same", work=refuse)
    assert idempotency.once(desk, "k", b"same", work=lambda: count_up(desk)).is_replay is False


@pytest.mark.django_db
def test_the_same_key_of_another_tenant_is_another_key(desk: Actor, stranger: Actor) -> None:
    idempotency.once(desk, "k", b"one", work=lambda: count_up(desk))
    assert idempotency.once(stranger, "k", b"two", work=lambda: count_up(stranger)).status == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 256, "a\nb", "a\x00b"])
def test_an_unusable_key_is_refused(desk: Actor, key: str) -> None:
    with pytest.raises(Invalid):
        idempotency.once(desk, key, b"", work=lambda: count_up(desk))


@pytest.mark.django_db(transaction=True)
def test_eight_clients_with_ten_keys_make_ten_records() -> None:
    tenant = people.create_tenant(kind="zone", code="z", name_zh="甲", name_en="A")
    desk = stand_in(tenant.pk, Role.DESK)

    def submit(number: int) -> Answer:
        try:
            while True:
                try:
                    return idempotency.once(
                        desk, f"k{number}", b"same", work=lambda: _make(desk, number)
                    )
                except Refused:
                    continue
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(submit, [n for n in range(10) for _ in range(8)]))
    with tenancy.reading(desk):
        assert Counter.objects.count() == 10
        assert IdempotencyRecord.objects.count() == 10
    assert len({a.body for a in answers}) == 10
    assert sum(not a.is_replay for a in answers) == 10


def _make(actor: Actor, number: int) -> Answer:
    row = Counter.objects.create(tenant_id=actor.tenant_id, name=f"n{number}")
    return Answer(201, str(row.pk))
