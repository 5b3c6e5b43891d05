"""Denominate, screen, impute, treat, normalise: hand-worked values, and a mark on every cell."""

import numpy as np
import pytest

from qiying.engines.composite import Node, Origin, cube_of, run
from tests.engines.composite.made import codes, cube, plan, table

NAN = np.nan
TAIL = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 100]
GROUPS = {"g": np.array([["n", "n", "s", "s", "s"]])}


def column(*values: float, **more: object) -> object:
    return cube([[v] for v in values], **more)


def test_a_value_goes_over_its_denominator_and_nothing_over_nought_is_missing() -> None:
    meta = (
        Node("x", "X", "Indicator", 1, "index", denominator="d"),
        Node("y", "Y", "Indicator", 1, "index"),
        Node("index", "Index", "Aggregate", 2),
        Node("d", "People", "Denominator"),
    )
    below = {"d": np.array([[2.0, 0.0, NAN]])}
    data = cube_of([[6.0, 1], [6, 1], [6, 1]], meta, denominators=below)
    result = run(plan("denominate"), data)
    np.testing.assert_array_equal(result.tables["denominate"][0], [[3, 1], [NAN, 1], [NAN, 1]])
    assert result.provenance[0, :, 0].tolist() == [Origin.DENOMINATED, Origin.MISSING, 1]
    assert ("no_denominator", (("cells", 2),)) in [(r.code, r.numbers) for r in result.reasons]


@pytest.mark.parametrize(
    ("order", "left"),
    [('by = "missing"; at_least = 0.5', [1, 1, 0]), ('by = "zeros"; at_least = 0.5', [0, 1, 1])],
)
def test_a_unit_with_too_little_is_out_and_says_so(order: str, left: list[int]) -> None:
    data = cube([[0.0, 0, 1], [1, 2, NAN], [5, NAN, NAN]])
    result = run(plan(f"screen {order}", 'impute method="mean"'), data)
    assert (~np.isnan(result.of("index")[0])).astype(int).tolist() == left
    gone = left.index(0)
    assert np.isnan(result.tables["impute"][0, gone]).all()
    assert ((result.provenance[0, gone] & Origin.SCREENED) > 0).all()
    assert result.ranks[0, gone, 0] == 0
    assert "screened" in codes(result)


@pytest.mark.parametrize(
    ("order", "filled"),
    [
        ('method = "mean"', 4.0),
        ('method = "median"', 3.0),
        ('method = "group_mean"; group = "g"', 6.0),
        ('method = "group_median"; group = "g"', 6.0),
    ],
)
def test_a_gap_is_filled_from_its_column_or_its_group(order: str, filled: float) -> None:
    data = column(1.0, 3, 3, 9, NAN, groups=GROUPS)
    result = run(plan(f"impute {order}"), data)
    assert result.tables["impute"][0, :, 0].tolist() == [1, 3, 3, 9, filled]
    assert result.provenance[0, :, 0].tolist() == [0, 0, 0, 0, Origin.MISSING | Origin.IMPUTED]


def test_a_group_without_values_leaves_the_gap_and_says_so() -> None:
    data = column(1.0, 3, NAN, NAN, NAN, groups=GROUPS)
    result = run(plan('impute method = "group_mean"; group = "g"'), data)
    assert np.isnan(result.tables["impute"][0, 2:]).all()
    assert "nothing_to_impute_from" in codes(result)


def test_a_gap_is_filled_from_the_units_other_indicators_good_upwards() -> None:
    # The unit stands at 0.75 and 0.25 of the others: half of the way from worst (90) to best (10).
    data = cube([[0.0, 0, 90], [1, 1, 10], [0.75, 0.25, NAN]], directions=(1, 1, -1))
    assert table(data, 'impute method = "row_mean"')[0, 2, 2] == pytest.approx(50)
    assert table(data, 'impute method = "row_median"')[0, 2, 2] == pytest.approx(50)


@pytest.mark.parametrize(
    ("method", "series"), [("last", [NAN, 2, 2, 8, 8]), ("linear", [2, 2, 5, 8, 8])]
)
def test_a_gap_is_filled_along_the_years(method: str, series: list[float]) -> None:
    years = ("2018", "2019", "2021", "2023", "2024")
    data = cube(np.array([NAN, 2, NAN, 8, NAN])[:, None, None], years=years)
    filled = table(data, f'impute method = "{method}"')[:, 0, 0]
    np.testing.assert_allclose(filled, series)


def test_expectation_and_maximisation_finds_the_regression_when_one_column_has_the_gaps() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(10, 3, 40)
    y = 2 * x + rng.normal(0, 1, 40)
    holes = np.where(np.arange(40) % 4 == 0, NAN, y)
    slope, start = np.polyfit(x[~np.isnan(holes)], holes[~np.isnan(holes)], 1)
    data = cube(np.column_stack([x, holes]))
    filled = table(data, 'impute method = "em"; ridge = 0')[0, :, 1]
    np.testing.assert_allclose(filled[::4], start + slope * x[::4], rtol=1e-6)
    np.testing.assert_array_equal(filled[1::4], holes[1::4])


def test_expectation_and_maximisation_stands_with_more_indicators_than_units() -> None:
    x = np.random.default_rng(1).normal(size=(6, 9))
    x[0, :3] = x[2, 5] = NAN
    assert np.isfinite(table(cube(x), 'impute method = "em"')).all()


def test_winsorising_moves_the_fewest_values_that_calm_the_shape() -> None:
    result = run(plan("treat winsorise = 2"), column(*TAIL))
    assert result.tables["treat"][0, :, 0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 30]
    assert result.provenance[0, -1, 0] == Origin.WINSORISED_HIGH
    mirrored = run(plan("treat winsorise = 2"), column(*[-v for v in TAIL]))
    assert mirrored.provenance[0, -1, 0] == Origin.WINSORISED_LOW


def test_what_winsorising_cannot_calm_is_transformed_from_its_own_values() -> None:
    result = run(plan("treat winsorise = 0"), column(*TAIL))
    x = np.array(TAIL)
    np.testing.assert_allclose(result.tables["treat"][0, :, 0], np.log(x - 1 + 0.99))
    assert (result.provenance == Origin.TRANSFORMED).all()
    assert codes(result) == {"transformed"}


@pytest.mark.parametrize(
    ("then", "formula"),
    [
        ("log", np.log),
        ("log_shift", lambda x: np.log(x - x.min() + 1)),
        ("log_plus", np.log),
        ("log_gii", lambda x: np.log((x.max() - 1) * (x - x.min()) / np.ptp(x) + 1)),
        ("box_cox", lambda x: (np.sqrt(x - x.min() + 1) - 1) / 0.5),
    ],
)
def test_each_transformation_is_its_formula(then: str, formula: object) -> None:
    done = table(column(*TAIL), f'treat winsorise = 0; power = 0.5; then = "{then}"')[0, :, 0]
    np.testing.assert_allclose(done, formula(np.array(TAIL)), rtol=1e-14)  # type: ignore[operator] # a function of the row


def test_a_transformation_that_cannot_be_leaves_the_values_and_says_why() -> None:
    small = column(*[v / 1000 for v in TAIL])
    refused = run(plan('treat winsorise = 0; then = "log_gii"'), small)
    np.testing.assert_array_equal(refused.tables["treat"], small.values)  # type: ignore[attr-defined] # a cube
    assert codes(refused) == {"would_reverse"}
    negative = run(plan('treat winsorise = 0; then = "log"'), column(*[v - 5 for v in TAIL]))
    assert codes(negative) == {"not_positive"}


def test_the_orders_of_one_indicator_are_obeyed() -> None:
    data = cube(np.column_stack([TAIL, TAIL, TAIL]))
    step = (
        'treat only.x2 = {winsorise = 0, then = "none"}; only.x3 = {forced = true, winsorise = 3}'
    )
    done = table(data, step)[0]
    assert (done[:, 0] != TAIL).sum() == 1
    np.testing.assert_array_equal(done[:, 1], TAIL)
    # Two from above, after which the shape leans the other way.
    assert done[:, 2].tolist() == [2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]


def test_the_frame_of_one_year_cuts_all_years() -> None:
    years = np.stack([np.array(TAIL), np.array(TAIL) * 2])[:, :, None]
    result = run(plan('treat winsorise = 2; frame = "0"'), cube(years))
    assert result.tables["treat"][1].max() == 30
    assert (result.provenance[1, -2:, 0] == Origin.WINSORISED_HIGH).all()


UP, DOWN = (1,), (-1,)
X = (2.0, 4.0, 4.0, 10.0)


@pytest.mark.parametrize(
    ("order", "directions", "expected"),
    [
        ('method = "minmax"', UP, [0, 25, 25, 100]),
        ('method = "minmax"', DOWN, [100, 75, 75, 0]),
        ('method = "minmax"; low = 1; high = 5', UP, [1, 2, 2, 5]),
        ('method = "zscore"; low = 50; high = 10', UP, (np.array(X) - 5) / 12**0.5 * 10 + 50),
        ('method = "scaled"; low = 0; high = 20', UP, [10, 20, 20, 50]),
        ('method = "scaled"; low = 0; high = 20', DOWN, [90, 80, 80, 50]),
        ('method = "rank"', UP, [1, 2, 2, 4]),
        ('method = "rank"', DOWN, [4, 2, 2, 1]),
        ('method = "borda"', UP, [0, 1, 1, 3]),
        ('method = "percentile"', UP, [0, 1 / 3, 1 / 3, 1]),
        ('method = "max_distance"', UP, [0, 0.25, 0.25, 1]),
        ('method = "target_distance"', UP, [0, 0.5, 0.5, 2]),
        ('method = "target_distance"; cap = true', UP, [0, 0.5, 0.5, 1]),
        ('method = "target_distance"', DOWN, [2, 1.5, 1.5, 0]),
        ('method = "reference_distance"; reference = "u3"', UP, [0, 1, 1, 4]),
        ('method = "goalposts"; low = 0; high = 8', UP, [0.25, 0.5, 0.5, 1.25]),
        ('method = "goalposts"; low = 0; high = 8; cap = true', UP, [0.25, 0.5, 0.5, 1]),
        ('method = "goalposts"; low = 0; high = 8; scale = 10.0', DOWN, [7.5, 5, 5, -2.5]),
        ('method = "max_share"', UP, [0.2, 0.4, 0.4, 1]),
        ('method = "max_share"', DOWN, [1, 0.5, 0.5, 0.2]),
        ('method = "vector"', UP, np.array(X) / 136**0.5),
        ('method = "none"', DOWN, [-2, -4, -4, -10]),
    ],
)
def test_each_normalisation_is_its_formula(
    order: str, directions: tuple[int, ...], expected: object
) -> None:
    data = column(*X, directions=directions, target=(6.0,))
    np.testing.assert_allclose(table(data, f"normalise {order}")[0, :, 0], expected, rtol=1e-14)


def test_the_numbers_of_the_indicator_table_hold_where_the_plan_says_nothing() -> None:
    extra = (("goalpost_lower", 0.0), ("goalpost_upper", 20.0), ("goalpost_scale", 100.0))
    data = column(*X, extra=(extra,))
    assert table(data, 'normalise method = "goalposts"')[0, :, 0].tolist() == [10, 20, 20, 50]
    own = table(data, 'normalise method = "goalposts"; high = 10; scale = 10.0')
    assert own[0, :, 0].tolist() == [2, 4, 4, 10]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ('method = "goalposts"', "no_goalposts"),
        ('method = "target_distance"', "no_target"),
        ('method = "reference_distance"; reference = "u1"', "target_not_above"),
    ],
)
def test_a_normalisation_that_lacks_its_numbers_says_so(order: str, code: str) -> None:
    assert code in codes(run(plan(f"normalise {order}"), column(*X)))


@pytest.mark.parametrize(
    ("method", "middle"), [("minmax", 50), ("zscore", 0), ("max_distance", 0.5), ("rank", 1)]
)
def test_a_constant_indicator_is_halfway_and_said(method: str, middle: float) -> None:
    result = run(plan(f'normalise method = "{method}"'), column(7.0, 7, NAN))
    assert result.tables["normalise"][0, :2, 0].tolist() == [middle, middle]
    assert np.isnan(result.tables["normalise"][0, 2, 0])
    assert codes(result) == (set() if method == "rank" else {"constant"})


def test_a_frozen_frame_makes_years_comparable_and_each_frame_is_found_again() -> None:
    first = np.array([0.0, 5, 10])
    data = cube(np.stack([first, first + 5])[:, :, None])
    by_year = table(data, "normalise")
    np.testing.assert_array_equal(by_year[0], by_year[1])
    frozen = table(data, 'normalise frame = "0"')[:, :, 0]
    np.testing.assert_allclose(frozen, [[0, 50, 100], [50, 100, 150]])
    pooled = table(data, 'normalise frame = "all"')[:, :, 0]
    np.testing.assert_allclose(pooled, [[0, 100 / 3, 200 / 3], [100 / 3, 200 / 3, 100]])
    cut = run(plan('normalise frame = "0"; cap = true'), data)
    assert cut.tables["normalise"][1, 2, 0] == 100
    assert cut.provenance[1, 2, 0] == Origin.CUT_TO_FRAME
