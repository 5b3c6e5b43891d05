"""Work that is being given out when the worker is killed is given out all the same, and once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from qiying.slices.rescue.operations._propose import LOCK
from qiying.slices.rescue.rules import HELD, MOVING, UNANSWERED, Tier

pytestmark = pytest.mark.promise
ROOT = Path(__file__).resolve().parents[2]
DOWN, DOWN_IN_FULL = 4, 8
KILLS, KILLS_IN_FULL = 2, 10
SWEEP = """
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', 'kernel.sweep', 0, NULL, NULL, '{"timestamp": 1}'::jsonb, NULL)
        ::procrastinate_job_to_defer_v1])
"""
WAITS = f"""
    SELECT count(*) FROM pg_locks
     WHERE locktype = 'advisory' AND classid = {LOCK} AND NOT granted
"""  # noqa: S608  no text from outside


def listed(states: Any) -> str:
    return ", ".join(f"'{s}'" for s in sorted(states))


UNGUARDED = f"""
    SELECT j.number, j.state, j.tier FROM rescue_job j
     WHERE j.state IN ({listed(UNANSWERED)})
       AND NOT EXISTS (SELECT 1 FROM rescue_offer o JOIN rescue_seat s ON s.id = o.seat_id
                        WHERE s.job_id = j.id AND o.state = 'open' AND o.answer_by_at > now())
       AND (j.alarmed_at IS NULL OR j.alarmed_at < now() - interval '7 minutes')
"""  # noqa: S608  no text from outside
"""Jobs nobody has answered, of which nobody is asked and nobody was alarmed."""
TWICE = f"""
    SELECT technician_id FROM rescue_seat WHERE state IN ({listed(MOVING)})
     GROUP BY technician_id HAVING count(*) > 1
     UNION ALL
    SELECT technician_id FROM rescue_seat WHERE state IN ({listed(HELD | {"offered"})})
     GROUP BY technician_id, job_id HAVING count(*) > 1
"""  # noqa: S608  no text from outside
ASKED_AMISS = """
    SELECT coalesce(o.seat_id, s.id)
      FROM (SELECT * FROM rescue_offer WHERE state = 'open') o
      FULL JOIN (SELECT * FROM rescue_seat WHERE state = 'offered') s
             ON s.id = o.seat_id AND s.technician_id = o.technician_id
     WHERE o.id IS NULL OR s.id IS NULL
"""
"""Open offers without their seat, seats that are offered to nobody."""


class Dispatch:
    """The worker of a platform on its way through the jobs of a zone."""

    def __init__(self, platform: Any, zone: dict[str, Any]) -> None:
        self.platform, self.zone = platform, zone

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """The test is the one dispatcher of the zone: whoever else gives out work waits midway."""
        folder = self.platform.folder / "var" / "postgres"
        with psycopg.connect(
            host=str(folder), port=5432, user="postgres", dbname="qiying"
        ) as holder:
            holder.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, self.zone["tenant"]])
            yield

    def sweep(self) -> None:
        self.platform.query(SWEEP)

    def kill_midway(self) -> None:
        """Kill the worker while it has written half of a step and wants to propose somebody."""
        with self.held_up():
            self.sweep()
            assert self.platform.eventually(lambda: self.platform.query(WAITS) != [(0,)])
            before = self.platform.kill("worker")
        assert self.platform.eventually(lambda: self.platform.pid("worker") not in {None, before})

    def go_on(self, count: int) -> list[tuple[Any, ...]]:
        """Sweep until no job is left unguarded; what is left otherwise."""
        for _ in range(count):
            self.sweep()
            if self.platform.eventually(lambda: self.left() == [], within=6):
                break
        return self.left()

    def left(self) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.platform.query(UNGUARDED)
        return found + self.still_late()

    def still_late(self) -> list[tuple[Any, ...]]:
        """Offers whose minutes are over and that nobody has ended."""
        rows: list[tuple[Any, ...]] = self.platform.query(
            "SELECT seat_id FROM rescue_offer WHERE state = 'open' AND answer_by_at <= now()"
        )
        return rows


@pytest.fixture
def dispatch(platform: Any, request: pytest.FixtureRequest) -> Dispatch:
    down = DOWN_IN_FULL if request.config.getoption("--full") else DOWN
    done = subprocess.run(
        [sys.executable, "-m", "tests.promises.set_up_rescue", str(down)],
        env={**platform.environment, "QIYING_DATABASE_POOL": "0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Dispatch(platform, json.loads(done.stdout.splitlines()[-1]))


def test_a_worker_killed_while_it_gives_out_work_loses_nothing(
    platform: Any, dispatch: Dispatch, request: pytest.FixtureRequest
) -> None:
    is_full = request.config.getoption("--full")
    zone = dispatch.zone
    before = platform.query("SELECT id, state FROM rescue_job ORDER BY id")
    for _ in range(KILLS_IN_FULL if is_full else KILLS):
        dispatch.kill_midway()
        assert platform.query(TWICE) == []
        assert platform.query(ASKED_AMISS) == []

    assert dispatch.go_on(40 if is_full else 5) == []

    assert platform.query(TWICE) == [], "one technician is held twice"
    assert platform.query(ASKED_AMISS) == [], "an offer without its seat"
    jobs = {row[0]: row[1:] for row in platform.query("SELECT id, state, tier FROM rescue_job")}
    assert set(jobs) == {pk for pk, _ in before}, "no job is lost and none is doubled"
    assert {jobs[pk][0] for pk in zone["under_way"]} == {"under_way"}, "who is coming still comes"
    assert platform.query("SELECT count(*) FROM rescue_job WHERE answer_due_at IS NULL") == [(0,)]
    _went_up(platform, zone, jobs)
    lost = platform.query("SELECT id FROM rescue_job WHERE promise_lost_at IS NOT NULL")
    assert lost == [(zone["lost"],)], "a promise that ran out meanwhile is said, the others run"
    verdict = json.loads(platform.qiying("audit", "verify", "--json"))
    assert all(v["holds"] for v in verdict)


@pytest.mark.full
def test_what_the_killed_workers_had_begun_is_done_by_the_next(platform: Any) -> None:
    """Comes after the kills above; a worker is taken for dead half a minute after its last beat."""
    platform.eventually(lambda: _queued(platform) == [], within=240)
    assert _queued(platform) == []


def _queued(platform: Any) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = platform.query(
        "SELECT task_name, status, attempts, args ->> 'handler', scheduled_at "
        "FROM procrastinate_jobs "
        "ORDER BY id"
    )
    return rows


def _went_up(platform: Any, zone: dict[str, Any], jobs: dict[int, tuple[str, str]]) -> None:
    """Offers that ran out have ended, each ladder went up, each event was said once."""
    ended: dict[int, list[str]] = {}
    for pk, state in platform.query(
        "SELECT s.job_id, o.state FROM rescue_offer o JOIN rescue_seat s ON s.id = o.seat_id "
        "ORDER BY o.id"
    ):
        ended.setdefault(pk, []).append(state)
    said = dict(
        platform.query(
            "SELECT subject_id, count(*) FROM kernel_event "
            "WHERE topic = 'rescue.expired' GROUP BY subject_id"
        )
    )
    for pk in zone["late"]:
        assert ended[pk][0] == "expired", "the first offer ran out"
        assert jobs[pk][1] > Tier.CONTRACTED, "and the ladder went up"
        assert said[pk] == ended[pk].count("expired")
