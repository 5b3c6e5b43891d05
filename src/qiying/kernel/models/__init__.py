"""Tables that every slice stands on."""

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

__all__ = [
    "ApiKey",
    "Attachment",
    "Chain",
    "Counter",
    "Event",
    "Grant",
    "IdempotencyRecord",
    "Message",
    "Notification",
    "OneTimeCode",
    "SavedView",
    "Tenant",
    "TenantKind",
    "User",
]
