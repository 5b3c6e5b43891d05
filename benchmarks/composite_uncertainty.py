"""How firm is an index: a thousand replicates beside plain pandas, 2,000 models exactly, duels.

The tables are COINr's public ASEM example where it stands beside the repository, otherwise an
invented table of the same size. The peer runs some of the same replicates from the start, one by
one, in an environment of its own; its time is counted up to the thousand. CPU seconds.

    python benchmarks/composite_uncertainty.py [--quick]
"""

import csv
import json
import math
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from qiying.engines.composite import (
    Aggregate,
    Cube,
    Plan,
    Uncertainty,
    aggregate,
    read_plan,
    read_tables,
    sensitivity,
    uncertainty,
    variant,
)

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT.parent / "shared" / "data" / "asem"
PLAN = ROOT / "examples" / "asem.toml"
PEER = ROOT / "benchmarks" / "peers" / "pandas_index.py"
PEER_HOME = ROOT / "var" / "bench" / "pandas"
SEED = 7
SAME = 1e-12
T = TypeVar("T")


def invented(folder: Path, *, units: int = 51, seed: int = 5) -> None:
    """Two tables of the size and shape of the public example: 49 indicators, 8, 2, 1."""
    draw = np.random.default_rng(seed)
    meta = [["iCode", "iName", "Type", "Level", "Parent", "Direction", "Weight", "Denominator"]]
    names = ["Area", "Energy", "GDP", "Population"]
    for number in range(49):
        below = names[number % 4] if number % 5 == 0 else ""
        turn = -1 if number % 4 == 3 else 1
        row = [f"x{number}", f"X{number}", "Indicator", 1, f"p{number % 8}", turn, 1, below]
        meta.append(row)
    meta += [[f"p{n}", f"P{n}", "Aggregate", 2, f"s{n % 2}", 1, 1, ""] for n in range(8)]
    meta += [[f"s{n}", f"S{n}", "Aggregate", 3, "index", 1, 1, ""] for n in range(2)]
    meta += [["index", "Index", "Aggregate", 4, "", 1, 1, ""]]
    meta += [[name, name, "Denominator", "", "", "", "", ""] for name in names]
    meta += [["EurAsia_group", "Group", "Group", "", "", "", "", ""]]
    width = draw.uniform(0.1, 1.3, 49)
    values = np.exp(width * draw.standard_normal((units, 49)))
    values[draw.random(values.shape) < 0.02] = np.nan
    data = [["uCode", "uName", "EurAsia_group", *names, *(f"x{n}" for n in range(49))]]
    for unit in range(units):
        below = draw.lognormal(3, 1, 4).tolist()
        group = "Asia" if unit % 2 else "Europe"
        cells = ["" if math.isnan(v) else v for v in values[unit].tolist()]
        data.append([f"u{unit}", f"U{unit}", group, *below, *cells])
    for name, rows in (("iData.csv", data), ("iMeta.csv", meta)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


def cube_in(folder: Path) -> Cube:
    """Both tables of a folder."""
    tables = []
    for name in ("iData.csv", "iMeta.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            tables.append(list(csv.DictReader(file)))
    return read_tables(*tables)


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure, and compare with the peer in the same run."""
    plan = read_plan(PLAN.read_text(encoding="utf-8"))
    with threadpool_limits(1), tempfile.TemporaryDirectory() as made:
        folder, kind = TABLES, "public tables"
        if not TABLES.exists():
            invented(Path(made))
            folder, kind = Path(made), "invented tables"
        cube = cube_in(folder)
        uncertainty(plan, cube, replicates=20, seed=SEED)
        spent, found = _least(lambda: _ranked(plan, cube), 2 if quick else 5)
        exact, _ = _least(lambda: sensitivity(plan, cube, seed=1), 1 if quick else 3)
        picks = list(range(0, 1000, 500 if quick else 20))
        peer = peer_runs(plan, cube, folder, found, picks)
    return [
        _row(f"composite_1000_replicates ({kind})", spent, 0.15, "CPU-s"),
        _beside(spent, peer),
        _row("composite_equal_to_pandas", peer["difference"], SAME, "relative"),
        _row("composite_2000_models_exactly", exact, 0.3, "CPU-s"),
        _row("composite_copeland_90x49", duels(), 5.0, "CPU-ms"),
    ]


def _ranked(plan: Plan, cube: Cube) -> Uncertainty:
    found = uncertainty(plan, cube, replicates=1000, seed=SEED)
    found.quantiles()
    return found


def _least(work: Callable[[], T], times: int) -> tuple[float, T]:
    """The least CPU seconds of some runs, and what the last gave."""
    least = math.inf
    for _ in range(times):
        start = time.process_time()
        found = work()
        least = min(least, time.process_time() - start)
    return least, found


def duels() -> float:
    """CPU-milliseconds of one Copeland ranking of 90 units by 49 indicators."""
    z = np.random.default_rng(3).random((90, 49))
    step = Aggregate(method="copeland")
    w = np.full((1, 49), 1 / 49)
    return 1000 * _least(lambda: aggregate(z, w, "copeland", step), 9)[0]


def peer_runs(
    plan: Plan, cube: Cube, folder: Path, found: Uncertainty, picks: list[int]
) -> dict[str, Any]:
    """Time of the peer's runs of some replicates, and the largest relative difference of a score."""
    try:
        python = _peer_python()
    except (OSError, subprocess.CalledProcessError):
        return {"cpu_s": None, "difference": 0.0, "name": "pandas (could not be installed here)"}
    with tempfile.TemporaryDirectory() as made:
        here = Path(made)
        for name in ("iData.csv", "iMeta.csv"):
            (here / name).write_bytes((folder / name).read_bytes())
        words = [_words(*variant(plan, cube, found.parameters[n], seed=SEED)) for n in picks]
        (here / "variants.json").write_text(json.dumps(words), encoding="utf-8")
        command = [python, PEER, here]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        scores = json.loads((here / "scores.json").read_text(encoding="utf-8"))
    facts = json.loads(said)
    ours = found.scores[picks, 0]
    theirs = [[one.get(unit) for unit in cube.units] for one in scores]
    other = np.array(theirs, dtype=np.float64)
    assert np.array_equal(np.isnan(ours), np.isnan(other)), "a score that one of the two lacks"
    apart = np.nanmax(np.abs(ours - other) / np.abs(ours))
    name = f"pandas {facts['version']}, {len(picks)} of them counted up"
    return {"cpu_s": facts["cpu_s"] / facts["runs"] * 1000, "difference": apart, "name": name}


def _words(plan: Plan, cube: Cube) -> dict[str, Any]:
    """One replicate in words that the peer reads."""
    steps = {step.do: asdict(step) for step in plan.steps}
    normalise = {key: steps["normalise"][key] for key in ("method", "low", "high")}
    own = steps["weigh"]["times"]
    times = {node.code: own.get(node.code, 1.0) for node in cube.nodes}
    return {
        "winsorise": steps["treat"]["winsorise"],
        "normalise": normalise,
        "times": times,
        "aggregate": steps["aggregate"]["method"],
    }


def _peer_python() -> Path:
    python = PEER_HOME / "bin" / "python"
    if not (PEER_HOME / "ready").exists():
        venv.create(PEER_HOME, with_pip=True, clear=True)
        command = [python, "-m", "pip", "install", "--quiet", "pandas>=2.2,<4"]
        subprocess.run(command, capture_output=True, check=True)
        (PEER_HOME / "ready").touch()
    return python


def _beside(spent: float, peer: dict[str, Any]) -> dict[str, Any]:
    theirs = peer["cpu_s"]
    ratio = None if theirs is None else theirs / spent
    return {
        **_row("composite_1000_beside_pandas", spent, 500, "CPU-s"),
        "peer": theirs,
        "peer_name": peer["name"],
        "ratio": ratio,
        "holds": ratio is None or ratio >= 500,
    }


def _row(name: str, ours: float, bar: float, unit: str) -> dict[str, Any]:
    """A row that wants at most its bar."""
    return {
        "name": name,
        "ours": float(ours),
        "peer": None,
        "peer_name": None,
        "ratio": None,
        "bar": bar,
        "holds": bool(ours <= bar),
        "unit": unit,
    }


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        print(json.dumps(row, ensure_ascii=False))
