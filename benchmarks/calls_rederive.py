"""A notice changes the calendar: every deadline of ten thousand open calls is derived again.

The calls stand open with a round, a lead and a co-handler each; a rest day is added in their
middle, so that nearly all of them move: promise, light, step indoors, first contact, parts. The
promise: CPU (process and PostgreSQL backend together) of at most five seconds for ten thousand,
and a second run that finds nothing to move.

    python benchmarks/calls_rederive.py [--quick]
"""

import json
import sys
from datetime import date, timedelta
from typing import Any

from _calls import fill
from _zone import NOW, Clock, Zone, counted, median, own_zone, say

SIZE, QUICK = 10_000, 2_000
MOST_S = 5.0
"""CPU-seconds for ten thousand calls."""
TURNS = 3
SPREAD = timedelta(days=3)
"""The calls came in over this time before now."""


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; `quick` has fewer calls and the same promise for each of them."""
    size = QUICK if quick else SIZE
    with own_zone("bench_calls_rederive") as zone:
        fill(zone, zone.database, size)
        _open(zone, size)
        _derive(zone)  # what COPY wrote follows no calendar yet
        clock, times, moved = Clock(zone), list[float](), size
        for turn in range(TURNS):
            _change_calendar(zone, turn)
            before = clock.read()
            with counted() as statements:
                moved = min(moved, _derive(zone))
            times.append(clock.read() - before)
        again = _derive(zone)
        found = ", ".join(f"{t:.2f}" for t in times)
        say(f"  at least {moved:,} of {size:,} calls moved in {found} CPU-s, then {again:,}")
        return _rows(size, moved, again, median(times), len(statements))


def _open(zone: Zone, size: int) -> None:
    """Let every call stand open with its units, in four states, with all its clocks running."""
    with zone.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            """
            UPDATE calls_call SET
                state = (ARRAY['dispatched', 'working', 'scheduled', 'reopened'])[id %% 4 + 1],
                received_at = %(now)s - %(spread)s::interval * id / %(size)s,
                accepted_at = %(now)s - %(spread)s::interval * id / %(size)s,
                dispatched_at = %(now)s - %(spread)s::interval * id / %(size)s,
                step_from_at = %(now)s - %(spread)s::interval * id / %(size)s,
                step_due_at = CASE WHEN id %% 4 IN (0, 3) THEN %(now)s END,
                step_clock = CASE WHEN id %% 4 IN (0, 3) THEN 'sign' ELSE '' END,
                clock = 'answer',
                lead_unit_id = proposed_unit_id,
                closed_at = NULL, closure_type = '', is_confirmed = false
            """,
            {"now": NOW, "spread": SPREAD, "size": size},
        )
        connection.execute(
            """
            UPDATE calls_round r SET state = 'open', started_at = c.received_at,
                contact_due_at = %s, answered_at = NULL, result = '', resolved = '',
                closed_at = NULL, is_on_time = NULL
            FROM calls_call c WHERE c.id = r.call_id
            """,
            [NOW],
        )
        connection.execute("DELETE FROM calls_task")
        for is_lead in (True, False):
            connection.execute(
                """
                INSERT INTO calls_task (tenant_id, call_id, round_id, unit_id, is_lead, state,
                                        sent_at, sign_due_at, due_at)
                SELECT c.tenant_id, c.id, r.id, CASE WHEN %(lead)s THEN c.lead_unit_id
                       ELSE %(co)s END, %(lead)s,
                       CASE WHEN %(lead)s AND c.step_clock = '' THEN 'signed' ELSE 'sent' END,
                       c.dispatched_at, %(now)s, %(now)s
                  FROM calls_call c JOIN calls_round r ON r.call_id = c.id
                """,
                {"lead": is_lead, "co": zone.units["FIN"], "now": NOW},
            )
        connection.execute("ANALYZE calls_call, calls_round, calls_task")


def _change_calendar(zone: Zone, turn: int) -> None:
    """Tomorrow becomes a day of rest, and the days after it one by one."""
    from qiying.kernel.access import Role, stand_in  # noqa: PLC0415  Django is set up by now
    from qiying.slices.registry import operations as registry  # noqa: PLC0415

    first = NOW.date() + timedelta(days=1)
    registry.set_calendar(
        stand_in(zone.tenant_id, Role.ADMINISTRATOR),
        NOW.year,
        now=NOW,
        notice="国务院办公厅通知",
        rest_days=[date(NOW.year, 1, 1), *(first + timedelta(days=n) for n in range(turn + 1))],
        work_days=[],
    )


def _derive(zone: Zone) -> int:
    from qiying.kernel.access import system  # noqa: PLC0415  Django is set up by now
    from qiying.slices.calls import operations  # noqa: PLC0415

    return operations.rederive(system(zone.tenant_id), now=NOW)


def _rows(
    size: int, moved: int, again: int, seconds: float, statements: int
) -> list[dict[str, Any]]:
    whole = seconds * SIZE / size
    return [
        {
            "name": "calls_rederive_cpu",
            "ours": round(whole, 2),
            "peer": MOST_S,
            "peer_name": "the promise",
            "ratio": round(whole / MOST_S, 2),
            "bar": 1.0,
            "holds": whole <= MOST_S and moved >= size * 0.9 and again == 0,
            "unit": f"CPU-seconds for {SIZE:,} open calls, measured on {size:,}, "
            f"{moved:,} of which moved",
        },
        {
            "name": "calls_rederive_statements",
            "ours": statements,
            "peer": size,
            "peer_name": "one for each call",
            "ratio": round(statements / size, 4),
            "bar": None,
            "holds": True,
            "unit": "statements, those of the events among them",
        },
    ]


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), ensure_ascii=False, indent=2))
