"""Tables, constraints, labels."""

from qiying.slices.channels.models.batches import Batch, BatchLine
from qiying.slices.channels.models.forwards import Delivery, Endpoint, Forward, Update
from qiying.slices.channels.models.intake import Mail, Referral, SameProblem, Sender, Signal
from qiying.slices.channels.models.orders import Extension, WorkOrder

__all__ = [
    "Batch",
    "BatchLine",
    "Delivery",
    "Endpoint",
    "Extension",
    "Forward",
    "Mail",
    "Referral",
    "SameProblem",
    "Sender",
    "Signal",
    "Update",
    "WorkOrder",
]
