"""The three-value profile: legal, technical and economic indicators of a patent, each scored.

The fourteen second-level names are those known of GB/T 42748-2023; bands and weights are ours.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from qiying.engines.valuation._evidence import Entry, Event, Fact, Grade
from qiying.engines.valuation._params import Params
from qiying.engines.valuation._problem import Asset, Kind
from qiying.engines.valuation._result import Indicator, Profile

Score = Callable[[float], float]
DIGITS = 9
"""Of a score: a sum of decimals that is 40 shall not fall below a floor of 40."""
STABLE_BASE = {Kind.INVENTION: 70.0, Kind.UTILITY_MODEL: 40.0}
"""Substantive examination is behind the one and not the other. Other kinds have no profile."""


def _as_points(value: float) -> float:
    return value


def _of_percentile(value: float) -> float:
    return 100 * value


def _of_subclasses(value: float) -> float:
    return 20 * min(max(int(value), 0), 5)


def _of_readiness(value: float) -> float:
    return {9: 100.0, 8: 85.0, 7: 70.0, 6: 50.0, 5: 30.0}.get(int(value), 0.0)


def _of_growth(value: float) -> float:
    return min(max(20 + 80 * (value + 0.10) / 0.20, 20.0), 100.0)


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator that is scored from one fact."""

    dimension: str
    fact: str
    score: Score


FROM_FACTS: Mapping[str, Measure] = MappingProxyType(
    {
        "scope": Measure("legal", "claims_percentile", _of_percentile),
        "detectability": Measure("legal", "detectability", _as_points),
        "dependency": Measure("legal", "dependency", _as_points),
        "advancement": Measure("technical", "citations_percentile", _of_percentile),
        "substitutability": Measure("technical", "substitutability", _as_points),
        "applicability": Measure("technical", "ipc_subclasses", _of_subclasses),
        "independence": Measure("technical", "independence", _as_points),
        "maturity": Measure("technical", "trl", _of_readiness),
        "trend": Measure("technical", "growth_gap", _of_growth),
        "competition": Measure("economic", "competition", _as_points),
        "application": Measure("economic", "application", _as_points),
    }
)


def profile(asset: Asset, life: float, params: Params) -> Profile | None:
    """Score an invention or utility model; ``life`` is the remaining life in years.

    What is unknown is left out of the score and not counted as zero: ``lowest`` and ``highest`` say
    what the score would be if all that is unknown were worst or best.
    """
    if asset.kind not in STABLE_BASE:
        return None
    facts = {fact.code: fact for fact in asset.facts}
    rows = [_stability(asset)]
    rows += [_measured(code, m, facts.get(m.fact)) for code, m in FROM_FACTS.items()]
    economic = asset.economic_life
    points = 10 * min(life, 10.0)
    rows.append(
        Indicator("remaining_life", "economic", life, points, economic.source, economic.grade)
    )
    rows.append(_operation(asset.history))
    return _summed(tuple(rows), params)


def _measured(code: str, measure: Measure, fact: Fact | None) -> Indicator:
    if fact is None:
        return Indicator(code, measure.dimension)
    points = measure.score(fact.value)
    return Indicator(code, measure.dimension, fact.value, points, fact.source, fact.grade)


def _stability(asset: Asset) -> Indicator:
    history = asset.history
    points = STABLE_BASE[asset.kind]
    tried = [e for e in history if e.event == Event.INVALIDATION]
    reported = [e for e in history if e.event == Event.EVALUATION_REPORT]
    points += 10 if any(not e.is_open for e in tried) else 0
    points += 10 if reported else 0
    points -= 40 if any(e.is_open for e in tried) else 0
    source, grade = _worst((*tried, *reported))
    return Indicator("stability", "legal", points, max(points, 0.0), source, grade)


def _operation(history: tuple[Entry, ...]) -> Indicator:
    kept: tuple[Entry, ...] = ()
    points = 20.0
    for event, worth in ((Event.PLEDGE, 50.0), (Event.TRANSFER, 70.0), (Event.LICENCE, 100.0)):
        is_paid = event == Event.LICENCE
        same = tuple(e for e in history if e.event == event and (e.amount_cny > 0 or not is_paid))
        if same:
            points, kept = worth, same
    source, grade = _worst(kept)
    return Indicator("operation", "economic", float(len(kept)), points, source, grade)


def _worst(entries: tuple[Entry, ...]) -> tuple[str, Grade]:
    """The weakest evidence that the points stand on; without an entry the history as given."""
    if not entries:
        return "history", Grade.C
    found = max(entries, key=lambda e: e.grade)
    return found.source, found.grade


def _summed(rows: tuple[Indicator, ...], params: Params) -> Profile:
    dimensions, lowest, highest, known = [], 0.0, 0.0, 0
    for name, weight in zip(
        ("legal", "technical", "economic"), params.dimension_weights, strict=True
    ):
        of = [row for row in rows if row.dimension == name]
        points = [row.score for row in of if row.score is not None]
        known += len(points)
        lowest += weight * sum(points) / len(of)
        highest += weight * (sum(points) + 100 * (len(of) - len(points))) / len(of)
        dimensions.append(sum(points) / len(points) if points else None)
    whole = [
        (d, w) for d, w in zip(dimensions, params.dimension_weights, strict=True) if d is not None
    ]
    weights = sum(w for _, w in whole)
    score = sum(d * w for d, w in whole) / weights if weights else 0.0
    legal, technical, economic = dimensions
    return Profile(
        rows,
        round(score, DIGITS),
        round(lowest, DIGITS),
        round(highest, DIGITS),
        known / len(rows),
        legal,
        technical,
        economic,
    )
