"""Rates of answered calls: declared beside verified, each with its members, interval and hash.

A table of rounds and a period give every rate of a call system, for all or for one unit. The
rules are data (`Definitions`); `LETTER` is the formulas without a single rule against gaming, and
`gaming.simulate` shows what each way of gaming would gain under either.

>>> from datetime import datetime, timedelta, timezone
>>> from qiying.engines.rates import Period, Receipt, Round, Table, check, rates
>>> day = [datetime(2026, 10, d, tzinfo=timezone.utc) for d in range(1, 32)]
>>> solved = Round(
...     id=1, call=1, unit="ZONE_SAFE", firm=7, matter="M016", started_at=day[0], due_at=day[6],
...     state="closed", answered_at=day[3], answered_by=11, called_back_by=12, resolved="yes",
...     rating=5, closed_at=day[4], contacted_at=day[0],
... )
>>> overdue = Round(id=2, call=2, unit="ZONE_SAFE", started_at=day[1], due_at=day[7])
>>> calls = [Receipt(call=1, received_at=day[0], firm=7, matter="M016", unit="ZONE_SAFE")]
>>> october = Period(day[0], day[30])
>>> table = Table([solved, overdue], calls, firms=200)
>>> sheet = rates(table, october, now=day[30] + timedelta(days=30))
>>> [(n, sheet.figures[n].numerator, sheet.figures[n].denominator) for n in ("declared", "verified")]
[('declared', 1.0, 2), ('verified', 1.0, 2)]
>>> sheet.figures["verified"].counted, sheet.figures["verified"].missed, sheet.per_100_firms
(((1, 1.0),), (2,), 0.5)
>>> check(table, october, sheet, now=day[30] + timedelta(days=30))
()

The firm calls again about the same matter: the closure stays declared and is verified no more.

>>> calls.append(Receipt(call=3, received_at=day[20], firm=7, matter="M016"))
>>> again = rates(Table([solved, overdue], calls), october, now=day[30] + timedelta(days=30))
>>> again.figures["declared"].numerator, again.figures["verified"].numerator
(1.0, 0)
"""

from qiying.engines.rates._check import check
from qiying.engines.rates._definitions import (
    DEFAULTS,
    LETTER,
    SOURCES,
    VERSION,
    Definitions,
    Link,
    Source,
)
from qiying.engines.rates._records import (
    CoTask,
    Extension,
    Period,
    Receipt,
    Resolved,
    Round,
    State,
    Table,
)
from qiying.engines.rates._result import (
    CALL_MEASURES,
    COMPOSITE,
    FINDINGS,
    MEASURES,
    ROUND_MEASURES,
    TASK_MEASURES,
    Declined,
    Figure,
    Finding,
    Kind,
    Sheet,
    Violation,
    digest_of,
    seal_of,
    wilson,
    word_of,
)
from qiying.engines.rates._solve import rates, rates_by_unit

__all__ = [
    "CALL_MEASURES",
    "COMPOSITE",
    "DEFAULTS",
    "FINDINGS",
    "LETTER",
    "MEASURES",
    "ROUND_MEASURES",
    "SOURCES",
    "TASK_MEASURES",
    "VERSION",
    "CoTask",
    "Declined",
    "Definitions",
    "Extension",
    "Figure",
    "Finding",
    "Kind",
    "Link",
    "Period",
    "Receipt",
    "Resolved",
    "Round",
    "Sheet",
    "Source",
    "State",
    "Table",
    "Violation",
    "check",
    "digest_of",
    "rates",
    "rates_by_unit",
    "seal_of",
    "wilson",
    "word_of",
]
