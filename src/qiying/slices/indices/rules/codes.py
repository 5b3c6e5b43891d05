"""Codes of the slice and bounds of what people write."""

from enum import StrEnum


class DataKind(StrEnum):
    """Where a value comes from; kinds are never mixed without saying so."""

    STATISTICS = "statistics"
    """From the government's statistical system, with a date of release."""
    DEPARTMENTAL = "departmental"
    """Business data of a department."""
    SELF_REPORTED = "self_reported"
    """Said by firms or units about themselves."""


class PlaceKind(StrEnum):
    DISTRICT = "district"
    CITY = "city"
    COUNTY = "county"


class RunState(StrEnum):
    """A run is confidential until somebody else than its maker releases it."""

    DRAFT = "draft"
    RELEASED = "released"


GRADES = ("A", "A*", "B", "C", "D", "K", "R")
MAX_NAME, MAX_TEXT, MAX_PLAN = 120, 1000, 20_000
