"""Why a value is what it is, and what a reader must know of it: codes with numbers."""

from datetime import date

from qiying.engines.valuation._evidence import Event
from qiying.engines.valuation._lend import PATENTS
from qiying.engines.valuation._params import Params
from qiying.engines.valuation._problem import Asset, Kind
from qiying.engines.valuation._result import AssetValue, Reason

DESIGN_TERM_CHANGED = date(2021, 6, 1)


def reasons_of(asset: Asset, params: Params, found: AssetValue) -> tuple[Reason, ...]:
    """Reasons of one asset: its life, its history, its methods."""
    return (*_of_life(asset, found), *_of_history(asset), *_of_methods(asset, params, found))


def _of_life(asset: Asset, found: AssetValue) -> list[Reason]:
    reasons = []
    legal, years = found.legal_years, (("years", found.years),)
    if found.years <= 0:
        reasons.append(Reason("expired", asset.id))
    elif legal is not None and legal <= asset.economic_life.likely:
        reasons.append(Reason("legal_life_binds", asset.id, years))
    else:
        reasons.append(Reason("economic_life_binds", asset.id, years))
    if legal is None and asset.kind in PATENTS:
        reasons.append(Reason("expiry_unknown", asset.id))
    term = _term(asset)
    if term and asset.expires_on and abs((asset.expires_on - term).days) > 1:
        numbers = (("days", float((asset.expires_on - term).days)),)
        reasons.append(Reason("expiry_differs", asset.id, numbers))
    if found.profile and found.profile.coverage < 1:
        share = (("coverage", found.profile.coverage),)
        reasons.append(Reason("profile_incomplete", asset.id, share))
    return reasons


def _term(asset: Asset) -> date | None:
    """The day on which the term of the Patent Law (article 42) ends, from filing."""
    if asset.filed_on is None or asset.kind not in PATENTS:
        return None
    years = {Kind.INVENTION: 20, Kind.UTILITY_MODEL: 10}.get(asset.kind)
    if years is None:
        years = 15 if asset.filed_on >= DESIGN_TERM_CHANGED else 10
    filed = asset.filed_on
    if (filed.month, filed.day) == (2, 29):
        filed = date(filed.year, 3, 1)
    return filed.replace(year=filed.year + years)


def _of_history(asset: Asset) -> list[Reason]:
    codes = {
        Event.INVALIDATION: "invalidation_pending",
        Event.OWNERSHIP_SUIT: "ownership_disputed",
        Event.PRESERVATION: "preserved",
        Event.PLEDGE: "pledged_already",
        Event.UNPAID_ANNUITY: "annuity_unpaid",
        Event.INFRINGEMENT_SUIT: "suit_pending",
    }
    return [Reason(codes[e], asset.id) for e in Event if e in codes and e in asset.open_events()]


def _of_methods(asset: Asset, params: Params, found: AssetValue) -> list[Reason]:
    reasons = []
    if asset.market and len(asset.market.deals) < params.least_deals:
        deals = (("deals", float(len(asset.market.deals))),)
        reasons.append(Reason("too_few_deals", asset.id, deals))
    if asset.licence_fee and found.profile is None:
        reasons.append(Reason("no_profile", asset.id))
    if asset.option:
        reasons.append(Reason("option_not_counted", asset.id))
    if found.range is None:
        return [*reasons, Reason("no_value", asset.id)]
    if len(found.methods) == 1:
        reasons.append(Reason("single_method", found.methods[0].method))
    if not found.range.p10 <= found.range.base <= found.range.p90:
        at = (("base_at", found.range.base_at),)
        reasons.append(Reason("base_outside_range", asset.id, at))
    return [*reasons, *_disagreements(params, found)]


def _disagreements(params: Params, found: AssetValue) -> list[Reason]:
    reasons = []
    middles = [float(m.range.p50) for m in found.methods]
    if max(middles) > (1 + params.disagreement) * min(middles):
        numbers = (("lowest_cny", min(middles)), ("highest_cny", max(middles)))
        reasons.append(Reason("approaches_disagree", found.id, numbers))
    for n, a in enumerate(found.methods):
        for b in found.methods[n + 1 :]:
            if a.range.p90 < b.range.p10 or b.range.p90 < a.range.p10:
                reasons.append(Reason("ranges_apart", f"{a.method}/{b.method}"))
    return reasons
