"""Models that a card is held against: trees that keep its directions, and a blend by rank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata

from qiying.engines.scorecard.statistical._binning import Binning, bin_numbers, bin_words, place
from qiying.engines.scorecard.statistical._sample import Column, Floats, Kind, Sample

SEEDS = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class Feature:
    """A characteristic as trees see it: numbers as they are, words by their weight of evidence.

    ``rises`` is the direction that the risk must keep as it grows: 1, -1, or 0 for none.
    """

    name: str
    kind: Kind
    binning: Binning
    rises: int


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees whose risk keeps the direction of each characteristic."""

    features: tuple[Feature, ...]
    models: tuple[Any, ...]

    def risk(self, columns: Mapping[str, Column]) -> Floats:
        """Mean probability of turning bad over the models."""
        table = _table(self.features, columns)
        return np.asarray(np.mean([m.predict_proba(table)[:, 1] for m in self.models], axis=0))


def grow(sample: Sample, *, seeds: Sequence[int] = SEEDS) -> Trees:
    """Grow trees for each seed; directions are those of the monotone bins of each characteristic."""
    from sklearn.ensemble import (  # noqa: PLC0415 - heavy, only when fitting
        HistGradientBoostingClassifier,
    )

    features = tuple(_feature(sample, name) for name in sample.columns)
    table = _table(features, sample.columns)
    models = tuple(
        HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=150,
            max_leaf_nodes=8,
            min_samples_leaf=20,
            l2_regularization=5.0,
            max_features=0.5,
            early_stopping=False,
            monotonic_cst=[feature.rises for feature in features],
            random_state=seed,
        ).fit(table, sample.bad)
        for seed in seeds
    )
    return Trees(features, models)


def _feature(sample: Sample, name: str) -> Feature:
    column, kind = sample.columns[name], sample.kind(name)
    if kind is Kind.WORD:
        return Feature(name, kind, bin_words(column, sample.bad), -1)
    binning = bin_numbers(column, sample.bad)
    known = binning.woe[:-1]
    falls = known[0] - known[-1] if len(known) > 1 else 0.0
    return Feature(name, kind, binning, int(np.sign(falls)))


def _table(features: Sequence[Feature], columns: Mapping[str, Column]) -> Floats:
    """Features [case, feature]; what is missing stays so."""

    def seen(feature: Feature) -> Floats:
        column = columns[feature.name]
        if feature.kind is Kind.NUMBER:
            return np.asarray(column, dtype=np.float64)
        return np.array(feature.binning.woe)[place(feature.binning, column)]

    return np.column_stack([seen(feature) for feature in features])


def blend(*risks: Floats) -> Floats:
    """Mean of the ranks of several risks, from 0 to 1: how models of different scales agree."""
    ranks = [rankdata(risk) / len(risk) for risk in risks]
    return np.asarray(np.mean(ranks, axis=0))
