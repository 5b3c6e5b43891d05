"""What must hold of a zone's calls at every moment, asked of the tables by plain SQL and of the
queries that people see."""

from collections import defaultdict
from datetime import date, timedelta

from qiying.kernel import audit, tenancy
from qiying.kernel.models import Event
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call
from qiying.slices.calls.queries import Filters
from qiying.slices.calls.queries import rates as counted
from qiying.slices.calls.rules import Entity
from qiying.slices.mandate import public as mandate
from tests.slices.calls.recount import NAMES, recount, rows
from tests.slices.world import World

STATED = """
SELECT c.number, c.state, c.due_at, c.clock, p.reason_code, p.evidence_id FROM calls_call c
  LEFT JOIN calls_round r ON r.call_id = c.id AND r.number = c.current_round
  LEFT JOIN calls_pause p ON p.round_id = r.id AND p.state = 'running'
"""
TWO_LEADS = """
SELECT round_id FROM calls_task WHERE is_lead AND state <> 'withdrawn'
 GROUP BY round_id HAVING count(*) > 1
"""
LEADS = """
SELECT c.number, c.state, c.lead_unit_id, r.lead_unit_id AS of_round, t.unit_id AS of_task
  FROM calls_call c JOIN calls_round r ON r.call_id = c.id AND r.number = c.current_round
  LEFT JOIN calls_task t ON t.round_id = r.id AND t.is_lead AND t.state <> 'withdrawn'
 WHERE c.lead_unit_id IS NOT NULL AND c.state NOT IN ('declined', 'withdrawn')
"""
CLOSED = """
SELECT c.number, r.answered_at, r.answered_by_id, r.lead_unit_id, n.text AS answer,
       count(b.id) FILTER (WHERE b.outcome = 'confirmed') AS confirmed,
       count(b.id) FILTER (WHERE b.outcome IN ('no_answer', 'wrong_number', 'declined_to_talk'))
           AS failed,
       count(DISTINCT (b.at AT TIME ZONE 'Asia/Shanghai')::date)
           FILTER (WHERE b.outcome IN ('no_answer', 'wrong_number', 'declined_to_talk')) AS days,
       bool_or(b.by_id = r.answered_by_id) AS by_answerer,
       bool_or(EXISTS (SELECT 1 FROM kernel_grant g WHERE g.person_id = b.by_id
                        AND g.unit_id = r.lead_unit_id)) AS by_unit
  FROM calls_call c JOIN calls_round r ON r.call_id = c.id AND r.number = c.current_round
  LEFT JOIN calls_note n ON n.id = r.answer_note_id
  LEFT JOIN calls_callback b ON b.round_id = r.id AND b.superseded_by_id IS NULL
 WHERE c.state IN ('closed', 'archived') GROUP BY c.id, r.id, n.id
"""
OVERLAPS = """
SELECT a.id, b.id FROM calls_pause a JOIN calls_pause b ON a.call_id = b.call_id AND a.id < b.id
 WHERE a.state IN ('running', 'ended') AND b.state IN ('running', 'ended')
   AND a.from_at < coalesce(b.to_at, 'infinity') AND b.from_at < coalesce(a.to_at, 'infinity')
   AND a.from_at < coalesce(a.to_at, 'infinity') AND b.from_at < coalesce(b.to_at, 'infinity')
"""
PARTS = """
SELECT c.number, t.state, t.is_lead, t.weight, t.sent_at, t.set_due_at, t.due_at, t.sign_due_at,
       r.id AS round_id, coalesce(r.extended_due_at, r.due_at) AS promised_at
  FROM calls_task t JOIN calls_round r ON r.id = t.round_id JOIN calls_call c ON c.id = t.call_id
 WHERE t.state <> 'withdrawn'
"""
OF_PROOF = "a call is closed by an answer and a call-back, or by three documented attempts"
OPEN_STATES = frozenset(rules.OPEN)


def no_open_call_is_without_time_or_reason() -> None:
    """It has a deadline that something runs towards, or it stands still for a written reason."""
    for row in rows(STATED):
        if row["state"] not in OPEN_STATES:
            continue
        assert row["due_at"] is not None, row
        assert row["clock"] in set(rules.Clock), row
        if row["state"] in {"need_info", "suspended"}:
            assert row["reason_code"], row
            assert row["evidence_id"] is not None, row
        else:
            assert row["reason_code"] is None, row


def no_part_is_due_after_the_answer_and_the_lead_keeps_a_share() -> None:
    """An open part ends with the answer at the latest; weights and rest make a whole."""
    by_round: dict[int, list[int | None]] = defaultdict(list)
    for row in rows(PARTS):
        if row["is_lead"]:
            assert row["weight"] is row["set_due_at"] is None, row
            continue
        by_round[row["round_id"]].append(row["weight"])
        if row["state"] != "done":
            assert row["due_at"] <= max(row["promised_at"], row["sign_due_at"]), row
    for weights in by_round.values():
        lead_share, shares = rules.share_out(weights)
        assert lead_share >= 1, weights
        assert min(shares) >= 1, weights
        assert lead_share + sum(shares) == 100, weights


def nobody_leads_twice() -> None:
    """One lead a round, and call, round and task name the same one.

    While a dispatch is disputed the first receiver keeps the call (R2) and the task is still the
    disputing unit's.
    """
    assert rows(TWO_LEADS) == []
    for row in rows(LEADS):
        assert row["lead_unit_id"] == row["of_round"], row
        assert row["of_task"] is not None, row
        assert row["of_task"] == row["lead_unit_id"] or row["state"] == "disputed", row


def no_call_is_closed_without_proof() -> None:
    for row in rows(CLOSED):
        assert row["answered_at"] is not None, (OF_PROOF, row)
        assert row["answer"].strip(), (OF_PROOF, row)
        assert row["confirmed"] == 1 or (row["failed"] >= 3 and row["days"] >= 2), (OF_PROOF, row)
        assert not row["by_answerer"], row
        assert not row["by_unit"], row


def pauses_are_apart() -> None:
    assert rows(OVERLAPS) == []


def every_change_is_a_row_of_the_table() -> None:
    """The chain of events tells each call's way, and every leg of it stands in the table."""
    legs = {
        (source, row.step.target or source, row.step.event)
        for row in rules.TABLE
        if row.entity is Entity.CALL
        for source in row.step.source
    }
    legs |= {("suspended", rules.RESUME_PLAN.target, rules.RESUME_PLAN.event)}
    for row in (rules.CLASSIFY_BACK, rules.PLAN_DONE):
        legs |= {(source, row.target, row.event) for source in row.source}
    legs.add(("submitted", "dispatched", "calls.dispatched"))
    """Danger: accepted and dispatched in the moment in which it came in."""
    stands = {c.pk: c.state for c in Call.objects.all()}
    at: dict[int, str] = defaultdict(lambda: "submitted")
    for event in Event.objects.filter(subject_type="calls.call").order_by("sequence"):
        before, after = event.data.get("before"), event.data.get("after")
        if after is None or event.topic == "calls.received":
            continue
        assert before == at[event.subject_id], event.data
        assert (before, after, event.topic) in legs, (before, after, event.topic)
        at[event.subject_id] = after
    assert {pk: at[pk] for pk in stands} == stands


def the_chain_holds(world: World) -> None:
    assert audit.verify(world.system).faults == ()


def replays_are_equal(world: World, replayed: set[int]) -> None:
    """What was decided is decided again, digest for digest; each new decision once."""
    found = rows("SELECT DISTINCT decision_id FROM calls_call WHERE decision_id IS NOT NULL")
    for key in {row["decision_id"] for row in found} - replayed:
        stored, again = mandate.replay(world.system, key)
        assert stored == again
        replayed.add(key)


def rates_equal_a_naive_recount(world: World, start: date, end: date) -> None:
    """The database, the engine and a plain loop over the events count the same."""
    leader = world.actor("leader")
    plain = recount(world, queries.midnight(start), queries.midnight(end), now=world.now)
    totals = queries.totals(leader, start=start, end=end, now=world.now)
    board = queries.leader_board(leader, start=start, end=end, now=world.now)
    month = counted.by_unit(leader, start=start, end=end, now=world.now)
    whole = plain[""].pairs()
    assert {n: (totals[n].numerator, totals[n].denominator) for n in NAMES} == whole
    sheet = month.whole.figures
    assert {n: (sheet[n].numerator, sheet[n].denominator) for n in NAMES} == whole
    by_unit = {
        row.key: {n: (row.figures[n].numerator, row.figures[n].denominator) for n in NAMES}
        for row in board.by_unit
    }
    asked = {key: c.pairs() for key, c in plain.items() if key and any(c.base.values())}
    told = {
        key: found for key, found in by_unit.items() if any(base for _, base in found.values())
    }
    assert told == asked


def nobody_sees_a_complaint_about_the_own_unit(world: World, names: tuple[str, ...]) -> None:
    """Not in the list, not by search, not behind a tab."""
    about = {c.pk: c.complained_unit_id for c in Call.objects.exclude(complained_unit=None)}
    for name in names:
        actor = world.actor(name)
        own = actor.units()
        hidden = {pk for pk, unit in about.items() if unit in own}
        if not hidden:
            continue
        with tenancy.reading(actor):
            seen = {c.pk for c in queries.list_calls(actor, now=world.now)}
            seen |= {c.pk for c in queries.search_calls(actor, "QY-", 200)}
            assert not seen & hidden, name
            for pk in hidden:
                assert queries.find_call(actor, pk) is None, name


def tabs_count_what_they_list(world: World, names: tuple[str, ...]) -> None:
    for name in names:
        actor = world.actor(name)
        with tenancy.reading(actor):
            counts = queries.tab_counts(actor, now=world.now)
            for tab, count in counts.items():
                listed = queries.list_calls(actor, Filters(tab=tab), now=world.now)
                assert min(listed.count(), queries.CAP) == count, (name, tab)


def everything_holds(world: World, names: tuple[str, ...], replayed: set[int]) -> None:
    """All of it, for a zone whose calls were moved in any way.

    The rates are those of all the days so far and, every other minute, of the current month.
    """
    with tenancy.reading(world.system):
        no_open_call_is_without_time_or_reason()
        nobody_leads_twice()
        no_part_is_due_after_the_answer_and_the_lead_keeps_a_share()
        no_call_is_closed_without_proof()
        pauses_are_apart()
        every_change_is_a_row_of_the_table()
        the_chain_holds(world)
        replays_are_equal(world, replayed)
        nobody_sees_a_complaint_about_the_own_unit(world, names)
        today = queries.local_day(world.now)
        start = today.replace(day=1) if world.now.minute % 2 else date(2026, 11, 1)
        rates_equal_a_naive_recount(world, start, today + timedelta(days=1))
        tabs_count_what_they_list(world, names[:4])
