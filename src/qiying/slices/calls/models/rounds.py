"""The rounds of a call."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.calls.models import labels
from qiying.slices.calls.models.calls import Call, _unit
from qiying.slices.calls.models.labels import choices, codes
from qiying.slices.calls.models.querysets import PartRows
from qiying.slices.calls.rules import AFTER_ANSWER, Resolved, Result, RoundState


class Round(TenantModel):
    """One cycle of answer, call-back and rating, with its own clock.

    The clock starts at ``started_at`` and is counted by ``rule_kind`` and ``rule_amount``;
    ``due_at`` follows from these, the calendar and the pauses.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField(_("round"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.ROUND_LABELS),
        default=RoundState.OPEN.value,
    )
    lead_unit = _unit(_("lead unit"))
    started_at = models.DateTimeField(_("clock runs from"))
    rule_kind = models.CharField(_("counted in"), max_length=13)
    rule_amount = models.FloatField(_("time limit"))
    due_at = models.DateTimeField(_("due at"))
    yellow_at = models.DateTimeField()
    extended_due_at = models.DateTimeField(_("due with more time"), null=True, blank=True)
    """With the extensions that were granted; ``due_at`` stays the first due time."""
    is_provisional = models.BooleanField(_("provisional"), default=False)
    calendar_version = models.CharField(_("calendar"), max_length=64, blank=True)
    contact_due_at = models.DateTimeField(_("first contact due at"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("first contact at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    answer_note = models.ForeignKey(
        "calls.Note", models.PROTECT, null=True, related_name="+", db_index=False
    )
    result = models.CharField(
        _("result"), max_length=10, blank=True, choices=choices(labels.RESULT_LABELS)
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    called_back_at = models.DateTimeField(_("called back at"), null=True, blank=True)
    called_back_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    resolved = models.CharField(
        _("solved, says the firm"),
        max_length=6,
        blank=True,
        choices=choices(labels.RESOLVED_LABELS),
    )
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    rating_resolved = models.CharField(
        max_length=6, blank=True, choices=choices(labels.RESOLVED_LABELS)
    )
    rated_at = models.DateTimeField(_("rated at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    is_on_time = models.BooleanField(_("on time"), null=True, blank=True)
    evidence_kind = models.CharField(
        _("proof"),
        max_length=10,
        blank=True,
        db_default="",
        choices=choices(labels.EVIDENCE_LABELS),
    )
    """What proves the answer, found when it passed review."""
    reopened_at = models.DateTimeField(_("re-opened at"), null=True, blank=True)

    objects = PartRows["Round"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        lead_unit_id: int | None
        answered_by_id: int | None
        answer_note_id: int | None
        reviewed_by_id: int | None
        called_back_by_id: int | None

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "call", "number"], name="round_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=codes(RoundState)), name="round_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes(AFTER_ANSWER))
                | Q(answered_at__isnull=False, result__in=codes(Result)),
                name="round_answered_first",
            ),
            models.CheckConstraint(
                condition=Q(called_back_by=None)
                | Q(answered_by=None)
                | ~Q(called_back_by=F("answered_by")),
                name="round_called_back_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None)
                | Q(answered_by=None)
                | ~Q(reviewed_by=F("answered_by")),
                name="round_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(rating=None, rating_resolved="", rated_at=None)
                | Q(
                    rating__range=(1, 5),
                    rating_resolved__in=codes(Resolved),
                    rated_at__isnull=False,
                ),
                name="round_rating_whole",
            ),
            models.CheckConstraint(
                condition=Q(state=RoundState.CLOSED.value, closed_at__isnull=False)
                | ~Q(state=RoundState.CLOSED.value) & Q(closed_at=None),
                name="round_closure_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-due_at", "-id"], name="round_due"),
            models.Index(fields=["tenant", "lead_unit", "-due_at", "-id"], name="round_unit_due"),
            models.Index(
                fields=["tenant", "contact_due_at", "id"],
                condition=Q(
                    state=RoundState.OPEN.value, contacted_at=None, contact_due_at__isnull=False
                ),
                name="round_to_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}/{self.number}"

    @property
    def promised_at(self) -> datetime:
        """Until when the answer is promised: with the extensions that were granted."""
        return self.extended_due_at or self.due_at
