"""``/api/v1/indices/gaps``: cities and the three gaps of common prosperity."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from qiying.kernel.access import STAFF
from qiying.kernel.api import roles
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of
from qiying.slices.indices import queries
from qiying.slices.indices.rules.gaps import GOALS, reaches

router = Router(tags=["indices"])


class CityOut(Schema):
    """A city by its counties; means are weighted by residents, ``people`` in 10,000."""

    rank: int
    name: str
    counties: int
    people: float
    income: float
    ratio: float
    middle: float
    spread: float


class GoalOut(Schema):
    """What a provincial document aims at, with the grade of its evidence."""

    gap: str
    value: float
    year: int
    is_most: bool
    source: str
    source_en: str
    grade: str
    is_reached: bool


class GapsOut(Schema):
    """One year: gaps by code (``region``, ``country``, ``income``), Theil's T and its part between
    cities."""

    edition: str
    year: int
    years: list[int]
    gaps: dict[str, float]
    theil: float
    theil_between: float
    left_out: int
    cities: list[CityOut]
    goals: list[GoalOut]


@router.get("/gaps", response=GapsOut, summary="Cities and the three gaps")
@roles(*sorted(STAFF))
def get_gaps(request: HttpRequest, year: int | None = None) -> dict[str, Any]:
    """Of the run released last that has what is needed; its last year unless it has the one asked."""
    actor = actor_of(request)
    run = queries.gaps_run(actor)
    years = queries.gaps(actor, run) if run is not None else []
    if run is None or not years:
        raise NotFound("not_found")
    shown = next((g for g in years if g.year == year), years[0])
    return {
        "edition": run.edition.number,
        "year": shown.year,
        "years": [g.year for g in years],
        "gaps": {str(gap): value for gap, value in shown.values.items()},
        "theil": shown.theil,
        "theil_between": shown.theil_between,
        "left_out": shown.left_out,
        "cities": shown.cities,
        "goals": [
            {
                **{name: getattr(goal, name) for name in ("value", "year", "is_most")},
                "gap": str(goal.gap),
                "source": goal.source,
                "source_en": goal.source_en,
                "grade": goal.grade,
                "is_reached": reaches(goal, shown.values[goal.gap]),
            }
            for goal in GOALS
        ],
    }
