"""All county-level units of a country: 2,844 x 100 indicators x 10 years x 10,000 replicates.

Invented numbers. Every replicate draws its weights and one of two normalisations and ranks every
unit in every year; beside it stands the bare matrix product of the same numbers, measured in the
same run: nothing that weighs them can be quicker. CPU seconds on one thread, and the most memory
of a process of its own.

    python benchmarks/composite_scale.py [--quick]
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from qiying.engines.composite import Cube, Node, cube_of, read_plan, uncertainty, variant
from qiying.engines.composite import run as run_plan

UNITS, INDICATORS, YEARS, REPLICATES, GROUPS = 2_844, 100, 10, 10_000, 10
PLAN = """
version = 1
[[step]]
do = "normalise"
frame = "all"
low = 1.0
high = 100.0
[[step]]
do = "weigh"
[[step]]
do = "aggregate"
[[factor]]
name = "normalise"
at = "normalise"
choices = [{ method = "minmax" }, { method = "zscore", low = 50.0, high = 10.0 }]
[[factor]]
name = "weights"
at = "weights"
spread = 0.25
sets = 5000
"""


def panel(years: int) -> Cube:
    """Invented values under ten groups and one index."""
    draw = np.random.default_rng(4)
    level = draw.standard_normal((1, UNITS, 1))
    values = np.exp(0.3 * (level + draw.standard_normal((years, UNITS, INDICATORS))))
    nodes = [Node(f"x{n}", f"X{n}", "Indicator", 1, f"g{n % GROUPS}") for n in range(INDICATORS)]
    nodes += [Node(f"g{n}", f"G{n}", "Aggregate", 2, "index") for n in range(GROUPS)]
    return cube_of(values, (*nodes, Node("index", "Index", "Aggregate", 3)))


def floor(years: int, replicates: int) -> float:
    """CPU seconds of the bare product of weights and values, in blocks of 500."""
    draw = np.random.default_rng(1)
    w, z = draw.random((500, INDICATORS)), draw.random((years * UNITS, INDICATORS))
    found = np.empty((500, years * UNITS))
    np.dot(w, z.T, out=found)
    start = time.process_time()
    for _ in range(replicates // 500):
        np.dot(w, z.T, out=found)
    return time.process_time() - start


def measure(*, quick: bool) -> dict[str, float]:
    """One analysis and its floor, with the memory that the process needed."""
    years, replicates = (2, 1_000) if quick else (YEARS, REPLICATES)
    with threadpool_limits(1):
        cube, plan = panel(years), read_plan(PLAN)
        low = floor(years, replicates)
        uncertainty(plan, panel(1), replicates=2, seed=1)  # loads what is loaded on first use
        start = time.process_time()
        found = uncertainty(plan, cube, replicates=replicates, seed=2, keeps_scores=False)
        spent = time.process_time() - start
        wrong = 0
        for number in (0, replicates // 3, replicates - 1):
            alone = run_plan(*variant(plan, cube, found.parameters[number], seed=2))
            wrong += int((alone.ranks[:, :, -1] != found.ranks[number]).sum())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"floor": low, "spent": spent, "memory": memory, "wrong": float(wrong)}


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process of its own, so that its memory is its own."""
    command = [sys.executable, str(Path(__file__)), "--measure", *(["--quick"] if quick else [])]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    facts = json.loads(said)
    ratio = facts["spent"] / facts["floor"]
    years, replicates = (2, 1_000) if quick else (YEARS, REPLICATES)
    name = f"composite_{UNITS}x{INDICATORS}x{years}x{replicates}"
    return [
        {
            **_row(f"{name}_times_the_product", facts["spent"], 3.0, ratio),
            "peer": facts["floor"],
            "peer_name": "bare matrix product",
            "ratio": ratio,
        },
        _row(f"{name}_memory_gib", facts["memory"], 1.5, facts["memory"]),
        _row(f"{name}_ranks_unlike_a_run_alone", facts["wrong"], 0.0, facts["wrong"]),
    ]


def _row(name: str, ours: float, bar: float, judged: float) -> dict[str, Any]:
    return {
        "name": name,
        "ours": ours,
        "peer": None,
        "peer_name": None,
        "ratio": None,
        "bar": bar,
        "holds": judged <= bar,
    }


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(measure(quick="--quick" in sys.argv)))
    else:
        for row in run("--quick" in sys.argv):
            print(json.dumps(row, ensure_ascii=False))
