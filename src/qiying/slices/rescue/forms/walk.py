"""The steps of a technician's phone as forms: what is asked, and what the phone adds by itself."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import files, problems
from qiying.kernel.errors import Invalid
from qiying.kernel.forms import PLAIN
from qiying.slices.rescue.forms.phone import FAULTS
from qiying.slices.rescue.forms.steps import Given, StepForm

SIGNED = frozenset({"finish", "accept_quote"})
"""Steps below which the firm draws its signature."""
SIGNED_BY = frozenset({"solve_remotely", "decline_quote"})
HOURS: Mapping[str, Promise] = {
    "2": _("in 2 hours"),
    "12": _("in half a day"),
    "24": _("tomorrow"),
    "72": _("in three days"),
    "168": _("in a week"),
}
WALK_LABELS: Mapping[tuple[str, str], Any] = {
    ("arrive", "text"): _("Not near the machine? Say why you report from here"),
    ("finish", "text"): _("What was repaired"),
    ("finish", "signed_by"): _("Name of who signs for the firm"),
    ("accept_quote", "signed_by"): _("Name of who accepts for the firm"),
    ("diagnose", "cause"): _("What is broken, and why"),
    ("try_run", "papers"): _("Photo of the machine as you leave it"),
    ("diagnose", "papers"): _("Photo before the work"),
    ("wait_for_parts", "until"): _("When are they here?"),
    ("patch", "until"): _("When is the rest done?"),
    ("issue_permit", "valid_until"): _("Valid until"),
}
FAULT_WIDTH = 24
FILE = "signature"


class WalkForm(StepForm):
    """A step with the tap-sized fields of the phone; ``inputs`` also holds place and moment."""

    def __init__(
        self, step: str, given: Given, data: Any = None, uploaded: Any = None, *, kept: int = 0
    ) -> None:
        super().__init__(step, given, data, uploaded, kept=kept)
        for (name, field), label in WALK_LABELS.items():
            if name == step and field in self.fields:
                self.fields[field].label = label
        self._tap()
        if step in SIGNED:
            self.fields[FILE] = forms.FileField(label=_("Signature"), required=False)

    def _tap(self) -> None:
        """Fields that a thumb answers instead of a keyboard."""
        if "fault_code" in self.fields:
            taken = [(code[:FAULT_WIDTH], words) for code, words in FAULTS.items()]
            self.fields["fault_code"] = forms.ChoiceField(
                label=_("Kind of fault"), choices=taken, widget=forms.RadioSelect
            )
        if "until" in self.fields:
            label = self.fields["until"].label
            self.fields["until"] = forms.ChoiceField(
                label=label, choices=list(HOURS.items()), widget=forms.RadioSelect
            )
        if "warranty_days" in self.fields:
            del self.fields["warranty_days"]
        if "signed_by" in self.fields:
            made = forms.CharField(
                label=self.fields["signed_by"].label, max_length=40, validators=[PLAIN]
            )
            self.fields["signed_by"] = made

    @property
    def signature(self) -> "files.Upload | None":
        """What the firm drew with a finger."""
        found = self.files.get(FILE) if FILE in self.fields else None
        return found if isinstance(found, UploadedFile) else None

    @property
    def with_names(self) -> list[tuple[str, files.Upload]]:
        """The files that the store would take, with the field that they came by."""
        found = [("papers", f) for f in self.uploads]
        drawn = self.signature
        return [*found, (FILE, drawn)] if drawn is not None and FILE not in self.errors else found

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        drawn = self.signature
        if drawn is not None:
            try:
                family, _type = files.inspect(drawn)
            except Invalid as problem:
                self.add_error(FILE, problems.explain(problem))
            else:
                if family != "image":
                    words = problems.sentence("files.type", {"name": drawn.name})
                    self.add_error(FILE, words)
        elif self.step in SIGNED and not self.kept:
            self.add_error(FILE, _("The firm signs here first."))
        return data

    def inputs_at(self, now: datetime) -> dict[str, Any]:
        """What was said, with hours counted from when the phone said it."""
        found = {k: v for k, v in self.inputs.items() if k != FILE}
        if "until" in found:
            found["until"] = now + timedelta(hours=int(found["until"]))
        return found


def place_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the phone added by itself; what is no number, no place or no moment is left out."""
    found: dict[str, Any] = {}
    longitude, latitude = _number(data.get("longitude"), 180), _number(data.get("latitude"), 90)
    if longitude is not None and latitude is not None:
        found = {"longitude": longitude, "latitude": latitude}
        accuracy = _number(data.get("accuracy_m"), 100_000)
        if accuracy is not None and accuracy >= 0:
            found["accuracy_m"] = accuracy
    sent_at = _moment(str(data.get("sent_at") or ""))
    return {**found, **({"sent_at": sent_at} if sent_at else {})}


def _number(value: Any, most: float) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and abs(number) <= most else None


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
