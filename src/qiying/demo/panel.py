"""An invented panel of the counties: 90 places by 40 indicators by 5 years, shaped, not drawn.

No number in it was ever reported by anybody. What is published of such evaluations (how many places
rose, how many reached which product) decides the signs of the last year's steps; sizes and places
are chance by seed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
YEARS, FIRST = 5, 2021
ROSE, SHARING_ROSE, TRADE_ROSE, FOREIGN_ROSE = 63, 54, 38, 46
"""Of 90: seven tenths, six tenths, and the two numbers as they were published."""
GDP, TRADE, FOREIGN = "C35", "C21", "C22"
THOUSANDS, HUNDREDS = 28, 7
"""Places with a product of 1,000 (hundred million yuan) or more, and of 900 to 1,000."""
GROWTH = 1.06
SHAPE: dict[str, tuple[float, float]] = {
    "C01": (2.6, 0.45), "C02": (46.0, 12.0), "C03": (58.0, 7.0), "C04": (52.0, 8.0),
    "C05": (5.4, 1.5), "C06": (3.2, 0.9), "C07": (11.0, 3.0),
    "C08": (1.82, 0.1), "C09": (69.0, 7.0), "C10": (1.0, 0.25), "C11": (42_000.0, 5_000.0),
    "C12": (1.55, 0.08), "C13": (62.0, 11.0),
    "C14": (3.1, 0.7), "C15": (93.0, 2.2), "C16": (94.0, 2.0), "C17": (31.0, 7.0),
    "C18": (97.0, 0.9), "C19": (58.0, 12.0), "C20": (66.0, 5.0),
    "C21": (1.11, 0.3), "C22": (14_000.0, 4_200.0), "C23": (9.0, 2.4), "C24": (6.5, 1.8),
    "C25": (3_600.0, 1_000.0), "C26": (880.0, 250.0),
    "C27": (97.0, 0.8), "C28": (5.9, 0.7), "C29": (3.8, 0.4), "C30": (63_000.0, 7_500.0),
    "C31": (32.0, 4.0), "C32": (11.5, 1.0), "C33": (52.0, 6.0), "C34": (88.0, 3.5),
    "C35": (0.0, 1.0), "C36": (82.0, 24.0), "C37": (24.0, 5.0), "C38": (72.0, 20.0),
    "C39": (9.0, 2.6), "C40": (390.0, 115.0),
}  # fmt: skip
"""Middle and width of each indicator, in its own unit."""
GROUPS = {
    "innovation": range(1, 8),
    "balance": range(8, 14),
    "green": range(14, 21),
    "openness": range(21, 27),
    "sharing": range(27, 35),
    "level": range(35, 41),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """``values`` [year, place, indicator] under the codes of the columns."""

    years: tuple[int, ...]
    codes: tuple[str, ...]
    values: Floats


def invent(count: int, less_is_better: frozenset[str], *, last_year: int, seed: int) -> Panel:
    """Values of so many places; a step up is a step to the better, whatever the direction."""
    draw = np.random.default_rng(seed)
    codes = tuple(SHAPE)
    first = max(FIRST, last_year - YEARS + 1)
    years = tuple(range(first, last_year + 1))
    level = _levels(draw, count)
    steps = _last_steps(draw, count)
    found = np.empty((len(years), count, len(codes)))
    for place, code in enumerate(codes):
        drift = draw.uniform(0.01, 0.05, (len(years), count))
        drift[0], drift[-1] = 0.0, steps[:, place]
        good = level[:, place] + drift.cumsum(axis=0)
        middle, width = SHAPE[code]
        sign = -1.0 if code in less_is_better else 1.0
        found[:, :, place] = np.round(middle + sign * width * good, 4)
    found[:, :, codes.index(GDP)] = _products(draw, level[:, codes.index(GDP)], len(years))
    return Panel(years, codes, found)


def _levels(draw: np.random.Generator, count: int) -> Floats:
    """Where each place stands in each indicator: its group's level and something of its own.

    Most places are near the top of what is green and few are near the top of size, so that the
    green sub-index has the highest mean.
    """
    found = np.empty((count, len(SHAPE)))
    strength = draw.uniform(-0.6, 0.6, count)
    for name, numbers in GROUPS.items():
        even = draw.uniform(0, 1, count)
        shared = {"green": 1.2 - 2.6 * even**2, "level": 2.2 * even**2 - 1.0}.get(
            name, 2.0 * even - 1.0
        )
        for number in numbers:
            own = draw.uniform(-0.35, 0.35, count)
            found[:, number - 1] = shared + own + 0.5 * strength
    return found


def _last_steps(draw: np.random.Generator, count: int) -> Floats:
    """The last year's step of each place in each indicator; its sign is what is published."""

    def signs(up: int) -> Floats:
        found = np.full(count, -1.0)
        found[draw.permutation(count)[:up]] = 1.0
        return found

    overall, sharing = signs(ROSE), signs(SHARING_ROSE)
    trade, foreign = signs(TRADE_ROSE), signs(FOREIGN_ROSE)
    size = draw.uniform(0.1, 0.2, (count, len(SHAPE)))
    steps = size * overall[:, None]
    for number in GROUPS["sharing"]:
        steps[:, number - 1] = 0.3 * size[:, number - 1] * sharing
    codes = list(SHAPE)
    steps[:, codes.index(TRADE)] = 0.3 * size[:, codes.index(TRADE)] * trade
    steps[:, codes.index(FOREIGN)] = 0.3 * size[:, codes.index(FOREIGN)] * foreign
    return steps


def _products(draw: np.random.Generator, level: Floats, years: int) -> Floats:
    """Products [year, place] in order of size: so many of 1,000, so many of 900 to 1,000."""
    rest = level.size - THOUSANDS - HUNDREDS
    last = np.concatenate(
        [
            np.geomspace(2_900, 1_010, THOUSANDS),
            np.linspace(985, 905, HUNDREDS),
            np.geomspace(880, 130, rest),
        ]
    )
    found = np.empty(level.size)
    found[np.argsort(-level, kind="stable")] = last
    pace = draw.uniform(GROWTH - 0.015, GROWTH + 0.015, level.size)
    back = np.arange(years - 1, -1, -1)[:, None]
    return np.asarray(np.round(found / pace**back, 2))
