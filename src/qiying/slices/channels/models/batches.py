"""Files with calls or with 12345 orders, and their lines, kept until nobody needs them."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.channels.models import labels
from qiying.slices.channels.models._fields import choices, codes, to_person
from qiying.slices.channels.models.querysets import BatchRows
from qiying.slices.channels.rules.codes import BatchKind, BatchState, RowOutcome


class Batch(TenantModel):
    """批量导入: a file that was read and checked, and perhaps written."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=8, choices=choices(labels.BATCH_KINDS))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.BATCH_LABELS),
        default=BatchState.PREPARED.value,
    )
    file_name = models.CharField(_("file"), max_length=200)
    headings = models.JSONField(default=list)
    ignored = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    is_good_rows = models.BooleanField(_("good lines only"), default=False)
    made_by = to_person()
    made_at = models.DateTimeField(_("read at"))
    applied_at = models.DateTimeField(_("written at"), null=True, blank=True)

    objects = BatchRows["Batch"].as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=codes(BatchKind), state__in=codes(BatchState)),
                name="batch_codes_known",
            )
        ]
        indexes = [models.Index(fields=["tenant", "-made_at", "-id"], name="batch_recent")]

    def __str__(self) -> str:
        return self.file_name


class BatchLine(TenantModel):
    """A line of the file as it stood there, what it means, what is wrong, what became of it."""

    batch = models.ForeignKey("channels.Batch", models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField(_("line"))
    outcome = models.CharField(_("result"), max_length=10, choices=choices(labels.OUTCOME_LABELS))
    original = models.JSONField(default=list)
    clean = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    call = models.ForeignKey(
        "calls.Call", models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = BatchRows["BatchLine"].as_manager()
    if TYPE_CHECKING:
        batch_id: int
        call_id: int | None

    class Meta:
        verbose_name = _("line of a batch")
        verbose_name_plural = _("lines of a batch")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "batch", "number"], name="batch_line_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=codes(RowOutcome)), name="batch_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"
