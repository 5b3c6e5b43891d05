"""``/api/v1/council``: topics, meetings and suggestions. No endpoint decides anything."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from qiying.kernel import paging, tenancy
from qiying.kernel.access import STAFF
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import NotFound
from qiying.kernel.exports import SHANGHAI
from qiying.kernel.web import actor_of
from qiying.slices.calls import public as calls
from qiying.slices.council import operations, queries, rules
from qiying.slices.council.api._fields import READERS, Day, Moment, Row
from qiying.slices.council.api._members import router as members
from qiying.slices.council.models import labels
from qiying.slices.council.queries import Docket

router = Router(tags=["council"])
router.add_router("", members)
ADVISORY = "议事会意见为协商意见，不具有行政决定效力"


class CouncilTopicIn(Schema):
    title: str = Field(max_length=80)
    text: str = Field(max_length=4000)
    source: str = Field("member", max_length=11)
    class_issue: str = Field("", max_length=24)
    calls: list[UUID] = Field(default_factory=list, max_length=20)


class CouncilStepIn(Schema):
    """A step and what it asks for; ``GET`` of the record says which steps are open."""

    model_config = ConfigDict(extra="forbid")

    step: str = Field(max_length=16)
    version: int | None = None
    text: str | None = Field(None, max_length=4000)
    decline_reason: str | None = Field(None, max_length=12)
    is_in_zone: bool | None = None
    is_public_matter: bool | None = None
    is_free: bool | None = None
    is_key: bool | None = None
    meeting_id: Row | None = None
    member_id: Row | None = None
    members: list[Row] | None = Field(None, max_length=100)
    present: list[Row] | None = Field(None, max_length=100)
    position: str | None = Field(None, max_length=8)
    route: str | None = Field(None, max_length=10)
    at: Moment | None = None
    place: str | None = Field(None, max_length=100)
    unit_id: Row | None = None
    co_units: list[Row] | None = Field(None, max_length=6)
    answer_class: str | None = Field(None, max_length=1)
    satisfaction: str | None = Field(None, max_length=12)


class CouncilRecordOut(Schema):
    """A topic, meeting or suggestion as lists show it."""

    id: UUID
    number: str
    title: str
    state: str
    state_label: str
    version: int


class CouncilPage(Schema):
    items: list[CouncilRecordOut]
    next: str
    previous: str


class CouncilDetail(CouncilRecordOut):
    """``advisory`` says what the council's opinions are in law."""

    text: str
    steps: list[str]
    due_at: datetime | None
    advisory: str


class CouncilFigures(Schema):
    topics: int
    routes: dict[str, int]
    due: int
    on_time: int
    judged: int
    satisfied: int
    redone: int
    classes: dict[str, int]


class CouncilQuery(Schema):
    state: str = ""
    q: str = Field("", max_length=100)
    cursor: str = ""
    size: int = 25


class CouncilDays(Schema):
    """The days counted, the last one included; twelve months when nothing is said."""

    start: Day | None = None
    end: Day | None = None

    def edges(self, now: datetime) -> tuple[datetime, datetime]:
        """The first moment, and the one after the last; twelve months when nothing is said."""
        last = self.end or now.astimezone(SHANGHAI).date()
        first = self.start or last - timedelta(days=365)
        end = datetime.combine(last + timedelta(days=1), time(0), SHANGHAI)
        return datetime.combine(first, time(0), SHANGHAI), end


class CouncilMeetingIn(Schema):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=80)
    at: Moment
    place: str = Field(min_length=1, max_length=100)


LABELS: Mapping[str, labels.Words] = {
    "topic": labels.TOPICS,
    "meeting": labels.MEETINGS,
    "suggestion": labels.SUGGESTIONS,
}


def _out(entity: str, row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "state_label": str(LABELS[entity][row.state]),
        "version": row.version,
    }


def _page(entity: str, rows: Any, order: Any, query: CouncilQuery) -> CouncilPage:
    page = paging.paginate(rows, order=order, cursor=query.cursor, size=query.size)
    items = [CouncilRecordOut(**_out(entity, row)) for row in page]
    return CouncilPage(items=items, next=page.next, previous=page.previous)


def _detail(request: HttpRequest, entity: str, public_id: UUID) -> CouncilDetail:
    actor = actor_of(request)
    row = queries.get_by_public_id(actor, entity, public_id)
    docket = Docket(actor, entity, row, timezone.now())
    return CouncilDetail(
        **_out(entity, row),
        text=getattr(row, "text", "") or getattr(row, "minutes", ""),
        steps=queries.steps_open(docket),
        due_at=getattr(row, "due_at", None),
        advisory=ADVISORY,
    )


def _take(
    request: HttpRequest, entity: str, public_id: UUID, body: CouncilStepIn
) -> tuple[int, CouncilRecordOut]:
    actor = actor_of(request)
    if (entity, body.step) not in rules.ROWS:
        raise NotFound("not_found")
    given = body.model_dump(exclude={"step", "version"}, exclude_none=True)
    with tenancy.acting(actor):
        row = queries.get_by_public_id(actor, entity, public_id)
        moved = operations.take(
            actor,
            entity,
            row.pk,
            body.step,
            now=timezone.now(),
            version=body.version,
            **given,
        )
    return 200, CouncilRecordOut(**_out(entity, moved))


@router.get("/topics", response=CouncilPage, summary="Topics of the council")
@roles(*READERS)
def list_topics(request: HttpRequest, query: Query[CouncilQuery]) -> CouncilPage:
    rows = queries.list_topics(actor_of(request), state=query.state, q=query.q.strip())
    return _page("topic", rows, queries.TOPIC_ORDER, query)


@router.post("/topics", response={201: CouncilRecordOut}, summary="Propose a topic")
@roles(*READERS)
@idempotent
def propose_topic(request: HttpRequest, body: CouncilTopicIn) -> tuple[int, CouncilRecordOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        row = operations.propose(
            actor,
            title=body.title,
            text=body.text,
            source=body.source,
            class_issue=body.class_issue,
            call_ids=[calls.card_by_public_id(actor, c).id for c in body.calls],
            now=timezone.now(),
        )
    return 201, CouncilRecordOut(**_out("topic", row))


@router.get("/topics/{uuid:topic_id}", response=CouncilDetail, summary="One topic")
@roles(*READERS)
def get_topic(request: HttpRequest, topic_id: UUID) -> CouncilDetail:
    return _detail(request, "topic", topic_id)


@router.post(
    "/topics/{uuid:topic_id}/steps", response=CouncilRecordOut, summary="Take a step with a topic"
)
@roles(*READERS)
@idempotent
def take_topic_step(
    request: HttpRequest, topic_id: UUID, body: CouncilStepIn
) -> tuple[int, CouncilRecordOut]:
    return _take(request, "topic", topic_id, body)


@router.get("/meetings", response=CouncilPage, summary="Meetings of the council")
@roles(*READERS)
def list_meetings(request: HttpRequest, query: Query[CouncilQuery]) -> CouncilPage:
    rows = queries.list_meetings(actor_of(request), state=query.state, q=query.q.strip())
    return _page("meeting", rows, queries.MEETING_ORDER, query)


@router.post("/meetings", response={201: CouncilRecordOut}, summary="Plan a meeting")
@roles(*operations.SECRETARIES)
@idempotent
def plan_meeting(request: HttpRequest, body: CouncilMeetingIn) -> tuple[int, CouncilRecordOut]:
    """Members and topics follow by steps, then notice."""
    row = operations.plan_meeting(actor_of(request), now=timezone.now(), **body.dict())
    return 201, CouncilRecordOut(**_out("meeting", row))


@router.get("/meetings/{uuid:meeting_id}", response=CouncilDetail, summary="One meeting")
@roles(*READERS)
def get_meeting(request: HttpRequest, meeting_id: UUID) -> CouncilDetail:
    return _detail(request, "meeting", meeting_id)


@router.get("/suggestions", response=CouncilPage, summary="Formal suggestions")
@roles(*READERS)
def list_suggestions(request: HttpRequest, query: Query[CouncilQuery]) -> CouncilPage:
    rows = queries.list_suggestions(actor_of(request), state=query.state, q=query.q.strip())
    return _page("suggestion", rows, queries.SUGGESTION_ORDER, query)


@router.get("/suggestions/{uuid:suggestion_id}", response=CouncilDetail, summary="One suggestion")
@roles(*READERS)
def get_suggestion(request: HttpRequest, suggestion_id: UUID) -> CouncilDetail:
    return _detail(request, "suggestion", suggestion_id)


@router.post(
    "/suggestions/{uuid:suggestion_id}/steps",
    response=CouncilRecordOut,
    summary="Take a step with a suggestion",
)
@roles(*READERS)
@idempotent
def take_suggestion_step(
    request: HttpRequest, suggestion_id: UUID, body: CouncilStepIn
) -> tuple[int, CouncilRecordOut]:
    return _take(request, "suggestion", suggestion_id, body)


@router.get("/figures", response=CouncilFigures, summary="Answers on time, satisfaction, routes")
@roles(*sorted(STAFF))
def get_council_figures(request: HttpRequest, query: Query[CouncilDays]) -> CouncilFigures:
    now = timezone.now()
    start, end = query.edges(now)
    found = queries.figures(actor_of(request), start=start, end=end, now=now)
    names = CouncilFigures.model_fields.keys()
    return CouncilFigures(**{name: getattr(found, name) for name in names})
