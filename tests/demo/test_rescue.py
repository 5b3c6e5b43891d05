"""Industry 120 of the demonstration, as it is drawn: counts, cover by day and night, courses."""

from collections import Counter
from datetime import date, timedelta

import pytest

from qiying.demo.plan import Plan, make_plan
from qiying.demo.rescue_acts import ACTS
from qiying.demo.rescue_found import SHIFTS
from qiying.demo.rescue_ground import Ground, build_ground
from qiying.demo.rescue_play import shown_at
from qiying.demo.rescue_stories import build_jobs, draw_live

AS_OF = date(2026, 11, 22)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(7, AS_OF)


@pytest.fixture(scope="module")
def ground(plan: Plan) -> Ground:
    return build_ground(plan)


def test_fifteen_providers_sixty_technicians_and_two_thousand_machines(ground: Ground) -> None:
    people = [t for p in ground.providers for t in p.people]
    assert (len(ground.providers), len(people), len(ground.machines)) == (15, 60, 2000)
    assert len({t.username for t in people}) == len({t.phone for t in people}) == 60
    assert len({m.serial for m in ground.machines}) == 2000


def test_every_skill_is_on_duty_at_every_hour_of_any_day(ground: Ground) -> None:
    people = [t for p in ground.providers if p.kind == "contracted" for t in p.people]
    for skill in {s for t in people for s in t.skills}:
        turns = {t.rota for t in people if skill in t.skills}
        for day in range(6):
            duty = {(day + turn) % 6 for turn in turns}
            night = {(day - 1 + turn) % 6 for turn in turns}
            assert {0, 3, 4} <= duty, skill
            assert 4 in night, skill
    assert SHIFTS[4][2] - 24 == SHIFTS[0][1]


def test_jobs_follow_the_published_figures(plan: Plan, ground: Ground) -> None:
    jobs = build_jobs(plan, ground)
    courses = Counter(job.course for job in jobs)
    needed = len(jobs) - courses["withdrawn"] - courses["false_alarm"]
    assert 435 < needed < 455, "more than 420 of them before the day that is shown"
    assert 0.024 < (courses["referred"] + courses["declined"]) / needed < 0.036
    assert {job.kind for job in jobs} == {"emergency", "repair", "retrofit"}
    assert all(step in ACTS for job in jobs for step, _wait in job.steps)
    assert all(job.at < plan.ends_at for job in jobs)
    assert [job.at for job in jobs] == sorted(job.at for job in jobs)
    assert build_jobs(plan, ground) == jobs


def test_a_live_job_is_another_for_another_number(plan: Plan, ground: Ground) -> None:
    first, second = (draw_live(plan, ground, n, at=plan.ends_at) for n in (1, 2))
    assert first != second
    assert first == draw_live(plan, ground, 1, at=plan.ends_at)
    assert {first.kind, second.kind} == {"emergency"}


def test_somebody_has_accepted_every_job_that_is_open_when_the_demonstration_opens(
    plan: Plan, ground: Ground
) -> None:
    opened = plan.ends_at + timedelta(hours=9)
    jobs = build_jobs(plan, ground, until=opened)
    assert all(job.at < opened for job in jobs)
    assert [j for j in jobs if j.at < plan.ends_at - timedelta(days=3)] == [
        j for j in build_jobs(plan, ground) if j.at < plan.ends_at - timedelta(days=3)
    ]
    waiting = [
        job
        for job in jobs
        if not {"accept", "withdraw", "dismiss"} & {step for step, _wait in job.steps}
    ]
    assert not waiting


def test_a_demonstration_of_today_is_shown_as_of_its_load(plan: Plan) -> None:
    nine, later = plan.ends_at + timedelta(hours=9), plan.ends_at + timedelta(days=2)
    assert (shown_at(plan, nine), shown_at(plan, later)) == (nine, plan.ends_at)
