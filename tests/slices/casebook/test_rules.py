"""The tables of steps, the criteria, and what the docs say of them."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qiying
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, Refused
from qiying.kernel.lifecycle import Lifecycle
from qiying.slices.casebook import rules

DOCS = Path(qiying.__path__[0]).parents[1] / "docs/slices/casebook.md"
TABLES = (rules.CASE, rules.SELECTION, rules.ENTRY)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_state_can_be_reached(table: Lifecycle) -> None:
    assert table.reachable() == table.states


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_step_is_refused_to_every_other_role_and_state(table: Lifecycle) -> None:
    for name, row in table.steps.items():
        for state in table.states:
            for role in set(Role):
                roles = frozenset({role})
                if role not in row.roles:
                    with pytest.raises(Denied):
                        table.step(state, name, roles)
                elif state not in row.source:
                    with pytest.raises(Refused):
                        table.step(state, name, roles)
                else:
                    assert table.step(state, name, roles) is row


def test_the_docs_name_every_step_of_the_case_and_the_selection() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for table in (rules.CASE, rules.SELECTION):
        for name in table.steps:
            assert name in text, f"{table.name}: {name}"


def test_the_published_criteria_weigh_a_hundred_together() -> None:
    assert rules.criteria_fault(rules.STANDARD) == ""
    assert sum(c.weight for c in rules.STANDARD) == 100
    assert set(rules.TIE_BREAKERS) <= {c.code for c in rules.STANDARD}


points = st.fixed_dictionaries({c.code: st.integers(0, 10) for c in rules.STANDARD})


@given(points)
def test_a_total_is_the_weighted_sum(given_points: dict[str, int]) -> None:
    rows = [c.as_row() for c in rules.STANDARD]
    naive = sum(given_points[c.code] * c.weight for c in rules.STANDARD)
    assert rules.total(given_points, rows) == Decimal(naive) / 10
    assert rules.are_points(given_points, rows)


@given(st.lists(st.integers(0, 100).map(Decimal), max_size=3))
def test_a_third_reads_exactly_when_the_first_two_differ_widely(totals: list[Decimal]) -> None:
    wide = len(totals) >= 2 and abs(totals[0] - totals[1]) > rules.WIDE
    assert rules.reviews_needed(totals) == (3 if wide else 2)
