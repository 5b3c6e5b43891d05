"""Simulated days: queueing theory, the same chance for every policy, no plan that breaks a rule."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from qiying.engines.dispatch import (
    Certificate,
    Job,
    Kind,
    MalformedError,
    Params,
    Point,
    Problem,
    Step,
    Technician,
    Travel,
    Window,
    is_compiled_available,
)
from qiying.engines.dispatch.simulation import (
    ORIGIN,
    WORLDS,
    Day,
    Ground,
    Run,
    Truth,
    compare,
    draw_day,
    fifo,
    is_playable,
    nearest_idle,
    planned,
    simulate,
    world,
)

LIGHT = replace(world("10x50"), jobs_per_day=30.0)
FEW = Params(iterations=20)


def erlang_wait(servers: int, load: float, service: float) -> float:
    """Mean wait of M/M/c by Erlang's C formula."""
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(terms) + last) * service / (servers - load)


def queue_day(number: int, servers: int, load: float, service: float) -> Day:
    """A day of Poisson calls and exponential work, all in one place."""
    r = np.random.default_rng([number, 77])
    at = Point(0.0, 0.0)
    arrivals = np.cumsum(r.exponential(service / load, size=int(3000 * load / service)))
    jobs = tuple(
        Job(
            f"e{n}", Kind.EMERGENCY, at, ("s",), float(t), service, service, promise=(Step(120.0),)
        )
        for n, t in enumerate(arrivals)
        if t < 2000
    )
    people = tuple(
        Technician(f"t{k}", at, (Certificate("s"),), (Window(0.0, 1e5),)) for k in range(servers)
    )
    truth = {j.id: Truth(float(r.exponential(service)), 1.0, False, False) for j in jobs}
    quiet = replace(world("10x50"), refusal=0.0)
    return Day(quiet, number, ("s",), people, jobs, truth, frozenset(), Travel(), (), 1)


def test_the_simulator_waits_as_long_as_erlang_says() -> None:
    servers, load, service = 3, 1.8, 10.0
    waits = []
    for number in range(20):
        record = Run(queue_day(number, servers, load, service), fifo, checks=False).run()
        seen = [s for s in record.jobs.values() if 400 <= s.job.released_at < 2000]
        waits += [s.started_at - s.job.released_at for s in seen if s.started_at is not None]
    assert np.mean(waits) == pytest.approx(erlang_wait(servers, load, service), rel=0.1)


@pytest.mark.parametrize("policy", ["fifo", "nearest", "ours", "ours-insertion", "hindsight"])
def test_no_policy_breaks_a_rule_and_the_same_seed_gives_the_same_days(policy: str) -> None:
    first = simulate(LIGHT, policy, days=1, seed=4, params=FEW, compiled=False)
    again = simulate(LIGHT, policy, days=1, seed=4, params=FEW, compiled=False)

    assert first == again
    assert first.figures["violations"] == 0
    assert first.figures["unserved"] == 0


@pytest.mark.skipif(not is_compiled_available(), reason="numba is not installed")
def test_a_day_comes_to_the_same_with_the_compiled_and_with_the_plain_kernel() -> None:
    plain, fast = (
        simulate(LIGHT, "ours", days=1, seed=4, params=FEW, compiled=c) for c in (False, True)
    )
    assert plain == fast


def test_policies_meet_the_same_day() -> None:
    ground = Ground(LIGHT)
    assert draw_day(ground, 2, 9) == draw_day(Ground(LIGHT), 2, 9)
    day = draw_day(ground, 2, 9)
    assert day.refuses("e1", "t1") == day.refuses("e1", "t1")
    assert draw_day(ground, 3, 9).jobs != day.jobs


def test_each_job_is_started_once_and_nobody_is_on_two_sites() -> None:
    day = draw_day(Ground(LIGHT), 0, 3)
    run = Run(day, fifo)
    record = run.run()
    for name, crew in run.crews.items():
        assert len(crew) == len(set(crew)) == record.jobs[name].job.crew
    for tech in day.technicians:
        mine = [record.jobs[n] for n, crew in run.crews.items() if tech.id in crew]
        spans = sorted((s.started_at, s.done_at) for s in mine if s.started_at is not None)
        for (_, done), (start, _) in pairwise(spans):
            assert done is not None
            assert done <= start


def test_paired_days_compare_to_one_with_themselves() -> None:
    tallies = simulate(LIGHT, "nearest", days=2, seed=1).tallies
    for ratio, low, high in compare(tallies, tallies).values():
        assert (ratio, low, high) == (1.0, 1.0, 1.0) or math.isnan(ratio)


def test_the_planner_gives_each_technician_one_shift_of_the_same_length() -> None:
    ground = Ground(LIGHT)
    other = planned(ground)
    assert [t.id for t in other.technicians] == [t.id for t in ground.technicians]
    lengths = {w.ends_at - w.starts_at for t in other.technicians for w in t.windows}
    assert lengths == {600.0}


def test_a_world_of_its_own_is_read_from_toml_and_errors_name_their_place() -> None:
    found = world('based_on = "40x200"\ntechnicians = 50\npromise = 60')
    assert (found.technicians, found.promise, found.side_km) == (50, 60.0, 40.0)
    for text, place in (("technicians = 3", "name"), ('based_on = "moon"', "based_on")):
        with pytest.raises(MalformedError) as caught:
            world(text)
        assert caught.value.place == place


def test_every_world_has_people_for_every_skill_in_every_shift() -> None:
    for found in WORLDS.values():
        if found.technicians <= 100:
            ground = Ground(found)
            for skill in ground.skills:
                able = [
                    t for t in ground.technicians if skill in {c.skill for c in t.certificates}
                ]
                assert len({t.windows for t in able}) == len(found.shifts)


@pytest.mark.parametrize("peer", ["pyvrp", "ortools", "vroom"])
def test_the_plans_of_a_peer_pass_our_checker(peer: str) -> None:
    if not is_playable(peer):
        pytest.skip(f"{peer} is not installed")
    report = simulate(LIGHT, peer, days=1, seed=4, params=FEW)
    assert report.figures["violations"] == 0


def test_a_crew_of_the_nearest_is_done_together_within_the_grace_of_everybodys_shift() -> None:
    """Days that once broke this: who was there first stayed for who came last beyond the shift."""
    ground = planned(Ground(world("40x200")))
    for number in (18, 44):
        assert Run(draw_day(ground, number, 10_002), nearest_idle).run().violations == []
    gone = (Window(0.0, 120.0), Window(0.0, 300.0))
    far = (Point(0.0, 0.0), Point(60_000.0, 0.0))
    people = tuple(
        Technician(f"t{k}", far[k], (Certificate("s"),), (gone[k],), home=far[k]) for k in (0, 1)
    )
    job = Job("e", Kind.EMERGENCY, Point(0.0, 0.0), ("s",), duration=140.0, crew=2)
    problem = Problem(ORIGIN, 0.0, ("s",), people, (job,))
    assert nearest_idle(problem).stops == ()


def test_weekends_bring_fewer_calls_and_a_week_as_many_as_its_days() -> None:
    ground = Ground(replace(world("40x200"), overdispersion=0.0))
    counts = [len(draw_day(ground, n, 3).jobs) for n in range(70)]
    weekend = [c for n, c in enumerate(counts) if n % 7 > 4]
    assert np.mean(weekend) < 0.8 * np.mean(counts)
    assert np.mean(counts) == pytest.approx(200, rel=0.05)


def test_a_world_too_quiet_for_bursts_keeps_all_its_calls() -> None:
    zone = Ground(world("zone"))
    jobs = [j for n in range(700) for j in draw_day(zone, n, 5).jobs]
    urgent = [j for j in jobs if j.kind is Kind.EMERGENCY]
    assert len(jobs) / 700 == pytest.approx(1.2, rel=0.1)
    assert len(urgent) / len(jobs) == pytest.approx(0.5, abs=0.06)
