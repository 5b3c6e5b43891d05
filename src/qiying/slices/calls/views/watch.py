"""Extensions, plan, ladder and joint meetings of one call, as its page shows them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext

from qiying.kernel.access import Actor
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import (
    EXTENSION_LABELS,
    EXTENSION_STATE_LABELS,
    LEVEL_LABELS,
    MEETING_STATE_LABELS,
    MILESTONE_STATE_LABELS,
    SUPERVISION_STATE_LABELS,
    TRIGGER_LABELS,
    Extension,
    JointMeeting,
    Milestone,
    Round,
    Supervision,
)
from qiying.slices.calls.queries import Dossier
from qiying.slices.calls.queries.watch import units_of_meetings
from qiying.slices.calls.rules import (
    STANDING,
    ExtensionState,
    Level,
    MeetingState,
    MilestoneState,
    SupervisionState,
)
from qiying.slices.calls.views.ladder import LEVEL_TONES, MEETING_TONES, passed_over

Word = Promise | str


@dataclass(frozen=True, slots=True)
class ExtensionLine:
    extension: Extension
    reason: Word
    state: Word
    is_granted: bool
    proposer: str
    approver: str
    words: str
    reply: str


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    milestone: Milestone
    label: Word
    is_overdue: bool
    is_reported_late: bool
    plan: str
    report: str
    reporter: str

    @property
    def is_late(self) -> bool:
        return self.is_overdue


@dataclass(frozen=True, slots=True)
class RungLine:
    row: Supervision
    level: Word
    tone: str
    state: Word
    trigger: Word
    skipped: str
    officer: str
    by: str
    ended_by: str
    reason: str
    talk: str
    talked_by: str
    removal: str
    is_standing: bool
    is_removing: bool
    is_late: bool
    is_note_late: bool


@dataclass(frozen=True, slots=True)
class MeetingOfCall:
    row: JointMeeting
    round: int
    tone: str
    label: Word
    units: str
    agenda: str
    decision: str
    decided_by: str
    task_unit: str


def extensions_of(found: Dossier, round_: Round) -> list[ExtensionLine]:
    """The extension ledger of a round."""
    return [
        ExtensionLine(
            e,
            EXTENSION_LABELS[e.reason_code],
            EXTENSION_STATE_LABELS[e.state],
            e.state == ExtensionState.GRANTED,
            found.person(e.proposer_id),
            found.person(e.approver_id),
            found.words(e.evidence_id),
            found.words(e.reply_id),
        )
        for e in found.extensions
        if e.round_id == round_.pk
    ]


def milestones_of(found: Dossier, round_: Round, *, now: datetime) -> list[MilestoneLine]:
    """The plan of a round by days; an open day that is over is red."""
    today = queries.local_day(now)
    lines = []
    for m in found.milestones:
        if m.round_id != round_.pk:
            continue
        is_overdue = m.state == MilestoneState.OPEN and m.due_on < today
        lines.append(
            MilestoneLine(
                m,
                gettext("no report yet") if is_overdue else MILESTONE_STATE_LABELS[m.state],
                is_overdue,
                bool(m.is_late),
                found.words(m.plan_id),
                found.words(m.report_id),
                found.person(m.reported_by_id),
            )
        )
    return lines


def rungs_of(found: Dossier, *, now: datetime) -> list[RungLine]:
    """The rungs of a call, the latest first."""
    return [_rung(found, row, now) for row in reversed(found.supervisions)]


def _rung(found: Dossier, row: Supervision, now: datetime) -> RungLine:
    is_standing = row.state in STANDING
    return RungLine(
        row,
        LEVEL_LABELS[row.level],
        LEVEL_TONES[Level(row.level)],
        SUPERVISION_STATE_LABELS[row.state],
        TRIGGER_LABELS[row.trigger],
        passed_over(row),
        found.person(row.officer_id),
        found.person(row.opened_by_id),
        found.person(row.ended_by_id),
        found.words(row.reason_id),
        found.words(row.talk_id),
        found.person(row.talked_by_id),
        found.words(row.removal_id),
        is_standing,
        row.state == SupervisionState.REMOVING,
        is_standing and row.limit_at < now,
        is_standing and row.note_due_at < now,
    )


def meetings_of(actor: Actor, found: Dossier) -> list[MeetingOfCall]:
    """The joint meetings of a call; before the third round there is nothing to ask for."""
    if found.call.current_round < rules.MEETING_FROM_ROUND:
        return []
    numbers = {r.pk: r.number for r in found.rounds}
    coming = units_of_meetings(actor, [m.pk for m in found.meetings])
    return [
        MeetingOfCall(
            m,
            numbers[m.round_id],
            MEETING_TONES[MeetingState(m.state)],
            MEETING_STATE_LABELS[m.state],
            "、".join(found.unit(u) for u in coming.get(m.pk, ())),
            found.words(m.agenda_id),
            found.words(m.decision_id),
            found.person(m.decided_by_id),
            found.unit(m.task_unit_id),
        )
        for m in reversed(found.meetings)
    ]
