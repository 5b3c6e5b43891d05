"""What moved a rate: each round that does not count has one cause, and the points add up."""

from datetime import date, timedelta

import pytest
from django.test import Client

from qiying.kernel import tenancy
from qiying.slices.calls import queries
from qiying.slices.calls.queries import CAUSES, EXPLAINED, RoundFilters
from qiying.slices.registry import operations as registry
from tests.slices.world import World

BEFORE, AFTER = (date(2026, 11, 1), date(2026, 12, 1)), (date(2026, 12, 1), date(2027, 3, 1))


@pytest.mark.parametrize("measure", EXPLAINED)
def test_the_points_of_the_causes_add_up_to_the_change(two_months: World, measure: str) -> None:
    leader = two_months.actor("leader")
    with tenancy.reading(leader):
        found = queries.moved(leader, measure, now=two_months.now, periods=(BEFORE, AFTER))
        for period, counted, base in zip(found.periods, found.counted, found.bases, strict=True):
            start, end = period
            figure = queries.totals(leader, start=start, end=end, now=two_months.now)[measure]
            assert (counted, base) == (figure.numerator, figure.denominator)
    assert found.change == pytest.approx(sum(cause.points for cause in found.causes))
    for index, (counted, base) in enumerate(zip(found.counted, found.bases, strict=True)):
        causes = sum((c.before, c.after)[index] for c in found.causes)
        assert counted + causes == base > 0, "every round that does not count has a cause"


def test_every_cause_occurs_and_leads_to_exactly_its_rounds(two_months: World) -> None:
    leader = two_months.actor("leader")
    seen = set()
    with tenancy.reading(leader):
        for measure in EXPLAINED:
            found = queries.moved(leader, measure, now=two_months.now, periods=(BEFORE, AFTER))
            for cause in found.causes:
                seen.add(cause.name)
                for query, count in zip(cause.queries, (cause.before, cause.after), strict=True):
                    filters = RoundFilters.read(query)
                    rows = queries.list_rounds(leader, filters, now=two_months.now)
                    assert rows.count() == count, (measure, cause.name)
                    plain = RoundFilters.read({**query, "cause": ""})
                    short = queries.list_rounds(leader, plain, now=two_months.now)
                    assert set(rows) <= set(short)
    assert seen == set(CAUSES)


def test_the_years_that_are_compared_are_those_whose_thirty_days_are_over(world: World) -> None:
    before, after = queries.settled_years(world.now)
    assert before[1] == after[0]
    assert after[1] == queries.local_day(world.now) - timedelta(days=30)
    assert [(end - start).days for start, end in (before, after)] == [365, 365]


def test_where_the_zone_changed_its_ways_the_day_of_the_change_parts_the_years(
    world: World,
) -> None:
    reform_on = queries.local_day(world.now) - timedelta(days=200)
    registry.set_zone(world.keeper, now=world.now, call_reform_on=reform_on)
    with tenancy.reading(world.system):
        before, after = queries.compared(world.system, now=world.now)
    assert before[1] == after[0] == reform_on
    assert after[1] == queries.local_day(world.now) - timedelta(days=30)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_rates_shows_what_moved_them(two_months: World, language: str) -> None:
    client = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(two_months.user("auditor"), backend=backend)
    client.cookies["django_language"] = language
    page = client.get("/calls/rates/").content.decode()
    assert 'id="moved-declared"' in page
    assert 'id="moved-verified"' in page
    listed = client.get(
        "/calls/board/rounds/?measure=verified&missed=1&cause=reopened&start=2026-11-01"
    )
    assert listed.status_code == 200
    odd = client.get("/calls/board/rounds/?measure=due&cause=reopened")
    assert odd.status_code == 200
