"""Co-handlers in a form: for each unit that is ticked a row with its task, due time and weight."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import problems
from qiying.slices.calls.forms.words import Words
from qiying.slices.calls.rules import LEAST_WEIGHT, MOST_WEIGHT, due_fits, weights_fit

WORDS: Mapping[str, Promise] = {
    "duty": _("What this unit does"),
    "due": _("Due at"),
    "weight": _("Weight (%)"),
}
MOST_DUTY = 500


@dataclass(frozen=True, slots=True)
class Helper:
    """A unit that has a part already, and keeps it as it is."""

    due_at: datetime
    weight: int | None
    share: int


@dataclass(frozen=True, slots=True)
class CoTerms:
    """What the parts of the co-handlers must keep to."""

    now: datetime
    usual_due_at: datetime
    latest_at: datetime
    is_promise_over: bool = False
    """The answer is overdue: a part can be given until it must be signed for."""
    helping: Mapping[int, Helper] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """The units that can be ticked: name by id as text."""


@dataclass(frozen=True, slots=True)
class CoRow:
    """What a form says about one co-handler."""

    unit_id: int
    duty: str = ""
    due_at: datetime | None = None
    weight: int | None = None


def row_name(unit_id: object, about: str) -> str:
    """The name of one entry of a unit's row: ``co12-due``."""
    return f"co{unit_id}-{about}"


def row_fields(unit_ids: Iterable[str], terms: CoTerms) -> dict[str, forms.Field]:
    """The fields of the rows of these units; whoever keeps a part has none."""
    found: dict[str, forms.Field] = {}
    for unit_id in unit_ids:
        if unit_id in terms.names and int(unit_id) not in terms.helping:
            made = _fields(terms.names[unit_id])
            found |= {row_name(unit_id, about): made[about] for about in WORDS}
    return found


def _fields(unit: str) -> dict[str, forms.Field]:
    label = {about: f"{unit} · {word}" for about, word in WORDS.items()}
    weight = problems.sentence("calls.co_weight")
    return {
        "duty": Words(label=label["duty"], max_length=MOST_DUTY, required=False, rows=2),
        "due": forms.DateTimeField(label=label["due"], required=False),
        "weight": forms.IntegerField(
            label=label["weight"],
            min_value=LEAST_WEIGHT,
            max_value=MOST_WEIGHT,
            required=False,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), weight),
        ),
    }


def rows_of(form: forms.Form) -> list[CoRow]:
    """What a form that was checked says about the units that are ticked."""
    data = form.cleaned_data
    return [
        CoRow(
            unit_id,
            data.get(row_name(unit_id, "duty")) or "",
            data.get(row_name(unit_id, "due")),
            data.get(row_name(unit_id, "weight")),
        )
        for unit_id in data.get("co_units") or ()
    ]


def check_rows(form: forms.Form, terms: CoTerms, *, stay: bool) -> None:
    """Find what is wrong with the rows and say it where it stands.

    ``stay``: whoever helps goes on helping; otherwise those only that are ticked again.
    """
    rows, data = rows_of(form), form.cleaned_data
    lead = data.get("lead_unit_id") or data.get("unit_id")
    if lead is not None and any(row.unit_id == lead for row in rows):
        form.add_error("co_units", problems.sentence("calls.co_lead"))
    for row in rows:
        if row.due_at is not None and not due_fits(row.due_at, terms.now, terms.latest_at):
            form.add_error(row_name(row.unit_id, "due"), problems.sentence("calls.co_due"))
    ticked = {row.unit_id for row in rows}
    held = [h.weight for u, h in terms.helping.items() if u != lead and (stay or u in ticked)]
    given = [row.weight for row in rows if row.unit_id not in terms.helping]
    if not weights_fit([*held, *given]):
        form.add_error("co_units", problems.sentence("calls.co_weight"))


def ticked_in(form: forms.Form, initial: Mapping[str, Any]) -> list[str]:
    """The units that are ticked: as sent, else as the form begins; ids as text."""
    if not form.is_bound:
        return [str(unit_id) for unit_id in initial.get("co_units") or ()]
    widget = form.fields["co_units"].widget
    given = widget.value_from_datadict(form.data, form.files, form.add_prefix("co_units"))
    return list(dict.fromkeys(given or ()))
