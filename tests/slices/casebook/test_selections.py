"""A selection from the call for cases to the hashed list, guard by guard."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from qiying.engines.worktime import working_days_between
from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.models import Entry, EntryMark, Selection
from qiying.slices.casebook.operations._shared import digest_of
from qiying.slices.registry import public as registry
from tests.slices.casebook import steps
from tests.slices.casebook.conftest import JUDGES
from tests.slices.casebook.test_cases import breaks, refused
from tests.slices.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(world: World) -> World:
    """Four who judge and a leader who decides."""
    for name in JUDGES:
        world.person(name, Role.ANALYST)
    world.person("decider", Role.ZONE_LEADER)
    return world


def organiser(world: World) -> Any:
    return world.actor("supervisor")


# --- the call ---


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"publicity_days": 4}, "publicity_days"),
        ({"quota": 0}, "quota"),
        ({"rules_zh": " "}, "rules_zh"),
        ({"closes_on": timezone.localdate() - timedelta(days=3000)}, "closes_on"),
        ({"criteria": [{"code": "a", "name_zh": "", "name_en": "", "weight": 100}]}, "criteria"),
        ({"tie_rule": "coin"}, "tie_rule"),
    ],
)
def test_a_call_for_cases_that_cannot_stand_is_refused(
    panel: World, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        steps.announced(panel, **change)
    assert set(told.value.fields) == {field}


@pytest.mark.parametrize("who", ["boss", "grid", "desk", "safety", "analyst", "leader"])
def test_only_organisers_prepare_a_selection(panel: World, who: str) -> None:
    with pytest.raises(Denied):
        operations.prepare(panel.actor(who), now=panel.now)


def test_entries_are_taken_on_the_days_of_the_call_only(panel: World) -> None:
    row = steps.announced(panel)
    steps.enter(panel, row)
    refused(
        "casebook.still_open",
        lambda: operations.close_entries(organiser(panel), row.pk, now=panel.now),
    )
    panel.later(days=11)
    refused("casebook.not_open", lambda: steps.enter(panel, row, 2))


def test_a_unit_enters_for_itself_only(panel: World) -> None:
    row = steps.announced(panel)
    refused(
        "casebook.not_your_unit",
        lambda: steps.enter(panel, row, who="safety", unit_id=panel.units["EMB"]),
        Denied,
    )
    entry = steps.enter(panel, row, who="safety", level="unit", unit_id=panel.units["ZONE_SAFE"])
    assert entry.unit_id == panel.units["ZONE_SAFE"]


# --- completeness ---


def test_an_entry_that_names_its_entrant_or_a_firm_is_not_complete(panel: World) -> None:
    row = steps.announced(panel)
    for words in ("西岭县率先实行这一做法，成效明显。", "宏达等企业先行先试，成效明显。"):
        entry = steps.enter(panel, row, texts={**steps.TEXTS, "effect": words})
        refused(
            "casebook.findings",
            lambda entry=entry: operations.pass_check(organiser(panel), entry.pk, now=panel.now),
        )


def test_what_is_given_back_is_completed_by_its_entrant(panel: World) -> None:
    row = steps.announced(panel)
    entry = steps.enter(panel, row)
    operations.give_back(organiser(panel), entry.pk, remark="缺佐证", now=panel.now)
    refused(
        "casebook.not_yours",
        lambda: operations.resubmit(organiser(panel), entry.pk, texts={}, now=panel.now),
        Denied,
    )
    again = operations.resubmit(
        panel.actor("desk"), entry.pk, texts={"title": "补正"}, now=panel.now, evidence="台账"
    )
    assert (again.state, again.title, again.evidence) == ("submitted", "补正", "台账")


def test_nobody_checks_the_own_entry_and_the_database_refuses_it_too(panel: World) -> None:
    row = steps.announced(panel)
    entry = steps.enter(panel, row, who="supervisor")
    refused(
        "casebook.own_entry",
        lambda: operations.pass_check(organiser(panel), entry.pk, now=panel.now),
        Denied,
    )
    breaks(
        panel,
        "entry_checked_by_another",
        "UPDATE casebook_entry SET checked_by_id = submitted_by_id WHERE id = %s",
        entry.pk,
    )


# --- dealing and reading ---


def test_each_entry_is_read_by_two_without_conflict_and_loads_are_even(panel: World) -> None:
    row = steps.dealt(panel, count=6)
    with tenancy.reading(panel.system):
        marks = queries.marks_of(row)
    by_entry: dict[int, set[int]] = {}
    loads: dict[int, int] = {}
    for mark in marks:
        by_entry.setdefault(mark.entry_id, set()).add(mark.seat_id)
        loads[mark.seat_id] = loads.get(mark.seat_id, 0) + 1
    assert {len(r) for r in by_entry.values()} == {2}
    assert max(loads.values()) - min(loads.values()) <= 1
    assert sorted({m.entry.blind for m in marks}) == [1, 2, 3, 4, 5, 6]


def test_a_panelist_of_the_same_county_or_unit_reads_nothing_of_it(panel: World) -> None:
    row = steps.announced(panel)
    steps.checked(panel, row, 4)
    for name, county in zip(JUDGES, steps.COUNTIES, strict=True):
        operations.seat(
            organiser(panel), row.pk, panel.user(name).pk, county=county, now=panel.now
        )
    panel.later(days=11)
    operations.close_entries(organiser(panel), row.pk, now=panel.now)
    operations.deal(organiser(panel), row.pk, now=panel.now)
    with tenancy.reading(panel.system):
        marks = queries.marks_of(row)
        assert all(m.seat.county != m.entry.county for m in marks)
        mark = marks[0]
        mate = next(s for s in queries.seats_of(row) if s.county == mark.entry.county)
    breaks(
        panel,
        "mark_not_barred|conflict",
        "INSERT INTO casebook_entrymark (tenant_id, seat_id, entry_id, position, dealt_at, points,"
        " comment) VALUES (%s, %s, %s, 3, now(), '{}', '')",
        panel.tenant.pk,
        mate.pk,
        mark.entry_id,
    )


def test_too_few_panelists_without_a_conflict_stop_the_dealing(panel: World) -> None:
    row = steps.announced(panel)
    steps.checked(panel, row, 2)
    operations.seat(organiser(panel), row.pk, panel.user("judge1").pk, now=panel.now)
    panel.later(days=11)
    operations.close_entries(organiser(panel), row.pk, now=panel.now)
    refused(
        "casebook.panel_small", lambda: operations.deal(organiser(panel), row.pk, now=panel.now)
    )


def test_unchecked_entries_stop_the_dealing(panel: World) -> None:
    row = steps.announced(panel)
    steps.enter(panel, row)
    panel.later(days=11)
    operations.close_entries(organiser(panel), row.pk, now=panel.now)
    refused(
        "casebook.entries_unchecked",
        lambda: operations.deal(organiser(panel), row.pk, now=panel.now),
    )


def test_who_stands_back_is_replaced_and_never_dealt_that_entry_again(panel: World) -> None:
    row = steps.dealt(panel)
    with tenancy.reading(panel.system):
        mark = queries.marks_of(row)[0]
        name = next(n for n in JUDGES if panel.user(n).pk == mark.seat.person_id)
    operations.declare_interest(panel.actor(name), mark.entry_id, reason="亲属参与", now=panel.now)
    assert operations.deal_again(organiser(panel), row.pk, now=panel.now) == 1
    with tenancy.reading(panel.system):
        readers = EntryMark.objects.filter(entry_id=mark.entry_id)
        assert readers.count() == 2
        assert not readers.filter(seat_id=mark.seat_id).exists()


def test_nobody_reads_what_was_dealt_to_another_and_the_blind_page_tells_no_entrant(
    panel: World,
) -> None:
    row = steps.dealt(panel)
    with tenancy.reading(panel.system):
        mark = queries.marks_of(row)[0]
        other = next(
            n
            for n in JUDGES
            if panel.user(n).pk
            not in {m.seat.person_id for m in queries.marks_of(row) if m.entry_id == mark.entry_id}
        )
    points = dict.fromkeys(steps.WELL, 5)
    with pytest.raises(NotFound):
        operations.mark(
            panel.actor(other), mark.entry.public_id, points=points, comment="x", now=panel.now
        )
    reader = next(n for n in JUDGES if panel.user(n).pk == mark.seat.person_id)
    actor = panel.actor(reader)
    with tenancy.reading(actor), pytest.raises(NotFound):
        queries.get_entry(actor, mark.entry_id)


def test_an_overseer_on_the_panel_reads_blindly_until_the_list_is_public(panel: World) -> None:
    panel.person("judge1", Role.AUDITOR)
    judge = panel.actor("judge1")
    row = steps.ranked(panel)
    with tenancy.reading(judge):
        assert not queries.entries_of(judge, row).exists()
    inside = [*row.ranking["inside"], *row.ranking["on_the_line"]][: row.quota]
    operations.choose(
        panel.actor("decider"),
        row.pk,
        inside,
        met_on=timezone.localdate(panel.now),
        minutes="通过",
        now=panel.now,
    )
    row = operations.publicise(organiser(panel), row.pk, now=panel.now)
    with tenancy.reading(judge):
        assert queries.entries_of(judge, row).exists()


def test_marks_once_given_stay(panel: World) -> None:
    row = steps.dealt(panel)
    steps.mark_all(panel, row)
    breaks(panel, "not changed", "UPDATE casebook_entrymark SET total = 100")
    breaks(panel, "not changed", "DELETE FROM casebook_entrymark")
    breaks(panel, "being read", "UPDATE casebook_entry SET title = 'x'")


# --- ranking ---


def test_ranking_waits_for_every_mark_and_for_third_readers(panel: World) -> None:
    row = steps.dealt(panel)
    lead = organiser(panel)
    refused("casebook.marks_missing", lambda: operations.rank(lead, row.pk, now=panel.now))
    steps.mark_all(panel, row, wide=5)
    refused("casebook.thirds_missing", lambda: operations.rank(lead, row.pk, now=panel.now))
    assert operations.deal_again(lead, row.pk, now=panel.now) == 1
    refused("casebook.marks_missing", lambda: operations.rank(lead, row.pk, now=panel.now))
    steps.mark_all(panel, row)
    done = operations.rank(lead, row.pk, now=panel.now)
    assert done.state == "ranked"
    assert sorted(r["readers"] for r in done.ranking["rows"]) == [2, 2, 2, 2, 3]
    assert done.ranking["alpha"] is not None


def test_the_frozen_ranking_is_what_a_naive_count_gives(panel: World) -> None:
    row = steps.ranked(panel, count=6)
    with tenancy.reading(panel.system):
        marks = queries.marks_of(row)
    for line in row.ranking["rows"]:
        totals = [m.total for m in marks if m.entry_id == line["entry"]]
        assert line["score"] == str(rules.mean([t for t in totals if t is not None]))
        better = [r for r in row.ranking["rows"] if float(r["score"]) > float(line["score"])]
        assert line["rank"] >= len(better) + 1
    body = {k: v for k, v in row.ranking.items() if k != "digest"}
    assert row.ranking["digest"] == digest_of(body)


# --- decision ---


def test_the_meeting_leaves_the_ranking_only_with_a_reason(panel: World) -> None:
    row = steps.ranked(panel, count=5, quota=2)
    order = [r["entry"] for r in row.ranking["rows"]]
    given: dict[str, Any] = {
        "met_on": timezone.localdate(panel.now),
        "minutes": "会议研究。",
        "now": panel.now,
    }
    decider = panel.actor("decider")
    refused("casebook.over_quota", lambda: operations.choose(decider, row.pk, order[:3], **given))
    swapped = [order[0], order[4]]
    refused(
        "casebook.deviation_unreasoned",
        lambda: operations.choose(decider, row.pk, swapped, **given),
    )
    reasons = {order[1]: "同类已获奖", order[4]: "填补空白"}
    operations.choose(decider, row.pk, swapped, **given, deviations=reasons)
    with tenancy.reading(panel.system):
        kept = dict(Entry.objects.filter(pk__in=reasons).values_list("pk", "deviation"))
    assert kept == reasons


def test_entrants_and_panelists_do_not_decide(panel: World) -> None:
    panel.person("judge1", Role.ZONE_LEADER)
    row = steps.ranked(panel)
    inside = row.ranking["inside"]
    refused(
        "casebook.concerned",
        lambda: operations.choose(
            panel.actor("judge1"),
            row.pk,
            inside,
            met_on=timezone.localdate(panel.now),
            minutes="x",
            now=panel.now,
        ),
        Denied,
    )


# --- publicity ---


def test_the_publicity_period_counts_working_days(panel: World) -> None:
    row = steps.publicised(panel)
    calendar = registry.calendar(panel.system)
    assert row.publicity_from
    assert row.publicity_until
    assert working_days_between(row.publicity_from, row.publicity_until, calendar) == 5
    assert calendar.is_working_day(row.publicity_until)


def test_the_list_is_not_final_before_the_period_is_over(panel: World) -> None:
    row = steps.publicised(panel)
    lead = organiser(panel)
    refused("casebook.publicity_runs", lambda: operations.conclude(lead, row.pk, now=panel.now))
    breaks(
        panel,
        "selection_final_after_publicity",
        "UPDATE casebook_selection SET state = 'final', final_digest = 'x',"
        " concluded_on = publicity_until WHERE id = %s",
        row.pk,
    )


def test_firms_see_the_publicised_list_and_may_object(panel: World) -> None:
    row, boss = steps.publicised(panel), panel.actor("boss")
    with tenancy.reading(boss):
        seen = queries.publicised(boss, queries.get_selection(boss, row.pk))
    assert len(seen) == 3
    objection = operations.raise_objection(boss, seen[0].public_id, text="情况不实", now=panel.now)
    panel.later(days=15)
    lead, decider = organiser(panel), panel.actor("decider")
    refused("casebook.objections_open", lambda: operations.conclude(lead, row.pk, now=panel.now))
    breaks(
        panel,
        "settled|objection",
        "UPDATE casebook_selection SET state = 'final', final_digest = 'x',"
        " concluded_on = publicity_until + 1 WHERE id = %s",
        row.pk,
    )
    operations.settle(
        decider, objection.public_id, is_upheld=True, finding="经核实", now=panel.now
    )
    done = operations.conclude(lead, row.pk, now=panel.now)
    assert len(done.final) == 2
    with pytest.raises((Refused, NotFound)):
        operations.raise_objection(boss, seen[0].public_id, text="再提", now=panel.now)


def test_nobody_settles_the_own_objection(panel: World) -> None:
    row, decider = steps.publicised(panel), panel.actor("decider")
    with tenancy.reading(decider):
        entry = queries.publicised(decider, row)[0]
    objection = operations.raise_objection(decider, entry.public_id, text="有误", now=panel.now)
    given: dict[str, Any] = {"is_upheld": False, "finding": "无误", "now": panel.now}
    refused(
        "casebook.own_objection",
        lambda: operations.settle(decider, objection.public_id, **given),
        Denied,
    )
    breaks(
        panel,
        "objection_settled_by_another",
        "UPDATE casebook_objection SET settled_by_id = raised_by_id WHERE id = %s",
        objection.pk,
    )


def test_the_final_list_has_a_hash_that_anybody_can_recompute_and_never_changes(
    panel: World,
) -> None:
    row = steps.final(panel)
    body = {
        "selection": row.number,
        "concluded_on": row.concluded_on.isoformat() if row.concluded_on else "",
        "list": row.final,
    }
    assert row.final_digest == digest_of(body)
    breaks(panel, "not changed", "UPDATE casebook_selection SET quota = 9 WHERE id = %s", row.pk)
    breaks(panel, "being read", "UPDATE casebook_entry SET is_chosen = false")


def test_a_cancelled_selection_is_over(panel: World) -> None:
    row = steps.announced(panel)
    operations.cancel(organiser(panel), row.pk, reason="改期", now=panel.now)
    with pytest.raises(Refused):
        steps.enter(panel, row)


# --- who sees what ---


def test_firms_see_no_selection_that_is_being_judged_and_no_entry(panel: World) -> None:
    row, boss = steps.dealt(panel), panel.actor("boss")
    with tenancy.reading(boss):
        assert not queries.list_selections(boss).exists()
        assert not queries.entries_of(boss, row).exists()


def test_another_zone_finds_no_selection(panel: World) -> None:
    row = steps.publicised(panel)
    other = make_world("yy")
    stranger = other.person("lead", Role.SUPERVISOR)
    with tenancy.reading(stranger):
        assert not Selection.objects.exists()
        assert not Entry.objects.exists()
    with pytest.raises(NotFound):
        operations.conclude(stranger, row.pk, now=panel.now)


def test_two_organisers_who_deal_at_once_deal_once(panel: World) -> None:
    row = steps.dealt(panel)
    refused("lifecycle.state", lambda: operations.deal(organiser(panel), row.pk, now=panel.now))
    with tenancy.reading(panel.system), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM casebook_entrymark")
        assert cursor.fetchone() == (10,)
    breaks(
        panel,
        "mark_once",
        "INSERT INTO casebook_entrymark (tenant_id, seat_id, entry_id, position, dealt_at, points,"
        " comment) SELECT tenant_id, seat_id, entry_id, 3, now(), '{}', '' FROM"
        " casebook_entrymark LIMIT 1",
    )
