"""The contract of the engine, worked examples from the literature, properties and an oracle."""

import copy
import doctest
from collections import Counter
from dataclasses import FrozenInstanceError, replace
from itertools import combinations, product
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines import selection as engine
from qiying.engines.selection import (
    Criterion,
    CutParams,
    Mark,
    Panel,
    Place,
    Score,
    Standing,
    TieRule,
    adjust,
    agreement,
    assign,
    check_allotment,
    check_places,
    cut,
    icc,
    krippendorff,
    rank,
    sensitivity,
    totals,
)

SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]
"""Table 2 of Shrout and Fleiss (1979): six targets, four judges."""
N = None
KRIPPENDORFF = [
    [1, 1, N, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [N, 5, 5, 5],
    [N, N, 1, 1],
    [N, 3, N, N],
]
"""The worked example C of Krippendorff (2011): twelve units, four observers, gaps."""


@st.composite
def panels(draw: st.DrawFn, most: int = 8) -> Panel:
    entries = tuple(f"E{i}" for i in range(draw(st.integers(0, most))))
    people = tuple(f"R{i}" for i in range(draw(st.integers(1, most))))
    pairs = list(product(entries, people))
    barred = draw(st.sets(st.sampled_from(pairs), max_size=len(pairs))) if pairs else set()
    return Panel(entries, people, frozenset(barred), draw(st.integers(1, 3)))


scores = st.lists(
    st.builds(
        Score,
        st.sampled_from("ABCDEF"),
        st.sampled_from("uvwxyz"),
        st.floats(0, 100, allow_subnormal=False),
    ),
    unique_by=lambda s: (s.entry, s.reviewer),
    max_size=30,
)


def test_the_example_of_the_package_runs_and_everything_public_is_named() -> None:
    assert doctest.testmod(engine).failed == 0
    public = {n for n in vars(engine) if not n.startswith("_")}
    assert public == set(engine.__all__)


def test_results_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Place("A", 1, 1.0, is_tied=False).rank = 2  # type: ignore[misc]


# --- who reads what ---


@given(panels(), st.integers(0, 9))
def test_every_allotment_passes_the_independent_check(panel: Panel, seed: int) -> None:
    before = copy.deepcopy(panel)
    found = assign(panel, seed=seed)
    assert check_allotment(panel, found) == ()
    assert found == assign(before, seed=seed)
    assert panel == before


@given(panels(), st.integers(0, 9))
def test_the_order_in_which_names_are_given_does_not_matter(panel: Panel, seed: int) -> None:
    turned = replace(panel, entries=panel.entries[::-1], reviewers=panel.reviewers[::-1])
    assert assign(turned, seed=seed) == assign(panel, seed=seed)


@given(panels(most=4))
def test_no_other_allotment_is_more_even(panel: Panel) -> None:
    """The oracle tries every allotment of a small panel."""
    options = []
    for entry in panel.entries:
        able = [r for r in panel.reviewers if panel.may(entry, r)]
        options.append(list(combinations(able, min(panel.per_entry, len(able)))))
    best = min(
        sum(n * n for n in Counter(r for group in way for r in group).values())
        for way in product(*options)
    )
    assert sum(n * n for n in assign(panel).loads.values()) == best


def test_with_nobody_barred_loads_differ_by_one_at_most() -> None:
    panel = Panel(tuple(f"E{i:02d}" for i in range(47)), tuple(f"R{i}" for i in range(9)))
    loads = assign(panel, seed=3).loads.values()
    assert max(loads) - min(loads) <= 1


def test_another_seed_deals_otherwise() -> None:
    panel = Panel(tuple(f"E{i}" for i in range(12)), tuple(f"R{i}" for i in range(6)))
    assert len({assign(panel, seed=s).pairs for s in range(5)}) > 1


def test_the_checker_sees_each_single_falsehood() -> None:
    panel = Panel(("A", "B"), ("u", "v", "w"), frozenset({("A", "w")}))
    sound = assign(panel)
    pairs = sound.pairs

    def seen(**changes: object) -> set[str]:
        return {v.code for v in check_allotment(panel, replace(sound, **changes))}  # type: ignore[arg-type]

    assert "barred" in seen(pairs=(("A", "u"), ("A", "w"), *[p for p in pairs if p[0] == "B"]))
    assert "readers" in seen(pairs=pairs[1:])
    assert "twice" in seen(pairs=(*pairs, pairs[0]))
    assert "stranger" in seen(pairs=(*pairs, ("A", "x")))
    assert "loads" in seen(loads={**sound.loads, "u": 9})
    assert "short" in seen(short=(("A", 1),))
    wide = Panel(("A", "B"), ("u", "v", "w", "x"), per_entry=1)
    heavy = replace(
        assign(wide), pairs=(("A", "u"), ("B", "u")), loads={"u": 2, "v": 0, "w": 0, "x": 0}
    )
    assert "uneven" in {v.code for v in check_allotment(wide, heavy)}


# --- agreement ---


def test_the_worked_example_of_shrout_and_fleiss_comes_out() -> None:
    found = icc(SHROUT_FLEISS)
    told = (found.one, found.two, found.three, found.one_mean, found.two_mean, found.three_mean)
    assert [round(v or 0, 2) for v in told] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    assert [round(v or 0, 2) for v in (found.low, found.high)] == [-0.13, 0.72]


def test_the_worked_example_of_krippendorff_comes_out() -> None:
    assert round(krippendorff(KRIPPENDORFF, level="nominal") or 0, 3) == 0.743
    assert round(krippendorff(KRIPPENDORFF) or 0, 3) == 0.849


def test_full_agreement_is_one_and_without_variation_there_is_none() -> None:
    same = [Score(e, r, v) for e, v in (("A", 60.0), ("B", 80.0)) for r in "uv"]
    assert agreement(same).alpha == 1.0
    assert agreement(same).icc == pytest.approx(1.0)
    assert agreement([Score(e, r, 70.0) for e in "AB" for r in "uv"]).alpha is None
    assert agreement([]).icc is None


@given(scores)
def test_alpha_is_never_above_one_and_does_not_ask_who_read(given_scores: list[Score]) -> None:
    found = agreement(given_scores)
    assert found.alpha is None or found.alpha <= 1 + 1e-9
    renamed = [replace(s, reviewer=s.reviewer * 2) for s in given_scores]
    assert agreement(renamed).alpha == found.alpha


# --- strict and lenient ---


@given(scores, st.sampled_from("uvwxyz"), st.floats(-20, 20))
def test_a_stricter_reader_changes_no_difference_between_adjusted_entries(
    given_scores: list[Score], who: str, by: float
) -> None:
    before = adjust(given_scores)
    if not before.is_connected or not given_scores:
        return
    shifted = [replace(s, value=s.value + by * (s.reviewer == who)) for s in given_scores]
    after = adjust(shifted)
    first = min(before.adjusted)
    for entry in before.adjusted:
        was = before.adjusted[entry] - before.adjusted[first]
        now = after.adjusted[entry] - after.adjusted[first]
        assert now == pytest.approx(was, abs=1e-6)


@given(scores)
def test_the_mean_of_all_scores_stays(given_scores: list[Score]) -> None:
    found = adjust(given_scores)
    if given_scores:
        levelled = [s.value - found.leniency[s.reviewer] for s in given_scores]
        raw = [s.value for s in given_scores]
        assert fmean(levelled) == pytest.approx(fmean(raw), abs=1e-6)


def test_who_got_the_better_entries_is_not_called_lenient() -> None:
    true = {"A": 90.0, "B": 70.0, "C": 50.0}
    bias = {"u": 5.0, "v": -5.0, "w": 0.0}
    pairs = [("A", "u"), ("A", "v"), ("B", "v"), ("B", "w"), ("C", "w"), ("C", "u")]
    found = adjust([Score(e, r, true[e] + bias[r]) for e, r in pairs])
    assert found.leniency == pytest.approx(bias, abs=1e-9)
    assert found.adjusted == pytest.approx(true, abs=1e-9)


def test_readers_who_share_nothing_are_levelled_apart() -> None:
    rows = [Score("A", "u", 80.0), Score("A", "v", 60.0), Score("B", "w", 40.0)]
    found = adjust(rows)
    assert not found.is_connected
    assert found.adjusted == pytest.approx({"A": 70.0, "B": 40.0})


# --- places ---

standings = st.lists(
    st.builds(
        Standing,
        st.text("ABCDEFGH", min_size=1, max_size=3),
        st.integers(0, 5).map(float),
        st.tuples(st.integers(0, 2).map(float)),
    ),
    unique_by=lambda s: s.entry,
    max_size=12,
)


@given(standings, st.sampled_from(TieRule))
def test_every_ranking_passes_the_independent_check(rows: list[Standing], rule: TieRule) -> None:
    assert check_places(rows, rank(rows, rule), rule) == ()


def test_ties_leave_places_out_in_competition_and_none_when_dense() -> None:
    rows = [Standing("A", 90.0), Standing("B", 80.0), Standing("C", 80.0), Standing("D", 70.0)]
    assert [p.rank for p in rank(rows)] == [1, 2, 2, 4]
    assert [p.rank for p in rank(rows, TieRule.DENSE)] == [1, 2, 2, 3]
    assert [p.is_tied for p in rank(rows)] == [False, True, True, False]


def test_what_decides_between_equals_is_asked_in_order() -> None:
    rows = [Standing("A", 80.0, (7.0, 9.0)), Standing("B", 80.0, (8.0, 1.0))]
    assert [p.entry for p in rank(rows)] == ["B", "A"]


def test_the_checker_of_places_sees_a_wrong_place() -> None:
    rows = [Standing("A", 90.0), Standing("B", 80.0)]
    wrong = [replace(p, rank=3) for p in rank(rows)]
    assert {v.code for v in check_places(rows, wrong, TieRule.COMPETITION)} == {"rank"}
    assert check_places(rows, wrong[:1], TieRule.COMPETITION)[0].code == "entries"


@given(standings, st.integers(0, 12))
def test_the_cut_never_holds_more_than_the_quota(rows: list[Standing], quota: int) -> None:
    found = cut(rank(rows), quota)
    assert len(found.inside) <= quota
    assert not set(found.inside) & set(found.tied)
    if found.tied:
        assert len(found.inside) + len(found.tied) > quota


def test_points_are_weighted_by_the_shares_of_the_criteria() -> None:
    criteria = (Criterion("a", 15), Criterion("b", 45))
    assert totals([Mark("A", "u", (10, 0))], criteria)[0].value == 25.0
    with pytest.raises(ValueError, match="zip"):
        totals([Mark("A", "u", (1,))], criteria)


def test_a_safe_place_is_safe_and_a_close_one_is_not() -> None:
    criteria = (Criterion("a", 50), Criterion("b", 50))
    marks = [
        *(Mark("A", r, (9.5, 9.5)) for r in "uv"),
        *(Mark("B", r, p) for r, p in (("u", (7, 6)), ("v", (6, 7)))),
        *(Mark("C", r, p) for r, p in (("u", (6, 7)), ("v", (7, 6)))),
        *(Mark("D", r, (1, 1)) for r in "uv"),
    ]
    found = sensitivity(marks, criteria, 2, seed=1)
    assert found["A"] == 1.0
    assert found["D"] == 0.0
    assert 0.2 < found["B"] < 0.8
    assert found == sensitivity(marks, criteria, 2, seed=1)
    assert sum(found.values()) == pytest.approx(2)
    assert sensitivity([], criteria, 2) == {}


@pytest.mark.parametrize(
    "make",
    [
        lambda: Panel(("A", "A"), ("u",)),
        lambda: Panel(("A",), ("u", "u")),
        lambda: Panel(("A",), ("u",), per_entry=0),
        lambda: Criterion("a", 0),
        lambda: Mark("A", "u", (11,)),
        lambda: CutParams(draws=0),
        lambda: icc([[1.0, 2.0]]),
    ],
)
def test_what_makes_no_sense_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()  # type: ignore[operator]
