"""The published figures of the zone that this product is modelled on, computed from records.

Values come from the slices' own `public.figures`; this module only knows what was published and
how a value is compared with it: `eq` (within 1 %), `gt` (greater, by less than 5 %),
`approx_below` (at most, within 5 %), `rule` (a rule or structure that holds).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.slices.calls import public as calls
from qiying.slices.calls.rules import REOPEN_WITHIN
from qiying.slices.indices import public as indices
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry
from qiying.slices.rescue import public as rescue

_EQ_WITHIN, _GT_BELOW, _BELOW_WITHIN = Decimal("0.01"), Decimal("1.05"), Decimal("0.95")
_ALL = Decimal(100)
_YEAR = timedelta(days=365)
Values = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Published:
    """A figure as it was published: of a number, or (as `rule`) of other values."""

    id: str
    source: str
    reference: str
    unit: str
    comparator: str
    holds: Callable[[Values], bool] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure beside the value that the records give; `value` None without records."""

    id: str
    value: Decimal | None
    reference: Decimal | str
    unit: str
    comparator: str
    ok: bool


def _is_below(whole: str) -> Callable[[Values], bool]:
    """Verified closure cannot be above declared closure, of which it is a part."""
    return lambda values: 0 < values[f"{whole}.verified"] <= values[whole]


PUBLISHED = (
    Published("A01.founding", "A01.founding", "7", "km²", "eq"),
    Published("A01.now", "A01", "66.75", "km²", "eq"),
    Published("A02", "A02", "33.44", "km²", "eq"),
    Published("A03.entities", "A03.entities", "3000", "", "gt"),
    Published("A03.enterprises", "A03.enterprises", "800", "", "gt"),
    Published("A03.sites", "A03.sites", "200", "", "gt"),
    Published("A04", "A04", "52000", "", "gt"),
    Published("A05", "A05", "100", "", "gt"),
    Published("A06.neighbourhoods", "A06", "16", "", "eq"),
    Published("A06.households", "A06.households", "10000", "", "approx_below"),
    Published(
        "A06.residents", "A06.residents", "households <= residents", "", "rule",
        lambda v: v["A06.households"] <= v["A06.residents"],
    ),
    Published(
        "A07", "A07", "planning boundary -> industrial wall", "", "rule", lambda v: v["A07"] == 1
    ),
    Published(
        "A08.invest", "A08.invest", "kept: investment promotion", "", "rule",
        lambda v: v["A08.invest"] > 0,
    ),
    Published(
        "A08.build", "A08.build", "kept: financing and construction", "", "rule",
        lambda v: v["A08.build"] > 0,
    ),
    Published("A09.before", "before.A09", "87", "%", "eq"),
    Published(
        "A09.before.verified", "before.A09.verified", "verified <= declared", "%", "rule",
        _is_below("before.A09"),
    ),
    Published("A09.after", "after.A09", "98", "%", "gt"),
    Published(
        "A09.after.verified", "after.A09.verified", "verified <= declared", "%", "rule",
        _is_below("after.A09"),
    ),
    Published("A18.jobs", "A18.jobs", "420", "", "gt"),
    Published("A18.success", "A18.success", "97", "%", "eq"),
    Published("A18.praise", "A18.praise", "100", "%", "eq"),
    Published(
        "A19", "A19", "answer within 2 h by day and night", "%", "rule", lambda v: v["A19"] == _ALL
    ),
    Published(
        "A20.emergency", "A20.emergency", "bought: equipment emergency repair", "", "rule",
        lambda v: v["A20.emergency"] > 0,
    ),
    Published(
        "A20.repair", "A20.repair", "bought: special-equipment inspection and repair", "", "rule",
        lambda v: v["A20.repair"] > 0,
    ),
    Published(
        "A20.retrofit", "A20.retrofit", "bought: process retrofit", "", "rule",
        lambda v: v["A20.retrofit"] > 0,
    ),
    Published("A23.output", "A23.output", "61.4", "%", "eq"),
    Published("A23.investment", "A23.investment", "156", "100 million yuan", "eq"),
    Published("B01", "B01", "90", "", "eq"),
    Published("B01.districts", "B01.districts", "37", "", "eq"),
    Published("B01.counties", "B01.counties", "53", "", "eq"),
    Published("B02", "B02", "70", "%", "eq"),
    Published("B03.thousand", "B03.thousand", "28", "", "eq"),
    Published("B03.next", "B03.next", "7", "", "eq"),
    Published(
        "B04.green", "B04.green", "green has the highest mean", "", "rule",
        lambda v: v["B04.green"] == 1,
    ),
    Published("B04.named", "B04.named", "5", "", "eq"),
    Published("B05.trade", "B05.trade", "38", "", "eq"),
    Published("B05.foreign", "B05.foreign", "46", "", "eq"),
    Published("B05.sharing", "B05.sharing", "60", "%", "eq"),
    Published(
        "B06", "B06", "comparable across all units", "", "rule", lambda v: v["B06"] == v.get("B01")
    ),
    Published("B07", "B07", "11", "", "eq"),
    Published("B07.gaps", "B07.gaps", "3", "", "eq"),
)  # fmt: skip


def figures(actor: Actor, *, now: datetime, on: date) -> list[Figure]:
    """A01 to A09, A18 to A20, A23 and B01 to B07 on a day; Industry 120 over the year before it.

    Closure is compared over the year before the reform of the handling of calls, and from the
    reform to the last day whose 30 days for opening a call again are over.
    """
    values = _values(actor, now=now, on=on)
    return [_compare(row, values) for row in PUBLISHED]


def _values(actor: Actor, *, now: datetime, on: date) -> Values:
    today = (on, on + timedelta(days=1))
    values = {
        **registry.figures(actor, today),
        **mandate.figures(actor, today),
        **rescue.figures(actor, (on - _YEAR, on), now=min(now, _midnight(on))),
        **indices.figures(actor),
    }
    reform_on = registry.zone(actor).call_reform_on
    if reform_on is None:
        return values
    settled = on - REOPEN_WITHIN
    periods = {
        "before": (reform_on.replace(year=reform_on.year - 1), reform_on),
        "after": (reform_on, max(reform_on, settled)),
    }
    for name, period in periods.items():
        found = calls.figures(actor, period, now=now)
        values |= {f"{name}.{key}": value for key, value in found.items()}
    return values


def _midnight(on: date) -> datetime:
    """A demonstration ends there: what nobody answered afterwards is not its figure."""
    return datetime.combine(on, time(0), tzinfo=SHANGHAI)


def _compare(row: Published, values: Values) -> Figure:
    value = values.get(row.source)
    if row.comparator == "rule" and row.holds is not None:
        is_ok = value is not None and row.holds(values)
        return Figure(row.id, value, row.reference, row.unit, row.comparator, is_ok)
    reference = Decimal(row.reference)
    is_ok = value is not None and compares(row.comparator, value, reference)
    return Figure(row.id, value, reference, row.unit, row.comparator, is_ok)


def compares(comparator: str, value: Decimal, reference: Decimal) -> bool:
    """Whether a value agrees with a published number."""
    if comparator == "eq":
        return abs(value - reference) <= _EQ_WITHIN * reference
    if comparator == "gt":
        return reference < value < _GT_BELOW * reference
    return _BELOW_WITHIN * reference <= value <= reference
