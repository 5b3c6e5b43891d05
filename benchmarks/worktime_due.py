"""Deadlines against the law and against the clock.

Right: each working day of 2024 to 2026 starts a period of 5 and of 20 working days whose last day
falls within these years; the truth is `chinesecalendar` asked day by day. The peer is the calendar
of the usual service desks, weekly hours and a list of holidays, as numpy's business-day functions
have it: no such calendar can make a Saturday work.

Fast: the same deadlines by our engine and by walking with `chinesecalendar`, per CPU-second; and
10,000 open calls with two pauses each derived anew, as after a change of the calendar.
"""

import json
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

import chinese_calendar
import numpy as np

from qiying.engines.worktime import SHANGHAI, Calendar, Pause, Rule, due

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
ONE_DAY = timedelta(days=1)
OPEN_CALLS = 10_000
REDERIVED_WITHIN = 5.0
TIMES_FASTER = 20.0


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; `quick` takes fewer repetitions and the same deadlines."""
    calendar = seed_calendar()
    starts = working_days()
    rows = [wrong_share(calendar, starts, amount) for amount in (5, 20)]
    rows.append(speed(calendar, starts, repeat=1 if quick else 5))
    rows.append(rederive(calendar, starts, calls=OPEN_CALLS // 10 if quick else OPEN_CALLS))
    return rows


def seed_calendar() -> Calendar:
    """Return the calendar that the platform is seeded with."""
    seed = files("qiying.slices.registry") / "seeds" / "work_calendar.json"
    document = json.loads(seed.read_text(encoding="utf-8"))

    def days(name: str) -> frozenset[date]:
        return frozenset(date.fromisoformat(d) for row in document["notices"] for d in row[name])

    years = frozenset(int(row["year"]) for row in document["notices"])
    return Calendar(document["version"], days("rest_days"), days("work_days"), years)


def working_days() -> list[date]:
    """Return the days on which something can be received, by the independent calendar."""
    days = (FIRST + n * ONE_DAY for n in range((LAST - FIRST).days + 1))
    return [day for day in days if chinese_calendar.is_workday(day)]


def walk(start_on: date, amount: int) -> date | None:
    """Return the deadline by asking the peer day by day, None past its last year."""
    day = start_on
    while amount:
        day += ONE_DAY
        if day > LAST:
            return None
        amount -= chinese_calendar.is_workday(day)
    return day


def wrong_share(calendar: Calendar, starts: Sequence[date], amount: int) -> dict[str, Any]:
    """Compare both calendars with the truth."""
    known = [(day, truth) for day in starts if (truth := walk(day, amount))]
    rule = Rule("working_days", amount)
    ours = [due(at_ten(day), rule, calendar).due_on for day, _ in known]
    usual = usual_deadlines(calendar, [day for day, _ in known], amount)
    truth = [day for _, day in known]
    wrong = [percent_wrong(found, truth) for found in (ours, usual)]
    return {
        "name": f"worktime_wrong_deadlines_{amount}_working_days",
        "ours": wrong[0],
        "peer": wrong[1],
        "peer_name": "weekly hours and holiday list (numpy busday_offset)",
        "ratio": wrong[0] / wrong[1],
        "bar": 0.0,
        "holds": wrong[0] == 0 < wrong[1],
        "unit": "% of deadlines",
    }


def usual_deadlines(calendar: Calendar, starts: Sequence[date], amount: int) -> list[date]:
    """Return what Monday to Friday less holidays gives; a start at the weekend moves to Monday."""
    holidays = np.array(sorted(calendar.rest_days), dtype="datetime64[D]")
    from_days = np.array(starts, dtype="datetime64[D]")
    # A make-up day is no business day there: its first counted day is the next Monday.
    found = np.busday_offset(from_days, amount, roll="backward", holidays=holidays)
    return list(found.astype(object))


def percent_wrong(found: Sequence[date], truth: Sequence[date]) -> float:
    """Return the share of unequal days in per cent."""
    wrong = sum(one != other for one, other in zip(found, truth, strict=True))
    return round(100 * wrong / len(truth), 2)


def at_ten(day: date) -> datetime:
    """Return ten in the morning of a day."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


def speed(calendar: Calendar, starts: Sequence[date], *, repeat: int) -> dict[str, Any]:
    """Derive deadlines of 20 working days, full results by us, bare days by the peer."""
    rule = Rule("working_days", 20)
    moments = [at_ten(day) for day in starts]
    peers = [day for day in starts if walk(day, 20)]
    ours = len(moments) / cpu(lambda: [due(at, rule, calendar) for at in moments], repeat=repeat)
    peer = len(peers) / cpu(lambda: [walk(day, 20) for day in peers], repeat=repeat)
    return {
        "name": "worktime_due_per_cpu_second",
        "ours": round(ours),
        "peer": round(peer),
        "peer_name": "chinesecalendar, day by day",
        "ratio": round(ours / peer, 1),
        "bar": TIMES_FASTER,
        "holds": ours >= TIMES_FASTER * peer,
        "unit": "deadlines per CPU-second",
    }


def rederive(calendar: Calendar, starts: Sequence[date], *, calls: int) -> dict[str, Any]:
    """Derive open calls with a ledger of two pauses anew, scaled to the promised number."""
    rule = Rule("working_days", 10)
    cases = [with_pauses(starts[n % len(starts)]) for n in range(calls)]
    days = [at.date() for at, _ in cases]
    scale = OPEN_CALLS / calls
    ours = scale * cpu(lambda: [due(at, rule, calendar, pauses=rows) for at, rows in cases])
    peer = scale * cpu(lambda: [walk(day, 14) for day in days])
    return {
        "name": "worktime_rederive_10000_open_calls",
        "ours": round(ours, 3),
        "peer": round(peer, 3),
        "peer_name": "chinesecalendar, day by day, without a ledger",
        "ratio": round(ours / peer, 3),
        "bar": REDERIVED_WITHIN,
        "holds": ours <= REDERIVED_WITHIN,
        "unit": "CPU-seconds",
    }


def with_pauses(day: date) -> tuple[datetime, tuple[Pause, ...]]:
    """Return a start and its ledger."""
    at = at_ten(day)
    first = Pause(at + ONE_DAY, at + 3 * ONE_DAY, "awaiting_enterprise")
    second = Pause(at + 5 * ONE_DAY, at + 7 * ONE_DAY, "statutory_procedure")
    return at, (second, first)


def cpu(work: Callable[[], object], *, repeat: int = 1) -> float:
    """Return the CPU-seconds of the quickest of some runs."""
    taken = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


if __name__ == "__main__":
    print(json.dumps(run(quick=False), ensure_ascii=False, indent=2))
