"""Selections of innovative cases: the call, the panel, the ranking, the decision, the list."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from qiying.kernel import paging, tenancy
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.web import actor_of
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.api._fields import (
    Code,
    County,
    Day,
    Minutes,
    Note,
    Person,
    ReaderOut,
    Strict,
    Words,
)
from qiying.slices.casebook.models import Selection
from qiying.slices.casebook.models.labels import TieRule

router = Router(tags=["casebook"])
EVERYBODY = (*sorted(STAFF), Role.ENTERPRISE, Role.MACHINE)
MOVERS = tuple(sorted(rules.ORGANISERS | rules.CHOOSERS))
OVERSEERS = (*MOVERS, Role.AUDITOR)


class SelectionOut(Schema):
    id: UUID
    number: str
    title: str
    state: str
    quota: int
    opens_on: date
    closes_on: date
    publicity_until: date | None
    final_digest: str


class ListedOut(Schema):
    number: str
    title: str
    level: str
    county: str
    entrant: str
    rank: int
    score: Decimal


class ListOut(Schema):
    """The publicised or final list; the digest is SHA-256 over canonical JSON of the final one."""

    selection: str
    state: str
    publicity_from: date | None
    publicity_until: date | None
    concluded_on: date | None
    final_digest: str
    items: list[ListedOut]


class SelectionCriterionOut(Schema):
    code: str
    name_zh: str
    name_en: str
    weight: int


class SelectionDetailOut(SelectionOut):
    """What the call says, and for the house how far it is; ``steps`` are open to the asker."""

    rules_zh: str
    rules_en: str
    criteria: list[SelectionCriterionOut]
    tie_rule: str
    review_until: date
    publicity_days: int
    entries: int
    marks: int | None
    marks_given: int | None
    met_on: date | None
    minutes: str
    reason: str
    steps: list[str]


class SelectionIn(Strict):
    """A call for cases; ``weights`` (code → 1 to 99, 100 together) replaces the standard ones."""

    title_zh: str = Field(min_length=1, max_length=120, pattern=r"^[^\x00]*$")
    title_en: str = Field("", max_length=160, pattern=r"^[^\x00]*$")
    rules_zh: str = Field(min_length=1, max_length=4000, pattern=r"^[^\x00]*$")
    rules_en: str = Field("", max_length=6000, pattern=r"^[^\x00]*$")
    weights: dict[Code, int] = Field(default_factory=dict, max_length=10)
    tie_rule: TieRule = TieRule.COMPETITION
    quota: int = Field(ge=1, le=200)
    opens_on: Day
    closes_on: Day
    review_until: Day
    publicity_days: int = Field(rules.LEAST_PUBLICITY, ge=rules.LEAST_PUBLICITY, le=60)
    seed: int = Field(1, ge=0, lt=2**31)

    def terms(self) -> operations.Terms:
        standard = {c.code: c for c in rules.STANDARD}
        if not set(self.weights) <= set(standard):
            raise Invalid("input.invalid", {"weights": "input.choice"})
        rows = [
            {**c.as_row(), "weight": self.weights.get(code, c.weight)}
            for code, c in standard.items()
        ]
        plain: operations.Terms = {**self.dict(exclude={"weights"}), "criteria": rows}  # type: ignore[typeddict-item]
        return plain


class DeviationIn(Strict):
    """Why the meeting left the ranking for one entry."""

    entry: UUID
    reason: Note


class SelectionStepIn(Strict):
    """A step of a selection and what it asks for.

    ``seat`` takes ``person`` and the ``county`` that the person comes from; ``choose`` takes
    ``entries``, ``met_on``, ``minutes`` and ``deviations``; ``cancel`` takes ``reason``; the others
    (announce, close, deal, third, rank, publicise, conclude) take nothing.
    """

    step: str = Field(max_length=12)
    reason: Words = ""
    person: Person | None = None
    county: County = ""
    entries: list[UUID] = Field(default_factory=list, max_length=200)
    deviations: list[DeviationIn] = Field(default_factory=list, max_length=400)
    met_on: Day | None = None
    minutes: Minutes = ""


class SeatOut(Schema):
    """A panelist: how much was dealt out, how much is judged, how lenient the marks proved."""

    person: int
    name: str
    county: str
    dealt: int
    judged: int
    leniency: float | None


class SelectionPlaceOut(Schema):
    """A place of the frozen ranking: raw score beside the one adjusted for lenient readers."""

    entry: UUID
    number: str
    title: str
    rank: int
    is_tied: bool
    score: Decimal
    adjusted: Decimal
    adjusted_rank: int
    spread: Decimal
    readers: int
    safety: Decimal
    points: dict[str, Decimal]
    place: str
    is_chosen: bool
    deviation: str


class SelectionRankingOut(Schema):
    """The frozen ranking; ``place`` is inside, line or outside. Agreement as the engine found it."""

    engine: str
    digest: str
    alpha: float | None
    icc: float | None
    icc_low: float | None
    icc_high: float | None
    icc_mean: float | None
    gap: float | None
    is_connected: bool
    items: list[SelectionPlaceOut]


def selection_out(row: Selection) -> SelectionOut:
    names = set(SelectionOut.model_fields) - {"id"}
    return SelectionOut(id=row.public_id, **{name: getattr(row, name) for name in names})


@router.get("/selections", response=list[SelectionOut], summary="Selections of innovative cases")
@roles(*EVERYBODY)
def list_selections(request: HttpRequest) -> list[SelectionOut]:
    rows = queries.list_selections(actor_of(request)).order_by("-made_at", "-id")
    return [selection_out(row) for row in rows[: paging.MAX_PAGE]]


@router.get(
    "/selections/{uuid:selection_id}/list",
    response=ListOut,
    summary="The publicised or final list of a selection",
)
@roles(*EVERYBODY)
def get_list(request: HttpRequest, selection_id: UUID) -> ListOut:
    actor = actor_of(request)
    row = queries.get_selection_by_public_id(actor, selection_id)
    if row.state not in rules.LISTED:
        raise NotFound("not_found")
    return ListOut(
        selection=row.number,
        state=row.state,
        publicity_from=row.publicity_from,
        publicity_until=row.publicity_until,
        concluded_on=row.concluded_on,
        final_digest=row.final_digest,
        items=[ListedOut(**line) for line in queries.list_lines(actor, row)],
    )


@router.post("/selections", response={201: SelectionDetailOut}, summary="Prepare a call for cases")
@roles(*sorted(rules.ORGANISERS))
@idempotent
def prepare_selection(request: HttpRequest, body: SelectionIn) -> tuple[int, SelectionDetailOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        row = operations.prepare(actor, now=timezone.now(), **body.terms())
        return 201, _detail(actor, row)


@router.get(
    "/selections/{uuid:selection_id}", response=SelectionDetailOut, summary="One selection"
)
@roles(*EVERYBODY)
def get_selection(request: HttpRequest, selection_id: UUID) -> SelectionDetailOut:
    actor = actor_of(request)
    return _detail(actor, queries.get_selection_by_public_id(actor, selection_id))


def _detail(actor: Actor, row: Selection) -> SelectionDetailOut:
    oversees = actor.has(*OVERSEERS)
    marks = queries.marks_of(row) if oversees else []
    plain = ("rules_zh", "rules_en", "tie_rule", "review_until", "publicity_days", "reason")
    return SelectionDetailOut(
        **selection_out(row).dict(),
        **{name: getattr(row, name) for name in plain},
        criteria=[SelectionCriterionOut(**c) for c in row.criteria],
        entries=queries.counts_of(actor, [row]).get(row.pk, 0),
        marks=len(marks) if oversees else None,
        marks_given=sum(m.marked_at is not None for m in marks) if oversees else None,
        met_on=row.met_on if oversees else None,
        minutes=row.minutes if oversees else "",
        steps=list(rules.SELECTION.open_to(row.state, actor.roles)),
    )


@router.get(
    "/selections/{uuid:selection_id}/seats",
    response=list[SeatOut],
    summary="The panel of a selection",
)
@roles(*OVERSEERS)
def list_seats(request: HttpRequest, selection_id: UUID) -> list[SeatOut]:
    row = queries.get_selection_by_public_id(actor_of(request), selection_id)
    marks, lenient = queries.marks_of(row), row.ranking.get("leniency", {})
    return [
        SeatOut(
            person=seat.person_id,
            name=str(seat.person),
            county=seat.county,
            dealt=sum(m.seat_id == seat.pk for m in marks),
            judged=sum(m.seat_id == seat.pk and m.marked_at is not None for m in marks),
            leniency=lenient.get(str(seat.pk)),
        )
        for seat in queries.seats_of(row)
    ]


@router.get(
    "/selections/{uuid:selection_id}/ranking",
    response=SelectionRankingOut,
    summary="The frozen ranking with agreement and firmness of the line",
)
@roles(*OVERSEERS)
def get_ranking(request: HttpRequest, selection_id: UUID) -> SelectionRankingOut:
    """Not found until every mark is in and the ranking is frozen."""
    actor = actor_of(request)
    row = queries.get_selection_by_public_id(actor, selection_id)
    if not row.ranking:
        raise NotFound("not_found")
    names = set(SelectionRankingOut.model_fields) - {"items"}
    return SelectionRankingOut(
        **{name: row.ranking[name] for name in names}, items=_ranked(actor, row)
    )


def _ranked(actor: Actor, row: Selection) -> list[SelectionPlaceOut]:
    """The places whose entries the asker may see: a panelist reads blind until the list is out."""
    entries = {e.pk: e for e in queries.entries_of(actor, row)}
    places = dict.fromkeys(row.ranking["on_the_line"], "line")
    places |= dict.fromkeys(row.ranking["inside"], "inside")
    return [
        SelectionPlaceOut(
            **{k: v for k, v in found.items() if k != "entry"},
            entry=entry.public_id,
            number=entry.number,
            title=entry.title,
            place=places.get(entry.pk, "outside"),
            is_chosen=entry.is_chosen,
            deviation=entry.deviation,
        )
        for found in row.ranking["rows"]
        if (entry := entries.get(found["entry"])) is not None
    ]


Step = Callable[[Actor, Selection, SelectionStepIn, datetime], object]


def _seat(actor: Actor, row: Selection, body: SelectionStepIn, now: datetime) -> object:
    if body.person is None:
        raise Invalid("input.invalid", {"person": "input.required"})
    return operations.seat(actor, row.pk, body.person, county=body.county, now=now)


def _choose(actor: Actor, row: Selection, body: SelectionStepIn, now: datetime) -> object:
    if body.met_on is None:
        raise Invalid("input.invalid", {"met_on": "input.required"})
    ids = {e.public_id: e.pk for e in queries.entries_of(actor, row)}
    why = {d.entry: d.reason for d in body.deviations}
    if not {*body.entries, *why} <= set(ids):
        raise Invalid("input.invalid", {"entries": "input.choice"})
    return operations.choose(
        actor,
        row.pk,
        [ids[found] for found in body.entries],
        met_on=body.met_on,
        minutes=body.minutes,
        deviations={ids[found]: reason for found, reason in why.items()},
        now=now,
    )


STEPS: Mapping[str, Step] = {
    "announce": lambda a, row, _b, now: operations.announce(a, row.pk, now=now),
    "close": lambda a, row, _b, now: operations.close_entries(a, row.pk, now=now),
    "seat": _seat,
    "deal": lambda a, row, _b, now: operations.deal(a, row.pk, now=now),
    "third": lambda a, row, _b, now: operations.deal_again(a, row.pk, now=now),
    "rank": lambda a, row, _b, now: operations.rank(a, row.pk, now=now),
    "choose": _choose,
    "publicise": lambda a, row, _b, now: operations.publicise(a, row.pk, now=now),
    "conclude": lambda a, row, _b, now: operations.conclude(a, row.pk, now=now),
    "cancel": lambda a, row, b, now: operations.cancel(a, row.pk, reason=b.reason, now=now),
}


@router.post(
    "/selections/{uuid:selection_id}/steps",
    response=SelectionDetailOut,
    summary="Take a step with a selection",
)
@roles(*MOVERS)
@idempotent
def take_selection_step(
    request: HttpRequest, selection_id: UUID, body: SelectionStepIn
) -> tuple[int, SelectionDetailOut]:
    actor, now = actor_of(request), timezone.now()
    step = STEPS.get(body.step)
    if step is None:
        raise NotFound("not_found")
    with tenancy.acting(actor):
        row = queries.get_selection_by_public_id(actor, selection_id)
        step(actor, row, body, now)
        return 200, _detail(actor, queries.get_selection(actor, row.pk))


@router.get(
    "/selections/{uuid:selection_id}/candidates",
    response=list[ReaderOut],
    summary="Who may sit on the panel",
)
@roles(*sorted(rules.ORGANISERS))
def list_candidates(request: HttpRequest, selection_id: UUID) -> list[ReaderOut]:
    actor = actor_of(request)
    row = queries.get_selection_by_public_id(actor, selection_id)
    return [ReaderOut(id=p.pk, name=str(p)) for p in queries.may_sit(actor, row)]
