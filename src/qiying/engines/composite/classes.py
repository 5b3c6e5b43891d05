"""Classes A to D of units by score: shares of a pool, then vetoes, bonuses and exceptions, each
with its reason. Made for 亩均效益 (benefit per mu) of firms; shares and cases are local parameters.

>>> scheme = Scheme(items=(Item("tax", 60.0, 30.0), Item("value", 40.0, 150.0)))
>>> firms = [Firm("p", {"tax": 30.0, "value": 150.0}), Firm("q", {"tax": 15.0, "value": 75.0})]
>>> [(r.unit, r.score, r.final) for r in classify(scheme, firms)]
[('p', 100.0, 'B'), ('q', 50.0, 'C')]
"""

from qiying.engines.composite._classes import (
    Bonus,
    Firm,
    Rating,
    Scheme,
    Veto,
    classify,
)
from qiying.engines.composite._classes_check import check_classes
from qiying.engines.composite._points import Item, points
from qiying.engines.composite._scheme import read_scheme

__all__ = [
    "Bonus",
    "Firm",
    "Item",
    "Rating",
    "Scheme",
    "Veto",
    "check_classes",
    "classify",
    "points",
    "read_scheme",
]
