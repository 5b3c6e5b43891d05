"""How many rounds each measure counts, by some keys: every test is made once for each round.

A measure's test may look for another call of the firm; as the condition of an aggregate it would
be made anew in each number that it stands in.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value

from qiying.kernel import statements
from qiying.kernel.statements import Statement
from qiying.slices.calls.queries._measures import Measure


def _parts(measure: Measure) -> tuple[str, ...]:
    return ("top", "base") if measure.half is None else ("top", "base", "half")


def tests_of(known: Mapping[str, Measure]) -> dict[str, Any]:
    """The tests of the measures, to be made once for each round."""
    tests: dict[str, Any] = {}
    for name, measure in known.items():
        tests |= {
            f"{name}_base": _test(measure.denominator),
            f"{name}_top": _test(measure.numerator),
        }
        if measure.half is not None:
            tests[f"{name}_half"] = _test(measure.half)
    return tests


def tally(rows: QuerySet[Any], keys: Sequence[str], known: Mapping[str, Measure]) -> Statement:
    """The keys (annotations of the rounds), then how many rounds each measure counts."""
    tests = tests_of(known)
    counts: list[str] = []
    for name, measure in known.items():
        both = {part: f"{name}_base AND {name}_{part}" for part in ("top", "half")}
        counts += [both.get(part, f"{name}_base") for part in _parts(measure)]
    picked = rows.annotate(**tests).values_list(*keys, *tests)
    shown = ", ".join([*keys, *(f"count(*) FILTER (WHERE {test})" for test in counts)])
    # the server must not pull the tests up again into every number: OFFSET keeps them below
    frame = "SELECT {shown} FROM (SELECT * FROM {{picked}} AS p OFFSET 0) AS r GROUP BY {keys}"
    return statements.joined([picked], frame.format(shown=shown, keys=", ".join(keys)))


def _test(condition: Q) -> Any:
    always = Value(value=True)
    return ExpressionWrapper(condition, BooleanField()) if condition else always
