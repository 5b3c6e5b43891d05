"""Forms of the casebook: they validate and never save."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiying.kernel.language import in_language
from qiying.slices.casebook import rules
from qiying.slices.casebook.models import labels

Choices = Iterable[tuple[Any, Any]]


class Day(forms.DateField):
    """A day, picked from the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**options)


def _text(part: str) -> forms.CharField:
    if part == "title":
        return forms.CharField(
            label=labels.PART_LABELS[part], max_length=rules.MAX_TITLE, required=False
        )
    return forms.CharField(
        label=labels.PART_LABELS[part],
        max_length=rules.MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class TextForm(forms.Form):
    """The parts of a case's text."""

    title = _text("title")
    background = _text("background")
    difficulty = _text("difficulty")
    practice = _text("practice")
    effect = _text("effect")
    replicable = _text("replicable")

    def texts(self) -> dict[str, str]:
        return {part: self.cleaned_data[part] for part in rules.TEXTS}


class NominateForm(TextForm):
    """The call by its number, and the text as far as it is written."""

    number = forms.CharField(label=_("Number of the closed call"), max_length=24)
    field_order = ("number", *rules.TEXTS)


class ReasonForm(forms.Form):
    """Why a finding may stand."""

    key = forms.RegexField(r"^[0-9a-f]{16}$", widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why it may stand"), max_length=300)


class StepForm(forms.Form):
    """A step, and its reason where it needs one."""

    step = forms.CharField(max_length=20)
    reason = forms.CharField(label=_("Reason"), max_length=2000, required=False)


class PersonForm(forms.Form):
    """Somebody who is asked to read, and where the person comes from."""

    person = forms.IntegerField(label=_("Reviewer"), min_value=1, max_value=2**31)
    county = forms.CharField(label=_("Comes from (county)"), max_length=60, required=False)


class PointsForm(forms.Form):
    """Points for each criterion, and a remark that says why."""

    def __init__(self, *args: Any, criteria: Iterable[Mapping[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._codes = [row["code"] for row in criteria]
        for row in criteria:
            name = in_language(row["name_zh"], row["name_en"])
            self.fields[f"points_{row['code']}"] = forms.TypedChoiceField(
                label=_("%(name)s (weight %(weight)s)") % {"name": name, "weight": row["weight"]},
                choices=[("", "—"), *((str(p), str(p)) for p in reversed(rules.POINTS))],
                coerce=int,
            )
        self.fields["comment"] = forms.CharField(
            label=_("Remark"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
        )

    def points(self) -> dict[str, int]:
        return {code: self.cleaned_data[f"points_{code}"] for code in self._codes}


class CiteForm(forms.Form):
    """Which case was followed, and what was taken over."""

    case = forms.UUIDField(widget=forms.HiddenInput)
    cited_in = forms.ChoiceField(label=_("Cited in"), choices=labels.CitedIn.choices)
    note = forms.CharField(label=_("What was taken over"), max_length=300, required=False)


class CiteForClassForm(forms.Form):
    """Which case was followed in a measure, and what was taken over."""

    case = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(label=_("What was taken over"), max_length=300, required=False)


class SelectionForm(forms.Form):
    """What a call for cases says."""

    title_zh = forms.CharField(label=_("Chinese title"), max_length=120)
    title_en = forms.CharField(label=_("English title"), max_length=160, required=False)
    rules_zh = forms.CharField(
        label=_("Rules (Chinese)"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    rules_en = forms.CharField(
        label=_("Rules (English)"),
        max_length=6000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    quota = forms.IntegerField(label=_("Places"), min_value=1, max_value=200)
    tie_rule = forms.ChoiceField(label=_("Equal scores"), choices=labels.TieRule.choices)
    opens_on = Day(label=_("Entries from"))
    closes_on = Day(label=_("Entries until"))
    review_until = Day(label=_("Judged until"))
    publicity_days = forms.IntegerField(
        label=_("Publicity period (working days)"),
        min_value=rules.LEAST_PUBLICITY,
        max_value=60,
        initial=rules.LEAST_PUBLICITY,
    )
    seed = forms.IntegerField(
        label=_("Seed of the draw"), min_value=0, max_value=2**31 - 1, initial=1
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for row in rules.STANDARD:
            name = in_language(row.name_zh, row.name_en)
            self.fields[f"weight_{row.code}"] = forms.IntegerField(
                label=_("Weight: %(name)s") % {"name": name},
                min_value=1,
                max_value=99,
                initial=row.weight,
            )

    def criteria(self) -> list[dict[str, Any]]:
        return [
            {**row.as_row(), "weight": self.cleaned_data[f"weight_{row.code}"]}
            for row in rules.STANDARD
        ]

    def terms(self) -> dict[str, Any]:
        plain = {k: v for k, v in self.cleaned_data.items() if not k.startswith("weight_")}
        return {**plain, "criteria": self.criteria()}


class EntryForm(TextForm):
    """A case that is handed in."""

    level = forms.ChoiceField(label=_("Entered by"), choices=labels.choices(labels.LEVEL_LABELS))
    county = forms.CharField(label=_("County"), max_length=60)
    entrant = forms.CharField(label=_("Entrant"), max_length=100)
    unit = forms.TypedChoiceField(
        label=_("Unit of the zone"), required=False, coerce=int, empty_value=None
    )
    evidence = forms.CharField(
        label=_("Proof of the figures"),
        max_length=rules.MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("level", "county", "entrant", "unit", *rules.TEXTS, "evidence")

    def __init__(self, *args: Any, units: Choices = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].choices = [("", "—"), *units]  # type: ignore[attr-defined]


class EntryTextForm(TextForm):
    """The text of an entry that came back."""

    evidence = forms.CharField(
        label=_("Proof of the figures"),
        max_length=rules.MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ChooseForm(forms.Form):
    """What the meeting decided; the entries and reasons stand beside the ranking."""

    met_on = Day(label=_("Day of the meeting"))
    minutes = forms.CharField(
        label=_("Minutes"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ObjectionForm(forms.Form):
    entry = forms.UUIDField()
    text = forms.CharField(
        label=_("Your objection"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(choices=[("upheld", "upheld"), ("dismissed", "dismissed")])
    finding = forms.CharField(label=_("Finding of the review"), max_length=2000)


class RemarkForm(forms.Form):
    step = forms.ChoiceField(choices=[(s, s) for s in ("complete", "give_back", "withdraw")])
    remark = forms.CharField(label=_("What is missing"), max_length=2000, required=False)


class InterestForm(forms.Form):
    reason = forms.CharField(label=_("Why I stand back"), max_length=200)
