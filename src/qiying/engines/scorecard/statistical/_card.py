"""A card from weight of evidence: bins, integer points, and what a total says of the risk."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiying.engines.scorecard.statistical._binning import Binning, bin_numbers, bin_words, place
from qiying.engines.scorecard.statistical._sample import (
    Column,
    Fault,
    Floats,
    Kind,
    Sample,
    UnusableError,
)

VERSION = "woe-card-1"
Points = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FitParams:
    """How a card is fitted.

    ``least_value`` of information keeps a characteristic; ``strength`` is the inverse weight of the
    squared coefficients (C); ``double`` points double the odds of good, which are ``odds`` at
    ``base`` points; ``least`` share and ``most`` number of bins.
    """

    least_value: float = 0.01
    strength: float = 0.3
    double: float = 20.0
    odds: float = 50.0
    base: float = 600.0
    least: float = 0.05
    most: int = 8

    @property
    def factor(self) -> float:
        """Points for each unit of the logarithm of the odds."""
        return self.double / float(np.log(2.0))

    @property
    def offset(self) -> float:
        """Points at even odds."""
        return self.base - self.factor * float(np.log(self.odds))


@dataclass(frozen=True, slots=True)
class Part:
    """One characteristic of a card: its bins and the points of each, the missing one last."""

    name: str
    kind: Kind
    binning: Binning
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WoeCard:
    """Points add up from ``base``; more is safer.

    Rounding to whole points costs at most half a point for each part; ``total`` and ``probability``
    use the rounded points, so every engine that adds them up says the same.
    """

    parts: tuple[Part, ...]
    base: int
    params: FitParams = field(default_factory=FitParams)
    version: str = VERSION

    def points(self, columns: Mapping[str, Column]) -> Points:
        """Points [case, part] of cases; a column that is lacking counts as missing throughout."""
        size = len(next(iter(columns.values()))) if columns else 0
        found = np.zeros((size, len(self.parts)), dtype=np.int64)
        for n, part in enumerate(self.parts):
            column = columns.get(part.name)
            if column is None:
                found[:, n] = part.points[-1]
            else:
                self._require(part, column)
                found[:, n] = np.array(part.points)[place(part.binning, column)]
        return found

    @staticmethod
    def _require(part: Part, column: Column) -> None:
        if (column.dtype.kind == "f") != (part.kind is Kind.NUMBER):
            raise UnusableError([Fault(None, part.name, f"not_{part.kind}s")])

    def total(self, columns: Mapping[str, Column]) -> Points:
        """Whole points of cases."""
        return np.asarray(self.base + self.points(columns).sum(axis=1), dtype=np.int64)

    def probability(self, total: Points) -> Floats:
        """Probability of turning bad that a total stands for."""
        return np.asarray(1.0 / (1.0 + np.exp((total - self.params.offset) / self.params.factor)))

    def plain(self) -> dict[str, Any]:
        """The card as JSON would have it."""
        return asdict(self)


def read_card(given: Mapping[str, Any]) -> WoeCard:
    """A card as ``plain`` wrote it.

    Raises
    ------
    UnusableError
        A name is lacking or of another kind; the column of the fault is its place.
    """
    if given.get("version") != VERSION:
        raise UnusableError([Fault(None, "version", "unknown_version")])
    try:
        parts = tuple(_part(p) for p in given["parts"])
        return WoeCard(parts, int(given["base"]), FitParams(**given["params"]))
    except (KeyError, TypeError, ValueError) as error:
        raise UnusableError([Fault(None, str(error), "no_card")]) from None


def _part(given: Mapping[str, Any]) -> Part:
    plain = given["binning"]
    edges, groups = plain["edges"], plain["groups"]
    binning = Binning(
        None if edges is None else tuple(float(e) for e in edges),
        None if groups is None else tuple(tuple(str(w) for w in words) for words in groups),
        tuple(int(n) for n in plain["good"]),
        tuple(int(n) for n in plain["bad"]),
        tuple(float(w) for w in plain["woe"]),
        float(plain["value"]),
    )
    points = tuple(int(p) for p in given["points"])
    if len(points) != len(binning.woe):
        raise ValueError("points")
    return Part(str(given["name"]), Kind(given["kind"]), binning, points)


def fit(sample: Sample, params: FitParams | None = None) -> WoeCard:
    """Fit a card: monotone bins, regularised logistic weights that are never negative, points.

    A weight below nought would turn a characteristic round that by itself says the opposite; such
    parts are left out and the others fitted again.

    Raises
    ------
    UnusableError
        No characteristic holds information.
    """
    params = params or FitParams()
    bins = {name: _bins(sample, name, params) for name in sample.columns}
    kept = [n for n, b in bins.items() if b.value >= params.least_value and b.count > 0]
    while kept:
        woe = np.column_stack(
            [np.array(bins[n].woe)[place(bins[n], sample.columns[n])] for n in kept]
        )
        weights, even = _logistic(woe, sample, params.strength)
        if (weights > 0).all():
            break
        kept = [n for n, w in zip(kept, weights, strict=True) if w > 0]
    if not kept:
        raise UnusableError([Fault(None, "", "no_information")])
    parts = tuple(
        Part(
            name,
            sample.kind(name),
            bins[name],
            tuple(round(params.factor * weight * w) for w in bins[name].woe),
        )
        for name, weight in zip(kept, weights.tolist(), strict=True)
    )
    return WoeCard(parts, round(params.offset + params.factor * even), params)


def _bins(sample: Sample, name: str, params: FitParams) -> Binning:
    column = sample.columns[name]
    how = {"least": params.least, "most": params.most}
    if sample.kind(name) is Kind.NUMBER:
        return bin_numbers(column, sample.bad, **how)  # type: ignore[arg-type]
    return bin_words(column, sample.bad, **how)  # type: ignore[arg-type]


def _logistic(woe: Floats, sample: Sample, strength: float) -> tuple[Floats, float]:
    """Weights of the characteristics and the logarithm of the odds of good where all are 0."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy, only when fitting

    model = LogisticRegression(C=strength, max_iter=1000).fit(woe, ~sample.bad)
    return np.asarray(model.coef_[0], dtype=np.float64), float(model.intercept_[0])
