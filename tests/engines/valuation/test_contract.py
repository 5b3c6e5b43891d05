"""What the engine promises: its example runs, results are frozen, falsehoods and faults are named."""

import doctest
import json
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qiying.engines import valuation as engine
from qiying.engines.valuation import (
    RULES,
    Cost,
    Deal,
    Entry,
    Event,
    Fact,
    Grade,
    Kind,
    LicenceFee,
    Loan,
    Market,
    Outlay,
    Overlap,
    Params,
    Problem,
    RealOption,
    Royalty,
    Valuation,
    check,
    read,
    shifts,
    to_plain,
    value,
)
from tests.engines.valuation.made import FEW, TODAY, known, patent, problem, rates

EXAMPLE = Path(engine.__path__[0]).parents[1] / "config" / "cli" / "valuation.toml"
WORDS = EXAMPLE.read_text(encoding="utf-8")
ROYALTY = Royalty("s", known(0.5, 0.4, 0.6), known(0.03, 0.02, 0.05))


def codes(found: Valuation) -> set[str]:
    return {reason.code for asset in found.assets for reason in asset.reasons}


def one(**changes: Any) -> Problem:
    return problem(patent(**{"royalty": ROYALTY, "economic_life": known(8.0, 6.0, 9.0)} | changes))


def lent(of: Problem, asset_change: dict[str, Any] | None = None, **loan: Any) -> engine.Lending:
    asked: dict[str, Any] = {
        "amount_cny": 1e6,
        "ends_on": TODAY + timedelta(days=365),
        "firm_grade": 3,
    }
    assets = tuple(replace(a, **(asset_change or {})) for a in of.assets)
    of = replace(of, assets=assets, loan=Loan(**(asked | loan)))
    found = value(of, FEW)
    assert check(of, found) == ()
    assert found.lending is not None
    return found.lending


def test_the_example_of_the_package_runs_and_everything_public_is_named() -> None:
    assert doctest.testmod(engine).failed == 0
    assert {n for n in vars(engine) if not n.startswith("_")} == set(engine.__all__)


def test_results_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        value(one(), FEW).seed = 1  # type: ignore[misc]


def test_every_parameter_has_its_source_and_grade() -> None:
    assert {field.name for field in fields(Params)} == set(RULES)
    assert RULES["internal_limit_cny"].grade == Grade.C


def test_the_example_file_is_valued_and_checked() -> None:
    of, params = read(WORDS, is_toml=True)
    found = value(of, params, seed=3)
    assert check(of, found) == ()
    again = json.loads(json.dumps(to_plain(found)))
    assert again["assets"][0]["range"]["p50"] == str(found.assets[0].range.p50)  # type: ignore[union-attr]
    assert all(row.source and row.grade for row in found.inputs)


# --- what a value stands on ---


def test_what_is_unknown_widens_the_score_and_is_not_zero() -> None:
    bare = value(one(), FEW).assets[0].profile
    facts = (Fact("trl", 9, "report", Grade.B), Fact("detectability", 75, "expert", Grade.C))
    told = value(one(facts=facts), FEW).assets[0].profile
    assert bare is not None
    assert told is not None
    assert bare.coverage == 3 / 14
    assert told.coverage == 5 / 14
    assert bare.lowest < bare.score < bare.highest
    assert told.lowest > bare.lowest
    assert told.highest < bare.highest
    missing = [row for row in bare.indicators if row.score is None]
    assert len(missing) == 11


def test_the_profile_reads_what_has_happened() -> None:
    def indicator(code: str, *history: Entry) -> float | None:
        scored = value(one(history=history), FEW).assets[0].profile
        assert scored is not None
        return next(row.score for row in scored.indicators if row.code == code)

    day = date(2025, 3, 1)
    pending = Entry(Event.INVALIDATION, day, "office", Grade.A, is_open=True)
    survived = replace(pending, is_open=False)
    report = Entry(Event.EVALUATION_REPORT, day, "office", Grade.A)
    paid = Entry(Event.LICENCE, day, "register", Grade.A, amount_cny=3e5)
    pledge = Entry(Event.PLEDGE, day, "register", Grade.A)
    assert indicator("stability") == 70
    assert indicator("stability", survived, report) == 90
    assert indicator("stability", pending) == 30
    assert indicator("operation") == 20
    assert indicator("operation", pledge) == 50
    assert indicator("operation", pledge, paid) == 100


def test_a_kind_without_profile_uses_no_licence_reference() -> None:
    fee = LicenceFee(known(2e5), known(3.0))
    found = value(one(kind=Kind.TRADE_MARK, licence_fee=fee), FEW)
    assert found.assets[0].profile is None
    assert "no_profile" in codes(found)
    assert [m.method for m in found.assets[0].methods] == ["relief_from_royalty"]


def test_fewer_than_three_deals_are_no_market() -> None:
    deals = tuple(Deal(f"D{n}", 1e6 * n, "register", Grade.A) for n in (1, 2, 3))
    of = problem(patent(market=Market(deals)))
    assert value(of, FEW).portfolio.range.base == Decimal("2000000.00")
    few = value(problem(patent(market=Market(deals[:2]))), FEW)
    assert few.assets[0].range is None
    assert {"too_few_deals", "no_value"} <= codes(few)
    assert few.portfolio.range.point == 0


def test_an_expired_right_is_worth_nothing() -> None:
    found = value(one(expires_on=TODAY - timedelta(days=1)), FEW)
    assert found.portfolio.range.p90 == 0
    assert "expired" in codes(found)


def test_approaches_that_disagree_are_named_and_the_range_spans_them() -> None:
    outlay = Outlay("development", 9e6, 100, 110, "accounts", Grade.A)
    cost = Cost((outlay,), known(0.2), known(2.0))
    of = one(cost=cost, economic_life=known(4.0))
    found = value(of, FEW).assets[0]
    low, high = sorted(found.methods, key=lambda m: m.range.p50)
    assert {"approaches_disagree", "ranges_apart"} <= {r.code for r in found.reasons}
    assert found.range is not None
    assert found.range.p10 <= low.range.p90
    assert found.range.p90 >= high.range.p10
    assert found.drivers[0].key == "P1.method"


def test_the_register_is_held_against_the_term_of_the_law() -> None:
    right = one(filed_on=date(2020, 2, 29), expires_on=date(2040, 3, 1))
    wrong = one(filed_on=date(2020, 2, 28), expires_on=date(2035, 2, 28))
    assert "expiry_differs" not in codes(value(right, FEW))
    assert "expiry_differs" in codes(value(wrong, FEW))


def test_a_real_option_informs_and_is_never_counted() -> None:
    option = RealOption(known(5e6, 4e6, 6e6), known(8e6), known(0.4, 0.3, 0.5))
    without, with_it = value(one(), FEW), value(one(option=option), FEW)
    found = with_it.assets[0].option
    assert found is not None
    assert found.low < found.likely < found.high
    assert found.early >= found.likely * Decimal("0.99")
    assert with_it.portfolio.range == without.portfolio.range
    assert "option_not_counted" in codes(with_it)


# --- several assets ---


def test_what_overlaps_counts_once() -> None:
    def both(lost: float) -> Decimal:
        pair = tuple(
            patent(id=name, economic_life=known(5.0), royalty=ROYALTY, overlap_group="family")
            for name in ("A", "B")
        )
        overlaps = (Overlap("family", known(lost)),)
        return value(problem(*pair, overlaps=overlaps), FEW).portfolio.range.base

    alone = value(one(economic_life=known(5.0)), FEW).portfolio.range.base
    assert both(1.0) == alone
    assert both(0.0) == 2 * alone
    assert abs(both(0.5) - alone * Decimal("1.5")) <= Decimal("0.01")


def test_shares_of_a_stream_that_add_up_to_more_than_one_are_cut() -> None:
    whole = Royalty("s", known(1.0), known(0.03))
    pair = tuple(patent(id=n, economic_life=known(5.0), royalty=whole) for n in ("A", "B"))
    found = value(problem(*pair), FEW)
    single = value(one(economic_life=known(5.0), royalty=whole), FEW)
    assert dict(found.portfolio.shared) == {"A": 0.5, "B": 0.5}
    assert abs(found.portfolio.range.base - single.portfolio.range.base) <= Decimal("0.01")


# --- from value to loan ---


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (Event.PLEDGE, "pledged_already"),
        (Event.PRESERVATION, "preserved"),
        (Event.OWNERSHIP_SUIT, "ownership_disputed"),
        (Event.UNPAID_ANNUITY, "annuity_unpaid"),
    ],
)
def test_nothing_is_lent_on_what_the_office_would_not_register(event: Event, code: str) -> None:
    for is_open, haircut in ((True, 0.0), (False, 1.0)):
        entry = Entry(event, date(2026, 1, 5), "register", Grade.A, is_open)
        found = lent(one(), {"history": (entry,)}).securities[0]
        assert found.haircut == haircut
        assert (code in {r.code for r in found.reasons}) is is_open


@pytest.mark.parametrize(
    ("days", "haircut", "code"),
    [
        (364, 0.0, "loan_outlives_right"),
        (365 + 2 * 365, 0.0, "margin_short"),
        (365 + 2 * 366, 0.8, "short_life"),
        (5 * 366 + 1, 1.0, None),
    ],
)
def test_a_right_that_ends_soon_carries_less_or_nothing(
    days: int, haircut: float, code: str | None
) -> None:
    found = lent(one(), {"expires_on": TODAY + timedelta(days=days)}).securities[0]
    assert found.haircut == haircut
    assert {r.code for r in found.reasons} == ({code} if code else set())


def test_a_patent_without_date_of_expiry_is_not_lent_on_but_a_trade_mark_is() -> None:
    assert lent(one(), {"expires_on": None}).security_cny == 0
    assert lent(one(), {"expires_on": None, "kind": Kind.TRADE_MARK}).security_cny > 0
    design = lent(one(), {"kind": Kind.DESIGN}).securities[0]
    assert "no_loan_to_value" in {r.code for r in design.reasons}


@pytest.mark.parametrize(("grade", "share"), [(1, 0.4), (3, 0.4), (4, 0.3), (6, 0.2), (8, 0.0)])
def test_the_share_falls_with_the_grade_of_the_firm(grade: int, share: float) -> None:
    assert lent(one(), firm_grade=grade).securities[0].loan_to_value == share


def test_above_ten_million_the_own_valuation_does_not_do() -> None:
    assert not lent(one(), amount_cny=10_000_000.0).needs_second_value
    over = lent(one(), amount_cny=10_000_000.01)
    assert over.needs_second_value
    assert "over_internal_limit" in {r.code for r in over.reasons}
    seconded = lent(replace(one(), second_value=known(1000.0)), amount_cny=10_000_000.01)
    assert not seconded.needs_second_value
    assert seconded.collateral_cny == Decimal("700.00")


def test_collateral_is_capped_by_a_year_of_income() -> None:
    rich = Royalty("s", known(1.0), known(0.9))
    found = lent(one(royalty=rich, economic_life=known(9.0)))
    assert found.collateral_cny == Decimal("10000000.00") == found.cap_cny
    assert "capped_by_revenue" in {r.code for r in found.reasons}


def test_inputs_that_move_the_value_by_more_than_a_fifth_need_a_second_person() -> None:
    defaults = value(one(), FEW)
    small = replace(ROYALTY, rate=known(0.033, 0.022, 0.055))
    large = replace(ROYALTY, rate=known(0.04, 0.03, 0.07))
    assert [s.needs_second_person for s in shifts(defaults, defaults)] == [False]
    (near,) = shifts(value(one(royalty=small), FEW), defaults)
    (far,) = shifts(value(one(royalty=large), FEW), defaults)
    assert near.moved == pytest.approx(0.1)
    assert not near.needs_second_person
    assert far.needs_second_person
    assert far.changed == ("P1.royalty.rate",)


# --- falsehoods ---


def _with_asset(found: Valuation, **changes: Any) -> Valuation:
    return replace(found, assets=(replace(found.assets[0], **changes), *found.assets[1:]))


def _lies(found: Valuation) -> dict[str, Valuation]:
    asset, lending = found.assets[0], found.lending
    assert asset.range is not None
    assert asset.profile is not None
    assert lending is not None
    method, bar = asset.methods[0], asset.drivers[-1]
    more = Decimal(1000)

    def methods(**changes: Any) -> Valuation:
        return _with_asset(found, methods=(replace(method, **changes), *asset.methods[1:]))

    def secured(**changes: Any) -> Valuation:
        first = replace(lending.securities[0], **changes)
        return replace(
            found, lending=replace(lending, securities=(first, *lending.securities[1:]))
        )

    return {
        "method_base": methods(range=replace(method.range, base=method.range.base + more)),
        "weight": methods(weight=method.weight + 0.1),
        "draw": methods(draws=method.draws + 5),
        "pool": _with_asset(found, draws=asset.draws + 5),
        "base": _with_asset(found, range=replace(asset.range, base=asset.range.base + more)),
        "p10": _with_asset(found, range=replace(asset.range, p10=asset.range.p10 - more)),
        "p25": _with_asset(found, range=replace(asset.range, p25=asset.range.p25 - more)),
        "p50": _with_asset(found, range=replace(asset.range, p50=asset.range.p50 + more)),
        "p90": _with_asset(found, range=replace(asset.range, p90=asset.range.p90 + more)),
        "order": _with_asset(found, range=replace(asset.range, p10=asset.range.p90 + more)),
        "driver": _with_asset(
            found, drivers=(*asset.drivers[:-1], replace(bar, at_low=bar.at_low + more))
        ),
        "score": _with_asset(found, profile=replace(asset.profile, score=99.0)),
        "shared": replace(
            found, portfolio=replace(found.portfolio, shared=(("P1", 0.5), ("P2", 1.0)))
        ),
        "assumption_not_printed": replace(found, inputs=found.inputs[1:]),
        "assumption_without_source": replace(
            found, inputs=(replace(found.inputs[0], source=" "), *found.inputs[1:])
        ),
        "lending": replace(found, lending=None),
        "collateral": replace(
            found, lending=replace(lending, collateral_cny=lending.collateral_cny + more)
        ),
        "security": replace(found, lending=replace(lending, security_cny=more)),
        "is_covered": replace(found, lending=replace(lending, is_covered=not lending.is_covered)),
        "needs_second_value": replace(found, lending=replace(lending, needs_second_value=True)),
        "loan_to_value": secured(loan_to_value=0.9),
        "haircut": secured(haircut=0.5),
        "asset_collateral": secured(collateral_cny=lending.securities[0].collateral_cny + more),
        "asset_security": secured(security_cny=lending.securities[0].security_cny + more),
    }


def test_each_falsehood_is_named() -> None:
    of, _ = read(WORDS, is_toml=True)
    found = value(of, FEW)
    assert check(of, found) == ()
    for code, lie in _lies(found).items():
        assert code in {violation.code for violation in check(of, lie)}, code


def test_the_most_careless_forecast_still_gives_a_number() -> None:
    """Income of 10^15 that doubles for sixty years."""
    stream = engine.Stream("s", (1e15,), "invented", Grade.D, known(1.0), known(10.0))
    whole = Royalty("s", known(1.0), known(1.0))
    of = one(royalty=whole, economic_life=known(60.0), expires_on=None, kind=Kind.TRADE_MARK)
    of = replace(of, streams=(stream,), discount=rates(0.0))
    assert lent(of).collateral_cny == Decimal("1e15")
    assert value(of, FEW).portfolio.range.point > Decimal("1e33")
