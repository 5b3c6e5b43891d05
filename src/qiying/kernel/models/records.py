"""Events, files, notices and the small tables of the machine room."""

import uuid_utils.compat as uuid7
from django.db import models
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel


class Event(TenantModel):
    """What happened, hashed onto the event before it. Never changed, never removed.

    Holds ids, codes and digests only; words and personal data live in rows that can be erased.
    """

    sequence = models.BigIntegerField(_("sequence"))
    topic = models.CharField(_("topic"), max_length=64)
    version = models.PositiveSmallIntegerField(default=1)
    subject_type = models.CharField(_("subject"), max_length=32)
    subject_id = models.BigIntegerField()
    actor = models.CharField(_("actor"), max_length=24)
    role = models.CharField(_("role"), max_length=16, blank=True)
    data = models.JSONField(_("data"), default=dict)
    occurred_at = models.DateTimeField(_("occurred at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    previous = models.CharField(max_length=64)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sequence"], name="event_sequence_once")
        ]
        indexes = [
            models.Index(
                fields=["tenant", "subject_type", "subject_id", "sequence"], name="event_subject"
            ),
            models.Index(fields=["tenant", "topic", "sequence"], name="event_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.subject_type}:{self.subject_id}"


class Chain(TenantModel):
    """The head of a tenant's chain of events; its row lock orders them."""

    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="chain_once")]

    def __str__(self) -> str:
        return f"{self.tenant_id}@{self.sequence}"


class Counter(TenantModel):
    """The last number given out for a kind of record in a tenant and period."""

    name = models.CharField(max_length=40)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class IdempotencyRecord(TenantModel):
    """The stored answer to a creating request, so that repeating it changes nothing."""

    actor = models.CharField(max_length=24)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "actor", "key"], name="idempotency_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key


class Attachment(TenantModel):
    """A file that belongs to a record; served only to those who may see the record."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    subject_type = models.CharField(max_length=32, blank=True)
    subject_id = models.BigIntegerField(null=True)
    purpose = models.CharField(_("purpose"), max_length=16)
    name = models.CharField(_("file name"), max_length=200)
    stored_as = models.CharField(max_length=120, unique=True)
    content_type = models.CharField(_("type"), max_length=80)
    size = models.BigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.CharField(max_length=24)
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [
            models.Index(
                fields=["tenant", "subject_type", "subject_id"], name="attachment_subject"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Notification(TenantModel):
    """A line in a person's notice centre, once per person, subject and kind."""

    person = models.ForeignKey("kernel.User", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    effect_key = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "effect_key"], name="notification_once"
            )
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notification_person"),
            models.Index(
                fields=["person"], name="notification_unread", condition=models.Q(read_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.person_id}"


class Message(TenantModel):
    """A message on its way out (SMS, 浙政钉, 企业微信, e-mail), once per effect key."""

    channel = models.CharField(max_length=12)
    recipient = models.CharField(max_length=120)
    template = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    effect_key = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "effect_key"], name="message_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.template}"


class SavedView(TenantModel):
    """A filter that a person keeps, for oneself or shared: with the tenant or with one unit.

    The one that opens first is what the person sees who opens the list without a filter.
    """

    person = models.ForeignKey("kernel.User", models.CASCADE, related_name="+")
    page = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField(_("shared"), default=False)
    unit_id = models.BigIntegerField(_("shared with the unit"), null=True, blank=True)
    is_default = models.BooleanField(_("opens first"), default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "page"],
                condition=models.Q(is_default=True),
                name="saved_view_one_first",
            ),
            models.UniqueConstraint(
                fields=["tenant", "person", "page", "name"], name="saved_view_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
