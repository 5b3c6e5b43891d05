"""The loan counted again from the ranges of a result, in decimals."""

from collections.abc import Iterator
from decimal import Decimal

from qiying.engines.valuation._evidence import Event
from qiying.engines.valuation._params import Params
from qiying.engines.valuation._problem import Asset, Kind, Loan, Problem
from qiying.engines.valuation._result import Floats, Lending, Valuation, Violation

FEN = Decimal("0.01")
BARS = {Event.PLEDGE, Event.PRESERVATION, Event.OWNERSHIP_SUIT, Event.UNPAID_ANNUITY}
REGISTERED = {Kind.INVENTION, Kind.UTILITY_MODEL, Kind.DESIGN}


def check_lending(problem: Problem, loan: Loan, result: Valuation) -> Iterator[Violation]:
    """Name each number of the lending part that does not hold."""
    found, params = result.lending, result.params
    if found is None:
        yield Violation("lending", "", "a loan was asked for", None)
        return
    whole = _safe(result.portfolio.draws, params)
    if problem.second_value:
        whole = min(whole, _of(params.collateral_share) * _of(problem.second_value.likely))
    streams = {a.royalty.stream for a in problem.assets if a.royalty}
    streams |= {a.excess.stream for a in problem.assets if a.excess}
    if streams:
        year = sum(_of(s.income_cny[0]) for s in problem.streams if s.id in streams)
        whole = min(whole, year * _of(params.revenue_multiple))
    if abs(found.collateral_cny - whole) > 2 * FEN:
        yield Violation("collateral", "", whole, found.collateral_cny)
    yield from _securities(problem, loan, result, found)
    total = sum((s.security_cny for s in found.securities), Decimal(0))
    if found.security_cny != total:
        yield Violation("security", "", total, found.security_cny)
    if found.is_covered != (_of(loan.amount_cny) <= total):
        yield Violation("is_covered", "", not found.is_covered, found.is_covered)
    needs = problem.second_value is None and loan.amount_cny > params.internal_limit_cny
    if found.needs_second_value != needs:
        yield Violation("needs_second_value", "", needs, found.needs_second_value)


def _securities(
    problem: Problem, loan: Loan, result: Valuation, found: Lending
) -> Iterator[Violation]:
    left = {name: _of(share) for name, share in result.portfolio.shared}
    own = [_safe(v.draws, result.params) * left[v.id] for v in result.assets]
    total = sum(own, Decimal(0))
    part = min(found.collateral_cny / total, Decimal(1)) if total else Decimal(0)
    for asset, worth, given in zip(problem.assets, own, found.securities, strict=True):
        share = _lent(result.params, asset.kind, loan.firm_grade)
        cut = _haircut(problem, result.params, loan, asset)
        if _of(given.loan_to_value) != share:
            yield Violation("loan_to_value", asset.id, share, given.loan_to_value)
        if _of(given.haircut) != cut:
            yield Violation("haircut", asset.id, cut, given.haircut)
        slack = 4 * FEN + worth * Decimal("1e-9")
        if abs(given.collateral_cny - worth * part) > slack:
            yield Violation("asset_collateral", asset.id, worth * part, given.collateral_cny)
        if abs(given.security_cny - given.collateral_cny * share * cut) > FEN:
            wanted = given.collateral_cny * share * cut
            yield Violation("asset_security", asset.id, wanted, given.security_cny)


def _safe(draws: Floats, params: Params) -> Decimal:
    ordered = sorted(float(d) for d in draws)

    def at(share: Decimal) -> Decimal:
        place = (len(ordered) - 1) * share
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return _of(ordered[low]) + (_of(ordered[high]) - _of(ordered[low])) * (place - low)

    return min(
        at(_of(params.collateral_quantile)), _of(params.collateral_share) * at(Decimal("0.5"))
    )


def _lent(params: Params, kind: Kind, grade: int) -> Decimal:
    for row in params.loan_to_value:
        if row.kind == kind and grade <= 7:
            return _of(row.shares[0 if grade <= 3 else 1 if grade <= 5 else 2])
    return Decimal(0)


def _haircut(problem: Problem, params: Params, loan: Loan, asset: Asset) -> Decimal:
    if any(entry.is_open and entry.event in BARS for entry in asset.history):
        return Decimal(0)
    if asset.expires_on is None:
        return Decimal(0 if asset.kind in REGISTERED else 1)
    year = Decimal("365.25")
    if (asset.expires_on - loan.ends_on).days / year < _of(params.margin_years):
        return Decimal(0)
    short = (asset.expires_on - problem.valued_on).days / year < _of(params.short_years)
    return _of(params.short_haircut) if short else Decimal(1)


def _of(value: float) -> Decimal:
    return Decimal(repr(value))
