"""Cards from outcomes: monotone bins, weight of evidence, points, judgement, challengers.

>>> import numpy as np
>>> from qiying.engines.scorecard.statistical import fit, power, sample_of
>>> draw = np.random.default_rng(0)
>>> age = draw.integers(1, 30, 2000).astype(float)
>>> bad = draw.random(2000) < 0.4 / (1 + 0.2 * age)
>>> sample = sample_of({"years": age.tolist(), "y": bad.astype(int).tolist()}, "y")
>>> card = fit(sample)
>>> old, young = card.total({"years": np.array([25.0, 2.0])})
>>> bool(old > young)
True
>>> 0.6 < power(card.probability(card.total(sample.columns)), sample.bad).auc < 0.75
True
"""

from qiying.engines.scorecard.statistical._binning import Binning, bin_numbers, bin_words, place
from qiying.engines.scorecard.statistical._card import FitParams, Part, WoeCard, fit, read_card
from qiying.engines.scorecard.statistical._challengers import Trees, blend, grow
from qiying.engines.scorecard.statistical._check import Violation, check
from qiying.engines.scorecard.statistical._judge import (
    SHIFTED,
    STABLE,
    Power,
    auc,
    error,
    ks,
    power,
    stability,
)
from qiying.engines.scorecard.statistical._sample import (
    Fault,
    Kind,
    Sample,
    UnusableError,
    column_of,
    sample_of,
)

__all__ = [
    "SHIFTED",
    "STABLE",
    "Binning",
    "Fault",
    "FitParams",
    "Kind",
    "Part",
    "Power",
    "Sample",
    "Trees",
    "UnusableError",
    "Violation",
    "WoeCard",
    "auc",
    "bin_numbers",
    "bin_words",
    "blend",
    "check",
    "column_of",
    "error",
    "fit",
    "grow",
    "ks",
    "place",
    "power",
    "read_card",
    "sample_of",
    "stability",
]
