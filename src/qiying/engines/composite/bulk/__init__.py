"""Plans and class rules as one ibis expression, for tables that no memory holds.

Loaded only where it is asked for; the engine beside it does not need ibis. The expression reads
and writes nothing: whoever connects decides whether DuckDB or Spark reckons it.

>>> import ibis
>>> from qiying.engines.composite import Node, read_plan
>>> nodes = (Node("x", "X", "Indicator", 1, "index"), Node("index", "Index", "Aggregate", 2))
>>> plan = read_plan('version = 1\\n[[step]]\\ndo = "normalise"\\n[[step]]\\ndo = "aggregate"')
>>> panel = ibis.memtable({"uCode": ["a", "b", "c"], "Time": ["2025"] * 3, "x": [1.0, 2.0, 5.0]})
>>> ibis.duckdb.connect().to_pyarrow(scores(panel, nodes, plan).order_by("uCode")).to_pylist()[1]
{'Time': '2025', 'uCode': 'b', 'index': 25.0, 'rank_index': 2}
"""

from qiying.engines.composite.bulk._faults import (
    ROW,
    checks,
    faults_in,
    firm_checks,
    firm_faults_in,
    firm_places,
    places,
)
from qiying.engines.composite.bulk._judge import judge
from qiying.engines.composite.bulk._panel import scores
from qiying.engines.composite.bulk._parts import (
    firms_of,
    pools,
    references,
    rows_of,
    typed,
    typed_firms,
    years,
)
from qiying.engines.composite.bulk._recount import (
    CLOSE,
    recount,
    recount_classes,
    sample,
    sample_pools,
)
from qiying.engines.composite.bulk._rules import judge_scheme, rate

__all__ = [
    "CLOSE",
    "ROW",
    "checks",
    "faults_in",
    "firm_checks",
    "firm_faults_in",
    "firm_places",
    "firms_of",
    "judge",
    "judge_scheme",
    "places",
    "pools",
    "rate",
    "recount",
    "recount_classes",
    "references",
    "rows_of",
    "sample",
    "sample_pools",
    "scores",
    "typed",
    "typed_firms",
    "years",
]
