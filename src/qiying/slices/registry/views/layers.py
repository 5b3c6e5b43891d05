"""The layers of a map: addresses, labels, and which ones begin hidden."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from qiying.kernel.access import Actor
from qiying.slices.registry import public
from qiying.slices.registry.models.labels import AREA_KINDS, title
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
AROUND = {AreaKind.TOWNSHIP, AreaKind.VILLAGE, AreaKind.RIVER, AreaKind.ROAD}
"""Kinds that reach beyond the zone: the map is not widened to show them whole."""
HIDDEN_FIRST = {AreaKind.VILLAGE, AreaKind.GRID}


def layers(*kinds: str, on: date | None = None) -> list[dict[str, Any]]:
    """Layers of these kinds for ``{% map_view %}``."""
    return [_layer(kind, on) for kind in kinds]


def _layer(kind: str, on: date | None) -> dict[str, Any]:
    url = reverse("map:layer", args=[kind])
    return {
        "url": f"{url}?on={on.isoformat()}" if on else url,
        "kind": LOOK.get(kind, kind),
        "label": title(AREA_KINDS, kind),
        "off": kind in HIDDEN_FIRST,
        "fit": kind not in AROUND,
    }


def all_layers(actor: Actor, on: date) -> list[dict[str, Any]]:
    """Everything that the map page can show to this reader; many pins begin hidden."""
    found = [_layer(kind, on) for kind in DRAWN]
    for kind, label, is_off in (
        ("parcel", _("Parcels"), False),
        ("site", _("Construction sites and others"), True),
    ):
        url = f"{reverse('map:layer', args=[kind])}?on={on.isoformat()}"
        found.append({"url": url, "kind": kind, "label": label, "off": is_off, "fit": False})
    for layer in public.map_layers(actor):
        found.append(
            {
                "url": reverse(layer.url_name),
                "kind": layer.kind,
                "label": str(layer.label),
                "off": layer.is_off,
                "fit": False,
            }
        )
    return found
