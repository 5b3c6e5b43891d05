"""Each housing estate changed hands in the order of its lifecycle, with five counted lists."""

from datetime import date
from itertools import pairwise

import pytest
from django.utils import timezone

from qiying.config.cli.worktime import seed_calendar
from qiying.demo.geography import Neighbourhood, build_geography
from qiying.demo.handovers import course_of
from qiying.slices.mandate import rules

ESTATES = build_geography(7).neighbourhoods
LINE = ("open", "list", "agree", "announce", "transfer", "run_both", "accept", "close")


@pytest.mark.parametrize("estate", ESTATES, ids=lambda estate: estate.code)
def test_steps_follow_each_other_on_working_days(estate: Neighbourhood) -> None:
    calendar = seed_calendar()
    course = course_of(estate, calendar, 7)
    moments = [course.moments[step] for step in LINE]
    days = [timezone.localdate(moment) for moment in moments]
    assert all(a < b for a, b in pairwise(moments))
    assert days[LINE.index("transfer")] == estate.handed_over_on
    assert all(calendar.is_working_day(day) for day in days)
    end = rules.months_after(estate.handed_over_on, rules.DUAL_RUN_MONTHS)
    assert days[LINE.index("accept")] > end
    assert date(2024, 1, 1) < days[0] < days[-1] < date(2025, 6, 1)


@pytest.mark.parametrize("estate", ESTATES, ids=lambda estate: estate.code)
def test_every_list_is_counted_and_each_household_has_its_file(estate: Neighbourhood) -> None:
    lists = course_of(estate, seed_calendar(), 7).lists
    assert set(lists) == set(rules.LISTS)
    assert lists["archives"] > estate.households
    assert all(count > 0 for name, count in lists.items() if name != "money")
