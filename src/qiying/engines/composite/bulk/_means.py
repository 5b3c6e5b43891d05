"""Members brought together row by row; what is missing leaves its weight to the others."""

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from qiying.engines.composite._plan import Aggregate
from qiying.engines.composite.bulk._cells import exact, fold, total

POWERS: Mapping[str, float] = {"amean": 1.0, "gmean": 0.0, "hmean": -1.0}
Parts = Sequence[tuple[ir.FloatingValue, float]]
"""Members of a node with their weights."""


def brought(parts: Parts, method: str, step: Aggregate) -> ir.FloatingValue:
    """The score of a node, null where its members do not allow one."""
    if not any(w > 0 for _z, w in parts):
        return ibis.null("float64")
    if method == "mpi":
        found = _mazziotta_pareto(parts, 1.0 if step.toward == "high" else -1.0)
    else:
        found = _mean(parts, POWERS.get(method, step.power))
    there = total([z.notnull().cast("int64") for z, _w in parts]).cast("float64")
    is_enough = there / exact(len(parts)) >= exact(step.at_least)
    return ibis.ifelse(is_enough, found, ibis.null("float64"))


def _weighed(parts: Parts, of: Callable[[ir.Value], ir.Value]) -> ir.Value:
    """Sum of weight times something; who has no weight keeps his place in the order of the sum."""
    nothing = exact(0)
    return total([(of(z) * exact(w)).fill_null(0.0) if w > 0 else nothing for z, w in parts])


def _weight(parts: Parts) -> ir.Value:
    """The weight of those that are there, null where there is none."""
    nothing = exact(0)
    there = [ibis.ifelse(z.notnull(), exact(w), nothing) for z, w in parts]
    return total(there).nullif(0.0)


def _mean(parts: Parts, power: float) -> ir.Value:
    weight = _weight(parts)
    if power == 1:
        return _weighed(parts, lambda z: z) / weight
    counted = [z for z, w in parts if w > 0]
    good = fold([z.fill_null(1.0) for z in counted], ibis.least) > 0.0
    safe = [(ibis.ifelse(z > 0.0, z, ibis.null("float64")), w) for z, w in parts]
    if power == 0:
        found = (_weighed(safe, lambda z: z.ln()) / weight).exp()
    else:
        # By its largest value first, so that a high power cannot overflow.
        above = [z.fill_null(0.0) for z, w in safe if w > 0]
        top = fold(above, ibis.greatest).nullif(0.0)
        inner = _weighed(safe, lambda z: (z / top) ** exact(power)) / weight
        found = top * inner ** exact(1 / power)
    return ibis.ifelse(good, found, ibis.null("float64"))


def _mazziotta_pareto(parts: Parts, sign: float) -> ir.Value:
    weight = _weight(parts)
    middle = _weighed(parts, lambda z: z) / weight
    away = _weighed(parts, lambda z: (z - middle) * (z - middle)) / weight
    found = middle + exact(sign) * away / middle.nullif(0.0)
    return ibis.ifelse(middle > 0.0, found, ibis.null("float64"))
