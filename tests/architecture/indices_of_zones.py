"""An evaluation in a zone of the tests of access: a row in every table, by the operations."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from qiying.slices.indices import operations
from tests.slices.indices.steps import CODES, PLAN, TREE, YEARS, rows

if TYPE_CHECKING:
    from tests.architecture.two_zones import Zone

PLAIN: Mapping[tuple[str, str], Any] = {
    ("/indices/runs", "adcode"): "330102",
    ("indices", "adcode"): "330102",
    ("/indices/zone/lines", "key"): "E01",
    ("indices", "key"): "E01",
}
EXAMPLES: Mapping[tuple[str, str], str] = {
    ("/indices/editions", "edition_id"): "evaluation.public_id",
    ("/indices/runs", "run_id"): "reckoning.public_id",
    ("/indices/values", "delivery_id"): "values.public_id",
    ("/indices/boundaries", "boundaries_id"): "boundaries.public_id",
    ("indices:boundaries-of", "public_id"): "boundaries.public_id",
    ("indices", "public_id"): "reckoning.public_id",
    ("indices:delivery", "public_id"): "values.public_id",
    ("indices:edition", "public_id"): "evaluation.public_id",
    ("indices:run-edition", "public_id"): "evaluation.public_id",
}
INDICATOR = {
    "code": "X01",
    "name": "新指标",
    "definition": "a / b",
    "polarity": 1,
    "source": "统计局",
    "kind": "statistics",
    "grade": "D",
}
EDITION = {
    "name": "评价",
    "first_year": YEARS[0],
    "last_year": YEARS[-1],
    "kinds": ["statistics"],
    "tree": TREE,
    "plan": PLAN,
}
OUTLINES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"adcode": 330825},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[119, 29], [120, 29], [120, 30], [119, 29]]],
            },
        }
    ],
}
TARGET = {"year": 2026, "basis": "growth", "value": 8.0, "source": "plan"}
TABLE = f"行政区划代码,年份,{CODES[0]}\n330102,2024,3.5\n"
BODIES: Mapping[str, Callable[["Zone"], Mapping[str, Any]]] = {
    "POST /indices/editions": lambda _z: EDITION,
    "POST /indices/editions/{edition_id}/runs": lambda _z: {},
    "POST /indices/indicators": lambda _z: INDICATOR,
    "POST /indices/runs/{run_id}/release": lambda _z: {},
    "POST /indices/standard": lambda _z: {},
    "POST /indices/values": lambda _z: {
        "name": "table",
        "kind": "statistics",
        "source": "yearbook",
        "headings": ["adcode", "year", CODES[0]],
        "rows": [["330102", 2024, 3.5]],
    },
    "POST /indices/values/sheet": lambda _z: {
        "cells": [["地区", CODES[0]], ["上城区", 3.5]],
        "merged": [[0, 0, 0, 0]],
        "year": 2024,
    },
    "POST /indices/boundaries": lambda _z: {
        "name": "map",
        "source": "office",
        "approval": "GS(2024)0650",
        "geojson": OUTLINES,
    },
    "indices:new-boundaries": lambda _z: {
        "file": SimpleUploadedFile("map.geojson", json.dumps(OUTLINES).encode()),
        "source": "office",
        "approval": "GS(2024)0650",
    },
    "POST /indices/zone/values": lambda _z: {
        "name": "table",
        "kind": "statistics",
        "source": "bulletin",
        "headings": ["year", "month", "E01"],
        "rows": [[2025, 6, 30.5]],
    },
    "POST /indices/zone/targets": lambda _z: {"line": "E01", **TARGET},
    "indices:new-zone-delivery": lambda _z: {
        "file": SimpleUploadedFile("zone.csv", "年份,E01\n2025,30.5\n".encode()),
        "kind": "statistics",
        "source": "bulletin",
    },
    "indices:zone-target": lambda _z: TARGET,
    "indices:new-delivery": lambda _z: {
        "file": SimpleUploadedFile("values.csv", TABLE.encode()),
        "kind": "statistics",
        "source": "yearbook",
    },
    "indices:new-edition": lambda _z: EDITION,
    "indices:new-indicator": lambda _z: INDICATOR,
    "indices:release": lambda _z: {},
    "indices:run-edition": lambda _z: {},
    "indices:take-over": lambda _z: {},
}


def evaluate(zone: "Zone") -> None:
    """Dictionary and places, a table of values, an edition and a run that waits for release."""
    world, mark = zone.world, zone.mark
    operations.take_over(world.system, now=world.now)
    zone.rows["values"] = operations.deliver(
        world.system,
        file_name=f"{mark} table",
        kind="statistics",
        source=f"{mark} yearbook",
        headings=("行政区划代码", "地区", "年份", *CODES),
        rows=list(enumerate(rows(world)[:30], start=2)),
        now=world.now,
    )
    operations.deliver_zone(
        world.system,
        file_name=f"{mark} months",
        kind="statistics",
        source=f"{mark} bulletin",
        headings=("年份", "月份", "E01"),
        rows=[(2, [2025, 6, 30.5])],
        now=world.now,
    )
    zone.rows["boundaries"] = operations.bring_boundaries(
        world.system,
        file_name=f"{mark} map",
        source=f"{mark} office",
        approval="GS(2024)0650",
        text=json.dumps(OUTLINES),
        now=world.now,
    )
    given: dict[str, Any] = {**EDITION, "name": f"{mark} counties", "note": f"{mark} note"}
    zone.rows["evaluation"] = operations.open_edition(world.system, now=world.now, **given)
    zone.rows["reckoning"] = operations.run_edition(
        world.system, zone.rows["evaluation"].pk, now=world.now
    )
