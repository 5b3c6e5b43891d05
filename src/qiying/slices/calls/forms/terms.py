"""The form that sets a term of the zone."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qiying.engines.worktime import Rule
from qiying.slices.calls import rules
from qiying.slices.calls.forms.words import Line
from qiying.slices.calls.models import KIND_LABELS
from qiying.slices.calls.rules import TermKey
from qiying.slices.calls.rules.terms import TERM_GRADES


class TermForm(forms.Form):
    """How long, from which day on, on what it rests, and why it is set."""

    amount = forms.IntegerField(label=_("Time limit"), min_value=1)
    kind = forms.ChoiceField(label=_("Counted in"))
    valid_from = forms.DateField(
        label=_("In force from"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_(
            "What runs keeps the limit it began with; a shorter one counts for it from this day."
        ),
    )
    source = Line(
        label=_("Document or source"),
        max_length=200,
        required=False,
        help_text=_("The document that sets it, with its number; empty: set by the zone."),
    )
    grade = forms.ChoiceField(label=_("Evidence"), choices=[(g, g) for g in TERM_GRADES])
    reason = Line(label=_("Reason of the change"), max_length=300)

    def __init__(self, data: Mapping[str, Any] | None, *, key: TermKey, rule: Rule) -> None:
        initial = {
            "amount": int(rule.amount),
            "kind": rule.kind,
            "valid_from": timezone.localdate(),
            "grade": "D",
        }
        super().__init__(data, initial=initial)
        kinds = [(k, KIND_LABELS[k]) for k in rules.kinds_of(key)]
        self.fields["kind"] = forms.ChoiceField(label=_("Counted in"), choices=kinds)
        longest = max(rules.most_of(key, kind) for kind in rules.kinds_of(key))
        self.fields["amount"].widget.attrs["max"] = longest
