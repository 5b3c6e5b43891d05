"""Members brought together row by row; what is missing leaves its weight to the others."""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from qiying.engines.composite._plan import Aggregate
from qiying.engines.composite.bulk._cells import fold, total

POWERS: Mapping[str, float] = {"amean": 1.0, "gmean": 0.0, "hmean": -1.0}
Parts = Sequence[tuple[ir.FloatingValue, float]]
"""Members of a node with their weights."""


def brought(parts: Parts, method: str, step: Aggregate) -> ir.FloatingValue:
    """The score of a node, null where its members do not allow one."""
    counted = [(z, w) for z, w in parts if w > 0]
    if not counted:
        return ibis.null("float64")
    if method == "mpi":
        found = _mazziotta_pareto(counted, 1.0 if step.toward == "high" else -1.0)
    else:
        found = _mean(counted, POWERS.get(method, step.power))
    there = total([z.notnull().cast("int64") for z, _w in parts]).cast("float64")
    is_enough = there / float(len(parts)) >= step.at_least
    return ibis.ifelse(is_enough, found, ibis.null("float64"))


def _weight(parts: Parts) -> ir.Value:
    there = [ibis.ifelse(z.notnull(), w, 0.0) for z, w in parts]
    return total(there).nullif(0.0)


def _mean(parts: Parts, power: float) -> ir.Value:
    weight = _weight(parts)
    if power == 1:
        return total([(z * w).fill_null(0.0) for z, w in parts]) / weight
    least = fold([z.fill_null(1.0) for z, _w in parts], ibis.least)
    good = least > 0.0
    safe = [(ibis.ifelse(z > 0.0, z, ibis.null("float64")), w) for z, w in parts]
    if power == 0:
        found = (total([(z.ln() * w).fill_null(0.0) for z, w in safe]) / weight).exp()
    else:
        # By its largest value first, so that a high power cannot overflow.
        top = fold([z.fill_null(0.0) for z, _w in safe], ibis.greatest).nullif(0.0)
        inner = total([((z / top) ** power * w).fill_null(0.0) for z, w in safe]) / weight
        found = top * inner ** (1 / power)
    return ibis.ifelse(good, found, ibis.null("float64"))


def _mazziotta_pareto(parts: Parts, sign: float) -> ir.Value:
    weight = _weight(parts)
    middle = total([(z * w).fill_null(0.0) for z, w in parts]) / weight
    away = total([((z - middle) * (z - middle) * w).fill_null(0.0) for z, w in parts]) / weight
    found = middle + away / middle.nullif(0.0) * sign
    return ibis.ifelse(middle > 0.0, found, ibis.null("float64"))
