"""The seed calendar, and strategies for everything that a clock takes."""

import json
from datetime import date, datetime, time, timedelta
from importlib.resources import files

import pytest
from hypothesis import strategies as st

from qiying.engines.worktime import KINDS, SHANGHAI, BusinessHours, Calendar, Pause, Rule

FIRST, LAST = date(2023, 11, 1), date(2027, 3, 1)
MINUTES = int((LAST - FIRST) / timedelta(minutes=1))
HOURS = (
    BusinessHours(),
    BusinessHours(((time(9, 0), time(17, 0)),)),
    BusinessHours(((time(8, 0), time(11, 30)), (time(14, 30), time(18, 0)))),
)


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    """The calendar of the State Council's notices for 2024 to 2026."""
    seed = files("qiying.slices.registry") / "seeds" / "work_calendar.json"
    document = json.loads(seed.read_text(encoding="utf-8"))
    notices = document["notices"]

    def days(name: str) -> frozenset[date]:
        return frozenset(date.fromisoformat(day) for row in notices for day in row[name])

    years = frozenset(int(row["year"]) for row in notices)
    return Calendar(document["version"], days("rest_days"), days("work_days"), years)


def moments() -> st.SearchStrategy[datetime]:
    start = datetime.combine(FIRST, time.min, SHANGHAI)
    # Half of them on the quarter hour, so that opening and closing times are met exactly.
    quarters = st.integers(0, MINUTES // 15).map(lambda n: n * 15)
    return (st.integers(0, MINUTES) | quarters).map(lambda n: start + timedelta(minutes=n))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    changed = draw(st.frozensets(st.dates(FIRST, LAST), max_size=60))
    return Calendar(
        version="random",
        rest_days=frozenset(day for day in changed if day.isoweekday() <= 5),
        work_days=frozenset(day for day in changed if day.isoweekday() > 5),
        known_years=draw(st.frozensets(st.integers(2023, 2027))),
        hours=draw(st.sampled_from(HOURS)),
    )


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(KINDS))
    if kind in ("working_days", "natural_days"):
        return Rule(kind, draw(st.integers(1, 40)), draw(st.booleans()))
    return Rule(kind, draw(st.integers(1, 400)) / 4, draw(st.booleans()))


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    from_at = draw(moments())
    length = timedelta(minutes=draw(st.integers(0, 45 * 24 * 60) | st.integers(0, 600)))
    is_excluded = draw(st.sampled_from([True, True, True, False]))
    if draw(st.integers(0, 5)):
        return Pause(from_at, from_at + length, "awaiting_enterprise", is_excluded)
    expected_to_at = from_at + length if draw(st.booleans()) else None
    return Pause(from_at, None, "force_majeure", is_excluded, expected_to_at)


st.register_type_strategy(datetime, moments())
st.register_type_strategy(Calendar, calendars())
st.register_type_strategy(Rule, rules())
st.register_type_strategy(Pause, pauses())
