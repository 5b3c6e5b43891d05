"""The layers of a map: addresses, labels, and which ones begin hidden."""

from datetime import date
from typing import Any

from django.urls import reverse

from qiying.kernel.access import Actor
from qiying.slices.registry import public
from qiying.slices.registry.models.labels import AREA_KINDS, word
from qiying.slices.registry.rules.kinds import AreaKind

LOOK: dict[str, str] = {AreaKind.RIVER: "water", AreaKind.VILLAGE: "neighbourhood"}
"""Kinds that borrow the look of another one."""
DRAWN = (
    AreaKind.TOWNSHIP,
    AreaKind.PLANNED,
    AreaKind.DEVELOPED,
    AreaKind.RIVER,
    AreaKind.ROAD,
    AreaKind.VILLAGE,
    AreaKind.NEIGHBOURHOOD,
    AreaKind.GRID,
    AreaKind.WALL,
)
HIDDEN_FIRST = {AreaKind.VILLAGE, AreaKind.GRID}


def layers(*kinds: str, on: date | None = None) -> list[dict[str, Any]]:
    """Layers of these kinds for ``{% map_view %}``."""
    return [_layer(kind, on) for kind in kinds]


def _layer(kind: str, on: date | None) -> dict[str, Any]:
    url = reverse("map:layer", args=[kind])
    return {
        "url": f"{url}?on={on.isoformat()}" if on else url,
        "kind": LOOK.get(kind, kind),
        "label": word(AREA_KINDS, kind),
        "off": kind in HIDDEN_FIRST,
    }


def all_layers(actor: Actor, on: date, site_label: str) -> list[dict[str, Any]]:
    """Everything that the map page can show to this reader."""
    found = [_layer(kind, on) for kind in DRAWN]
    site = reverse("map:layer", args=["site"])
    found.append(
        {"url": f"{site}?on={on.isoformat()}", "kind": "site", "label": site_label, "off": False}
    )
    for layer in public.map_layers(actor):
        found.append(
            {
                "url": reverse(layer.url_name),
                "kind": layer.kind,
                "label": str(layer.label),
                "off": layer.is_off,
            }
        )
    return found
