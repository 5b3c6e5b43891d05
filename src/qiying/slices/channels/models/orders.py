"""Work orders of 12345, linked one to one with calls, and the extensions that were asked for."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.channels.models import labels
from qiying.slices.channels.models._fields import choices, codes, to_call, to_key, to_person
from qiying.slices.channels.models.querysets import OfOrder, OrderRows
from qiying.slices.channels.rules.codes import (
    ExtensionState,
    OrderState,
    ReturnReason,
)


class WorkOrder(TenantModel):
    """工单: what 12345 handed over, in 12345's own steps and with its own clocks."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    order_number = models.CharField(_("order number"), max_length=64)
    call = to_call(verbose_name=_("call"))
    endpoint = models.ForeignKey(
        "channels.Endpoint",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("connection"),
    )
    """Where replies go; none: by file."""
    sent_by_key = to_key()
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=choices(labels.ORDER_LABELS),
        default=OrderState.ISSUED.value,
    )
    issued_at = models.DateTimeField(_("issued at"))
    received_at = models.DateTimeField(_("received at"))
    sign_due_at = models.DateTimeField(_("to be signed for until"))
    return_until = models.DateTimeField(_("may be returned until"))
    due_at = models.DateTimeField(_("reply due at"))
    signed_at = models.DateTimeField(_("signed for at"), null=True, blank=True)
    signed_by = to_person()
    return_reason = models.CharField(
        _("reason of the return"),
        max_length=12,
        blank=True,
        choices=choices(labels.RETURN_LABELS),
    )
    return_text = models.TextField(_("words of the return"), blank=True)
    return_asked_at = models.DateTimeField(_("return asked at"), null=True, blank=True)
    return_asked_by = to_person()
    returns_refused = models.PositiveSmallIntegerField(default=0)
    reply_text = models.TextField(_("reply"), blank=True)
    reply_result = models.CharField(max_length=10, blank=True)
    reply_round = models.PositiveSmallIntegerField(default=0)
    """The round of the call whose reviewed answer was sent; a redone order needs a later one."""
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    replied_by = to_person()
    is_on_time = models.BooleanField(_("on time"), null=True, blank=True)
    revisited_at = models.DateTimeField(_("revisited at"), null=True, blank=True)
    revisit_text = models.TextField(_("words of the revisit"), blank=True)
    reworks = models.PositiveSmallIntegerField(_("redone"), default=0)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OrderRows["WorkOrder"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        endpoint_id: int | None
        sent_by_key_id: int | None
        signed_by_id: int | None

    class Meta:
        verbose_name = _("12345 order")
        verbose_name_plural = _("12345 orders")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "order_number"], name="order_number_once"),
            models.UniqueConstraint(fields=["tenant", "call"], name="order_one_per_call"),
            models.CheckConstraint(
                condition=Q(state__in=codes(OrderState)), name="order_state_known"
            ),
            models.CheckConstraint(
                condition=Q(return_reason="") | Q(return_reason__in=codes(ReturnReason)),
                name="order_return_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[OrderState.RETURN_ASKED.value, OrderState.RETURNED.value])
                | Q(return_asked_at__isnull=False, return_asked_at__lte=F("return_until"))
                & ~Q(return_reason="")
                & ~Q(return_text=""),
                name="order_returned_in_time_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[OrderState.REPLIED.value, OrderState.CLOSED.value])
                | Q(replied_at__isnull=False, signed_at__isnull=False) & ~Q(reply_text=""),
                name="order_replied_with_words",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[OrderState.RETURNED.value, OrderState.CLOSED.value],
                    closed_at__isnull=False,
                )
                | ~Q(state__in=[OrderState.RETURNED.value, OrderState.CLOSED.value])
                & Q(closed_at=None),
                name="order_closure_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-received_at", "-id"], name="order_recent"),
            models.Index(fields=["tenant", "state", "due_at", "id"], name="order_state_due"),
        ]

    def __str__(self) -> str:
        return self.order_number


class Extension(TenantModel):
    """延期: asked once, approved by somebody else, then granted or denied by 12345."""

    order = models.ForeignKey(
        "channels.WorkOrder", models.CASCADE, related_name="+", db_index=False
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.EXTENSION_LABELS),
        default=ExtensionState.ASKED.value,
    )
    text = models.TextField(_("why"))
    due_before_at = models.DateTimeField(_("due before"))
    due_at = models.DateTimeField(_("new due time"))
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = to_person()
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = to_person()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = OfOrder["Extension"].as_manager()
    if TYPE_CHECKING:
        order_id: int
        asked_by_id: int | None

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=codes(ExtensionState)), name="extension_state_known"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("due_before_at")), name="extension_is_later"
            ),
            models.CheckConstraint(
                condition=Q(state=ExtensionState.ASKED.value)
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("asked_by")),
                name="order_extension_decided_by_another",
            ),
            models.UniqueConstraint(
                fields=["tenant", "order"],
                condition=~Q(
                    state__in=[ExtensionState.REFUSED.value, ExtensionState.DENIED.value]
                ),
                name="extension_once",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "order", "id"], name="extension_order")]

    def __str__(self) -> str:
        return f"{self.order_id}:{self.state}"
