"""A part's due time and weight, without a database: what can be named, and what becomes of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines import worktime
from qiying.engines.worktime import Calendar
from qiying.slices.calls import rules
from qiying.slices.calls.rules import Paused
from qiying.slices.calls.rules.clocks import ledger

CALENDAR = Calendar(
    version="test",
    rest_days=frozenset({date(2026, 10, d) for d in (1, 2, 5, 6, 7)}),
    work_days=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    known_years=frozenset({2026}),
)
MOMENTS = st.integers(0, 90 * 24 * 60).map(
    lambda minutes: datetime(2026, 8, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
WEIGHTS = st.lists(st.none() | st.integers(-2, 101), max_size=8)
KINDS = st.sampled_from(("working_days", "natural_days", "hours", "working_hours"))
FAR = datetime(2030, 1, 1, tzinfo=UTC)


def due(
    sent_at: datetime, set_due_at: datetime | None, *paused: Paused, kind: str, not_after: datetime
) -> datetime:
    return rules.part_due_at(
        rules.Terms(),
        sent_at,
        set_due_at,
        rule_kind=kind,
        not_after=not_after,
        calendar=CALENDAR,
        paused=paused,
    )


@given(MOMENTS, st.integers(1, 20 * 24 * 60), KINDS)
def test_without_a_pause_what_was_set_stands_to_the_minute(
    sent_at: datetime, minutes: int, kind: str
) -> None:
    named = sent_at + timedelta(minutes=minutes)
    assert due(sent_at, named, kind=kind, not_after=FAR) == named
    assert due(sent_at, named, kind=kind, not_after=sent_at) == sent_at


@given(MOMENTS, st.integers(1, 20 * 24 * 60), KINDS, st.integers(0, 9000), st.integers(1, 9000))
def test_a_pause_moves_what_was_set_forward_and_gives_no_time_away(
    sent_at: datetime, minutes: int, kind: str, after: int, length: int
) -> None:
    named = sent_at + timedelta(minutes=minutes)
    begin = sent_at + timedelta(minutes=after)
    pause = Paused(begin, begin + timedelta(minutes=length), "firm_asked")
    moved = due(sent_at, named, pause, kind=kind, not_after=FAR)
    assert moved >= named
    if begin >= named:
        assert moved == named
    spent = []
    for counted in ("hours",) if kind == "hours" else ("hours", "working_hours"):
        run = worktime.elapsed(sent_at, moved, counted, CALENDAR, ledger([pause]))
        first = worktime.elapsed(sent_at, named, counted, CALENDAR).gross
        spent.append(run.net - first)
    assert min(map(abs, spent)) < 1e-6
    shown = Paused(pause.from_at, pause.to_at, "superior_approval")
    assert due(sent_at, named, shown, kind=kind, not_after=FAR) == named


@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_pause_of_working_days_moves_it_by_just_these(days: int) -> None:
    sent_at = datetime(2026, 8, 3, 2, 0, tzinfo=UTC)  # Monday, ten o'clock
    named = datetime(2026, 8, 4, 3, 30, tzinfo=UTC)
    pause = Paused(sent_at, sent_at + timedelta(days=days), "firm_asked")
    found = due(sent_at, named, pause, kind="working_days", not_after=FAR)
    assert found == named + timedelta(days=days)


def test_at_night_and_on_rest_days_a_pause_counts_by_the_hour() -> None:
    sent_at = datetime(2026, 8, 7, 2, 0, tzinfo=UTC)
    named = datetime(2026, 8, 8, 3, 0, tzinfo=UTC)  # Saturday
    pause = Paused(sent_at, sent_at + timedelta(hours=30), "firm_asked")
    found = due(sent_at, named, pause, kind="working_days", not_after=FAR)
    assert found == named + timedelta(hours=30)


@given(MOMENTS, st.sampled_from(("normal", "urgent", "danger")), st.integers(-3000, 9000))
def test_the_usual_time_can_always_be_named_itself_or_lies_at_the_end(
    now: datetime, urgency: str, minutes: int
) -> None:
    promised_at = now + timedelta(minutes=minutes)
    terms = rules.part_terms(rules.Terms(), now, urgency, promised_at, CALENDAR)
    assert terms.latest_at > now
    assert rules.due_fits(terms.latest_at, now, terms.latest_at)
    assert not rules.due_fits(now, now, terms.latest_at)
    late = terms.latest_at + timedelta(seconds=1)
    assert not rules.due_fits(late, now, terms.latest_at)
    assert now < terms.usual_due_at <= max(promised_at, terms.sign_due_at)


@given(WEIGHTS)
def test_shares_make_a_hundred_and_everybody_has_one(weights: list[int | None]) -> None:
    if not rules.weights_fit(weights):
        given_weights = [w for w in weights if w is not None]
        is_odd = any(not 1 <= w <= 99 for w in given_weights)
        assert is_odd or sum(given_weights) + weights.count(None) >= 100
        return
    lead, shares = rules.share_out(weights)
    assert lead + sum(shares) == 100
    assert min((lead, *shares)) >= 1
    assert all(w in (None, s) for w, s in zip(weights, shares, strict=True))
    equal = {s for w, s in zip(weights, shares, strict=True) if w is None}
    assert len(equal) <= 1
    assert all(0 <= lead - s <= weights.count(None) for s in equal)


@pytest.mark.parametrize(
    ("weights", "lead", "shares"),
    [
        ((), 100, ()),
        ((None,), 50, (50,)),
        ((None, None), 34, (33, 33)),
        ((30,), 70, (30,)),
        ((30, None), 35, (30, 35)),
        ((99,), 1, (99,)),
    ],
)
def test_who_was_given_no_weight_shares_equally_with_the_lead(
    weights: tuple[int | None, ...], lead: int, shares: tuple[int, ...]
) -> None:
    assert rules.share_out(weights) == (lead, shares)


def test_the_light_of_a_part_turns_by_its_own_time() -> None:
    sent_at = datetime(2026, 8, 3, 2, 0, tzinfo=UTC)
    due_at = sent_at + timedelta(hours=10)

    def light(hours: float, *, is_open: bool = True, is_paused: bool = False) -> str:
        now = sent_at + timedelta(hours=hours)
        return rules.part_light(now, sent_at, due_at, is_open=is_open, is_paused=is_paused)

    assert [light(h) for h in (0, 6.9, 7, 10, 10.1)] == [
        "green",
        "green",
        "yellow",
        "yellow",
        "red",
    ]
    assert light(11, is_paused=True) == "grey"
    assert light(11, is_open=False) == ""
