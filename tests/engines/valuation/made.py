"""Invented assets, and strategies that draw more of them."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from qiying.engines.valuation import (
    FACTS,
    Asset,
    Assumption,
    Branch,
    Charge,
    Cost,
    Deal,
    Discount,
    Entry,
    Event,
    Excess,
    Fact,
    Grade,
    Kind,
    LicenceFee,
    Loan,
    Market,
    Node,
    Outlay,
    Overlap,
    Params,
    Problem,
    Royalty,
    Split,
    Stream,
    Timing,
    Tree,
)

TODAY = date(2026, 11, 24)
FEW = Params(draws=200)


def known(likely: float, low: float | None = None, high: float | None = None) -> Assumption:
    return Assumption(likely, "invented", Grade.B, low, high)


def rates(whole: float) -> Discount:
    return Discount(known(whole), known(0.0), known(0.0), known(0.0))


def patent(**changes: Any) -> Asset:
    given: dict[str, Any] = {
        "id": "P1",
        "name": "Guide of a press",
        "kind": Kind.INVENTION,
        "economic_life": known(40.0),
        "expires_on": TODAY + timedelta(days=20 * 366),
    }
    return Asset(**(given | changes))


def problem(*assets: Asset, income: tuple[float, ...] = (1e7,) * 5, **changes: Any) -> Problem:
    given: dict[str, Any] = {
        "valued_on": TODAY,
        "tax": known(0.0),
        "discount": rates(0.10),
        "assets": assets,
        "streams": (Stream("s", income, "invented", Grade.B),),
        "timing": Timing.YEAR_END,
    }
    return Problem(**(given | changes))


def assumptions(low: float, high: float) -> st.SearchStrategy[Assumption]:
    def made(values: list[float], grade: Grade) -> Assumption:
        a, b, c = sorted(values)
        return Assumption(b, "invented", grade, a, c)

    numbers = st.floats(low, high, allow_subnormal=False).map(lambda v: round(v, 6))
    return st.builds(made, st.lists(numbers, min_size=3, max_size=3), st.sampled_from(Grade))


shares = assumptions(0, 1)
money = assumptions(0, 1e8)
royalties = st.builds(
    Royalty, st.just("s"), shares, assumptions(0, 0.2), st.none() | assumptions(0, 0.3)
)
excesses = st.builds(
    Excess,
    st.just("s"),
    shares,
    st.lists(st.builds(Charge, st.just("plant"), money, assumptions(0, 0.2)), max_size=2).map(
        tuple
    ),
    st.none() | assumptions(0, 0.3),
)
splits = st.builds(
    Split, st.just("s"), money, assumptions(0, 5), assumptions(1, 1e8), assumptions(0, 1)
)
fees = st.builds(LicenceFee, money, assumptions(0, 10))
deals = st.builds(
    Deal,
    st.just("deal"),
    st.floats(0, 1e8).map(round),
    st.just("invented"),
    st.sampled_from(Grade),
)
markets = st.builds(Market, st.lists(deals, min_size=1, max_size=5).map(tuple))
costs = st.builds(
    Cost,
    st.lists(
        st.builds(
            Outlay,
            st.sampled_from(["a", "b"]),
            st.floats(0, 1e8).map(round),
            st.just(100.0),
            st.integers(80, 150).map(float),
            st.just("invented"),
            st.sampled_from(Grade),
        ),
        min_size=1,
        max_size=2,
        unique_by=lambda o: o.name,
    ).map(tuple),
    assumptions(0, 1),
    assumptions(0, 20),
)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    end = Node("end", payoff=draw(money))
    other = Node("other", payoff=draw(money), cost=draw(st.none() | money))
    branches = (
        Branch("end", draw(assumptions(0, 0.5)), draw(st.sampled_from([0.0, 1.0, 2.5]))),
        Branch("other", draw(assumptions(0, 0.5)), 1.0),
    )
    root = Node("root", draw(st.none() | money), None, branches, draw(st.booleans()))
    return Tree((root, other, end))


facts = st.lists(st.sampled_from(sorted(FACTS)), unique=True, max_size=len(FACTS)).flatmap(
    lambda codes: st.tuples(
        *(
            st.builds(
                Fact,
                st.just(code),
                st.integers(0, 4).map(lambda n, c=code: _of_range(c, n)),  # type: ignore[misc]
                st.just("invented"),
                st.sampled_from(Grade),
            )
            for code in codes
        )
    )
)


def _of_range(code: str, step: int) -> float:
    low, high = FACTS[code]
    return low + (min(high, 100.0) - low) * step / 4


entries = st.builds(
    Entry,
    st.sampled_from(Event),
    st.dates(date(2018, 1, 1), TODAY),
    st.just("invented"),
    st.sampled_from(Grade),
    st.booleans(),
    st.sampled_from([0.0, 5e5]),
)


@st.composite
def assets(draw: st.DrawFn, name: str = "P1") -> Asset:
    methods: dict[str, Any] = {
        "royalty": draw(st.none() | royalties),
        "excess": draw(st.none() | excesses),
        "split": draw(st.none() | splits),
        "licence_fee": draw(st.none() | fees),
        "tree": draw(st.none() | trees()),
        "market": draw(st.none() | markets),
    }
    return Asset(
        name,
        "Invented",
        draw(st.sampled_from(Kind)),
        draw(assumptions(0, 15)),
        expires_on=draw(st.none() | st.dates(date(2024, 1, 1), date(2044, 1, 1))),
        overlap_group=draw(st.sampled_from(["", "g"])),
        facts=draw(facts),
        history=tuple(draw(st.lists(entries, max_size=3))),
        cost=draw(costs),
        **methods,
    )


@st.composite
def problems(draw: st.DrawFn, most: int = 3) -> Problem:
    owned = tuple(draw(assets(f"P{n}")) for n in range(draw(st.integers(1, most))))
    groups = {a.overlap_group for a in owned} - {""}
    premium = draw(st.none() | assumptions(0, 0.2))
    loan = Loan(
        draw(st.integers(1, 20_000_000)),
        draw(st.dates(TODAY + timedelta(days=1), date(2036, 1, 1))),
        draw(st.integers(1, 10)),
    )
    incomes = st.lists(st.integers(0, 10**8).map(float), min_size=1, max_size=6).map(tuple)
    stream = Stream(
        "s",
        draw(incomes),
        "invented",
        Grade.C,
        draw(st.none() | assumptions(-0.3, 0.3)),
        draw(st.none() | assumptions(0.5, 1.5)),
    )
    return Problem(
        TODAY,
        draw(assumptions(0, 0.4)),
        Discount(draw(assumptions(0, 0.1)), draw(assumptions(0, 0.1)), known(0.03), premium),
        owned,
        (stream,),
        tuple(Overlap(g, draw(shares)) for g in groups),
        draw(st.sampled_from(Timing)),
        draw(st.sampled_from([0, 10])),
        draw(st.none() | st.just(loan)),
        draw(st.none() | money),
    )
