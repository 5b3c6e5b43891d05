"""Firms and the people to ring there."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.language import in_language
from qiying.kernel.tenancy import TenantModel
from qiying.slices.registry.models.labels import ENTITY_KINDS, FIRM_STATUSES
from qiying.slices.registry.models.querysets import FirmPartRows, FirmRows
from qiying.slices.registry.rules.kinds import EntityKind, FirmStatus


class EnterpriseRows(FirmRows["Enterprise"]):
    """Firms that an actor may see."""


class Enterprise(TenantModel):
    """A market entity of the zone, known by its unified social credit code."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    credit_code = models.CharField(_("unified social credit code"), max_length=18)
    name_zh = models.CharField(_("Chinese name"), max_length=150)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    entity_kind = models.CharField(_("kind"), max_length=20, choices=ENTITY_KINDS)
    industry_code = models.CharField(_("industry"), max_length=4, blank=True)
    status = models.CharField(
        _("status"), max_length=14, choices=FIRM_STATUSES, default=FirmStatus.ACTIVE.value
    )
    belongs_to_zone = models.BooleanField(_("belongs to the zone"), default=True)
    is_above_scale = models.BooleanField(_("above designated size"), default=False)
    staff_count = models.PositiveIntegerField(_("staff"), default=0)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    capital_cny = models.DecimalField(
        _("registered capital (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    township_code = models.CharField(_("township"), max_length=40, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    accuracy_m = models.FloatField(_("accuracy of the position (metres)"), default=5.0)
    grid = models.ForeignKey(
        "registry.Area", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    grid_officer = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    is_officer_own = models.BooleanField(_("officer named for this firm"), default=False)
    updated_at = models.DateTimeField(_("updated at"))

    objects = EnterpriseRows.as_manager()
    if TYPE_CHECKING:
        grid_id: int | None
        grid_officer_id: int | None

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firms")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "credit_code"], name="enterprise_code_once"),
            models.CheckConstraint(
                condition=Q(entity_kind__in=EntityKind.values()), name="enterprise_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=FirmStatus.values()), name="enterprise_status_known"
            ),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="enterprise_place_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "name_zh", "id"], name="enterprise_name"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="enterprise_updated"),
            models.Index(fields=["tenant", "-staff_count", "-id"], name="enterprise_staff"),
            models.Index(fields=["tenant", "grid"], name="enterprise_grid"),
            models.Index(fields=["tenant", "grid_officer"], name="enterprise_officer"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)


class ContactRows(FirmPartRows["Contact"]):
    """Contacts that an actor may see."""


class Contact(TenantModel):
    """A person to ring at a firm. Personal data: it stands here only, and can be erased."""

    enterprise = models.ForeignKey(
        "registry.Enterprise", models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(_("name"), max_length=64)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    title = models.CharField(_("position"), max_length=60, blank=True)
    is_primary = models.BooleanField(_("first to ring"), default=False)

    objects = ContactRows.as_manager()
    if TYPE_CHECKING:
        enterprise_id: int

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "enterprise", "name"], name="contact_name_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "enterprise"],
                condition=Q(is_primary=True),
                name="contact_one_primary",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "phone"], name="contact_phone")]

    def __str__(self) -> str:
        return self.name
