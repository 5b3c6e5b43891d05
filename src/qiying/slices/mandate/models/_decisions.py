"""Answers that were given, the worlds they were given in, and rulings of the county."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.language import in_language
from qiying.kernel.tenancy import TenantModel
from qiying.slices.mandate.models._register import PERIOD, Matter, MatterVersion
from qiying.slices.mandate.models._rows import (
    DatedRows,
    DecisionRows,
    TenantRows,
)


class Snapshot(TenantModel):
    """The world that decisions were made in, kept once per content so that they replay."""

    digest = models.CharField(_("digest"), max_length=64)
    body = models.JSONField()
    made_at = models.DateTimeField(_("made at"))

    objects = TenantRows["Snapshot"].as_manager()

    class Meta:
        verbose_name = _("world of decisions")
        verbose_name_plural = _("worlds of decisions")
        constraints = [models.UniqueConstraint(fields=["tenant", "digest"], name="snapshot_once")]

    def __str__(self) -> str:
        return self.digest[:12]


class Decision(TenantModel):
    """Whose job it is: what was asked, what was answered, in which world. Never changed."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(MatterVersion, models.PROTECT, related_name="+", db_index=False)
    subject_type = models.CharField(_("asked for"), max_length=32, blank=True)
    subject_id = models.BigIntegerField(null=True)
    decided_on = models.DateField(_("day of the incident"))
    case = models.JSONField(_("case"))
    answer = models.JSONField(_("answer"))
    digest = models.CharField(_("digest"), max_length=64)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+", db_index=False)
    engine_version = models.CharField(_("engine"), max_length=16)
    registry_revision = models.BigIntegerField(default=0)
    mandate_revision = models.BigIntegerField(default=0)
    lead_unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    recused_ids = models.JSONField(_("units with a conflict of interest"), default=list)
    side = models.CharField(_("side"), max_length=10)
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)
    is_owner_presumed = models.BooleanField(_("owner presumed"), default=False)
    needs_adjudication = models.BooleanField(_("needs adjudication"), default=False)
    made_at = models.DateTimeField(_("decided at"))
    made_by = models.CharField(_("decided by"), max_length=24)

    objects = DecisionRows["Decision"].as_manager()
    if TYPE_CHECKING:
        matter_id: int
        version_id: int
        snapshot_id: int
        lead_unit_id: int | None

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [
            models.Index(fields=["tenant", "-made_at", "-id"], name="decision_recent"),
            models.Index(fields=["tenant", "matter", "-id"], name="decision_matter"),
            models.Index(fields=["tenant", "subject_type", "subject_id"], name="decision_subject"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Precedent(TenantModel):
    """An adjudication by the county that later decisions cite until it ends.

    It speaks for one matter at one place: an area of the registry, or a point.
    """

    number = models.CharField(_("number"), max_length=24)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", db_index=False)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    area_kind = models.CharField(max_length=16, blank=True)
    area_key = models.CharField(_("area"), max_length=40, blank=True)
    lead_unit = models.ForeignKey(
        "registry.Unit",
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("lead unit"),
    )
    decided_by = models.ForeignKey(
        "registry.Unit",
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("adjudicated by"),
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, related_name="+", db_index=False
    )
    document = models.CharField(_("document"), max_length=150, blank=True)
    reason_zh = models.CharField(_("reason (Chinese)"), max_length=500)
    reason_en = models.CharField(_("reason (English)"), max_length=600, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.CharField(max_length=24)

    objects = DatedRows["Precedent"].as_manager()
    if TYPE_CHECKING:
        matter_id: int
        lead_unit_id: int
        decided_by_id: int
        decision_id: int | None

    class Meta:
        verbose_name = _("precedent")
        verbose_name_plural = _("precedents")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="precedent_number_once"),
            models.CheckConstraint(condition=PERIOD, name="precedent_period_forward"),
            models.CheckConstraint(
                condition=(Q(longitude=None, latitude=None) & ~Q(area_key=""))
                | Q(longitude__range=(-180, 180), latitude__range=(-84, 84), area_key=""),
                name="precedent_area_or_point",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reason(self) -> str:
        return in_language(self.reason_zh, self.reason_en)
