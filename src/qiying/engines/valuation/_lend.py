"""From value to loan: collateral value, loan-to-value, haircuts, and what the law refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from qiying.engines.valuation._evidence import Event
from qiying.engines.valuation._params import Params
from qiying.engines.valuation._problem import Asset, Kind, Loan, Problem
from qiying.engines.valuation._quantiles import quantile
from qiying.engines.valuation._reconcile import DAYS_A_YEAR, legal_years
from qiying.engines.valuation._result import (
    AssetValue,
    Floats,
    Lending,
    Portfolio,
    Reason,
    Security,
    floored,
)

REFUSED: Mapping[Event, str] = MappingProxyType(
    {
        Event.PLEDGE: "pledged_already",
        Event.PRESERVATION: "preserved",
        Event.OWNERSHIP_SUIT: "ownership_disputed",
        Event.UNPAID_ANNUITY: "annuity_unpaid",
    }
)
"""Open events on which the office does not register a pledge."""
PATENTS = frozenset({Kind.INVENTION, Kind.UTILITY_MODEL, Kind.DESIGN})


@dataclass(frozen=True, slots=True)
class Turnover:
    """Days of a cycle of working capital."""

    inventory: Decimal
    receivables: Decimal
    payables: Decimal
    prepayments: Decimal
    advances: Decimal


def working_capital_need(
    sales: Decimal, margin: Decimal, growth: Decimal, turnover: Turnover
) -> Decimal:
    """Sales of last year × (1 - margin) × (1 + growth) over turns a year; the unit is that of sales.

    Source: annex of the measures on working-capital loans. ``ValueError`` when the cycle has no
    positive length: then no capital is bound.
    """
    t = turnover
    days = t.inventory + t.receivables - t.payables + t.prepayments - t.advances
    if days <= 0:
        raise ValueError("the cycle has no positive length")
    return sales * (1 - margin) * (1 + growth) * days / 360


def collateral(draws: Floats, params: Params) -> Decimal:
    """min(quantile, share of P50) of a value [draw], rounded down to the fen."""
    safe = quantile(draws, params.collateral_quantile)
    half = Decimal(repr(params.collateral_share)) * quantile(draws, 0.5)
    return floored(min(safe, half))


def lend(
    problem: Problem,
    params: Params,
    loan: Loan,
    values: Sequence[AssetValue],
    portfolio: Portfolio,
) -> Lending:
    """What the portfolio carries for a loan; its collateral is spread over the assets by theirs."""
    cap = _cap(problem, params)
    whole = collateral(portfolio.draws, params)
    reasons: list[Reason] = []
    if problem.second_value:
        second = Decimal(repr(params.collateral_share)) * Decimal(
            repr(problem.second_value.likely)
        )
        if second < whole:
            whole = floored(second)
            reasons.append(Reason("second_value_lower"))
    if cap is not None and cap < whole:
        whole = cap
        reasons.append(Reason("capped_by_revenue", "", (("cap_cny", float(cap)),)))
    left = dict(portfolio.shared)
    own = [collateral(v.draws * left[v.id], params) for v in values]
    part = min(whole / sum(own), Decimal(1)) if sum(own) else Decimal(0)
    securities = tuple(
        _security(problem, params, loan, asset, floored(worth * part))
        for asset, worth in zip(problem.assets, own, strict=True)
    )
    amount = Decimal(repr(loan.amount_cny))
    carried = sum((s.security_cny for s in securities), Decimal(0))
    over = loan.amount_cny > params.internal_limit_cny and problem.second_value is None
    if over:
        limit = (("limit_cny", params.internal_limit_cny),)
        reasons.append(Reason("over_internal_limit", "", limit))
    if amount > carried:
        reasons.append(Reason("not_covered", "", (("lacking_cny", float(amount - carried)),)))
    return Lending(whole, cap, securities, carried, amount <= carried, over, tuple(reasons))


def _cap(problem: Problem, params: Params) -> Decimal | None:
    used = {a.royalty.stream for a in problem.assets if a.royalty}
    used |= {a.excess.stream for a in problem.assets if a.excess}
    if not used:
        return None
    year = sum(Decimal(repr(problem.stream(name).income_cny[0])) for name in used)
    return floored(year * Decimal(repr(params.revenue_multiple)))


def _security(
    problem: Problem, params: Params, loan: Loan, asset: Asset, worth: Decimal
) -> Security:
    share = params.lent_on(asset.kind, loan.firm_grade)
    haircut, reasons = haircut_of(problem, params, loan, asset)
    if not share:
        numbers = (("grade", float(loan.firm_grade)),)
        reasons = (*reasons, Reason("no_loan_to_value", asset.id, numbers))
    carried = worth * Decimal(repr(share)) * Decimal(repr(haircut))
    return Security(asset.id, worth, share, haircut, floored(carried), reasons)


def haircut_of(
    problem: Problem, params: Params, loan: Loan, asset: Asset
) -> tuple[float, tuple[Reason, ...]]:
    """By what a loan on an asset is multiplied, and why: 0 where it could not be pledged."""
    reasons = [
        Reason(REFUSED[e], asset.id) for e in Event if e in REFUSED and e in asset.open_events()
    ]
    years = legal_years(asset, problem.valued_on)
    if years is None or asset.expires_on is None:
        if asset.kind in PATENTS:
            reasons.append(Reason("expiry_unknown", asset.id))
        return (0.0 if reasons else 1.0), tuple(reasons)
    margin = (asset.expires_on - loan.ends_on).days / DAYS_A_YEAR
    if margin < 0:
        reasons.append(Reason("loan_outlives_right", asset.id, (("years", -margin),)))
    elif margin < params.margin_years:
        reasons.append(Reason("margin_short", asset.id, (("years", margin),)))
    if reasons:
        return 0.0, tuple(reasons)
    if years < params.short_years:
        return params.short_haircut, (Reason("short_life", asset.id, (("years", years),)),)
    return 1.0, ()
