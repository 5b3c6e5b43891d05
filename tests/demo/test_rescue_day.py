"""The live day of Industry 120: what is added to the stories so that the board moves."""

import pytest

from qiying.demo.rescue_acts import ACTS
from qiying.demo.rescue_day import with_the_way


def test_a_phone_says_five_times_where_it_is_and_arrives_no_later() -> None:
    steps = [("accept", 6.0), ("set_out", 4.0), ("arrive", 12.0), ("diagnose", 15.0)]
    found = with_the_way(steps)
    assert [name for name, _m in found] == [
        "accept",
        "set_out",
        *["drive"] * 5,
        *["arrive", "diagnose"],
    ]
    assert sum(m for _n, m in found) == pytest.approx(sum(m for _n, m in steps))


def test_who_is_on_the_way_is_no_step_of_the_years_stories() -> None:
    assert "drive" not in ACTS
    assert with_the_way([("help_remotely", 3.0)]) == [("help_remotely", 3.0)]
