"""What the guards ask about more time, supervision, meetings and milestones, each fetched once."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from qiying.kernel.access import Actor
from qiying.kernel.models import Attachment
from qiying.slices.calls import rules
from qiying.slices.calls.models import (
    Call,
    Contact,
    Extension,
    JointMeeting,
    Milestone,
    Note,
    Pause,
    Round,
    Supervision,
    Task,
)
from qiying.slices.calls.queries._terms import terms
from qiying.slices.calls.rules import (
    MEETING_FROM_ROUND,
    NOT_EXCLUDED,
    STANDING,
    ExtensionState,
    MilestoneState,
    NoteKind,
    PauseState,
    TaskState,
    TermClock,
)
from qiying.slices.registry import public as registry


class WatchFacts:
    """The part of ``Case`` that looks beyond the loop; rows are of the current round."""

    actor: Actor
    call: Call
    now: datetime
    if TYPE_CHECKING:

        @cached_property
        def round(self) -> Round: ...
        @cached_property
        def tasks(self) -> list[Task]: ...
        @cached_property
        def pauses(self) -> list[Pause]: ...

    @cached_property
    def extensions(self) -> list[Extension]:
        """The extension ledger, oldest first."""
        rows = Extension.objects.filter(
            tenant_id=self.actor.tenant_id, call_id=self.call.pk, round_id=self.round.pk
        )
        return list(rows.order_by("id"))

    @cached_property
    def milestones(self) -> list[Milestone]:
        """The plan by days, without what was dropped."""
        rows = Milestone.objects.filter(
            tenant_id=self.actor.tenant_id, call_id=self.call.pk, round_id=self.round.pk
        )
        return list(rows.exclude(state=MilestoneState.DROPPED).order_by("due_on"))

    @cached_property
    def supervision(self) -> Supervision | None:
        """The standing rung."""
        if not self.call.supervision_level:
            return None
        rows = Supervision.objects.filter(
            tenant_id=self.actor.tenant_id, call_id=self.call.pk, state__in=sorted(STANDING)
        )
        return rows.first()

    @cached_property
    def meeting(self) -> JointMeeting | None:
        """The joint meeting of this round; before the third there is none."""
        if self.call.current_round < MEETING_FROM_ROUND:
            return None
        rows = JointMeeting.objects.filter(
            tenant_id=self.actor.tenant_id, call_id=self.call.pk, round_id=self.round.pk
        )
        return rows.first()

    @property
    def granted(self) -> list[Extension]:
        """The extensions that stretch the promise, in the order in which they were granted."""
        if "extensions" not in self.__dict__ and self.round.extended_due_at is None:
            return []
        rows = [e for e in self.extensions if e.state == ExtensionState.GRANTED]
        return sorted(rows, key=lambda e: e.ordinal or 0)

    @property
    def proposed_extension(self) -> Extension | None:
        return next((e for e in self.extensions if e.state == ExtensionState.PROPOSED), None)

    @property
    def next_milestone(self) -> Milestone | None:
        return next((m for m in self.milestones if m.state == MilestoneState.OPEN), None)

    # --- rules.Facts ---

    @property
    def promised_at(self) -> datetime:
        return self.round.promised_at

    @property
    def proposed_extensions(self) -> int:
        return int(self.proposed_extension is not None)

    @property
    def granted_extensions(self) -> int:
        return len(self.granted)

    @property
    def extension_proposer_id(self) -> int | None:
        row = self.proposed_extension
        return row.proposer_id if row else None

    @property
    def handler_ids(self) -> frozenset[int]:
        """Who has the lead's part in hand."""
        leads = [t for t in self.tasks if t.is_lead]
        ids = {t.person_id for t in leads} | {t.signed_by_id for t in leads}
        return frozenset(i for i in ids if i is not None)

    @property
    def lead_unit_id(self) -> int | None:
        return self.call.lead_unit_id

    @cached_property
    def evidence_kind(self) -> str:
        """What proves the answer of this round: a file, a contact, a report, a statement; or ""."""
        mine = {"tenant_id": self.actor.tenant_id, "call_id": self.call.pk}
        notes = Note.objects.filter(**mine, round_number=self.call.current_round)
        files = Attachment.objects.filter(
            tenant_id=self.actor.tenant_id, subject_type="calls.note", subject_id=OuterRef("pk")
        )
        proven = notes.filter(Exists(files), kind__in=[NoteKind.ANSWER, NoteKind.STAGE_REPORT])
        if proven.exists():
            return "file"
        if Contact.objects.filter(**mine, round_id=self.round.pk, is_reached=True).exists():
            return "contact"
        if any(t.report_id for t in self.tasks if t.state != TaskState.WITHDRAWN):
            return "report"
        return "statement" if notes.filter(kind=NoteKind.EVIDENCE).exists() else ""

    @property
    def has_evidence(self) -> bool:
        return self.evidence_kind != ""

    @property
    def supervision_level(self) -> int:
        return self.call.supervision_level

    @property
    def supervision_state(self) -> str:
        return self.supervision.state if self.supervision else ""

    @property
    def is_interviewed(self) -> bool:
        return self.supervision is not None and self.supervision.talked_on is not None

    @property
    def removal_proposer_id(self) -> int | None:
        return self.supervision.removal_by_id if self.supervision else None

    @property
    def supervised_unit_id(self) -> int | None:
        return self.supervision.unit_id if self.supervision else None

    @property
    def is_meeting_owed(self) -> bool:
        return self.call.current_round >= MEETING_FROM_ROUND

    @property
    def meeting_state(self) -> str:
        return self.meeting.state if self.meeting else ""

    @property
    def open_milestones(self) -> int:
        return sum(m.state == MilestoneState.OPEN for m in self.milestones)

    @property
    def paused_days(self) -> float:
        """Working days for which the clock of this round stood still, so far or as approved."""
        spans = [
            (p.from_at, p.to_at or p.expected_to_at or self.now)
            for p in self.pauses
            if p.state in {PauseState.RUNNING, PauseState.ENDED}
            and p.reason_code not in NOT_EXCLUDED
        ]
        return rules.paused_days(spans, registry.calendar(self.actor)) if spans else 0.0

    @property
    def is_paused_out(self) -> bool:
        return self.paused_days >= terms(self.actor, self.now).days(TermClock.PAUSE_CAP)

    @property
    def is_paused_to_the_cap(self) -> bool:
        """Three pauses that somebody approved, or as many days as may stand still in all."""
        approved = sum(
            p.state in {PauseState.RUNNING, PauseState.ENDED} and p.approver_id is not None
            for p in self.pauses
        )
        return approved >= rules.MAX_PAUSES or self.is_paused_out
