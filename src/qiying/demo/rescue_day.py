"""A live day of Industry 120: jobs come in now, at a speed of one's own, so that the board moves."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from qiying.demo.cast import Cast
from qiying.demo.packaged import read_toml
from qiying.demo.plan import Plan
from qiying.demo.rescue_acts import ACTS, Act
from qiying.demo.rescue_course import Course, make_scene
from qiying.demo.rescue_found import House, Worker, raised_on
from qiying.demo.rescue_ground import Ground, build_ground
from qiying.demo.rescue_stories import draw_live
from qiying.kernel import tenancy
from qiying.kernel.access import Role, stand_in, system
from qiying.kernel.errors import Refused
from qiying.slices.registry import queries as registered
from qiying.slices.rescue import operations as rescue
from qiying.slices.rescue.models import Equipment, PriceItem, Shift, Technician
from qiying.slices.rescue.rules import SeatState

Clock = Callable[[], datetime]
Sleep = Callable[[float], None]
_AGAIN_S = 20.0
_MOST_TRIES = 8
_POSITIONS = 5
"""So often a phone says on the way where it is."""
_LATELY = timedelta(minutes=30)


class NobodyOnDutyError(RuntimeError):
    """The roster of the demonstration has no shift now: its days are over."""


@dataclass(frozen=True, slots=True)
class Told:
    """What just happened: a job by its number of the day, and the step."""

    at: datetime
    job_id: int
    step: str
    title: str


def live(
    plan: Plan,
    tenant_id: int,
    *,
    speed: float,
    every_min: float,
    jobs: int,
    clock: Clock,
    sleep: Sleep,
) -> Iterator[Told]:
    """Let jobs come and go; yields each step as it is taken.

    Parameters
    ----------
    speed
        Minutes of the story in a minute by the clock.
    every_min
        Minutes of the story between two reports.
    jobs
        How many come; 0 for no end.
    """
    scene = make_scene(plan, tenant_id, find_house(plan, tenant_id, now=clock()))
    queue: list[tuple[datetime, int, Course]] = []
    seed, number, next_report = int(clock().timestamp()), 0, clock()
    while queue or jobs == 0 or number < jobs:
        wants_more = jobs == 0 or number < jobs
        due = min([next_report] * wants_more + [at for at, _n, _c in queue[:1]])
        sleep(max((due - clock()).total_seconds(), 0.0))
        if wants_more and next_report <= due:
            job = draw_live(plan, build_ground(plan), seed + number, at=clock())
            steps = [("report", 0.0), *with_the_way(job.steps)]
            heapq.heappush(queue, (clock(), job.number, Course(scene, job, clock(), steps)))
            number += 1
            next_report += timedelta(minutes=every_min / speed)
            continue
        _at, _number, course = heapq.heappop(queue)
        yield from _go_on(course, queue, clock=clock, speed=speed)


def _go_on(
    course: Course, queue: list[tuple[datetime, int, Course]], *, clock: Clock, speed: float
) -> Iterator[Told]:
    step, now = course.left[0][0], clock()
    try:
        with tenancy.acting(course.scene.platform):
            _ACTS[step](course, now)
    except Refused:
        course.tries += 1
        if course.tries <= _MOST_TRIES:
            later = now + timedelta(seconds=_AGAIN_S)
            heapq.heappush(queue, (later, course.story.number, course))
        return
    course.left.pop(0)
    if course.left:
        wait = timedelta(minutes=course.left[0][1] / speed)
        heapq.heappush(queue, (now + wait, course.story.number, course))
    yield Told(now, course.job_id, step, course.story.fault.title)


def with_the_way(steps: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """The steps with positions of the phone between setting out and arriving."""
    found: list[tuple[str, float]] = []
    for name, minutes in steps:
        if name == "arrive":
            part = minutes / (_POSITIONS + 1)
            found += [("drive", part)] * _POSITIONS + [("arrive", part)]
        else:
            found.append((name, minutes))
    return found


def drive(course: Course, now: datetime) -> None:
    """The phones of those on the way say where they are, a part of the way on each time."""
    left = sum(name == "drive" for name, _minutes in course.left)
    people = {w.id: w for w in course.crew(SeatState.EN_ROUTE)}
    rows = Technician.objects.filter(pk__in=people).select_related("station")
    for row in rows.order_by("pk"):
        longitude, latitude = _place(row, now)
        rescue.track(
            people[row.pk].actor,
            course.job_id,
            now=now,
            device_key=course.key("drive", people[row.pk]),
            longitude=longitude + (course.machine.longitude - longitude) / (left + 1),
            latitude=latitude + (course.machine.latitude - latitude) / (left + 1),
            accuracy_m=15.0,
        )


def _place(row: Technician, now: datetime) -> tuple[float, float]:
    """Where the phone was lately, else the station."""
    seen, station = row.last_seen_at, row.station
    if seen is None or now - seen > _LATELY:
        return station.longitude, station.latitude
    longitude, latitude = row.last_longitude, row.last_latitude
    if longitude is None or latitude is None:
        return station.longitude, station.latitude
    return longitude, latitude


_ACTS: Mapping[str, Act] = {**ACTS, "drive": drive}


def find_house(plan: Plan, tenant_id: int, *, now: datetime) -> House:
    """The people and rows of a demonstration that was loaded before.

    Raises
    ------
    NobodyOnDutyError
        Nobody has a shift at this moment.
    """
    ground, platform = build_ground(plan), system(tenant_id)
    cast = Cast(plan, tenant_id)
    with tenancy.reading(platform):
        on_duty = Shift.objects.filter(
            tenant_id=tenant_id, is_published=True, starts_at__lte=now, ends_at__gt=now
        )
        if not on_duty.exists():
            raise NobodyOnDutyError
        workers = _workers(ground, cast, tenant_id)
        machines = dict(
            Equipment.objects.filter(tenant_id=tenant_id)
            .exclude(serial="")
            .values_list("serial", "id")
        )
        firms = dict(registered.list_enterprises(platform).values_list("credit_code", "id"))
        items: dict[tuple[int, str], list[int]] = {}
        rows = PriceItem.objects.filter(tenant_id=tenant_id).order_by("pk")
        for provider_id, code, key in rows.values_list("price_list__provider_id", "code", "id"):
            items.setdefault((provider_id, code), []).append(key)
    return House(
        keeper=stand_in(tenant_id, Role.ADMINISTRATOR),
        chiefs=tuple(cast.named(row[0]) for row in ground.chiefs),
        workers=workers,
        machines=tuple((m, machines[m.serial]) for m in ground.machines),
        firm_ids={f.code: firms[f.credit_code] for f in plan.firms if f.credit_code in firms},
        providers=tuple(sorted({w.provider_id for w in workers.values()})),
        budget_ids={},
        items={pair: tuple(keys) for pair, keys in items.items()},
        part_names={row["code"]: row["name"][0] for row in read_toml("rescue")["prices"]},
        raised_on=raised_on(plan),
    )


def _workers(ground: Ground, cast: Cast, tenant_id: int) -> dict[int, Worker]:
    told = {t.username: t for provider in ground.providers for t in provider.people}
    rows = Technician.objects.filter(tenant_id=tenant_id, left_on=None).select_related("person")
    return {
        row.pk: Worker(
            cast.named(row.person.username),
            row.pk,
            told[row.person.username],
            row.provider_id,
        )
        for row in rows
        if row.person.username in told
    }
