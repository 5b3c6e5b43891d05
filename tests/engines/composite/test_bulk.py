"""Plans and class rules as expressions give what the numpy engine gives, or are refused."""

import math
from dataclasses import replace
from typing import Any

import ibis
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qiying.engines.composite import Node, Plan, Unusable, bulk, run
from qiying.engines.composite._plan import NORMALISATIONS
from qiying.engines.composite.bulk._cells import exact, total
from qiying.engines.composite.classes import Bonus
from tests.engines.composite.bulk_made import (
    apart,
    arrow,
    by_duckdb,
    differences,
    firms,
    panel,
    rows_of,
    scheme,
    table_of,
    tree,
    unlike,
)
from tests.engines.composite.made import plan

NODES = tree(9)
SLOW = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)
TABLE_SUMS = {"zscore", "vector"}


def drawn(seed: int, *, years: int = 3, units: int = 30, missing: float = 0.1) -> Any:
    draw = np.random.default_rng(seed)
    values = np.exp(draw.normal(size=(years, units, 9)))
    values[draw.random(values.shape) < missing] = np.nan
    values[:, 3, 1:] = np.nan
    return values


def scaling(method: str, frame: str) -> str:
    more = {"minmax": "; low=1.0; high=100.0", "reference_distance": '; reference="u1"'}
    if method == "zscore":
        return f'normalise method="zscore"; frame="{frame}"; low=100.0; high=10.0'
    return f'normalise method="{method}"; frame="{frame}"{more.get(method, "")}'


@pytest.mark.parametrize("mean", ["amean", "gmean", "hmean", "genmean", "mpi"])
@pytest.mark.parametrize("method", NORMALISATIONS)
def test_every_scale_and_mean_equals_the_engine(method: str, mean: str) -> None:
    cube = panel(drawn(1), NODES)
    for frame in ("year", "all", "2022..2023") if mean == "amean" else ("year",):
        orders = plan(
            'screen by="missing"; at_least=0.4',
            scaling(method, frame),
            f'aggregate method="{mean}"; at_least=0.4; power=3.0',
        )
        if bulk.judge(orders, NODES):
            assert frame != "year"
            continue
        found = differences(orders, cube, by_duckdb, rows=rows_of(cube, is_text=True))
        assert found.pop("rank") == 0
        assert max(found.values()) <= bulk.CLOSE
        if mean == "amean" and method not in TABLE_SUMS:
            assert max(found.values()) == 0, "sums go in numpy's order: every digit is the same"


@given(
    seed=st.integers(0, 10_000),
    scale=st.sampled_from(NORMALISATIONS),
    frame=st.sampled_from(["year", "all", "2021..2022"]),
    mean=st.sampled_from(["amean", "gmean", "hmean", "genmean", "mpi"]),
    fill=st.sampled_from(["", "mean", "group_mean"]),
    weigh=st.sampled_from(['weigh method="equal"', "weigh at={x1=0.0, g0=4.0}; times={x2=3.0}"]),
    coarse=st.booleans(),
)
@SLOW
def test_random_plans_over_uneven_panels_equal_the_engine(
    seed: int, scale: str, frame: str, mean: str, fill: str, weigh: str, coarse: bool
) -> None:
    draw = np.random.default_rng(seed)
    nodes = (*tree(9), Node("area", "Area", "Group"))
    values = drawn(seed, units=12)
    values = np.round(values, 1) + 0.1 if coarse else values
    areas = np.array([["a", "b", ""][n % 3] for n in range(12)], dtype="U64")
    areas = np.broadcast_to(areas, values.shape[:2]).copy()
    # Some units have no row in some year.
    gone = draw.random(values.shape[:2]) < 0.1
    gone[0, 0] = gone[0, 1] = gone[1, 1] = gone[2, 1] = False
    values[gone], areas[gone] = np.nan, ""
    cube = panel(values, nodes, groups={"area": areas})
    fills = [f'impute method="{fill}"; group="area"'] if fill else []
    orders = plan(*fills, scaling(scale, frame), weigh, f'aggregate method="{mean}"; at_least=0.3')
    assume(not bulk.judge(orders, nodes, years=cube.years, units=cube.units))
    rows = rows_of(cube)
    keep = [n for n, is_gone in enumerate(gone.ravel()) if fill == "" or not is_gone]
    rows = {name: [cells[n] for n in keep] for name, cells in rows.items()}

    answer = by_duckdb(rows, lambda table: bulk.scores(table, nodes, orders))

    found = apart(orders, cube, answer)
    found.pop("rank")
    assert max(found.values()) <= bulk.CLOSE
    assert bulk.recount(orders, nodes, rows, answer) == ()


def test_what_lies_near_nought_is_close_as_a_share_of_the_largest_score_only() -> None:
    cube = panel(drawn(3), NODES)
    orders = plan('normalise method="zscore"')
    found = differences(orders, cube, by_duckdb)
    assert max(found.values()) <= bulk.CLOSE


def test_denominators_divide_and_nought_below_leaves_nothing() -> None:
    nodes = (
        *(replace(n, denominator="d") if n.code in {"x0", "x4"} else n for n in NODES),
        Node("d", "D", "Denominator"),
    )
    below = np.random.default_rng(8).integers(0, 5, size=(3, 30)).astype(np.float64)
    cube = panel(drawn(8), nodes, denominators={"d": below})
    found = differences(plan("denominate", "normalise"), cube, by_duckdb)
    assert set(found.values()) == {0.0}


def test_a_constant_indicator_that_is_filled_stays_constant() -> None:
    values = np.full((1, 7, 9), 0.1)
    values[0, 2] = np.nan
    cube = panel(values, NODES)
    orders = plan("impute", "normalise")
    assert set(differences(orders, cube, by_duckdb).values()) == {0.0}
    assert run(orders, cube).of("index") == pytest.approx(50.0)


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 17, 85, 128, 129, 300])
def test_a_sum_goes_in_the_order_of_numpy_and_numbers_keep_all_digits(count: int) -> None:
    numbers = np.random.default_rng(count).normal(size=(2, count))
    table = {"n": [0, 1], **{f"c{k}": numbers[:, k].tolist() for k in range(count)}}
    found = by_duckdb(
        table,
        lambda t: t.select(
            "n",
            sum=total([t[f"c{k}"] for k in range(count)]),
            same=total([exact(x) for x in numbers[0].tolist()]),
        ).order_by("n"),
    )
    assert found["sum"] == numbers.sum(axis=-1).tolist()
    assert found["same"][0] == float(numbers.sum(axis=-1)[0])


@pytest.mark.parametrize(
    ("steps", "code", "column"),
    [
        (["treat", "normalise"], "not_in_bulk", "do"),
        (['impute method="median"', "normalise"], "not_in_bulk", "method"),
        (['normalise method="rank"; frame="2021"'], "not_in_bulk", "frame"),
        (["normalise", 'weigh method="entropy"'], "not_in_bulk", "method"),
        (["normalise", 'aggregate method="topsis"'], "not_in_bulk", "method"),
        (["normalise", 'aggregate at={g0="copeland"}'], "not_in_bulk", "at.g0"),
        (["impute", 'normalise method="borda"'], "not_equal_in_bulk", "x0"),
        (['normalise method="zscore"', 'aggregate method="gmean"'], "not_equal_in_bulk", "x0"),
        (["impute", "normalise low=-1.0", 'aggregate method="mpi"'], "not_equal_in_bulk", "x0"),
        (["impute", 'screen by="zeros"', "normalise"], "not_equal_in_bulk", "by"),
        (["impute", 'aggregate method="hmean"'], "not_equal_in_bulk", "method"),
        (['normalise frame="2019"'], "unknown_year", "frame"),
        (['normalise method="reference_distance"; reference="z"'], "unknown_unit", "reference"),
        (["normalise", "weigh at={y=1.0}"], "unknown_node", "y"),
    ],
)
def test_what_cannot_be_equal_is_refused_by_name(steps: list[str], code: str, column: str) -> None:
    faults = bulk.judge(plan(*steps), NODES, years=("2021",), units=("u1",))
    assert (code, column) in {(fault.code, fault.column) for fault in faults}


def test_codes_that_differ_by_case_alone_and_absent_columns_are_refused() -> None:
    twins = (*NODES, Node("X1", "Twin", "Indicator", 1, "g0"))
    assert [f.value for f in bulk.judge(plan("normalise"), twins)] == ["X1"]
    with pytest.raises(Unusable) as raised:
        bulk.scores(ibis.memtable(arrow({"uCode": ["a"], "x1": [1.0]})), NODES, plan("normalise"))
    assert {f.column for f in raised.value.faults} == {f"x{n}" for n in range(9)} - {"x1"}


def test_every_bad_place_of_a_panel_is_named() -> None:
    cube = panel(drawn(2, years=1, units=4, missing=0.0), NODES)
    rows = rows_of(cube, is_text=True)
    rows["x1"][2], rows["x2"][0], rows["uCode"][1], rows["uCode"][3] = "1,5", "inf", " ", "u3"
    rows |= {bulk.ROW: [1, 2, 3, 4]}
    counts = {k: v[0] for k, v in by_duckdb(rows, lambda t: bulk.checks(t, NODES)).items()}
    faults = bulk.faults_in(counts, NODES)
    assert {(f.code, f.column, f.value) for f in faults} == {
        ("repeated_unit", "uCode", "1"),
        ("no_unit", "uCode", "1"),
        ("no_number", "x1", "1"),
        ("no_number", "x2", "1"),
    }
    found = by_duckdb(rows, lambda t: bulk.places(t, NODES, faults))
    named = zip(*(found[k] for k in ("code", "row", "unit", "column", "value")), strict=True)
    assert sorted(named) == [
        ("no_number", 1, "u1", "x2", "inf"),
        ("no_number", 3, "u3", "x1", "1,5"),
        ("no_unit", 2, "", "uCode", ""),
        ("repeated_unit", 3, "u3", "uCode", "u3"),
        ("repeated_unit", 4, "u3", "uCode", "u3"),
    ]
    nothing = {"rows": 0, "keys": 0, "nameless": None}
    assert [f.code for f in bulk.faults_in(nothing, NODES)] == ["no_rows"]


def test_the_recount_names_a_score_and_a_rank_that_are_wrong() -> None:
    cube, orders = panel(drawn(5, years=2), NODES), plan("normalise")
    rows = rows_of(cube)
    found = by_duckdb(rows, lambda t: bulk.scores(t, NODES, orders))
    assert bulk.recount(orders, NODES, rows, found) == ()
    place = next(n for n, rank in enumerate(found["rank_index"]) if rank)
    found["index"][place] += 1e-9
    found["rank_g0"][place] += 1
    codes = [v.code for v in bulk.recount(orders, NODES, rows, found)]
    assert codes == ["rank", "score"]
    del found["uCode"][0]
    short = {name: cells[:-1] if len(cells) == 60 else cells for name, cells in found.items()}
    assert [v.code for v in bulk.recount(orders, NODES, rows, short)] == ["rows"]


def test_years_are_recounted_alone_only_where_they_stand_alone() -> None:
    sizes = {"2021": 40, "2022": 40, "2023": 50}

    def some(orders: Plan, *, is_complete: bool = True) -> tuple[str, ...]:
        return bulk.sample(sizes, 90, orders, NODES, is_complete=is_complete)

    assert some(plan("normalise")) == ("2023", "2022")
    assert some(plan('normalise frame="all"')) == ()
    assert some(plan("impute", "normalise"), is_complete=False) == ()
    assert bulk.sample(sizes, 130, plan('normalise frame="all"'), NODES, is_complete=True) == (
        "2021",
        "2022",
        "2023",
    )
    assert bulk.sample_pools({"large": 9, "small": 3, "new": 2}, 6) == ("new", "small")


@given(seed=st.integers(0, 10_000), most_lift=st.integers(0, 2), to=st.sampled_from("ABC"))
@SLOW
def test_classes_equal_the_engine_to_the_last_digit(seed: int, most_lift: int, to: str) -> None:
    rules = scheme(most_lift=most_lift, lift_to=to, exempt="none" if seed % 2 else "B")
    assert unlike(rules, firms(80, seed), by_duckdb) == []


def test_a_bonus_that_takes_away_is_refused_and_firms_that_cannot_be_used_are_named() -> None:
    rules, some = scheme(), firms(6, 1)
    negative = replace(rules, bonuses=(Bonus("champion", -1.0),))
    rows = table_of(some)
    with pytest.raises(Unusable, match="not_in_bulk"):
        bulk.rate(ibis.memtable(arrow(rows)), negative)
    rows["tax"][0], rows["unit"][4], rows["follows"][5] = "much", "u2", "nobody"
    counts = {k: v[0] for k, v in by_duckdb(rows, lambda t: bulk.firm_checks(t, rules)).items()}
    faults = bulk.firm_faults_in(counts, rules)
    found = by_duckdb(rows, lambda t: bulk.firm_places(t, rules, faults))
    named = zip(*(found[k] for k in ("code", "unit", "column", "value")), strict=True)
    assert sorted(named) == [
        ("no_number", "u0", "tax", "much"),
        ("nobody_to_follow", "u5", "follows", "nobody"),
        ("repeated_unit", "u2", "unit", "u2"),
        ("repeated_unit", "u2", "unit", "u2"),
    ]


def test_the_recount_of_classes_names_each_part_that_is_wrong() -> None:
    rules, rows = scheme(), table_of(firms(40, 4))
    found = by_duckdb(rows, lambda t: bulk.rate(t, rules))
    assert bulk.recount_classes(rules, rows, found) == ()
    place = next(n for n, rank in enumerate(found["rank"]) if rank)
    found["final"][place], found["score"][place] = "E", math.nan
    assert [v.code for v in bulk.recount_classes(rules, rows, found)] == ["score", "final"]
