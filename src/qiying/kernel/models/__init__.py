"""Tables that every slice stands on."""

from qiying.kernel.models.connectors import (
    CalendarFeed,
    DeliveryState,
    EndpointState,
    IdentityProvider,
    LinkedIdentity,
    LinkInvitation,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from qiying.kernel.models.identity import ApiKey, Grant, OneTimeCode, Tenant, TenantKind, User
from qiying.kernel.models.records import (
    Attachment,
    Chain,
    Counter,
    Event,
    IdempotencyRecord,
    Message,
    Notification,
    SavedView,
)
from qiying.kernel.models.second import RecoveryCode, SecondFactor

__all__ = [
    "ApiKey",
    "Attachment",
    "CalendarFeed",
    "Chain",
    "Counter",
    "DeliveryState",
    "EndpointState",
    "Event",
    "Grant",
    "IdempotencyRecord",
    "IdentityProvider",
    "LinkInvitation",
    "LinkedIdentity",
    "Message",
    "Notification",
    "OneTimeCode",
    "RecoveryCode",
    "SavedView",
    "SecondFactor",
    "Tenant",
    "TenantKind",
    "User",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
