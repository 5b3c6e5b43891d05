"""Inequality, clustering, coupling: published values, definitions by all pairs, exact parts."""

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry import shape

from qiying.engines.composite import analysis
from tests.engines.composite.made import shared

INCOME = shared("regions", "zhejiang_11cities_income_2020Q1-Q3_with_pop.csv")
CENSUS = shared("regions", "zhejiang_census2020_indicators.csv")
BORDERS = shared("regions", "zhejiang_counties_tianditu_simplified.geojson")
GROUPS = {
    "杭": "北",
    "嘉": "北",
    "湖": "北",
    "绍": "北",
    "宁": "海",
    "温": "海",
    "台": "海",
    "舟": "海",
}
needs_regions = pytest.mark.skipif(not INCOME.exists(), reason="third-party data, not kept here")
DRAWN = st.lists(
    st.tuples(st.floats(0.1, 1000), st.integers(1, 50), st.sampled_from("abc")),
    min_size=2,
    max_size=12,
)


def cities() -> list[dict[str, str]]:
    with INCOME.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["region"] != "全省"]


def numbers(rows: list[dict[str, str]], name: str) -> np.ndarray:  # type: ignore[type-arg] # a column
    return np.array([float(row[name]) for row in rows])


@needs_regions
def test_the_check_values_of_eleven_cities() -> None:
    rows = cities()
    income, people = numbers(rows, "all_income_yuan"), numbers(rows, "pop")
    assert income.max() / income.min() == pytest.approx(1.6935, abs=5e-5)
    assert analysis.gini(income) == pytest.approx(0.081292, abs=5e-7)
    assert analysis.gini(income, people) == pytest.approx(0.065754, abs=5e-7)
    groups = [GROUPS.get(row["region"][0], "南") for row in rows]
    assert analysis.theil(income, groups, people).total == pytest.approx(0.0079420, abs=5e-8)
    parts = analysis.dagum(income, groups)
    found = (parts.within, parts.between, parts.overlap)
    np.testing.assert_allclose(found, (0.015391, 0.058042, 0.007858), atol=5e-7)
    cells = np.concatenate(
        [numbers(rows, "urban_income_yuan"), numbers(rows, "rural_income_yuan")]
    )
    heads = np.concatenate([numbers(rows, "urban_pop"), numbers(rows, "rural_pop")])
    nested = analysis.theil(cells, ["u"] * 11 + ["r"] * 11, heads)
    found = (nested.total, nested.between, nested.within)
    np.testing.assert_allclose(found, (0.0355119, 0.0302375, 0.0052745), atol=5e-8)


@pytest.mark.skipif(not BORDERS.exists(), reason="third-party data, not kept here")
@pytest.mark.parametrize(
    ("column", "published"),
    [
        ("years_schooling", 0.578860),
        ("urbanisation_pct", 0.441036),
        ("housing_m2_per_person", 0.536805),
        ("ict_rd_employment_pct", 0.648716),
        ("share_65plus_pct", 0.386620),
    ],
)
def test_the_check_values_of_clustering(column: str, published: float) -> None:
    plane = Transformer.from_crs(4326, 4549, always_xy=True)
    features = json.loads(BORDERS.read_text(encoding="utf-8"))["features"]
    centres = {
        str(f["properties"]["adcode"]): plane.transform(*shape(f["geometry"]).centroid.coords[0])
        for f in features
    }
    with CENSUS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["adcode"] in centres]
    assert len(rows) == 88
    near = analysis.nearest(np.array([centres[row["adcode"]] for row in rows]), 5)
    found = analysis.moran(numbers(rows, column), near, permutations=99)
    assert found.i == pytest.approx(published, abs=5e-7)
    assert found.p == 0.01
    assert found.local.sum() / (len(rows) - 1) == pytest.approx(found.i)


@settings(max_examples=60, deadline=None)
@given(DRAWN)
def test_inequality_is_what_all_pairs_say_and_its_parts_are_exact(
    drawn: list[tuple[float, int, str]],
) -> None:
    x = np.array([row[0] for row in drawn])
    people = np.array([float(row[1]) for row in drawn])
    groups = [row[2] for row in drawn]
    p = people / people.sum()
    apart = np.abs(x[:, None] - x[None, :]) * p[:, None] * p[None, :]
    by_pairs = apart.sum() / (2 * (p @ x))
    assert analysis.gini(x, people) == pytest.approx(by_pairs, abs=1e-12)
    for kind in ("T", "L"):
        parts = analysis.theil(x, groups, people, kind=kind)
        assert parts.within + parts.between == pytest.approx(parts.total, abs=1e-12)
        assert min(parts.within, parts.between) > -1e-12
        thrice = analysis.theil(np.tile(x, 3), groups * 3, np.tile(people, 3), kind=kind)
        assert thrice.total == pytest.approx(parts.total, abs=1e-12)
    split = analysis.dagum(x, groups, people)
    assert split.total == pytest.approx(by_pairs, abs=1e-12)
    assert min(split.within, split.between, split.overlap) > -1e-12


def test_groups_apart_have_no_overlap_and_equals_no_inequality() -> None:
    apart = analysis.dagum(np.array([1.0, 2, 10, 20]), list("aabb"))
    assert apart.overlap == pytest.approx(0, abs=1e-15)
    assert analysis.gini(np.full(4, 3.0)) == pytest.approx(0)
    assert analysis.theil(np.full(4, 3.0), list("aabb")).total == pytest.approx(0)


def test_moran_by_hand_and_seeded() -> None:
    # On a line 1 2 3 4 with one neighbour each: z = -1.5 -.5 .5 1.5.
    near = analysis.nearest(np.array([[0.0, 0], [1, 0], [2.5, 0], [3.5, 0]]), 1)
    assert near.ravel().tolist() == [1, 0, 3, 2]
    found = analysis.moran(np.array([1.0, 2, 3, 4]), near, permutations=50, seed=7)
    assert found.i == pytest.approx((0.75 * 4) / 5)
    assert found.quadrant.tolist() == [3, 3, 1, 1]
    again = analysis.moran(np.array([1.0, 2, 3, 4]), near, permutations=50, seed=7)
    assert found.p == again.p
    np.testing.assert_array_equal(found.p_local, again.p_local)


def test_the_adjusted_coupling_by_hand_and_the_standard_with_its_warning() -> None:
    # |0.4 - 0.8| = 0.4 and 0.4 / 0.8 = 0.5: C = sqrt(0.6 x 0.5).
    found = analysis.coupling(np.array([0.4, 0.8]))
    assert (found.c, found.t) == (pytest.approx(0.3**0.5), pytest.approx(0.6))
    assert found.d == pytest.approx((0.3**0.5 * 0.6) ** 0.5)
    assert analysis.GRADES[int(found.grade)] == "bare_coordination"
    # Three: mean difference 0.4, product of shares of the largest 0.5 x 0.25.
    three = analysis.coupling(np.array([0.8, 0.4, 0.2]))
    assert three.c == pytest.approx((0.6 * 0.125**0.5) ** 0.5)
    standard = analysis.coupling(np.array([0.4, 0.8]), is_adjusted=False)
    assert standard.c == pytest.approx(2 * 0.32**0.5 / 1.2)
    assert [reason.code for reason in standard.reasons] == ["saturates"]
    weighted = analysis.coupling(np.array([0.4, 0.8]), np.array([3.0, 1]))
    assert weighted.t == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("standard", "adjusted"),
    [(0.9989, 0.9404), (0.9984, 0.9238), (0.9935, 0.8660), (0.8868, 0.5440), (0.6101, 0.2700)],
)
def test_published_pairs_of_both_couplings_come_from_one_pair_of_levels(
    standard: float, adjusted: float
) -> None:
    """The study prints both couplings, not the two levels: they must give both numbers."""
    root = 1 / standard - (1 / standard**2 - 1) ** 0.5
    ratio = root**2
    gap = 1 - adjusted**2 / ratio
    high = gap / (1 - ratio)
    levels = np.array([high * ratio, high])
    assert 0 < levels[0] < levels[1] < 1
    assert float(analysis.coupling(levels, is_adjusted=False).c) == pytest.approx(standard)
    assert float(analysis.coupling(levels).c) == pytest.approx(adjusted)


def test_coupling_at_its_ends() -> None:
    found = analysis.coupling(np.array([[1.0, 1], [0, 1], [0, 0], [0.5, np.nan]]))
    np.testing.assert_array_equal(found.d, [1, 0, 0, np.nan])
    assert found.grade.tolist() == [9, 0, 0, -1]
    assert [r.code for r in analysis.coupling(np.array([0.5, 2])).reasons] == ["outside_0_1"]
    floored = analysis.coupling(np.array([0.0, 1.0]), floor=0.01)
    assert floored.t == pytest.approx(0.5)
    assert floored.d > 0


def test_obstacles_are_shares_of_what_is_lacking() -> None:
    z, w = np.array([[1.0, 0.5, 0], [1, 1, 1]]), np.array([0.2, 0.4, 0.4])
    np.testing.assert_allclose(analysis.obstacles(z, w), [[0, 1 / 3, 2 / 3], [0, 0, 0]])


def test_speed_counts_a_rise_that_quickens_more() -> None:
    scores = np.array([[0.0, 0, 0], [1, 2, 1.5], [3, 3, 3]])
    found = analysis.speed(scores)
    np.testing.assert_array_equal(found.slope, [[1, 2, 1.5], [2, 1, 1.5]])
    np.testing.assert_array_equal(found.trend, [[0, 0, 0], [1, -1, 0]])
    assert found.value[0] > found.value[2] > found.value[1]
    assert found.value[2] == 3
