"""Simulated days in the environment of the competitors, each kept so that a long run can go on.

The environment lies below ``var/bench/dispatch`` and gets numba and the competitors from the registry;
where that fails the days are played here, with what is installed. A day is kept under its world,
policy, seed, budget and the text of the engine, so days of another engine are never mixed in.
"""

import ast
import hashlib
import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qiying.engines.dispatch.simulation import Tally

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "var" / "bench" / "dispatch"
PLAYER = ROOT / "benchmarks" / "peers" / "dispatch_days.py"
ENGINE = ROOT / "src" / "qiying" / "engines" / "dispatch"
NEEDED = (
    "numpy>=2.0",
    "scipy>=1.16",
    "numba==0.68.*",
    "pyvrp==0.14.1",
    "ortools==9.15.*",
    "pyvroom==1.15.*",
)
TEST_SEED = 1
"""Days of the tables. Prices were tuned on seeds from 10,000 on: these days were never looked at."""


def say(words: str) -> None:
    """Tell whoever waits what is being done."""
    print(words, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Play:
    """Which days: a world, a policy, a roster, and how long is searched at each event."""

    world: str
    policy: str
    days: int
    iterations: int = 40
    planned: bool = False
    seed: int = TEST_SEED

    @property
    def kept(self) -> Path:
        """Where the days are kept."""
        roster = "planned" if self.planned else "world"
        name = f"{self.world}-{self.policy}-{roster}-{self.iterations}-{self.seed}-{code()}.jsonl"
        return HOME / "days" / name


@dataclass(frozen=True, slots=True)
class Played:
    """Days in order. ``spent`` is the CPU seconds of each whole day, simulator and checker included."""

    play: Play
    tallies: tuple[Tally, ...]
    spent: tuple[float, ...]
    compiled: bool


@cache
def code() -> str:
    """Return a digest of the engine, its comments and layout left out."""
    found = hashlib.sha256()
    for path in sorted(ENGINE.rglob("*.py")):
        found.update(ast.dump(ast.parse(path.read_text(encoding="utf-8"))).encode())
    return found.hexdigest()[:10]


def played(play: Play, *, only_kept: bool = False) -> Played:
    """Return days, playing those that are not kept yet; none where the policy cannot be played."""
    rows = _kept(play)
    missing = [n for n in range(play.days) if n not in rows]
    if missing and not only_kept:
        say(f"  {play.world}, {play.policy}, {len(missing)} days")
        _play(play, missing)
        rows = _kept(play)
    numbers = [n for n in range(play.days) if n in rows]
    return Played(
        play,
        tuple(_tally(rows[n]["tally"]) for n in numbers),
        tuple(rows[n]["spent"] for n in numbers),
        all(rows[n]["compiled"] for n in numbers),
    )


def _kept(play: Play) -> dict[int, dict[str, Any]]:
    if not play.kept.exists():
        return {}
    lines = play.kept.read_text(encoding="utf-8").splitlines()
    return {row["day"]: row for row in map(json.loads, lines)}


def _tally(row: dict[str, Any]) -> Tally:
    return Tally(**{n: tuple(v) if isinstance(v, list) else v for n, v in row.items()})


def _play(play: Play, days: list[int]) -> None:
    play.kept.parent.mkdir(parents=True, exist_ok=True)
    given = {
        "world": play.world,
        "policy": play.policy,
        "planned": play.planned,
        "iterations": play.iterations,
        "seed": play.seed,
        "days": days,
    }
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    with play.kept.open("a", encoding="utf-8") as kept:
        subprocess.run(
            [python(), PLAYER, json.dumps(given)], stdout=kept, env=environment, check=True
        )


@cache
def python() -> str:
    """Return the interpreter of the competitors' environment, or this one."""
    mine = HOME / "bin" / "python"
    if not (HOME / "ready").exists():
        try:
            venv.create(HOME, with_pip=True, clear=False)
            command = [mine, "-m", "pip", "install", "--quiet", *NEEDED]
            subprocess.run(command, capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            say(f"  the environment of the competitors could not be made: {error}")
            return sys.executable
        (HOME / "ready").touch()
    return str(mine)
