"""Machines of firms: what kind they are, where they stand, when they are inspected."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from qiying.kernel.language import in_language
from qiying.kernel.tenancy import TenantModel
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.models.fields import code, link, moment, money
from qiying.slices.rescue.models.labels import codes
from qiying.slices.rescue.models.querysets import MachineRows, OfMachineRows, TenantRows
from qiying.slices.rescue.rules import Criticality, InspectionKind, MachineState


class EquipmentClass(TenantModel):
    """A kind of machine: who may repair it, what must be secured before, how often it is inspected.

    ``needs_licence`` is set for special equipment (特种设备): only a provider with the licence item
    ``licence_item`` repairs it. The inspection itself is done by the licensed body, never here.
    """

    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100)
    is_special = models.BooleanField(default=False)
    catalogue = models.CharField(max_length=4, blank=True)
    """The first signs of the national catalogue of special equipment, such as 1000 for boilers."""
    skill = models.CharField(max_length=24)
    needs_licence = models.BooleanField(default=False)
    licence_item = models.CharField(max_length=60, blank=True)
    permits = models.JSONField(default=list, blank=True)
    """Codes of ``PermitKind`` that its repair demands as a rule."""
    inspection_months = models.PositiveSmallIntegerField(null=True, blank=True)
    basis_zh = models.CharField(max_length=200, blank=True)
    basis_en = models.CharField(max_length=300, blank=True)
    grade = models.CharField(max_length=2, blank=True)
    usual_min = models.PositiveSmallIntegerField(default=90)
    usual_spread_min = models.PositiveSmallIntegerField(default=60)

    objects = TenantRows["EquipmentClass"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="rescue_class_once"),
            models.CheckConstraint(
                condition=Q(needs_licence=False) | ~Q(licence_item=""),
                name="rescue_class_licence_named",
            ),
            models.CheckConstraint(
                condition=Q(is_special=False) | Q(needs_licence=True),
                name="rescue_special_needs_licence",
            ),
            models.CheckConstraint(
                condition=Q(usual_min__gt=0) & ~Q(skill=""), name="rescue_class_skilled"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """In the reader's language."""
        return in_language(self.name_zh, self.name_en)


class Equipment(TenantModel):
    """A machine of a firm, known by the label that is stuck on it."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    label = models.CharField(max_length=6)
    enterprise = link("registry.Enterprise", is_needed=True)
    site = link("registry.Site")
    kind = link("rescue.EquipmentClass", is_needed=True)
    name = models.CharField(max_length=80)
    place = models.CharField(max_length=120, blank=True)
    """Where it stands in the works, as a stranger finds it: hall, line, floor."""
    line = models.CharField(max_length=60, blank=True)
    maker = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=80, blank=True)
    serial = models.CharField(max_length=60, blank=True)
    made_in = models.PositiveSmallIntegerField(null=True, blank=True)
    """Year of manufacture."""
    criticality = code(labels.CRITICALITIES, default=Criticality.SLOWS_LINE.value)
    loss_per_hour_cny = money()
    """What the firm declares that an hour of standstill costs it."""
    special_number = models.CharField(max_length=30, blank=True)
    """Registration number of special equipment."""
    longitude = models.FloatField()
    latitude = models.FloatField()
    state = code(labels.MACHINE_STATES, default=MachineState.IN_USE.value)
    registered_at = models.DateTimeField()
    scrapped_at = moment()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = MachineRows["Equipment"].as_manager()
    if TYPE_CHECKING:
        enterprise_id: int
        site_id: int | None
        kind_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "label"], name="rescue_label_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=codes(MachineState),
                    criticality__in=codes(Criticality),
                    loss_per_hour_cny__gte=0,
                ),
                name="rescue_machine_known",
            ),
            models.CheckConstraint(
                condition=Q(state=MachineState.SCRAPPED.value, scrapped_at__isnull=False)
                | ~Q(state=MachineState.SCRAPPED.value) & Q(scrapped_at=None),
                name="rescue_scrapped_dated",
            ),
            models.CheckConstraint(
                condition=Q(
                    longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90
                ),
                name="rescue_machine_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "enterprise", "id"], name="rescue_machines_firm"),
            models.Index(fields=["tenant", "-id"], name="rescue_machines_recent"),
            models.Index(fields=["tenant", "kind", "-id"], name="rescue_machines_kind"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="rescue_machine_words"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.name}"


class InspectionDue(TenantModel):
    """A statutory inspection of a machine: when it is due, with whom it is booked, how it ended.

    The licensed body inspects; here stand the day, the reminders and the booking note only.
    """

    equipment = link("rescue.Equipment", is_needed=True)
    kind = code(labels.INSPECTIONS, default=InspectionKind.REGULAR.value)
    last_on = models.DateField(null=True, blank=True)
    due_on = models.DateField()
    body = models.CharField(max_length=100, blank=True)
    booked_on = models.DateField(null=True, blank=True)
    """The day for which the body has given an appointment."""
    booking_note = models.CharField(max_length=200, blank=True)
    done_on = models.DateField(null=True, blank=True)
    has_passed = models.BooleanField(null=True, blank=True)
    result = models.CharField(max_length=300, blank=True)
    certificate = models.CharField(max_length=60, blank=True)
    reminded_at = moment()
    pressed_at = moment()
    """Second reminder: the month for applying begins."""
    overdue_at = moment()

    objects = OfMachineRows["InspectionDue"].as_manager()
    if TYPE_CHECKING:
        equipment_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "equipment", "kind"],
                condition=Q(done_on=None),
                name="rescue_one_open_inspection",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=codes(InspectionKind))
                & (Q(last_on=None) | Q(due_on__gt=F("last_on"))),
                name="rescue_inspection_forward",
            ),
            models.CheckConstraint(
                condition=Q(done_on=None, has_passed=None)
                | Q(done_on__isnull=False, has_passed__isnull=False) & ~Q(body=""),
                name="rescue_inspection_result",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_on", "id"],
                condition=Q(done_on=None),
                name="rescue_inspections_due",
            ),
            models.Index(fields=["tenant", "equipment", "-due_on"], name="rescue_inspections_of"),
        ]

    def __str__(self) -> str:
        return f"{self.equipment_id}:{self.due_on}"
