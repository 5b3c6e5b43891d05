"""What the house looks at: the roster, the cover, the figures."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from qiying.kernel import paging
from qiying.kernel.access import Role
from qiying.kernel.api import roles
from qiying.kernel.errors import Invalid
from qiying.kernel.people import SHANGHAI
from qiying.kernel.web import actor_of
from qiying.slices.rescue import queries
from qiying.slices.rescue.api._fields import Day
from qiying.slices.rescue.models import Shift
from qiying.slices.rescue.queries import coverage, keep, leading
from qiying.slices.rescue.rules import READERS

router = Router(tags=["rescue"])
PLANNERS = (*READERS, Role.PROVIDER_MANAGER, Role.ADMINISTRATOR, Role.TECHNICIAN)
WEEK, YEAR = timedelta(days=7), timedelta(days=365)
LONGEST = timedelta(days=62)
LONGEST_FIGURES = timedelta(days=3660)


class ShiftOut(Schema):
    """A time on duty; times in UTC."""

    id: int
    technician: UUID
    name: str
    provider: UUID
    starts_at: datetime
    ends_at: datetime
    kind: str
    station: str
    is_published: bool


class RosterQuery(Schema):
    """Shifts that begin from ``start`` on, before ``end``; 62 days at most, a week when not said."""

    start: Day | None = None
    end: Day | None = None
    cursor: str = ""
    size: int = Field(100, ge=1, le=500)


class ShiftsOut(Schema):
    items: list[ShiftOut]
    next: str
    previous: str


@router.get("/roster", response=ShiftsOut, summary="The roster of a period")
@roles(*PLANNERS)
def get_roster(request: HttpRequest, query: Query[RosterQuery]) -> ShiftsOut:
    first, last = _coming_week(query)
    require_period(first, last)
    start, end = span(first, last)
    rows = keep.shift_rows(actor_of(request), start, end)
    page = paging.paginate(rows, order=("starts_at", "id"), cursor=query.cursor, size=query.size)
    items = [shift_out(s) for s in page.rows]
    return ShiftsOut(items=items, next=page.next, previous=page.previous)


def _coming_week(query: RosterQuery) -> tuple[date, date]:
    start = query.start or queries.today(timezone.now())
    return start, query.end or start + WEEK


def _past_year(query: "FiguresQuery") -> tuple[date, date]:
    end = query.end or queries.today(timezone.now()) + timedelta(days=1)
    return query.start or end - YEAR, end


def span(first: date, last: date) -> tuple[datetime, datetime]:
    """The midnights here with which two days begin."""
    start, end = (datetime.combine(d, time(0), tzinfo=SHANGHAI) for d in (first, last))
    return start, end


def require_period(start: date, end: date, longest: timedelta = LONGEST) -> None:
    """Refuse a period that is empty, runs backwards or is too long."""
    if not timedelta(0) < end - start <= longest:
        raise Invalid("input.invalid", {"end": "rescue.period"})


def shift_out(s: Shift) -> ShiftOut:
    """A shift as the interface says it."""
    return ShiftOut(
        id=s.pk,
        technician=s.technician.public_id,
        name=str(s.technician.person),
        provider=s.technician.provider.public_id,
        starts_at=s.starts_at,
        ends_at=s.ends_at,
        kind=s.kind,
        station=s.station.code,
        is_published=s.is_published,
    )


class CoverHourOut(Schema):
    """An hour to come and how many people are there in its middle, in all and of each skill."""

    starts_at: datetime
    people: int
    by_skill: dict[str, int]


class CoverOut(Schema):
    items: list[CoverHourOut]


class CoverQuery(Schema):
    hours: int = Field(24, ge=1, le=168)


@router.get("/coverage", response=CoverOut, summary="Cover of the next hours")
@roles(*READERS, Role.ADMINISTRATOR)
def get_cover(request: HttpRequest, query: Query[CoverQuery]) -> CoverOut:
    found = coverage.strip(actor_of(request), now=timezone.now(), hours=query.hours)
    return CoverOut(
        items=[
            CoverHourOut(
                starts_at=hour,
                people=found.people[n],
                by_skill={skill: cells[n].people for skill, cells in found.rows},
            )
            for n, hour in enumerate(found.hours)
        ]
    )


class FiguresQuery(Schema):
    """Jobs reported from ``start`` on, before ``end``; ten years at most.

    What is not said makes the twelve months that end today.
    """

    start: Day | None = None
    end: Day | None = None


class ShareOut(Schema):
    """So many of so many; percent to a tenth."""

    hit: int
    of: int
    percent: Decimal | None


class FiguresOut(Schema):
    """What the leader's page shows of a period: minutes are P50, P90, P99; money in yuan.

    ``figures`` are A18 to A20 of the zone.
    """

    start: date
    end: date
    jobs: int
    answer_min: list[float]
    arrival_min: list[float]
    shares: dict[str, ShareOut]
    cost_cny: Decimal | None
    figures: dict[str, Decimal]


@router.get("/figures", response=FiguresOut, summary="Figures of a period")
@roles(*READERS)
def get_figures(request: HttpRequest, query: Query[FiguresQuery]) -> FiguresOut:
    start, end = _past_year(query)
    require_period(start, end, LONGEST_FIGURES)
    actor = actor_of(request)
    found = leading.performance(actor, start, end, now=timezone.now())
    total = found.total
    return FiguresOut(
        start=start,
        end=end,
        jobs=total.count,
        answer_min=list(total.answer),
        arrival_min=list(total.arrival),
        shares={
            name: ShareOut(hit=share.hit, of=share.of, percent=share.percent)
            for name, share in total.shares.items()
        },
        cost_cny=total.cost_cny,
        figures=found.figures,
    )
