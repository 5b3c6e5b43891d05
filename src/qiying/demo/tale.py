"""One story on its way: how far it has come, when it goes on, and who acts in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from qiying.demo.cast import Cast
from qiying.demo.clock import Clock
from qiying.demo.enterprises import Enterprise
from qiying.demo.stories import Story
from qiying.demo.story_steps import Step, Wait
from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call, Task
from qiying.slices.calls.rules import CallState, TaskState
from qiying.slices.calls.rules import Clock as Runs

_RECEIVED = Step("receive", Wait("clock", 0.0))
_ARCHIVED = Step("archive", Wait("clock", 0.0))
_PUT_AWAY_AFTER = timedelta(days=2, hours=10)
#: States in which a call is when its parts have just been made anew.
_NEW_PARTS = frozenset({CallState.DISPATCHED, CallState.REOPENED})


@dataclass(frozen=True, slots=True)
class World:
    """What every story needs: people, clock, and the records by the generator's codes.

    Sites are found by the firm's and the site's code. Calls that were closed before
    `archive_until` are put away once nobody can open them again.
    """

    cast: Cast
    clock: Clock
    firms: Mapping[str, Enterprise]
    firm_ids: Mapping[str, int]
    site_ids: Mapping[tuple[str, str], int]
    unit_ids: Mapping[str, int]
    archive_until: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A unit's task in the current round."""

    task_id: int
    unit_id: int
    is_lead: bool

    def fits(self, unit_id: int | None) -> bool:
        """Whether this is the lead's part (None) or the co-handling part of a unit."""
        return self.is_lead if unit_id is None else not self.is_lead and self.unit_id == unit_id


@dataclass(slots=True)
class Tale:
    """A story and how far it has come; `next_at` is None when nothing is left to do."""

    story: Story
    world: World
    next_at: datetime | None
    _left: list[Step] = field(default_factory=list)
    _call: Call | None = None
    _started_at: datetime | None = None
    _due_at: datetime | None = None
    _parts: list[Part] | None = None

    @classmethod
    def begin(cls, story: Story, world: World) -> "Tale":
        """A story before its first word."""
        return cls(story, world, story.submitted_at, [_RECEIVED, *story.steps])

    @property
    def call(self) -> Call:
        """The call as the last step left it."""
        if self._call is None:
            raise RuntimeError("this story has not begun")
        return self._call

    def turn(self) -> tuple[Step, datetime]:
        """The step to take now, and its moment."""
        if self.next_at is None:
            raise RuntimeError("this story is over")
        return self._left.pop(0), self.next_at

    def follow(self, call: Call | None, now: datetime) -> None:
        """Note what a step made of the call (None: nothing) and when the next one is due.

        Later steps are counted from the start of the round and its deadline.
        """
        if call is not None:
            if self._call is None or call.current_round != self._call.current_round:
                self._started_at = now
            if call.clock == Runs.ANSWER:
                self._due_at = call.due_at
            if call.state in _NEW_PARTS:
                self._parts = None
            self._call = call
        self.next_at = self._next(now)

    def _next(self, now: datetime) -> datetime | None:
        if self._left:
            started_at, due_at = self._started_at or now, self._due_at or now
            return self.world.clock.moment(self._left[0].wait, now, started_at, due_at)
        until = self.call.reopen_until
        is_closed = self.call.state == CallState.CLOSED and until is not None
        if not is_closed or until is None or until > self.world.archive_until:
            return None
        self._left = [_ARCHIVED]
        return until + _PUT_AWAY_AFTER

    def part(self, unit: str | None) -> Part | None:
        """The lead's part, or that of the co-handler of that code if it has one."""
        if self._parts is None:
            rows = Task.objects.filter(
                tenant_id=self.call.tenant_id,
                call_id=self.call.pk,
                round__number=self.call.current_round,
            ).exclude(state=TaskState.WITHDRAWN)
            self._parts = [Part(*row) for row in rows.values_list("id", "unit_id", "is_lead")]
        unit_id = None if unit is None else self.world.unit_ids[unit]
        return next((part for part in self._parts if part.fits(unit_id)), None)

    # --- who ---

    @property
    def firm(self) -> Actor:
        """The person of the firm that calls."""
        return self.world.cast.firm(self.story.enterprise)

    @property
    def raiser(self) -> Actor:
        """Who enters the call."""
        grid = self.world.firms[self.story.enterprise].grid
        if self.story.raised_by == "grid_officer" and grid:
            return self.world.cast.grid_officer(grid)
        return self.desk if self.story.raised_by == "desk" else self.firm

    @property
    def desk(self) -> Actor:
        """The desk officer in charge of the call."""
        return self.world.cast.one("desk", self.story)

    @property
    def reviewer(self) -> Actor:
        """Another desk officer, who reads the answers."""
        return self.world.cast.one("desk", self.story, 1)

    @property
    def supervisor(self) -> Actor:
        """Who settles disputes and lets clocks stand still."""
        return self.world.cast.one("supervisor", self.story)

    @property
    def caller(self) -> Actor:
        """Who calls the firm back."""
        return self.world.cast.one("callback", self.story)

    @property
    def lead(self) -> Actor:
        """The handler of the unit that leads."""
        if self.call.lead_unit_id is None:
            raise RuntimeError("nobody leads this call")
        return self.handler(self.call.lead_unit_id)

    def handler(self, unit_id: int) -> Actor:
        """The handler of a unit."""
        recused = self.call.complained_unit_id
        return self.world.cast.of_unit(unit_id, self.story, recused)
