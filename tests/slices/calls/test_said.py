"""未解决 and 不满意 are two marks: told apart, filtered apart and counted apart."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from qiying.kernel import tenancy
from qiying.slices.calls import queries
from qiying.slices.calls.queries import Filters, RoundFilters
from qiying.slices.calls.views import filters as bar
from qiying.slices.calls.views.rounds import _marks
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World

pytestmark = pytest.mark.django_db
ASKED = RoundFilters(start=date(2026, 11, 1), end=date(2027, 3, 1))


@pytest.fixture
def story(world: World) -> dict[str, int]:
    """One solved and disliked, one not solved, one that is both, one that is neither."""
    disliked = steps.closed(world)
    take(world, "boss", disliked, "rate", grade=2, resolved="yes")
    unsolved = steps.reopened(world)
    both = steps.callback(world, result="explained")
    take(world, "caller", both, "callback_confirm", resolved="no")
    take(world, "boss", both, "rate", grade=1, resolved="no")
    neither = steps.closed(world)
    take(world, "boss", neither, "rate", grade=3, resolved="yes")
    world.later(days=60)
    return {
        "disliked": disliked.pk,
        "unsolved": unsolved.pk,
        "both": both.pk,
        "neither": neither.pk,
    }


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("unsolved", {"unsolved", "both"}),
        ("discontent", {"disliked", "both"}),
        ("nonsense", set()),
    ],
)
def test_calls_are_filtered_by_each_mark(
    world: World, story: dict[str, int], said: str, names: set[str]
) -> None:
    desk = world.actor("desk")
    with tenancy.reading(desk):
        rows = queries.list_calls(desk, Filters(said=said), now=world.now)
        assert {c.pk for c in rows} == {story[name] for name in names}


def test_rounds_are_filtered_marked_and_counted_by_each_mark(
    world: World, story: dict[str, int]
) -> None:
    leader = world.actor("leader")
    with tenancy.reading(leader), translation.override("zh-hans"):
        whole = queries.list_rounds(leader, ASKED, now=world.now)
        for said, count in (("unsolved", 2), ("discontent", 2)):
            found = queries.list_rounds(leader, replace(ASKED, said=said), now=world.now)
            assert {r.pk for r in found} == {r.pk for r in whole if said in queries.said_of(r)}
            assert len(found) == count
        labels = [str(mark["label"]) for mark in _marks(whole, ASKED)]
    assert labels == ["全部", "未解决 2", "不满意 2"]


def test_the_bar_offers_both_marks_and_says_them(world: World, story: dict[str, int]) -> None:
    desk = world.actor("desk")
    with tenancy.reading(desk), translation.override("zh-hans"):
        asked = bar.Asked(Filters(said="discontent"))
        shown = bar.bar_of(desk, asked, now=world.now)
        assert ("企业认定", "不满意") in bar.words_of(desk, asked, shown)
        assert bar.word_of(desk, "said", "unsolved", shown) == "未解决"


def test_the_pages_show_the_marks(world: World, client: Client, story: dict[str, int]) -> None:
    client.force_login(world.user("leader"))
    first = date(2026, 11, 1)
    query = {"start": first, "end": first + timedelta(days=120), "said": "unsolved"}
    page = client.get(reverse("calls:rounds"), query, headers={"accept-language": "zh-hans"})
    assert page.status_code == 200
    for kind in ("csv", "xlsx"):
        assert client.get(reverse("calls:rounds"), {**query, "export": kind}).status_code == 200
