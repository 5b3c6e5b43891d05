"""What goes over the wire: calls, rounds, tasks, timelines, rates."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from qiying.slices.calls.api._watch import (
    ExtensionOut,
    MeetingOut,
    MilestoneOut,
    SupervisionOut,
)
from qiying.slices.calls.rules import MAX_TEXT, MAX_TITLE


class CallIn(Schema):
    """A call. Longitude and latitude in WGS 84 / CGCS2000.

    ``enterprise`` is the firm's id; it may be left out by a person who acts for one firm only.
    ``attachments`` are ids that uploading gave. ``follows`` is the id of the firm's earlier call,
    closed for more than 30 days or on file, that this one goes on from.
    """

    title: str = Field("", max_length=MAX_TITLE)
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    enterprise: UUID | None = None
    matter: str = Field("", max_length=20)
    urgency: str = "normal"
    channel: str = "api"
    nature: str = ""
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    accuracy_m: float | None = Field(None, ge=0)
    object_kind: str = "enterprise_premises"
    address: str = Field("", max_length=200)
    attachments: list[int] = []
    complained_unit: str = Field("", max_length=40)
    contact_name: str = Field("", max_length=64)
    contact_phone: str = Field("", max_length=40)
    follows: UUID | None = None


class ReceiptOut(Schema):
    """What whoever raised a call is told at once."""

    id: UUID
    number: str
    state: str
    received_at: datetime
    due_at: datetime
    is_provisional: bool
    proposed_unit: str | None
    version: int


class FirmOut(Schema):
    id: UUID
    name: str
    credit_code: str


class CallOut(Schema):
    """A call in a list; ``title`` names the matter when a key reads somebody else's call."""

    id: UUID
    number: str
    title: str
    state: str
    state_label: str
    light: str
    urgency: str
    channel: str
    nature: str
    matter: str
    marks: list[str]
    enterprise: FirmOut | None
    lead_unit: str | None
    proposed_unit: str | None
    needs_confirmation: bool
    round: int
    received_at: datetime
    due_at: datetime
    clock: str
    is_provisional: bool
    step_clock: str
    step_due_at: datetime | None
    closed_at: datetime | None
    closure_type: str
    is_confirmed: bool
    version: int
    updated_at: datetime


class CallsOut(Schema):
    """A page of calls; the cursors are "" at the ends."""

    items: list[CallOut]
    next: str
    previous: str


class FileOut(Schema):
    id: UUID
    name: str
    url: str
    content_type: str
    size: int


class ReportOut(Schema):
    """What a co-handler said of its part."""

    at: datetime
    text: str


class TaskOut(Schema):
    """A unit's part: what it is to do, until when, and its share of the responsibility.

    ``weight`` is what the desk gave it in per cent, None for an equal share; ``share`` what that
    makes, the lead's with it 100 in each round. ``set_due_at`` is the time that the desk named,
    ``due_at`` what it is now. Task, shares and reports are told to the house only.
    """

    id: int
    unit: str
    is_lead: bool
    state: str
    weight: int | None
    share: int | None
    duty: str
    person: str
    due_at: datetime
    set_due_at: datetime | None
    signed_at: datetime | None
    done_at: datetime | None
    reports: list[ReportOut]


class RoundOut(Schema):
    """One cycle; ``due_at`` is its first due time, ``promised_at`` with the extensions granted."""

    number: int
    state: str
    lead_unit: str | None
    started_at: datetime
    due_at: datetime
    promised_at: datetime
    is_provisional: bool
    contacted_at: datetime | None
    answered_at: datetime | None
    answer: str
    result: str
    resolved: str
    rating: int | None
    closed_at: datetime | None
    is_on_time: bool | None
    evidence: str
    tasks: list[TaskOut]


class PauseOut(Schema):
    id: int
    state: str
    reason: str
    from_at: datetime
    to_at: datetime | None
    expected_to_at: datetime | None


class ReasonOut(Schema):
    code: str
    title: str
    sentence: str
    source: str
    article: str
    grade: str


class StepOut(Schema):
    """A step that the asker can take; ``blocked`` names the guard that still stands in the way."""

    step: str
    label: str
    entity: str
    entity_id: int
    needed: list[str]
    optional: list[str]
    blocked: str


class DetailOut(CallOut):
    """A call with all that its reader may know.

    A key that reads somebody else's public call gets the summary; the rest stays empty.
    """

    text: str
    longitude: float | None
    latitude: float | None
    accuracy_m: float | None
    position_source: str
    address: str
    contact_name: str
    contact_phone: str
    follows: UUID | None
    """The earlier call that could not be opened again any more, where the reader sees it."""
    rounds: list[RoundOut]
    pauses: list[PauseOut]
    extensions: list[ExtensionOut]
    milestones: list[MilestoneOut]
    supervision: list[SupervisionOut]
    meetings: list[MeetingOut]
    files: list[FileOut]
    reasons: list[ReasonOut]
    steps: list[StepOut]


class LineOut(Schema):
    at: datetime
    topic: str
    title: str
    who: str
    text: str
    round: int
    is_internal: bool
    files: list[FileOut]


class UploadOut(Schema):
    """``id`` goes into ``attachments``; the file belongs to nothing until then."""

    id: int
    name: str
    content_type: str
    size: int


class FigureOut(Schema):
    """A share with what it was counted from and its Wilson 95 % interval.

    ``digest`` is the SHA-256 of rules, period, whose rounds, and the members.
    """

    numerator: float
    denominator: int
    share: float | None
    low: float
    high: float
    is_ranked: bool
    digest: str
    query: dict[str, str]


class BoardRowOut(Schema):
    key: str
    label: str
    figures: dict[str, FigureOut]


class AgeOut(Schema):
    key: str
    count: int
    query: dict[str, str]


class BoardOut(Schema):
    """Rates of the rounds due from ``start`` until before ``end``."""

    start: date
    end: date
    total: BoardRowOut
    by_unit: list[BoardRowOut]
    by_matter: list[BoardRowOut]
    by_place: list[BoardRowOut]
    ages: list[AgeOut]


class RoundRowOut(Schema):
    """A round behind a number."""

    call: UUID
    call_number: str
    number: int
    state: str
    lead_unit: str | None
    due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    is_on_time: bool | None
    resolved: str
    rating: int | None


class RoundsOut(Schema):
    """A page of a list; the first has ``digest``, the hash that the list's figure has.

    It is empty for a part of a list that is no figure: by cause, by what the firm said, or narrowed
    twice.
    """

    items: list[RoundRowOut]
    next: str
    previous: str
    digest: str


class CallQuery(Schema):
    """The filter bar; unknown values leave everything in."""

    tab: str = ""
    state: str = ""
    light: str = ""
    unit: str = ""
    matter: str = ""
    place: str = ""
    channel: str = ""
    urgency: str = ""
    nature: str = ""
    enterprise: str = ""
    q: str = Field("", max_length=100)
    mine: str = ""
    due: str = ""
    age: str = ""
    proactive: str = ""
    order: str = ""
    """``due`` for the nearest deadline first, else the newest first."""
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


class RoundQuery(Schema):
    """What is listed behind a number, as ``query`` of a figure says it."""

    start: date | None = None
    end: date | None = None
    measure: str = "due"
    missed: bool = False
    unit: str = ""
    matter: str = ""
    place: str = ""
    cause: str = Field("", max_length=20)
    said: str = Field("", max_length=20)
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


Plain = dict[str, Any]
