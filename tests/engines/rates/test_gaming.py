"""The simulator as an auditor's tool: what each strategy gains, and which rule takes it away."""

from dataclasses import replace
from itertools import pairwise

import pytest

from qiying.engines.rates import Definitions, Round, Table, rates
from qiying.engines.rates.gaming import HELD_BY, STRATEGIES, apply, leaks, simulate
from tests.engines.rates.conftest import (
    OCTOBER,
    SETTLED,
    day,
    failed,
    receipts_of,
    rejected,
    solved,
)


def a_month() -> Table:
    """A hundred calls of one unit: most good, some late, open, rejected twice, half-hearted."""
    rows = [solved(i) for i in range(1, 71)]
    rows += [failed(i) for i in range(71, 81)]
    for call in range(81, 91):
        rows.append(rejected(call))
        more = {"id": 100 + call, "number": 2, "started_at": day(7), "due_at": day(14)}
        rows.append(replace(rejected(call), **more))
        more |= {"id": 200 + call, "number": 3, "started_at": day(15), "due_at": day(22)}
        rows.append(replace(solved(call, answered_at=day(20), closed_at=day(21)), **more))
    rows += [solved(i, resolved="partly", rating=2) for i in range(91, 96)]
    rows += [solved(i, answered_at=day(9), closed_at=day(10)) for i in range(96, 101)]
    return Table(tuple(rows), tuple(receipts_of(tuple(rows))), 800)


def test_every_strategy_would_pay_without_its_rule_and_pays_no_more_with_it() -> None:
    for leak in leaks(a_month(), OCTOBER, now=SETTLED):
        assert leak.by_letter > 0 or leak.strategy == "close_and_refile", leak
        assert leak.without_rule > 0, leak
        assert leak.in_force <= 0, leak


def test_filed_again_before_the_old_one_is_closed_is_seen_as_a_return() -> None:
    """By the letter only what comes after the closure would be looked at."""
    table = a_month()
    old = Definitions(relapse_from_start=False)
    gain = simulate("close_and_refile", table, OCTOBER, now=SETTLED, definitions=old)
    assert gain.moved("verified") > 0
    effect = simulate("close_and_refile", table, OCTOBER, now=SETTLED)
    assert effect.moved("verified") <= 0 < effect.moved("declared")
    changed, touched = apply("close_and_refile", table, now=SETTLED)
    findings = rates(changed, OCTOBER, now=SETTLED).findings
    came_back = next(f for f in findings if f.code == "came_back")
    assert set(touched) == set(came_back.rounds)
    assert len(came_back.calls) == 10


@pytest.mark.parametrize("name", ["exclude_dissatisfied", "ask_only_the_happy", "merge_away"])
def test_ending_a_call_early_raises_declared_and_not_verified(name: str) -> None:
    effect = simulate(name, a_month(), OCTOBER, now=SETTLED)
    assert effect.moved("declared") > 0
    assert effect.moved("verified") < 0


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_more_of_it_never_helps_more(name: str) -> None:
    shares = [
        simulate(name, a_month(), OCTOBER, now=SETTLED, intensity=i / 10).after["verified"].share
        for i in range(11)
    ]
    assert all(later <= earlier for earlier, later in pairwise(shares))  # type: ignore[operator]


def test_the_table_given_is_left_as_it_was_and_each_strategy_names_its_rule() -> None:
    table = a_month()
    rounds, receipts = tuple(table.rounds), tuple(table.receipts)
    for name in STRATEGIES:
        apply(name, table, now=SETTLED)
        assert hasattr(Definitions(), HELD_BY[name])
    assert (rounds, receipts) == (tuple(table.rounds), tuple(table.receipts))
    with pytest.raises(ValueError, match="share"):
        apply("merge_away", table, now=SETTLED, intensity=1.5)


def test_a_unit_on_its_own_has_nobody_to_hide_behind() -> None:
    """The only call of a unit cannot be merged, and what is left of it still counts."""
    alone: Round = failed(1, unit="B")
    table = Table((alone,), tuple(receipts_of((alone,))))
    _, touched = apply("merge_away", table, now=SETTLED)
    assert touched == ()
