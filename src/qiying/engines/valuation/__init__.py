"""Value of intellectual property as a range, by the income, market and cost approaches.

>>> from datetime import date
>>> from qiying.engines.valuation import (
...     Asset, Assumption, Discount, Grade, Kind, Params, Problem, Royalty, Stream, Timing, check,
...     value,
... )
>>> def known(likely, low=None, high=None):
...     return Assumption(likely, "example", Grade.B, low, high)
>>> patent = Asset(
...     "P1", "Guide of a press", Kind.INVENTION, economic_life=known(8.0),
...     filed_on=date(2020, 3, 2), expires_on=date(2040, 3, 2),
...     royalty=Royalty("presses", share=known(1.0), rate=known(0.02, 0.01, 0.03)),
... )
>>> problem = Problem(
...     date(2026, 11, 24), known(0.25),
...     Discount(known(0.02), known(0.06), known(0.03), known(0.04)), (patent,),
...     (Stream("presses", (46_000_000.0,) * 8, "example", Grade.B),), timing=Timing.YEAR_END,
... )
>>> found = value(problem, Params(draws=2000), seed=7)
>>> found.portfolio.range.base
Decimal('3096251.84')
>>> found.portfolio.range.p10 < found.portfolio.range.point < found.portfolio.range.p90
True
>>> found.assets[0].drivers[0].key
'P1.royalty.rate'
>>> check(problem, found)
()
"""

from qiying.engines.valuation._bias import Shift, shifts
from qiying.engines.valuation._chance import triangular, uniform
from qiying.engines.valuation._check import check
from qiying.engines.valuation._direct import black_scholes, lattice
from qiying.engines.valuation._evidence import FACTS, Assumption, Entry, Event, Fact, Grade
from qiying.engines.valuation._faults import Fault, Misstated
from qiying.engines.valuation._lend import Turnover, working_capital_need
from qiying.engines.valuation._methods import (
    Adjustment,
    Branch,
    Charge,
    Cost,
    Deal,
    Excess,
    LicenceFee,
    Market,
    Method,
    Node,
    Outlay,
    RealOption,
    Royalty,
    Split,
    Tree,
)
from qiying.engines.valuation._params import RULES, VERSION, LoanToValue, Params, Rule
from qiying.engines.valuation._problem import (
    Asset,
    Discount,
    Kind,
    Loan,
    Overlap,
    Problem,
    Stream,
    Timing,
)
from qiying.engines.valuation._read import read, schema, to_plain
from qiying.engines.valuation._result import (
    AssetValue,
    Driver,
    Indicator,
    Input,
    Lending,
    MethodValue,
    OptionValue,
    Portfolio,
    Profile,
    Range,
    Reason,
    Security,
    Valuation,
    Violation,
)
from qiying.engines.valuation._solve import value

__all__ = [
    "FACTS",
    "RULES",
    "VERSION",
    "Adjustment",
    "Asset",
    "AssetValue",
    "Assumption",
    "Branch",
    "Charge",
    "Cost",
    "Deal",
    "Discount",
    "Driver",
    "Entry",
    "Event",
    "Excess",
    "Fact",
    "Fault",
    "Grade",
    "Indicator",
    "Input",
    "Kind",
    "Lending",
    "LicenceFee",
    "Loan",
    "LoanToValue",
    "Market",
    "Method",
    "MethodValue",
    "Misstated",
    "Node",
    "OptionValue",
    "Outlay",
    "Overlap",
    "Params",
    "Portfolio",
    "Problem",
    "Profile",
    "Range",
    "RealOption",
    "Reason",
    "Royalty",
    "Rule",
    "Security",
    "Shift",
    "Split",
    "Stream",
    "Timing",
    "Tree",
    "Turnover",
    "Valuation",
    "Violation",
    "black_scholes",
    "check",
    "lattice",
    "read",
    "schema",
    "shifts",
    "to_plain",
    "triangular",
    "uniform",
    "value",
    "working_capital_need",
]
