"""GeoJSON feature collections: properties become cells, the shape is one column more."""

import json
from collections.abc import Mapping
from typing import Any

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules.tables._table import (
    MOST_COLUMNS,
    MOST_ROWS,
    SHAPE,
    Row,
    Table,
)
from qiying.slices.registry.rules.tables._text import decode


def read_geojson(content: bytes) -> Table:
    text, encoding = decode(content)
    try:
        data = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Invalid("registry.file.damaged") from error
    features = data.get("features") if isinstance(data, Mapping) else None
    if not isinstance(features, list):
        raise Invalid("registry.file.collection")
    if len(features) > MOST_ROWS:
        raise Invalid("registry.file.rows", limit=MOST_ROWS)
    pieces = [_feature(feature) for feature in features]
    headings = list(dict.fromkeys(key for properties, _ in pieces for key in properties))
    if len(headings) > MOST_COLUMNS:
        raise Invalid("registry.file.columns", limit=MOST_COLUMNS)
    rows = tuple(
        Row(number, (*(properties.get(h) for h in headings), shape))
        for number, (properties, shape) in enumerate(pieces, start=1)
    )
    return Table((*headings, SHAPE), rows, encoding)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _feature(feature: Any) -> tuple[dict[str, Any], Any]:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise Invalid("registry.file.collection")
    properties = feature.get("properties") or {}
    if not isinstance(properties, Mapping):
        raise Invalid("registry.file.collection")
    found = {
        str(key)[:60]: value if not isinstance(value, dict | list) else None
        for key, value in properties.items()
        if key != SHAPE
    }
    if "id" in feature and "id" not in found:
        found["id"] = feature["id"]
    return found, feature.get("geometry")
