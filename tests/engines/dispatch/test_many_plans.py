"""Random plans by the thousand through the independent checker."""

import pytest

from qiying.engines.dispatch import Params, check, solve
from tests.engines.dispatch.instances import instance

SOME, MANY = 300, 100_000
FEW = Params(iterations=8)


def wrong_plans(first: int, count: int, *, compiled: bool | None = None) -> list[tuple[int, str]]:
    """Seeds whose plan breaks a rule, and the rule."""
    found = []
    for seed in range(first, first + count):
        problem = instance(seed, 1 + seed % 7, 1 + seed % 11)
        plan = solve(problem, FEW, seed=seed, compiled=compiled).plan
        found += [(seed, v.code) for v in check(problem, plan, FEW)]
    return found


def test_hundreds_of_random_plans_break_no_rule() -> None:
    assert wrong_plans(0, SOME) == []


@pytest.mark.full
def test_a_hundred_thousand_random_plans_break_no_rule() -> None:
    assert wrong_plans(0, MANY) == []
