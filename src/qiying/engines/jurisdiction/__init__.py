"""Whose job is it here: register and wall in, one lead with its reasons out.

>>> from datetime import date
>>> from qiying.engines.jurisdiction import (
...     LOCAL_TOWNSHIP, Area, Case, Geometry, Matter, Regime, Unit, World, check, decide
... )
>>> def square(lon, lat, half):
...     west, east, south, north = lon - half, lon + half, lat - half, lat + half
...     return [[(west, south), (east, south), (east, north), (west, north)]]
>>> since = date(2020, 1, 1)
>>> world = World(
...     matters=(
...         Matter("M041", "SHARE", "WALL", ("zone",), (LOCAL_TOWNSHIP,), ("ecology",)),
...     ),
...     units=(
...         Unit("zone", "zone"), Unit("ecology", "department"), Unit("north", "township"),
...     ),
...     areas=(
...         Area("wall-1", "wall", square(119.2, 29.0, 0.01), since),
...         Area("north-1", "township", square(119.2, 29.0, 0.05), since, unit="north"),
...     ),
...     regime=Regime(reform_on=date(2024, 6, 1)),
...     register_version="2024-06", boundaries_version="2024-06",
... )
>>> case = Case("M041", "workshop", Geometry.point(119.2, 29.0), 5.0, date(2026, 11, 22))
>>> decision = decide(world, case)
>>> decision.lead, decision.co, decision.rule.value, round(decision.distance_m)
('zone', ('ecology',), 'J7', 974)
>>> check(world, case, decision)
()
>>> decide(world, Case("M041", "workshop", Geometry.point(119.23, 29.0), 5.0, case.on)).lead
'north'
"""

from qiying.engines.jurisdiction._areas import Area, Handover, Precedent, Regime
from qiying.engines.jurisdiction._batch import (
    BELONGS_ELSEWHERE,
    BELONGS_TO_ZONE,
    IS_DANGER,
    NEEDS_ADJUDICATION,
    NEEDS_CONFIRMATION,
    Batch,
    Verdicts,
)
from qiying.engines.jurisdiction._bulk import decide_many
from qiying.engines.jurisdiction._case import Case
from qiying.engines.jurisdiction._check import Breach, Violation, check
from qiying.engines.jurisdiction._codes import (
    GRADES,
    KINDS,
    LOCAL_TOWNSHIP,
    RULES,
    SIDES,
    AreaKind,
    Basis,
    ObjectKind,
    Rule,
    Side,
    Status,
    UnitKind,
)
from qiying.engines.jurisdiction._decide import decide
from qiying.engines.jurisdiction._geometry import Geometry
from qiying.engines.jurisdiction._params import VERSION, Params
from qiying.engines.jurisdiction._register import Matter, Unit
from qiying.engines.jurisdiction._result import Decision, Reason, Rejected, SplitTask
from qiying.engines.jurisdiction._world import World

__all__ = [
    "BELONGS_ELSEWHERE",
    "BELONGS_TO_ZONE",
    "GRADES",
    "IS_DANGER",
    "KINDS",
    "LOCAL_TOWNSHIP",
    "NEEDS_ADJUDICATION",
    "NEEDS_CONFIRMATION",
    "RULES",
    "SIDES",
    "VERSION",
    "Area",
    "AreaKind",
    "Basis",
    "Batch",
    "Breach",
    "Case",
    "Decision",
    "Geometry",
    "Handover",
    "Matter",
    "ObjectKind",
    "Params",
    "Precedent",
    "Reason",
    "Regime",
    "Rejected",
    "Rule",
    "Side",
    "SplitTask",
    "Status",
    "Unit",
    "UnitKind",
    "Verdicts",
    "Violation",
    "World",
    "check",
    "decide",
    "decide_many",
]
