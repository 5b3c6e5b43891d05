"""Rosters: the exact planner equals trying everything, the heuristic comes within 2 % of it."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from qiying.engines.dispatch import Point
from qiying.engines.dispatch.roster import (
    Calls,
    CoverProblem,
    Duty,
    Profile,
    ShiftKind,
    Station,
    check_cover,
    cover,
    exact,
    price_of_promise,
    what_if,
)
from qiying.engines.dispatch.roster._cells import cells_of


def drawn(seed: int, *, stations: int = 2, profiles: int = 2, people: int = 2) -> CoverProblem:
    r = np.random.default_rng(seed)
    places = [Point(float(x), float(y)) for x, y in r.uniform(0, 40_000, size=(stations, 2))]
    calls = tuple(
        Calls(f"c{n}", place, skill, tuple(float(v) for v in r.uniform(0, 1, 24)))
        for n, place in enumerate(places)
        for skill in ("lift", "boiler")
    )
    skills = (("lift",), ("boiler",), ("lift", "boiler"))
    return CoverProblem(
        tuple(Station(f"s{n}", p) for n, p in enumerate(places)),
        calls,
        (ShiftKind("day", 480, 600), ShiftKind("night", 1200, 720)),
        tuple(Profile(f"p{n}", skills[int(r.integers(3))], people) for n in range(profiles)),
        hours=float(r.choice([22.0, 32.0, 1e9])),
        within=float(r.choice([30.0, 60.0])),
    )


def best_of_all(problem: CoverProblem) -> float:
    cells = cells_of(problem)
    best = 0.0
    for count in product(range(3), repeat=len(cells.duties)):
        chosen = np.array(count)
        used = np.bincount(cells.profile, weights=chosen, minlength=len(cells.people))
        if (used <= cells.people).all() and cells.hours @ chosen <= problem.hours:
            best = max(best, cells.value(chosen))
    return best / cells.rates.sum()


def best_by_selectors(problem: CoverProblem) -> float:
    """The best share by another integer program: each cell selects how many people cover it.

    Built from the call, the shift and the way alone, without the planner's matrix. Binary z of a
    cell and a number n; the sum of n z is the number of people of the duties x that reach the cell.
    """
    duties = [
        (g, f, s) for g in problem.profiles for f in problem.shifts for s in problem.stations
    ]
    cells = [(c, h) for c in problem.calls for h in range(24)]
    most = sum(p.people for p in problem.profiles)
    rates = np.array([c.hourly[h] for c, h in cells])
    goal = [0.0] * len(duties)
    goal += [-r * (1 - problem.busy**n) for r in rates for n in range(most + 1)]
    width, rows, low, high = len(goal), [], [], []
    for k, (call, hour) in enumerate(cells):
        one, many = np.zeros(width), np.zeros(width)
        first = len(duties) + k * (most + 1)
        one[first : first + most + 1] = 1
        many[first : first + most + 1] = range(most + 1)
        for d, (g, f, s) in enumerate(duties):
            near = problem.travel.distance(s.at, call.at) <= problem.within
            on = (60 * hour + 30 - f.starts_at) % 1440 < f.length
            many[d] = -1.0 * (near and on and call.skill in g.skills)
        rows += [one, many]
        low += [1.0, 0.0]
        high += [1.0, 0.0]
    for g in problem.profiles:
        rows.append(np.array([float(d[0] is g) for d in duties] + [0.0] * (width - len(duties))))
        low, high = [*low, 0.0], [*high, float(g.people)]
    hours = [f.length / 60 for _g, f, _s in duties] + [0.0] * (width - len(duties))
    rows, low, high = [*rows, np.array(hours)], [*low, 0.0], [*high, min(problem.hours, 1e6)]
    found = milp(
        goal,
        integrality=np.ones(width),
        bounds=Bounds(0, [float(most)] * len(duties) + [1.0] * (width - len(duties))),
        constraints=LinearConstraint(csr_array(np.array(rows)), low, high),
        options={"mip_rel_gap": 1e-9},
    )
    return float(-found.fun / rates.sum())


@pytest.mark.parametrize("first", [0, pytest.param(10, marks=pytest.mark.full)])
def test_the_exact_roster_equals_another_integer_program(first: int) -> None:
    for seed in range(first, 10 if first == 0 else 80):
        problem = drawn(seed, stations=2, profiles=3)
        assert exact(problem).covered == pytest.approx(best_by_selectors(problem), abs=1e-6)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6))
def test_the_exact_roster_is_the_best_of_all_rosters(seed: int) -> None:
    problem = drawn(seed)
    found = exact(problem)

    assert check_cover(problem, found) == ()
    assert found.covered == pytest.approx(best_of_all(problem), abs=1e-6)
    assert found.bound == pytest.approx(found.covered, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_the_heuristic_is_sound_and_within_two_per_cent_of_the_best(seed: int) -> None:
    problem = drawn(seed, stations=3, profiles=3)
    found, best = cover(problem), exact(problem)

    assert check_cover(problem, found) == ()
    assert found.covered <= best.covered + 1e-6
    assert found.covered >= 0.98 * best.covered - 1e-9


def test_the_checker_sees_false_rosters() -> None:
    problem = drawn(3, stations=3, profiles=3)
    plan = cover(problem)
    duty = plan.duties[0]
    false = {
        "covered": replace(plan, covered=plan.covered + 0.01),
        "hours": replace(plan, hours=plan.hours + 1),
        "people": replace(plan, duties=(*plan.duties, replace(duty, people=9))),
        "unknown_name": replace(plan, duties=(replace(duty, shift="noon"),)),
        "not_allowed": replace(plan, duties=(replace(duty, people=0),)),
    }
    for code, wrong in false.items():
        assert code in {v.code for v in check_cover(problem, wrong)}


def test_the_price_of_the_promise_rises_with_it_and_ends_where_nobody_can() -> None:
    problem = replace(drawn(7, stations=2, profiles=3, people=30), within=90.0)
    points = price_of_promise(problem, cny_per_hour=50.0)

    hours = [p.hours for p in points if p.hours is not None]
    assert hours == sorted(hours)
    assert all(p.covered >= p.target - 1e-6 for p in points if p.hours is not None)
    assert all(p.cost_cny == pytest.approx(50.0 * p.hours) for p in points if p.hours)
    few = price_of_promise(replace(problem, profiles=(Profile("p", ("lift",), 1),)))
    assert few[-1].hours is None


def test_a_new_provider_never_covers_less() -> None:
    problem = replace(drawn(9), hours=1e9)
    now, then = what_if(problem, (Profile("new", ("lift", "boiler"), 3),))
    assert then.covered > now.covered


def test_an_empty_roster_covers_nothing() -> None:
    plan = cover(replace(drawn(1), hours=0.0))
    assert (plan.duties, plan.covered) == ((), 0.0)
    assert Duty("p", "day", "s", 1).people == 1
