"""What a firm taps and writes on the phone when a machine is down."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import files, problems
from qiying.kernel.errors import Invalid
from qiying.kernel.forms import PLAIN
from qiying.slices.rescue.forms.fields import Files, Words
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.rules import Kind, PermitKind, Safety, Urgency

Choices = Sequence[tuple[Any, Any]]
OTHER = "other"
FAULTS: Mapping[str, Promise] = {
    "stopped": _("stopped suddenly"),
    "no_start": _("does not start"),
    "control": _("control or alarm"),
    "electric": _("electrical fault"),
    "noise": _("noise or vibration"),
    "heat": _("overheats or smokes"),
    "leak": _("leaks oil, water, air or steam"),
    "quality": _("runs, but bad product"),
    OTHER: _("something else"),
}
URGENCIES = [
    (Urgency.LINE_STOPPED.value, _("The line stands still")),
    (Urgency.SLOWED.value, _("The line is slowed")),
    (Urgency.NOT_URGENT.value, _("Production goes on")),
]
SAFETIES = [
    (Safety.SAFE.value, _("No, nobody is in danger")),
    (Safety.STOPPED.value, _("No; the machine is stopped and locked")),
    (Safety.DANGER.value, _("Yes, somebody is in danger")),
]
KINDS = [
    (Kind.EMERGENCY.value, _("Now: it is down or about to fail")),
    (Kind.REPAIR.value, _("A repair or maintenance that can be planned")),
]
SPAN_LABELS: Mapping[str, Promise] = {
    "2": _("2 hours"),
    "4": _("4 hours"),
    "8": _("8 hours, one shift"),
}
CHECKS: Mapping[str, Mapping[str, Promise]] = {
    PermitKind.LOCK_OUT: {
        "isolated": _("Power, air, steam and material are cut off, locked and tagged"),
        "zero_energy": _("Tested: no voltage, no pressure, nothing can move"),
        "key_held": _("The key of the lock is with whoever works on the machine"),
    },
    PermitKind.HOT_WORK: {
        "cleared": _("What can burn is removed or covered within 10 m"),
        "extinguisher": _("Extinguishers stand ready"),
        "watch": _("Somebody watches the fire during the work and afterwards"),
        "gas": _("Gas was measured where it can gather"),
    },
    PermitKind.CONFINED_SPACE: {
        "aired": _("Aired first, then measured, then entered"),
        "measured": _("Oxygen and harmful gases are within the limits"),
        "guard": _("Somebody stands guard outside and stays in contact"),
        "rescue": _("Rescue gear stands ready; nobody goes in after somebody without it"),
    },
    PermitKind.AT_HEIGHT: {
        "belt": _("Safety belt checked and hooked to a sound point"),
        "footing": _("Ladder, scaffold or lift checked"),
        "fenced": _("The ground below is fenced off"),
    },
    PermitKind.LIVE_WORK: {
        "tools": _("Insulated tools and gloves are within their test date"),
        "guard": _("Somebody stands guard at the switch"),
        "covered": _("Live parts beside it are covered"),
    },
}
"""What the safety person of the firm goes through before the work; each is ticked."""


class WithFiles(forms.Form):
    """Photos and a voice note beside the words; a bad file is named, the good ones stay."""

    file_fields: Sequence[str] = ()
    kept_count = 0
    """How many files of this form are on the server already, from a try before."""

    def uploads_of(self, name: str) -> list[files.Upload]:
        read = getattr(self.files, "getlist", None)
        return [f for f in (read(name) if read else []) if isinstance(f, UploadedFile)]

    @property
    def uploads(self) -> list[tuple[str, files.Upload]]:
        """Every file that the store would take, with the field it came by."""
        given = [(name, f) for name in self.file_fields for f in self.uploads_of(name)]
        return [(name, f) for name, f in given if not _fault(f)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        count = self.kept_count
        for name in self.file_fields:
            given = self.uploads_of(name)
            count += len(given)
            for fault in filter(None, map(_fault, given)):
                self.add_error(name, fault)
        if count > files.MAX_FILES:
            words = problems.sentence("files.too_many", {"limit": files.MAX_FILES})
            self.add_error(self.file_fields[-1], words)
        return data


def _fault(upload: files.Upload) -> str:
    try:
        files.inspect(upload)
    except Invalid as problem:
        return problems.explain(problem)
    return ""


class ReportForm(WithFiles):
    """The red button. The machines to choose from are the firm's own: anything else is refused."""

    file_fields = ("photos", "voice")
    machine = forms.ChoiceField(
        label=_("Which machine?"), required=False, widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label=_("When is help needed?"),
        choices=KINDS,
        initial=Kind.EMERGENCY.value,
        widget=forms.RadioSelect,
    )
    fault = forms.ChoiceField(
        label=_("What is wrong?"), choices=list(FAULTS.items()), widget=forms.RadioSelect
    )
    text = Words(
        label=_("In your own words (optional)"), required=False, rows=3, validators=[PLAIN]
    )
    safety = forms.ChoiceField(
        label=_("Is anybody in danger?"), choices=SAFETIES, widget=forms.RadioSelect
    )
    urgency = forms.ChoiceField(
        label=_("Does the line stand still?"), choices=URGENCIES, widget=forms.RadioSelect
    )
    place = forms.CharField(
        label=_("Where in the works, as a stranger finds it"),
        max_length=160,
        required=False,
        validators=[PLAIN],
    )
    contact = forms.CharField(label=_("Who meets us?"), max_length=40, validators=[PLAIN])
    contact_phone = forms.RegexField(
        r"^\+?[0-9][0-9 ()\-]{4,18}$",
        label=_("Telephone"),
        max_length=20,
        error_messages={"invalid": _("Enter a phone number: digits, spaces and hyphens.")},
    )
    photos = Files(label=_("Photos"), accept="image/*")
    voice = forms.FileField(label=_("Voice note"), required=False)

    def __init__(self, *args: Any, machines: Choices, kept_count: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept_count = kept_count
        field = self.fields["machine"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared so above
        field.choices = [*machines, ("", _("It is not in the list"))]

    @property
    def title(self) -> str:
        """The first line of what was written, else the tapped fault."""
        data = self.cleaned_data
        first = next((line.strip() for line in data["text"].splitlines() if line.strip()), "")
        fault = str(FAULTS[data["fault"]])
        if data["fault"] == OTHER and first:
            return first[:60]
        return fault


class PermitForm(forms.Form):
    """A work permit of one kind: every check ticked, by whom, for how long."""

    checks = forms.MultipleChoiceField(
        label=_("Checked on the spot, each of them"), widget=forms.CheckboxSelectMultiple
    )
    issued_by = forms.CharField(
        label=_("Safety person of the firm"), max_length=40, validators=[PLAIN]
    )
    span = forms.ChoiceField(
        label=_("Valid for"), choices=list(SPAN_LABELS.items()), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = CHECKS[PermitKind(kind)]
        field = self.fields["checks"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared so above
        field.choices = list(self.known.items())

    def clean_checks(self) -> list[str]:
        given: list[str] = self.cleaned_data["checks"]
        if set(given) != set(self.known):
            raise forms.ValidationError(_("Tick each check, or do not issue the permit."))
        return [str(self.known[code]) for code in self.known]

    @property
    def lasts(self) -> timedelta:
        return timedelta(hours=int(self.cleaned_data["span"]))


class RateForm(forms.Form):
    """Five grades; nothing is chosen beforehand."""

    grade = forms.ChoiceField(
        label=_("How was the rescue?"),
        choices=labels.choices(labels.GRADES),
        widget=forms.RadioSelect,
    )
    text = Words(
        label=_("Anything to add (optional)"),
        required=False,
        rows=3,
        max_length=1000,
        validators=[PLAIN],
    )


class SayForm(forms.Form):
    """Words for one step of the firm."""

    text = Words(label=_("What is the matter?"), rows=4, validators=[PLAIN])


class WithdrawForm(forms.Form):
    """Why nobody is needed any more."""

    reason = forms.ChoiceField(
        label=_("Why is nobody needed any more?"),
        choices=labels.choices(labels.DISMISSALS),
        widget=forms.RadioSelect,
    )
    text = Words(label=_("Anything to add (optional)"), required=False, rows=3, validators=[PLAIN])


class PlainForm(forms.Form):
    """A button that asks nothing: room for what the operation refuses."""
