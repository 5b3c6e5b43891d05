"""Forms of the registers: machines, inspections, providers, rosters, money, retrofits."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from qiying.kernel import problems
from qiying.kernel.people import SHANGHAI
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.rules import MachineState, Phase

EARLIEST, LATEST = 1950, 2150
FILES = ".csv,.xlsx,.xls"


def choices(words: labels.Words, first: Any = None) -> list[tuple[str, Any]]:
    """Codes and words, after an empty choice where one is given."""
    rows = labels.choices(words)
    return rows if first is None else [("", first), *rows]


class Day(forms.DateField):
    """A day of our time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
        )

    def clean(self, value: Any) -> date | None:
        found: date | None = super().clean(value)
        if found is not None and not EARLIEST < found.year < LATEST:
            raise ValidationError(problems.sentence("input.date"))
        return found


class Text(forms.CharField):
    """Some lines of words."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)


def _line(label: Any, most: int, *, is_needed: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=is_needed)


def _money(label: Any, *, is_needed: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_digits=12, decimal_places=2, required=is_needed
    )


class MachineForm(forms.Form):
    """A machine as the firm describes it; the firm and the class are fixed once registered."""

    firm = _line(_("Firm: name or credit code"), 120, is_needed=True)
    kind_code = forms.ChoiceField(label=_("Class of equipment"))
    name = _line(_("Name of the machine"), 80, is_needed=True)
    place = _line(_("Where it stands, as a stranger finds it"), 120)
    line = _line(_("Production line"), 60)
    maker = _line(_("Maker"), 80)
    model = _line(_("Model"), 80)
    serial = _line(_("Serial number"), 60)
    made_in = forms.IntegerField(
        label=_("Year of manufacture"), required=False, min_value=1900, max_value=2150
    )
    criticality = forms.ChoiceField(
        label=_("When it fails"), choices=choices(labels.CRITICALITIES)
    )
    loss_per_hour_cny = _money(_("Declared loss of an hour of standstill, yuan"))
    special_number = _line(_("Registration number of special equipment"), 30)

    def __init__(self, *args: Any, classes: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["kind_code"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [("", _("Choose a class of equipment")), *classes]

    def values(self) -> dict[str, Any]:
        """What the operation takes beside firm and class."""
        data = dict(self.cleaned_data)
        data.pop("firm", None)
        data.pop("kind_code", None)
        data["loss_per_hour_cny"] = data.get("loss_per_hour_cny") or 0
        return data


class MachineChangeForm(MachineForm):
    """What may be corrected later."""

    state = forms.ChoiceField(
        label=_("State"),
        choices=[c for c in choices(labels.MACHINE_STATES) if c[0] != MachineState.SCRAPPED],
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, classes=[], **more)
        del self.fields["firm"], self.fields["kind_code"]


class ReasonForm(forms.Form):
    """Why."""

    text = Text(label=_("Reason"), max_length=300)


class FileForm(forms.Form):
    """A table of machines."""

    file = forms.FileField(
        label=_("File: CSV or Excel"), widget=forms.FileInput(attrs={"accept": FILES})
    )
    good_rows = forms.BooleanField(
        label=_("Write the good lines even if others have faults"), required=False
    )


class InspectionForm(forms.Form):
    """When the licensed body must have inspected it next."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices(labels.INSPECTIONS))
    last_on = Day(label=_("Last inspected on"), required=False)
    due_on = Day(label=_("Due on"))


class BookingForm(forms.Form):
    """The appointment that the licensed body has given."""

    body = _line(_("Licensed inspection body"), 100, is_needed=True)
    booked_on = Day(label=_("Appointment on"))
    note = _line(_("Note: documents, standstill, contact"), 200)


class ResultForm(forms.Form):
    """What the licensed body found, as its report says."""

    done_on = Day(label=_("Inspected on"))
    has_passed = forms.TypedChoiceField(
        label=_("Conclusion of the body"),
        choices=[("yes", _("passed")), ("no", _("not passed"))],
        coerce=lambda v: v == "yes",
    )
    body = _line(_("Licensed inspection body"), 100, is_needed=True)
    certificate = _line(_("Number of the report"), 60)
    result = _line(_("What it says"), 300)
    next_on = Day(label=_("Next due on, if the report names it"), required=False)


class ShiftForm(forms.Form):
    """A time on duty: a day, from an hour to an hour; an earlier end is the next morning."""

    technician = forms.ChoiceField(label=_("Technician"))
    on = Day(label=_("Day"))
    starts = forms.TimeField(
        label=_("From what time"), widget=forms.TimeInput(attrs={"type": "time"})
    )
    ends = forms.TimeField(
        label=_("Until what time"), widget=forms.TimeInput(attrs={"type": "time"})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=choices(labels.SHIFT_KINDS))
    station = forms.ChoiceField(label=_("Station"), required=False)
    turnout_min = forms.IntegerField(
        label=_("Minutes until leaving"), required=False, min_value=0, max_value=120
    )

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, Any]],
        stations: list[tuple[str, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self._choose("technician", [("", _("Choose a technician")), *people])
        self._choose("station", [("", _("the own one")), *stations])

    def _choose(self, name: str, rows: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = rows

    def span(self) -> tuple[datetime, datetime]:
        """Beginning and end in the zone's time."""
        data = self.cleaned_data
        start = datetime.combine(data["on"], data["starts"], tzinfo=SHANGHAI)
        end = datetime.combine(data["on"], data["ends"], tzinfo=SHANGHAI)
        return start, end if end > start else end + timedelta(days=1)


class DrawForm(forms.Form):
    """A settlement of a provider's month."""

    provider = forms.ChoiceField(label=_("Provider"))
    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )
    budget = forms.ChoiceField(label=_("Budget line"), required=False)

    def __init__(
        self,
        *args: Any,
        providers: list[tuple[str, str]],
        budgets: list[tuple[str, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        for name, rows in (("provider", providers), ("budget", budgets)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
            field.choices = [("", _("Please choose")), *rows]


class VoucherForm(forms.Form):
    """Under which voucher it was paid."""

    voucher = _line(_("Number of the voucher"), 60, is_needed=True)


class RetrofitForm(forms.Form):
    """A project of a firm and the figure that it shall move."""

    firm = _line(_("Firm: name or credit code"), 120, is_needed=True)
    title = _line(_("Project"), 120, is_needed=True)
    text = Text(label=_("What is changed"), max_length=4000, required=False)
    figure = _line(_("What is measured"), 60, is_needed=True)
    unit = _line(_("Unit of measure"), 20, is_needed=True)
    is_less_better = forms.BooleanField(label=_("less is better"), required=False, initial=True)
    target_percent = forms.DecimalField(
        label=_("Better by, percent"), min_value=0, max_value=1000, max_digits=6, decimal_places=2
    )
    cost_cny = _money(_("Cost, yuan"))
    public_cny = _money(_("of it public, yuan"))


class ReadingForm(forms.Form):
    """A value with its day and where it was read."""

    phase = forms.ChoiceField(
        label=_("Phase"), choices=choices(labels.PHASES), initial=Phase.AFTER
    )
    on = Day(label=_("Day"))
    value = forms.DecimalField(
        label=_("Reading of the figure"), min_value=0, max_digits=14, decimal_places=4
    )
    source = _line(_("Where it was read"), 120, is_needed=True)


class DayForm(forms.Form):
    """On which day."""

    on = Day(label=_("Day"))


class CertificateForm(forms.Form):
    """A skill that somebody has proved."""

    technician = forms.ChoiceField(label=_("Technician"))
    skill = forms.ChoiceField(label=_("Skill"))
    number = _line(_("Number of the certificate"), 60)
    from_on = Day(label=_("Valid from"))
    until_on = Day(label=_("Valid until, exclusive"), required=False)

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, str]],
        skills: list[tuple[str, Any]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        for name, rows in (("technician", people), ("skill", skills)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
            field.choices = [("", _("Please choose")), *rows]


class LicenceForm(forms.Form):
    """A licence that the house has seen."""

    item = _line(_("Licence item"), 60, is_needed=True)
    number = _line(_("Number of the licence"), 60, is_needed=True)
    body = _line(_("Issued by"), 100)
    from_on = Day(label=_("Valid from"))
    until_on = Day(label=_("Valid until, exclusive"), required=False)
