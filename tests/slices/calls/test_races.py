"""Several people at once: one of them is first, the others are told so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from qiying.kernel import audit, tenancy
from qiying.kernel.errors import Problem
from qiying.slices.calls.models import Call, CallBack, Round, Task
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


@pytest.fixture
def crowd(transactional_db: None, request: pytest.FixtureRequest) -> World:
    world: World = request.getfixturevalue("world")
    return world


def together(work: Callable[[int], Any]) -> list[str]:
    """Run the same work in several threads; "" for each that succeeded, else the refusal."""

    def run(number: int) -> str:
        try:
            work(number)
        except Problem as problem:
            return problem.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_a_call_is_dispatched_once(crowd: World) -> None:
    call = steps.triage(crowd)
    units = [crowd.units[code] for code in ("ZONE_SAFE", "EMB", "ETB", "FIN", "HUD", "LEB")]

    def work(number: int) -> None:
        take(crowd, "desk", call, "dispatch", lead_unit_id=units[number], text="转办")

    found = together(work)
    assert found.count("") == 1
    assert set(found) == {"", "lifecycle.state"}
    with tenancy.reading(crowd.system):
        assert Task.objects.filter(call=call, is_lead=True).count() == 1


def test_a_round_closes_once_with_one_confirmation(crowd: World) -> None:
    call = steps.callback(crowd)
    found = together(lambda _n: take(crowd, "caller", call, "callback_confirm", resolved="yes"))
    assert found.count("") == 1
    with tenancy.reading(crowd.system):
        assert CallBack.objects.filter(call=call).count() == 1


def test_a_discontent_firm_opens_one_new_round(crowd: World) -> None:
    call = steps.closed(crowd)
    found = together(lambda _n: take(crowd, "boss", call, "reopen", text="又坏了"))
    assert found.count("") == 1
    with tenancy.reading(crowd.system):
        assert Round.objects.filter(call=call).count() == 2


def test_numbers_are_given_once_and_the_chain_holds(crowd: World) -> None:
    assert together(lambda _n: steps.raise_call(crowd)) == [""] * AT_ONCE
    with tenancy.reading(crowd.system):
        numbers = list(Call.objects.values_list("number", flat=True))
        assert len(set(numbers)) == len(numbers) == AT_ONCE
        assert audit.verify(crowd.system).holds
