"""Normalisation by expressions: what a frame says of an indicator, then its scale."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from qiying.engines.composite._cube import Node
from qiying.engines.composite._normalise import bounds
from qiying.engines.composite._plan import Normalise
from qiying.engines.composite._sheet import span
from qiying.engines.composite.bulk._cells import exact

ORDINAL = frozenset({"rank", "borda", "percentile"})
UNCUT = frozenset({"zscore", "scaled", "rank", "borda", "none", "vector"})


@dataclass(frozen=True, slots=True)
class Scale:
    """One indicator on its way: its column, its orders, and the columns of its frame."""

    name: str
    node: Node
    step: Normalise
    low: float = field(init=False)
    high: float = field(init=False)

    def __post_init__(self) -> None:
        low, high = bounds(self.step, self.node)
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)

    @property
    def scale(self) -> float:
        own = dict(self.node.extra).get("goalpost_scale", self.step.scale)
        return own if self.step.scale == 1.0 else self.step.scale

    @property
    def is_capped(self) -> bool:
        posts = self.step.method == "goalposts" and bool(
            dict(self.node.extra).get("goalpost_trunc2posts", 0)
        )
        return (self.step.cap or posts) and self.step.method not in UNCUT

    def turned(self, table: ir.Table) -> ir.FloatingValue:
        """The values, good upwards."""
        return table[self.name] * exact(self.node.direction)

    def of(self, table: ir.Table, what: str) -> ir.FloatingValue:
        """A number of the frame."""
        return table[f"{self.name}_{what}"]

    def frame(self, table: ir.Table) -> dict[str, ir.Value]:
        """What the frame says: least, most and whatever else the method needs."""
        x, where = self.turned(table), self._within(table)
        found: dict[str, ir.Value] = {"least": x.min(where=where), "most": x.max(where=where)}
        if self.step.method == "zscore":
            found |= {"mean": x.mean(where=where), "sd": x.std(how="sample", where=where)}
        if self.step.method == "vector":
            found["size"] = (x * x).sum(where=where).sqrt()
        if self.step.method == "percentile":
            found["count"] = x.count(where=where)
        if self.step.method == "reference_distance":
            found["goal"] = x.max(where=table.uCode == self.step.reference)
        return {f"{self.name}_{what}": value for what, value in found.items()}

    def _within(self, table: ir.Table) -> ir.BooleanValue | None:
        if self.step.frame in {"year", "all"}:
            return None
        first, last = span(self.step.frame)
        return table.Time.between(first, last)


def scaled(table: ir.Table, one: Scale) -> ir.FloatingValue:
    """The indicator on its scale, cut to the frame where the plan wants it."""
    found = SCALES[one.step.method](table, one)
    if one.is_capped:
        ends = {"minmax": (one.low, one.high), "goalposts": (0.0, one.scale)}
        low, high = ends.get(one.step.method, (None, 1.0))
        found = found.clip(lower=None if low is None else exact(low), upper=exact(high))
    return ibis.ifelse(one.turned(table).isnull(), ibis.null("float64"), found)


def _unless_constant(
    table: ir.Table, one: Scale, middle: float, found: ir.Value
) -> ir.FloatingValue:
    return ibis.ifelse(one.of(table, "least") == one.of(table, "most"), exact(middle), found)


def _minmax(table: ir.Table, one: Scale) -> ir.FloatingValue:
    least, most = one.of(table, "least"), one.of(table, "most")
    share = (one.turned(table) - least) / (most - least).nullif(0.0)
    found = share * exact(one.high - one.low) + exact(one.low)
    return _unless_constant(table, one, (one.low + one.high) / 2, found)


def _zscore(table: ir.Table, one: Scale) -> ir.FloatingValue:
    away = one.turned(table) - one.of(table, "mean")
    found = away / one.of(table, "sd").nullif(0.0) * exact(one.high) + exact(one.low)
    return _unless_constant(table, one, one.low, found)


def _between(table: ir.Table, one: Scale, scale: float) -> ir.FloatingValue:
    if not one.low < one.high:
        return ibis.null("float64")
    start = one.low if one.node.direction > 0 else -one.high
    along = one.turned(table) - exact(start)
    return along / exact(one.high - one.low) * exact(scale)


def _scaled(table: ir.Table, one: Scale) -> ir.FloatingValue:
    return _between(table, one, 100.0)


def _goalposts(table: ir.Table, one: Scale) -> ir.FloatingValue:
    return _between(table, one, one.scale)


def _rank(table: ir.Table, one: Scale) -> ir.Value:
    """Competition ranks upwards among the known, in the year or over all."""
    x = one.turned(table)
    keys = [x.isnull()] if one.step.frame == "all" else [table.Time, x.isnull()]
    return ibis.rank().over(group_by=keys, order_by=x).cast("float64") + 1.0


def _borda(table: ir.Table, one: Scale) -> ir.Value:
    return _rank(table, one) - 1.0


def _percentile(table: ir.Table, one: Scale) -> ir.Value:
    others = one.of(table, "count").cast("float64") - 1.0
    return ibis.ifelse(others < 1.0, 0.5, _borda(table, one) / others.nullif(0.0))


def _distance(table: ir.Table, one: Scale, goal: ir.Value) -> ir.Value:
    x, reach = one.turned(table), goal - one.of(table, "least")
    reached = ibis.ifelse(x >= goal, 1.0, 0.0)
    return ibis.ifelse(reach <= 0.0, reached, 1.0 - (goal - x) / reach.nullif(0.0))


def _max_distance(table: ir.Table, one: Scale) -> ir.Value:
    return _unless_constant(table, one, 0.5, _distance(table, one, one.of(table, "most")))


def _target_distance(table: ir.Table, one: Scale) -> ir.Value:
    target = one.node.target * one.node.direction
    if target != target:  # noqa: PLR0124 - not a number
        return ibis.null("float64")
    return _distance(table, one, exact(target))


def _reference_distance(table: ir.Table, one: Scale) -> ir.Value:
    return _distance(table, one, one.of(table, "goal"))


def _max_share(table: ir.Table, one: Scale) -> ir.Value:
    x, most = one.turned(table), one.of(table, "most")
    best = most if one.node.direction > 0 else -most
    found = x / most.nullif(0.0) if one.node.direction > 0 else most / x.nullif(0.0)
    return ibis.ifelse(best <= 0.0, ibis.null("float64"), found)


def _vector(table: ir.Table, one: Scale) -> ir.Value:
    size = one.of(table, "size")
    return ibis.ifelse(size > 0.0, one.turned(table) / size.nullif(0.0), 0.0)


def _none(table: ir.Table, one: Scale) -> ir.Value:
    return one.turned(table)


SCALES: Mapping[str, Callable[[ir.Table, Scale], ir.Value]] = {
    "minmax": _minmax,
    "zscore": _zscore,
    "scaled": _scaled,
    "rank": _rank,
    "borda": _borda,
    "percentile": _percentile,
    "max_distance": _max_distance,
    "target_distance": _target_distance,
    "reference_distance": _reference_distance,
    "goalposts": _goalposts,
    "max_share": _max_share,
    "vector": _vector,
    "none": _none,
}
