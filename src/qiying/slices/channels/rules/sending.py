"""When something that could not be sent is tried again, and when nobody tries any more."""

from datetime import timedelta

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
