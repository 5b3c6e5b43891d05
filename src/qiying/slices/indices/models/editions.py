"""Editions of an evaluation and their runs."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import F, Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.indices.models import labels
from qiying.slices.indices.models.labels import choices
from qiying.slices.indices.models.querysets import HouseRows, RunRows
from qiying.slices.indices.rules import MAX_NAME, RunState


class Edition(TenantModel):
    """What is evaluated and how: years, tree, plan, and which kinds of data count.

    More than one kind makes the result an estimate, and every page says so.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(max_length=24)
    name = models.CharField(max_length=MAX_NAME)
    name_en = models.CharField(max_length=MAX_NAME, blank=True)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    kinds = models.JSONField()
    tree = models.TextField()
    plan = models.TextField()
    note = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        "kernel.User", models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = HouseRows["Edition"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="indices_edition_once"),
            models.CheckConstraint(
                condition=Q(first_year__gte=1949)
                & Q(last_year__lte=2100)
                & Q(first_year__lte=F("last_year")),
                name="indices_edition_years",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-opened_at", "-id"], name="indices_opened")]

    def __str__(self) -> str:
        return self.number


class Run(TenantModel):
    """One reckoning of an edition with everything that it looked at; it never changes.

    ``inputs`` and ``results`` are as ``rules.reckoning`` says; ``content_hash`` is over tree, plan,
    both of them. Whoever made it cannot release it.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="runs", db_index=False)
    version = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=8, choices=choices(labels.STATES), default=RunState.DRAFT.value
    )
    inputs = models.JSONField()
    results = models.JSONField()
    tree = models.TextField()
    plan = models.TextField()
    content_hash = models.CharField(max_length=64)
    ran_at = models.DateTimeField()
    ran_by = models.ForeignKey(
        "kernel.User", models.PROTECT, related_name="+", null=True, blank=True
    )
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        "kernel.User", models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = RunRows["Run"].as_manager()
    if TYPE_CHECKING:
        edition_id: int
        ran_by_id: int | None
        released_by_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "edition", "version"], name="indices_run_version"
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.DRAFT.value, released_at=None, released_by=None)
                | Q(state=RunState.RELEASED.value, released_at__isnull=False),
                name="indices_run_released",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("ran_by")),
                name="indices_run_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} v{self.version}"
