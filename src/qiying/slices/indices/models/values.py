"""Values with the page that they stand on, and the files that brought them."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.indices.models import labels
from qiying.slices.indices.models.dictionary import Indicator, Place, codes
from qiying.slices.indices.models.labels import choices
from qiying.slices.indices.models.querysets import ConfidentialRows
from qiying.slices.indices.rules import MAX_NAME, DataKind


class Delivery(TenantModel):
    """A file or a request with values: what it brought, and every cell that could not be used.

    It holds values of places, or (``is_of_zone``) of the zone's own board.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    file_name = models.CharField(max_length=MAX_NAME)
    kind = models.CharField(max_length=13, choices=choices(labels.KINDS))
    source = models.CharField(max_length=MAX_NAME)
    digest = models.CharField(max_length=64)
    is_of_zone = models.BooleanField(default=False)
    written = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        "kernel.User", models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = ConfidentialRows["Delivery"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=codes(DataKind)), name="indices_delivery_known"
            )
        ]
        indexes = [models.Index(fields=["tenant", "-made_at", "-id"], name="indices_delivered")]

    def __str__(self) -> str:
        return self.file_name


class Value(TenantModel):
    """A value of a place in a year, of one kind; a corrected one stands beside the old one."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=13, choices=choices(labels.KINDS))
    value = models.FloatField()
    page = models.CharField(max_length=40, blank=True)
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="values", db_index=False)
    is_current = models.BooleanField(default=True)

    objects = ConfidentialRows["Value"].as_manager()
    if TYPE_CHECKING:
        indicator_id: int
        place_id: int
        delivery_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "indicator", "year", "place", "kind"],
                condition=Q(is_current=True),
                name="indices_value_current",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=codes(DataKind), year__range=(1949, 2100)),
                name="indices_value_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.place_id}/{self.year}"
