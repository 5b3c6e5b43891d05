"""What one load brings into the database: a zone of full size, or a small one for a quick look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from qiying.demo.class_stories import with_classes
from qiying.demo.enterprises import Enterprise, build_enterprises
from qiying.demo.geography import Geography, build_geography
from qiying.demo.live import keep_open
from qiying.demo.organisations import Organisations, build_organisations
from qiying.demo.sites import Site, build_sites
from qiying.demo.stories import Story, build_stories
from qiying.demo.story_rhythm import SHANGHAI

#: Two years before the first of these days the walls stood; on the last one half a year of calls
#: before the reform of their handling is still in sight.
FIRST_DAY, LAST_DAY = date(2026, 7, 15), date(2027, 3, 31)
SMALL_STORIES, SMALL_RECENT, SMALL_ENTITIES = 130, 80, 300


class DayError(ValueError):
    """A zone cannot be shown as of that day."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of a load. The zone is set up at `begins_at`; nothing happens after `ends_at`."""

    seed: int
    as_of: date
    is_small: bool
    geography: Geography
    organisations: Organisations
    firms: tuple[Enterprise, ...]
    sites: tuple[Site, ...]
    stories: tuple[Story, ...]
    begins_at: datetime
    ends_at: datetime

    @property
    def callers(self) -> frozenset[str]:
        """The firms that call, by their codes."""
        return frozenset(story.enterprise for story in self.stories)


def nearest_day(today: date) -> date:
    """The day as of which a demonstration is loaded when nobody names one."""
    return min(max(today, FIRST_DAY), LAST_DAY)


def make_plan(seed: int, as_of: date, *, is_small: bool = False) -> Plan:
    """Build everything that is brought in; pure, the same answer for the same arguments.

    Raises
    ------
    DayError
        `as_of` does not lie between `FIRST_DAY` and `LAST_DAY`.
    """
    if not FIRST_DAY <= as_of <= LAST_DAY:
        raise DayError(as_of)
    ends_at = datetime.combine(as_of, time(0), tzinfo=SHANGHAI)
    firms, stories = build_enterprises(seed), build_stories(seed, as_of)
    patterns = stories
    if is_small:
        stories = _some(stories)
        firms = _those_of(stories, firms)
    geography = build_geography(seed)
    return Plan(
        seed=seed,
        as_of=as_of,
        is_small=is_small,
        geography=geography,
        organisations=build_organisations(seed),
        firms=firms,
        sites=build_sites(seed),
        stories=with_classes(
            keep_open(stories, firms, seed=seed, ends_at=ends_at), firms, patterns, ends_at=ends_at
        ),
        begins_at=_before(stories[0].submitted_at),
        ends_at=ends_at,
    )


def _some(stories: tuple[Story, ...]) -> tuple[Story, ...]:
    """The most recent stories, and others spread over the time before."""
    early, recent = stories[:-SMALL_RECENT], stories[-SMALL_RECENT:]
    count = SMALL_STORIES - SMALL_RECENT
    return (*(early[index * len(early) // count] for index in range(count)), *recent)


def _those_of(stories: Sequence[Story], firms: tuple[Enterprise, ...]) -> tuple[Enterprise, ...]:
    """The firms that call, filled up with others in their order."""
    callers = {story.enterprise for story in stories}
    quiet = iter([firm.code for firm in firms if firm.code not in callers])
    while len(callers) < SMALL_ENTITIES:
        callers.add(next(quiet))
    return tuple(firm for firm in firms if firm.code in callers)


def _before(first: datetime) -> datetime:
    """Nine o'clock, three days before the first call."""
    day = first.date() - timedelta(days=3)
    return datetime.combine(day, time(9), tzinfo=SHANGHAI)
