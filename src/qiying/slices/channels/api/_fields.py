"""Fields that requests and answers of the channels share."""

from datetime import date, datetime
from typing import Annotated, TypeVar

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

from qiying.slices.channels.rules.columns import SHANGHAI, is_of_ours

D = TypeVar("D", bound=date)


def _in_our_time(moment: datetime) -> datetime:
    """A time without an offset is the clock on the wall here."""
    _in_our_years(moment)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _in_our_years(day: D) -> D:
    if not is_of_ours(day):
        raise ValueError("not a year of ours")
    return day


def _without_nul(text: str) -> str:
    """No text of the database can hold a NUL."""
    if "\x00" in text:
        raise ValueError("a NUL")
    return text


Plain = AfterValidator(_without_nul)
Line = Annotated[str, Field(max_length=200), Plain]
Words = Annotated[str, Field(max_length=4000), Plain]
Number = Annotated[str, Field(min_length=1, max_length=64), Plain]
Name = Annotated[str, Field(max_length=64), Plain]
Credit = Annotated[str, Field(max_length=18), Plain]
Moment = Annotated[datetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_in_our_years)]
Cursor = Annotated[str, Field(max_length=400)]
Size = Annotated[int, Field(ge=1, le=200)]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class ChannelQuery(Schema):
    """``state``: one state of the table; nothing for all."""

    state: Annotated[str, Field(max_length=12)] = ""
    cursor: Cursor = ""
    size: Size = 25
