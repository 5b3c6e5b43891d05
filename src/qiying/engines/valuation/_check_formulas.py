"""The formulas once more, in plain decimals and loops, from the design page and not from the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from qiying.engines.valuation._evidence import Assumption, Event
from qiying.engines.valuation._methods import Method
from qiying.engines.valuation._params import Params
from qiying.engines.valuation._problem import Asset, Kind, Problem, Timing

Take = Callable[[str, Assumption], Decimal]
Pick = Callable[[str, list[Decimal]], list[Decimal]]
ONE, NONE = Decimal(1), Decimal(0)


def exact(value: float) -> Decimal:
    """The decimal that a number is written as."""
    return Decimal(repr(value))


@dataclass(frozen=True, slots=True)
class Plain:
    """One asset with every input at one value: ``take`` gives inputs, ``pick`` the deals drawn."""

    problem: Problem
    params: Params
    asset: Asset
    take: Take
    pick: Pick

    def of(self, name: str, given: Assumption) -> Decimal:
        """An input of the asset."""
        return self.take(f"{self.asset.id}.{name}", given)

    def life(self) -> Decimal:
        """Years left."""
        years = self.of("economic_life", self.asset.economic_life)
        if self.asset.expires_on is None:
            return years
        days = max((self.asset.expires_on - self.problem.valued_on).days, 0)
        return min(years, Decimal(days) / Decimal("365.25"))

    def rate(self) -> Decimal:
        """The discount rate, built up."""
        d = self.problem.discount
        found = self.take("discount.risk_free", d.risk_free)
        found += self.take("discount.market", d.market) + self.take("discount.size", d.size)
        if d.premium:
            return found + self.take("discount.premium", d.premium)
        low, score, high = scores(self.asset, self.problem, self.params)
        bottom, top = exact(self.params.premium_low), exact(self.params.premium_high)
        ends = [float(top - (top - bottom) * s / 100) for s in (high, score, low)]
        if self.asset.kind not in {Kind.INVENTION, Kind.UTILITY_MODEL}:
            ends = [float(top)] * 3
        premium = Assumption(ends[1], "score", d.size.grade, min(ends), max(ends))
        return found + self.of("discount.premium", premium)

    def value(self, method: Method) -> Decimal:
        """The value by a method."""
        if self.life() <= 0:
            return NONE
        return {
            Method.RELIEF_FROM_ROYALTY: self._royalty,
            Method.EXCESS_EARNINGS: self._excess,
            Method.PROFIT_SPLIT: self._split,
            Method.LICENCE_FEE: self._licence,
            Method.DECISION_TREE: self._tree,
            Method.MARKET: self._market,
            Method.COST: self._cost,
        }[method]()

    def _sum(self, yearly: Callable[[int], Decimal], life: Decimal) -> Decimal:
        late = Decimal("0.5") if self.problem.timing == Timing.MID_YEAR else ONE
        rate, total, year = self.rate(), NONE, 1
        while year - 1 < life:
            part = min(life - (year - 1), ONE)
            total += yearly(year) * part / (ONE + rate) ** (year - 1 + late * part)
            year += 1
        return total

    def _income(self, name: str, year: int) -> Decimal:
        stream = next(s for s in self.problem.streams if s.id == name)
        whole = self.take(f"stream.{name}.factor", stream.factor) if stream.factor else ONE
        known = len(stream.income_cny)
        if year <= known:
            return exact(stream.income_cny[year - 1]) * whole
        if stream.growth is None:
            return NONE
        growth = self.take(f"stream.{name}.growth", stream.growth)
        return exact(stream.income_cny[-1]) * (1 + growth) ** (year - known) * whole

    def _kept(self, name: str, decay: Assumption | None, year: int) -> Decimal:
        return (1 - self.of(name, decay)) ** (year - 1) if decay and year > 1 else ONE

    def _benefit(self) -> Decimal:
        years = self.problem.amortisation_years
        if not years:
            return ONE
        late = Decimal("0.5") if self.problem.timing == Timing.MID_YEAR else ONE
        annuity = sum((1 / (1 + self.rate()) ** (n + late) for n in range(years)), NONE)
        return 1 / (1 - self.take("tax", self.problem.tax) / years * annuity)

    def _royalty(self) -> Decimal:
        given = self.asset.royalty
        assert given is not None  # noqa: S101  the caller asked for this method
        after = 1 - self.take("tax", self.problem.tax)
        paid = self.of("royalty.share", given.share) * self.of("royalty.rate", given.rate) * after

        def yearly(year: int) -> Decimal:
            kept = self._kept("royalty.decay", given.decay, year)
            return self._income(given.stream, year) * paid * kept

        return self._sum(yearly, self.life()) * self._benefit()

    def _excess(self) -> Decimal:
        given = self.asset.excess
        assert given is not None  # noqa: S101  the caller asked for this method
        margin = self.of("excess.margin", given.margin) * (1 - self.take("tax", self.problem.tax))
        charges = NONE
        for n, charge in enumerate(given.charges):
            required = self.of(f"excess.charges.{n}.required", charge.required)
            charges += self.of(f"excess.charges.{n}.base", charge.base) * required

        def yearly(year: int) -> Decimal:
            kept = self._kept("excess.decay", given.decay, year)
            return max(self._income(given.stream, year) * margin * kept - charges, NONE)

        return self._sum(yearly, self.life()) * self._benefit()

    def _split(self) -> Decimal:
        given = self.asset.split
        assert given is not None  # noqa: S101  the caller asked for this method
        own = self.of("split.invested", given.invested) * (
            1 + self.of("split.margin", given.margin)
        )
        other = self.of("split.other", given.other)
        other *= 1 + self.of("split.other_margin", given.other_margin)
        profits = self._sum(lambda year: self._income(given.stream, year), self.life())
        return own / (own + other) * profits

    def _licence(self) -> Decimal:
        given = self.asset.licence_fee
        assert given is not None  # noqa: S101  the caller asked for this method
        score = scores(self.asset, self.problem, self.params)[1]
        floor = exact(self.params.score_floor)
        scale = Decimal("0.25") + Decimal("1.5") * (score - floor) / (100 - floor)
        fee = self.of("licence_fee.fee", given.fee) * (scale if score >= floor else NONE)
        years = min(self.of("licence_fee.years", given.years), self.life())
        return self._sum(lambda _year: fee, years)

    def _tree(self) -> Decimal:
        given = self.asset.tree
        assert given is not None  # noqa: S101  the caller asked for this method
        place = {node.id: n for n, node in enumerate(given.nodes)}
        rate = self.rate()

        def at(n: int) -> Decimal:
            node = given.nodes[n]
            ends = [
                self.of(f"tree.{n}.{b}.probability", branch.probability)
                * at(place[branch.to])
                / (1 + rate) ** exact(branch.years)
                for b, branch in enumerate(node.branches)
            ]
            found = (max(ends) if node.is_choice else sum(ends, NONE)) if ends else NONE
            found += self.of(f"tree.{n}.payoff", node.payoff) if node.payoff else NONE
            found -= self.of(f"tree.{n}.cost", node.cost) if node.cost else NONE
            return max(found, NONE)

        return at(0)

    def _market(self) -> Decimal:
        given = self.asset.market
        assert given is not None  # noqa: S101  the caller asked for this method
        prices = []
        for deal in given.deals:
            price = exact(deal.price_cny)
            for adjustment in deal.adjustments:
                price *= exact(adjustment.factor)
            prices.append(price)
        return median(self.pick(f"{self.asset.id}.market.deals", prices))

    def _cost(self) -> Decimal:
        given = self.asset.cost
        assert given is not None  # noqa: S101  the caller asked for this method
        new = NONE
        for outlay in given.outlays:
            new += exact(outlay.amount_cny) * exact(outlay.index_now) / exact(outlay.index_then)
        life, used = self.life(), self.of("cost.used_years", given.used_years)
        return new * (1 + self.of("cost.margin", given.margin)) * life / (used + life)


def scores(asset: Asset, problem: Problem, params: Params) -> tuple[Decimal, Decimal, Decimal]:
    """Worst, known and best score of the profile, counted from the tables of the design page."""
    points = {d: [] for d in ("legal", "technical", "economic")}  # type: dict[str, list[Decimal | None]]
    facts = {fact.code: exact(fact.value) for fact in asset.facts}
    happened = [(entry.event, entry.is_open, entry.amount_cny) for entry in asset.history]
    stable = Decimal(70 if asset.kind == Kind.INVENTION else 40)
    tried = [is_open for event, is_open, _ in happened if event == Event.INVALIDATION]
    stable += (10 if False in tried else 0) - (40 if True in tried else 0)
    stable += 10 if any(event == Event.EVALUATION_REPORT for event, _, _ in happened) else 0
    points["legal"] = [max(stable, NONE), _times(facts.get("claims_percentile"), 100)]
    points["legal"] += [facts.get("detectability"), facts.get("dependency")]
    points["technical"] = [
        _times(facts.get("citations_percentile"), 100),
        facts.get("substitutability"),
        _times(min(Decimal(int(facts["ipc_subclasses"])), Decimal(5)), 20)
        if "ipc_subclasses" in facts
        else None,
        facts.get("independence"),
        _ready(facts.get("trl")),
        _growing(facts.get("growth_gap")),
    ]
    life = exact(asset.economic_life.likely)
    if asset.expires_on:
        left = Decimal(max((asset.expires_on - problem.valued_on).days, 0)) / Decimal("365.25")
        life = min(life, left)
    paid = any(event == Event.LICENCE and amount > 0 for event, _, amount in happened)
    moved = any(event == Event.TRANSFER for event, _, _ in happened)
    pledged = any(event == Event.PLEDGE for event, _, _ in happened)
    used = 100 if paid else 70 if moved else 50 if pledged else 20
    points["economic"] = [min(life, Decimal(10)) * 10, facts.get("competition")]
    points["economic"] += [facts.get("application"), Decimal(used)]
    return _means(points, params)


def _means(
    points: dict[str, list[Decimal | None]], params: Params
) -> tuple[Decimal, Decimal, Decimal]:
    low = score = high = weights = NONE
    for weight, rows in zip(params.dimension_weights, points.values(), strict=True):
        known = [p for p in rows if p is not None]
        share = exact(weight)
        low += share * sum(known, NONE) / len(rows)
        high += share * (sum(known, NONE) + 100 * (len(rows) - len(known))) / len(rows)
        if known:
            score, weights = score + share * sum(known, NONE) / len(known), weights + share
    digits = Decimal("1e-9")
    mean = score / weights if weights else NONE
    return low.quantize(digits), mean.quantize(digits), high.quantize(digits)


def _times(value: Decimal | None, factor: int) -> Decimal | None:
    return None if value is None else value * factor


def _ready(level: Decimal | None) -> Decimal | None:
    if level is None:
        return None
    return Decimal([0, 0, 0, 0, 0, 30, 50, 70, 85, 100][int(level)])


def _growing(gap: Decimal | None) -> Decimal | None:
    if gap is None:
        return None
    return max(Decimal(20), min(Decimal(100), 60 + 400 * gap))
