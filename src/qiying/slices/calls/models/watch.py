"""Over the clocks: extensions, rungs of supervision, joint meetings, milestones."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.calls.models import labels
from qiying.slices.calls.models.calls import Call
from qiying.slices.calls.models.labels import choices, codes
from qiying.slices.calls.models.parts import Part, _person
from qiying.slices.calls.models.querysets import PartRows
from qiying.slices.calls.rules import (
    EXTENSIONS_MOST,
    PURPLE_FROM,
    STANDING,
    ExtensionReason,
    ExtensionState,
    Level,
    MeetingState,
    MilestoneState,
    SupervisionState,
    Trigger,
)


def _note() -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        "calls.Note", models.PROTECT, null=True, related_name="+", db_index=False
    )


class Extension(Part):
    """A row of the extension ledger: more time for a round, asked for and decided by two people.

    The round keeps its first due time; what it is answered by follows from ``amount`` (in the
    unit of the round's rule), the calendar and the pauses.
    """

    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.EXTENSION_STATE_LABELS),
        default=ExtensionState.PROPOSED.value,
    )
    reason_code = models.CharField(
        _("reason"), max_length=20, choices=choices(labels.EXTENSION_LABELS)
    )
    amount = models.FloatField(_("more time"))
    until_on = models.DateField(_("new day asked for"))
    due_before_at = models.DateTimeField(_("due before"))
    due_at = models.DateTimeField(_("due with it"))
    is_in_time = models.BooleanField(_("asked in time"))
    """At least a working day before the moment it moves; else no rate is stretched by it."""
    ordinal = models.PositiveSmallIntegerField(null=True, blank=True)
    """The how manieth that was granted in its round."""
    evidence = _note()
    proposer = _person(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    approver = _person(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reply = _note()

    objects = PartRows["Extension"].as_manager()
    if TYPE_CHECKING:
        evidence_id: int | None
        proposer_id: int | None
        approver_id: int | None
        reply_id: int | None

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=codes(ExtensionState), reason_code__in=codes(ExtensionReason)
                ),
                name="extension_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, due_at__gt=F("due_before_at")),
                name="extension_forward",
            ),
            models.CheckConstraint(
                condition=Q(approver=None) | Q(proposer=None) | ~Q(approver=F("proposer")),
                name="extension_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ExtensionState.GRANTED.value,
                    approver__isnull=False,
                    decided_at__isnull=False,
                    ordinal__range=(1, EXTENSIONS_MOST),
                )
                | ~Q(state=ExtensionState.GRANTED.value) & Q(ordinal=None),
                name="extension_granted_whole",
            ),
            models.UniqueConstraint(
                fields=["tenant", "round"],
                condition=Q(state=ExtensionState.PROPOSED.value),
                name="extension_one_proposed",
            ),
            models.UniqueConstraint(
                fields=["tenant", "round", "ordinal"],
                condition=Q(ordinal__isnull=False),
                name="extension_ordinal_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "call", "id"], name="extension_call"),
            models.Index(
                fields=["tenant", "round"],
                condition=Q(state=ExtensionState.GRANTED.value),
                name="extension_granted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}:{self.reason_code}"


class Supervision(TenantModel):
    """A call on one rung of the ladder, with whoever is in charge, a limit and weekly notes."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField(_("rung"), choices=labels.level_choices())
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.SUPERVISION_STATE_LABELS),
        default=SupervisionState.OPEN.value,
    )
    trigger = models.CharField(_("why"), max_length=14, choices=choices(labels.TRIGGER_LABELS))
    skipped = models.PositiveSmallIntegerField(_("rungs passed over"), default=0)
    skip_reason = models.CharField(
        _("why rungs were passed over"),
        max_length=14,
        blank=True,
        choices=choices(labels.TRIGGER_LABELS),
    )
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    """The unit that is supervised: the lead at that moment."""
    officer = _person(_("in charge"))
    opened_at = models.DateTimeField(_("since"))
    opened_by = _person(_("ordered by"))
    """None when the platform did."""
    reason = _note()
    limit_at = models.DateTimeField(_("limit"))
    note_due_at = models.DateTimeField(_("next note due at"))
    noted_at = models.DateTimeField(_("last note at"), null=True, blank=True)
    note_missed_at = models.DateTimeField(null=True, blank=True)
    """Up to which due note it was said that none came."""
    chases = models.PositiveSmallIntegerField(_("times chased"), default=0, db_default=0)
    """How often the unit was chased while this rung stood, the rung itself among them."""
    chased_at = models.DateTimeField(_("chased last at"), null=True, blank=True)
    talk = _note()
    """Minutes of the interview: who was there, what was said, what the unit promised."""
    talked_on = models.DateField(_("day of the interview"), null=True, blank=True)
    talked_by = _person(_("minutes by"))
    promised_on = models.DateField(_("put right by"), null=True, blank=True)
    removal = _note()
    removal_by = _person(_("removal proposed by"))
    removal_at = models.DateTimeField(_("removal proposed at"), null=True, blank=True)
    ended_by = _person(_("taken off by"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = PartRows["Supervision"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        unit_id: int | None
        officer_id: int | None
        opened_by_id: int | None
        reason_id: int | None
        talk_id: int | None
        talked_by_id: int | None
        removal_id: int | None
        removal_by_id: int | None
        ended_by_id: int | None

    class Meta:
        verbose_name = _("supervision")
        verbose_name_plural = _("supervisions")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    level__in=[int(v) for v in Level],
                    state__in=codes(SupervisionState),
                    trigger__in=codes(Trigger),
                ),
                name="supervision_codes_known",
            ),
            models.UniqueConstraint(
                fields=["tenant", "call"],
                condition=Q(state__in=codes(STANDING)),
                name="supervision_one_open",
            ),
            models.CheckConstraint(
                condition=Q(level__lt=int(PURPLE_FROM)) | Q(officer__isnull=False),
                name="supervision_leader_named",
            ),
            models.CheckConstraint(
                condition=Q(skipped=0, skip_reason="")
                | Q(skipped__gt=0, skip_reason__in=codes(Trigger)),
                name="supervision_skip_reasoned",
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(STANDING), ended_at=None)
                | ~Q(state__in=codes(STANDING)) & Q(ended_at__isnull=False),
                name="supervision_end_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=SupervisionState.REMOVED.value)
                | Q(removal_by__isnull=False, ended_by__isnull=False)
                & ~Q(ended_by=F("removal_by")),
                name="supervision_removed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(talked_on=None, talked_by=None, promised_on=None)
                | Q(level=int(Level.INTERVIEW), talked_on__isnull=False, talked_by__isnull=False),
                name="supervision_talk_whole",
            ),
            models.CheckConstraint(
                condition=~Q(level=int(Level.INTERVIEW), state=SupervisionState.REMOVED.value)
                | Q(talked_on__isnull=False),
                name="supervision_talked_before_removal",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "call", "id"], name="supervision_call"),
            models.Index(
                fields=["tenant", "-level", "limit_at", "id"],
                condition=Q(state__in=codes(STANDING)),
                name="supervision_standing",
            ),
            models.Index(fields=["tenant", "-opened_at", "-id"], name="supervision_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}:{self.level}"


class JointMeeting(Part):
    """A third round goes to the joint meeting before it is answered."""

    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.MEETING_STATE_LABELS),
        default=MeetingState.DUE.value,
    )
    opened_at = models.DateTimeField(_("owed since"))
    convened_by = _person(_("convened by"))
    convened_at = models.DateTimeField(_("convened at"), null=True, blank=True)
    meets_on = models.DateField(_("day of the meeting"), null=True, blank=True)
    agenda = _note()
    decided_by = _person(_("recorded by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = _note()
    task_unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    task_due_on = models.DateField(_("task due on"), null=True, blank=True)

    objects = PartRows["JointMeeting"].as_manager()
    if TYPE_CHECKING:
        convened_by_id: int | None
        agenda_id: int | None
        decided_by_id: int | None
        decision_id: int | None
        task_unit_id: int | None

    class Meta:
        verbose_name = _("joint meeting")
        verbose_name_plural = _("joint meetings")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round"], name="meeting_once_a_round"),
            models.CheckConstraint(
                condition=Q(state__in=codes(MeetingState)), name="meeting_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MeetingState.CONVENED.value, MeetingState.DECIDED.value])
                | Q(meets_on__isnull=False, convened_by__isnull=False),
                name="meeting_convened_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MeetingState.DECIDED.value, MeetingState.WAIVED.value])
                | Q(decision__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="meeting_decision_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "call", "id"], name="meeting_call"),
            models.Index(fields=["tenant", "-opened_at", "-id"], name="meeting_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}:{self.state}"


class MeetingUnit(TenantModel):
    """A unit that takes part in a joint meeting."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="+", db_index=False)
    meeting = models.ForeignKey(JointMeeting, models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="+", db_index=False)

    objects = PartRows["MeetingUnit"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        meeting_id: int
        unit_id: int

    class Meta:
        verbose_name = _("unit at a joint meeting")
        verbose_name_plural = _("units at joint meetings")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "meeting", "unit"], name="meeting_unit_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}:{self.unit_id}"


class Milestone(Part):
    """One day of the plan of a call that is followed through; counted as not solved."""

    due_on = models.DateField(_("milestone"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.MILESTONE_STATE_LABELS),
        default=MilestoneState.OPEN.value,
    )
    plan = _note()
    set_by = _person(_("set by"))
    set_at = models.DateTimeField(_("set at"))
    report = _note()
    reported_by = _person(_("reported by"))
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    is_late = models.BooleanField(_("reported late"), null=True, blank=True)

    objects = PartRows["Milestone"].as_manager()
    if TYPE_CHECKING:
        plan_id: int | None
        set_by_id: int | None
        report_id: int | None
        reported_by_id: int | None

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=codes(MilestoneState)), name="milestone_state_known"
            ),
            models.UniqueConstraint(
                fields=["tenant", "round", "due_on"],
                condition=~Q(state=MilestoneState.DROPPED.value),
                name="milestone_day_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=MilestoneState.REPORTED.value)
                | Q(reported_at__isnull=False, report__isnull=False),
                name="milestone_reported_whole",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "call", "due_on"], name="milestone_call")]

    def __str__(self) -> str:
        return f"{self.round_id}:{self.due_on}"
