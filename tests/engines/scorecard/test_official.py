"""The three official point tables: every band edge, and when they are passed."""

import math
from typing import Any

import pytest

from qiying.engines.scorecard import score
from tests.engines.scorecard.made import AS_OF, CARDS, firm

SME, NEW, HIGH = CARDS["tech-sme-1"], CARDS["innovative-sme-1"], CARDS["high-tech-1"]
# (card, characteristic, input, edges from the best, points from the best, the rest last)
RISING = [
    (SME, "staff", "rd_staff_share", (30, 25, 20, 15, 10), (20, 16, 12, 8, 4, 0)),
    (SME, "rd", "rd_to_revenue", (6, 5, 4, 3, 2), (50, 40, 30, 20, 10, 0)),
    (SME, "rd", "rd_to_cost", (30, 25, 20, 15, 10), (50, 40, 30, 20, 10, 0)),
    (SME, "ip", "class_one_ip", (1,), (30, 0)),
    (SME, "ip", "class_two_ip", (4, 3, 2, 1), (24, 18, 12, 6, 0)),
    (NEW, "ip", "high_value_class_one", (1,), (20, 0)),
    (NEW, "ip", "own_class_one", (1,), (15, 0)),
    (NEW, "ip", "class_one_ip", (1,), (10, 0)),
    (NEW, "ip", "class_two_ip", (1,), (5, 0)),
    (NEW, "rd", "rd_to_revenue", (5, 3, 2, 1), (20, 15, 10, 5, 0)),
    (NEW, "revenue", "main_revenue_growth", (15, 10, 5, 0), (20, 15, 10, 5, 0)),
    (NEW, "main", "main_business_share", (70, 60, 55, 50), (20, 15, 10, 5, 0)),
    (HIGH, "number", "class_one_ip", (1,), (7, 0)),
    (HIGH, "number", "class_two_ip", (5, 3, 1), (5, 3, 1, 0)),
    (HIGH, "conversion", "conversions_per_year", (5, 4, 3, 2, 1), (25, 19, 13, 7, 1, 0)),
]


@pytest.mark.parametrize(("card", "code", "name", "edges", "points"), RISING)
def test_each_edge_belongs_to_the_better_band(
    card: Any, code: str, name: str, edges: tuple[int, ...], points: tuple[int, ...]
) -> None:
    for n, edge in enumerate(edges):
        at = score(card, firm({name: float(edge)}), as_of=AS_OF).line(code)
        below = score(card, firm({name: math.nextafter(edge, -math.inf)}), as_of=AS_OF)
        assert (at.points, at.band) == (points[n], n)
        assert below.line(code).points == points[n + 1]
    assert all(
        band.source == "S" for c in card.characteristics for s in c.scales for band in s.bands
    )


@pytest.mark.parametrize(("ratio", "points"), [(55, 10), (55.01, 5), (75, 5), (75.01, 0)])
def test_a_debt_ratio_is_better_when_it_is_lower(ratio: float, points: int) -> None:
    assert score(NEW, firm({"debt_ratio": ratio}), as_of=AS_OF).line("debt").points == points


@pytest.mark.parametrize(("word", "points"), [("yes", 10), ("none", 5), (None, 0)])
def test_a_strategic_industry_gives_ten_another_five_and_no_evidence_nothing(
    word: str | None, points: int
) -> None:
    found = score(NEW, firm({"strategic_industry": word}), as_of=AS_OF).line("industry")
    assert found.points == points


def test_of_two_ways_to_count_research_the_better_counts() -> None:
    rating = score(SME, firm({"rd_to_revenue": 2.5, "rd_to_cost": 26.0}), as_of=AS_OF)
    assert (rating.line("rd").points, rating.line("rd").input) == (40, "rd_to_cost")


@pytest.mark.parametrize(
    ("values", "points", "grade"),
    [
        ((30, 6, 1), 100, "pass"),
        ((10, 6, 1), 84, "pass"),
        ((10, 5, 2), 56, "fail"),
        ((30, 4, 1), 80, "pass"),
        ((9.99, 6, 1), 80, "fail"),
    ],
)
def test_a_technology_sme_passes_at_sixty_unless_its_staff_gives_nothing(
    values: tuple[float, float, float], points: int, grade: str
) -> None:
    names = ("rd_staff_share", "rd_to_revenue", "class_one_ip")
    given = dict(zip(names, map(float, values), strict=True))
    if values[2] == 2:
        given |= {"class_one_ip": 0.0, "class_two_ip": 2.0}
    rating = score(SME, firm(given), as_of=AS_OF)
    assert (rating.score, rating.grade) == (points * 100, grade)


GOOD = {
    "own_class_one": 1.0,
    "rd_to_revenue": 3.0,
    "main_revenue_growth": 10.0,
    "debt_ratio": 60.0,
    "strategic_industry": "none",
    "main_business_share": 60.0,
}


def test_an_innovative_sme_needs_its_least_in_each_part() -> None:
    rating = score(NEW, firm(GOOD), as_of=AS_OF)
    assert (rating.score, dict(rating.dimensions), rating.grade) == (
        7000,
        {"innovation": 3000, "growth": 2000, "special": 2000},
        "pass",
    )
    weak = score(NEW, firm(GOOD | {"main_revenue_growth": 2.0}), as_of=AS_OF)
    assert (weak.score, weak.grade, weak.by_score) == (6000, "fail", "pass")


@pytest.mark.parametrize("fact", NEW.facts)
def test_direct_recognition_passes_whatever_the_points(fact: str) -> None:
    assert score(NEW, firm({fact: True}), as_of=AS_OF).grade == "pass"
    assert score(NEW, firm({fact: False}), as_of=AS_OF).grade == "fail"


@pytest.mark.parametrize(
    ("judged", "points", "is_outside"),
    [(None, 25, False), (25, 25, False), (28, 28, False), (30, 30, False), (31, 30, True)],
)
def test_an_expert_judges_within_the_range_of_the_band(
    judged: int | None, points: int, is_outside: bool
) -> None:
    rating = score(
        HIGH, firm({"conversions_per_year": 5.0, "judged_conversion": judged}), as_of=AS_OF
    )
    assert rating.line("conversion").points == points
    assert ("JUDGED_OUTSIDE" in {reason.code for reason in rating.reasons}) is is_outside


def test_points_for_standards_do_not_lift_property_rights_over_thirty() -> None:
    most = {"judged_advance": 8, "judged_support": 8, "class_one_ip": 2, "judged_number": 8}
    whole = firm(most | {"judged_own": 6, "judged_standards": 2})
    assert score(HIGH, whole, as_of=AS_OF).dimensions["ip"] == 3000


def test_a_high_tech_firm_needs_more_than_seventy() -> None:
    given = {"conversions_per_year": 5, "judged_conversion": 30, "judged_growth": 20}
    given |= {
        "judged_system": 6,
        "judged_facility": 6,
        "judged_incentive": 4,
        "judged_training": 4,
    }
    assert score(HIGH, firm(given), as_of=AS_OF).score == 7000
    assert score(HIGH, firm(given), as_of=AS_OF).grade == "fail"
    assert score(HIGH, firm(given | {"judged_own": 1}), as_of=AS_OF).grade == "pass"
