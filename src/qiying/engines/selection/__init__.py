"""Selecting the best of many entries by a panel: who reads what, how far readers agree, who wins.

>>> from qiying.engines.selection import (
...     Criterion, Mark, Panel, Standing, adjust, agreement, assign, check_allotment, rank, totals
... )
>>> panel = Panel(("E1", "E2", "E3"), ("ann", "ben", "cho"), frozenset({("E1", "ann")}))
>>> allotment = assign(panel, seed=7)
>>> allotment.of("E1"), max(allotment.loads.values()) - min(allotment.loads.values())
(('ben', 'cho'), 0)
>>> check_allotment(panel, allotment)
()
>>> criteria = (Criterion("novelty", 40.0), Criterion("effect", 60.0))
>>> marks = [
...     Mark("E1", "ben", (8, 9)), Mark("E1", "cho", (6, 7)),
...     Mark("E2", "ann", (5, 5)), Mark("E2", "cho", (4, 4)),
... ]
>>> scored = totals(marks, criteria)
>>> [(s.entry, s.reviewer, s.value) for s in scored][:2]
[('E1', 'ben', 86.0), ('E1', 'cho', 66.0)]
>>> round(agreement(scored).alpha, 3)
0.69
>>> adjusted = adjust(scored)
>>> adjusted.leniency["cho"] < 0 < adjusted.leniency["ben"]
True
>>> [(p.entry, p.rank) for p in rank([Standing("E2", 45.0), Standing("E1", 76.0)])]
[('E1', 1), ('E2', 2)]
"""

from qiying.engines.selection._adjust import adjust
from qiying.engines.selection._agreement import agreement, icc, krippendorff
from qiying.engines.selection._assign import assign
from qiying.engines.selection._check import check_allotment, check_places
from qiying.engines.selection._cut import cut, sensitivity
from qiying.engines.selection._params import VERSION, CutParams, TieRule
from qiying.engines.selection._problem import Criterion, Mark, Panel, Score, Standing
from qiying.engines.selection._rank import rank, totals
from qiying.engines.selection._result import (
    Adjustment,
    Agreement,
    Allotment,
    Cut,
    Icc,
    Place,
    Violation,
)

__all__ = [
    "VERSION",
    "Adjustment",
    "Agreement",
    "Allotment",
    "Criterion",
    "Cut",
    "CutParams",
    "Icc",
    "Mark",
    "Panel",
    "Place",
    "Score",
    "Standing",
    "TieRule",
    "Violation",
    "adjust",
    "agreement",
    "assign",
    "check_allotment",
    "check_places",
    "cut",
    "icc",
    "krippendorff",
    "rank",
    "sensitivity",
    "totals",
]
