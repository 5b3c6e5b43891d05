"""What belongs to a round: tasks, pauses, call-backs, contacts, disputes."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.calls.models import labels
from qiying.slices.calls.models.calls import Call
from qiying.slices.calls.models.labels import choices, codes
from qiying.slices.calls.models.querysets import PartRows
from qiying.slices.calls.models.rounds import Round
from qiying.slices.calls.rules import (
    LEAST_WEIGHT,
    MOST_WEIGHT,
    REACHED,
    TASK_OPEN,
    Outcome,
    PauseReason,
    PauseState,
    Resolved,
    TaskState,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WITHOUT_APPROVAL = (PauseState.PROPOSED, PauseState.REFUSED)


class Part(TenantModel):
    """A row of one round of one call."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="+", db_index=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="+", db_index=False)
    if TYPE_CHECKING:
        call_id: int
        round_id: int

    class Meta:
        abstract = True


def _person(label: "_StrPromise | str" = "") -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        "kernel.User",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=label,
    )


class Task(Part):
    """One unit's part of a round: exactly one lead, any number of co-handlers."""

    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="+", db_index=False)
    is_lead = models.BooleanField(_("lead"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.TASK_LABELS),
        default=TaskState.SENT.value,
    )
    weight = models.PositiveSmallIntegerField(_("weight"), null=True, blank=True)
    """Share of the responsibility in per cent that the desk gave a co-handler; None for an equal one."""
    duty = models.ForeignKey(
        "calls.Note", models.PROTECT, null=True, related_name="+", db_index=False
    )
    person = _person(_("person in charge"))
    sent_at = models.DateTimeField(_("sent at"))
    sign_due_at = models.DateTimeField(_("to be signed for by"))
    due_at = models.DateTimeField(_("due at"))
    set_due_at = models.DateTimeField(_("due time set by the desk"), null=True, blank=True)
    """What the desk named; ``due_at`` follows it through pauses, never past the answer's."""
    signed_at = models.DateTimeField(_("signed for at"), null=True, blank=True)
    signed_by = _person()
    reported_at = models.DateTimeField(_("stage report at"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    report = models.ForeignKey(
        "calls.Note", models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = PartRows["Task"].as_manager()
    if TYPE_CHECKING:
        unit_id: int
        person_id: int | None
        duty_id: int | None
        report_id: int | None

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=codes(TaskState)), name="task_state_known"
            ),
            models.UniqueConstraint(
                fields=["tenant", "round"],
                condition=Q(is_lead=True) & ~Q(state=TaskState.WITHDRAWN.value),
                name="task_one_lead",
            ),
            models.UniqueConstraint(
                fields=["tenant", "round", "unit"],
                condition=~Q(state=TaskState.WITHDRAWN.value),
                name="task_unit_once",
            ),
            models.CheckConstraint(
                condition=Q(weight=None)
                | Q(weight__range=(LEAST_WEIGHT, MOST_WEIGHT), is_lead=False),
                name="task_weight",
            ),
            models.CheckConstraint(
                condition=Q(set_due_at=None) | Q(set_due_at__gt=F("sent_at"), is_lead=False),
                name="task_due_set_ahead",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "call", "id"], name="task_call"),
            models.Index(fields=["tenant", "unit", "call"], name="task_unit"),
            models.Index(
                fields=["tenant", "unit", "state", "due_at"],
                condition=Q(state__in=codes(TASK_OPEN)),
                name="task_open",
            ),
            models.Index(
                fields=["tenant", "due_at", "id"],
                condition=Q(
                    is_lead=False,
                    state__in=codes(TASK_OPEN),
                ),
                name="task_co_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}:{self.unit_id}"


class Pause(Part):
    """A row of the pause ledger: nothing stands still without reason, proposer and approver."""

    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.PAUSE_STATE_LABELS),
        default=PauseState.PROPOSED.value,
    )
    reason_code = models.CharField(
        _("reason"), max_length=24, choices=choices(labels.PAUSE_LABELS)
    )
    from_at = models.DateTimeField(_("from"))
    to_at = models.DateTimeField(_("until"), null=True, blank=True)
    expected_to_at = models.DateTimeField(_("expected until"), null=True, blank=True)
    evidence = models.ForeignKey(
        "calls.Note", models.PROTECT, null=True, related_name="+", db_index=False
    )
    proposer = _person(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    approver = _person(_("approved by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = PartRows["Pause"].as_manager()
    if TYPE_CHECKING:
        proposer_id: int | None
        approver_id: int | None
        evidence_id: int | None

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=codes(PauseState), reason_code__in=codes(PauseReason)),
                name="pause_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gte=F("from_at")), name="pause_forward"
            ),
            models.CheckConstraint(
                condition=Q(approver=None) | Q(proposer=None) | ~Q(approver=F("proposer")),
                name="pause_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(WITHOUT_APPROVAL))
                | Q(reason_code=PauseReason.AWAITING_INFORMATION.value)
                | Q(approver__isnull=False),
                name="pause_approved",
            ),
            models.UniqueConstraint(
                fields=["tenant", "round"],
                condition=Q(state=PauseState.PROPOSED.value),
                name="pause_one_proposed",
            ),
            models.UniqueConstraint(
                fields=["tenant", "round"],
                condition=Q(state=PauseState.RUNNING.value),
                name="pause_one_running",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "call", "id"], name="pause_call"),
            models.Index(
                fields=["tenant", "proposed_at", "id"],
                condition=Q(state=PauseState.PROPOSED.value),
                name="pause_to_decide",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}:{self.reason_code}"


class CallBack(Part):
    """An attempt to reach the firm after an answer. Never changed, only superseded."""

    by = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("called at"))
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=choices(labels.OUTCOME_LABELS))
    resolved = models.CharField(
        _("solved, says the firm"),
        max_length=6,
        blank=True,
        choices=choices(labels.RESOLVED_LABELS),
    )
    words = models.ForeignKey(
        "calls.Note", models.PROTECT, null=True, related_name="+", db_index=False
    )
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = PartRows["CallBack"].as_manager()
    if TYPE_CHECKING:
        by_id: int
        words_id: int | None
        superseded_by_id: int | None

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "round", "attempt"], name="callback_attempt_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=codes(Outcome)), name="callback_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=codes(REACHED), resolved__in=codes(Resolved))
                | ~Q(outcome__in=codes(REACHED)) & Q(resolved=""),
                name="callback_resolved_when_reached",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "call", "id"], name="callback_call")]

    def __str__(self) -> str:
        return f"{self.round_id}#{self.attempt}"


class Contact(Part):
    """The unit spoke to the firm, or tried to."""

    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="+", db_index=False)
    by = _person()
    at = models.DateTimeField(_("at"))
    is_reached = models.BooleanField(_("reached"))
    words = models.ForeignKey(
        "calls.Note", models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = PartRows["Contact"].as_manager()
    if TYPE_CHECKING:
        unit_id: int
        by_id: int | None
        words_id: int | None

    class Meta:
        verbose_name = _("contact with the firm")
        verbose_name_plural = _("contacts with the firm")
        indexes = [models.Index(fields=["tenant", "call", "id"], name="contact_call")]

    def __str__(self) -> str:
        return f"{self.round_id}:{self.at:%Y-%m-%d %H:%M}"


class Dispute(Part):
    """A lead says that it is not its job; somebody else decides, once."""

    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="+", db_index=False)
    raised_by = _person(_("raised by"))
    raised_at = models.DateTimeField(_("raised at"))
    reason = models.ForeignKey(
        "calls.Note", models.PROTECT, null=True, related_name="+", db_index=False
    )
    proposed_unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    adjudicated_unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    adjudicated_by = _person(_("adjudicated by"))
    adjudicated_at = models.DateTimeField(_("adjudicated at"), null=True, blank=True)
    basis = models.ForeignKey(
        "calls.Note", models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = PartRows["Dispute"].as_manager()
    if TYPE_CHECKING:
        unit_id: int
        raised_by_id: int | None
        reason_id: int | None
        proposed_unit_id: int | None
        adjudicated_unit_id: int | None
        adjudicated_by_id: int | None
        basis_id: int | None

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "call"],
                condition=Q(adjudicated_at=None),
                name="dispute_one_open",
            ),
            models.CheckConstraint(
                condition=Q(adjudicated_by=None)
                | Q(raised_by=None)
                | ~Q(adjudicated_by=F("raised_by")),
                name="dispute_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(adjudicated_at=None, adjudicated_unit=None)
                | Q(adjudicated_at__isnull=False, adjudicated_unit__isnull=False),
                name="dispute_decision_whole",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "call", "id"], name="dispute_call")]

    def __str__(self) -> str:
        return f"{self.call_id}:{self.unit_id}"
