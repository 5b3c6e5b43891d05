"""Process retrofits: a figure before and after, from readings only."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import F, Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.models.fields import code, link, money
from qiying.slices.rescue.models.labels import codes
from qiying.slices.rescue.models.querysets import FirmRows, OfRetrofitRows
from qiying.slices.rescue.rules import Phase, RetrofitState


class Retrofit(TenantModel):
    """A project of a firm: what is changed, which figure it shall move, and by how much."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(max_length=24)
    enterprise = link("registry.Enterprise", is_needed=True)
    provider = link("rescue.Provider")
    equipment = link("rescue.Equipment")
    job = link("rescue.Job")
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    figure = models.CharField(max_length=60)
    """What is measured, such as kilowatt-hours a tonne."""
    unit = models.CharField(max_length=20)
    is_less_better = models.BooleanField(default=True)
    target_percent = models.DecimalField(max_digits=6, decimal_places=2)
    cost_cny = money()
    public_cny = money()
    state = code(labels.RETROFIT_STATES, default=RetrofitState.PLANNED.value)
    planned_on = models.DateField()
    started_on = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = FirmRows["Retrofit"].as_manager()
    if TYPE_CHECKING:
        enterprise_id: int
        provider_id: int | None
        equipment_id: int | None
        job_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="rescue_retrofit_number"),
            models.CheckConstraint(
                condition=Q(
                    state__in=codes(RetrofitState),
                    target_percent__gt=0,
                    cost_cny__gte=0,
                    public_cny__gte=0,
                    public_cny__lte=F("cost_cny"),
                ),
                name="rescue_retrofit_amounts",
            ),
            models.CheckConstraint(
                condition=Q(finished_on=None)
                | Q(started_on__isnull=False, finished_on__gte=F("started_on")),
                name="rescue_retrofit_forward",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-planned_on", "-id"], name="rescue_retrofits"),
            models.Index(fields=["tenant", "enterprise", "-id"], name="rescue_retrofits_firm"),
        ]

    def __str__(self) -> str:
        return self.number


class Reading(TenantModel):
    """A value of the figure with its day and source; the effect follows from these alone."""

    retrofit = link("rescue.Retrofit", is_needed=True)
    phase = code(labels.PHASES)
    on = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=4)
    source = models.CharField(max_length=120)
    recorded_by = models.CharField(max_length=24)

    objects = OfRetrofitRows["Reading"].as_manager()
    if TYPE_CHECKING:
        retrofit_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "retrofit", "phase", "on"], name="rescue_reading_once"
            ),
            models.CheckConstraint(
                condition=Q(phase__in=codes(Phase), value__gte=0) & ~Q(source=""),
                name="rescue_reading_sourced",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.retrofit_id}:{self.on}"
