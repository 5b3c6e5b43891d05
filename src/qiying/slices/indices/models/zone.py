"""Values and targets of the zone's own board."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.indices.models import labels
from qiying.slices.indices.models.dictionary import Indicator, codes
from qiying.slices.indices.models.labels import choices
from qiying.slices.indices.models.querysets import ConfidentialRows
from qiying.slices.indices.models.values import Delivery
from qiying.slices.indices.rules import MAX_NAME, DataKind
from qiying.slices.indices.rules.zone import Basis

MAX_LINE = 20


class ZoneValue(TenantModel):
    """A value of a line of the board from January to a month; a corrected one follows the old one."""

    line = models.CharField(max_length=MAX_LINE)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=13, choices=choices(labels.KINDS))
    value = models.FloatField()
    page = models.CharField(max_length=40, blank=True)
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="zone_values", db_index=False
    )
    is_current = models.BooleanField(default=True)

    objects = ConfidentialRows["ZoneValue"].as_manager()
    if TYPE_CHECKING:
        indicator_id: int
        delivery_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "line", "year", "month"],
                condition=Q(is_current=True),
                name="indices_zone_value_current",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=codes(DataKind), year__range=(1949, 2100), month__range=(1, 12)
                ),
                name="indices_zone_value_known",
            ),
        ]
        indexes = [models.Index(fields=["delivery", "id"], name="indices_zone_delivered")]

    def __str__(self) -> str:
        return f"{self.line}/{self.year}-{self.month:02}"


class ZoneTarget(TenantModel):
    """What the zone has promised for a line in a year; another target follows it, it never changes."""

    line = models.CharField(max_length=MAX_LINE)
    year = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=6, choices=choices(labels.BASES))
    value = models.FloatField()
    source = models.CharField(max_length=MAX_NAME)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        "kernel.User", models.PROTECT, related_name="+", null=True, blank=True
    )
    is_current = models.BooleanField(default=True)

    objects = ConfidentialRows["ZoneTarget"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "line", "year"],
                condition=Q(is_current=True),
                name="indices_zone_target_current",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=[str(b) for b in Basis], year__range=(1949, 2100)),
                name="indices_zone_target_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}/{self.year}"
