"""Events of a record as lines of a timeline."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiying.kernel.models import Event
from qiying.slices.registry.models import Area, Enterprise, Unit
from qiying.slices.registry.queries.history import names_of_people

TITLES = {
    "registry.enterprise_created": gettext_lazy("The firm was registered"),
    "registry.enterprise_changed": gettext_lazy("The firm's data was changed"),
    "registry.enterprise_retired": gettext_lazy("The firm left"),
    "registry.contact_added": gettext_lazy("A contact was added"),
    "registry.contact_changed": gettext_lazy("A contact was changed"),
    "registry.contact_erased": gettext_lazy("A contact was erased"),
    "registry.portfolio_assigned": gettext_lazy("The grid officer was named"),
    "registry.area_created": gettext_lazy("A version was added"),
    "registry.area_changed": gettext_lazy("A version was corrected"),
    "registry.area_ended": gettext_lazy("The version was ended"),
}
MODELS = (Enterprise, Area, Unit)


def lines_of(rows: list[Event]) -> list[dict[str, Any]]:
    """Lines for ``{% timeline %}``, in the order of the events."""
    people = names_of_people(row.actor for row in rows)
    return [
        {
            "title": str(TITLES.get(row.topic, row.topic)),
            "at": row.occurred_at,
            "who": people.get(row.actor, _("the platform")),
            "note": _note(row),
            "tone": "done",
        }
        for row in rows
    ]


def _note(row: Event) -> str:
    notes = []
    fields = row.data.get("fields")
    if fields:
        notes.append(_("Changed: %(names)s") % {"names": ", ".join(map(_label, fields))})
    if row.data.get("batch"):
        notes.append(_("from a file"))
    return " · ".join(notes)


def _label(name: str) -> str:
    """The word for a field of the tables; the name itself when none of them has it."""
    for model in MODELS:
        for field in model._meta.fields:
            if name in {field.name, field.attname}:
                return str(field.verbose_name)
    return name
