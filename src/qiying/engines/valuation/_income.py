"""The income approach: present values of what the right brings while it lives."""

from dataclasses import dataclass

import numpy as np

from qiying.engines.valuation._chance import Chance
from qiying.engines.valuation._evidence import Assumption
from qiying.engines.valuation._methods import Excess, LicenceFee, Royalty, Split, Tree
from qiying.engines.valuation._params import Params
from qiying.engines.valuation._problem import Problem, Timing
from qiying.engines.valuation._result import Floats, Profile


@dataclass(frozen=True, slots=True)
class Ground:
    """What all income methods of an asset share: remaining life [draw] and discount rate [draw]."""

    problem: Problem
    params: Params
    chance: Chance
    asset: str
    life: Floats
    rate: Floats
    profile: Profile | None

    def take(self, name: str, given: Assumption) -> Floats:
        """Values of an input of this asset."""
        return self.chance.take(f"{self.asset}.{name}", given)

    def decay(self, name: str, given: Assumption | None) -> Floats:
        """Values of an obsolescence of this asset; none where none is given."""
        return self.chance.maybe(f"{self.asset}.{name}", given, 0.0)

    @property
    def tax(self) -> Floats:
        """The rate of tax."""
        return self.chance.take("tax", self.problem.tax)


def royalty(given: Royalty, ground: Ground) -> Floats:
    """V = sum R_t c (1-d)^(t-1) r (1-tax) / (1+k)^e_t: relief from royalty."""
    share, rate = (
        ground.take("royalty.share", given.share),
        ground.take("royalty.rate", given.rate),
    )
    kept = (share * rate * (1 - ground.tax))[:, None]
    flows = _income(given.stream, ground) * kept
    flows = flows * _left(ground.decay("royalty.decay", given.decay), flows)
    return present(flows, ground.life, ground) * amortised(ground)


def excess(given: Excess, ground: Ground) -> Floats:
    """Revenue x margin after tax less the charges of contributory assets, never below nothing.

    The owner need not go on in a year that does not pay its contributors.
    """
    margin = (ground.take("excess.margin", given.margin) * (1 - ground.tax))[:, None]
    earned = _income(given.stream, ground) * margin
    earned = earned * _left(ground.decay("excess.decay", given.decay), earned)
    charges = np.zeros(ground.chance.draws)
    for n, charge in enumerate(given.charges):
        base = ground.take(f"excess.charges.{n}.base", charge.base)
        charges = charges + base * ground.take(f"excess.charges.{n}.required", charge.required)
    flows = np.maximum(earned - charges[:, None], 0.0)
    return present(flows, ground.life, ground) * amortised(ground)


def split(given: Split, ground: Ground) -> Floats:
    """V = a sum profit_t / (1+k)^e_t with a = P(1+m) / (P(1+m) + Q(1+n)): equivalent investment."""
    own = ground.take("split.invested", given.invested)
    own = own * (1 + ground.take("split.margin", given.margin))
    other = ground.take("split.other", given.other)
    other = other * (1 + ground.take("split.other_margin", given.other_margin))
    part = own / (own + other)
    return part * present(_income(given.stream, ground), ground.life, ground)


def licence_fee(given: LicenceFee, ground: Ground) -> Floats:
    """V = sum over t <= min(T, life) of f q(S) / (1+k)^e_t."""
    fee = ground.take("licence_fee.fee", given.fee) * scaled(ground.profile, ground.params)
    years = np.minimum(ground.take("licence_fee.years", given.years), ground.life)
    horizon = max(int(np.ceil(years.max())), 1)
    return present(np.repeat(fee[:, None], horizon, axis=1), years, ground)


def scaled(profile: Profile | None, params: Params) -> float:
    """q(S): nothing below the floor, from a quarter to one and three quarters above it."""
    score = profile.score if profile else 0.0
    floor = params.score_floor
    return 0.25 + 1.5 * (score - floor) / (100 - floor) if score >= floor else 0.0


def tree(given: Tree, ground: Ground) -> Floats:
    """Roll a decision tree back; whoever may stop never holds less than nothing."""
    worth: dict[str, Floats] = {}
    for n, node in reversed(list(enumerate(given.nodes))):
        ends = []
        for b, branch in enumerate(node.branches):
            chance = ground.take(f"tree.{n}.{b}.probability", branch.probability)
            ends.append(worth[branch.to] * chance / (1 + ground.rate) ** branch.years)
        own = np.zeros(ground.chance.draws)
        if ends:
            own = np.max(ends, axis=0) if node.is_choice else np.sum(ends, axis=0)
        if node.payoff:
            own = own + ground.take(f"tree.{n}.payoff", node.payoff)
        if node.cost:
            own = own - ground.take(f"tree.{n}.cost", node.cost)
        worth[node.id] = np.maximum(own, 0.0)
    return worth[given.nodes[0].id]


def present(flows: Floats, life: Floats, ground: Ground) -> Floats:
    """Present value of yearly flows [draw, year] while the right lives; the last year in part."""
    before = np.arange(flows.shape[1], dtype=float)[None, :]
    lived = np.clip(life[:, None] - before, 0.0, 1.0)
    half = 0.5 if ground.problem.timing == Timing.MID_YEAR else 1.0
    worth = flows * lived / (1 + ground.rate[:, None]) ** (before + half * lived)
    found: Floats = worth.sum(axis=1)
    return found


def amortised(ground: Ground) -> Floats:
    """The factor of the tax amortisation benefit: 1 / (1 - tax/n x annuity of n years)."""
    years = ground.problem.amortisation_years
    if not years:
        return np.ones(ground.chance.draws)
    half = 0.5 if ground.problem.timing == Timing.MID_YEAR else 1.0
    at = np.arange(years, dtype=float)[None, :] + half
    annuity = (1 / (1 + ground.rate[:, None]) ** at).sum(axis=1)
    found: Floats = 1 / (1 - ground.tax / years * annuity)
    return found


def _income(name: str, ground: Ground) -> Floats:
    """Income of a stream [draw, year] up to the end of the longest life."""
    stream, chance = ground.problem.stream(name), ground.chance
    horizon = max(int(np.ceil(ground.life.max())), 1)
    listed = np.array(stream.income_cny[:horizon])
    income = np.repeat(listed[None, :], chance.draws, axis=0)
    beyond = horizon - len(listed)
    # Asked for in any case: what a method stands on must not change with the remaining life.
    growth = chance.maybe(f"stream.{name}.growth", stream.growth, -1.0)
    if beyond:
        steps = np.arange(1, beyond + 1)[None, :]
        income = np.concatenate([income, listed[-1] * (1 + growth[:, None]) ** steps], axis=1)
    factor = chance.maybe(f"stream.{name}.factor", stream.factor, 1.0)
    found: Floats = income * factor[:, None]
    return found


def _left(decay: Floats, flows: Floats) -> Floats:
    found: Floats = (1 - decay[:, None]) ** np.arange(flows.shape[1])[None, :]
    return found
