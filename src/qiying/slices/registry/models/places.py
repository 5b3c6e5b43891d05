"""The zone, its units, sites, boundaries and who answers for a grid."""

from datetime import date
from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.language import in_language
from qiying.kernel.tenancy import TenantModel
from qiying.slices.registry.models.labels import AREA_KINDS, SITE_KINDS, UNIT_KINDS
from qiying.slices.registry.models.querysets import SitePartRows, TenantRows
from qiying.slices.registry.rules.kinds import AreaKind, SiteKind, UnitKind


class ZoneRows(TenantRows["Zone"]):
    """Zones that an actor may see."""


class Zone(TenantModel):
    """The zone that this tenant is, with the dates that decide which rules were in force."""

    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    county_zh = models.CharField(_("county"), max_length=60, blank=True)
    county_en = models.CharField(_("county (English)"), max_length=100, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    wall_reform_on = models.DateField(_("industrial wall in force from"), null=True, blank=True)
    call_reform_on = models.DateField(_("call reform in force from"), null=True, blank=True)
    band_m = models.FloatField(_("boundary band (metres)"), default=20.0)
    longitude = models.FloatField(_("longitude"))
    latitude = models.FloatField(_("latitude"))
    hotline = models.CharField(_("hotline"), max_length=30, blank=True)

    objects = ZoneRows.as_manager()

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="zone_once"),
            models.CheckConstraint(condition=Q(band_m__gte=0, band_m__lte=500), name="zone_band"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)


class UnitRows(TenantRows["Unit"]):
    """Units that an actor may see."""


class Unit(TenantModel):
    """An organisation that can be given work: office, department, township, utility, company."""

    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=UNIT_KINDS)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    parent = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    objects = UnitRows.as_manager()
    if TYPE_CHECKING:
        parent_id: int | None

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="unit_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=UnitKind.values()), name="unit_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="unit_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)


class AreaRows(TenantRows["Area"]):
    """Areas that an actor may see."""


class Area(TenantModel):
    """One dated version of a boundary or a line; a change of shape makes a new version."""

    kind = models.CharField(_("kind"), max_length=16, choices=AREA_KINDS)
    key = models.CharField(_("key"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    geometry = models.JSONField(_("shape"))
    area_m2 = models.FloatField(_("area (square metres)"), default=0.0)
    households = models.PositiveIntegerField(_("households"), default=0)
    residents = models.PositiveIntegerField(_("residents"), default=0)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects = AreaRows.as_manager()
    if TYPE_CHECKING:
        unit_id: int | None

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "key", "valid_from"], name="area_version_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AreaKind.values()), name="area_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="area_period_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


class SiteRows(SitePartRows["Site"]):
    """Sites that an actor may see."""


class Site(TenantModel):
    """A piece of ground or a building that belongs to a firm or to a unit."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=40)
    kind = models.CharField(_("kind"), max_length=20, choices=SITE_KINDS)
    name_zh = models.CharField(_("Chinese name"), max_length=150)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    enterprise = models.ForeignKey(
        "registry.Enterprise", models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner_unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    geometry = models.JSONField(_("shape"))
    longitude = models.FloatField(_("longitude"))
    latitude = models.FloatField(_("latitude"))
    area_m2 = models.FloatField(_("area (square metres)"), default=0.0)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    objects = SiteRows.as_manager()
    if TYPE_CHECKING:
        enterprise_id: int | None
        owner_unit_id: int | None

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="site_key_once"),
            models.CheckConstraint(
                condition=Q(kind__in=SiteKind.values()), name="site_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "enterprise"], name="site_enterprise"),
            models.Index(fields=["tenant", "kind", "key", "id"], name="site_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)


class GridDutyRows(TenantRows["GridDuty"]):
    """Grid duties that an actor may see."""


class GridDuty(TenantModel):
    """An officer answers for a grid from a day until a day."""

    grid_key = models.CharField(_("grid"), max_length=40)
    officer = models.ForeignKey("kernel.User", models.PROTECT, related_name="+")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects = GridDutyRows.as_manager()
    if TYPE_CHECKING:
        officer_id: int

    class Meta:
        verbose_name = _("grid duty")
        verbose_name_plural = _("grid duties")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="grid_duty_period_forward",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "officer"], name="grid_duty_officer")]

    def __str__(self) -> str:
        return f"{self.grid_key} {self.officer_id}"
