"""What a firm or its grid officer fills in on the phone."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from qiying.slices.calls.forms.words import Line, Words, WordsForm
from qiying.slices.calls.models import GRADE_LABELS, PURPOSE_LABELS, RESOLVED_LABELS
from qiying.slices.calls.rules import Urgency

PREMISES, ON_MAP = "premises", "map"
URGENCIES = [
    (Urgency.NORMAL.value, _("Ordinary: within the usual time")),
    (Urgency.URGENT.value, _("Urgent: no water, power, gas or heat, or production stands still")),
    (Urgency.DANGER.value, _("Danger: people or property at risk")),
]
Choices = Sequence[tuple[Any, Any]]


class RaiseForm(WordsForm):
    """A call. The lists to choose from are the caller's own: whatever else is sent is refused."""

    text = Words(label=_("What is the matter?"), required=False)
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"),
        choices=URGENCIES,
        initial=Urgency.NORMAL.value,
        widget=forms.RadioSelect,
    )
    where = forms.ChoiceField(label=_("Where is it?"), initial=PREMISES, widget=forms.RadioSelect)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(
        required=False,
        min_value=0,
        max_value=100_000,
        widget=forms.HiddenInput(attrs={"data-place-accuracy": True}),
    )
    address = Line(
        label=_("Landmark, junction, building or floor"), max_length=200, required=False
    )
    matter = forms.ChoiceField(label=_("Matter"), required=False, widget=forms.RadioSelect)
    complained_unit = forms.ChoiceField(label=_("Unit complained of"), required=False)
    contact_name = Line(label=_("Whom shall we ring?"), max_length=64)
    contact_phone = forms.RegexField(
        r"^\+?[0-9][0-9 ()\-]{4,38}$",
        label=_("Phone"),
        max_length=40,
        error_messages={"invalid": _("Enter a phone number: digits, spaces and hyphens.")},
    )
    visit = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        places: Choices,
        matters: Choices,
        units: Choices,
        kept_count: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.kept_count = kept_count
        self._choose("where", places)
        self._choose("matter", [("", _("Not sure: the service desk decides")), *matters])
        self._choose("complained_unit", [("", _("No complaint about a unit")), *units])

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared so above
        field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("where") == ON_MAP and (data.get("lon") is None or data.get("lat") is None):
            self.add_error("where", ValidationError(_("Mark the place on the map first.")))
        return data

    @property
    def site_id(self) -> int | None:
        """The site that was chosen, None for the premises or a place on the map."""
        kind, _sep, key = self.cleaned_data["where"].partition(":")
        return int(key) if kind == "site" else None


class SayForm(WordsForm):
    """Words and files for one step of a call."""

    def __init__(self, *args: Any, kept_count: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept_count = kept_count


class MaybeForm(SayForm):
    """As ``SayForm``, where nothing at all may be said too."""

    is_text_needed = False


class RateForm(forms.Form):
    """Five grades and whether it was solved; nothing is chosen beforehand."""

    resolved = forms.ChoiceField(
        label=_("Was it solved?"),
        choices=[(code.value, label) for code, label in RESOLVED_LABELS.items()],  # type: ignore[attr-defined]  # an enum
        widget=forms.RadioSelect,
    )
    grade = forms.TypedChoiceField(
        label=_("How content are you?"),
        choices=list(GRADE_LABELS.items()),
        coerce=int,
        widget=forms.RadioSelect,
    )
    text = Words(label=_("Anything to add (optional)"), required=False, rows=3)
    kept_count = 0

    def __init__(self, *args: Any, kept_count: int = 0, **options: Any) -> None:
        del kept_count
        super().__init__(*args, **options)


class WithdrawForm(forms.Form):
    """Why a call is taken back; may stay empty."""

    text = Words(label=_("Why (optional)"), required=False, rows=3)

    def __init__(self, *args: Any, kept_count: int = 0, **options: Any) -> None:
        del kept_count
        super().__init__(*args, **options)


class VisitForm(SayForm):
    """A visit to a firm: why, and what was seen and said."""

    purpose = forms.ChoiceField(
        label=_("Why did you go?"),
        choices=[(str(code), label) for code, label in PURPOSE_LABELS.items()],
        widget=forms.RadioSelect,
    )
    text = Words(label=_("What was seen and said"), required=False)
