"""Form fields with label, hint and error tied together for screen readers."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.utils.translation import gettext

PLAIN = (forms.CheckboxInput,)
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, GROUPS):
        return "group"
    if isinstance(widget, PLAIN):
        return "check"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "select" if isinstance(widget, forms.Select) else "text"


def _control(bound: BoundField, kind: str, extra: dict[str, Any]) -> str:
    notes = []
    if bound.help_text or extra.get("hint"):
        notes.append(f"{bound.auto_id}-hint")
    if bound.errors:
        notes.append(f"{bound.auto_id}-error")
    css = {"select": "select", "check": "checkbox", "group": "choices", "file": "file"}
    attrs: dict[str, Any] = {"class": css.get(kind, "input")}
    if notes and kind != "group":
        attrs["aria-describedby"] = " ".join(notes)
    if bound.errors and kind != "group":
        attrs["aria-invalid"] = "true"
    own = bound.field.widget.attrs.get("class")
    if own:
        attrs["class"] = f"{attrs['class']} {own}"
    for key in ("placeholder", "autocomplete", "inputmode", "rows"):
        if extra.get(key):
            attrs[key] = extra[key]
    return str(bound.as_widget(attrs=attrs))


def errors_of(bound: BoundField) -> list[str]:
    """What is wrong with a field; an entry left out is asked for by the field's own name.

    Django's sentence says only "this field". A form's own sentence is kept.
    """
    stock = str(forms.Field.default_error_messages["required"])
    return [
        gettext("Fill in “%(field)s”.") % {"field": bound.label} if words == stock else str(words)
        for words in bound.errors
    ]


def field(
    bound: BoundField, hint: object = "", label: object = "", **extra: Any
) -> dict[str, Any]:
    """One form field: label, hint, control, error.

    Parameters
    ----------
    bound
        ``form.name``. A hidden field prints its input only.
    hint, label
        Texts that replace the form's own help text and label.
    extra
        ``placeholder``, ``autocomplete``, ``inputmode``, ``rows`` for the control.
    """
    kind = _kind(bound)
    return {
        "field": bound,
        "errors": errors_of(bound),
        "kind": "hidden" if bound.is_hidden else kind,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "control": _control(bound, kind, {"hint": hint, **extra}),
        "is_required": bound.field.required,
    }


def error_summary(form: BaseForm) -> dict[str, Any]:
    """List of everything that must be corrected, each entry a link to its field; takes focus."""
    entries: list[dict[str, Any]] = [{"text": e, "target": ""} for e in form.non_field_errors()]
    for bound in form:
        target = bound.id_for_label or f"field-{bound.html_name}"
        entries += [
            {"text": e, "label": bound.label if e in bound.errors else "", "target": target}
            for e in errors_of(bound)
        ]
    return {"entries": entries if form.is_bound else []}


def form_fields(form: BaseForm) -> dict[str, Any]:
    """The error summary and every field in the form's own order."""
    return {"form": form, **error_summary(form)}
