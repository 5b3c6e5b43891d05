"""The STAR card: its tables, and what gates and notches do."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines.scorecard import Card, Firm, Unusable, check, score
from qiying.engines.scorecard._explain import reaching
from tests.engines.scorecard.made import AS_OF, CARDS, STAR, any_firm, best_star, edges, firm

BEST = best_star()
WEIGHTS = {
    "H": (25, 15, 15, 20, 10, 15),
    "T": (20, 12, 12, 16, 8, 8, 10, 5, 4, 5),
    "M": (18, 18, 16, 8, 8, 10, 12, 10),
    "E": (30, 20, 20, 15, 15),
}


def rated(**changes: Any) -> Any:
    return score(STAR, firm(BEST | changes), as_of=AS_OF)


def test_the_card_has_29_characteristics_and_each_band_names_its_source() -> None:
    assert len(STAR.characteristics) == 29
    for code, weights in WEIGHTS.items():
        assert tuple(c.weight for c in STAR.members(code)) == weights
        assert sum(weights) == 100
    bands = [b for c in STAR.characteristics for s in c.scales for b in s.bands]
    assert {band.source for band in bands} == {"S", "P", "K"}
    assert all(c.best == 100 and c.missing == 0 for c in STAR.characteristics)
    assert all(c.name_zh and c.name_en and c.evidence_zh for c in STAR.characteristics)


def test_the_best_firm_has_the_whole_score_and_the_best_grade() -> None:
    rating = rated()
    assert (rating.score, rating.grade, rating.pd, rating.coverage) == (10000, "S1", 2000, 10000)
    assert rating.top == ()
    assert all(line.lost == 0 and line.evidence for line in rating.lines)


@pytest.mark.parametrize(
    ("grade", "least", "pd"),
    [
        ("S1", 8000, 2000),
        ("S2", 7200, 3500),
        ("S3", 6500, 6000),
        ("S4", 5800, 10000),
        ("S5", 5200, 16000),
        ("S6", 4600, 26000),
        ("S7", 4000, 42000),
        ("S8", 3400, 70000),
        ("S9", 2800, 110000),
        ("S10", 0, 200000),
    ],
)
def test_the_master_scale_has_ten_grades(grade: str, least: int, pd: int) -> None:
    one = STAR.grades[STAR.place(grade)]
    assert (one.at_least, one.pd) == (least, pd)


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ((1999.99, 10, 0), "startup"),
        ((30000, 2.9, 0), "startup"),
        ((2000, 3, 0), "growth"),
        ((30000, 3, 15), "growth"),
        ((19999, 9, -5), "growth"),
        ((20000, 9, 14.9), "mature"),
        ((30000, None, 5), "startup"),
    ],
)
def test_the_stage_follows_revenue_age_and_growth(facts: tuple[Any, ...], stage: str) -> None:
    names = ("revenue", "age_years", "revenue_growth_rate")
    rating = rated(**dict(zip(names, facts, strict=True)))
    assert rating.stage == stage
    is_unsure = "STAGE_UNSURE" in {reason.code for reason in rating.reasons}
    assert is_unsure is (None in facts)


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({"rd_staff_share": 9.9}, "S7"),
        ({"rd_staff_share": 10.0}, "S1"),
        ({"core_patent_disputed": True}, "S6"),
        ({"notch_policy": -1}, "S2"),
        ({"notch_policy": -1, "notch_stability": -1, "notch_conversion": -1}, "S3"),
        ({"notch_conversion": 1}, "S1"),
        ({"excluded_by_law": True}, ""),
        ({"on_negative_list": True}, ""),
    ],
)
def test_gates_cap_and_notches_move_the_grade(changes: dict[str, Any], grade: str) -> None:
    rating = rated(**changes)
    assert rating.grade == grade
    assert rating.is_refused is (not grade)


def test_without_valid_property_rights_technology_and_score_are_capped() -> None:
    rating = rated(class_one_ip=0.0, class_two_ip=0.0)
    assert (rating.dimensions["T"], rating.score, rating.grade) == (4000, 5500, "S5")
    assert rating.raw > rating.score


def test_little_evidence_caps_the_grade_and_less_makes_it_provisional() -> None:
    some = {k: v for k, v in BEST.items() if k not in {"rd_to_revenue", "readiness_level"}}
    names = [c.scales[0].input for c in STAR.members("M")]
    less = {k: v for k, v in some.items() if k not in names}
    one, other = (score(STAR, firm(values), as_of=AS_OF) for values in (some, less))
    assert (one.coverage, one.is_provisional) == (8920, False)
    assert (other.coverage, other.is_provisional) == (5400, True)
    assert STAR.place(other.grade) >= STAR.place("S4")


def test_stale_key_evidence_caps_the_grade_and_its_last_day_does_not() -> None:
    base = firm(BEST)
    old = {**base.facts, "rd_to_revenue": replace(base.facts["rd_to_revenue"], until=AS_OF)}
    held = Firm("f1", old)
    assert score(STAR, held, as_of=AS_OF).grade == "S1"
    assert score(STAR, held, as_of=date(2026, 7, 1)).grade == "S5"
    assert score(STAR, held, as_of=date(2026, 7, 1)).line("T1").standing == "stale"


def test_missing_is_a_band_of_its_own_and_says_so() -> None:
    rating = rated(readiness_level=None)
    line = rating.line("M7")
    assert (line.band, line.points, line.lost, line.standing) == (-1, 0, 480, "missing")
    assert ("NO_EVIDENCE", "M7") in {(r.code, r.subject) for r in rating.reasons}
    zero = rated(readiness_level=4.0).line("M7")
    assert (zero.band, zero.points, zero.standing, zero.next_band) == (5, 0, "known", "≥ 5")


def test_what_cannot_be_true_is_refused_with_its_place() -> None:
    wrong = {"rd_staff_share": 101.0, "talent_level": "best", "revenue": "much", "notch_policy": 1}
    with pytest.raises(Unusable) as caught:
        score(STAR, firm(wrong), as_of=AS_OF)
    assert [(f.place, f.code) for f in caught.value.faults] == [
        ("firm[f1].rd_staff_share", "out_of_range"),
        ("firm[f1].revenue", "no_number"),
        ("firm[f1].notch_policy", "out_of_range"),
        ("firm[f1].talent_level", "unknown_word"),
    ]


@pytest.mark.parametrize("card", CARDS.values(), ids=list(CARDS))
@given(seed=st.integers(0, 2**32))
def test_decimals_confirm_every_rating(card: Card, seed: int) -> None:
    one = any_firm(card, seed)
    rating = score(card, one, as_of=AS_OF)
    assert check(card, one, rating, as_of=AS_OF) == ()
    # A changed statement is found.
    assert check(card, one, replace(rating, score=rating.score + 1), as_of=AS_OF)


@pytest.mark.parametrize("card", CARDS.values(), ids=list(CARDS))
@given(seed=st.integers(0, 2**32), pick=st.integers(0, 10_000))
def test_a_better_band_never_lowers_a_score(card: Card, seed: int, pick: int) -> None:
    one = any_firm(card, seed)
    characteristic = card.characteristics[pick % len(card.characteristics)]
    scale = characteristic.scales[pick % len(characteristic.scales)]
    scores = []
    for band in reversed(scale.bands):
        better = {**one.facts, scale.input: firm({"x": reaching(scale, band)}).facts["x"]}
        moved = [span.input for stage in card.stages for span in stage.spans]
        if scale.input not in moved:
            scores.append(score(card, replace(one, facts=better), as_of=AS_OF).score)
    assert scores == sorted(scores)


@given(seed=st.integers(0, 2**32))
def test_what_is_lost_is_what_lacks_to_the_whole(seed: int) -> None:
    rating = score(STAR, any_firm(STAR, seed), as_of=AS_OF)
    assert abs(10_000 - rating.raw - sum(line.lost for line in rating.lines)) <= 17
    for line in rating.lines:
        assert 0 <= line.gain <= line.lost


def test_every_input_of_numbers_has_edges_or_bounds() -> None:
    assert all(edges(STAR, name) for name in STAR.scales if not STAR.scales[name].is_words)
