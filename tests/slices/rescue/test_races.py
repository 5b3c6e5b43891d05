"""Two dispatchers in the same moment: one of them is first, the other sees what the first did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from qiying.kernel import audit, tenancy
from qiying.kernel.errors import Problem
from qiying.slices.rescue import operations
from qiying.slices.rescue.models import Job, Offer, Seat, Track
from tests.slices.rescue import invariants, steps
from tests.slices.rescue.steps import take
from tests.slices.world import World

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


@pytest.fixture
def crowd(transactional_db: None, request: pytest.FixtureRequest) -> World:
    world: World = request.getfixturevalue("world")
    return world


def together(work: Callable[[int], Any], count: int = AT_ONCE) -> list[str]:
    """Run the same work in several threads; "" for each that succeeded, else the refusal."""

    def run(number: int) -> str:
        try:
            work(number)
        except Problem as problem:
            return problem.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_two_dispatchers_never_give_one_seat_twice(crowd: World) -> None:
    job = steps.proposed(crowd)
    found = together(lambda n: take(crowd, ("chief", "chief2")[n % 2], job, "offer"))
    assert found.count("") == 1
    with tenancy.reading(crowd.system):
        assert Offer.objects.filter(seat__job=job, state="open").count() == 1
        invariants.check(crowd)


def test_calls_at_once_go_to_people_who_are_told_apart(crowd: World) -> None:
    """The second proposal knows of the first: nobody is asked for two sites while others are free."""
    jobs = [steps.reported(crowd) for _ in range(2)]

    def work(number: int) -> None:
        chief = ("chief", "chief2")[number]
        take(crowd, chief, jobs[number], "acknowledge", safety="stopped")
        take(crowd, chief, jobs[number], "offer")

    assert together(work, 2) == ["", ""]
    with tenancy.reading(crowd.system):
        assert Seat.objects.filter(job__in=jobs, state="offered").count() == 2
        invariants.check(crowd)


def test_one_technician_arrives_at_one_site(crowd: World) -> None:
    jobs = [steps.answered(crowd) for _ in range(2)]
    who = steps.holder(crowd, jobs[0])
    seat = steps.seats(crowd, jobs[1])[0]
    with tenancy.acting(crowd.system):
        mine = steps.seats(crowd, jobs[0])[0].technician_id
        Seat.objects.filter(pk=seat.pk).update(technician_id=mine)
    found = together(lambda n: take(crowd, who, jobs[n], "arrive", **steps.phone(crowd)), 2)
    assert sorted(c for c in found if c) == ["rescue.guard.not_elsewhere"]
    with tenancy.reading(crowd.system):
        invariants.check(crowd)


def test_an_action_that_a_phone_sends_twice_at_once_counts_once(crowd: World) -> None:
    job = steps.answered(crowd)
    who, given = steps.holder(crowd, job), steps.phone(crowd)
    assert together(lambda _n: take(crowd, who, job, "set_out", **given)) == [""] * AT_ONCE
    with tenancy.reading(crowd.system):
        assert Track.objects.filter(job=job, step="set_out").count() == 1


def test_numbers_and_labels_are_given_once_and_the_chain_holds(crowd: World) -> None:
    def work(number: int) -> None:
        steps.report(crowd)
        operations.register_machine(
            crowd.system,
            now=crowd.now,
            enterprise_id=crowd.firms["宏达"],
            kind_code="paper",
            name=f"{number}号辅机",
        )

    assert together(work) == [""] * AT_ONCE
    with tenancy.reading(crowd.system):
        numbers = list(Job.objects.values_list("number", flat=True))
        assert len(set(numbers)) == len(numbers) == AT_ONCE
        assert audit.verify(crowd.system).holds
