"""Extensions, ladder, joint meetings, milestones and refusals over the wire."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call, Extension, JointMeeting, Milestone, Supervision
from qiying.slices.calls.queries import Dossier, watch
from qiying.slices.calls.rules import ExtensionState, Level


class LadderQuery(Schema):
    """``tab``: a level's code, ``late``, ``removing``, ``over``, or nothing for all standing."""

    tab: str = Field("", max_length=10)
    cursor: str = Field("", max_length=400)
    size: int = Field(25, ge=1, le=100)


class MeetingQuery(Schema):
    """``tab``: ``over``, or nothing for those that are owed or convened."""

    tab: str = Field("", max_length=10)
    cursor: str = Field("", max_length=400)
    size: int = Field(25, ge=1, le=100)


class DeclinedQuery(Schema):
    """Received from ``start`` until before ``end``, by reason and by unit told (``-`` for none)."""

    start: date | None = None
    end: date | None = None
    code: str = Field("", max_length=20)
    told: str = Field("", max_length=20)
    unit: str = Field("", max_length=20)
    cursor: str = Field("", max_length=400)
    size: int = Field(25, ge=1, le=100)


class ExtensionOut(Schema):
    """A row of the extension ledger; the round keeps its first due time."""

    state: str
    reason: str
    due_before: datetime
    due_at: datetime
    is_in_time: bool
    decided_at: datetime | None


class MilestoneOut(Schema):
    due_on: date
    state: str
    reported_at: datetime | None
    is_late: bool | None


class SupervisionOut(Schema):
    """A rung of the ladder; ``skipped`` names the rungs that were passed over, ``chases`` counts
    the notices that the unit got while it stood."""

    level: str
    state: str
    trigger: str
    skipped: list[str]
    unit: str | None
    officer: str
    opened_at: datetime
    limit_at: datetime
    note_due_at: datetime
    chases: int
    chased_at: datetime | None
    talked_on: date | None
    promised_on: date | None
    ended_at: datetime | None


class MeetingOut(Schema):
    state: str
    opened_at: datetime
    meets_on: date | None
    units: list[str]
    decided_at: datetime | None
    decision: str
    task_unit: str | None
    task_due_on: date | None


class RungRowOut(SupervisionOut):
    call: UUID
    call_number: str


class MeetingRowOut(MeetingOut):
    call: UUID
    call_number: str


class DeclinedRowOut(Schema):
    call: UUID
    call_number: str
    received_at: datetime
    code: str
    reason: str
    told_path: str
    told_unit: str | None
    decided_by: str


class LadderOut(Schema):
    items: list[RungRowOut]
    next: str
    previous: str


class MeetingsOut(Schema):
    items: list[MeetingRowOut]
    next: str
    previous: str


class DeclinedOut(Schema):
    items: list[DeclinedRowOut]
    next: str
    previous: str


Codes = dict[int, str]


def extensions(found: Dossier, *, is_out: bool) -> list[ExtensionOut]:
    """The ledger; from outside what was granted."""
    rows = found.extensions
    return [_extension(e) for e in rows if not is_out or e.state == ExtensionState.GRANTED]


def _extension(row: Extension) -> ExtensionOut:
    return ExtensionOut(
        state=row.state,
        reason=row.reason_code,
        due_before=row.due_before_at,
        due_at=row.due_at,
        is_in_time=row.is_in_time,
        decided_at=row.decided_at,
    )


def milestones(found: Dossier) -> list[MilestoneOut]:
    return [_milestone(m) for m in found.milestones]


def _milestone(row: Milestone) -> MilestoneOut:
    return MilestoneOut(
        due_on=row.due_on, state=row.state, reported_at=row.reported_at, is_late=row.is_late
    )


def rungs(found: Dossier, codes: Codes, *, is_out: bool) -> list[SupervisionOut]:
    """The rungs of a call, for the house only."""
    if is_out:
        return []
    return [
        SupervisionOut(**_rung(row, codes, found.person(row.officer_id)))
        for row in found.supervisions
    ]


def _rung(row: Supervision, codes: Codes, officer: str) -> dict[str, Any]:
    below = range(row.level - row.skipped, row.level)
    return {
        "level": Level(row.level).code,
        "state": row.state,
        "trigger": row.trigger,
        "skipped": [Level(n).code for n in below],
        "unit": codes.get(row.unit_id or 0),
        "officer": officer,
        "opened_at": row.opened_at,
        "limit_at": row.limit_at,
        "note_due_at": row.note_due_at,
        "chases": row.chases,
        "chased_at": row.chased_at,
        "talked_on": row.talked_on,
        "promised_on": row.promised_on,
        "ended_at": row.ended_at,
    }


def meetings(actor: Actor, found: Dossier, codes: Codes, *, is_out: bool) -> list[MeetingOut]:
    """The joint meetings of a call, for the house only."""
    if is_out or not found.meetings:
        return []
    coming = watch.units_of_meetings(actor, [m.pk for m in found.meetings])
    return [
        MeetingOut(**_meeting(m, coming.get(m.pk, ()), codes, found.words(m.decision_id)))
        for m in found.meetings
    ]


def _meeting(
    row: JointMeeting, units: Sequence[int], codes: Codes, decision: str
) -> dict[str, Any]:
    return {
        "state": row.state,
        "opened_at": row.opened_at,
        "meets_on": row.meets_on,
        "units": [codes[u] for u in units if u in codes],
        "decided_at": row.decided_at,
        "decision": decision,
        "task_unit": codes.get(row.task_unit_id or 0),
        "task_due_on": row.task_due_on,
    }


def rung_rows(rows: Sequence[Supervision], codes: Codes) -> list[RungRowOut]:
    return [
        RungRowOut(
            call=r.call.public_id,
            call_number=r.call.number,
            **_rung(r, codes, str(r.officer or "")),
        )
        for r in rows
    ]


def meeting_rows(actor: Actor, rows: Sequence[JointMeeting], codes: Codes) -> list[MeetingRowOut]:
    coming = watch.units_of_meetings(actor, [m.pk for m in rows])
    return [
        MeetingRowOut(
            call=m.call.public_id,
            call_number=m.call.number,
            **_meeting(m, coming.get(m.pk, ()), codes, m.decision.text if m.decision else ""),
        )
        for m in rows
    ]


def declined_rows(actor: Actor, calls: Sequence[Call], codes: Codes) -> list[DeclinedRowOut]:
    why = watch.refusals_of(actor, [c.pk for c in calls])
    found = []
    for call in calls:
        said = why.get(call.pk)
        found.append(
            DeclinedRowOut(
                call=call.public_id,
                call_number=call.number,
                received_at=call.received_at,
                code=call.decline_code,
                reason=said.reason if said else "",
                told_path=said.told_path if said else "",
                told_unit=codes.get(call.told_unit_id or 0),
                decided_by=said.decided_by if said else "",
            )
        )
    return found
