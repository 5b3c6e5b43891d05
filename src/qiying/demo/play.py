"""Stories played through the real operations, in the order of time.

Played alone, every event is recorded in the order in which it happened. Shared among processes, a
process takes the stories of every other day, and all wait for each other at the end of a week: the
order of records then differs from the order of what happened by less than a week.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BrokenBarrierError
from typing import Protocol

from qiying.demo.acts import go_on
from qiying.demo.cast import Cast
from qiying.demo.clock import Clock
from qiying.demo.haste import in_haste
from qiying.demo.plan import Plan
from qiying.demo.stories import Story
from qiying.demo.tale import Tale, World
from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor, system
from qiying.slices.registry import public as registry
from qiying.slices.registry import queries

Tick = Callable[[int], None]
STEPS_AT_ONCE = 50
_WEEK = timedelta(days=7)
#: Calls that were closed within the last year are not put away.
_KEPT_IN_SIGHT = timedelta(days=365)


class Meeting(Protocol):
    """Where processes wait for each other."""

    def wait(self) -> int: ...
    def abort(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Share:
    """Which of the stories are played here, and where the others are met."""

    part: int = 0
    parts: int = 1
    meeting: Meeting | None = None

    def takes(self, story: Story) -> bool:
        """All stories of one day go to one process: it alone gives out the numbers of that day."""
        return story.submitted_at.date().toordinal() % self.parts == self.part


def expected_steps(plan: Plan) -> int:
    """About how many steps playing takes: those told, receiving and archiving."""
    archived = sum(s.submitted_at < plan.ends_at - _KEPT_IN_SIGHT for s in plan.stories)
    return sum(len(story.steps) + 1 for story in plan.stories) + archived


def play(plan: Plan, tenant_id: int, *, tick: Tick, share: Share = Share()) -> int:
    """Play every story of the share up to the end of the plan; how many steps were taken."""
    with in_haste(), events.muted():
        world = make_world(plan, tenant_id)
        mine = [story for story in plan.stories if share.takes(story)]
        try:
            return _Stage(plan, world, share, tick).run(mine)
        except BaseException:
            if share.meeting is not None:
                share.meeting.abort()
            raise


def make_world(plan: Plan, tenant_id: int) -> World:
    """People, calendar and records of the zone by the generator's codes."""
    platform = system(tenant_id)
    with tenancy.reading(platform):
        codes = dict(queries.list_enterprises(platform).values_list("credit_code", "id"))
        sites = dict(queries.list_sites(platform).values_list("key", "id"))
    units = registry.units(platform)
    return World(
        cast=Cast(plan, tenant_id),
        clock=Clock(registry.calendar(platform)),
        firms={firm.code: firm for firm in plan.firms},
        firm_ids={firm.code: codes[firm.credit_code] for firm in plan.firms},
        site_ids={
            (site.enterprise, site.code): sites[site.code]
            for site in plan.sites
            if site.enterprise and site.code in sites
        },
        unit_ids={code: card.id for code, card in units.items()},
        archive_until=plan.ends_at - _KEPT_IN_SIGHT,
    )


class _Stage:
    """Runs stories step by step, some steps to a transaction."""

    def __init__(self, plan: Plan, world: World, share: Share, tick: Tick) -> None:
        self._plan = plan
        self._world = world
        self._share = share
        self._tick = tick
        self._platform: Actor = world.cast.platform
        self._queue: list[tuple[datetime, int, Tale]] = []

    def run(self, stories: Sequence[Story]) -> int:
        for story in stories:
            self._expect(Tale.begin(story, self._world))
        taken, week_ends = 0, self._plan.stories[0].submitted_at + _WEEK
        while week_ends < self._plan.ends_at + _WEEK:
            until = min(week_ends, self._plan.ends_at)
            taken += self._until(until)
            self._meet()
            week_ends += _WEEK
        return taken

    def _until(self, until: datetime) -> int:
        taken = 0
        while self._queue and self._queue[0][0] < until:
            with tenancy.acting(self._platform):
                count = 0
                while count < STEPS_AT_ONCE and self._queue and self._queue[0][0] < until:
                    _, _, tale = heapq.heappop(self._queue)
                    go_on(tale)
                    self._expect(tale)
                    count += 1
            taken += count
            self._tick(count)
        return taken

    def _expect(self, tale: Tale) -> None:
        if tale.next_at is not None and tale.next_at < self._plan.ends_at:
            heapq.heappush(self._queue, (tale.next_at, tale.story.number, tale))

    def _meet(self) -> None:
        if self._share.meeting is None:
            return
        try:
            self._share.meeting.wait()
        except BrokenBarrierError:
            raise SystemExit(1) from None
