"""The chapters of the guide and the examples in each."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the guide: its anchor, name, examples (template name to title), wide ones."""

    key: str
    title: Promise
    icon: str
    examples: Mapping[str, Promise]
    wide: frozenset[str] = frozenset()


SECTIONS = (
    Section(
        "marks",
        lazy("Marks"),
        "tag",
        {
            "status": lazy("Status: dot and word"),
            "light": lazy("Light: shape and word"),
            "level": lazy("Urgency"),
            "grade": lazy("Evidence grade"),
            "rating": lazy("Rating"),
            "countdown": lazy("Time left"),
            "formats": lazy("Dates and numbers"),
            "icon": lazy("Icons, tags, keys"),
        },
    ),
    Section(
        "actions",
        lazy("Actions"),
        "mouse-pointer-click",
        {
            "button": lazy("Buttons"),
            "once": lazy("A form that is sent once"),
            "segment": lazy("Segments"),
            "view_tabs": lazy("Saved views"),
            "menu": lazy("Export menu"),
            "live": lazy("Live line"),
            "colours": lazy("Chart colours"),
        },
        frozenset(["button", "colours"]),
    ),
    Section(
        "figures",
        lazy("Figures"),
        "chart-column",
        {
            "kpis": lazy("Key figures"),
            "chart": lazy("Stacked bars with a comparison line"),
            "area": lazy("Area, line and target"),
            "donut": lazy("Shares"),
            "hbar": lazy("Against target"),
            "heat": lazy("Matrix"),
            "mini": lazy("Small table and progress"),
        },
        frozenset(["kpis", "heat"]),
    ),
    Section(
        "lists",
        lazy("Lists"),
        "list",
        {
            "table": lazy("Table with views, filter, selection and paging"),
            "no_result": lazy("Nothing matches"),
            "skeleton": lazy("Loading"),
            "queue": lazy("Queue"),
            "kanban": lazy("Board"),
        },
        frozenset(["table", "kanban"]),
    ),
    Section(
        "forms",
        lazy("Forms"),
        "text-cursor-input",
        {
            "fields": lazy("Fields, hints and errors"),
            "place_picker": lazy("Place"),
            "photo_picker": lazy("Photos"),
            "voice_note": lazy("Voice note"),
        },
    ),
    Section(
        "records",
        lazy("Records"),
        "file-text",
        {
            "head": lazy("Head of a record"),
            "facts": lazy("Facts"),
            "stepper": lazy("Stages"),
            "timeline": lazy("Timeline"),
            "tree": lazy("Tree"),
            "drawer": lazy("Drawer"),
        },
        frozenset(["stepper", "head"]),
    ),
    Section(
        "notices",
        lazy("Notices and empty states"),
        "message-square",
        {
            "note": lazy("Notices"),
            "empty_state": lazy("Nothing yet"),
            "error_note": lazy("Something failed"),
        },
    ),
    Section(
        "map",
        lazy("Map"),
        "map",
        {"map_view": lazy("Layers, legend, pins")},
        frozenset(["map_view"]),
    ),
    Section(
        "phone",
        lazy("Phone pages"),
        "smartphone",
        {
            "tiles": lazy("Big choices"),
            "contact": lazy("The person to ring"),
            "list": lazy("List of links"),
            "rate": lazy("Rating in five steps"),
        },
    ),
)
