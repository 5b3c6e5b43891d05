"""The board counts what a naive reading of the records counts, and leads to the rounds behind."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiying.engines import rates as engine
from qiying.kernel import tenancy
from qiying.slices.calls import public, queries, rules
from qiying.slices.calls.models import Call, CallBack, Round
from qiying.slices.calls.queries import Board, BoardRow, Figure, RoundFilters
from qiying.slices.calls.queries import rates as counted
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
    take(world, "boss", steps.working(world, co=()), "withdraw")
    silent = steps.callback(world)
    for _ in range(3):
        take(world, "caller", silent, "attempt_callback", outcome="no_answer")
        world.later(days=1)
    take(world, "caller", silent, "close_unreached")
    steps.raise_call(world, "rival", "远航", matter_code="M072")
    late = steps.working(world, co=())
    world.later(days=12)
    take(world, "safety", late, "answer", result="solved", text="终于好了", evidence="验收单")
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

    for r in withdrawn_rounds(world):
        count("verified", False, r.number == 1 and not r.call.is_proactive)
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
        count("verified", held, (r.number == 1 or held) and not r.call.is_proactive)
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
        and (r.started_at, r.call_id) < (c.received_at, c.pk)
        and c.received_at <= r.closed_at + MONTH
        for c in Call.objects.all()
    )


NAMES = tuple(queries.measures(0))


def due_rounds(world: World) -> list[Round]:
    return [r for r in in_period(world) if r.state != "stopped"]


def withdrawn_rounds(world: World) -> list[Round]:
    """Those that the firm took back after a unit had been given them."""
    rows = [r for r in in_period(world) if r.call.state == "withdrawn" and r.state == "stopped"]
    return [r for r in rows if r.call.dispatched_at is not None]


def in_period(world: World) -> list[Round]:
    rows = Round.objects.select_related("call")
    first, last = queries.midnight(START), min(queries.midnight(END), world.now)
    return [r for r in rows if first <= r.due_at < last]


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


def test_another_matter_is_no_return_until_it_is_classified_as_the_first(world: World) -> None:
    """The rule relates by firm and matter; the desk that sets the matter makes it a return."""
    leader, later = world.actor("leader"), world.now + timedelta(days=20)
    steps.closed(world)
    world.later(days=10)
    again = steps.raise_call(world, matter_code="M072")

    def verified() -> float:
        with tenancy.reading(leader):
            found = queries.totals(leader, start=START, end=END, now=later)
            return found["verified"].numerator

    assert rules.RATES.linked_by == ("matter",)
    assert verified() == 1
    take(world, "desk", again, "classify", matter_code=steps.SAFETY)
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


def test_filed_again_before_the_first_is_closed_is_a_return_too(world: World) -> None:
    leader = world.actor("leader")
    first = steps.callback(world)
    world.later(hours=1)
    steps.raise_call(world)
    world.later(hours=1)
    take(world, "caller", first, "callback_confirm", resolved="yes")
    with tenancy.reading(leader):
        found = queries.totals(leader, start=START, end=END, now=world.now + timedelta(days=20))
    assert found["verified"].numerator == 0 < found["declared"].numerator


# --- the database and the engine count the same ---


def test_the_board_equals_the_engine_unit_by_unit(story: World) -> None:
    leader = story.actor("leader")
    with tenancy.reading(leader):
        board, totals = (
            board_of(story),
            queries.totals(leader, start=START, end=END, now=story.now),
        )
        month = counted.by_unit(leader, start=START, end=END, now=story.now)
        codes = {str(c.id): c.code for c in queries.unit_cards(leader).values()}
    pairs = [(totals, month.whole), (board.total.figures, month.whole)]
    pairs += [(row.figures, month.units[codes.get(row.key, "")]) for row in board.by_unit]
    assert len(pairs) > 3
    for figures, sheet in pairs:
        for name, figure in figures.items():
            found = sheet.figures[name]
            assert (found.numerator, found.denominator) == (figure.numerator, figure.denominator)
            assert found.interval == figure.interval


def test_the_engine_names_exactly_the_rounds_that_the_board_lists(story: World) -> None:
    with tenancy.reading(story.actor("leader")):
        month = counted.by_unit(story.actor("leader"), start=START, end=END, now=story.now)
        for name in queries.listed(story.tenant.pk):
            query = RoundFilters(START, END, measure=name).as_query()
            figure, found = Figure(name, 0, 0, query), month.whole.figures[name]
            assert {key for key, _ in found.counted} == {r.pk for r in listed(story, figure)}
            short = listed(story, figure, missed=True)
            assert set(found.missed) == {r.pk for r in short}, name


def test_the_checker_agrees_on_the_records_and_no_strategy_raises_verified(story: World) -> None:
    leader = story.actor("leader")
    period = counted.period_of(START, END)
    with tenancy.reading(leader):
        table = counted.rates_table(leader, start=START, end=END, now=story.now)
        found = counted.simulation(leader, start=START, end=END, now=story.now, intensity=1.0)
    sheet = engine.rates(table, period, now=story.now)
    assert engine.check(table, period, sheet, now=story.now) == ()
    assert {e.strategy for e in found.effects if e.touched} > {"close_and_refile", "own_callback"}
    assert all(e.moved("verified") <= 0 for e in found.effects)
    assert any(e.moved("verified") > 0 for e in found.by_letter)
    assert any(e.moved("declared") > 0 for e in found.effects)
    assert sheet.figures["co_settled"].denominator > 0


def test_the_table_takes_a_fixed_number_of_queries(story: World) -> None:
    leader = story.actor("leader")

    def count() -> int:
        with tenancy.reading(leader):
            counted.rates_table(leader, start=START, end=END, now=story.now)  # fills the cards
            with CaptureQueriesContext(connection) as seen:
                counted.rates_table(leader, start=START, end=END, now=story.now)
        return len(seen)

    before = count()
    steps.closed(story)
    story.later(days=9)
    assert count() == before <= 13
