"""A million decisions: whose job is it, in bulk and alone, beside geopandas' spatial join.

The peer answers less (in which areas a point lies, no distance, band, accuracy or rule) and only
its join is timed, not the making of its points; ours runs from columns of numbers to verdicts.
Both in CPU seconds of one run, ours and the peer's process each on its own clock.

    python benchmarks/jurisdiction_bulk.py [--quick]
"""

import json
import math
import subprocess
import sys
import tempfile
import time
import venv
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from qiying.engines.jurisdiction import (
    KINDS,
    LOCAL_TOWNSHIP,
    RULES,
    SIDES,
    Area,
    AreaKind,
    Basis,
    Batch,
    Case,
    Geometry,
    Handover,
    Matter,
    Regime,
    Status,
    Unit,
    UnitKind,
    Verdicts,
    World,
    check,
    decide,
    decide_many,
)

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / "benchmarks" / "peers" / "geopandas_sjoin.py"
PEER_HOME = ROOT / "var" / "bench" / "geopandas"
PEER_NAME = "geopandas sjoin"

FOUNDED, REFORM, TODAY = date(2020, 1, 1), date(2024, 6, 1), date(2026, 11, 22)
BELONGS = (None, True, False)
_ROWS = (  # status, basis, how many rows: the counts of the register, some of them linear
    (Status.STRIP, Basis.TOWNSHIP, 65),
    (Status.CORE, Basis.ZONE, 21),
    (Status.CORE, Basis.LINEAR, 6),
    (Status.SHARE, Basis.WALL, 22),
    (Status.DEPT, Basis.DEPT, 14),
    (Status.LOCK, Basis.WALL, 11),
)
_LEADS = {
    Status.STRIP: (LOCAL_TOWNSHIP, LOCAL_TOWNSHIP),
    Status.DEPT: ("bureau-1", "bureau-1"),
}


def blob(lon: float, lat: float, radius: float, corners: int) -> list[list[tuple[float, float]]]:
    """A bumpy ring, as GeoJSON Polygon coordinates."""
    ring = []
    for corner in range(corners):
        turn = 2 * math.pi * corner / corners
        reach = radius * (1 + 0.1 * math.sin(5 * turn))
        ring.append((lon + reach / 0.87 * math.cos(turn), lat + reach * math.sin(turn)))
    return [[*ring, ring[0]]]


def areas() -> list[Area]:
    """Five walls in a planned area, eight townships, sixteen neighbourhoods, 30 km across."""
    walls = (
        (119.180, 29.010, 0.014),
        (119.215, 29.015, 0.012),
        (119.200, 28.985, 0.013),
        (119.230, 28.985, 0.010),
        (119.165, 28.985, 0.009),
    )
    made = [Area("plan", AreaKind.PLANNED, blob(119.2, 29.0, 0.041, 400), FOUNDED)]
    for number, wall in enumerate(walls):
        made.append(Area(f"wall-{number}", AreaKind.WALL, blob(*wall, 300), REFORM))
    for number in range(8):
        west, south = 119.05 + 0.075 * (number % 4), 28.87 + 0.13 * (number // 4)
        east, north = west + 0.075, south + 0.13
        ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        unit = f"town-{number}"
        made.append(Area(unit, AreaKind.TOWNSHIP, [ring], FOUNDED, unit=unit))
    for number in range(16):
        at = (119.163 + 0.02 * (number % 4), 28.97 + 0.02 * (number // 4))
        ring = blob(*at, 0.0015, 12)
        made.append(Area(f"homes-{number}", AreaKind.NEIGHBOURHOOD, ring, FOUNDED))
    return made


def world() -> World:
    """A zone of the size and register of the demonstration."""
    units = [Unit("zone", UnitKind.ZONE)]
    units += [Unit(f"town-{number}", UnitKind.TOWNSHIP) for number in range(8)]
    units += [Unit(f"bureau-{number}", UnitKind.DEPARTMENT) for number in range(30)]
    rows = [(status, basis) for status, basis, count in _ROWS for _ in range(count)]
    matters = []
    for number, (status, basis) in enumerate(rows):
        inside, outside = _LEADS.get(status, ("zone", LOCAL_TOWNSHIP))
        help_in, help_out = f"bureau-{number % 30}", f"bureau-{(number + 7) % 30}"
        cells = ((inside,), (outside,), (help_in,), (help_out,), ("zone",))
        resident = status is Status.STRIP and number % 2 == 0
        matters.append(Matter(f"M{number + 1:03}", status, basis, *cells, resident))
    homes = [(f"homes-{n}", date(2024, 6, 1 + n), f"town-{n % 8}") for n in range(16)]
    return World(
        matters=tuple(matters),
        units=tuple(units),
        areas=tuple(areas()),
        handovers=tuple(Handover(*row) for row in homes),
        regime=Regime(REFORM),
        register_version="bench",
        boundaries_version="bench",
    )


def batch(place: World, count: int, seed: int) -> Batch:
    """Cases spread evenly over the planned area and its surroundings, 9 km across."""
    draw = np.random.default_rng(seed)
    return Batch(
        matter=draw.integers(0, len(place.matters), count),
        kind=draw.integers(0, len(KINDS), count),
        lon=119.2 + draw.uniform(-0.046, 0.046, count),
        lat=29.0 + draw.uniform(-0.041, 0.041, count),
        accuracy_m=draw.choice([3.0, 5.0, 10.0, 15.0, 30.0, 100.0], count),
        flags=draw.integers(0, 3, count),
        on=TODAY,
    )


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure, and compare with the peer in the same run."""
    count, place = 200_000 if quick else 1_000_000, world()
    prepared = _seconds(place, batch(place, 1, 1))
    spent = min(_seconds(place, batch(place, count, seed)) for seed in (2, 3, 4))
    peer, peer_name = peer_rate(place, batch(place, count, 2))
    rate = count / spent
    return [
        _row("jurisdiction_bulk_per_cpu_second", rate, 1e6, unit="decisions/CPU-s"),
        _row("jurisdiction_bulk_map_made", prepared, 10.0, unit="CPU-s", at_most=True),
        {
            **_row("jurisdiction_bulk_beside_spatial_join", rate, 1.0, unit="rows/CPU-s"),
            "peer": peer,
            "peer_name": peer_name,
            "ratio": None if peer is None else rate / peer,
            "holds": peer is None or rate >= peer,
        },
        *_single_rows(place, 1_000 if quick else 10_000),
    ]


def _seconds(place: World, cases: Batch) -> float:
    start = time.process_time()
    decide_many(place, cases)
    return time.process_time() - start


def _single_rows(place: World, count: int) -> list[dict[str, Any]]:
    many = batch(place, count, 5)
    verdicts = decide_many(place, many)
    cases = [_case(place, many, i) for i in range(count)]
    start = time.process_time()
    alone = [decide(place, case) for case in cases]
    single = 1e6 * (time.process_time() - start) / count
    alike = sum(_same(place, verdicts, i, alone[i]) for i in range(count))
    checked, start = count // 10, time.process_time()
    sound = sum(not check(place, cases[i], alone[i]) for i in range(checked))
    checking = 1e6 * (time.process_time() - start) / checked
    return [
        _row("jurisdiction_bulk_equal_to_single", alike / count, 1.0, unit="share of cases"),
        _row("jurisdiction_decisions_that_stand", sound / checked, 1.0),
        {
            **_row("jurisdiction_one_decision", single, 200.0, unit="CPU-µs"),
            "holds": single < 200,
        },
        _row("jurisdiction_one_check", checking, 5e3, unit="CPU-µs", at_most=True),
    ]


def _case(place: World, cases: Batch, i: int) -> Case:
    return Case(
        matter=place.matters[cases.matter[i]].code,
        object_kind=KINDS[cases.kind[i]],
        geometry=Geometry.point(float(cases.lon[i]), float(cases.lat[i])),
        accuracy_m=float(cases.accuracy_m[i]),
        on=TODAY,
        belongs_to_zone=BELONGS[cases.flags[i]],
    )


def _same(place: World, verdicts: Verdicts, i: int, decision: Any) -> bool:
    lead = None if verdicts.lead[i] < 0 else place.units[verdicts.lead[i]].code
    co = verdicts.co_table[verdicts.co[i]]
    said = (lead, co, SIDES[verdicts.side[i]], RULES[verdicts.rule[i]], int(verdicts.flags[i]))
    flags = decision.needs_confirmation + 2 * decision.needs_adjudication
    return said == (decision.lead, decision.co, decision.side, decision.rule, flags)


def peer_rate(place: World, cases: Batch) -> tuple[float | None, str]:
    """Rows that the peer joins in a CPU second, and its name; no number if it is not there."""
    try:
        python = _peer_python()
        with tempfile.TemporaryDirectory() as folder:
            np.savez(Path(folder) / "points.npz", lon=cases.lon, lat=cases.lat)
            (Path(folder) / "areas.geojson").write_text(json.dumps(_geojson(place)))
            said = subprocess.run(
                [python, PEER, folder], capture_output=True, text=True, check=True
            ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None, f"{PEER_NAME} (could not be installed here)"
    facts = json.loads(said)
    return facts["rows"] / facts["cpu_s"], f"{PEER_NAME} {facts['version']}"


def _peer_python() -> Path:
    python = PEER_HOME / "bin" / "python"
    if not (PEER_HOME / "ready").exists():
        venv.create(PEER_HOME, with_pip=True, clear=True)
        command = [python, "-m", "pip", "install", "--quiet", "geopandas>=1.1,<2", "pyogrio"]
        subprocess.run(command, capture_output=True, check=True)
        (PEER_HOME / "ready").touch()
    return python


def _geojson(place: World) -> dict[str, Any]:
    """The areas that a decision asks today: walls, townships, neighbourhoods."""
    asked = [a for a in place.areas if a.is_in_force(TODAY) and a.kind is not AreaKind.PLANNED]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"key": area.key},
                "geometry": {"type": "MultiPolygon", "coordinates": area.polygon},
            }
            for area in asked
        ],
    }


def _row(
    name: str, ours: float, bar: float, *, unit: str = "share", at_most: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "ours": ours,
        "peer": None,
        "peer_name": None,
        "ratio": None,
        "bar": bar,
        "holds": ours <= bar if at_most else ours >= bar,
        "unit": unit,
    }


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        print(json.dumps(row, ensure_ascii=False))
