"""The zone's terms without a database: the shipped ones, dated ones, guards and statutes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines.worktime import Calendar, Rule
from qiying.slices.calls import rules
from qiying.slices.calls.models import CASE_LABELS, TERM_LABELS
from qiying.slices.calls.rules import (
    DEFAULT_TERMS,
    SHIPPED,
    STATUTES,
    Book,
    Level,
    Limit,
    Nature,
    Paused,
    Setting,
    TermClock,
    Terms,
    Urgency,
)

CALENDAR = Calendar(
    version="test",
    rest_days=frozenset({date(2026, 10, d) for d in (1, 2, 5, 6, 7)}),
    work_days=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    known_years=frozenset({2026}),
)
START = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)
MOMENTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
KEYS = st.sampled_from(sorted(SHIPPED))
AMOUNTS = st.integers(1, 20)
WD, WH, H = "working_days", "working_hours", "hours"
BEFORE = {
    # what the code said before the terms were data: normal, urgent, danger
    "accept": ((WH, 4), (H, 1), (H, 1)),
    "dispatch": ((WD, 1), (H, 2), (H, 1)),
    "sign": ((WD, 1), (H, 1), (H, 1)),
    "contact": ((WH, 4), (H, 1), (H, 1)),
    "adjudicate": ((WD, 1), (H, 4), (H, 1)),
}
PERIODS = {
    ("callback", ""): 2,
    ("dispute", ""): 1,
    ("task", ""): 3,
    ("milestone", ""): 20,
    ("info", ""): 5,
    ("pause", ""): 5,
    ("pause_cap", ""): 20,
    ("extension", ""): 10,
    ("redo", ""): 5,
    ("limit", "chase"): 1,
    ("limit", "supervise"): 3,
    ("limit", "post"): 10,
    ("limit", "interview"): 5,
    ("note", ""): 5,
    ("long_overdue", ""): 5,
    ("answer", "enquiry"): 1,
    ("answer", "help"): 5,
    ("answer", "resource"): 5,
    ("answer", "other"): 5,
    ("answer", "complaint"): 10,
    ("answer", "report"): 10,
    ("answer", "suggestion"): 10,
}


def setting(key: tuple[str, str], rule: Rule, on: date, hour: int = 0) -> Setting:
    at = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(hours=hour)
    return Setting(key, rule, on, at)


def test_a_zone_that_set_nothing_runs_on_what_the_code_said_before() -> None:
    expected: dict[tuple[str, str], Rule] = {
        (clock, urgency): Rule(kind, amount)  # type: ignore[arg-type]
        for clock, rows in BEFORE.items()
        for urgency, (kind, amount) in zip(Urgency, rows, strict=True)
    }
    expected |= {key: Rule("working_days", n) for key, n in PERIODS.items()}
    expected |= {("answer", "danger"): Rule("hours", 2), ("answer", "urgent"): Rule("hours", 24)}
    assert {key: shipped.rule for key, shipped in SHIPPED.items()} == expected
    for key, rule in expected.items():
        assert DEFAULT_TERMS.rule(*key) == rule
    assert Book().at(START) is DEFAULT_TERMS


@given(KEYS, MOMENTS)
def test_a_shipped_term_runs_as_its_rule_does(key: tuple[str, str], start: datetime) -> None:
    rule = SHIPPED[key].rule
    assert DEFAULT_TERMS.due_at(*key, start, CALENDAR) == rules.due_at(start, rule, CALENDAR)


@pytest.mark.parametrize("urgency", list(Urgency))
@pytest.mark.parametrize("nature", [*Nature, ""])
def test_every_kind_of_call_has_a_term_for_its_answer(urgency: str, nature: str) -> None:
    found = DEFAULT_TERMS.answer(urgency=urgency, nature=nature)
    case = nature or "other" if urgency == Urgency.NORMAL else urgency
    assert found == SHIPPED["answer", case].rule


def test_every_term_has_words_a_source_and_a_grade() -> None:
    for (clock, case), shipped in SHIPPED.items():
        assert TERM_LABELS[clock]
        assert not case or CASE_LABELS[case]
        assert shipped.basis.zh
        assert shipped.basis.en
        assert shipped.basis.grade in rules.terms.TERM_GRADES
        assert shipped.rule.kind in shipped.kinds
        assert shipped.rule.amount <= shipped.most(shipped.rule.kind)
    assert {level.code for level in Level} == {c for k, c in SHIPPED if k == TermClock.LIMIT}


# --- dated ---


@given(KEYS, AMOUNTS, AMOUNTS, MOMENTS, st.integers(0, 30))
def test_no_change_ever_makes_a_running_clock_longer(
    key: tuple[str, str], first: int, second: int, start: datetime, after: int
) -> None:
    """Whatever is set while it runs, it is due at the latest when it was."""
    day = (start + timedelta(hours=8)).date()
    old = setting(key, Rule("working_days", first), day - timedelta(days=40))
    new = setting(key, Rule("working_days", second), day + timedelta(days=after), 23)
    before = Book([old]).at(start).due_at(*key, start, CALENDAR)
    terms = Book([old, new]).at(start + timedelta(days=60))
    found = terms.due_at(*key, start, CALENDAR)
    assert found <= before
    fair = rules.due_at(max(new.from_at, start), Rule("working_days", second), CALENDAR)
    assert found in {before, fair}
    later = new.from_at + timedelta(days=1)
    assert terms.due_at(*key, later, CALENDAR) == rules.due_at(
        later, Rule("working_days", second), CALENDAR
    )


@given(KEYS, AMOUNTS, MOMENTS)
def test_a_shorter_term_never_lets_a_clock_run_out_before_it_came_into_force(
    key: tuple[str, str], amount: int, start: datetime
) -> None:
    new = setting(key, Rule("hours", amount), (start + timedelta(days=2)).date())
    terms, plain = Book([new]).at(start + timedelta(days=30)), DEFAULT_TERMS
    found = terms.due_at(*key, start, CALENDAR)
    assert found >= min(plain.due_at(*key, start, CALENDAR), new.from_at)


@given(KEYS, AMOUNTS, MOMENTS)
def test_what_is_planned_does_not_count_before_its_day(
    key: tuple[str, str], amount: int, now: datetime
) -> None:
    rule = Rule("working_days", amount)
    book = Book([setting(key, rule, (now + timedelta(days=3)).date())])
    assert book.at(now).rule(*key) == SHIPPED[key].rule
    assert book.at(now + timedelta(days=5)).rule(*key) == rule


def test_of_two_settings_for_one_day_the_later_counts_and_the_first_never_did() -> None:
    key, start = ("sign", "normal"), START
    wrong, right = Rule("hours", 1), Rule("working_days", 3)
    on = date(2026, 9, 9)
    planned = [Setting(key, r, on, START - timedelta(days=n)) for n, r in ((2, wrong), (1, right))]
    terms = Book(planned).at(START + timedelta(days=9))
    assert terms.rule(*key) == right
    expected = DEFAULT_TERMS.due_at(*key, start, CALENDAR)
    assert terms.due_at(*key, start, CALENDAR) == expected


def test_a_mistake_that_was_put_right_leaves_running_clocks_as_they_began() -> None:
    key = ("sign", "normal")
    wrong, right = Rule("hours", 1), SHIPPED[key].rule
    rows = [setting(key, wrong, START.date(), 2), setting(key, right, START.date(), 3)]
    terms = Book(rows).at(START + timedelta(days=1))
    due_at = terms.due_at(*key, START, CALENDAR)
    assert due_at == DEFAULT_TERMS.due_at(*key, START, CALENDAR)


def test_a_pause_stretches_a_shortened_clock_too() -> None:
    key = ("contact", "normal")
    rows = [setting(key, Rule("working_hours", 2), START.date(), 2)]
    terms, paused = (
        Book(rows).at(START + timedelta(days=9)),
        Paused(START + timedelta(minutes=30), START + timedelta(days=1), "firm_asked"),
    )
    plain = terms.due_at(*key, START, CALENDAR)
    assert terms.due_at(*key, START, CALENDAR, (paused,)) > plain


def test_the_call_back_has_its_light_by_the_term_it_runs_on() -> None:
    rows = [setting(("callback", ""), Rule("working_days", 1), date(2026, 9, 8))]
    shorter = Book(rows).at(START + timedelta(days=2)).callback_term(START, CALENDAR)
    plain = DEFAULT_TERMS.callback_term(START, CALENDAR)
    assert (shorter.due_at, shorter.yellow_at) == (plain.due_at, plain.yellow_at)
    later = START + timedelta(days=2)
    found = Book(rows).at(later).callback_term(later, CALENDAR)
    assert found.due_at == rules.due_at(later, Rule("working_days", 1), CALENDAR)


# --- matters and the law ---


@given(st.sampled_from(["M053", "M054", "M067"]), st.integers(1, 90))
def test_a_statute_goes_before_what_zone_and_register_say(matter: str, amount: int) -> None:
    (law,) = rules.statutes_of(matter)
    own = Terms({("answer", matter): [rules.Edition(Rule("natural_days", amount))]})
    register = Limit(Rule("natural_days", 80), is_law=False)
    for found in (
        own.answer(urgency="normal", nature="help", matter=matter),
        DEFAULT_TERMS.answer(urgency="normal", nature="help", matter=matter, limit=register),
    ):
        assert (found.kind, found.amount <= law.rule.amount) == ("natural_days", True)
    assert own.answer(urgency="normal", nature="help", matter=matter).amount == min(
        amount, law.rule.amount
    )


def test_a_statute_that_is_counted_otherwise_stands_as_it_is_counted() -> None:
    wrong = Limit(Rule("working_days", 10), is_law=False)
    found = DEFAULT_TERMS.answer(urgency="normal", nature="help", matter="M053", limit=wrong)
    assert found == Rule("natural_days", 60)


def test_the_zones_own_term_of_a_matter_goes_before_a_limit_that_is_no_law() -> None:
    own = Terms({("answer", "M026"): [rules.Edition(Rule("working_days", 3))]})
    reference = Limit(Rule("hours", 24), is_law=False)
    given: dict[str, Any] = {"urgency": "normal", "nature": "help", "matter": "M026"}
    assert own.answer(**given, limit=reference) == Rule("working_days", 3)
    assert DEFAULT_TERMS.answer(**given, limit=reference) == Rule("hours", 24)
    law = Limit(Rule("working_days", 2), is_law=True)
    assert own.answer(**given, limit=law) == Rule("working_days", 2)
    assert own.answer(**{**given, "urgency": "danger"}) == Rule("hours", 2)


def test_the_statutes_are_those_of_the_rule_book() -> None:
    found = {
        code: (s.rule.kind, s.rule.amount, s.longest.amount if s.longest else None)
        for code, s in STATUTES.items()
    }
    assert found == {
        "petition": ("natural_days", 60, 90),
        "petition_notice": ("natural_days", 15, None),
        "petition_review": ("natural_days", 30, None),
        "permission": ("working_days", 20, 30),
        "payment_transfer": ("working_days", 10, None),
        "payment": ("natural_days", 30, 90),
        "labour_mediation": ("natural_days", 15, None),
        "labour_award": ("natural_days", 45, 60),
    }
    assert all(s.basis.grade == rules.STATUTE for s in STATUTES.values())


def test_what_protects_the_firm_may_not_grow() -> None:
    guarded = {key for key, shipped in SHIPPED.items() if shipped.is_guarded}
    urgent = {k for k in SHIPPED if k[1] in {"urgent", "danger"}}
    assert guarded == urgent | {("pause_cap", ""), ("extension", "")}
    for key in guarded:
        assert rules.most_of(key, SHIPPED[key].rule.kind) == SHIPPED[key].rule.amount
