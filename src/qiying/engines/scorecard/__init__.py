"""Rating cards: characteristics with bands and integer points, gates, notches and a master scale.

A card is read from TOML or JSON, rates one firm with every reason on the way, and compiles to one
expression for a register of millions (`qiying.engines.scorecard.bulk`). All sums are integers, so
that every way of reckoning gives the same rating.

>>> from datetime import date
>>> from qiying.engines.scorecard import Fact, Firm, check, read_card, score
>>> from qiying.engines.scorecard.cards import card_text
>>> card = read_card(card_text("tech-sme-1"))
>>> values = {"rd_staff_share": 25.0, "rd_to_revenue": 5.9, "class_two_ip": 3.0}
>>> firm = Firm("f1", {name: Fact(value, ("e1",)) for name, value in values.items()})
>>> rating = score(card, firm, as_of=date(2026, 1, 1))
>>> rating.score, rating.grade, [line.points for line in rating.lines], rating.top
(7400, 'pass', [16, 40, 18], ('ip', 'rd', 'staff'))
>>> check(card, firm, rating, as_of=date(2026, 1, 1))
()
"""

from qiying.engines.scorecard._ahp import Weighed, weigh
from qiying.engines.scorecard._card import (
    FULL,
    VERSION,
    Band,
    Card,
    Characteristic,
    Dimension,
    Fault,
    Gate,
    Grade,
    Notch,
    Scale,
    Span,
    Stage,
    Unusable,
)
from qiying.engines.scorecard._check import Answer, check, reckon
from qiying.engines.scorecard._explain import Step, Swing, Way, swings, way_up
from qiying.engines.scorecard._facts import Fact, Firm
from qiying.engines.scorecard._firm_faults import faults_of_firm
from qiying.engines.scorecard._read import read_card
from qiying.engines.scorecard._result import REASONS, Line, Rating, Reason, Violation
from qiying.engines.scorecard._score import score

__all__ = [
    "FULL",
    "REASONS",
    "VERSION",
    "Answer",
    "Band",
    "Card",
    "Characteristic",
    "Dimension",
    "Fact",
    "Fault",
    "Firm",
    "Gate",
    "Grade",
    "Line",
    "Notch",
    "Rating",
    "Reason",
    "Scale",
    "Span",
    "Stage",
    "Step",
    "Swing",
    "Unusable",
    "Violation",
    "Way",
    "Weighed",
    "check",
    "faults_of_firm",
    "read_card",
    "reckon",
    "score",
    "swings",
    "way_up",
    "weigh",
]
