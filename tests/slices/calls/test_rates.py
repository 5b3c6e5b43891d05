"""The board counts what a naive reading of the records counts, and leads to the rounds behind."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.kernel import tenancy
from qiying.slices.calls import public, queries, rules
from qiying.slices.calls.models import Call, CallBack, Round
from qiying.slices.calls.queries import Board, BoardRow, Figure, RoundFilters
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World

START, END = date(2026, 11, 1), date(2027, 1, 1)
MONTH = timedelta(days=30)


@pytest.fixture
def story(world: World) -> World:
    """Two months in which everything happens once: kept, late, redone, re-opened, unreached."""
    good = steps.closed(world)
    take(world, "boss", good, "rate", grade=5, resolved="yes")
    steps.working(world)
    rated = steps.closed(world)
    take(world, "boss", rated, "rate", grade=2, resolved="partly")
    take(world, "boss", rated, "reopen", text="又坏了")
    steps.reopened(world)
    explained = steps.callback(world, result="explained")
    take(world, "caller", explained, "callback_confirm", resolved="no")
    partly = steps.callback(world, result="partly")
    take(world, "caller", partly, "callback_confirm", resolved="partly")
    steps.declined(world)
    steps.withdrawn(world)
    silent = steps.callback(world)
    for _ in range(3):
        take(world, "caller", silent, "attempt_callback", outcome="no_answer")
        world.later(days=1)
    take(world, "caller", silent, "close_unreached")
    steps.raise_call(world, "rival", "远航", matter_code="M072")
    late = steps.working(world, co=())
    world.later(days=12)
    take(world, "safety", late, "answer", result="solved", text="终于好了")
    take(world, "desk", late, "review_pass")
    take(world, "caller", late, "callback_confirm", resolved="yes")
    world.later(days=8)
    return world


@dataclass
class Recount:
    """The measures by a plain loop over rows, written from the definitions alone."""

    top: dict[str, float]
    base: dict[str, int]


def recount(world: World, rounds: list[Round]) -> Recount:
    found = Recount(dict.fromkeys(NAMES, 0.0), dict.fromkeys(NAMES, 0))

    def count(name: str, counts: bool, asked: bool = True, half: bool = False) -> None:
        if asked:
            found.base[name] += 1
            found.top[name] += 1 if counts else 0.5 if half else 0

    for r in rounds:
        closed, solved = r.state == "closed", r.resolved == "yes"
        in_time = None not in {r.contacted_at, r.contact_due_at} and (
            r.contacted_at <= r.contact_due_at  # type: ignore[operator]  # neither is None
        )
        rung = CallBack.objects.filter(round=r, outcome="confirmed").exists()
        count("due", True)
        count("responded", in_time)
        count("on_time", closed and r.answered_at is not None and r.answered_at <= r.due_at)
        count("declared", closed)
        held = closed and solved and rung and not came_back(world, r)
        count("verified", held)
        once = closed and solved and rung and r.reopened_at is None
        count("first_time", once and r.number == 1)
        count("solved", solved, r.resolved != "", r.resolved == "partly")
        count("satisfied", (r.rating or 0) >= 3, r.rating is not None)
        count("satisfied_strictly", (r.rating or 0) >= 4, r.rating is not None)
        count("rated", r.rating is not None)
        count("redone", r.state == "rejected" or r.reopened_at is not None)
    return found


def came_back(world: World, r: Round) -> bool:
    """The firm opened it again, or called about the same matter within 30 days."""
    if r.reopened_at is not None or r.closed_at is None:
        return r.reopened_at is not None
    return any(
        c.enterprise_id == r.call.enterprise_id
        and c.matter_code == r.call.matter_code != ""
        and c.pk != r.call_id
        and r.closed_at < c.received_at <= r.closed_at + MONTH
        for c in Call.objects.all()
    )


NAMES = tuple(queries.measures(0))


def due_rounds(world: World) -> list[Round]:
    rows = Round.objects.select_related("call")
    first, last = queries.midnight(START), min(queries.midnight(END), world.now)
    return [r for r in rows if first <= r.due_at < last and r.state != "stopped"]


def board_of(world: World) -> Board:
    return queries.leader_board(world.actor("leader"), start=START, end=END, now=world.now)


def test_the_board_counts_what_a_naive_recount_counts(story: World) -> None:
    with tenancy.reading(story.actor("leader")):
        found, expected = board_of(story), recount(story, due_rounds(story))
        for name, figure in found.total.figures.items():
            assert figure.numerator == expected.top[name], name
            assert figure.denominator == expected.base[name], name
        assert found.total.figures["declared"].numerator > 0
        verified = found.total.figures["verified"].numerator
        assert verified < found.total.figures["declared"].numerator


def test_the_zone_in_one_query_equals_the_sum_of_its_units(story: World) -> None:
    leader = story.actor("leader")
    with tenancy.reading(leader):
        whole = queries.totals(leader, start=START, end=END, now=story.now)
        assert {n: (f.numerator, f.denominator) for n, f in whole.items()} == {
            n: (f.numerator, f.denominator) for n, f in board_of(story).total.figures.items()
        }


def rows_of(board: Board) -> list[BoardRow]:
    return [board.total, *board.by_unit, *board.by_matter, *board.by_place]


def listed(story: World, figure: Figure, *, missed: bool = False) -> list[Round]:
    query = {**figure.query, **({"missed": "1"} if missed else {})}
    leader = story.actor("leader")
    return list(queries.list_rounds(leader, RoundFilters.read(query), now=story.now))


def test_every_number_leads_to_exactly_its_rounds(story: World) -> None:
    with tenancy.reading(story.actor("leader")):
        for row in rows_of(board_of(story)):
            for name, figure in row.figures.items():
                behind, short = listed(story, figure), listed(story, figure, missed=True)
                halves = sum(r.resolved == "partly" for r in behind) if name == "solved" else 0
                assert len(behind) - halves / 2 == figure.numerator, (row.key, name)
                assert len(behind) + len(short) == figure.denominator, (row.key, name)


def test_open_calls_are_counted_by_age_and_listed_by_it(story: World) -> None:
    leader = story.actor("leader")
    with tenancy.reading(leader):
        ages = board_of(story).ages
        for age in ages:
            rows = queries.list_calls(leader, queries.Filters.read(age.query), now=story.now)
            assert rows.count() == age.count
        everything = queries.list_calls(leader, queries.Filters(tab="open"), now=story.now)
        assert sum(a.count for a in ages) == everything.count() > 0


def test_the_figure_waits_until_no_call_can_be_opened_again(story: World) -> None:
    leader = story.actor("leader")
    period = (date(2026, 11, 1), date(2026, 12, 1))
    assert public.figures(leader, period, now=story.now) == {}
    after = datetime.combine(date(2027, 1, 2), datetime.min.time(), tzinfo=story.now.tzinfo)
    found = public.figures(leader, period, now=after)
    assert set(found) == {"A09", "A09.verified"}
    assert found["A09.verified"] < found["A09"] < 100


def test_asking_again_about_the_same_matter_undoes_the_verified_closure(world: World) -> None:
    leader = world.actor("leader")
    steps.closed(world)
    later = world.now + timedelta(days=20)

    def verified() -> float:
        with tenancy.reading(leader):
            found = queries.totals(leader, start=START, end=END, now=later)
            return found["verified"].numerator

    assert verified() == 1
    world.later(days=10)
    steps.raise_call(world)
    assert verified() == 0


def test_a_round_that_the_firm_opened_again_was_not_done_the_first_time(world: World) -> None:
    leader = world.actor("leader")
    call = steps.closed(world)

    def first_time() -> float:
        with tenancy.reading(leader):
            later = world.now + timedelta(days=60)
            return queries.totals(leader, start=START, end=END, now=later)["first_time"].numerator

    assert first_time() == 1
    take(world, "boss", call, "reopen", text="又坏了")
    assert first_time() == 0


@pytest.mark.parametrize("how", ["reopen", "callback_reject"])
def test_a_unit_that_does_it_again_has_a_limit_for_its_first_contact(
    world: World, how: str
) -> None:
    if how == "reopen":
        call = take(world, "boss", steps.closed(world), "reopen", text="又坏了")
    else:
        call = steps.reopened(world)
    with tenancy.reading(world.system):
        assert Round.objects.get(call=call, number=2).contact_due_at is not None
    world.later(days=3)
    take(world, "safety", call, "contact")
    leader = world.actor("leader")
    with tenancy.reading(leader):
        later = world.now + timedelta(days=30)
        figure = queries.totals(leader, start=START, end=END, now=later)["responded"]
    assert (figure.numerator, figure.denominator) == (1, 2)


@given(st.integers(0, 400), st.integers(1, 400))
def test_the_interval_holds_the_share_and_narrows_with_more(top: int, base: int) -> None:
    top = min(top, base)
    low, high = rules.wilson(top, base)
    assert 0 <= low <= top / base <= high <= 1
    low4, high4 = rules.wilson(4 * top, 4 * base)
    assert high4 - low4 < high - low


def test_the_interval_agrees_with_a_published_example() -> None:
    """81 of 263: 0.2553 to 0.3662 (R. G. Newcombe, Statistics in Medicine 17, 1998, table I)."""
    low, high = rules.wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert rules.wilson(0, 0) == (0.0, 1.0)
