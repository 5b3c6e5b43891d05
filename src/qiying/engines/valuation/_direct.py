"""The market and the cost approach, and the real option: what does not discount a stream."""

import math

import numpy as np

from qiying.engines.valuation._income import Ground
from qiying.engines.valuation._methods import Cost, Market, Outlay, RealOption
from qiying.engines.valuation._result import Floats, Input, OptionValue, cny

STEPS = 200
"""Of the lattice."""


def market(given: Market, ground: Ground) -> Floats:
    """The median of adjusted prices; its chance is that of the deals found (bootstrap)."""
    prices = np.array(
        [_adjusted(d.price_cny, [a.factor for a in d.adjustments]) for d in given.deals]
    )
    drawn = ground.chance.choose(f"{ground.asset}.market.deals", prices)
    if drawn is None:
        return np.array([np.median(prices)])
    found: Floats = np.median(drawn, axis=1)
    return found


def _adjusted(price: float, factors: list[float]) -> float:
    return price * math.prod(factors)


def cost(given: Cost, ground: Ground) -> Floats:
    """V = sum cost_t (index now / then) (1 + margin) x remaining / (used + remaining)."""
    new = sum(_today(outlay) for outlay in given.outlays)
    margin, used = (
        ground.take("cost.margin", given.margin),
        ground.take("cost.used_years", given.used_years),
    )
    whole = used + ground.life
    left = np.divide(ground.life, whole, out=np.zeros_like(whole), where=whole > 0)
    found: Floats = new * (1 + margin) * left
    return found


def _today(outlay: Outlay) -> float:
    return outlay.amount_cny * outlay.index_now / outlay.index_then


def noted(given: Market | Cost, asset: str) -> tuple[Input, ...]:
    """Deals or outlays as inputs, so that they are printed with source and grade."""
    if isinstance(given, Market):
        rows = [(d.name, d.price_cny, d.source, d.grade) for d in given.deals]
        kind = "market.deal"
    else:
        rows = [(o.name, o.amount_cny, o.source, o.grade) for o in given.outlays]
        kind = "cost.outlay"
    return tuple(
        Input(f"{asset}.{kind}.{name}", value, value, value, source, grade)
        for name, value, source, grade in rows
    )


def real_option(given: RealOption, ground: Ground, risk_free: float) -> OptionValue:
    """Value of waiting: Black-Scholes-Merton with a dividend of 1/T, as the right runs out.

    ``low`` and ``high`` take worth and volatility at their ends. Sources: Black and Scholes (1973),
    Merton (1973); lattice: Cox, Ross, Rubinstein (1979).
    """
    life = float(ground.life[0])
    years = min(life, given.years.likely) if given.years else life
    worth, vol, price = given.worth, given.volatility, given.price

    def at(s: float, v: float, k: float) -> float:
        return black_scholes(s, k, risk_free, v, years, 1 / years if years else 0.0)

    early = lattice(worth.likely, price.likely, risk_free, vol.likely, years)
    names = {"worth": worth, "price": price, "volatility": vol}
    if given.years:
        names["years"] = given.years
    return OptionValue(
        cny(at(worth.likely, vol.likely, price.likely)),
        cny(at(worth.bottom, vol.bottom, price.top)),
        cny(at(worth.top, vol.top, price.bottom)),
        cny(early),
        tuple(
            Input(f"{ground.asset}.option.{n}", a.bottom, a.likely, a.top, a.source, a.grade)
            for n, a in names.items()
        ),
    )


def black_scholes(
    worth: float, price: float, risk_free: float, volatility: float, years: float, dividend: float
) -> float:
    """A European call: worth now, price to be paid, rates and volatility a year."""
    if years <= 0:
        return max(worth - price, 0.0)
    spread = volatility * math.sqrt(years)
    d1 = (math.log(worth / price) + (risk_free - dividend + volatility**2 / 2) * years) / spread
    held = worth * math.exp(-dividend * years) * _normal(d1)
    return held - price * math.exp(-risk_free * years) * _normal(d1 - spread)


def _normal(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def lattice(
    worth: float,
    price: float,
    risk_free: float,
    volatility: float,
    years: float,
    steps: int = STEPS,
) -> float:
    """An American call with a dividend of 1/years on a binomial lattice."""
    if years <= 0:
        return max(worth - price, 0.0)
    step = years / steps
    up = math.exp(volatility * math.sqrt(step))
    chance = (math.exp((risk_free - 1 / years) * step) - 1 / up) / (up - 1 / up)
    chance = min(max(chance, 0.0), 1.0)
    levels = np.arange(-steps, steps + 1, 2)
    held = np.maximum(worth * up**levels - price, 0.0)
    for left in range(steps - 1, -1, -1):
        now = np.maximum(worth * up ** np.arange(-left, left + 1, 2) - price, 0.0)
        later = chance * held[1:] + (1 - chance) * held[:-1]
        held = np.maximum(now, math.exp(-risk_free * step) * later)
    return float(held[0])
