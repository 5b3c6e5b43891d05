"""The sheet of rates and the simulator over the wire."""

from datetime import date, datetime, timedelta
from typing import Annotated

from ninja import Field, Schema

from qiying.engines.rates import ROUND_MEASURES, TASK_MEASURES, Figure, Sheet
from qiying.engines.rates.gaming import HELD_BY, Effect
from qiying.slices.calls.queries import RoundFilters
from qiying.slices.calls.queries import rates as counted
from qiying.slices.calls.queries.members import MemberFilters
from qiying.slices.calls.queries.published import PUBLISHED, Published
from qiying.slices.calls.queries.units import next_month
from qiying.slices.calls.queries.watch import DeclinedFilters

Month = Annotated[str, Field("", pattern=r"^$|^20\d\d-(0[1-9]|1[0-2])$", examples=["2026-10"])]
"""As 2026-10; the month before this one when it is left out."""


class SheetQuery(Schema):
    """A month, and the code of a unit; without one the whole zone."""

    month: Month = ""
    unit: str = Field("", max_length=40)


class SimulationQuery(Schema):
    """A month; ``intensity`` is the share of rounds a strategy is used on where it could be."""

    month: Month = ""
    intensity: float = Field(1.0, ge=0, le=1)
    seed: int = Field(0, ge=0, le=1_000_000)


class RateOut(Schema):
    """A share with its Wilson 95 % interval.

    ``kind`` says what the members are: rounds, co-handlers' tasks or calls; ``digest`` is the
    SHA-256 of rules, period, unit and members; ``query`` lists the members at ``listed_at``.
    """

    name: str
    kind: str
    numerator: float
    denominator: int
    share: float | None
    low: float
    high: float
    is_ranked: bool
    digest: str
    listed_at: str
    query: dict[str, str]


class RateFindingOut(Schema):
    """What a guard noticed, with the number of rounds."""

    code: str
    rounds: int


class RateSheetOut(Schema):
    """Every rate of the rounds due from ``start`` until before ``end``.

    ``per_100_firms`` is made of ``asked`` calls and ``firms``; ``digests`` has its hash and that
    of ``composite``.
    """

    start: date
    end: date
    unit: str
    is_provisional: bool
    settles_at: datetime
    composite: float | None
    per_100_firms: float | None
    asked: int
    firms: int
    digests: dict[str, str]
    figures: list[RateOut]
    findings: list[RateFindingOut]
    version: str


class RateMoveOut(Schema):
    """A share before and after a strategy; null where nothing was asked."""

    before: float | None
    after: float | None


class RateEffectOut(Schema):
    """What a strategy did: rounds touched, closure under the rules in force and by the letter."""

    strategy: str
    touched: int
    declared: RateMoveOut
    verified: RateMoveOut
    verified_by_letter: RateMoveOut
    held_by: str


class RateSimulationOut(Schema):
    """All strategies on one month; nothing is written."""

    start: date
    end: date
    intensity: float
    effects: list[RateEffectOut]


def month_of(text: str, today: date) -> tuple[date, date]:
    """First day of a month and of the next; without one the month before this one."""
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    start = date.fromisoformat(f"{text}-01") if text else last
    return start, next_month(start)


def sheet_out(sheet: Sheet, start: date, end: date, *, unit_id: str) -> RateSheetOut:
    """A sheet as it goes out; ``unit_id`` narrows the lists behind the figures."""
    filters = RoundFilters(start, end, unit=unit_id)
    return RateSheetOut(
        start=start,
        end=end,
        unit=sheet.unit or "",
        is_provisional=sheet.is_provisional,
        settles_at=counted.settles_at(sheet.period),
        composite=sheet.composite,
        per_100_firms=sheet.per_100_firms,
        asked=len(sheet.asked),
        firms=sheet.firms,
        digests=dict(sheet.digests),
        figures=[_rate(figure, filters) for figure in sheet.figures.values()],
        findings=[RateFindingOut(code=f.code, rounds=len(f.rounds)) for f in sheet.findings],
        version=sheet.version,
    )


def _rate(figure: Figure, filters: RoundFilters) -> RateOut:
    low, high = figure.interval
    listed_at, query = _list_of(figure.name, filters)
    return RateOut(
        name=figure.name,
        kind=figure.kind,
        numerator=figure.numerator,
        denominator=figure.denominator,
        share=figure.share,
        low=low,
        high=high,
        is_ranked=figure.is_ranked,
        digest=figure.digest,
        listed_at=listed_at,
        query=query,
    )


def _list_of(name: str, filters: RoundFilters) -> tuple[str, dict[str, str]]:
    """Where the members of a figure are listed, and by which query."""
    if name in ROUND_MEASURES:
        return "/calls/rounds", {**filters.as_query(), "measure": name}
    if name == "declined":
        declined = DeclinedFilters(filters.start, filters.end, unit=filters.unit)
        return "/calls/declined", declined.as_query()
    there = MemberFilters(filters.start, filters.end, filters.unit, side=name)
    page = "parts" if name in TASK_MEASURES else "received"
    return f"/calls/rates/{page}", there.as_query()


def simulation_out(
    found: counted.Simulation, start: date, end: date, intensity: float
) -> RateSimulationOut:
    """The simulator's answer as it goes out."""
    return RateSimulationOut(
        start=start,
        end=end,
        intensity=intensity,
        effects=[
            RateEffectOut(
                strategy=effect.strategy,
                touched=len(effect.touched),
                declared=_move(effect, "declared"),
                verified=_move(effect, "verified"),
                verified_by_letter=_move(letter, "verified"),
                held_by=HELD_BY[effect.strategy],
            )
            for effect, letter in zip(found.effects, found.by_letter, strict=True)
        ],
    )


def _move(effect: Effect, name: str) -> RateMoveOut:
    return RateMoveOut(before=effect.before[name].share, after=effect.after[name].share)


class PublishedRateOut(Schema):
    """A share that the zone publishes."""

    name: str
    numerator: float
    denominator: int
    share: float | None
    low: float
    high: float
    digest: str


class PublishedUnitOut(Schema):
    """Verified closure of a unit; ``rank`` is null where there are too few rounds to compare."""

    code: str
    rank: int | None
    verified: PublishedRateOut


class PublishedOut(Schema):
    """The last month whose 30 days are over; ``declined`` is calls not accepted by reason code."""

    start: date
    end: date
    figures: list[PublishedRateOut]
    declined: dict[str, int]
    units: list[PublishedUnitOut]


def published_out(found: Published) -> PublishedOut:
    """What is published, as it goes out."""
    units = [
        PublishedUnitOut(code=u.code, rank=u.rank, verified=_plain(u.verified))
        for u in found.units
    ]
    return PublishedOut(
        start=found.start,
        end=found.end,
        figures=[_plain(found.whole.figures[name]) for name in PUBLISHED],
        declined=dict(found.declined),
        units=units,
    )


def _plain(figure: Figure) -> PublishedRateOut:
    low, high = figure.interval
    return PublishedRateOut(
        name=figure.name,
        numerator=figure.numerator,
        denominator=figure.denominator,
        share=figure.share,
        low=low,
        high=high,
        digest=figure.digest,
    )
