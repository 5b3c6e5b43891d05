"""The checker: sound plans pass, each kind of falsehood is named by its code."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiying.engines.dispatch import (
    VIOLATION_CODES,
    Certificate,
    Commitment,
    Cost,
    Job,
    Kind,
    Params,
    Phase,
    Plan,
    Point,
    Problem,
    Step,
    Stop,
    Technician,
    Unassigned,
    Window,
    check,
    solve,
)
from tests.engines.dispatch.instances import ORIGIN, instance

SHIFT = (Window(0.0, 600.0),)
HELD = (Certificate("lift"), Certificate("boiler"))


def person(name: str, x: float) -> Technician:
    return Technician(name, Point(x, 0), HELD, SHIFT, provider="north", carries=("valve",))


def job(name: str, x: float, **more: object) -> Job:
    known: dict[str, object] = {"promise": (Step(120.0),), "duration": 60.0}
    return Job(name, Kind.EMERGENCY, Point(x, 0), ("lift",), **(known | more))  # type: ignore[arg-type]


PROBLEM = Problem(
    ORIGIN,
    0.0,
    ("lift", "boiler"),
    (person("a", 0), person("b", 20_000), person("c", 40_000)),
    (
        job("one", 1000),
        job("two", 21_000),
        job("crew", 10_000, crew=2),
        job("late", 39_000, opens_at=90.0, statutory_at=400.0, closes_at=300.0),
    ),
)
SOUND = solve(PROBLEM, Params(iterations=100), compiled=False).plan


def stop_of(plan: Plan, name: str) -> Stop:
    return next(s for s in plan.stops if s.job == name)


def with_stop(name: str, **change: float | str) -> Callable[[Problem, Plan], tuple[Problem, Plan]]:
    """Change the first stop of a job."""

    def apply(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        old = stop_of(plan, name)
        new = replace(old, **change)  # type: ignore[arg-type]
        return problem, replace(plan, stops=tuple(new if s is old else s for s in plan.stops))

    return apply


def later(
    name: str, minutes: float, *fields: str
) -> Callable[[Problem, Plan], tuple[Problem, Plan]]:
    """Shift times of the first stop of a job."""

    def apply(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        old = stop_of(plan, name)
        change = {f: getattr(old, f) + minutes for f in fields}
        return with_stop(name, **change)(problem, plan)

    return apply


def with_job(name: str, **change: object) -> Callable[[Problem, Plan], tuple[Problem, Plan]]:
    """Change a job under a plan."""

    def apply(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        jobs = tuple(
            replace(j, **change) if j.id == name else j  # type: ignore[arg-type]
            for j in problem.jobs
        )
        return replace(problem, jobs=jobs), plan

    return apply


def with_people(**change: object) -> Callable[[Problem, Plan], tuple[Problem, Plan]]:
    """Change every technician under a plan."""

    def apply(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        people = tuple(replace(t, **change) for t in problem.technicians)  # type: ignore[arg-type]
        return replace(problem, technicians=people), plan

    return apply


def dropped(name: str, *, keep: int = 0) -> Callable[[Problem, Plan], tuple[Problem, Plan]]:
    """Take stops of a job out."""

    def apply(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        mine = [s for s in plan.stops if s.job == name][keep:]
        return problem, replace(plan, stops=tuple(s for s in plan.stops if s not in mine))

    return apply


def left_out(name: str, code: str) -> Callable[[Problem, Plan], tuple[Problem, Plan]]:
    """Name a job as left out."""

    def apply(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        return problem, replace(plan, unassigned=(*plan.unassigned, Unassigned(name, code)))

    return apply


def doubled(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    first = next(s for s in plan.stops if s.job == "crew")
    stops = [s for s in plan.stops if s.job != "crew"]
    return problem, replace(plan, stops=(*stops, first, first))


def overlapping(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    other = next(s for s in plan.stops if s.technician == stop_of(plan, "crew").technician)
    added = replace(other, job="one")
    stops = [s for s in plan.stops if s.job != "one"]
    return problem, replace(plan, stops=tuple(sorted([*stops, added], key=lambda s: s.technician)))


def disordered(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    return problem, replace(plan, stops=tuple(reversed(plan.stops)))


def committed(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    """Let somebody wait at another job than the plan's first."""
    first = plan.stops[0]
    held = Commitment(next(j.id for j in problem.jobs if j.id != first.job), Phase.WAITING)
    people = tuple(
        replace(t, commitment=held) if t.id == first.technician else t for t in problem.technicians
    )
    return replace(problem, technicians=people), plan


def cheaper(problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    return problem, replace(plan, cost=Cost(response=plan.cost.response - 1))


MUTATIONS = {
    "unknown_job": with_stop("one", job="ghost"),
    "unknown_technician": with_stop("one", technician="ghost"),
    "same_seat_twice": doubled,
    "crew_size": dropped("crew", keep=1),
    "crew_apart": later("crew", 5.0, "start_at", "finish_at"),
    "planned_and_left_out": left_out("one", "waiting"),
    "lost": dropped("one"),
    "code": left_out("one", "because"),
    "skill": with_people(certificates=(Certificate("boiler"),)),
    "certificate": with_people(certificates=(Certificate("lift", 30.0), Certificate("boiler"))),
    "part": with_job("one", parts=("pump",)),
    "provider": with_job("one", providers=("south",)),
    "refused": with_job("one", refused_by=("a", "b", "c")),
    "released": with_job("one", released_at=500.0),
    "before_now": with_people(free_at=500.0),
    "order": disordered,
    "overlap": overlapping,
    "arrival": later("one", -1.0, "arrive_at"),
    "too_early": with_job("one", ready_at=300.0),
    "statutory_date": with_job("late", statutory_at=85.0, opens_at=80.0),
    "duration": later("one", 5.0, "finish_at"),
    "off_duty": with_people(windows=(Window(1000.0, 1600.0),)),
    "after_shift": with_people(windows=(Window(-500.0, -10.0),)),
    "fixed_moved": committed,
    "late_chance": with_stop("one", late_chance=0.9),
    "cost": cheaper,
}


def test_every_code_has_its_mutation() -> None:
    assert set(MUTATIONS) == set(VIOLATION_CODES)


def test_the_plan_that_is_mutated_is_sound_and_has_a_crew() -> None:
    assert check(PROBLEM, SOUND) == ()
    assert len([s for s in SOUND.stops if s.job == "crew"]) == 2


@pytest.mark.parametrize("code", VIOLATION_CODES)
def test_a_falsehood_is_named(code: str) -> None:
    problem, plan = MUTATIONS[code](PROBLEM, SOUND)
    assert code in {v.code for v in check(problem, plan)}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["start_at", "arrive_at", "finish_at", "depart_at"]))
def test_any_time_moved_by_a_minute_is_seen(seed: int, field: str) -> None:
    problem = instance(seed)
    params = Params(iterations=10)
    plan = solve(problem, params, seed=seed, compiled=False).plan
    if not plan.stops:
        return
    old = plan.stops[seed % len(plan.stops)]
    new = replace(old, **{field: getattr(old, field) - 1.0})
    false = replace(plan, stops=tuple(new if s is old else s for s in plan.stops))
    assert check(problem, false, params) != ()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_a_stop_given_to_somebody_else_is_seen_unless_they_could_do_the_same(seed: int) -> None:
    problem = instance(seed)
    plan = solve(problem, Params(iterations=10), seed=seed, compiled=False).plan
    if not plan.stops or len(problem.technicians) < 2:
        return
    old = plan.stops[seed % len(plan.stops)]
    other = next(t.id for t in problem.technicians if t.id != old.technician)
    new = replace(old, technician=other)
    false = replace(plan, stops=tuple(new if s is old else s for s in plan.stops))
    assert check(problem, false, Params()) != ()


@given(over=st.floats(0.5, 9.0))
@settings(max_examples=30, deadline=None)
def test_a_crew_on_the_way_that_ends_after_the_grace_of_a_shift_leaves_a_sound_plan(
    over: float,
) -> None:
    """Alone the second one would be done in time; together they begin some minutes later."""
    under_way, params = Commitment("crew", Phase.EN_ROUTE), Params(iterations=0)
    ends_at = 142.0 - params.grace + 9.0 - over
    people = (
        replace(person("a", 6_000), commitment=under_way),
        replace(person("b", 10_500), windows=(Window(-400.0, ends_at),), commitment=under_way),
    )
    wanted = job("crew", 10_000, crew=2, duration=140.0, spread=60.0)
    problem = Problem(ORIGIN, 0.0, ("lift", "boiler"), people, (wanted,))
    plan = solve(problem, params, compiled=False).plan

    assert [s.technician for s in plan.stops] == ["a", "b"]
    assert check(problem, plan, params) == ()
