"""Composite indicators: two tables into a data cube, and a plan that is judged before it runs.

>>> from qiying.engines.composite import judge, read_plan, read_tables
>>> meta = [
...     {"iCode": "roads", "iName": "Roads", "Type": "Indicator", "Level": "1", "Parent": "index"},
...     {"iCode": "index", "iName": "Index", "Type": "Aggregate", "Level": "2", "Parent": ""},
... ]
>>> cube = read_tables([{"uCode": "a", "roads": "3.5"}, {"uCode": "b", "roads": "NA"}], meta)
>>> cube.units, cube.values[0, :, 0].tolist(), cube.provenance[0, :, 0].tolist()
(('a', 'b'), [3.5, nan], [0, 1])
>>> text = 'version = 1\\n[[step]]\\ndo = "normalise"\\n[[step]]\\ndo = "aggregate"\\nmethod = "gmean"'
>>> plan = read_plan(text)
>>> [step.do for step in plan.steps], judge(plan, cube)
(['normalise', 'aggregate'], ())
"""

from qiying.engines.composite._aggregate import aggregate
from qiying.engines.composite._check import check
from qiying.engines.composite._cube import (
    VERSION,
    Cube,
    Fault,
    Node,
    Origin,
    Reason,
    Unusable,
    cube_of,
)
from qiying.engines.composite._judge import judge
from qiying.engines.composite._plan import (
    Aggregate,
    Denominate,
    Factor,
    Impute,
    Normalise,
    Plan,
    Screen,
    Step,
    Treat,
    Weigh,
    read_plan,
)
from qiying.engines.composite._result import Result, Violation
from qiying.engines.composite._run import run
from qiying.engines.composite._tables import read_nodes, read_tables
from qiying.engines.composite._uncertain import (
    Sensitivity,
    Uncertainty,
    flip,
    sensitivity,
    uncertainty,
    variant,
)

__all__ = [
    "VERSION",
    "Aggregate",
    "Cube",
    "Denominate",
    "Factor",
    "Fault",
    "Impute",
    "Node",
    "Normalise",
    "Origin",
    "Plan",
    "Reason",
    "Result",
    "Screen",
    "Sensitivity",
    "Step",
    "Treat",
    "Uncertainty",
    "Unusable",
    "Violation",
    "Weigh",
    "aggregate",
    "check",
    "cube_of",
    "flip",
    "judge",
    "read_nodes",
    "read_plan",
    "read_tables",
    "run",
    "sensitivity",
    "uncertainty",
    "variant",
]
