"""One place of a run, and two of them side by side."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qiying.kernel.access import STAFF
from qiying.kernel.api import roles
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of
from qiying.slices.indices import queries
from qiying.slices.indices.api._shapes import (
    EvaluatedPlaceOut,
    ObstacleOut,
    PairOut,
    StandingOut,
    StrengthOut,
)
from qiying.slices.indices.models import Run
from qiying.slices.indices.queries import Standing

router = Router(tags=["indices"])
READERS = tuple(sorted(STAFF))


class PairQuery(Schema):
    """Codes of two places; where one is left out, the best that the other is not."""

    one: str = Field("", max_length=6)
    other: str = Field("", max_length=6)
    year: int | None = None


@router.get(
    "/runs/{uuid:run_id}/places/{adcode}", response=EvaluatedPlaceOut, summary="One place of a run"
)
@roles(*READERS)
def get_unit(
    request: HttpRequest, run_id: UUID, adcode: str, year: int | None = None
) -> EvaluatedPlaceOut:
    row = queries.get_run(actor_of(request), run_id)
    at = int(row.inputs["years"][queries.year_of(row, year)])
    found = _standing(row, at, adcode)
    fields, names = StrengthOut.model_fields.keys(), ObstacleOut.model_fields.keys()
    return EvaluatedPlaceOut(
        year=at,
        standing=_shown(found),
        indicators=[
            StrengthOut(**{f: getattr(s, f) for f in fields})
            for s in queries.profile(row, adcode, year=at)
        ],
        obstacles=[
            ObstacleOut(**{n: getattr(o, n) for n in names})
            for o in queries.obstacles(row, adcode, year=at)
        ],
        change=queries.change_of(row, adcode, year=at),
    )


@router.get("/runs/{uuid:run_id}/pair", response=PairOut, summary="Two places of a run")
@roles(*READERS)
def get_pair(request: HttpRequest, run_id: UUID, query: Query[PairQuery]) -> PairOut:
    row = queries.get_run(actor_of(request), run_id)
    at = int(row.inputs["years"][queries.year_of(row, query.year)])
    one = _standing(row, at, query.one, beside=query.other)
    other = _standing(row, at, query.other, beside=one.adcode)
    found = queries.pair(row, one.adcode, other.adcode, year=at)
    return PairOut(
        year=at,
        one=_shown(one),
        other=_shown(other),
        distance=found.distance,
        parts=dict(found.parts),
        above=found.above,
        turn=found.turn.value,
        weights=dict(found.weights),
        level=dict(found.level),
    )


def _standing(row: Run, year: int, adcode: str, *, beside: str = "") -> Standing:
    """The place of a code; without a code the best one that is not `beside`."""
    for standing in queries.ranking(row, year=year):
        if standing.adcode == adcode or (not adcode and standing.adcode != beside):
            return standing
    raise NotFound("not_found")


def _shown(standing: Standing) -> StandingOut:
    return StandingOut(**{name: getattr(standing, name) for name in StandingOut.model_fields})
