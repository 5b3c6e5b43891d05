"""What must hold of every deadline, and the naive count as its oracle."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qiying.engines.worktime import (
    KINDS,
    SHANGHAI,
    Calendar,
    Deadline,
    Kind,
    Params,
    Pause,
    Rule,
    add_working_days,
    check,
    due,
    elapsed,
    working_days_between,
)

ledgers = st.lists(st.from_type(Pause), max_size=6)
near = st.dates(date(2023, 11, 1), date(2027, 3, 1))
kinds = st.sampled_from(KINDS)


def changed(
    calendar: Calendar, rest: frozenset[date] = frozenset(), work: frozenset[date] = frozenset()
) -> Calendar:
    """Add a rest day or a make-up day; the other set gives way."""
    return Calendar(
        "changed",
        calendar.rest_days - work | rest,
        calendar.work_days - rest | work,
        calendar.known_years,
        calendar.hours,
    )


def shuffled(draw: st.DataObject, rows: list[Pause]) -> list[Pause]:
    return draw.draw(st.permutations(rows))


@settings(max_examples=400)
@given(
    st.from_type(datetime),
    st.from_type(Rule),
    st.from_type(Calendar),
    ledgers,
    st.none() | st.integers(1, 10),
    st.builds(Params, max_pauses=st.integers(0, 4), max_paused_days=st.integers(0, 25)),
)
def test_the_naive_count_confirms_every_deadline(
    start_at: datetime,
    rule: Rule,
    calendar: Calendar,
    pauses: list[Pause],
    extension: int | None,
    params: Params,
) -> None:
    deadline = due(start_at, rule, calendar, pauses=pauses, extension=extension, params=params)

    found = check(start_at, rule, calendar, pauses, deadline, extension=extension, params=params)
    assert found == ()


@given(
    st.from_type(datetime), kinds, st.from_type(Calendar), ledgers, st.integers(1, 60), st.data()
)
def test_a_longer_period_is_never_due_earlier(
    start_at: datetime,
    kind: Kind,
    calendar: Calendar,
    pauses: list[Pause],
    amount: int,
    data: st.DataObject,
) -> None:
    longer = data.draw(st.integers(amount, 80))

    shorter, later = (
        due(start_at, Rule(kind, each), calendar, pauses=pauses).due_at
        for each in (amount, longer)
    )
    assert shorter <= later


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), ledgers, near)
def test_a_holiday_more_never_makes_a_deadline_earlier(
    start_at: datetime, rule: Rule, calendar: Calendar, pauses: list[Pause], day: date
) -> None:
    fewer = changed(calendar, rest=frozenset({day}))

    before = due(start_at, rule, calendar, pauses=pauses)
    assert due(start_at, rule, fewer, pauses=pauses).due_at >= before.due_at


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), ledgers, near)
def test_a_make_up_day_more_never_makes_a_deadline_later(
    start_at: datetime, rule: Rule, calendar: Calendar, pauses: list[Pause], day: date
) -> None:
    more = changed(calendar, work=frozenset({day}) if day.isoweekday() > 5 else frozenset())

    before = due(start_at, rule, calendar, pauses=pauses)
    assert due(start_at, rule, more, pauses=pauses).due_at <= before.due_at


@given(
    st.from_type(datetime),
    st.integers(1, 30),
    st.from_type(Calendar),
    st.integers(1, 30),
    st.data(),
)
def test_a_pause_of_k_working_days_moves_a_deadline_by_exactly_k_working_days(
    start_at: datetime, amount: int, calendar: Calendar, k: int, data: st.DataObject
) -> None:
    rule = Rule("working_days", amount)
    before = due(start_at, rule, calendar)
    first = data.draw(st.integers(1, amount))
    start_on = add_working_days(start_at.date(), first, calendar)
    noon = timedelta(hours=12)
    midnight = datetime.combine(start_on, datetime.min.time(), SHANGHAI)
    to_on = add_working_days(start_on, k, calendar)
    to_at = datetime.combine(to_on, datetime.min.time(), SHANGHAI) + noon

    after = due(start_at, rule, calendar, pauses=[Pause(midnight + noon, to_at, "x")])

    assert working_days_between(before.due_on, after.due_on, calendar) == k
    assert after.gross == amount + k


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), ledgers, st.data())
def test_the_order_of_the_ledger_does_not_matter(
    start_at: datetime,
    rule: Rule,
    calendar: Calendar,
    pauses: list[Pause],
    data: st.DataObject,
) -> None:
    other = shuffled(data, pauses)

    assert due(start_at, rule, calendar, pauses=other) == due(
        start_at, rule, calendar, pauses=pauses
    )


def ends(deadline: Deadline) -> tuple[object, ...]:
    return (deadline.due_at, deadline.legal_due_at, deadline.gross, deadline.paused_until)


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), ledgers)
def test_a_pause_written_twice_or_in_two_halves_counts_once(
    start_at: datetime, rule: Rule, calendar: Calendar, pauses: list[Pause]
) -> None:
    halves = list[Pause]()
    for row in pauses:
        if row.to_at is None:
            halves.append(row)
            continue
        middle = row.from_at + (row.to_at - row.from_at) / 2
        halves.append(Pause(row.from_at, middle, row.reason, row.is_excluded))
        halves.append(Pause(middle, row.to_at, row.reason, row.is_excluded))
    once = due(start_at, rule, calendar, pauses=pauses)

    assert ends(due(start_at, rule, calendar, pauses=pauses + pauses)) == ends(once)
    assert ends(due(start_at, rule, calendar, pauses=halves)) == ends(once)


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), ledgers)
def test_a_case_always_shows_a_due_time_and_when_its_pause_ends(
    start_at: datetime, rule: Rule, calendar: Calendar, pauses: list[Pause]
) -> None:
    deadline = due(start_at, rule, calendar, pauses=pauses)

    assert start_at < deadline.due_at
    assert deadline.promised_due_at <= deadline.legal_due_at
    is_held = any(
        row.to_at is None and row.is_excluded and row.from_at < deadline.due_at for row in pauses
    )
    assert (deadline.paused_until is not None) == is_held
    if deadline.paused_until is not None:
        assert deadline.paused_until <= deadline.due_at


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), ledgers)
def test_no_deadline_falls_inside_a_pause(
    start_at: datetime, rule: Rule, calendar: Calendar, pauses: list[Pause]
) -> None:
    closed = [row for row in pauses if row.to_at is not None and row.is_excluded]
    due_at = due(start_at, rule, calendar, pauses=closed).due_at

    for row in closed:
        # A clock in hours may run out in the very moment at which a pause begins.
        assert not row.covers(due_at) or (not rule.is_in_days and row.from_at == due_at)


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), ledgers)
def test_exactly_the_net_period_has_run_when_it_is_due_and_not_before(
    start_at: datetime, rule: Rule, calendar: Calendar, pauses: list[Pause]
) -> None:
    assume(rule.kind != "natural_days")  # those move on over rest days that do count
    closed = [row for row in pauses if row.to_at is not None]
    deadline = due(start_at, rule, calendar, pauses=closed)

    def run(at: datetime) -> tuple[float, float]:
        found = elapsed(
            start_at,
            at,
            rule.kind,
            calendar,
            closed,
            closes_at_business_end=rule.closes_at_business_end,
        )
        return round(found.gross, 9), round(found.net, 9)

    assert run(deadline.due_at) == (round(deadline.gross, 9), deadline.net)
    assert run(deadline.due_at - timedelta(microseconds=1000))[1] < deadline.net


@given(
    st.lists(st.from_type(datetime), min_size=3, max_size=6).map(sorted),
    kinds,
    st.from_type(Calendar),
    ledgers,
)
def test_time_that_has_run_never_runs_back_and_net_is_never_more_than_gross(
    moments: list[datetime], kind: Kind, calendar: Calendar, pauses: list[Pause]
) -> None:
    start_at, *later = moments
    found = [elapsed(start_at, at, kind, calendar, pauses) for at in later]

    assert all(0 <= row.net <= row.gross for row in found)
    for one, next_one in pairwise(found):
        assert one.gross <= next_one.gross
        assert one.net <= next_one.net + 1e-9


@given(st.from_type(datetime), st.from_type(datetime), kinds, st.from_type(Calendar))
def test_nothing_has_run_before_the_start(
    one: datetime, other: datetime, kind: Kind, calendar: Calendar
) -> None:
    found = elapsed(max(one, other), min(one, other), kind, calendar)

    assert (found.gross, found.net) == (0, 0)


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), ledgers)
def test_learning_a_year_of_ordinary_weeks_only_makes_a_deadline_certain(
    start_at: datetime, rule: Rule, calendar: Calendar, pauses: list[Pause]
) -> None:
    deadline = due(start_at, rule, calendar, pauses=pauses)
    known = Calendar(
        calendar.version,
        calendar.rest_days,
        calendar.work_days,
        calendar.known_years | set(deadline.unknown_years),
        calendar.hours,
    )
    certain = due(start_at, rule, known, pauses=pauses)

    assert not certain.is_provisional
    assert certain.due_at == deadline.due_at
