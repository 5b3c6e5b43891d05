"""Published examples, to their printed digits."""

from decimal import Decimal
from math import exp

import pytest

from qiying.engines.valuation import (
    Branch,
    Excess,
    Loan,
    Node,
    Params,
    Royalty,
    Split,
    Tree,
    Turnover,
    black_scholes,
    check,
    lattice,
    value,
    working_capital_need,
)
from tests.engines.valuation.made import FEW, TODAY, known, patent, problem, rates

WAN = 10_000.0


def base(of: object) -> Decimal:
    found = value(of, FEW)  # type: ignore[arg-type]
    assert check(of, found) == ()  # type: ignore[arg-type]
    return found.assets[0].methods[0].range.base


@pytest.mark.parametrize(("cost", "printed"), [(100.0, "433.49"), (100.0 * 5 / 7, "316.88")])
def test_profit_split_of_a_licence(cost: float, printed: str) -> None:
    """Check value V4: cost 80 indexed by a quarter, in full or with five of seven years left."""
    split = Split("s", known(cost * WAN), known(4.0), known(5000 * WAN), known(0.15))
    profits = tuple(p * WAN for p in (1500, 1500, 1400, 1400, 1300))
    of = problem(patent(economic_life=known(5.0), split=split), income=profits)
    assert f"{base(of) / 10_000:.2f}" == printed


def test_profit_split_with_the_share_rounded_as_the_example_rounds_it() -> None:
    """Examination in asset appraisal: 600 against 3,300, five years, ten per cent; 248.45.

    The example goes on with the share rounded up to 15.39 per cent (600 / 3,900 = 15.3846...).
    """
    profits = tuple(p * WAN for p in (400, 420, 430, 450, 440))
    exact = Split("s", known(100 * WAN), known(5.0), known(3000 * WAN), known(0.10))
    rounded = Split("s", known(1539.0), known(0.0), known(8461.0), known(0.0))
    life = known(5.0)
    printed = base(problem(patent(economic_life=life, split=rounded), income=profits))
    unrounded = base(problem(patent(economic_life=life, split=exact), income=profits))
    assert f"{printed / 10_000:.2f}" == "248.45"
    assert f"{unrounded / 10_000:.2f}" == "248.36"


def test_relief_from_royalty_of_an_exclusive_licence() -> None:
    """Eight years, two per cent of sales of 4,600, tax a quarter, fifteen per cent: 310."""
    royalty = Royalty("s", known(1.0), known(0.02))
    of = problem(
        patent(economic_life=known(8.0), royalty=royalty),
        income=(4600 * WAN,) * 8,
        tax=known(0.25),
        discount=rates(0.15),
    )
    assert f"{base(of) / 10_000:.0f}" == "310"


def test_excess_earnings_of_five_years() -> None:
    """Excess income of 300,000 a year, tax a quarter, ten per cent, five years: 852,927."""
    of = problem(
        patent(economic_life=known(5.0), excess=Excess("s", known(1.0))),
        income=(300_000.0,) * 5,
        tax=known(0.25),
    )
    assert f"{base(of):.0f}" == "852927"


def test_the_working_capital_of_the_annex() -> None:
    """Check value V6: 3,300."""
    turnover = Turnover(Decimal(60), Decimal(90), Decimal(45), Decimal(10), Decimal(5))
    need = working_capital_need(Decimal(10_000), Decimal("0.1"), Decimal("0.2"), turnover)
    assert need == Decimal(3300)


def test_a_cycle_without_length_binds_no_capital() -> None:
    turnover = Turnover(Decimal(10), Decimal(10), Decimal(45), Decimal(0), Decimal(0))
    with pytest.raises(ValueError, match="no positive length"):
        working_capital_need(Decimal(10_000), Decimal("0.1"), Decimal("0.2"), turnover)


def test_eight_million_against_inventions_of_a_firm_of_grade_three_needs_twenty() -> None:
    """The example of loan-to-value: 40 per cent of twenty million is eight."""
    end = TODAY.replace(year=2027)
    royalty = Royalty("s", known(1.0), known(0.5))
    for income, covered in ((63e6, True), (62e6, False)):
        of = problem(
            patent(economic_life=known(1.0), royalty=royalty),
            income=(income,),
            loan=Loan(8_000_000.0, end, 3),
        )
        found = value(of, FEW).lending
        assert found is not None
        assert found.is_covered is covered
        assert found.securities[0].loan_to_value == 0.4
        assert (found.collateral_cny >= 20_000_000) is covered


def test_the_option_formula_gives_the_textbook_price() -> None:
    """Hull, Options, Futures and Other Derivatives: 42, 40, ten per cent, 0.2, half a year: 4.76."""
    assert f"{black_scholes(42, 40, 0.10, 0.20, 0.5, 0.0):.2f}" == "4.76"


def test_the_lattice_comes_to_the_formula_where_waiting_is_best() -> None:
    """A negligible dividend is reached by letting it run out over very many years."""
    worth, price, years = 100.0, 1.0, 50.0
    found = lattice(worth, price, 0.05, 0.2, years, steps=400)
    assert found >= worth - price
    assert found >= black_scholes(worth, price, 0.05, 0.2, years, 1 / years) - 1e-6
    near = lattice(100.0, 500.0, 0.02, 0.25, 10.0, steps=800)
    european = black_scholes(100.0, 500.0, 0.02, 0.25, 10.0, 0.1)
    assert near >= european * 0.99
    assert near == pytest.approx(european, abs=0.35 * exp(1))


def test_a_tree_is_rolled_back_by_hand() -> None:
    """30 for the trial, 0.6 works after a year, then 50 for the works, 0.5 of 400 after two."""
    nodes = (
        Node("trial", known(30.0), None, (Branch("works", known(0.6), 1.0),)),
        Node("works", known(50.0), None, (Branch("market", known(0.5), 2.0),)),
        Node("market", payoff=known(400.0)),
    )
    works = 0.5 * 400 / 1.1**2 - 50
    found = base(problem(patent(tree=Tree(nodes))))
    assert float(found) == pytest.approx(0.6 * works / 1.1 - 30, abs=0.005)


def test_the_owner_stops_where_going_on_would_lose() -> None:
    nodes = (
        Node("trial", None, None, (Branch("works", known(0.6), 1.0),)),
        Node("works", known(500.0), None, (Branch("market", known(0.5), 2.0),)),
        Node("market", payoff=known(400.0)),
    )
    assert base(problem(patent(tree=Tree(nodes)))) == 0


def test_the_tax_benefit_of_amortisation_is_that_of_the_formula() -> None:
    """Tax 30 %, ten years, year end, 10 %: 1 / (1 - 0.03 x 6.144567) = 1.225997."""
    of = problem(
        patent(economic_life=known(1.0), royalty=Royalty("s", known(1.0), known(0.1))),
        income=(1.1e9,),
        tax=known(0.3),
        amortisation_years=10,
    )
    assert f"{base(of) / 70_000_000:.6f}" == "1.225997"
    assert Params().draws == 10_000
