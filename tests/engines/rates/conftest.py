"""Tables of rounds, made at random and by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from qiying.engines.rates import CoTask, Definitions, Extension, Period, Receipt, Round, Table

START = datetime(2026, 10, 1, tzinfo=UTC)
OCTOBER = Period(START, START + timedelta(days=31))
SETTLED = OCTOBER.end + timedelta(days=30)
UNITS = ("", "A", "B")
MATTERS = ("", "M1", "M2")
people = st.none() | st.integers(1, 6)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def days(first: float, last: float) -> st.SearchStrategy[datetime]:
    return st.integers(int(first * 1440), int(last * 1440)).map(
        lambda minutes: START + timedelta(minutes=minutes)
    )


extensions = st.builds(
    Extension, due_at=days(0, 60), asked_by=people, approved_by=people,
    is_asked_in_time=st.booleans(),
    asked_before=st.none() | st.timedeltas(timedelta(0), timedelta(days=6)),
)  # fmt: skip


@st.composite
def outcomes(draw: st.DrawFn, started: datetime, *, is_last: bool) -> dict[str, Any]:
    """How a round that began here ended; one that is not the last was not the end of it."""
    due = started + draw(st.timedeltas(timedelta(0), timedelta(days=15)))
    found: dict[str, Any] = {"started_at": started, "due_at": due}
    state = (
        draw(st.sampled_from(("open", "closed", "stopped")))
        if is_last
        else draw(st.sampled_from(("rejected", "closed")))
    )
    found["state"] = state
    if draw(st.booleans()) or state in {"rejected"}:
        found["answered_at"] = started + draw(st.timedeltas(timedelta(0), timedelta(days=20)))
        found["answered_by"] = draw(people)
    if state == "closed":
        found["closed_at"] = started + draw(st.timedeltas(timedelta(0), timedelta(days=25)))
        found["resolved"] = draw(st.sampled_from(("", "yes", "yes", "partly", "no")))
        if not is_last or draw(st.booleans()):
            found["reopened_at"] = None if is_last else found["closed_at"]
    elif state == "rejected":
        found["resolved"] = "no"
    if found.get("resolved"):
        found["called_back_by"] = draw(people)
        found["called_back_in"] = draw(st.sampled_from(UNITS))
    if state == "stopped":
        found["is_withdrawn_from_unit"] = draw(st.booleans())
    return found


@st.composite
def details(draw: st.DrawFn, key: int) -> dict[str, Any]:
    """What a round may have besides its course."""
    moments = st.none() | days(0, 40)
    names = ("contact_due_at", "contacted_at", "sign_due_at", "signed_at")
    found: dict[str, Any] = {name: draw(moments) for name in names}
    found["rating"] = draw(st.none() | st.integers(1, 5))
    found["is_returned"] = draw(st.booleans())
    found["exclusion"] = draw(st.sampled_from((None, None, None, "", "SECRET")))
    found["merged_into"] = draw(st.sampled_from((None, None, 1)))
    found["extensions"] = tuple(draw(st.lists(extensions, max_size=2)))
    found["co_tasks"] = tuple(
        CoTask(
            id=key * 10 + i, unit=draw(st.sampled_from(UNITS)), due_at=draw(days(-5, 40)),
            settled_at=draw(moments),
        )
        for i in range(draw(st.integers(0, 2)))
    )  # fmt: skip
    return found


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Calls of a few firms, each a chain of one to three rounds, all at different minutes."""
    received = draw(st.lists(days(-40, 50), max_size=7, unique=True).map(sorted))
    rounds: list[Round] = []
    receipts: list[Receipt] = []
    for call, at in enumerate(received, start=1):
        shared = {
            "call": call,
            "firm": draw(st.none() | st.integers(1, 3)),
            "matter": draw(st.sampled_from(MATTERS)),
            "unit": draw(st.sampled_from(UNITS)),
            "is_found_by_us": draw(st.integers(0, 4)) == 0,
        }
        is_declined = draw(st.booleans())
        why = {"declined_as": draw(st.sampled_from(("", "PETITION", "SECRET")))}
        why["told"] = draw(st.sampled_from(("", *UNITS)))
        receipts.append(
            Receipt(
                received_at=at, is_declined=is_declined, **shared, **(why if is_declined else {})
            )
        )
        rounds += draw(chains(shared, at, first=len(rounds) + 1))
    return Table(tuple(rounds), tuple(receipts), draw(st.integers(0, 300)))


@st.composite
def chains(
    draw: st.DrawFn, shared: dict[str, Any], received_at: datetime, *, first: int
) -> list[Round]:
    length, started, found = draw(st.integers(1, 3)), received_at, []
    for number in range(1, length + 1):
        course = draw(outcomes(started, is_last=number == length))
        more = draw(details(first + number))
        found.append(Round(id=first + number - 1, number=number, **shared, **more, **course))
        ended = course.get("closed_at") or course.get("answered_at") or started
        started = max(ended, started) + timedelta(minutes=draw(st.integers(1, 5000)))
    return found


definitions = st.builds(
    Definitions,
    partly_weight=st.sampled_from((0.0, 0.5, 1.0)),
    relapse_within=st.timedeltas(timedelta(0), timedelta(days=40)),
    linked_by=st.sampled_from((("matter",), ("unit",), ("matter", "unit"), ())),
    exclusion_cap=st.sampled_from((0.0, 0.1, 0.5, 1.0)),
    **{
        name: st.booleans()
        for name in (
            "relapse_from_start", "failure_counts_once", "keeps_withdrawn", "found_by_us_apart",
            "callback_by_other", "needs_answer", "extension_moves_period", "extension_by_other",
            "exclusion_needs_code",
        )
    },
)  # fmt: skip


def solved(key: int, **more: Any) -> Round:
    """A round that is verified."""
    plain: dict[str, Any] = {
        "id": key, "call": key, "unit": "A", "firm": key, "matter": "M1",
        "started_at": day(1), "due_at": day(6), "state": "closed", "answered_at": day(4),
        "answered_by": 1, "called_back_by": 2, "resolved": "yes", "rating": 5,
        "closed_at": day(5), "contacted_at": day(1), "contact_due_at": day(1),
    }  # fmt: skip
    return Round(**(plain | more))


def failed(key: int, **more: Any) -> Round:
    """A round that is overdue and open."""
    return Round(
        **{"id": key, "call": key, "unit": "A", "firm": key, "matter": "M1",
           "started_at": day(1), "due_at": day(6)} | more
    )  # fmt: skip


def rejected(key: int, **more: Any) -> Round:
    """A round whose answer the firm did not accept."""
    return replace(solved(key, state="rejected", resolved="no", closed_at=None, rating=1), **more)


def receipts_of(rounds: tuple[Round, ...]) -> Iterator[Receipt]:
    """The calls of these rounds, each received when its first round began."""
    for row in rounds:
        if row.number == 1:
            yield Receipt(
                call=row.call, received_at=row.started_at, firm=row.firm, matter=row.matter,
                unit=row.unit, is_found_by_us=row.is_found_by_us,
            )  # fmt: skip


def table_of(*rounds: Round, more: tuple[Receipt, ...] = (), firms: int = 0) -> Table:
    return Table(rounds, (*receipts_of(rounds), *more), firms)
