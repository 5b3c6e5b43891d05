"""How single calls came in: referrals, mails, signals; and calls about the same problem."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.channels.models import labels
from qiying.slices.channels.models._fields import choices, codes, to_call, to_firm, to_person
from qiying.slices.channels.models.querysets import MailRows, OfCall, SameRows, SenderRows
from qiying.slices.channels.rules.codes import (
    DismissReason,
    MailState,
    ReferralKind,
    ReferralState,
    SignalKind,
)


class Referral(TenantModel):
    """交办: a deputy's suggestion, a proposal, a leader's assignment, with the reply that is owed."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    call = to_call(verbose_name=_("call"))
    kind = models.CharField(_("kind"), max_length=10, choices=choices(labels.REFERRAL_KINDS))
    referrer = models.CharField(_("referrer"), max_length=64)
    office = models.CharField(_("office of the referrer"), max_length=120, blank=True)
    reference = models.CharField(_("reference number"), max_length=64, blank=True)
    referred_on = models.DateField(_("referred on"))
    is_complex = models.BooleanField(_("complex"), default=False)
    due_on = models.DateField(_("reply due on"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.REFERRAL_LABELS),
        default=ReferralState.OWED.value,
    )
    recorded_by = to_person()
    recorded_at = models.DateTimeField()
    reply = models.TextField(_("reply"), blank=True)
    reply_document = models.CharField(_("document number"), max_length=64, blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    replied_by = to_person()
    is_on_time = models.BooleanField(_("on time"), null=True, blank=True)
    waived_by = to_person()
    waived_text = models.TextField(blank=True)
    redone = models.PositiveSmallIntegerField(default=0)

    objects = OfCall["Referral"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        recorded_by_id: int | None

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "call"], name="referral_one_per_call"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "reference"],
                condition=~Q(reference=""),
                name="referral_reference_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=codes(ReferralKind), state__in=codes(ReferralState)),
                name="referral_codes_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReferralState.REPLIED.value)
                | Q(replied_at__isnull=False) & ~Q(reply=""),
                name="referral_replied_with_words",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReferralState.NONE.value)
                | Q(kind=ReferralKind.LEADER.value, waived_by__isnull=False)
                & ~Q(waived_by=F("recorded_by"))
                & ~Q(waived_text=""),
                name="referral_waived_by_another",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("referred_on")), name="referral_due_after"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "state", "due_on", "id"], name="referral_state_due")
        ]

    def __str__(self) -> str:
        return self.reference or self.referrer


class Signal(TenantModel):
    """主动发现: data that made the zone look before anybody called."""

    call = to_call(verbose_name=_("call"))
    kind = models.CharField(_("signal"), max_length=10, choices=choices(labels.SIGNAL_LABELS))
    source = models.CharField(_("source"), max_length=120)
    reference = models.CharField(_("reference number"), max_length=64, blank=True)
    seen_on = models.DateField(_("seen on"))
    recorded_by = to_person()
    recorded_at = models.DateTimeField()

    objects = OfCall["Signal"].as_manager()
    if TYPE_CHECKING:
        call_id: int

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "call"], name="signal_one_per_call"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "reference"],
                condition=~Q(reference=""),
                name="signal_reference_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=codes(SignalKind)), name="signal_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.call_id}"


class Mail(TenantModel):
    """来信: a mail that came in. Words can be erased."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    message_id = models.CharField(max_length=200)
    address = models.CharField(_("from"), max_length=254)
    name = models.CharField(_("name"), max_length=64, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("words"), blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    taken_at = models.DateTimeField(_("received at"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.MAIL_LABELS),
        default=MailState.WAITING.value,
    )
    automatic = models.CharField(
        max_length=16, blank=True, choices=choices(labels.AUTOMATIC_LABELS)
    )
    enterprise = to_firm()
    call = to_call(verbose_name=_("call"), null=True, blank=True)
    refused_files = models.JSONField(default=list, blank=True)
    """Names of files that were not kept, with the code why."""
    dismissed_as = models.CharField(
        max_length=12, blank=True, choices=choices(labels.DISMISS_LABELS)
    )
    decided_by = to_person()
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = MailRows["Mail"].as_manager()
    if TYPE_CHECKING:
        call_id: int | None
        enterprise_id: int | None

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "message_id"], name="mail_once"),
            models.CheckConstraint(
                condition=Q(state__in=codes(MailState)), name="mail_state_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[MailState.REGISTERED.value, MailState.JOINED.value],
                    call__isnull=False,
                )
                | ~Q(state__in=[MailState.REGISTERED.value, MailState.JOINED.value])
                & Q(call=None),
                name="mail_call_whole",
            ),
            models.CheckConstraint(
                condition=Q(state=MailState.DISMISSED.value, dismissed_as__in=codes(DismissReason))
                | ~Q(state=MailState.DISMISSED.value) & Q(dismissed_as=""),
                name="mail_dismissed_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "state", "-taken_at", "-id"], name="mail_state"),
            models.Index(fields=["tenant", "call", "id"], name="mail_call"),
        ]

    def __str__(self) -> str:
        return self.subject or self.message_id


class Sender(TenantModel):
    """An address that a person of the desk knows to be a firm's."""

    address = models.CharField(_("address"), max_length=254)
    enterprise = models.ForeignKey(
        "registry.Enterprise", models.PROTECT, related_name="+", db_index=False
    )
    recorded_by = to_person()
    recorded_at = models.DateTimeField()

    objects = SenderRows["Sender"].as_manager()
    if TYPE_CHECKING:
        enterprise_id: int

    class Meta:
        verbose_name = _("mail address of a firm")
        verbose_name_plural = _("mail addresses of firms")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "address"], name="sender_address_once")
        ]

    def __str__(self) -> str:
        return self.address


class SameProblem(TenantModel):
    """同一问题: somebody found that a call is about the same problem as an earlier one.

    Both go on: a link closes nothing and changes no rate.
    """

    call = to_call(verbose_name=_("call"))
    main = to_call(verbose_name=_("first call"))
    linked_by = to_person()
    linked_at = models.DateTimeField()
    unlinked_by = to_person()
    unlinked_at = models.DateTimeField(null=True, blank=True)
    unlinked_text = models.CharField(max_length=400, blank=True)

    objects = SameRows["SameProblem"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        main_id: int

    class Meta:
        verbose_name = _("same problem")
        verbose_name_plural = _("same problems")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "call"],
                condition=Q(unlinked_at=None),
                name="same_problem_one_first",
            ),
            models.CheckConstraint(condition=~Q(call=F("main")), name="same_problem_of_two"),
            models.CheckConstraint(
                condition=Q(linked_by__isnull=False), name="same_problem_by_a_person"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "main", "id"], name="same_problem_main")]

    def __str__(self) -> str:
        return f"{self.call_id}={self.main_id}"
