"""The chapters of the guide and the examples in each."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


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
        gettext_lazy("Marks"),
        "tag",
        {
            "status": gettext_lazy("Status: dot and word"),
            "light": gettext_lazy("Light: shape and word"),
            "level": gettext_lazy("Urgency"),
            "grade": gettext_lazy("Evidence grade"),
            "rating": gettext_lazy("Rating"),
            "countdown": gettext_lazy("Time left"),
            "formats": gettext_lazy("Dates and numbers"),
            "icon": gettext_lazy("Icons, tags, keys"),
        },
    ),
    Section(
        "actions",
        gettext_lazy("Actions"),
        "mouse-pointer-click",
        {
            "button": gettext_lazy("Buttons"),
            "once": gettext_lazy("A form that is sent once"),
            "segment": gettext_lazy("Segments"),
            "view_tabs": gettext_lazy("Saved views"),
            "menu": gettext_lazy("Export menu"),
            "live": gettext_lazy("Live line"),
            "colours": gettext_lazy("Chart colours"),
        },
        frozenset(["button", "colours"]),
    ),
    Section(
        "figures",
        gettext_lazy("Figures"),
        "chart-column",
        {
            "kpis": gettext_lazy("Key figures"),
            "chart": gettext_lazy("Stacked bars with a comparison line"),
            "area": gettext_lazy("Area, line and target"),
            "donut": gettext_lazy("Shares"),
            "hbar": gettext_lazy("Against target"),
            "heat": gettext_lazy("Matrix"),
            "mini": gettext_lazy("Small table and progress"),
        },
        frozenset(["kpis", "heat"]),
    ),
    Section(
        "lists",
        gettext_lazy("Lists"),
        "list",
        {
            "table": gettext_lazy("Table with views, filter, selection and paging"),
            "no_result": gettext_lazy("Nothing matches"),
            "skeleton": gettext_lazy("Loading"),
            "queue": gettext_lazy("Queue"),
            "kanban": gettext_lazy("Board"),
        },
        frozenset(["table", "kanban"]),
    ),
    Section(
        "forms",
        gettext_lazy("Forms"),
        "text-cursor-input",
        {
            "fields": gettext_lazy("Fields, hints and errors"),
            "place_picker": gettext_lazy("Place"),
            "photo_picker": gettext_lazy("Photos"),
            "voice_note": gettext_lazy("Voice note"),
        },
    ),
    Section(
        "records",
        gettext_lazy("Records"),
        "file-text",
        {
            "head": gettext_lazy("Head of a record"),
            "facts": gettext_lazy("Facts"),
            "stepper": gettext_lazy("Stages"),
            "timeline": gettext_lazy("Timeline"),
            "tree": gettext_lazy("Tree"),
            "drawer": gettext_lazy("Drawer"),
        },
        frozenset(["stepper", "head"]),
    ),
    Section(
        "notices",
        gettext_lazy("Notices and empty states"),
        "message-square",
        {
            "note": gettext_lazy("Notices"),
            "empty_state": gettext_lazy("Nothing yet"),
            "error_note": gettext_lazy("Something failed"),
        },
    ),
    Section(
        "map",
        gettext_lazy("Map"),
        "map",
        {"map_view": gettext_lazy("Layers, legend, pins")},
        frozenset(["map_view"]),
    ),
    Section(
        "phone",
        gettext_lazy("Phone pages"),
        "smartphone",
        {
            "tiles": gettext_lazy("Big choices"),
            "contact": gettext_lazy("The person to ring"),
            "list": gettext_lazy("List of links"),
            "rate": gettext_lazy("Rating in five steps"),
        },
    ),
)
