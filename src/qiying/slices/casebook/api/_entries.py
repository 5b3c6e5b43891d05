"""Entries of a selection: handing in, checking, reading under blind numbers, objections."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from qiying.kernel import paging, tenancy
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.api._fields import (
    CaseTextIn,
    CaseTextOut,
    County,
    Name,
    Points,
    RecognisedOut,
    Strict,
    Text,
    Words,
    recognised,
)
from qiying.slices.casebook.models import Entry, EntryMark, Objection
from qiying.slices.registry import public as registry

router = Router(tags=["casebook"])
READERS = (*sorted(STAFF), Role.ENTERPRISE)
ENTRANTS = tuple(sorted(rules.ENTRANTS))
PANELISTS = tuple(sorted(rules.REVIEWERS))
OVERSEERS = (*sorted(rules.ORGANISERS | rules.CHOOSERS), Role.AUDITOR)
EARLY = (rules.SelectionState.OPEN, rules.SelectionState.CHECKING)


class EntryOut(Schema):
    """An entry as a list shows it; ``unit`` is a code of the zone's units or nothing."""

    id: UUID
    selection: str
    number: str
    state: str
    level: str
    county: str
    entrant: str
    unit: str
    title: str
    submitted_at: datetime
    is_chosen: bool


class EntryPage(Schema):
    items: list[EntryOut]
    next: str
    previous: str


class EntryQuery(Schema):
    cursor: str = Field("", max_length=400)
    size: int = Field(25, ge=1, le=paging.MAX_PAGE)


class EntryDetailOut(EntryOut):
    """The text; for entrant and organisers also what is missing and what would tell whose it is."""

    text: CaseTextOut
    evidence: str
    remark: str
    findings: list[RecognisedOut]
    steps: list[str]


class EntryIn(Strict):
    """A case that is handed in: 县（市、区）、园区或基层单位; ``unit`` is a code."""

    level: rules.Level
    county: County = Field(min_length=1)
    entrant: Name = Field(min_length=1)
    unit: str = Field("", max_length=40)
    text: CaseTextIn
    evidence: Text = ""


class EntryStepIn(Strict):
    """``give_back`` takes ``remark``, ``resubmit`` takes ``text`` and ``evidence``; ``complete`` and
    ``withdraw`` take nothing."""

    step: str = Field(max_length=12)
    remark: Words = ""
    text: CaseTextIn | None = None
    evidence: Text = ""


class ReadingOut(Schema):
    """An entry under its blind number, as it was dealt to the asker, with the marks given."""

    entry: UUID
    blind: int | None
    title: str
    marked_at: datetime | None
    total: Decimal | None


class ReadingDetailOut(ReadingOut):
    text: CaseTextOut
    evidence: str
    criteria: list[str]
    points: dict[str, int]
    comment: str


class MarkIn(Strict):
    """Whole points of 0 to 10 for each criterion, and a remark that says why."""

    points: Points
    comment: Words = Field(min_length=1)


class InterestIn(Strict):
    reason: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")


class InterestOut(Schema):
    entry: UUID
    declared_at: datetime


class ObjectionIn(Strict):
    text: Words = Field(min_length=1)


class SettlementIn(Strict):
    """Whether the objection is upheld, and what the review found."""

    is_upheld: bool
    finding: Words = Field(min_length=1)


class ObjectionOut(Schema):
    id: UUID
    entry: str
    state: str
    text: str
    raised_at: datetime
    settled_at: datetime | None
    finding: str


def _plain(entry: Entry, selection: str) -> dict[str, Any]:
    names = ("number", "state", "level", "county", "entrant", "title", "submitted_at")
    return {
        **{name: getattr(entry, name) for name in names},
        "id": entry.public_id,
        "selection": selection,
        "unit": entry.unit.code if entry.unit else "",
        "is_chosen": entry.is_chosen,
    }


def _detail(actor: Actor, entry: Entry) -> EntryDetailOut:
    is_own = actor.person_id is not None and entry.submitted_by_id == actor.person_id
    works = is_own or actor.has(*OVERSEERS)
    is_early = entry.selection.state in EARLY
    found = operations.entry_findings(actor, entry) if works and is_early else ()
    return EntryDetailOut(
        **_plain(entry, entry.selection.number),
        text=CaseTextOut(**queries.texts_of(entry)),
        evidence=entry.evidence,
        remark=entry.remark if works else "",
        findings=[recognised(f) for f in found],
        steps=_steps_open(actor, entry, is_own=is_own) if works and is_early else [],
    )


def _steps_open(actor: Actor, entry: Entry, *, is_own: bool) -> list[str]:
    """Its entrant completes or withdraws it, another checks it."""
    mine = ("resubmit", "withdraw") if is_own else ("complete", "give_back")
    return [s for s in rules.ENTRY.open_to(entry.state, actor.roles) if s in mine]


@router.get(
    "/selections/{uuid:selection_id}/entries", response=EntryPage, summary="Entries of a selection"
)
@roles(*READERS)
def list_entries(request: HttpRequest, selection_id: UUID, query: Query[EntryQuery]) -> EntryPage:
    """The asker's own, all to organisers, the publicised ones to everybody."""
    actor = actor_of(request)
    row = queries.get_selection_by_public_id(actor, selection_id)
    page = paging.paginate(
        queries.entries_of(actor, row), order=("id",), cursor=query.cursor, size=query.size
    )
    items = [EntryOut(**_plain(entry, row.number)) for entry in page]
    return EntryPage(items=items, next=page.next, previous=page.previous)


@router.post(
    "/selections/{uuid:selection_id}/entries",
    response={201: EntryDetailOut},
    summary="Hand a case in",
)
@roles(*ENTRANTS)
@idempotent
def enter(request: HttpRequest, selection_id: UUID, body: EntryIn) -> tuple[int, EntryDetailOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        row = queries.get_selection_by_public_id(actor, selection_id)
        entry = operations.enter(
            actor,
            row.pk,
            level=body.level,
            county=body.county,
            entrant=body.entrant,
            unit_id=registry.unit_by_code(actor, body.unit).id if body.unit else None,
            texts=body.text.given(),
            evidence=body.evidence,
            now=timezone.now(),
        )
        return 201, _detail(actor, queries.get_entry(actor, entry.pk))


@router.get("/entries/{uuid:entry_id}", response=EntryDetailOut, summary="One entry")
@roles(*READERS)
def get_entry(request: HttpRequest, entry_id: UUID) -> EntryDetailOut:
    actor = actor_of(request)
    return _detail(actor, queries.get_entry_by_public_id(actor, entry_id))


@router.post(
    "/entries/{uuid:entry_id}/steps", response=EntryDetailOut, summary="Take a step with an entry"
)
@roles(*ENTRANTS)
@idempotent
def take_entry_step(
    request: HttpRequest, entry_id: UUID, body: EntryStepIn
) -> tuple[int, EntryDetailOut]:
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        pk = queries.get_entry_by_public_id(actor, entry_id).pk
        if body.step == "complete":
            operations.pass_check(actor, pk, now=now)
        elif body.step == "give_back":
            operations.give_back(actor, pk, remark=body.remark, now=now)
        elif body.step == "withdraw":
            operations.withdraw_entry(actor, pk, now=now)
        elif body.step == "resubmit":
            texts = body.text.given() if body.text else {}
            operations.resubmit(actor, pk, texts=texts, evidence=body.evidence, now=now)
        else:
            raise NotFound("not_found")
        return 200, _detail(actor, queries.get_entry(actor, pk))


# --- reading blind ---


@router.get(
    "/selections/{uuid:selection_id}/readings",
    response=list[ReadingOut],
    summary="What was dealt to the asker to read",
)
@roles(*PANELISTS)
def list_readings(request: HttpRequest, selection_id: UUID) -> list[ReadingOut]:
    actor = actor_of(request)
    row = queries.get_selection_by_public_id(actor, selection_id)
    return [ReadingOut(**_read(mark)) for mark in queries.readings_of(actor, row)]


def _read(mark: EntryMark) -> dict[str, Any]:
    """Nothing in it says whose entry it is."""
    return {
        "entry": mark.entry.public_id,
        "blind": mark.entry.blind,
        "title": mark.entry.title,
        "marked_at": mark.marked_at,
        "total": mark.total,
    }


@router.get(
    "/readings/{uuid:entry_id}", response=ReadingDetailOut, summary="One entry, to be read blind"
)
@roles(*PANELISTS)
def get_reading(request: HttpRequest, entry_id: UUID) -> ReadingDetailOut:
    return _reading(queries.get_reading(actor_of(request), entry_id))


def _reading(mark: EntryMark) -> ReadingDetailOut:
    return ReadingDetailOut(
        **_read(mark),
        text=CaseTextOut(**queries.texts_of(mark.entry)),
        evidence=mark.entry.evidence,
        criteria=[c["code"] for c in mark.entry.selection.criteria],
        points=mark.points,
        comment=mark.comment,
    )


@router.post(
    "/readings/{uuid:entry_id}/marks", response={201: ReadingDetailOut}, summary="Judge an entry"
)
@roles(*PANELISTS)
@idempotent
def mark_entry(request: HttpRequest, entry_id: UUID, body: MarkIn) -> tuple[int, ReadingDetailOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        operations.mark(
            actor, entry_id, points=body.points, comment=body.comment, now=timezone.now()
        )
        return 201, _reading(queries.get_reading(actor, entry_id))


@router.post(
    "/readings/{uuid:entry_id}/interests",
    response={201: InterestOut},
    summary="Stand back from an entry",
)
@roles(*PANELISTS)
@idempotent
def recuse(request: HttpRequest, entry_id: UUID, body: InterestIn) -> tuple[int, InterestOut]:
    """回避: the reading goes to somebody else."""
    actor = actor_of(request)
    with tenancy.acting(actor):
        reading = queries.get_reading(actor, entry_id)
        row = operations.declare_interest(
            actor, reading.entry_id, reason=body.reason, now=timezone.now()
        )
    return 201, InterestOut(entry=entry_id, declared_at=row.declared_at)


# --- objections ---


@router.get(
    "/selections/{uuid:selection_id}/objections",
    response=list[ObjectionOut],
    summary="Objections to a publicised list",
)
@roles(*READERS)
def list_objections(request: HttpRequest, selection_id: UUID) -> list[ObjectionOut]:
    """All of them to those who settle them; to others their own."""
    actor = actor_of(request)
    row = queries.get_selection_by_public_id(actor, selection_id)
    return [_objection(found, found.entry.number) for found in queries.objections_of(actor, row)]


def _objection(row: Objection, entry: str) -> ObjectionOut:
    names = ("state", "text", "raised_at", "settled_at", "finding")
    plain = {name: getattr(row, name) for name in names}
    return ObjectionOut(id=row.public_id, entry=entry, **plain)


@router.post(
    "/entries/{uuid:entry_id}/objections",
    response={201: ObjectionOut},
    summary="Object to an entry of the publicised list",
)
@roles(*READERS)
@idempotent
def raise_objection(
    request: HttpRequest, entry_id: UUID, body: ObjectionIn
) -> tuple[int, ObjectionOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        row = operations.raise_objection(actor, entry_id, text=body.text, now=timezone.now())
        return 201, _objection(row, queries.get_entry(actor, row.entry_id).number)


@router.post(
    "/objections/{uuid:objection_id}/settlement",
    response=ObjectionOut,
    summary="Settle an objection with a finding",
)
@roles(*sorted(rules.CHOOSERS))
@idempotent
def settle_objection(
    request: HttpRequest, objection_id: UUID, body: SettlementIn
) -> tuple[int, ObjectionOut]:
    """One that is upheld takes the entry off the list; nobody moves up by itself."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        row = operations.settle(
            actor, objection_id, is_upheld=body.is_upheld, finding=body.finding, now=now
        )
        return 200, _objection(row, queries.get_entry(actor, row.entry_id).number)
