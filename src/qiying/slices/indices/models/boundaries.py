"""Outlines of places for maps with boundaries, with the number of the map approval they bear."""

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.indices.models.querysets import HouseRows
from qiying.slices.indices.rules import MAX_NAME


class Boundaries(TenantModel):
    """One file of boundaries, drawn: ``paths`` are SVG outlines by code in a box 1,000 wide.

    Another file follows it, it never changes. One with faults that was not written has no paths. ``approval`` is the number under which the map was
    approved (审图号); it stands below every drawing.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    file_name = models.CharField(max_length=MAX_NAME)
    source = models.CharField(max_length=MAX_NAME)
    approval = models.CharField(max_length=MAX_NAME)
    height = models.PositiveIntegerField()
    paths = models.JSONField()
    faults = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        "kernel.User", models.PROTECT, related_name="+", null=True, blank=True
    )
    is_current = models.BooleanField(default=True)

    objects = HouseRows["Boundaries"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_current=True), name="indices_boundaries_current"
            )
        ]

    def __str__(self) -> str:
        return self.file_name
