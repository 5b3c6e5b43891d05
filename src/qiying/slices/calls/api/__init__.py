"""``/api/v1/calls``: raise calls, carry them on step by step, read lists, timelines and rates."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Query, Router
from ninja.files import UploadedFile

from qiying.kernel import files, paging, tenancy
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.web import actor_of
from qiying.slices.calls import operations, queries
from qiying.slices.calls.api import _bulk, _day, _members, _shelf, _terms
from qiying.slices.calls.api import _rates as sheets
from qiying.slices.calls.api import _render as render
from qiying.slices.calls.api import _schemas as out
from qiying.slices.calls.api import _triage as triage
from qiying.slices.calls.api import _watch as watched
from qiying.slices.calls.api._steps import StepIn, inputs_of
from qiying.slices.calls.models import is_stranger
from qiying.slices.calls.queries import (
    DUE_ORDER,
    ORDER,
    ROUND_ORDER,
    Filters,
    RoundFilters,
    members,
    published,
    watch,
)
from qiying.slices.calls.queries import rates as counted
from qiying.slices.registry import public as registry

router = Router(tags=["calls"])
_bulk.hang(router)
_terms.hang(router)
router.add_router("", _day.router)
router.add_router("", _members.router)
router.add_router("", _shelf.router)
EVERYBODY = tuple(sorted((STAFF - {Role.ADMINISTRATOR}) | {Role.ENTERPRISE, Role.MACHINE}))
RAISERS = (Role.ENTERPRISE, Role.GRID_OFFICER, Role.DESK, Role.MACHINE)
MOVERS = tuple(sorted(set(EVERYBODY) - {Role.ANALYST, Role.AUDITOR, Role.MACHINE}))
COUNTERS = (
    Role.ZONE_LEADER,
    Role.UNIT_LEADER,
    Role.SUPERVISOR,
    Role.ANALYST,
    Role.AUDITOR,
    Role.DESK,
)
READERS = tuple(sorted(STAFF - {Role.ADMINISTRATOR, Role.GRID_OFFICER}))
AUDITORS = (Role.ZONE_LEADER, Role.SUPERVISOR, Role.ANALYST, Role.AUDITOR)


@router.get("/", response=out.CallsOut, summary="List calls")
@roles(*EVERYBODY)
def list_calls(request: HttpRequest, query: Query[out.CallQuery]) -> out.Plain:
    actor, now = actor_of(request), timezone.now()
    page = queries.page_of_calls(
        actor,
        Filters.read(query.dict()),
        now=now,
        order=DUE_ORDER if query.order == "due" else ORDER,
        cursor=query.cursor,
        size=query.size,
    )
    codes = render.codes_of(actor)
    items = [render.summary(actor, call, codes, now) for call in page.rows]
    return {"items": items, "next": page.next, "previous": page.previous}


@router.post("/", response={201: out.ReceiptOut}, summary="Raise a call")
@roles(*RAISERS)
@idempotent
def receive_call(request: HttpRequest, body: out.CallIn) -> tuple[int, out.ReceiptOut]:
    actor = actor_of(request)
    given = body.dict(exclude={"enterprise", "matter", "complained_unit", "follows"})
    with tenancy.acting(actor):
        firm = _firm(actor, body.enterprise)
        call = operations.receive(
            actor,
            **given,
            enterprise_id=firm.id if firm else None,
            firm=firm,
            matter_code=body.matter,
            complained_unit_id=_unit(actor, body.complained_unit),
            follows_id=_earlier(actor, body.follows),
            now=timezone.now(),
        )
        return 201, render.receipt(actor, call)


def _firm(actor: Actor, public_id: UUID | None) -> registry.EnterpriseCard | None:
    if public_id is not None:
        return registry.enterprise_by_public_id(actor, public_id)
    own = sorted(actor.enterprises)
    return registry.enterprise(actor, own[0]) if len(own) == 1 else None


def _earlier(actor: Actor, public_id: UUID | None) -> int | None:
    return queries.get_by_public_id(actor, public_id).pk if public_id else None


def _unit(actor: Actor, code: str) -> int | None:
    if not code:
        return None
    card = registry.units(actor).get(code)
    if card is None:
        raise Invalid("input.invalid", {"complained_unit": "input.choice"})
    return card.id


@router.post("/attachments", response={201: out.UploadOut}, summary="Upload a file")
@roles(*RAISERS, Role.HANDLER, Role.UNIT_LEADER, Role.CALLBACK, Role.SUPERVISOR)
@idempotent
def upload(request: HttpRequest, file: File[UploadedFile]) -> tuple[int, out.UploadOut]:
    row = files.store(actor_of(request), file, purpose="", now=timezone.now())
    return 201, out.UploadOut(
        id=row.pk, name=row.name, content_type=row.content_type, size=row.size
    )


@router.post("/triage", response=triage.TriageOut, summary="Rank matters for a text")
@roles(*EVERYBODY)
def rank_text(request: HttpRequest, body: triage.TriageIn) -> triage.TriageOut:
    """Which matters a text may be about, with reasons, and like calls; nothing is kept."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        firm = _firm(actor, body.enterprise)
        return triage.answer(actor, body, firm.id if firm else None, timezone.now())


@router.get("/rates", response=out.BoardOut, summary="Rates of a period")
@roles(*COUNTERS)
def rates(request: HttpRequest, query: Query[out.RoundQuery]) -> out.BoardOut:
    """Without a period: from the first of this month until today."""
    now = timezone.now()
    today = timezone.localdate(now)
    found = queries.leader_board(
        actor_of(request),
        start=query.start or today.replace(day=1),
        end=query.end or today + timedelta(days=1),
        now=now,
    )
    return render.board(found)


@router.get("/rates/sheet", response=sheets.RateSheetOut, summary="Every rate of a month")
@roles(*AUDITORS)
def rates_sheet(request: HttpRequest, query: Query[sheets.SheetQuery]) -> sheets.RateSheetOut:
    """Each figure with its interval, the hash of its members and what the guards noticed."""
    actor, now = actor_of(request), timezone.now()
    start, end = sheets.month_of(query.month, timezone.localdate(now))
    card = registry.units(actor).get(query.unit)
    if query.unit and card is None:
        raise NotFound("not_found")
    found = counted.sheet(actor, start=start, end=end, now=now, unit=card.code if card else None)
    return sheets.sheet_out(found, start, end, unit_id=str(card.id) if card else "")


@router.get("/rates/published", response=sheets.PublishedOut, summary="The published rates")
@roles(*EVERYBODY)
def published_rates(request: HttpRequest) -> sheets.PublishedOut:
    """The zone's shares of the last settled month, for firms too; no call and no person in it."""
    found = published.published(actor_of(request), now=timezone.now())
    return sheets.published_out(found)


@router.get(
    "/rates/simulation",
    response=sheets.RateSimulationOut,
    summary="What gaming would do to a month",
)
@roles(*AUDITORS)
def rates_simulation(
    request: HttpRequest, query: Query[sheets.SimulationQuery]
) -> sheets.RateSimulationOut:
    """Every way of gaming on the records of a month, before and after; nothing is written."""
    now = timezone.now()
    start, end = sheets.month_of(query.month, timezone.localdate(now))
    found = counted.simulation(
        actor_of(request),
        start=start,
        end=end,
        now=now,
        intensity=query.intensity,
        seed=query.seed,
    )
    return sheets.simulation_out(found, start, end, query.intensity)


@router.get("/supervision", response=watched.LadderOut, summary="The supervision ladder")
@roles(*READERS)
def list_supervision(request: HttpRequest, query: Query[watched.LadderQuery]) -> watched.LadderOut:
    """Calls on the ladder, the nearest limit first; steps are taken on the call."""
    actor, now = actor_of(request), timezone.now()
    rows = watch.ladder(actor, tab=query.tab, now=now)
    page = paging.paginate(rows, order=watch.LADDER_ORDER, cursor=query.cursor, size=query.size)
    items = watched.rung_rows(page.rows, render.codes_of(actor))
    return watched.LadderOut(items=items, next=page.next, previous=page.previous)


@router.get("/meetings", response=watched.MeetingsOut, summary="Joint meetings of third rounds")
@roles(*READERS)
def list_meetings(request: HttpRequest, query: Query[watched.MeetingQuery]) -> watched.MeetingsOut:
    actor = actor_of(request)
    rows = watch.meetings(actor, tab=query.tab)
    page = paging.paginate(rows, order=watch.MEETING_ORDER, cursor=query.cursor, size=query.size)
    items = watched.meeting_rows(actor, page.rows, render.codes_of(actor))
    return watched.MeetingsOut(items=items, next=page.next, previous=page.previous)


@router.get("/declined", response=watched.DeclinedOut, summary="Calls that were not accepted")
@roles(*AUDITORS)
def list_declined(
    request: HttpRequest, query: Query[watched.DeclinedQuery]
) -> watched.DeclinedOut:
    """Each with its reason, the path that was told and who decided."""
    actor = actor_of(request)
    rows = watch.declined(actor, watch.DeclinedFilters.read(query.dict()))
    page = paging.paginate(rows, order=watch.DECLINED_ORDER, cursor=query.cursor, size=query.size)
    items = watched.declined_rows(actor, page.rows, render.codes_of(actor))
    return watched.DeclinedOut(items=items, next=page.next, previous=page.previous)


@router.get("/rounds", response=out.RoundsOut, summary="The rounds behind a rate")
@roles(*COUNTERS)
def list_rounds(request: HttpRequest, query: Query[out.RoundQuery]) -> out.RoundsOut:
    actor, now = actor_of(request), timezone.now()
    filters = RoundFilters.read(query.dict() | {"missed": "1" if query.missed else ""})
    rows = queries.list_rounds(actor, filters, now=now)
    page = paging.paginate(rows, order=ROUND_ORDER, cursor=query.cursor, size=query.size)
    codes = render.codes_of(actor)
    items = [render.round_row(row, codes) for row in page.rows]
    digest = "" if query.cursor else members.list_digest(actor, filters, now=now)
    return out.RoundsOut(items=items, next=page.next, previous=page.previous, digest=digest)


@router.get("/{uuid:call_id}", response=out.DetailOut, summary="One call")
@roles(*EVERYBODY)
def get_call(request: HttpRequest, call_id: UUID) -> out.DetailOut:
    actor = actor_of(request)
    call = queries.get_by_public_id(actor, call_id)
    return render.detail(actor, call, now=timezone.now())


@router.get("/{uuid:call_id}/timeline", response=list[out.LineOut], summary="What happened")
@roles(*EVERYBODY)
def get_timeline(request: HttpRequest, call_id: UUID) -> list[out.LineOut]:
    actor = actor_of(request)
    call = queries.get_by_public_id(actor, call_id)
    if is_stranger(actor, call):
        raise NotFound("not_found")
    return [render.line(row) for row in queries.timeline(actor, call)]


@router.post("/{uuid:call_id}/steps", response=out.ReceiptOut, summary="Take a step")
@roles(*MOVERS)
@idempotent
def take_step(request: HttpRequest, call_id: UUID, body: StepIn) -> tuple[int, out.ReceiptOut]:
    """Move the call along its lifecycle; ``GET`` of the call says which steps are open."""
    actor = actor_of(request)
    with tenancy.acting(actor):
        call = queries.get_by_public_id(actor, call_id)
        moved = operations.take(
            actor,
            call.pk,
            body.root.step,
            now=timezone.now(),
            version=body.root.version,
            **inputs_of(actor, body),
        )
        return 200, render.receipt(actor, moved)
