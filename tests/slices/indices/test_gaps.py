"""Cities and the three gaps of common prosperity, from what a released run froze."""

from typing import Any

import numpy as np
import pytest
from django.test import Client

from qiying.kernel import tenancy
from qiying.slices.indices import operations, public, queries
from qiying.slices.indices.models import Run
from qiying.slices.indices.rules.gaps import GOALS, NEEDED, County, Gap, gaps_of, reaches
from tests.slices.indices import steps
from tests.slices.world import World

YEARS = (2024, 2025)
TREE = "code,parent,weight,name,name_en\nindex,,1,共富,gaps\n" + "".join(
    f"{code},index,1,,\n" for code in NEEDED
)
COUNTIES = [
    County("a", "甲市", 60_000, 100, 1.6, 30),
    County("b", "甲市", 40_000, 300, 2.0, 20),
    County("c", "乙市", 30_000, 100, 1.8, 10),
]


def test_a_city_is_its_counties_weighted_by_people() -> None:
    found = gaps_of(2025, [*COUNTIES, None])
    assert found is not None
    best, last = found.cities
    assert (best.name, best.rank, best.counties, best.people) == ("甲市", 1, 2, 400)
    assert best.income == pytest.approx(45_000)
    assert best.ratio == pytest.approx(1.9)
    assert best.spread == pytest.approx(1.5)
    assert (last.name, last.rank, last.spread) == ("乙市", 2, 1.0)
    assert found.values[Gap.REGION] == pytest.approx(1.5)
    assert found.values[Gap.COUNTRY] == pytest.approx((160 + 600 + 180) / 500)
    assert found.values[Gap.INCOME] == pytest.approx((3000 + 6000 + 1000) / 500)
    assert found.left_out == 1


def test_inequality_splits_into_what_lies_between_cities_and_within() -> None:
    found = gaps_of(2025, COUNTIES)
    assert found is not None
    people = np.array([100, 300, 100]) / 500
    income = np.array([60_000, 40_000, 30_000]) * people
    shares = income / income.sum()
    assert found.theil == pytest.approx(float((shares * np.log(shares / people)).sum()))
    city = np.array([shares[:2].sum(), shares[2]]), np.array([0.8, 0.2])
    assert found.theil_between == pytest.approx(float((city[0] * np.log(city[0] / city[1])).sum()))


def test_without_counties_there_are_no_gaps() -> None:
    assert gaps_of(2025, []) is None
    assert gaps_of(2025, [None]) is None


def test_a_goal_says_which_way_is_better() -> None:
    region = next(goal for goal in GOALS if goal.gap is Gap.REGION)
    assert reaches(region, region.value)
    assert not reaches(region, region.value + 0.01)
    assert {goal.grade for goal in GOALS} <= {"A", "A*", "B", "C", "D", "K", "R"}


def released(world: World) -> Run:
    operations.take_over(world.actor("analyst"), now=world.now)
    draw = np.random.default_rng(7)
    rows: list[list[Any]] = []
    for place in steps.places(world):
        base = draw.uniform(40_000, 90_000)
        for number, year in enumerate(YEARS):
            cells = [base * (1 + 0.05 * number), draw.uniform(20, 150), 1.8, 30.0]
            rows.append([place.adcode, place.name, year, *cells])
    for kind in ("statistics", "departmental"):
        codes = [c for c in NEEDED if (c == "C31") == (kind == "departmental")]
        at = [3 + NEEDED.index(c) for c in codes]
        operations.deliver(
            world.actor("analyst"),
            file_name="表.xlsx",
            kind=kind,
            source="虚构年鉴 2026",
            headings=("行政区划代码", "地区", "年份", *codes),
            rows=[(n, [*row[:3], *(row[i] for i in at)]) for n, row in enumerate(rows, 2)],
            now=world.now,
        )
    kinds = ["statistics", "departmental"]
    row = steps.edition(world, tree=TREE, kinds=kinds, first_year=2024, last_year=2025)
    made = operations.run_edition(world.actor("analyst"), row.pk, now=world.now)
    operations.release(world.actor("leader"), made.pk, now=world.now)
    return steps.fresh(world, made)


def test_eleven_cities_are_compared_by_three_gaps(world: World) -> None:
    with tenancy.reading(world.system):
        assert queries.gaps_run(world.system) is None
    run = released(world)
    with tenancy.reading(world.system):
        years = queries.gaps(world.system, run)
    assert [g.year for g in years] == [2025, 2024]
    assert [len(g.cities) for g in years] == [11, 11]
    assert sum(city.counties for city in years[0].cities) == 90
    figures = public.figures(world.system)
    assert (figures["B07"], figures["B07.gaps"]) == (11, 3)


def test_page_file_and_interface_say_the_same(world: World) -> None:
    run = released(world)
    client = Client()
    client.force_login(world.user("desk"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/indices/gaps/?year=2024")
    shown = page.context["shown"]
    plain = client.get("/api/v1/indices/gaps?year=2024").json()
    assert (shown.year, plain["year"], plain["years"]) == (2024, 2024, [2025, 2024])
    assert plain["gaps"] == {str(gap): value for gap, value in shown.values.items()}
    assert [c["name"] for c in plain["cities"]] == [city.name for city in shown.cities]
    assert plain["edition"] == run.edition.number
    assert client.get("/indices/gaps/?format=csv").status_code == 200
    for odd in ("?year=x", "?year=-1", "?year="):
        assert client.get(f"/indices/gaps/{odd}").context["shown"].year == 2025


def test_before_anything_is_released_the_page_says_what_is_needed(world: World) -> None:
    client = Client()
    client.force_login(world.user("desk"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/indices/gaps/").context["shown"] is None
    assert client.get("/api/v1/indices/gaps").status_code == 404
