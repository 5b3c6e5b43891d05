"""A card as one expression: equal to Python and to decimals, bad cells named."""

from typing import Any

import ibis
import pyarrow as pa
import pytest

from qiying.engines.scorecard import Card, Firm, Unusable, bulk, reckon, score
from tests.engines.scorecard.made import AS_OF, CARDS, any_firm

# ibis asks DuckDB for Arrow by an older name.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
ALL = CARDS.values()


def table_of(card: Card, firms: list[Firm]) -> Any:
    """A wide table with the days of evidence beside the values."""
    kinds = {n: pa.float64() for n in card.numbers} | {n: pa.string() for n in card.words}
    kinds |= {name: pa.bool_() for name in card.facts}
    columns = {"firm": pa.array([f.code for f in firms])}
    for name, kind in kinds.items():
        columns[name] = pa.array([f.facts[name].value for f in firms], kind)
        columns[f"{name}_until"] = pa.array([f.facts[name].until for f in firms], pa.date32())
    return pa.table(columns)


def reckoned(card: Card, table: Any) -> list[dict[str, Any]]:
    connection = ibis.duckdb.connect()
    try:
        ibis.options.sql.fuse_selects = False
        given = ibis.memtable(table)
        kept = bulk.typed(given, card)
        rated = bulk.rate(kept, card, as_of=AS_OF, keeps_points=True)
        found: list[dict[str, Any]] = connection.to_pyarrow(rated).to_pylist()
        return found
    finally:
        connection.disconnect()


def wanted(card: Card, firm: Firm) -> dict[str, Any]:
    rating = score(card, firm, as_of=AS_OF)
    tops = dict(zip(bulk.TOPS, (*rating.top, "", "", ""), strict=False))
    names = ("firm", "stage", "coverage", "raw", "score", "by_score", "grade", "pd")
    return (
        {name: getattr(rating, name) for name in (*names, "is_provisional", "is_refused")}
        | {f"part_{code}": value for code, value in rating.dimensions.items()}
        | {f"points_{line.code}": line.points for line in rating.lines}
        | tops
    )


def compare(card: Card, count: int) -> None:
    firms = [any_firm(card, seed) for seed in range(count)]
    found = {row["firm"]: row for row in reckoned(card, table_of(card, firms))}
    assert len(found) == count
    for firm in firms:
        row = found[firm.code]
        assert row == wanted(card, firm)
        answer = reckon(card, firm, as_of=AS_OF)
        assert (row["score"], row["grade"], row["coverage"]) == (
            answer.score,
            answer.grade,
            answer.coverage,
        )
        assert tuple(row[top] for top in bulk.TOPS if row[top]) == answer.top


@pytest.mark.parametrize("card", ALL, ids=list(CARDS))
def test_an_expression_rates_as_python_and_decimals_do(card: Card) -> None:
    compare(card, 400)


@pytest.mark.full
@pytest.mark.parametrize("card", ALL, ids=list(CARDS))
def test_a_hundred_thousand_firms_are_rated_alike_three_ways(card: Card) -> None:
    compare(card, 100_000)


TEXT = {
    "firm": ["a", "b", "b", "", "c", "d"],
    "rd_staff_share": ["30", "x", "20", "20", "101", " 9.5 "],
    "rd_to_revenue": ["6", "6", "NA", "1", "1", ""],
    "rd_to_cost": [None] * 6,
    "class_one_ip": ["1"] * 6,
    "class_two_ip": ["0"] * 6,
}


def test_bad_cells_are_named_and_their_rows_left_unrated() -> None:
    card = CARDS["tech-sme-1"]
    kinds = pa.schema([(name, pa.string()) for name in TEXT])
    table = pa.table(TEXT, schema=kinds)
    table = table.append_column(bulk.ROW, pa.array(range(1, 7)))
    connection = ibis.duckdb.connect()
    given = ibis.memtable(table)
    counted = {
        k: v[0] for k, v in connection.to_pyarrow(bulk.counts(given, card)).to_pydict().items()
    }
    faults = bulk.faults_in(given, card, counted)
    assert {(f.place, f.code, f.value) for f in faults} == {
        ("firms.firm", "no_firm", "1"),
        ("firms.firm", "repeated_firm", "2"),
        ("firms.rd_staff_share", "no_number", "1"),
        ("firms.rd_staff_share", "out_of_range", "1"),
    }
    named = connection.to_pyarrow(bulk.places(given, card, faults)).to_pylist()
    assert {(p["row"], p["column"], p["code"], p["value"]) for p in named} == {
        (2, "firm", "repeated_firm", "b"),
        (3, "firm", "repeated_firm", "b"),
        (4, "firm", "no_firm", ""),
        (2, "rd_staff_share", "no_number", "x"),
        (5, "rd_staff_share", "out_of_range", "101"),
    }
    connection.disconnect()
    rated = {row["firm"]: (row["score"], row["grade"]) for row in reckoned(card, table)}
    assert rated == {"a": (10000, "pass"), "d": (3000, "fail")}


def test_a_value_without_evidence_counts_as_missing_where_evidence_is_asked_for() -> None:
    card = CARDS["tech-sme-1"]
    rows = {"firm": ["a"], "rd_staff_share": [30.0], "rd_to_revenue": [6.0], "rd_to_cost": [0.0]}
    rows |= {"class_one_ip": [1.0], "class_two_ip": [0.0]}
    proven = {
        f"{name}_evidence": ["" if name == "rd_to_revenue" else "e1"] for name in card.scales
    }
    connection = ibis.duckdb.connect()
    given = ibis.memtable(pa.table(rows | proven))
    kept = bulk.typed(given, card, needs_evidence=True)
    found = connection.to_pyarrow(bulk.rate(kept, card, as_of=AS_OF)).to_pylist()
    connection.disconnect()
    assert (found[0]["score"], found[0]["top_1"]) == (5000, "rd")


def test_a_table_without_a_column_of_the_card_is_refused() -> None:
    with pytest.raises(Unusable) as caught:
        bulk.typed(ibis.memtable(pa.table({"firm": ["a"]})), CARDS["tech-sme-1"])
    assert ("firms.rd_to_cost", "no_column") in {(f.place, f.code) for f in caught.value.faults}
