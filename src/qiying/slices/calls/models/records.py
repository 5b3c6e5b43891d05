"""Words, visits and promises that ran out."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.calls.models import labels
from qiying.slices.calls.models.calls import Call
from qiying.slices.calls.models.labels import choices, codes
from qiying.slices.calls.models.querysets import NoteRows, PartRows, VisitRows
from qiying.slices.calls.rules import Clock, NoteKind


class Note(TenantModel):
    """What was said at a step. Erasable: events and decisions hold its id only."""

    call = models.ForeignKey(
        Call, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    visit = models.ForeignKey(
        "calls.Visit", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    round_number = models.PositiveSmallIntegerField(_("round"), default=1)
    kind = models.CharField(_("kind"), max_length=16)
    text = models.TextField(_("text"), blank=True)
    author = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("written at"))
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = NoteRows["Note"].as_manager()
    if TYPE_CHECKING:
        call_id: int | None
        visit_id: int | None
        author_id: int | None
        unit_id: int | None

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=codes(NoteKind)), name="note_kind_known"),
            models.CheckConstraint(
                condition=Q(call__isnull=False, visit=None) | Q(call=None, visit__isnull=False),
                name="note_of_one_record",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "call", "id"], name="note_call"),
            models.Index(
                fields=["tenant", "visit"], condition=Q(visit__isnull=False), name="note_visit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.pk}"


class Visit(TenantModel):
    """A grid officer went to see a firm; what was found may become a call."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    enterprise = models.ForeignKey(
        "registry.Enterprise", models.PROTECT, related_name="+", db_index=False
    )
    officer = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=choices(labels.PURPOSE_LABELS))
    visited_at = models.DateTimeField(_("visited at"))
    call = models.ForeignKey(
        Call, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    objects = VisitRows["Visit"].as_manager()
    if TYPE_CHECKING:
        enterprise_id: int
        officer_id: int | None
        call_id: int | None

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [
            models.Index(fields=["tenant", "-visited_at", "-id"], name="visit_recent"),
            models.Index(fields=["tenant", "enterprise", "-visited_at", "-id"], name="visit_firm"),
            models.Index(fields=["tenant", "officer", "-visited_at", "-id"], name="visit_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id}:{self.visited_at:%Y-%m-%d}"


class Lapse(TenantModel):
    """A promise that ran out, once per record and deadline, whoever sweeps and how often."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="+", db_index=False)
    clock = models.CharField(_("deadline of"), max_length=10, choices=choices(labels.CLOCK_LABELS))
    subject_id = models.BigIntegerField()
    """The call, round or task whose deadline it was, by ``clock``."""
    due_at = models.DateTimeField(_("was due at"))
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    noted_at = models.DateTimeField(_("noted at"))

    objects = PartRows["Lapse"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        unit_id: int | None

    class Meta:
        verbose_name = _("missed deadline")
        verbose_name_plural = _("missed deadlines")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "clock", "subject_id", "due_at"], name="lapse_once"
            ),
            models.CheckConstraint(condition=Q(clock__in=codes(Clock)), name="lapse_clock_known"),
        ]
        indexes = [models.Index(fields=["tenant", "call", "id"], name="lapse_call")]

    def __str__(self) -> str:
        return f"{self.clock}:{self.subject_id}"
