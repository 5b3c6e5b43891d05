"""The fields that a step asks for, made from its row of the table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel.forms import PLAIN
from qiying.slices.mediation.models import labels
from qiying.slices.mediation.rules import (
    MAX_TEXT,
    ROWS,
    Capacity,
    Confirmation,
    Form,
    Kind,
    Path,
    Way,
)

TERM_ROWS = 6
Choices = list[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Given:
    """What the choices of a form are made from: rows of the case by id and words."""

    kind: str
    capacities: frozenset[str]
    parties: Choices
    all_parties: Choices
    sessions: Choices
    terms: Choices
    mediators: Choices
    today: date


class Words(forms.CharField):
    """A text of several lines."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=MAX_TEXT, widget=widget, **options)


class Number(forms.TypedChoiceField):
    """One of the rows offered, by its id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **options)


class Day(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ("%Y-%m-%d",)


class Moment(forms.DateTimeField):
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")


class Several(forms.TypedMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, **options)


TEXT_LABELS: Mapping[str, Promise | str] = {
    "consent": _("Remark"),
    "refuse": _("Reason, if one was given"),
    "plan_session": _("What to bring"),
    "draft": _("Facts, points in dispute, responsibility of each"),
    "ask_another": _("Why another mediator"),
    "record_confirmation": _("What the court found"),
    "report_risk": _("What was seen, who was told"),
    "revisit": _("What the parties say now"),
    "stop": _("Why the mediation ends"),
    "fail": _("Where the parties stand"),
    "perform": _("Remark"),
    "breach": _("What was not done"),
    "decline": _("Reason and where to go"),
    "erase": _("Ground for erasing"),
}


class Maker(Protocol):
    """Makes a field of a step from the rows of the case."""

    def __call__(self, step: str, given: Given, /, *, needed: bool) -> forms.Field: ...


def _text(step: str, _given: Given, *, needed: bool) -> forms.Field:
    label = TEXT_LABELS.get(step, _("Reason"))
    return Words(label=label, required=needed, rows=5 if step == "draft" else 3)


def _ways(_step: str, given: Given, *, needed: bool) -> forms.Field:
    known = [c for c in labels.choices(labels.WAYS) if c[0] != Way.ONLINE]
    return forms.ChoiceField(label=_("How"), choices=known, required=needed)


def _one(label: Any, words: labels.Words, *only: str) -> Maker:
    def make(_step: str, _given: Given, *, needed: bool) -> forms.Field:
        known = [c for c in labels.choices(words) if not only or c[0] in only]
        return forms.ChoiceField(label=label, choices=known, required=needed)

    return make


def _rows(label: Any, name: str) -> Maker:
    def make(_step: str, given: Given, *, needed: bool) -> forms.Field:
        return Number(label=label, choices=getattr(given, name), required=needed)

    return make


def _form(_step: str, given: Given, *, needed: bool) -> forms.Field:
    known = labels.choices(labels.FORMS)
    if given.kind == Kind.LABOUR:
        known = [c for c in known if c[0] == Form.WRITTEN]
    return forms.ChoiceField(label=_("Form of the agreement"), choices=known, required=needed)


MAKERS: Mapping[str, Maker] = {
    "party_id": _rows(_("For which party"), "parties"),
    "mediator_id": _rows(_("Mediator"), "mediators"),
    "session_id": _rows(_("Session"), "sessions"),
    "term_id": _rows(_("Term"), "terms"),
    "way": _ways,
    "text": _text,
    "decline_reason": _one(_("Why not here"), labels.DECLINES),
    "recusal": _one(_("Why the mediator stands back"), labels.RECUSALS),
    "form": _form,
    "confirmation": _one(
        _("Ruling"), labels.CONFIRMATIONS, Confirmation.CONFIRMED, Confirmation.REFUSED
    ),
    "risk_to": _one(_("Reported to"), labels.PATHS, Path.POLICE, Path.ADMINISTRATION),
    "is_chosen": lambda _s, _g, *, needed: forms.BooleanField(
        label=_("The parties chose this mediator"), required=False
    ),
    "at": lambda _s, _g, *, needed: Moment(label=_("Time of the session"), required=needed),
    "place": lambda _s, _g, *, needed: forms.CharField(
        label=_("Place of the session"), max_length=100, required=needed
    ),
    "minutes": lambda _s, _g, *, needed: Words(
        label=_("Minutes, for the parties and the mediator only"), required=needed, rows=5
    ),
    "present": lambda _s, given, *, needed: Several(
        label=_("Who came"), choices=given.all_parties, required=needed
    ),
    "on": lambda _s, given, *, needed: Day(
        label=_("On the day"), required=needed, initial=given.today
    ),
    "court": lambda _s, _g, *, needed: forms.CharField(
        label=_("People's court"), max_length=100, required=needed
    ),
}


class StepForm(forms.Form):
    """The fields of one step; ``term_rows`` are the lines of an agreement."""

    def __init__(self, step: str, given: Given, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{step}-%s")
        self.step = step
        asked = ROWS[step].inputs
        for name in (*asked.needed, *asked.optional):
            if name == "terms":
                self._add_terms(given)
            elif not (name == "way" and Capacity.PARTY in given.capacities):
                self.fields[name] = MAKERS[name](step, given, needed=name in asked.needed)
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.validators.append(PLAIN)

    def _add_terms(self, given: Given) -> None:
        for i in range(TERM_ROWS):
            more: dict[str, Any] = {"required": i == 0}
            self.fields[f"term{i}_party"] = Number(
                label=_("Owed by"), choices=given.all_parties, **more
            )
            self.fields[f"term{i}_text"] = forms.CharField(
                label=_("What is to be done"), max_length=500, **more
            )
            self.fields[f"term{i}_due"] = Day(label=_("Until"), **more)
            self.fields[f"term{i}_amount"] = forms.DecimalField(
                label=_("Amount (yuan)"),
                max_digits=18,
                decimal_places=2,
                min_value=0,
                required=False,
            )

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith("term") or "_id" in name]

    @property
    def term_rows(self) -> list[list[forms.BoundField]]:
        """The fields of each line of the agreement, line by line."""
        if "term0_text" not in self.fields:
            return []
        parts = ("party", "text", "due", "amount")
        return [[self[f"term{i}_{part}"] for part in parts] for i in range(TERM_ROWS)]

    def inputs(self) -> dict[str, Any]:
        """What the step is given: the fields, and the lines of the agreement as tuples."""
        data = self.cleaned_data
        given = {f.name: data[f.name] for f in self.plain_fields if f.name in data}
        if self.term_rows:
            given["terms"] = list(self._terms(data))
        return given

    @staticmethod
    def _terms(data: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        for i in range(TERM_ROWS):
            if data.get(f"term{i}_text") and data.get(f"term{i}_due"):
                yield tuple(data[f"term{i}_{p}"] for p in ("party", "text", "due", "amount"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for i in range(TERM_ROWS):
            text, due = data.get(f"term{i}_text"), data.get(f"term{i}_due")
            if f"term{i}_due" in self.fields and bool(text) != bool(due):
                name = f"term{i}_due" if text else f"term{i}_text"
                if name not in self.errors:
                    self.add_error(name, _("A term needs what and until when."))
        return data


def step_form(step: str, given: Given, data: Any = None) -> StepForm:
    return StepForm(step, given, data)
