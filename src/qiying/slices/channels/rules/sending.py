"""When something that could not be sent is tried again, and when nobody tries any more."""

import json
import re
from datetime import timedelta
from enum import StrEnum
from typing import Any

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
SEALED_FOR = "channels"
"""Keys of other systems are sealed for this purpose."""
MOST_TRIES = 12
"""Twelve tries with doubled waits span a little more than a day."""
LEASE = timedelta(minutes=2)
"""How long a sender that says nothing is believed to be at work."""
PULL_EVERY = timedelta(minutes=5)
OVERLAP = timedelta(minutes=10)
"""Windows of questions overlap: a change may be recorded late. What comes twice is kept once."""
LONGEST_WINDOW = timedelta(days=30)


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries: doubled each time, six hours at most."""
    doubled: timedelta = FIRST_WAIT * (1 << max(0, min(tries, 20) - 1))
    return min(doubled, LONGEST_WAIT)


def is_final(status: int) -> bool:
    """Whether an answer says that the same words will be refused for ever.

    408, 409, 425 and 429 ask for patience; every other 4xx needs a person.
    """
    return 400 <= status < 500 and status not in {408, 409, 425, 429}


UNCERTAIN = frozenset({"timeout", "unreachable", "unreadable", "unavailable"})
"""Faults after which a request may have arrived although no answer came."""
OUR_NUMBER = re.compile(r"\[([A-Z]{2}-\d{6}-\d{3,})\]")
"""How our number stands in the words of a request."""


class Asked(StrEnum):
    """What the other side said when it was asked for a request that may have arrived."""

    THERE = "there"
    NOT_THERE = "not_there"
    LATER = "later"
    UNSURE = "unsure"
    """It cannot be asked, or shows no words: a person has to look."""


def rows_of(text: str) -> list[dict[str, Any]] | None:
    """The rows of a list in JSON, without what is no row; None when it is no list."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if isinstance(found, dict):
        found = [found]
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else None


def found_in(text: str, description: str) -> tuple[Asked, str]:
    """Look for our number among the requests that the other side lists; the number there.

    Nothing listed, or words that all name others, say that it is not there. Rows without words
    say nothing, and so does a match without a number.
    """
    rows, ours = rows_of(text), OUR_NUMBER.findall(description)
    if rows is None or not ours:
        return Asked.UNSURE, ""
    for row in rows:
        if f"[{ours[-1]}]" in str(row.get("description") or ""):
            number = str(row.get("service_request_id") or "")[:64]
            return (Asked.THERE, number) if number else (Asked.UNSURE, "")
    is_mute = any(not row.get("description") for row in rows)
    return (Asked.UNSURE, "") if is_mute else (Asked.NOT_THERE, "")
