"""``/api/v1/indices``: dictionary, values, editions, runs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from qiying.kernel import paging, tenancy
from qiying.kernel.access import STAFF, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid
from qiying.kernel.web import actor_of
from qiying.slices.indices import operations, queries
from qiying.slices.indices.api import _boundaries, _gaps, _places, _values, _zone
from qiying.slices.indices.api._shapes import (
    EditionDetail,
    EditionIn,
    EditionOut,
    EditionPage,
    IndicatorBody,
    IndicatorOut,
    IndicatorPage,
    RankingOut,
    RunOut,
    StandingOut,
    TakenOut,
    WhatIfOut,
)
from qiying.slices.indices.models import Edition, Indicator, Run
from qiying.slices.indices.models import querysets as rights
from qiying.slices.indices.operations import IndicatorIn

router = Router(tags=["indices"])
router.add_router("", _values.router)
router.add_router("", _places.router)
router.add_router("", _gaps.router)
router.add_router("", _boundaries.router)
router.add_router("", _zone.router)
READERS = tuple(sorted(STAFF))
INSIDERS = tuple(sorted(rights.INSIDERS - {Role.SYSTEM}))
MOST_WEIGHTS = 50


class IndicesQuery(Schema):
    q: str = Field("", max_length=100)
    kind: str = Field("", max_length=13)
    cursor: str = ""
    size: int = 25


class IndicesTurn(Schema):
    cursor: str = ""
    size: int = 25


class RankingQuery(Schema):
    year: int | None = None
    node: str = Field("", max_length=24)


class WhatIfQuery(Schema):
    """``weights`` as ``green:2,sharing:0.5``; nodes that are not named keep theirs."""

    weights: str = Field("", max_length=1000)
    year: int | None = None


@router.get("/indicators", response=IndicatorPage, summary="The dictionary of indicators")
@roles(*READERS)
def list_indicators(request: HttpRequest, query: Query[IndicesQuery]) -> IndicatorPage:
    rows = queries.list_indicators(actor_of(request), q=query.q.strip(), kind=query.kind)
    page = paging.paginate(
        rows, order=queries.INDICATOR_ORDER, cursor=query.cursor, size=query.size
    )
    items = [_indicator(row) for row in page]
    return IndicatorPage(items=items, next=page.next, previous=page.previous)


def _indicator(row: Indicator) -> IndicatorOut:
    names = IndicatorOut.model_fields.keys()
    return IndicatorOut(**{name: getattr(row, name) for name in names})


@router.post("/indicators", response={201: IndicatorOut}, summary="Define an indicator")
@roles(*rights.ANALYSTS)
@idempotent
def define_indicator(request: HttpRequest, body: IndicatorBody) -> tuple[int, IndicatorOut]:
    given = IndicatorIn(**body.model_dump())
    return 201, _indicator(operations.define(actor_of(request), given, now=timezone.now()))


@router.post("/standard", response=TakenOut, summary="Take over the standard dictionary")
@roles(*rights.ANALYSTS)
@idempotent
def take_over_standard(request: HttpRequest) -> tuple[int, TakenOut]:
    indicators, places = operations.take_over(actor_of(request), now=timezone.now())
    return 200, TakenOut(indicators=indicators, places=places)


@router.get("/editions", response=EditionPage, summary="Editions of evaluations")
@roles(*READERS)
def list_editions(request: HttpRequest, query: Query[IndicesTurn]) -> EditionPage:
    page = paging.paginate(
        queries.list_editions(actor_of(request)),
        order=queries.EDITION_ORDER,
        cursor=query.cursor,
        size=query.size,
    )
    items = [EditionOut(**_edition(row)) for row in page]
    return EditionPage(items=items, next=page.next, previous=page.previous)


def _edition(row: Edition) -> dict[str, Any]:
    names = ("number", "name", "name_en", "first_year", "last_year", "kinds", "note")
    return {"id": row.public_id, **{name: getattr(row, name) for name in names}}


@router.post("/editions", response={201: EditionOut}, summary="Open an edition")
@roles(*rights.ANALYSTS)
@idempotent
def open_edition(request: HttpRequest, body: EditionIn) -> tuple[int, EditionOut]:
    row = operations.open_edition(actor_of(request), now=timezone.now(), **body.model_dump())
    return 201, EditionOut(**_edition(row))


@router.get("/editions/{uuid:edition_id}", response=EditionDetail, summary="One edition")
@roles(*READERS)
def get_edition(request: HttpRequest, edition_id: UUID) -> EditionDetail:
    actor = actor_of(request)
    row = queries.get_edition(actor, edition_id)
    runs = [_run(run, row) for run in queries.runs_of(actor, row)]
    return EditionDetail(**_edition(row), tree=row.tree, plan=row.plan, runs=runs)


def _run(run: Run, edition: Edition) -> RunOut:
    return RunOut(
        id=run.public_id,
        edition=edition.number,
        version=run.version,
        state=run.state,
        content_hash=run.content_hash,
        ran_at=run.ran_at,
        released_at=run.released_at,
        approver=run.released_by.name if run.released_by else "",
    )


@router.post(
    "/editions/{uuid:edition_id}/runs", response={201: RunOut}, summary="Reckon an edition"
)
@roles(*rights.ANALYSTS)
@idempotent
def run_edition(request: HttpRequest, edition_id: UUID) -> tuple[int, RunOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        row = queries.get_edition(actor, edition_id)
        return 201, _run(operations.run_edition(actor, row.pk, now=timezone.now()), row)


@router.post("/runs/{uuid:run_id}/release", response=RunOut, summary="Release a run")
@roles(*rights.APPROVERS)
@idempotent
def release_run(request: HttpRequest, run_id: UUID) -> tuple[int, RunOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        row = queries.get_run(actor, run_id)
        operations.release(actor, row.pk, now=timezone.now())
        again = queries.get_run(actor, run_id)
        return 200, _run(again, again.edition)


@router.get("/runs/{uuid:run_id}", response=RankingOut, summary="Ranking of a run")
@roles(*READERS)
def get_ranking(request: HttpRequest, run_id: UUID, query: Query[RankingQuery]) -> RankingOut:
    row = queries.get_run(actor_of(request), run_id)
    at = queries.year_of(row, query.year)
    year, nodes = int(row.inputs["years"][at]), row.results["nodes"]
    standings = queries.ranking(row, year=year, node=query.node)
    names = StandingOut.model_fields.keys()
    return RankingOut(
        run=_run(row, row.edition),
        year=year,
        node=query.node if query.node in nodes else nodes[-1],
        places=[StandingOut(**{name: getattr(s, name) for name in names}) for s in standings],
    )


@router.get("/runs/{uuid:run_id}/what-if", response=WhatIfOut, summary="Ranks by other weights")
@roles(*READERS)
def get_what_if(request: HttpRequest, run_id: UUID, query: Query[WhatIfQuery]) -> WhatIfOut:
    row = queries.get_run(actor_of(request), run_id)
    found = queries.what_if(row, _weights(query.weights), year=query.year)
    units = [code for code, _name in row.inputs["units"]]
    ranks = dict(zip(units, found["ranks"], strict=True))
    return WhatIfOut(ranks=ranks, scores=dict(zip(units, found["scores"], strict=True)))


def _weights(text: str) -> dict[str, float]:
    """Pairs of node and weight."""
    found: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        code, colon, number = part.partition(":")
        try:
            found[code.strip()] = float(number)
        except ValueError:
            raise Invalid("indices.run.weights", {"weights": "indices.run.weights"}) from None
        if not colon or len(found) > MOST_WEIGHTS:
            raise Invalid("indices.run.weights", {"weights": "indices.run.weights"})
    return found
