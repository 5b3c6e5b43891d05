"""How many on duty, when, where, with which skills; what a promise costs.

>>> from qiying.engines.dispatch import Point
>>> from qiying.engines.dispatch.roster import Calls, CoverProblem, Profile, ShiftKind, Station, cover
>>> day, night = ShiftKind("day", 480, 720), ShiftKind("night", 1200, 720)
>>> calls = (Calls("yard", Point(0, 0), "boiler", (0.1,) * 24),)
>>> staff = (Profile("boiler", ("boiler",), people=3),)
>>> plan = cover(CoverProblem((Station("yard", Point(0, 0)),), calls, (day, night), staff, hours=24))
>>> [(d.shift, d.people) for d in plan.duties], plan.covered
([('day', 1), ('night', 1)], 0.55)
"""

from qiying.engines.dispatch.roster._check import check_cover
from qiying.engines.dispatch.roster._exact import exact
from qiying.engines.dispatch.roster._greedy import cover
from qiying.engines.dispatch.roster._price import PricePoint, price_of_promise, what_if
from qiying.engines.dispatch.roster._problem import (
    Calls,
    CoverPlan,
    CoverProblem,
    Duty,
    Profile,
    ShiftKind,
    Station,
)

__all__ = [
    "Calls",
    "CoverPlan",
    "CoverProblem",
    "Duty",
    "PricePoint",
    "Profile",
    "ShiftKind",
    "Station",
    "check_cover",
    "cover",
    "exact",
    "price_of_promise",
    "what_if",
]
