"""What connects the platform with others: webhooks, identity providers, calendars."""

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel


class EndpointState(models.TextChoices):
    ACTIVE = "active", _("in use")
    PAUSED = "paused", _("paused")
    DISABLED = "disabled", _("switched off after failures")
    REMOVED = "removed", _("removed")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("under way")
    DELIVERED = "delivered", _("received")
    GIVEN_UP = "given_up", _("given up")
    DROPPED = "dropped", _("not sent")


class WebhookEndpoint(TenantModel):
    """An address that is told of events, and the secret that signs what it is told."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    topics = models.JSONField(_("told of"), default=list)
    unit_id = models.BigIntegerField(_("unit that receives"), null=True, blank=True)
    """Whose system it is: complaints about this unit are not sent to it, not even their ids."""
    state = models.CharField(_("state"), max_length=8, choices=EndpointState.choices)
    secret = models.TextField(editable=False)
    earlier_secret = models.TextField(blank=True, editable=False)
    earlier_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("last received"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=EndpointState.values), name="webhook_state_known"
            ),
            models.CheckConstraint(condition=~Q(secret=""), name="webhook_has_secret"),
            models.CheckConstraint(
                condition=Q(earlier_secret="", earlier_until=None)
                | (~Q(earlier_secret="") & Q(earlier_until__isnull=False)),
                name="webhook_earlier_secret_ends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant"], name="webhook_active", condition=Q(state=EndpointState.ACTIVE)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(TenantModel):
    """One message to one endpoint: the same words and the same id however often it is sent."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(
        "kernel.Event", models.PROTECT, null=True, related_name="+", db_index=False
    )
    topic = models.CharField(_("topic"), max_length=64)
    body = models.TextField()
    state = models.CharField(_("state"), max_length=9, choices=DeliveryState.choices)
    tries = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("made at"))
    next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "endpoint", "event"],
                condition=Q(event__isnull=False),
                name="webhook_delivery_once",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.WAITING, next_at__isnull=False)
                | (
                    Q(state__in=[s for s in DeliveryState if s != DeliveryState.WAITING])
                    & Q(next_at=None)
                ),
                name="webhook_delivery_waits_or_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "endpoint", "-id"], name="webhook_delivery_log"),
            models.Index(
                fields=["tenant", "next_at"],
                name="webhook_delivery_due",
                condition=Q(state=DeliveryState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.public_id}"


class WebhookAttempt(TenantModel):
    """One time a message was sent, and what came back. Never changed."""

    delivery = models.ForeignKey(WebhookDelivery, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("at"))
    status = models.PositiveSmallIntegerField(_("status of the answer"), null=True)
    fault = models.CharField(max_length=12, blank=True)
    took_ms = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        constraints = [
            models.CheckConstraint(
                condition=(Q(status=None) & ~Q(fault="")) | Q(status__isnull=False, fault=""),
                name="webhook_attempt_answer_or_fault",
            )
        ]
        indexes = [models.Index(fields=["tenant", "delivery", "id"], name="webhook_attempt")]

    def __str__(self) -> str:
        return f"{self.delivery_id}:{self.status or self.fault}"


class IdentityProvider(TenantModel):
    """Who vouches for people of a tenant by OpenID Connect; set by the keeper of the machine."""

    code = models.SlugField(_("code"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80)
    issuer = models.CharField(_("issuer"), max_length=300)
    client_id = models.CharField(_("client"), max_length=200)
    client_secret = models.TextField(blank=True, editable=False)
    vouches_second_factor = models.BooleanField(default=False)
    """A second factor that it asked for itself (``amr`` names ``mfa``) counts here."""
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="identity_provider_once")
        ]

    def __str__(self) -> str:
        return self.name_zh


class LinkedIdentity(TenantModel):
    """The subject of a provider that stands for a person here; never found by an e-mail."""

    provider = models.ForeignKey(
        IdentityProvider, models.PROTECT, related_name="+", db_index=False
    )
    subject = models.CharField(max_length=255)
    person = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", db_index=False)
    linked_at = models.DateTimeField(_("linked at"))
    linked_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("linked identity")
        verbose_name_plural = _("linked identities")
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="linked_subject_once"),
            models.UniqueConstraint(fields=["provider", "person"], name="linked_person_once"),
            models.CheckConstraint(condition=~Q(subject=""), name="linked_subject_named"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.person_id}"


class LinkInvitation(TenantModel):
    """An administrator lets one person link one subject, once, within a few days."""

    provider = models.ForeignKey(
        IdentityProvider, models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    invited_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.provider_id} {self.person_id}"


class CalendarFeed(TenantModel):
    """The secret address of a person's deadlines; only its digest is kept, one is in force."""

    person = models.ForeignKey("kernel.User", models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person"],
                condition=Q(revoked_at=None),
                name="calendar_feed_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"
