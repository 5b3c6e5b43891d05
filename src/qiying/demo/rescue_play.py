"""A year of Industry 120 played in the order of time, some steps to a transaction."""

import heapq
from datetime import datetime, timedelta

from qiying.demo.haste import in_haste
from qiying.demo.plan import Plan
from qiying.demo.rescue_acts import ACTS
from qiying.demo.rescue_books import keep_books
from qiying.demo.rescue_course import Course, Scene, make_scene
from qiying.demo.rescue_found import found_rescue
from qiying.demo.rescue_ground import build_ground
from qiying.demo.rescue_stories import Job, build_jobs
from qiying.demo.story_rhythm import SHANGHAI
from qiying.kernel import events, tenancy
from qiying.kernel.errors import Refused

STEPS_AT_ONCE = 60
_AGAIN_AFTER = timedelta(minutes=12)
_MOST_TRIES = 40


def shown_at(plan: Plan, now: datetime) -> datetime:
    """The moment that the board shows: of the load when its day is shown, so that who is on duty
    is who holds the jobs; the end of the plan when another day is."""
    return now if now.astimezone(SHANGHAI).date() == plan.as_of else plan.ends_at


def play_rescue(plan: Plan, tenant_id: int, *, now: datetime) -> None:
    """Providers, machines and rosters, the jobs of a year, and the books of the months.

    Parameters
    ----------
    now
        When the load began.
    """
    with in_haste(), events.muted():
        ground = build_ground(plan)
        house = found_rescue(plan, tenant_id, ground)
        scene = make_scene(plan, tenant_id, house)
        until = shown_at(plan, now)
        play_jobs(scene, build_jobs(plan, ground, until=until), until=until)
        keep_books(plan, scene)


def play_jobs(scene: Scene, jobs: tuple[Job, ...], *, until: datetime) -> None:
    """Every step that falls before ``until``; a step that is refused is tried again later."""
    queue: list[tuple[datetime, int, Course]] = []
    for job in jobs:
        course = Course(scene, job, job.at, [("report", 0.0), *job.steps])
        heapq.heappush(queue, (course.next_at, job.number, course))
    while queue and queue[0][0] < until:
        with tenancy.acting(scene.platform):
            for _ in range(STEPS_AT_ONCE):
                if not queue or queue[0][0] >= until:
                    break
                now, number, course = heapq.heappop(queue)
                go_on(course, now)
                if course.left:
                    heapq.heappush(queue, (course.next_at, number, course))


def go_on(course: Course, now: datetime) -> None:
    """One step; somebody who is elsewhere is waited for."""
    step, _wait = course.left[0]
    try:
        ACTS[step](course, now)
    except Refused:
        course.tries += 1
        if course.tries > _MOST_TRIES:
            raise
        course.next_at = now + _AGAIN_AFTER
        return
    course.left.pop(0)
    if course.left:
        course.next_at = now + timedelta(minutes=course.left[0][1])
