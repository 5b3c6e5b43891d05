"""One form for each step of the table; they validate and never save."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import files, problems
from qiying.kernel.errors import Invalid
from qiying.slices.class_issues.models.labels import DISMISSAL_LABELS, PLACE_LABELS
from qiying.slices.class_issues.rules import (
    INPUTS,
    LIMITS,
    MAX_MILESTONES,
    MAX_TEXT,
    MAX_TITLE,
)

Choices = Sequence[tuple[Any, Any]]
STONE = re.compile(r"^\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\s,，:：、]+(\S.*)$", re.ASCII)
ACCEPT = ".jpg,.jpeg,.png,.webp,.mp4,.mov,.webm,.pdf,.docx,.xlsx"
TEXT_LABELS: Mapping[str, Promise] = {
    "raise": _("A word to the owner"),
    "dismiss": _("Reason"),
    "merge": _("Why they are one problem"),
    "split": _("Why they are another problem"),
    "add_call": _("Why it is the same problem"),
    "drop_call": _("Why it is another problem"),
    "assign": _("Reason"),
    "start": _("Remark"),
    "report": _("How far it is"),
    "reach": _("What was done"),
    "extend": _("Why more time is needed"),
    "land": _("What is in place now; the firms read this"),
    "find_effective": _("What was found on the spot and in the figures"),
    "find_not_effective": _("What was found on the spot and in the figures"),
    "close": _("Conclusion"),
}


def _has_control(text: str) -> bool:
    return any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in text)


class Words(forms.CharField):
    """Running text: line ends as one character each, nothing that cannot be read."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        options.setdefault("max_length", MAX_TEXT)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return str(text).replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        if _has_control(value):
            raise ValidationError(problems.sentence("input.control"))


class Line(forms.CharField):
    """One line of text without control characters."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if _has_control(value) or "\n" in value:
            raise ValidationError(problems.sentence("input.control"))


class Stones(Words):
    """Milestones, one a line: the day, then what is done by then."""

    def clean(self, value: Any) -> list[tuple[date, str]]:
        text = super().clean(value)
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) > MAX_MILESTONES:
            raise ValidationError(problems.sentence("class_issues.milestones"))
        return [self._stone(line) for line in lines]

    def _stone(self, line: str) -> tuple[date, str]:
        found = STONE.match(line)
        try:
            if found is None:
                raise ValueError
            year, month, day = (int(found.group(n)) for n in (1, 2, 3))
            return date(year, month, day), found.group(4).strip()
        except ValueError as error:
            raise ValidationError(problems.sentence("class_issues.milestones")) from error


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several uploads, each inspected as the store will inspect it; those that pass are kept."""

    def __init__(self, **options: Any) -> None:
        widget = _ManyFiles(attrs={"accept": ACCEPT, "multiple": True})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[files.Upload]:
        del initial
        given = data if isinstance(data, list | tuple) else [data]
        uploads = [u for u in given if isinstance(u, UploadedFile)]
        if len(uploads) > files.MAX_FILES:
            raise ValidationError(problems.sentence("files.too_many", {"limit": files.MAX_FILES}))
        for upload in uploads:
            try:
                files.inspect(upload)
            except Invalid as problem:
                raise ValidationError(problems.explain(problem)) from problem
        return uploads


@dataclass(frozen=True, slots=True)
class Options:
    """What a step offers to choose from, and what it begins with."""

    owners: Choices = ()
    others: Choices = ()
    calls: Choices = ()
    milestones: Choices = ()
    initial: Mapping[str, Any] = field(default_factory=dict)


def _text(step: str) -> forms.Field:
    return Words(
        label=TEXT_LABELS[step],
        required="text" in INPUTS[step].needed,
        rows=5 if step in {"land", "report"} else 3,
    )


def _days(label: Any, most: int) -> forms.Field:
    return forms.IntegerField(label=label, min_value=1, max_value=most)


def _call(step: str, options: Options) -> forms.Field:
    if step == "add_call":
        return Line(label=_("Number of the call"), max_length=24)
    first = ("", _("Choose a call"))
    return forms.ChoiceField(label=_("Number of the call"), choices=[first, *options.calls])


Make = Callable[[str, Options], forms.Field]
FIELDS: Mapping[str, Make] = {
    "title": lambda _s, _o: Line(label=_("Title: the problem in one line"), max_length=MAX_TITLE),
    "owner": lambda _s, o: forms.ChoiceField(
        label=_("Owner unit and person in charge"),
        choices=[("", _("Choose a person")), *o.owners],
    ),
    "code": lambda _s, _o: forms.ChoiceField(
        label=_("Why is it no class issue?"),
        choices=[(str(k), w) for k, w in DISMISSAL_LABELS.items()],
        widget=forms.RadioSelect,
    ),
    "other": lambda _s, o: forms.ChoiceField(
        label=_("Into which class"), choices=[("", _("Choose a class")), *o.others]
    ),
    "calls": lambda _s, o: forms.MultipleChoiceField(
        label=_("Calls to split off"),
        choices=list(o.calls),
        widget=forms.CheckboxSelectMultiple,
    ),
    "call": _call,
    "root_cause": lambda _s, _o: Words(label=_("Root cause")),
    "measure": lambda _s, _o: Words(label=_("Measure, for all at once; the firms read this")),
    "within": lambda _s, _o: _days(_("Lands within working days"), LIMITS["measure_within"][1]),
    "milestones": lambda _s, _o: Stones(
        label=_("Milestones, one a line: day, then what is done by then"),
        required=False,
        help_text=_("For example: 2026-12-08 tender published"),
    ),
    "milestone": lambda _s, o: forms.TypedChoiceField(
        label=_("Milestone"), choices=list(o.milestones), coerce=int
    ),
    "more": lambda _s, _o: _days(_("More working days"), 60),
    "text": lambda step, _o: _text(step),
    "attachments": lambda _s, _o: Files(
        label=_("Evidence: photos, protocol of acceptance, document"),
        help_text=_("Photos, short video up to 60 MB, PDF, Word or Excel up to 20 MB"),
        max_length=200,
    ),
}
"""The field of each input; who owns a class issue is one field for two inputs."""


class StepForm(forms.Form):
    """The form of one step; ``inputs`` are the keyword arguments of the operation."""

    def __init__(self, step: str, *args: Any, options: Options, **more: Any) -> None:
        super().__init__(*args, **{**more, "initial": dict(options.initial)})
        self.step = step
        asked = [n for n in INPUTS[step].names if n in FIELDS]
        self.fields = {name: FIELDS[name](step, options) for name in asked}

    @property
    def uploads(self) -> list[files.Upload]:
        """Files that passed, also of a form that comes back."""
        return list(getattr(self, "cleaned_data", {}).get("attachments") or [])

    def inputs(self, attachment_ids: Sequence[int]) -> dict[str, Any]:
        """What the operation takes."""
        found = dict(self.cleaned_data)
        if "owner" in found:
            unit, _dash, person = found.pop("owner").partition("-")
            found |= {"owner_unit": int(unit), "owner": int(person)}
        if "attachments" in found:
            found["attachments"] = list(attachment_ids)
        return found


class ThresholdForm(forms.Form):
    """The zone's thresholds, all of them, with the reason of the change."""

    def __init__(self, *args: Any, labels: Mapping[str, Any], **more: Any) -> None:
        super().__init__(*args, **more)
        for name, (least, most) in LIMITS.items():
            self.fields[name] = forms.IntegerField(
                label=labels[name], min_value=least, max_value=most
            )
        self.fields["place"] = forms.ChoiceField(
            label=labels["place"], choices=[(str(k), w) for k, w in PLACE_LABELS.items()]
        )
        order = ["min_firms", "within_days", "place", *LIMITS]
        self.order_fields(dict.fromkeys(order))
        self.fields["reason"] = Line(label=_("Reason of the change"), max_length=300)
