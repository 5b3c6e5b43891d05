"""Classes of firms: the worked example of the notice, quotas by counting, vetoes above all."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiying.engines.composite import Unusable
from qiying.engines.composite.classes import (
    Bonus,
    Firm,
    Item,
    Rating,
    Scheme,
    Veto,
    check_classes,
    classify,
    points,
)

NAN = math.nan
BASES = (
    ("tax", 30.0, 24.097),
    ("value", 20.0, 136.16),
    ("energy", 20.0, 2.694),
    ("emission", 10.0, 4929.81),
    ("labour", 10.0, 18.14),
    ("research", 10.0, 0.0302),
)
ITEMS = tuple(Item(*row) for row in BASES)
CODES = tuple(row[0] for row in BASES)
P = dict(zip(CODES, (30.0, 150, 2.2, 5200, 20, 0.035), strict=True))
Q = dict(zip(CODES, (60.0, 210, 1.1, 2100, 31, 0.021), strict=True))
R = dict(zip(CODES, (9.0, 55, 0.9, 1500, 9, 0.012), strict=True))
ONE = Scheme(items=(Item("x", 1.0, 1.0),))
RICH = replace(
    ONE,
    bonuses=(Bonus("champion", points=3.0), Bonus("title", points=2.0), Bonus("unicorn", lift=2)),
    vetoes=(Veto("accident"), Veto("arrears", "C")),
    most_points=4.0,
    least={"A": 50.0},
    most_lift=1,
    lift_to="B",
)


def rate(scheme: Scheme, *values: float, **facts: frozenset[str]) -> tuple[Rating, ...]:
    firms = [
        Firm(f"u{n}", {"x": x}, facts.get(f"u{n}", frozenset())) for n, x in enumerate(values)
    ]
    found = classify(scheme, firms)
    assert check_classes(scheme, firms, found) == ()
    return found


def codes(rating: Rating) -> list[str]:
    return [reason.code for reason in rating.reasons]


def test_the_worked_example_with_and_without_the_cap() -> None:
    firms = [Firm("P", P), Firm("Q", Q), Firm("R", R)]
    found = {r.unit: r for r in classify(Scheme(items=ITEMS), firms)}
    assert [round(found[u].score, 2) for u in "PQR"] == [108.88, 142.01, 37.94]
    assert [round(p, 2) for p in found["P"].points] == [37.35, 22.03, 16.33, 10.55, 11.03, 11.59]
    assert found["Q"].rank == 1
    capped = tuple(replace(item, cap=1.5) for item in ITEMS)
    scores = points(capped, [P, Q, R]).sum(axis=1)
    assert [round(float(s), 2) for s in scores] == [108.88, 109.38, 37.94]


def test_a_firm_without_emission_data_gets_the_mean_points_of_its_pool() -> None:
    missing = {**R, "emission": NAN}
    firms = [Firm("P", P, pool="above"), Firm("R", missing, pool="above")]
    other = Firm("far", {**P, "emission": 9e9}, pool="below")
    found = classify(Scheme(items=ITEMS), [*firms, other])
    assert found[1].points[3] == found[0].points[3]
    assert codes(found[1])[0] == "item_mean"
    none = tuple(replace(item, missing="zero") for item in ITEMS)
    assert classify(Scheme(items=none), firms)[1].points[3] == 0


def test_points_between_the_worst_and_the_best() -> None:
    item = Item("x", 10.0, rule="span", floor=0.2)
    assert points([item], [{"x": 1.0}, {"x": 2.0}, {"x": 3.0}])[:, 0].tolist() == pytest.approx(
        [2, 6, 10]
    )
    assert points([item], [{"x": 1.0}, {"x": 1.0}])[:, 0].tolist() == [10, 10]
    assert points([item], [{}, {"x": NAN}])[:, 0].tolist() == [0, 0]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 8).map(float), min_size=1, max_size=60))
def test_quotas_are_counted_from_the_top_and_ties_take_the_better_class(
    values: list[float],
) -> None:
    found = rate(ONE, *values)
    shares = [Fraction(1, 5), Fraction(3, 5), Fraction(19, 20), Fraction(1)]
    borders = [math.floor(s * len(values) + Fraction(1, 2)) for s in shares]
    for rating in found:
        rank = 1 + sum(value > rating.score for value in values)
        wanted = next(n for n, border in zip("ABCD", borders, strict=True) if rank <= border)
        assert rating.final == rating.by_rank == wanted
        same = values.count(rating.score)
        at_border = rank + same - 1 > borders["ABCD".index(wanted)]
        assert ("tie" in codes(rating)) == at_border


def test_a_hundred_firms_are_split_as_the_shares_say() -> None:
    found = rate(ONE, *range(100))
    assert ["".join(r.final for r in found).count(name) for name in "ABCD"] == [20, 40, 35, 5]
    local = replace(ONE, shares=(0.1, 0.2, 0.7, 0.0))
    assert "D" not in {r.final for r in rate(local, *range(30))}


FACTS = st.frozensets(st.sampled_from(["champion", "title", "unicorn", "accident", "arrears"]))
FIRMS = st.lists(
    st.tuples(
        st.integers(0, 90).map(float), FACTS, st.sampled_from("ab"), st.sampled_from("nnne")
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=100, deadline=None)
@given(FIRMS)
def test_a_veto_is_above_all_and_the_check_agrees(
    drawn: list[tuple[float, frozenset[str], str, str]],
) -> None:
    firms = [
        Firm(f"u{n}", {"x": x}, facts, pool, exempt="founded_lately" if kind == "e" else "")
        for n, (x, facts, pool, kind) in enumerate(drawn)
    ]
    found = classify(RICH, firms)
    assert check_classes(RICH, firms, found) == ()
    for firm, rating in zip(firms, found, strict=True):
        if "accident" in firm.facts:
            assert rating.final == "D"
        elif "arrears" in firm.facts:
            assert rating.final in "CD"
        elif not firm.exempt and "unicorn" in firm.facts and rating.score >= 50:
            up = max(min("ABCD".index(rating.by_rank), 1), "ABCD".index(rating.by_rank) - 1)
            assert rating.final == "ABCD"[up]
        if rating.rank and "below_least" not in codes(rating):
            assert ("quota" in codes(rating)) is True


def test_bonus_points_stop_at_their_most_and_say_so() -> None:
    both = frozenset({"champion", "title"})
    found = rate(RICH, 60.0, 70.0, u0=both)
    given_points = [dict(r.numbers)["points"] for r in found[0].reasons if r.code[:5] == "bonus"]
    assert given_points == [3.0, 1.0]
    assert found[0].score == 64.0


def test_a_class_upwards_is_given_once_and_not_past_its_end() -> None:
    found = rate(RICH, *range(51, 71), u0=frozenset({"unicorn"}), u15=frozenset({"unicorn"}))
    assert (found[0].by_rank, found[0].final) == ("D", "C")
    assert (found[15].by_rank, found[15].final) == ("B", "B")
    assert "lift_used_up" in codes(found[15])


def test_a_class_may_ask_for_a_score_besides() -> None:
    found = rate(RICH, 49.0, 10.0, 20.0, 30.0, 40.0)
    assert (found[0].by_rank, found[0].final) == ("A", "B")
    assert codes(found[0]) == ["quota", "below_least"]


def test_who_is_exempt_is_not_ranked_and_a_tenant_follows() -> None:
    firms = [
        Firm("landlord", {"x": 1.0}),
        Firm("best", {"x": 9.0}),
        Firm("tenant", {}, follows="landlord"),
        Firm("young", {"x": 100.0}, exempt="founded_lately"),
        Firm("bad", {}, frozenset({"accident"}), exempt="utility"),
        Firm("guest", {}, follows="young"),
    ]
    found = {r.unit: r for r in classify(RICH, firms)}
    assert [found[u].final for u in ("landlord", "tenant", "young", "bad", "guest")] == list(
        "CCBDB"
    )
    assert (found["young"].rank, found["best"].of) == (0, 2)
    assert codes(found["tenant"]) == ["follows"]
    outside = replace(RICH, exempt="T")
    assert classify(outside, firms)[3].final == "T"


@pytest.mark.parametrize(
    ("scheme", "firms", "code"),
    [
        (replace(ONE, shares=(0.5, 0.5)), [], "shares"),
        (replace(ONE, shares=(0.5, 0.3, 0.1, 0.2)), [], "shares"),
        (replace(ONE, vetoes=(Veto("v", "E"),)), [], "unknown_class"),
        (replace(ONE, bonuses=(Bonus("t"),), vetoes=(Veto("t"),)), [], "repeated_fact"),
        (Scheme(items=()), [], "no_item"),
        (Scheme(items=(Item("x", 1.0),)), [], "no_base"),
        (Scheme(items=(Item("x", 0.0, 1.0),)), [], "out_of_range"),
        (Scheme(items=(Item("x", 1.0, 1.0),) * 2), [], "repeated_item"),
        (ONE, [Firm("a", {}), Firm("a", {"x": 1.0})], "repeated_unit"),
        (ONE, [Firm("a", {}, frozenset({"what"}))], "unknown_fact"),
        (ONE, [Firm("a", {}, follows="b")], "nobody_to_follow"),
        (ONE, [Firm("a", {"x": math.inf})], "no_number"),
    ],
)
def test_rules_and_firms_that_cannot_be_are_refused(
    scheme: Scheme, firms: list[Firm], code: str
) -> None:
    with pytest.raises(Unusable) as caught:
        classify(scheme, firms)
    assert code in {fault.code for fault in caught.value.faults}


def test_the_check_finds_a_false_class_rank_and_score() -> None:
    firms = [
        Firm(f"u{n}", {"x": float(n)}, frozenset({"accident"} if n == 9 else ()))
        for n in range(10)
    ]
    sound = list(classify(RICH, firms))
    for place, change, code in (
        (9, {"final": "A"}, "veto"),
        (3, {"rank": 1}, "rank"),
        (3, {"score": 99.0}, "score"),
        (0, {"by_rank": "A"}, "quota"),
    ):
        wrong = [*sound]
        wrong[place] = replace(wrong[place], **change)
        assert code in {v.code for v in check_classes(RICH, firms, wrong)}
    assert [v.code for v in check_classes(RICH, firms, sound[1:])] == ["units"]
