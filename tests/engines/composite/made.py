"""Cubes and plans for the tests of the composite engine."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from qiying.engines.composite import Cube, Node, Plan, Result, cube_of, read_plan, read_tables, run

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "asem.toml"


def shared(*parts: str) -> Path:
    """Third-party data that is not kept in the repository; it may be absent."""
    return (ROOT.parent / "shared" / "data").joinpath(*parts)


ASEM = shared("asem")


def asem() -> Cube:
    tables = []
    for name in ("iData.csv", "iMeta.csv"):
        with (ASEM / name).open(encoding="utf-8", newline="") as file:
            tables.append(list(csv.DictReader(file)))
    return read_tables(*tables)


def nodes(
    width: int, *, directions: tuple[int, ...] = (), weights: tuple[float, ...] = (), **more: Any
) -> tuple[Node, ...]:
    """`width` indicators x1.. under one index."""
    return (
        *(
            Node(
                f"x{n + 1}",
                f"X{n + 1}",
                "Indicator",
                1,
                "index",
                directions[n] if directions else 1,
                weights[n] if weights else 1.0,
                **{key: value[n] for key, value in more.items()},
            )
            for n in range(width)
        ),
        Node("index", "Index", "Aggregate", 2),
    )


def cube(values: Any, **more: Any) -> Cube:
    """A flat index over values [unit, indicator] or [year, unit, indicator]."""
    about = {
        k: more.pop(k) for k in tuple(more) if k in {"directions", "weights", "target", "extra"}
    }
    return cube_of(values, nodes(np.shape(values)[-1], **about), **more)


def plan(*steps: str) -> Plan:
    """A plan of steps such as 'impute method="mean"'; the aggregate may be left out."""
    lines = ["version = 1"]
    words = steps if any(s.startswith("aggregate") for s in steps) else (*steps, "aggregate")
    for step in words:
        do, _, rest = step.partition(" ")
        lines += ["[[step]]", f'do = "{do}"', *(part for part in rest.split("; ") if part)]
    return read_plan("\n".join(lines))


def table(data: Cube, *steps: str) -> Any:
    """The last table [year, unit, indicator] of a run."""
    return list(run(plan(*steps), data).tables.values())[-1]


def codes(result: Result) -> set[str]:
    return {reason.code for reason in result.reasons}
