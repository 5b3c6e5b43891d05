"""Whatever the table: the engine counts what the naive recount counts, and no strategy pays."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines.rates import (
    DEFAULTS,
    Definitions,
    Sheet,
    Table,
    check,
    rates,
    rates_by_unit,
    wilson,
)
from qiying.engines.rates.gaming import STRATEGIES, apply, simulate
from tests.engines.rates.conftest import OCTOBER, SETTLED, days, definitions, tables

moments = days(5, 90)
units = st.sampled_from((None, "", "A", "B"))
intensities = st.floats(0, 1)


@given(tables(), definitions, moments, units)
def test_the_engine_counts_what_the_naive_recount_counts(
    table: Table, rules: Definitions, now: object, unit: str | None
) -> None:
    sheet = rates(table, OCTOBER, now=now, unit=unit, definitions=rules)  # type: ignore[arg-type]
    assert check(table, OCTOBER, sheet, now=now, definitions=rules) == ()  # type: ignore[arg-type]


@given(tables(), definitions)
def test_the_units_add_up_to_the_whole(table: Table, rules: Definitions) -> None:
    whole = rates(table, OCTOBER, now=SETTLED, definitions=rules)
    parts = rates_by_unit(table, OCTOBER, now=SETTLED, definitions=rules)
    for name, figure in whole.figures.items():
        if figure.kind == "call":
            continue
        of_parts = [sheet.figures[name] for sheet in parts.values()]
        assert sum(f.denominator for f in of_parts) == figure.denominator, name
        assert sum(f.numerator for f in of_parts) == pytest.approx(figure.numerator), name


@given(tables(), st.sampled_from(sorted(STRATEGIES)), intensities, st.integers(0, 3), units)
def test_no_strategy_raises_verified_closure_at_any_intensity(
    table: Table, strategy: str, intensity: float, seed: int, unit: str | None
) -> None:
    effect = simulate(
        strategy, table, OCTOBER, now=SETTLED, intensity=intensity, seed=seed, unit=unit
    )
    assert effect.moved("verified") <= 1e-12, (strategy, effect.touched)


@given(tables(), st.permutations(sorted(STRATEGIES)), intensities)
def test_nor_do_all_of_them_one_after_the_other(
    table: Table, order: list[str], intensity: float
) -> None:
    before = _verified(rates(table, OCTOBER, now=SETTLED))
    for name in order[:3]:
        table, _ = apply(name, table, now=SETTLED, intensity=intensity)
    assert _verified(rates(table, OCTOBER, now=SETTLED)) <= before + 1e-12


def _verified(sheet: Sheet) -> float:
    return sheet.figures["verified"].share or 0.0


@given(tables(), st.sampled_from(sorted(STRATEGIES)), intensities, intensities)
def test_a_higher_intensity_uses_a_strategy_on_the_same_rounds_and_more(
    table: Table, strategy: str, one: float, other: float
) -> None:
    few, many = sorted((one, other))
    touched = [len(apply(strategy, table, now=SETTLED, intensity=i)[1]) for i in (0, few, many)]
    assert touched[0] == 0
    assert touched[1] <= touched[2]


@given(tables(), st.sampled_from(sorted(STRATEGIES)))
def test_a_strategy_takes_no_call_away(table: Table, strategy: str) -> None:
    """Gaming leaves its traces: each call still stands in the table, with its first round."""
    changed, _ = apply(strategy, table, now=SETTLED)
    assert {c.call for c in table.receipts} <= {c.call for c in changed.receipts}
    first = {r.call for r in table.rounds if r.number == 1}
    assert first <= {r.call for r in changed.rounds if r.number == 1}


@given(tables())
def test_the_hash_tells_whether_the_same_was_counted(table: Table) -> None:
    one = rates(table, OCTOBER, now=SETTLED)
    turned = Table(tuple(reversed(table.rounds)), tuple(reversed(table.receipts)), table.firms)
    two = rates(turned, OCTOBER, now=SETTLED)
    other = rates(table, OCTOBER, now=SETTLED, definitions=Definitions(least_to_rank=1))
    for name, figure in one.figures.items():
        assert two.figures[name] == figure
        assert other.figures[name].digest != figure.digest


@given(tables())
def test_shares_lie_in_their_interval_and_small_units_are_not_ranked(table: Table) -> None:
    for figure in rates(table, OCTOBER, now=SETTLED).figures.values():
        low, high = figure.interval
        assert figure.share is None or 0 <= low <= figure.share <= high <= 1
        assert figure.is_ranked == (figure.denominator >= DEFAULTS.least_to_rank)


@given(st.integers(0, 400), st.integers(1, 400))
def test_the_interval_narrows_with_more(top: int, base: int) -> None:
    low, high = wilson(min(top, base), base)
    low4, high4 = wilson(4 * min(top, base), 4 * base)
    assert high4 - low4 < high - low


@given(tables(), st.integers(0, 60))
def test_a_sheet_is_provisional_until_the_last_firm_can_no_longer_come_back(
    table: Table, late: int
) -> None:
    now = OCTOBER.end + timedelta(days=late)
    assert rates(table, OCTOBER, now=now).is_provisional == (late < 30)
