"""A selection from the ranking to the hashed list, guard by guard."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from qiying.engines.worktime import working_days_between
from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, NotFound, Refused
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.models import Entry, Selection
from qiying.slices.casebook.operations._shared import digest_of
from qiying.slices.registry import public as registry
from tests.slices.casebook import steps
from tests.slices.casebook.refusals import breaks, refused
from tests.slices.casebook.seats import organiser
from tests.slices.world import World, make_world

pytestmark = pytest.mark.django_db


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
