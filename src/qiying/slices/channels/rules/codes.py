"""The closed lists of this slice, as codes; their words stand beside the tables."""

from enum import StrEnum


class EndpointKind(StrEnum):
    """What speaks at the other end."""

    HOTLINE = "hotline"
    """A 12345 platform with work orders."""
    OPEN311 = "open311"
    """Open311 GeoReport v2 with ``servicerequestupdates``: another Qiying, or a city's system."""


class OrderState(StrEnum):
    ISSUED = "issued"
    """派单: 12345 has sent it."""
    SIGNED = "signed"
    RETURN_ASKED = "return_asked"
    RETURNED = "returned"
    REPLIED = "replied"
    REWORK = "rework"
    """回访: the caller was not content."""
    CLOSED = "closed"


ORDER_OPEN = frozenset(OrderState) - {OrderState.RETURNED, OrderState.CLOSED}


class ReturnReason(StrEnum):
    """Why an order goes back (退单)."""

    NOT_OURS = "not_ours"
    REPEATED = "repeated"
    LEGAL_PATH = "legal_path"


class ExtensionState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    """By our supervisor; 12345 is asked."""
    REFUSED = "refused"
    GRANTED = "granted"
    """By 12345: the new date counts."""
    DENIED = "denied"


class ForwardState(StrEnum):
    WAITING = "waiting"
    FILED = "filed"
    TOKEN = "token"  # noqa: S105  a state, not a credential
    DONE = "done"
    STUCK = "stuck"
    CHECK = "check"
    """The answer was lost and the other side cannot tell: a person looks."""
    WITHDRAWN = "withdrawn"


class DeliveryKind(StrEnum):
    REQUEST = "request"
    UPDATE = "update"
    ORDER_SIGN = "order_sign"
    ORDER_RETURN = "order_return"
    ORDER_EXTENSION = "order_extension"
    ORDER_REPLY = "order_reply"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"
    CHECK = "check"
    """It may be there: a person looks before it is sent again."""
    DROPPED = "dropped"
    """Not wanted any more: the forward was withdrawn."""


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class ReferralKind(StrEnum):
    DEPUTY = "deputy"
    """人大代表建议、批评和意见."""
    PROPOSAL = "proposal"
    """政协提案."""
    LEADER = "leader"
    """领导交办、批示."""


class ReferralState(StrEnum):
    OWED = "owed"
    REPLIED = "replied"
    REDO = "redo"
    """The referrer was not content with the reply."""
    NONE = "none"
    """No reply is owed."""


class MailState(StrEnum):
    WAITING = "waiting"
    REGISTERED = "registered"
    JOINED = "joined"
    """A further mail on a call that is there already."""
    DISMISSED = "dismissed"
    AUTOMATIC = "automatic"
    """Written by a machine: kept, and nothing follows from it."""


class DismissReason(StrEnum):
    ADVERTISING = "advertising"
    PRIVATE = "private"
    ELSEWHERE = "elsewhere"
    DUPLICATE = "duplicate"


class SignalKind(StrEnum):
    """What made the zone look, without a call and without a visit."""

    POWER = "power"
    INVOICES = "invoices"
    ALARM = "alarm"
    COURT = "court"
    STAFF = "staff"
    PRESS = "press"


class BatchKind(StrEnum):
    CALLS = "calls"
    ORDERS = "orders"


class BatchState(StrEnum):
    PREPARED = "prepared"
    APPLIED = "applied"
    DISCARDED = "discarded"


class RowOutcome(StrEnum):
    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
