"""What the planner asks: how far, at what wage, and what one more of something would bring."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _


class More(models.TextChoices):
    """One more of what."""

    TECHNICIAN = "technician", _("one technician")
    PROVIDER = "provider", _("one provider with four technicians")
    SHIFT = "shift", _("one shift of eight hours, by people there are")


@dataclass(frozen=True, slots=True)
class Asked:
    """A sound question; what cannot be read is the usual."""

    within: float
    yuan: float
    more: str
    skills: tuple[str, ...]


class PlanForm(forms.Form):
    """Read from the address: it changes nothing."""

    within = forms.FloatField(
        label=_("Minutes of way that still count as covered"), min_value=5, max_value=240
    )
    yuan = forms.FloatField(
        label=_("What an hour on duty costs (yuan)"), min_value=1, max_value=2000
    )
    more = forms.ChoiceField(
        label=_("What would it bring to have one more?"),
        choices=[("", _("nothing more")), *More.choices],
        required=False,
    )
    skills = forms.MultipleChoiceField(
        label=_("With these skills"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, skills: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="plan-%s", initial={"within": 60, "yuan": 80})
        self.fields["skills"].choices = skills  # type: ignore[attr-defined]  # of a choice field

    def asked(self, *, within: float, yuan: float) -> Asked:
        """What is left of the address when everything that makes no sense is put aside."""
        found: dict[str, Any] = {}
        if self.is_bound:
            self.is_valid()
            found = self.cleaned_data
        more = str(found.get("more") or "")
        skills = tuple(sorted(found.get("skills") or ()))
        if more in {More.TECHNICIAN, More.PROVIDER} and not skills:
            more = ""
        return Asked(
            _finite(found.get("within"), within), _finite(found.get("yuan"), yuan), more, skills
        )


def _finite(value: Any, usual: float) -> float:
    return float(value) if value is not None and math.isfinite(value) else usual
