"""A selection from the call for cases to marks, guard by guard."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.slices.casebook import operations, queries
from qiying.slices.casebook.models import EntryMark
from tests.slices.casebook import steps
from tests.slices.casebook.conftest import JUDGES
from tests.slices.casebook.refusals import breaks, refused
from tests.slices.casebook.seats import organiser
from tests.slices.world import World

pytestmark = pytest.mark.django_db


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
