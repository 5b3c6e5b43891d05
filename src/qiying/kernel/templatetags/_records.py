"""Parts of a record or a dashboard that are drawn from plain lists by a template."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template import Context
from django.utils import timezone

from qiying.kernel import panels as registered


def kpis(items: Iterable[Any], label: object = "") -> dict[str, Any]:
    """A strip of key figures. Item: label, value, unit, delta, trend (good bad flat), note, spark,
    url, hot (time ran out), seal (the beginning of the hash of what was counted)."""
    return {"items": list(items), "label": label}


def segment(items: Iterable[Any], label: object) -> dict[str, Any]:
    """One choice of a few, as links. Item: label, url, active."""
    return {"items": list(items), "label": label}


def timeline(items: Iterable[Any]) -> dict[str, Any]:
    """What happened. Item: title, at, who, note, tone (done current todo stopped), files."""
    return {"items": list(items)}


def facts(pairs: Iterable[Any]) -> dict[str, Any]:
    """A list of label and value: pairs, triples (label, value, url) or a dictionary."""
    rows = pairs.items() if isinstance(pairs, dict) else pairs
    return {"rows": [(*row, "")[:3] for row in rows]}


def stepper(steps: Iterable[Any], label: object = "") -> dict[str, Any]:
    """The lifecycle as a line of steps. Step: label, state (done current todo skipped), at."""
    return {"steps": list(steps), "label": label}


def tree(items: Iterable[Any], label: object = "") -> dict[str, Any]:
    """Nested links that open and close. Item: label, url, count, active, open, children."""
    return {"items": list(items), "label": label}


def skeleton(rows: int = 6) -> dict[str, Any]:
    """Grey lines that stand in while rows are on their way."""
    return {"rows": range(int(rows))}


def map_view(
    context: Context,
    layers: object,
    height: str = "tall",
    element_id: str = "map",
    label: object = "",
    pick: object = "",
) -> dict[str, Any]:
    """A map drawn from GeoJSON addresses.

    Parameters
    ----------
    layers
        List of ``{"url", "kind", "label", "off"}``; kinds: planned developed wall grid township
        neighbourhood site call. ``off`` starts hidden.
    height
        ``short`` 260 px, ``tall`` 480 px, ``full`` the rest of the window.
    pick
        Truthy: a tap places one marker (see ``place_picker``).
    """
    return {
        "layers": layers,
        "height": height,
        "element_id": element_id,
        "label": label,
        "pick": pick,
        "tile_url": context.get("tile_url", ""),
        "tile_attribution": context.get("tile_attribution", ""),
        "map_approval": context.get("map_approval", ""),
    }


def place_picker(
    context: Context,
    lon: Any,
    lat: Any,
    layers: object,
    element_id: str = "place",
    height: str = "short",
) -> dict[str, Any]:
    """Choose a place: tap the map or ask the device. Fills the two form fields given."""
    return {**map_view(context, layers, height, element_id, pick="1"), "lon": lon, "lat": lat}


def photo_picker(bound: Any, most: int = 6, megabytes: int = 8) -> dict[str, Any]:
    """A file field with previews: camera or gallery, several pictures, removable."""
    return {"field": bound, "most": most, "megabytes": megabytes}


def voice_note(bound: Any, seconds: int = 120) -> dict[str, Any]:
    """A file field with a recorder; without a microphone it stays an ordinary file field."""
    return {"field": bound, "seconds": seconds}


def panels(context: Context, subject_type: str, subject_id: int) -> dict[str, Any]:
    """The boxes that other slices have for this record and this reader (``kernel.panels``).

    What has nothing to say yet and only offers an act stands with the others in one box.
    """
    request = context.get("request")
    actor = getattr(request, "actor", None) if isinstance(request, HttpRequest) else None
    if actor is None:
        return {}
    found = registered.ask(actor, subject_type, subject_id, now=timezone.now())
    offers = [act for panel in found if not panel.lines for act in panel.actions]
    return {"panels": [panel for panel in found if panel.lines], "offers": offers}
