"""Each rule of counting on a table small enough to count by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from qiying.engines.rates import (
    LETTER,
    CoTask,
    Definitions,
    Extension,
    Receipt,
    Round,
    Table,
    rates,
    rates_by_unit,
    wilson,
)
from tests.engines.rates.conftest import OCTOBER, SETTLED, day, failed, rejected, solved, table_of


def fraction(table: Table, name: str, **more: object) -> tuple[float, int]:
    figure = rates(table, OCTOBER, now=SETTLED, **more).figures[name]  # type: ignore[arg-type]
    return figure.numerator, figure.denominator


def test_an_overdue_open_round_is_below_the_line_and_one_not_yet_due_is_not() -> None:
    table = table_of(solved(1), failed(2), failed(3, due_at=day(20)))
    at_twelve = rates(table, OCTOBER, now=day(12)).figures["declared"]
    assert (at_twelve.numerator, at_twelve.denominator) == (1, 2)
    assert fraction(table, "declared") == (1, 3)


def test_in_time_is_at_the_due_moment_and_what_was_declined_is_owed_nothing() -> None:
    late = solved(2, answered_at=day(6) + timedelta(minutes=1), closed_at=day(7))
    table = table_of(solved(1, answered_at=day(6)), late, failed(3, state="stopped"))
    assert fraction(table, "on_time") == (1, 2)
    assert fraction(table, "due") == (2, 2)


def test_partly_solved_is_one_half_and_the_half_can_be_switched() -> None:
    table = table_of(solved(1), solved(2, resolved="partly"), solved(3, resolved="no"))
    assert fraction(table, "solved") == (1.5, 3)
    whole = Definitions(partly_weight=1.0)
    assert fraction(table, "solved", definitions=whole) == (2, 3)


def test_whoever_did_not_rate_is_neither_content_nor_asked() -> None:
    grades = [5, 4, 3, 2, None]
    table = table_of(*(solved(i, rating=g) for i, g in enumerate(grades, start=1)))
    assert fraction(table, "satisfied") == (3, 4)
    assert fraction(table, "satisfied_strictly") == (2, 4)
    assert fraction(table, "rated") == (4, 5)


def test_the_composite_weighs_response_solved_and_satisfied() -> None:
    table = table_of(solved(1), solved(2, resolved="no", rating=1, contacted_at=None))
    sheet = rates(table, OCTOBER, now=SETTLED)
    assert sheet.composite == pytest.approx(0.30 * 0.5 + 0.35 * 0.5 + 0.35 * 0.5)
    assert rates(table_of(failed(1)), OCTOBER, now=SETTLED).composite is None


def test_calls_per_hundred_firms_leave_out_what_was_found_by_us() -> None:
    calls = [Receipt(call=i, received_at=day(i), is_found_by_us=i == 3) for i in range(1, 7)]
    sheet = rates(Table((), calls, firms=500), OCTOBER, now=SETTLED)
    assert sheet.per_100_firms == pytest.approx(5 / 5 * 30 / 31)
    assert sheet.figures["found_by_us"].share == pytest.approx(1 / 6)


def test_a_late_co_handler_stains_its_own_rate_and_not_the_lead() -> None:
    parts = (
        CoTask(id=1, unit="B", due_at=day(4), settled_at=day(5)),
        CoTask(id=2, unit="C", due_at=day(4), settled_at=day(3)),
    )
    found = rates_by_unit(table_of(solved(1, co_tasks=parts)), OCTOBER, now=SETTLED)
    on_time = {unit: sheet.figures["co_on_time"].share for unit, sheet in found.items()}
    assert on_time == {"A": None, "B": 0.0, "C": 1.0}
    assert found["A"].figures["on_time"].share == 1.0
    assert found["B"].figures["due"].denominator == 0


def test_left_out_of_call_back_without_a_code_or_beyond_the_cap_counts_as_not_solved() -> None:
    rows = [solved(i) for i in range(1, 19)]
    rows += [solved(19, exclusion="", resolved="", called_back_by=None)]
    rows += [solved(20, exclusion="SECRET", resolved="", called_back_by=None)]
    assert fraction(table_of(*rows), "solved") == (18, 19)
    rows[:2] = [solved(i, exclusion="SECRET", resolved="") for i in (1, 2)]
    sheet = rates(table_of(*rows), OCTOBER, now=SETTLED)
    assert (sheet.figures["solved"].numerator, sheet.figures["solved"].denominator) == (16, 18)
    assert sheet.figures["excluded"].share == 4 / 20
    found = {f.code: f.rounds for f in sheet.findings}
    assert found["exclusion_without_code"] == (19,)
    assert found["exclusions_over_cap"] == (20,)


@pytest.mark.parametrize(("person", "unit"), [(1, ""), (9, "A")])
def test_the_unit_that_answered_cannot_ring_for_itself(person: int, unit: str) -> None:
    table = table_of(solved(1), solved(2, called_back_by=person, called_back_in=unit))
    assert fraction(table, "verified") == (1, 2)
    assert fraction(table, "solved") == (1, 2)
    assert fraction(table, "verified", definitions=LETTER) == (2, 2)
    findings = rates(table, OCTOBER, now=SETTLED).findings
    assert [f.rounds for f in findings if f.code == "called_back_by_own_unit"] == [(2,)]


@pytest.mark.parametrize(
    ("at", "matter", "firm", "holds"),
    [
        (day(35), "M1", 1, False),
        (day(35) + timedelta(seconds=1), "M1", 1, True),
        (day(3), "M1", 1, False),
        (day(20), "M2", 1, True),
        (day(20), "M1", 2, True),
        (day(20), "", 1, True),
    ],
)
def test_the_same_firm_with_the_same_matter_undoes_a_verified_closure(
    at: object, matter: str, firm: int, holds: bool
) -> None:
    again = Receipt(call=99, received_at=at, matter=matter, firm=firm)  # type: ignore[arg-type]
    table = table_of(solved(1), more=(again,))
    assert fraction(table, "verified") == (int(holds), 1)
    assert fraction(table, "declared") == (1, 1)
    found = [f for f in rates(table, OCTOBER, now=SETTLED).findings if f.code == "came_back"]
    assert [f.calls for f in found] == ([] if holds else [(99,)])


def test_another_matter_for_the_same_unit_can_be_made_to_count_as_a_return() -> None:
    again = Receipt(call=99, received_at=day(20), matter="M2", firm=1, unit="A")
    table = table_of(solved(1), more=(again,))
    assert fraction(table, "verified") == (1, 1)
    either = Definitions(linked_by=("matter", "unit"))
    assert fraction(table, "verified", definitions=either) == (0, 1)


def test_a_merged_call_stays_below_the_line_and_needs_a_word_of_its_own() -> None:
    bare = {"merged_into": 1, "resolved": "", "called_back_by": None, "rating": None}
    table = table_of(solved(1), solved(2, **bare), solved(3, merged_into=1))
    assert fraction(table, "declared") == (3, 3)
    assert fraction(table, "verified") == (2, 3)
    findings = rates(table, OCTOBER, now=SETTLED).findings
    assert [f.rounds for f in findings if f.code == "merged_kept"] == [(2, 3)]


def test_a_call_that_failed_is_one_failure_however_many_rounds_it_took() -> None:
    def second(row: Round, key: int) -> Round:
        return replace(row, id=key, number=2, started_at=day(7), due_at=day(14))

    good = second(solved(1, answered_at=day(12), closed_at=day(13)), 11)
    table = table_of(rejected(1), good, rejected(2), second(failed(2), 12))
    assert fraction(table, "verified") == (1, 3)
    assert fraction(table, "verified", definitions=LETTER) == (1, 4)
    assert fraction(table, "declared") == (1, 4)
    assert fraction(table, "redone") == (2, 4)


def test_what_was_withdrawn_from_a_unit_stays_in_verified_closure_only() -> None:
    withdrawn = failed(2, state="stopped", is_withdrawn_from_unit=True)
    table = table_of(solved(1), withdrawn, failed(3, state="stopped"))
    assert fraction(table, "verified") == (1, 2)
    assert fraction(table, "declared") == (1, 1)


def test_an_extension_neither_moves_the_period_nor_counts_when_self_approved() -> None:
    def more(by: int | None, **told: bool) -> Extension:
        return Extension(due_at=day(36), asked_by=1, approved_by=by, **told)

    late = {"answered_at": day(30), "closed_at": day(31)}
    rows = [
        solved(1, extensions=(more(2),), **late),
        solved(2, extensions=(more(1),), **late),
        solved(3, extensions=(more(None),), **late),
        solved(4, extensions=(more(2, is_asked_in_time=False),), **late),
    ]
    assert fraction(table_of(*rows), "on_time") == (1, 4)
    assert fraction(table_of(*rows), "due", definitions=LETTER) == (0, 0)
    found = rates(table_of(*rows), OCTOBER, now=SETTLED).findings
    assert [f.rounds for f in found if f.code == "extension_not_counted"] == [(2, 3, 4)]


def test_signing_in_time_returns_and_reached_have_their_own_denominators() -> None:
    table = table_of(
        solved(1, sign_due_at=day(2), signed_at=day(1)),
        solved(2, sign_due_at=day(2), signed_at=day(3), is_returned=True),
        solved(3, resolved="", called_back_by=None),
        failed(4),
    )
    assert fraction(table, "signed") == (1, 2)
    assert fraction(table, "returned") == (1, 4)
    assert fraction(table, "reached") == (2, 3)


def test_the_interval_agrees_with_a_published_example() -> None:
    """81 of 263: 0.2553 to 0.3662 (R. G. Newcombe, Statistics in Medicine 17, 1998, table I)."""
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 0) == (0.0, 1.0)
