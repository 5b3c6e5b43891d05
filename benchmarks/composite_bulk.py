"""A province's table of firms: 1,000,000 rows read, rated by class rules and written.

Invented numbers. The expression on DuckDB beside the same rules in plain pandas, each in a process
of its own: CPU seconds and the most memory of that process. Ranks and classes of the two are held
against each other firm by firm.

    python benchmarks/composite_bulk.py [--quick]
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from qiying.engines.composite.classes import Bonus, Item, Scheme, Veto

FIRMS, QUICK, POOLS = 1_000_000, 100_000, 90
SCHEME = Scheme(
    items=(
        Item("tax", 40.0, 20.0, cap=1.5),
        Item("value", 35.0, 100.0, missing="zero"),
        Item("energy", 25.0, rule="span"),
    ),
    least={"A": 55.0},
    bonuses=(Bonus("champion", 3.0), Bonus("unicorn", lift=1)),
    vetoes=(Veto("accident"), Veto("arrears", "C")),
)
FACTS = ("champion", "unicorn", "accident", "arrears")


def write_firms(path: Path, count: int) -> None:
    """Invented firms of ninety counties; one value in twenty is missing."""
    draw = np.random.default_rng(4)
    columns: dict[str, Any] = {
        "unit": [f"u{n}" for n in range(count)],
        "pool": np.char.add("p", draw.integers(0, POOLS, count).astype(str)),
    }
    for item, scale in (("tax", 8.0), ("value", 60.0), ("energy", 2.0)):
        values = np.round(np.exp(draw.normal(size=count)) * scale, 4)
        values[draw.random(count) < 0.05] = np.nan
        columns[item] = values
    for fact in FACTS:
        columns[fact] = (draw.random(count) < 0.03).astype(int)
    pd.DataFrame(columns).to_csv(path, index=False)


def by_duckdb(path: Path, out: Path) -> None:
    """The command without its recount: what it does is what is measured."""
    from typer.testing import CliRunner  # noqa: PLC0415 - the other process does not load it

    from qiying.config.cli.index import app  # noqa: PLC0415

    rules = path.with_suffix(".toml")
    rules.write_text(RULES, encoding="utf-8")
    words = ["--data", str(path), "--rules", str(rules), "--out", str(out.parent)]
    words += ["--format", "parquet", "--recount", "0"]
    done = CliRunner().invoke(app, ["bulk-classes", *words])
    assert done.exit_code == 0, done.output
    (out.parent / "classes.parquet").rename(out)


RULES = """
version = 1
least = { A = 55.0 }
[[item]]
code = "tax"
weight = 40
base = 20
cap = 1.5
[[item]]
code = "value"
weight = 35
base = 100
missing = "zero"
[[item]]
code = "energy"
weight = 25
rule = "span"
[[bonus]]
code = "champion"
points = 3
[[bonus]]
code = "unicorn"
lift = 1
[[veto]]
code = "accident"
[[veto]]
code = "arrears"
worst = "C"
"""


def by_pandas(path: Path, out: Path) -> None:
    """The same rules as somebody would write them for a table that fits into memory."""
    table = pd.read_csv(path)
    pool = table.groupby("pool")
    score = pd.Series(0.0, index=table.index)
    for item in SCHEME.items:
        x = table[item.code]
        if item.rule == "base":
            points = (x / item.base).clip(0.0, item.cap or np.inf) * item.weight
        else:
            least, most = pool[item.code].transform("min"), pool[item.code].transform("max")
            points = (item.floor + (1 - item.floor) * (x - least) / (most - least)) * item.weight
        mean = points.groupby(table["pool"]).transform("mean")
        score += points.fillna(mean if item.missing == "mean" else 0.0)
    score += 3.0 * table["champion"]
    rank = score.groupby(table["pool"]).rank(ascending=False, method="min").astype(int)
    count = pool["unit"].transform("size")
    place = sum((rank > np.floor(share * count + 0.5)).astype(int) for share in (0.2, 0.6, 0.95))
    place = place.where((place > 0) | (score >= 55.0), 1)
    place = (place - table["unicorn"]).clip(lower=0)
    place = np.maximum(place, np.maximum(3 * table["accident"], 2 * table["arrears"]))
    final = np.array(SCHEME.names)[place]
    pd.DataFrame({"unit": table["unit"], "rank": rank, "final": final}).to_parquet(out)


def measure(way: str, path: Path, out: Path) -> dict[str, float]:
    """CPU seconds over all threads, wall seconds and GiB of this process."""
    wall, start = time.perf_counter(), time.process_time()
    (by_duckdb if way == "duckdb" else by_pandas)(path, out)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "cpu": time.process_time() - start,
        "wall": time.perf_counter() - wall,
        "memory": memory,
    }


def run(quick: bool) -> list[dict[str, Any]]:
    """Write the firms, rate them twice and compare."""
    count = QUICK if quick else FIRMS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "firms.csv"
        write_firms(path, count)
        facts, tables = {}, {}
        for way in ("duckdb", "pandas"):
            out = Path(folder) / f"{way}.parquet"
            command = [sys.executable, str(Path(__file__)), "--measure", way, str(path), str(out)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            facts[way] = json.loads(said.splitlines()[-1])
            tables[way] = pd.read_parquet(out).set_index("unit").sort_index()
    ours, theirs = tables["duckdb"], tables["pandas"]
    unlike = int((ours["final"] != theirs["final"]).sum())
    name = f"composite_bulk_{count}_firms"
    rows = [
        _row(f"{name}_{what}_{unit}", facts, what)
        for what, unit in (("cpu", "s"), ("wall", "s"), ("memory", "gib"))
    ]
    # pandas rounds where our sums do not: equal scores may part, and one firm cross a border.
    return [*rows, _classes(f"{name}_classes_unlike_pandas", unlike, count)]


def _row(name: str, facts: dict[str, dict[str, float]], what: str) -> dict[str, Any]:
    ours, theirs = facts["duckdb"][what], facts["pandas"][what]
    return {
        "name": name,
        "ours": ours,
        "peer": theirs,
        "peer_name": "pandas",
        "ratio": ours / theirs,
        "bar": None,
        "holds": True,
    }


def _classes(name: str, unlike: int, count: int) -> dict[str, Any]:
    return {
        "name": name,
        "ours": float(unlike),
        "peer": None,
        "peer_name": None,
        "ratio": None,
        "bar": count / 1e5,
        "holds": unlike <= count / 1e5,
    }


if __name__ == "__main__":
    if "--measure" in sys.argv:
        way, path, out = sys.argv[2:5]
        print(json.dumps(measure(way, Path(path), Path(out))))
    else:
        for row in run("--quick" in sys.argv):
            print(json.dumps(row, ensure_ascii=False))
