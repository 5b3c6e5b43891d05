"""Tenants, people, grants and keys."""

from functools import cache
from typing import Any

import uuid_utils.compat as uuid7
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel import statements
from qiying.kernel.access import Role
from qiying.kernel.tenancy import TenantModel

ROLE_LABELS = {
    Role.ENTERPRISE: _("enterprise"),
    Role.GRID_OFFICER: _("grid officer"),
    Role.DESK: _("desk officer"),
    Role.HANDLER: _("unit handler"),
    Role.CALLBACK: _("call-back officer"),
    Role.SUPERVISOR: _("supervisor"),
    Role.UNIT_LEADER: _("unit leader"),
    Role.ZONE_LEADER: _("zone leader"),
    Role.ANALYST: _("analyst"),
    Role.AUDITOR: _("auditor"),
    Role.ADMINISTRATOR: _("administrator"),
    Role.SYSTEM: _("the platform"),
    Role.MACHINE: _("standard interface"),
}


class TenantKind(models.TextChoices):
    ZONE = "zone", _("zone")
    BANK = "bank", _("bank")
    INSTITUTE = "institute", _("institute")
    PROVIDER = "provider", _("provider")


class Tenant(models.Model):
    """An organisation whose records are its own: nothing crosses without a recorded grant."""

    kind = models.CharField(_("kind"), max_length=12, choices=TenantKind.choices)
    code = models.SlugField(_("code"), unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=150)

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")

    def __str__(self) -> str:
        return self.name_zh


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None, **fields: object) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get(self, *args: Any, **wanted: Any) -> "User":
        """As always; by key alone, as every request asks, without wording the query anew."""
        if args or self._db is not None or [*wanted] != ["pk"] or not wanted["pk"]:
            return super().get(*args, **wanted)
        found = _person().first(key=int(wanted["pk"]))
        if found is None:
            raise User.DoesNotExist
        return found


@cache
def _person() -> statements.Records["User"]:
    return statements.Records(User.objects.filter(pk=statements.KEY))


class User(AbstractBaseUser):
    """A person who signs in. What the person may do stands in the grants, never here."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    username = models.CharField(_("user name"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=64)
    phone = models.CharField(_("mobile number"), max_length=20, blank=True, db_index=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    is_active = models.BooleanField(_("active"), default=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.username


class Grant(TenantModel):
    """A person holds a role in a tenant, for a unit or a firm, from a day until a day."""

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=16, choices=list(ROLE_LABELS.items()))
    unit_id = models.BigIntegerField(_("unit"), null=True, blank=True)
    enterprise_id = models.BigIntegerField(_("enterprise"), null=True, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[r for r in Role if r not in {Role.SYSTEM, Role.MACHINE}]),
                name="grant_role_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="grant_period_forward",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.ENTERPRISE) | Q(enterprise_id__isnull=False),
                name="grant_enterprise_named",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="grant_person"),
            models.Index(fields=["tenant", "role", "unit_id"], name="grant_role_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"


class ApiKey(TenantModel):
    """A machine's credential; only the digest is kept."""

    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(_("starts with"), max_length=12)
    roles = models.JSONField(_("roles"), default=list)
    enterprise_id = models.BigIntegerField(_("enterprise"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class OneTimeCode(models.Model):
    """A code sent to a phone for signing in; digests only, short life, few tries."""

    phone_digest = models.CharField(max_length=64, db_index=True)
    code_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code {self.pk}"
