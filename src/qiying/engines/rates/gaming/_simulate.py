"""Rates before and after a strategy, under any set of rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from qiying.engines.rates._definitions import DEFAULTS, LETTER, Definitions
from qiying.engines.rates._records import Period, Table
from qiying.engines.rates._result import Figure
from qiying.engines.rates._solve import rates
from qiying.engines.rates.gaming._strategies import HELD_BY, STRATEGIES, apply

INTENSITIES = (0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Effect:
    """One strategy at one intensity; ``touched`` are the rounds that it was used on."""

    strategy: str
    intensity: float
    touched: tuple[int, ...]
    before: Mapping[str, Figure]
    after: Mapping[str, Figure]

    def moved(self, name: str) -> float:
        """By how much a share rose (below zero: fell); nothing asked counts as zero."""
        return (self.after[name].share or 0.0) - (self.before[name].share or 0.0)


@dataclass(frozen=True, slots=True)
class Leak:
    """What a strategy gains in verified closure when the rule that holds it is switched off.

    ``by_letter`` is what it gains when no rule against gaming is in force, ``in_force`` what is
    left of that under all of them; shares, the largest over the intensities.
    """

    strategy: str
    rule: str
    by_letter: float
    without_rule: float
    in_force: float


def simulate(
    strategy: str,
    table: Table,
    period: Period,
    *,
    now: datetime,
    intensity: float = 1.0,
    seed: int = 0,
    unit: str | None = None,
    definitions: Definitions = DEFAULTS,
) -> Effect:
    """Count the rates of a period, let a strategy be used, and count them again.

    Parameters
    ----------
    strategy
        A name of `STRATEGIES`; KeyError for any other.
    table, period, now, unit, definitions
        As for `rates`; the table is not changed.
    intensity, seed
        The share of the rounds that the strategy is used on where it could be (0 to 1), and
        which of them.

    Returns
    -------
    Effect
        Figures before and after, and the rounds that were touched.
    """
    before = rates(table, period, now=now, unit=unit, definitions=definitions)
    changed, touched = apply(strategy, table, now=now, intensity=intensity, seed=seed)
    after = rates(changed, period, now=now, unit=unit, definitions=definitions)
    return Effect(strategy, intensity, touched, before.figures, after.figures)


def leaks(
    table: Table,
    period: Period,
    *,
    now: datetime,
    seed: int = 0,
    definitions: Definitions = DEFAULTS,
    intensities: Sequence[float] = INTENSITIES,
) -> tuple[Leak, ...]:
    """Return for every strategy what it gains by the letter, without its rule, and in force."""

    def gain(name: str, rules: Definitions) -> float:
        effects = (
            simulate(name, table, period, now=now, intensity=i, seed=seed, definitions=rules)
            for i in intensities
        )
        return max(effect.moved("verified") for effect in effects)

    return tuple(
        Leak(
            name,
            rule,
            gain(name, LETTER),
            gain(name, replace(definitions, **{rule: getattr(LETTER, rule)})),
            gain(name, definitions),
        )
        for name, rule in ((name, HELD_BY[name]) for name in STRATEGIES)
    )
