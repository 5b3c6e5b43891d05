"""Words of a valuation: methods, classes, indicators, reasons. Codes come from the engine."""

from qiying.config.language import mark as _

WORDS = {
    "relief_from_royalty": _("Relief from royalty"),
    "excess_earnings": _("Multi-period excess earnings"),
    "profit_split": _("Profit split"),
    "licence_fee": _("Licence-fee reference"),
    "decision_tree": _("Decision tree"),
    "market": _("Market approach"),
    "cost": _("Cost approach"),
    "invention": _("Invention patent"),
    "utility_model": _("Utility model"),
    "design": _("Design"),
    "trade_mark": _("Trade mark"),
    "software_copyright": _("Software copyright"),
    "legal": _("Legal value"),
    "technical": _("Technical value"),
    "economic": _("Economic value"),
    "stability": _("Stability of the right"),
    "scope": _("Scope of protection"),
    "detectability": _("Detectability of infringement"),
    "dependency": _("Dependency on other rights"),
    "advancement": _("Technical advancement"),
    "substitutability": _("Resistance to substitutes"),
    "applicability": _("Scope of application"),
    "independence": _("Technical independence"),
    "maturity": _("Technical maturity"),
    "trend": _("Trend of the technical field"),
    "remaining_life": _("Remaining economic life"),
    "competition": _("Competitive position"),
    "application": _("Use in the market"),
    "operation": _("Licensing, transfer and pledge"),
}

REASONS = {
    "expired": _("The right has ended; it is worth nothing."),
    "legal_life_binds": _("The legal term ends first: %(years).1f years are left."),
    "economic_life_binds": _("The economic life ends first: %(years).1f years are left."),
    "expiry_unknown": _("The register's date of expiry is missing; no loan on it."),
    "expiry_differs": _("The date of expiry differs from the statutory term by %(days)d days."),
    "profile_incomplete": _("Of the indicators %(coverage).0f per cent are known."),
    "invalidation_pending": _("An invalidation is pending; a pledge needs a declaration."),
    "ownership_disputed": _("The ownership is disputed; a pledge would not be registered."),
    "preserved": _("A court has preserved the right; a pledge would not be registered."),
    "pledged_already": _("The right is pledged already; a second pledge is not registered."),
    "annuity_unpaid": _("The annuity is not paid; a pledge would not be registered."),
    "suit_pending": _("A suit on infringement is pending."),
    "too_few_deals": _("%(deals)d deals are too few for the market approach; it is not used."),
    "no_profile": _("Without a profile of indicators the licence-fee reference is not used."),
    "option_not_counted": _("The real option is for information; it is in no value."),
    "no_value": _("No method could be used."),
    "single_method": _("The value rests on one method only."),
    "base_outside_range": _("With likely inputs the value lies outside P10 to P90."),
    "approaches_disagree": _(
        "The methods disagree: from %(lowest_cny).0f to %(highest_cny).0f yuan."
    ),
    "ranges_apart": _("The ranges of two methods do not meet."),
    "second_value_lower": _("The second value is the lower one and counts."),
    "capped_by_revenue": _(
        "Collateral ends at %(cap_cny).0f yuan, a year's income of the products."
    ),
    "over_internal_limit": _(
        "Above %(limit_cny).0f yuan a single loan needs a second value beside the bank's own."
    ),
    "not_covered": _("The loan is not covered: %(lacking_cny).0f yuan are lacking."),
    "no_loan_to_value": _("Nothing is lent on this class at grade %(grade)d."),
    "loan_outlives_right": _(
        "The loan ends %(years).1f years after the right; it is not registered."
    ),
    "margin_short": _("Only %(years).1f years of the right are left when the loan ends."),
    "short_life": _("Only %(years).1f years of the right are left; less is lent."),
}
