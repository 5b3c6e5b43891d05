"""Who goes, from where, how soon: dispatch of technicians to emergencies and booked work.

>>> from datetime import UTC, datetime
>>> from qiying.engines.dispatch import (
...     Certificate, Desk, Job, Kind, Params, Point, Problem, Step, Technician, Window, check, solve
... )
>>> def person(name: str, x: float) -> Technician:
...     return Technician(name, Point(x, 0), (Certificate("boiler"),), (Window(0, 600),))
>>> call = Job("call", Kind.EMERGENCY, Point(3000, 0), ("boiler",), promise=(Step(120),))
>>> people = (person("far", 9000), person("near", 2000))
>>> problem = Problem(datetime(2026, 6, 1, 8, tzinfo=UTC), 0, ("boiler",), people, (call,))
>>> result = solve(problem, Params(iterations=50), seed=1)
>>> [(s.job, s.technician) for s in result.plan.stops], check(problem, result.plan)
([('call', 'near')], ())
>>> empty = Problem(problem.origin, 0, problem.skills, people, ())
>>> answer = Desk(empty).propose(call)
>>> answer.best[0].technician, answer.second.technician, [r.code for r in answer.reasons]
('near', 'far', ['nearest_free', 'soonest_there'])
"""

from qiying.engines.dispatch._answer import Desk
from qiying.engines.dispatch._check import VIOLATION_CODES, check
from qiying.engines.dispatch._compiled import is_available as is_compiled_available
from qiying.engines.dispatch._digest import digest
from qiying.engines.dispatch._json import read_json, read_plan, read_problem, schema, write_json
from qiying.engines.dispatch._params import VERSION, Params, Weights
from qiying.engines.dispatch._placed import placed
from qiying.engines.dispatch._problem import (
    FOREVER,
    Certificate,
    Commitment,
    Demand,
    Job,
    Kind,
    MalformedError,
    Phase,
    Point,
    Problem,
    Published,
    Step,
    Technician,
    Travel,
    Window,
)
from qiying.engines.dispatch._residual import residual
from qiying.engines.dispatch._result import (
    EXCLUSION_CODES,
    REASON_CODES,
    UNASSIGNED_CODES,
    Cost,
    Option,
    Plan,
    Proposal,
    Reason,
    Result,
    Stop,
    Unassigned,
    Violation,
)
from qiying.engines.dispatch._solve import solve

__all__ = [
    "EXCLUSION_CODES",
    "FOREVER",
    "REASON_CODES",
    "UNASSIGNED_CODES",
    "VERSION",
    "VIOLATION_CODES",
    "Certificate",
    "Commitment",
    "Cost",
    "Demand",
    "Desk",
    "Job",
    "Kind",
    "MalformedError",
    "Option",
    "Params",
    "Phase",
    "Plan",
    "Point",
    "Problem",
    "Proposal",
    "Published",
    "Reason",
    "Result",
    "Step",
    "Stop",
    "Technician",
    "Travel",
    "Unassigned",
    "Violation",
    "Weights",
    "Window",
    "check",
    "digest",
    "is_compiled_available",
    "placed",
    "read_json",
    "read_plan",
    "read_problem",
    "residual",
    "schema",
    "solve",
    "write_json",
]
