"""Words and tones for the codes of this slice."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.channels.rules.codes import (
    BatchKind,
    BatchState,
    DeliveryKind,
    DeliveryState,
    Direction,
    DismissReason,
    EndpointKind,
    ExtensionState,
    ForwardState,
    MailState,
    OrderState,
    ReferralKind,
    ReferralState,
    ReturnReason,
    RowOutcome,
    SignalKind,
)

Words = dict[str, Promise | str]
Tones = dict[str, str]

ENDPOINT_LABELS: Words = {
    EndpointKind.HOTLINE: _("12345 platform"),
    EndpointKind.OPEN311: _("Open311 system"),
}
ORDER_LABELS: Words = {
    OrderState.ISSUED: _("to be signed for"),
    OrderState.SIGNED: _("signed, in hand"),
    OrderState.RETURN_ASKED: _("return asked"),
    OrderState.RETURNED: _("returned"),
    OrderState.REPLIED: _("replied, to be revisited"),
    OrderState.REWORK: _("caller not content, to be redone"),
    OrderState.CLOSED: _("closed after the revisit"),
}
ORDER_TONES: Tones = {
    OrderState.ISSUED: "new",
    OrderState.SIGNED: "way",
    OrderState.RETURN_ASKED: "check",
    OrderState.RETURNED: "paused",
    OrderState.REPLIED: "check",
    OrderState.REWORK: "fix",
    OrderState.CLOSED: "done",
}
RETURN_LABELS: Words = {
    ReturnReason.NOT_OURS: _("not the zone's duty"),
    ReturnReason.REPEATED: _("the same order came before"),
    ReturnReason.LEGAL_PATH: _("belongs before a court or another procedure"),
}
EXTENSION_LABELS: Words = {
    ExtensionState.ASKED: _("waits for approval"),
    ExtensionState.APPROVED: _("approved, 12345 is asked"),
    ExtensionState.REFUSED: _("refused by us"),
    ExtensionState.GRANTED: _("granted"),
    ExtensionState.DENIED: _("denied by 12345"),
}
EXTENSION_TONES: Tones = {
    ExtensionState.ASKED: "check",
    ExtensionState.APPROVED: "sent",
    ExtensionState.REFUSED: "paused",
    ExtensionState.GRANTED: "done",
    ExtensionState.DENIED: "paused",
}
ORDER_STEPS: Words = {
    "sign": _("Sign for it"),
    "ask_return": _("Return it"),
    "accept_return": _("12345 accepted the return"),
    "refuse_return": _("12345 refused the return"),
    "ask_extension": _("Ask for an extension"),
    "reply": _("Send the reply"),
    "revisit_good": _("Revisit: caller content"),
    "revisit_bad": _("Revisit: caller not content"),
    "approve": _("Approve"),
    "refuse": _("Refuse"),
    "grant": _("12345 granted it"),
    "deny": _("12345 denied it"),
}
FORWARD_LABELS: Words = {
    ForwardState.WAITING: _("on the way"),
    ForwardState.FILED: _("taken there"),
    ForwardState.TOKEN: _("taken there, number to come"),
    ForwardState.DONE: _("done there"),
    ForwardState.STUCK: _("stuck"),
    ForwardState.CHECK: _("to be checked there"),
    ForwardState.WITHDRAWN: _("not handed on after all"),
}
FORWARD_TONES: Tones = {
    ForwardState.WAITING: "sent",
    ForwardState.FILED: "way",
    ForwardState.TOKEN: "way",
    ForwardState.DONE: "done",
    ForwardState.STUCK: "fix",
    ForwardState.CHECK: "check",
    ForwardState.WITHDRAWN: "paused",
}
STATUS_LABELS: Words = {
    "OPEN": _("open"),
    "FOR_TRIAGE": _("to be dispatched"),
    "INTERNAL_REFERRAL": _("with a unit"),
    "IN_PROGRESS": _("in hand"),
    "ACTION_SCHEDULED": _("action scheduled"),
    "INVESTIGATING": _("being looked into"),
    "REOPEN": _("opened again"),
    "FIXED": _("fixed"),
    "CLOSED": _("closed"),
    "DUPLICATE": _("the same as another"),
    "NOT_COUNCILS_RESPONSIBILITY": _("not their job"),
    "NO_FURTHER_ACTION": _("no further action"),
    "CANCELLED": _("withdrawn"),
}
"""Words of ``servicerequestupdates``."""
DELIVERY_KINDS: Words = {
    DeliveryKind.REQUEST: _("call handed on"),
    DeliveryKind.UPDATE: _("update of a call handed on"),
    DeliveryKind.ORDER_SIGN: _("signing of an order"),
    DeliveryKind.ORDER_RETURN: _("return of an order"),
    DeliveryKind.ORDER_EXTENSION: _("extension of an order"),
    DeliveryKind.ORDER_REPLY: _("reply to an order"),
}
DELIVERY_LABELS: Words = {
    DeliveryState.WAITING: _("to be sent"),
    DeliveryState.SENT: _("sent"),
    DeliveryState.GIVEN_UP: _("given up"),
    DeliveryState.CHECK: _("to be checked by a person"),
    DeliveryState.DROPPED: _("not needed any more"),
}
DELIVERY_TONES: Tones = {
    DeliveryState.WAITING: "sent",
    DeliveryState.SENT: "done",
    DeliveryState.GIVEN_UP: "fix",
    DeliveryState.CHECK: "check",
    DeliveryState.DROPPED: "paused",
}
FAULT_LABELS: Words = {
    "unreachable": _("nobody answers at the address"),
    "timeout": _("no answer in time"),
    "refused": _("the other side refused it"),
    "unavailable": _("the other side is out of order"),
    "unreadable": _("the answer cannot be read"),
    "forbidden_address": _("the address is not allowed"),
    "no_connection": _("the connection is switched off"),
    "unsure": _("the answer was lost and the other side cannot say whether it arrived"),
    "sealed": _("the key of the connection cannot be opened; enter it again"),
}
DIRECTION_LABELS: Words = {Direction.IN: _("from there"), Direction.OUT: _("from us")}
REFERRAL_KINDS: Words = {
    ReferralKind.DEPUTY: _("suggestion of a deputy"),
    ReferralKind.PROPOSAL: _("proposal of the consultative conference"),
    ReferralKind.LEADER: _("assignment by a leader"),
}
REFERRAL_LABELS: Words = {
    ReferralState.OWED: _("reply owed"),
    ReferralState.REPLIED: _("replied"),
    ReferralState.REDO: _("not content, a new reply is owed"),
    ReferralState.NONE: _("no reply owed"),
}
REFERRAL_TONES: Tones = {
    ReferralState.OWED: "way",
    ReferralState.REPLIED: "done",
    ReferralState.REDO: "fix",
    ReferralState.NONE: "paused",
}
SIGNAL_LABELS: Words = {
    SignalKind.POWER: _("power use fell"),
    SignalKind.INVOICES: _("invoices fell"),
    SignalKind.ALARM: _("alarm or inspection"),
    SignalKind.COURT: _("court announcement"),
    SignalKind.STAFF: _("staff or social insurance fell"),
    SignalKind.PRESS: _("press or network"),
}
MAIL_LABELS: Words = {
    MailState.WAITING: _("waits for the desk"),
    MailState.REGISTERED: _("became a call"),
    MailState.JOINED: _("added to a call"),
    MailState.DISMISSED: _("put aside"),
    MailState.AUTOMATIC: _("written by a machine"),
}
MAIL_TONES: Tones = {
    MailState.WAITING: "new",
    MailState.REGISTERED: "done",
    MailState.JOINED: "done",
    MailState.DISMISSED: "paused",
    MailState.AUTOMATIC: "paused",
}
AUTOMATIC_LABELS: Words = {
    "auto_submitted": _("it says so itself"),
    "precedence": _("it was sent to many"),
    "list": _("it came through a mailing list"),
    "auto_reply": _("automatic reply"),
    "bounce": _("returned mail"),
    "report": _("report of delivery"),
    "own": _("it is our own mail"),
    "sender": _("its sender takes no reply"),
    "subject": _("its subject says so"),
}
DISMISS_LABELS: Words = {
    DismissReason.ADVERTISING: _("advertising"),
    DismissReason.PRIVATE: _("no affair of a firm"),
    DismissReason.ELSEWHERE: _("handled elsewhere"),
    DismissReason.DUPLICATE: _("came twice"),
}
BATCH_KINDS: Words = {
    BatchKind.CALLS: _("calls of firms"),
    BatchKind.ORDERS: _("12345 orders"),
}
BATCH_LABELS: Words = {
    BatchState.PREPARED: _("waits for confirmation"),
    BatchState.APPLIED: _("written"),
    BatchState.DISCARDED: _("discarded"),
}
BATCH_TONES: Tones = {
    BatchState.PREPARED: "check",
    BatchState.APPLIED: "done",
    BatchState.DISCARDED: "paused",
}
OUTCOME_LABELS: Words = {
    RowOutcome.NEW: _("new"),
    RowOutcome.UNCHANGED: _("known already"),
    RowOutcome.FAILED: _("failed"),
}
OUTCOME_TONES: Tones = {
    RowOutcome.NEW: "new",
    RowOutcome.UNCHANGED: "paused",
    RowOutcome.FAILED: "fix",
}
