"""The same expressions on Spark, in local mode; skipped where there is no pyspark or no Java."""

import importlib.util
import shutil
import warnings
from collections.abc import Iterator
from typing import Any

import ibis
import numpy as np
import pytest

from qiying.engines.composite import bulk
from tests.engines.composite.bulk_made import (
    Reckon,
    apart,
    arrow,
    by_duckdb,
    firms,
    panel,
    rows_of,
    scheme,
    tree,
    unlike,
)
from tests.engines.composite.made import plan

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None, reason="pyspark is not installed"
    ),
    pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java"),
    # pyspark has much to say of pandas and of sockets; none of it is ours to mend.
    pytest.mark.filterwarnings("ignore"),
]
NODES = tree(9)


@pytest.fixture(scope="module")
def by_spark() -> Iterator[Reckon]:
    sql = pytest.importorskip("pyspark.sql")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
        connection = ibis.pyspark.connect(session)
    ibis.options.sql.fuse_selects = False

    def reckon(columns: Any, make: Any) -> dict[str, list[Any]]:
        session.createDataFrame(arrow(columns)).createOrReplaceTempView("given")
        found: dict[str, list[Any]] = connection.to_pyarrow(
            make(connection.table("given"))
        ).to_pydict()
        return found

    yield reckon
    session.stop()


@pytest.mark.parametrize(
    ("steps", "is_exact"),
    [
        (('screen by="missing"; at_least=0.4', "normalise low=1.0; high=100.0"), True),
        (('normalise method="rank"; frame="all"',), True),
        (('normalise method="goalposts"; cap=true; frame="2021..2022"',), True),
        (("impute", "normalise", 'aggregate method="gmean"; at_least=0.5'), False),
        (('normalise method="zscore"; low=100.0; high=10.0', 'aggregate method="mpi"'), False),
        (('normalise method="percentile"', 'aggregate method="genmean"; power=3.0'), False),
    ],
)
def test_a_panel_on_spark_equals_the_engine_and_duckdb(
    by_spark: Reckon, steps: tuple[str, ...], is_exact: bool
) -> None:
    draw = np.random.default_rng(6)
    values = np.exp(draw.normal(size=(3, 40, 9)))
    values[draw.random(values.shape) < 0.1] = np.nan
    cube, orders = panel(values, NODES), plan(*steps)
    rows = rows_of(cube, is_text=True)

    answers = [
        reckon(rows, lambda table: bulk.scores(table, NODES, orders))
        for reckon in (by_spark, by_duckdb)
    ]

    for found in answers:
        worst = apart(orders, cube, found)
        assert worst.pop("rank") == 0
        assert max(worst.values()) <= (0 if is_exact else bulk.CLOSE)
        assert bulk.recount(orders, NODES, rows, found) == ()
    if is_exact:
        tables = [
            arrow(found).sort_by([("Time", "ascending"), ("uCode", "ascending")])
            for found in answers
        ]
        assert tables[0].to_pydict() == tables[1].to_pydict()


@pytest.mark.parametrize("seed", range(3))
def test_classes_on_spark_equal_the_engine_to_the_last_digit(by_spark: Reckon, seed: int) -> None:
    assert unlike(scheme(most_lift=2), firms(300, seed), by_spark) == []
