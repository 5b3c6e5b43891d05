"""The table that rates are counted from: plain values, no names, no words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["open", "closed", "rejected", "stopped"]
Resolved = Literal["", "yes", "partly", "no"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time for a round: who asked, who agreed, until when.

    ``is_asked_in_time``: asked at least a working day before the date it moves; ``asked_before``:
    how long before that date, None for unknown.
    """

    due_at: datetime
    asked_by: int | None
    approved_by: int | None
    is_asked_in_time: bool = True
    asked_before: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoTask:
    """A co-handler's part of a round; settled by finishing it or by a reasoned stage report."""

    id: int
    unit: str
    due_at: datetime
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One cycle of answer, call-back and rating.

    Attributes
    ----------
    id, call, number
        Its key, its call, and the how manieth round of that call it is (from 1).
    unit
        The unit answerable for it, "" when there is none yet.
    state
        ``open`` until the call-back has ended, ``closed``, ``rejected`` (the firm was not content,
        the next round has begun), ``stopped`` (declined or withdrawn).
    started_at, due_at
        When its clock began and when the answer was due, pauses counted, extensions not.
    called_back_by, called_back_in
        The person who reached the firm, and a unit to which that person belongs, "" for none.
    resolved, rating
        What the firm said at call-back; the grade it gave (1 to 5), None for none.
    reopened_at
        When the firm opened it again after closure.
    is_returned, sign_due_at, signed_at
        The unit sent it back (退单); when it was to be signed for, and was.
    exclusion
        None when it may be called back, else the code of the reason, "" when nobody gave one.
    merged_into
        The call that it was made part of (并案).
    is_denied
        The firm itself wrote that it is not solved, whatever was heard at the call-back.
    is_withdrawn_from_unit
        Stopped because the firm withdrew it after a unit had been given it.
    """

    id: int
    call: int
    unit: str
    started_at: datetime
    due_at: datetime
    number: int = 1
    firm: int | None = None
    matter: str = ""
    state: State = "open"
    contact_due_at: datetime | None = None
    contacted_at: datetime | None = None
    sign_due_at: datetime | None = None
    signed_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: int | None = None
    called_back_by: int | None = None
    called_back_in: str = ""
    resolved: Resolved = ""
    is_denied: bool = False
    rating: int | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    is_returned: bool = False
    is_found_by_us: bool = False
    is_withdrawn_from_unit: bool = False
    exclusion: str | None = None
    merged_into: int | None = None
    extensions: tuple[Extension, ...] = ()
    co_tasks: tuple[CoTask, ...] = ()

    def __post_init__(self) -> None:
        if self.number < 1 or not (self.rating is None or 1 <= self.rating <= 5):
            raise ValueError("rounds are numbered from 1 and rated from 1 to 5")
        if (self.state == "closed") != (self.closed_at is not None):
            raise ValueError("a round is closed exactly when it has a time of closure")
        if self.is_withdrawn_from_unit and self.state != "stopped":
            raise ValueError("what was withdrawn is stopped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A call that came in; ``call`` grows with time, which tells apart what came at once.

    ``declined_as`` is the code of the reason when it was not accepted, ``told`` the unit that the
    firm was told to turn to, "" for none of those that are counted.
    """

    call: int
    received_at: datetime
    firm: int | None = None
    matter: str = ""
    unit: str = ""
    is_found_by_us: bool = False
    is_declined: bool = False
    declined_as: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` until before ``end``."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("a period ends after it starts")

    def __contains__(self, at: object) -> bool:
        return isinstance(at, datetime) and self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Table:
    """Everything a rate may look at.

    ``rounds``: at least those due in the period (before and after extension), with the later
    rounds of their calls; ``receipts``: at least the calls received in the period, and those of
    the rounds' firms from the start of the rounds until 30 days after their closure; ``firms``:
    how many firms are in scope, 0 for unknown.
    """

    rounds: Sequence[Round]
    receipts: Sequence[Receipt] = ()
    firms: int = 0

    def __post_init__(self) -> None:
        if len({r.id for r in self.rounds}) != len(self.rounds):
            raise ValueError("a round stands in the table twice")
        if len({c.call for c in self.receipts}) != len(self.receipts):
            raise ValueError("a call was received twice")
