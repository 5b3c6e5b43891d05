"""A file that was brought in, and its lines, kept until nobody needs them."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.registry.models.labels import IMPORT_KINDS, OUTCOMES
from qiying.slices.registry.models.querysets import TenantRows
from qiying.slices.registry.rules.kinds import ImportKind, Outcome
from qiying.slices.registry.rules.lifecycles import IMPORT

STATES = [
    ("prepared", _("waiting for confirmation")),
    ("applied", _("written")),
    ("discarded", _("discarded")),
]


class ImportBatchRows(TenantRows["ImportBatch"]):
    """Imports that an actor may see."""


class ImportBatch(TenantModel):
    """A file that was read and checked, and perhaps written to the register."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=12, choices=IMPORT_KINDS)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=IMPORT.initial)
    file_name = models.CharField(_("file"), max_length=200)
    sheet = models.CharField(_("sheet"), max_length=60, blank=True)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    system = models.CharField(_("reference system"), max_length=30)
    headings = models.JSONField(default=list)
    ignored = models.JSONField(_("columns left out"), default=list)
    counts = models.JSONField(_("counts"), default=dict)
    is_good_rows = models.BooleanField(_("good lines only"), default=False)
    made_by = models.CharField(max_length=24)
    made_at = models.DateTimeField(_("read at"))
    applied_at = models.DateTimeField(_("written at"), null=True, blank=True)

    objects = ImportBatchRows.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ImportKind.values()), name="import_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(IMPORT.states)), name="import_state_known"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-made_at", "-id"], name="import_recent")]

    def __str__(self) -> str:
        return self.file_name


class ImportRowRows(TenantRows["ImportRow"]):
    """Lines of imports that an actor may see."""


class ImportRow(TenantModel):
    """A line of the file as it stood there, what it means and what is wrong with it."""

    batch = models.ForeignKey(
        "registry.ImportBatch", models.CASCADE, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField(_("line"))
    outcome = models.CharField(_("result"), max_length=10, choices=OUTCOMES)
    original = models.JSONField(default=list)
    clean = models.JSONField(default=dict)
    errors = models.JSONField(default=list)

    objects = ImportRowRows.as_manager()
    if TYPE_CHECKING:
        batch_id: int

    class Meta:
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of an import")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "batch", "number"], name="import_row_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values()), name="import_outcome_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "batch", "outcome", "number"], name="import_row_outcome"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"
