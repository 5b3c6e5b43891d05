"""Connections to other systems, calls handed on to them, what they say of them, what goes out."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.channels.models import labels
from qiying.slices.channels.models._fields import choices, codes, to_call, to_key, to_person
from qiying.slices.channels.models.querysets import (
    DeliveryRows,
    EndpointRows,
    OfForward,
)
from qiying.slices.channels.rules.codes import (
    DeliveryKind,
    DeliveryState,
    Direction,
    EndpointKind,
    ForwardState,
)


class Endpoint(TenantModel):
    """对接端点: another system, its address and the sealed key that opens it."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=choices(labels.ENDPOINT_LABELS))
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=300)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=60, blank=True)
    sealed_key = models.TextField(editable=False, blank=True)
    service_code = models.CharField(_("service when none is named"), max_length=40, blank=True)
    key = to_key()
    """The key of ours by which this system comes in."""
    is_active = models.BooleanField(_("in use"), default=True)
    made_at = models.DateTimeField()
    pulled_until = models.DateTimeField(_("asked until"), null=True, blank=True)
    pull_fails = models.PositiveIntegerField(default=0)
    pull_error = models.CharField(max_length=40, blank=True)
    next_pull_at = models.DateTimeField(null=True, blank=True)

    objects = EndpointRows["Endpoint"].as_manager()
    if TYPE_CHECKING:
        key_id: int | None

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="endpoint_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=codes(EndpointKind)), name="endpoint_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Forward(TenantModel):
    """外转: a call handed on to another system, and how it stands there."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    call = to_call(verbose_name=_("call"))
    endpoint = models.ForeignKey(
        "channels.Endpoint", models.PROTECT, related_name="+", db_index=False
    )
    service_code = models.CharField(_("service"), max_length=40)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.FORWARD_LABELS),
        default=ForwardState.WAITING.value,
    )
    reason = models.CharField(_("why"), max_length=400)
    remote_id = models.CharField(_("number there"), max_length=64, blank=True)
    remote_token = models.CharField(max_length=64, blank=True)
    remote_status = models.CharField(_("status there"), max_length=40, blank=True)
    made_at = models.DateTimeField(_("handed on at"))
    made_by = to_person()
    filed_at = models.DateTimeField(_("taken there at"), null=True, blank=True)
    heard_at = models.DateTimeField(_("last heard of"), null=True, blank=True)
    done_at = models.DateTimeField(_("done there at"), null=True, blank=True)

    objects = OfForward["Forward"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        endpoint_id: int

    class Meta:
        verbose_name = _("call handed on")
        verbose_name_plural = _("calls handed on")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=codes(ForwardState)), name="forward_state_known"
            ),
            models.UniqueConstraint(
                fields=["tenant", "call", "endpoint"],
                condition=~Q(state=ForwardState.WITHDRAWN.value),
                name="forward_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "endpoint", "remote_id"],
                condition=~Q(remote_id=""),
                name="forward_remote_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ForwardState.FILED.value, ForwardState.DONE.value])
                | ~Q(remote_id="") & Q(filed_at__isnull=False),
                name="forward_filed_with_number",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-made_at", "-id"], name="forward_recent"),
            models.Index(fields=["tenant", "state", "id"], name="forward_state"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}→{self.endpoint_id}"


class Update(TenantModel):
    """What one side told the other of a request (``servicerequestupdates``); never edited."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    direction = models.CharField(max_length=3, choices=choices(labels.DIRECTION_LABELS))
    call = to_call(verbose_name=_("call"))
    forward = models.ForeignKey(
        "channels.Forward",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    """Of a call that we handed on; none when another system filed it with us."""
    key = to_key()
    update_id = models.CharField(max_length=64)
    status = models.CharField(_("status"), max_length=40)
    text = models.TextField(_("words"), blank=True)
    at = models.DateTimeField(_("at"))
    heard_at = models.DateTimeField()
    by = to_person()

    objects = OfForward["Update"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        forward_id: int | None

    class Meta:
        verbose_name = _("update of a request")
        verbose_name_plural = _("updates of requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=codes(Direction))
                & (Q(forward__isnull=False) | Q(key__isnull=False)),
                name="update_has_a_source",
            ),
            models.UniqueConstraint(
                fields=["tenant", "forward", "direction", "update_id"],
                condition=Q(forward__isnull=False),
                name="update_once_by_forward",
            ),
            models.UniqueConstraint(
                fields=["tenant", "key", "update_id"],
                condition=Q(forward=None),
                name="update_once_by_key",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "call", "at", "id"], name="update_call")]

    def __str__(self) -> str:
        return self.update_id


class Delivery(TenantModel):
    """One thing to be sent, until it is there. ``public_id`` is its key at the receiver."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=16, choices=choices(labels.DELIVERY_KINDS))
    endpoint = models.ForeignKey(
        "channels.Endpoint",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    """None: it leaves in a file."""
    forward = models.ForeignKey(
        "channels.Forward", models.PROTECT, null=True, related_name="+", db_index=False
    )
    update = models.ForeignKey(
        "channels.Update", models.PROTECT, null=True, related_name="+", db_index=False
    )
    order = models.ForeignKey(
        "channels.WorkOrder", models.PROTECT, null=True, related_name="+", db_index=False
    )
    body = models.JSONField(default=dict)
    """What is said; words can be erased here."""
    effect_key = models.CharField(max_length=80)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.DELIVERY_LABELS),
        default=DeliveryState.WAITING.value,
    )
    made_at = models.DateTimeField(_("made at"))
    next_at = models.DateTimeField(_("next try at"))
    leased_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    error = models.CharField(_("fault"), max_length=40, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    answer = models.CharField(max_length=120, blank=True)

    objects = DeliveryRows["Delivery"].as_manager()
    if TYPE_CHECKING:
        endpoint_id: int | None
        forward_id: int | None
        update_id: int | None
        order_id: int | None

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "effect_key"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(kind__in=codes(DeliveryKind), state__in=codes(DeliveryState)),
                name="delivery_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENT.value, sent_at__isnull=False)
                | ~Q(state=DeliveryState.SENT.value) & Q(sent_at=None),
                name="delivery_sent_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "next_at", "id"],
                condition=Q(state=DeliveryState.WAITING.value),
                name="delivery_due",
            ),
            models.Index(fields=["tenant", "state", "-made_at", "-id"], name="delivery_state"),
        ]

    def __str__(self) -> str:
        return self.effect_key
