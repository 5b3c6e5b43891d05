"""A card as one ibis expression, for registers that no memory holds.

Loaded only where it is asked for. The expression reads and writes nothing: whoever connects
decides whether DuckDB or Spark reckons it.

>>> import ibis
>>> from datetime import date
>>> from qiying.engines.scorecard import read_card
>>> from qiying.engines.scorecard.cards import card_text
>>> card = read_card(card_text("tech-sme-1"))
>>> rows = {"firm": ["a"], "rd_staff_share": [25.0], "rd_to_revenue": [5.9]}
>>> table = ibis.memtable({**rows, "rd_to_cost": [0.0], "class_one_ip": [0], "class_two_ip": [3]})
>>> rated = rate(typed(table, card), card, as_of=date(2026, 1, 1)).select("score", "grade", "top_1")
>>> ibis.duckdb.connect().to_pyarrow(rated).to_pylist()
[{'score': 7400, 'grade': 'pass', 'top_1': 'ip'}]
"""

from qiying.engines.scorecard.bulk._rate import TOPS, rate
from qiying.engines.scorecard.bulk._rows import (
    ROW,
    counts,
    faults_in,
    lacking,
    marked,
    places,
    typed,
)

__all__ = ["ROW", "TOPS", "counts", "faults_in", "lacking", "marked", "places", "rate", "typed"]
