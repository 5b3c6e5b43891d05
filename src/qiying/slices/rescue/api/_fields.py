"""What a value of the interface may be, before an operation sees it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict
from pydantic_core import PydanticCustomError

from qiying.kernel.people import SHANGHAI
from qiying.slices.rescue.rules import MAX_TEXT

FIRST, LAST = date(1990, 1, 1), date(2150, 1, 1)
MOST_FILES = 30


def _in_time(moment: datetime) -> datetime:
    """A moment without a zone is Shanghai's."""
    if not FIRST <= moment.date() < LAST:
        raise PydanticCustomError("date_from_datetime_parsing", "outside the calendar")
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


Day = Annotated[date, Field(ge=FIRST, lt=LAST)]
Moment = Annotated[datetime, AfterValidator(_in_time)]
DeviceKey = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
Code = Annotated[str, Field(max_length=24, pattern=r"^[A-Za-z0-9_.\-]*$")]
Few = Annotated[int, Field(ge=1, le=99)]
Row = Annotated[int, Field(ge=1, lt=2**31)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Accuracy = Annotated[float, Field(ge=0, le=100_000)]
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Amount = Annotated[Decimal, Field(ge=0, le=1_000_000_000)]


class QuoteLineIn(Schema):
    """So much of an item of the price list in force."""

    model_config = ConfigDict(extra="forbid")

    item_id: Row
    quantity: Amount


class StepInputs(Schema):
    """Whatever a step may ask for; a job's ``steps`` say which. Attachments are ids of uploads."""

    model_config = ConfigDict(extra="forbid")

    accuracy_m: Accuracy = 0
    attachments: Annotated[list[Row], Field(max_length=MOST_FILES)] = []
    cause: Text = ""
    checks: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=30)] = []
    crew: Few = 1
    device_key: DeviceKey = "-"
    digest: Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f]*$")] = ""
    fault_code: Text = ""
    firm_agrees: bool = False
    grade: Code = ""
    issued_by: Text = ""
    item_id: Row = 1
    kind: Code = ""
    latitude: Latitude = 0
    lines: Annotated[list[QuoteLineIn], Field(max_length=200)] = []
    longitude: Longitude = 0
    name: Text = ""
    parts_needed: Text = ""
    permit: Code = ""
    permits: Annotated[list[Code], Field(max_length=30)] = []
    price_cny: Amount = Decimal(0)
    quantity: Amount = Decimal(0)
    reason: Code = ""
    referred_to: Text = ""
    safety: Code = ""
    seat: Few = 1
    sent_at: Moment | None = None
    signed_by: Text = ""
    skill: Code = ""
    stock: Code = ""
    technician_id: Row = 1
    text: Text = ""
    until: Moment | None = None
    urgency: Code = ""
    valid_until: Moment | None = None
    warranty_days: Annotated[int, Field(ge=0, le=3650)] = 0
    who: Text = ""
    why: Code = ""

    def given(self) -> dict[str, Any]:
        """What was said, nothing of what was left out."""
        return self.dict(exclude_unset=True)
