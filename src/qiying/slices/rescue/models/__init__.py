"""Tables of Industry 120."""

from qiying.slices.rescue.models.accounts import (
    Budget,
    RescueRules,
    Settlement,
    SettlementLine,
)
from qiying.slices.rescue.models.dispatching import Offer, Override, Proposal, Seat, Track
from qiying.slices.rescue.models.jobs import Job, Note
from qiying.slices.rescue.models.machines import Equipment, EquipmentClass, InspectionDue
from qiying.slices.rescue.models.providers import (
    Certificate,
    Licence,
    Manager,
    PriceItem,
    PriceList,
    Provider,
    Shift,
    Station,
    Technician,
)
from qiying.slices.rescue.models.retrofits import Reading, Retrofit
from qiying.slices.rescue.models.works import (
    Diagnosis,
    PartUsed,
    Permit,
    Quote,
    QuoteLine,
    Rating,
    Report,
)

__all__ = [
    "Budget",
    "Certificate",
    "Diagnosis",
    "Equipment",
    "EquipmentClass",
    "InspectionDue",
    "Job",
    "Licence",
    "Manager",
    "Note",
    "Offer",
    "Override",
    "PartUsed",
    "Permit",
    "PriceItem",
    "PriceList",
    "Proposal",
    "Provider",
    "Quote",
    "QuoteLine",
    "Rating",
    "Reading",
    "Report",
    "RescueRules",
    "Retrofit",
    "Seat",
    "Settlement",
    "SettlementLine",
    "Shift",
    "Station",
    "Technician",
    "Track",
]
