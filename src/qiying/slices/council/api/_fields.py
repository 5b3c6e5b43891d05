"""Fields that requests to the council share, and who reads there."""

from datetime import date, datetime
from typing import Annotated

from ninja import Field
from pydantic import AfterValidator

from qiying.kernel.access import STAFF, Role
from qiying.kernel.exports import SHANGHAI

READERS = (*sorted(STAFF), Role.ENTERPRISE)
EARLIEST, LATEST = 1900, 2200


def _in_our_time(moment: datetime) -> datetime:
    """A time without an offset is the clock on the wall here."""
    _in_our_years(moment.date())
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _in_our_years(day: date) -> date:
    if not EARLIEST < day.year < LATEST:
        raise ValueError("not a year of ours")
    return day


Moment = Annotated[datetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_in_our_years)]
Row = Annotated[int, Field(ge=1, lt=2**62)]
