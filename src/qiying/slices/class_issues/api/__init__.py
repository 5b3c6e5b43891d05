"""``/api/v1/class-issues``: classes of like calls, their measures, whether they helped."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import AfterValidator, ConfigDict

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.web import actor_of
from qiying.slices.class_issues import operations, queries
from qiying.slices.class_issues.api._thresholds import router as thresholds
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.models.labels import STATE_LABELS
from qiying.slices.class_issues.queries import ORDER, Filters
from qiying.slices.class_issues.rules import INPUTS, MAX_TEXT, READERS, SCANNERS
from qiying.slices.registry import public as registry

router = Router(tags=["class-issues"])
router.add_router("", thresholds)
EVERYBODY = (*READERS, Role.ENTERPRISE, Role.GRID_OFFICER)
MOVERS = (Role.DESK, Role.SUPERVISOR, Role.HANDLER, Role.UNIT_LEADER, Role.ANALYST)
EARLIEST, LATEST = 1900, 2200


class IssueOut(Schema):
    """A class issue in a list; times in UTC."""

    id: UUID
    number: str
    state: str
    state_label: str
    title: str
    matter: str
    unit: str
    owner_unit: str
    calls: int
    firms: int
    found_at: datetime
    raised_at: datetime | None
    due_at: datetime | None
    clock: str
    landed_at: datetime | None
    verdict: str
    version: int


class IssuesOut(Schema):
    items: list[IssueOut]
    next: str
    previous: str


class IssueQuery(Schema):
    """What the list is narrowed by: tab candidates, open, landed, done or gone; codes of units."""

    tab: str = Field("", max_length=20)
    unit: str = Field("", max_length=40)
    matter: str = Field("", max_length=20)
    q: str = Field("", max_length=60)
    late: str = Field("", max_length=1)
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


class MemberOut(Schema):
    """A call that the asker may see, and why it belongs to the class."""

    call: UUID
    number: str
    title: str
    state: str
    how: str
    like: str
    share: float | None
    metres: int | None
    days: float | None
    terms: list[str]
    told_at: datetime | None


class RecurrenceRateOut(Schema):
    """Like calls in the span, and the same per 30 days with a 95 % interval."""

    count: int
    rate: float
    low: float
    high: float


class RecurrenceOut(Schema):
    """Equal spans before and after the landing; ``after`` is null while it is too early."""

    window_days: int
    landed_at: datetime
    ends_at: datetime
    so_far: int
    before: RecurrenceRateOut
    after: RecurrenceRateOut | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    trend: str


class IssueStepOut(Schema):
    name: str
    needed: list[str]
    optional: list[str]
    blocked: str


class IssueDetailOut(IssueOut):
    root_cause: str
    measure: str
    window_ends_at: datetime | None
    terms: list[str]
    members: list[MemberOut]
    recurrence: RecurrenceOut | None
    steps: list[IssueStepOut]


class LookOut(Schema):
    """What a look over the recent calls brought."""

    at: datetime
    calls: int
    classes: int
    found: int
    joined: int


def _ours(day: date) -> date:
    if not EARLIEST < day.year < LATEST:
        raise ValueError("not a year of ours")
    return day


class StoneIn(Schema):
    """A milestone: the day, and what is done by then."""

    due_on: Annotated[date, AfterValidator(_ours)]
    name: str = Field(min_length=1, max_length=100)


Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


class IssueStepIn(Schema):
    """One step with what it asks for; ``GET`` of the class issue says what that is.

    ``owner_unit`` is a unit's code, ``owner`` a person's id, calls and classes are named by number.
    """

    model_config = ConfigDict(extra="forbid")

    step: str = Field(max_length=20)
    version: int | None = None
    title: str | None = Field(None, max_length=80)
    owner_unit: str | None = Field(None, max_length=40)
    owner: int | None = Field(None, ge=1, lt=2**31)
    text: Text | None = None
    code: str | None = Field(None, max_length=20)
    other: str | None = Field(None, max_length=24)
    calls: Annotated[list[Annotated[str, Field(max_length=24)]], Field(max_length=200)] | None = (
        None
    )
    call: str | None = Field(None, max_length=24)
    root_cause: Text | None = None
    measure: Text | None = None
    within: int | None = Field(None, ge=1, le=250)
    milestones: Annotated[list[StoneIn], Field(max_length=12)] | None = None
    milestone: int | None = Field(None, ge=1, le=12)
    more: int | None = Field(None, ge=1, le=60)
    attachments: Annotated[list[Annotated[int, Field(ge=1, lt=2**63)]], Field(max_length=9)] | (
        None
    ) = None


@router.get("/", response=IssuesOut, summary="List class issues")
@roles(*EVERYBODY)
def list_issues(request: HttpRequest, query: Query[IssueQuery]) -> IssuesOut:
    actor = actor_of(request)
    rows = queries.list_issues(actor, Filters.read(query.dict()), now=timezone.now())
    page = paging.paginate(rows, order=ORDER, cursor=query.cursor, size=query.size)
    items = [IssueOut(**_plain(row)) for row in page.rows]
    return IssuesOut(items=items, next=page.next, previous=page.previous)


def _plain(issue: Issue) -> dict[str, Any]:
    return {
        "id": issue.public_id,
        "number": issue.number,
        "state": issue.state,
        "state_label": str(STATE_LABELS[issue.state]),
        "title": issue.title,
        "matter": issue.matter_code,
        "unit": issue.unit.code if issue.unit else "",
        "owner_unit": issue.owner_unit.code if issue.owner_unit else "",
        "calls": getattr(issue, "calls", 0),
        "firms": getattr(issue, "firms", 0),
        "found_at": issue.found_at,
        "raised_at": issue.raised_at,
        "due_at": issue.due_at,
        "clock": issue.clock,
        "landed_at": issue.landed_at,
        "verdict": issue.verdict,
        "version": issue.version,
    }


@router.post("/looks", response={201: LookOut}, summary="Look over the recent calls")
@roles(*SCANNERS)
@idempotent
def look(request: HttpRequest) -> tuple[int, LookOut]:
    done = operations.look(actor_of(request), now=timezone.now())
    return 201, LookOut(
        at=done.at, calls=done.calls, classes=done.classes, found=done.found, joined=done.joined
    )


@router.get("/{uuid:issue_id}", response=IssueDetailOut, summary="One class issue")
@roles(*EVERYBODY)
def get_issue(request: HttpRequest, issue_id: UUID) -> IssueDetailOut:
    actor = actor_of(request)
    return _detail(actor, queries.get_by_public_id(actor, issue_id))


def _detail(actor: Actor, issue: Issue) -> IssueDetailOut:
    now = timezone.now()
    found = queries.dossier(actor, issue)
    is_staff = actor.has(*READERS)
    counted = queries.recurrence_of(actor, issue, now=now) if is_staff else None
    numbers = {str(line.card.id): line.card.number for line in found.members}
    firms = {line.card.enterprise_id for line in found.members}
    plain = _plain(issue) | {"calls": len(found.members), "firms": len(firms)}
    return IssueDetailOut(
        **plain,
        root_cause=issue.root_cause if is_staff else "",
        measure=issue.measure,
        window_ends_at=issue.window_ends_at,
        terms=[str(t) for t in issue.terms] if is_staff else [],
        members=[_member(line, numbers) for line in found.members],
        recurrence=_recurrence(counted) if counted is not None else None,
        steps=[
            IssueStepOut(
                name=s.name,
                needed=list(INPUTS[s.name].needed),
                optional=list(INPUTS[s.name].optional),
                blocked=s.blocked,
            )
            for s in queries.steps_open(actor, found, counted, now=now)
        ],
    )


def _member(line: queries.MemberLine, numbers: dict[str, str]) -> MemberOut:
    kin = line.member.kin or {}
    return MemberOut(
        call=line.card.public_id,
        number=line.card.number,
        title=line.card.title,
        state=line.card.state,
        how=line.member.how,
        like=numbers.get(str(kin.get("like", "")), ""),
        share=kin.get("share"),
        metres=kin.get("metres"),
        days=kin.get("days"),
        terms=[str(t) for t in kin.get("terms", [])],
        told_at=line.member.told_at,
    )


def _recurrence(counted: queries.Counted) -> RecurrenceOut:
    found = counted.recurrence
    plain = operations.figures_plain(counted)
    return RecurrenceOut(
        window_days=found.window_days,
        landed_at=found.landed_at,
        ends_at=found.ends_at,
        so_far=found.so_far,
        before=RecurrenceRateOut(**_rate(plain["before"])),
        after=None if plain["after"] is None else RecurrenceRateOut(**_rate(plain["after"])),
        ratio=found.ratio,
        ratio_low=found.ratio_low,
        ratio_high=found.ratio_high,
        trend=str(found.trend),
    )


def _rate(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: plain[name] for name in ("count", "rate", "low", "high")}


@router.post("/{uuid:issue_id}/steps", response=IssueDetailOut, summary="Take a step")
@roles(*MOVERS)
@idempotent
def take_step(
    request: HttpRequest, issue_id: UUID, body: IssueStepIn
) -> tuple[int, IssueDetailOut]:
    """Move the class issue along its lifecycle; a split answers with the new candidate."""
    actor = actor_of(request)
    with tenancy.acting(actor):
        issue = queries.get_by_public_id(actor, issue_id)
        inputs = _inputs(actor, body)
        made = operations.take(
            actor, issue.pk, body.step, now=timezone.now(), version=body.version, **inputs
        )
        return 200, _detail(actor, queries.get_by_public_id(actor, made.public_id))


def _inputs(actor: Actor, body: IssueStepIn) -> dict[str, Any]:
    """The keyword arguments of the step: all that it needs, nothing that it does not know."""
    if body.step not in INPUTS:
        raise Refused("lifecycle.unknown_step", step=body.step)
    given = body.dict(exclude={"step", "version"}, exclude_none=True)
    asked = INPUTS[body.step]
    faults = dict.fromkeys((n for n in asked.needed if n not in given), "input.required")
    faults |= dict.fromkeys((n for n in given if n not in asked.names), "input.choice")
    if faults:
        raise Invalid("input.invalid", faults)
    if "owner_unit" in given:
        card = registry.units(actor).get(given["owner_unit"])
        if card is None:
            raise Invalid("input.invalid", {"owner_unit": "input.choice"})
        given["owner_unit"] = card.id
    if "milestones" in given:
        given["milestones"] = [(m["due_on"], m["name"]) for m in given["milestones"]]
    return given
