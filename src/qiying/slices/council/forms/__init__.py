"""Forms of the council: one maker for the fields of every step, and forms for new records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel.forms import PLAIN
from qiying.slices.council.models import labels
from qiying.slices.council.rules import MAX_TEXT, MAX_TITLE, ROWS, Position, Satisfaction, Source

Choices = list[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Given:
    """What the choices of a step's form are made from."""

    members: Choices = field(default_factory=list)
    speakers: Choices = field(default_factory=list)
    invited: Choices = field(default_factory=list)
    meetings: Choices = field(default_factory=list)
    units: Choices = field(default_factory=list)
    is_secretary: bool = False
    is_first_round: bool = True


class Words(forms.CharField):
    """A text of several lines."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=MAX_TEXT, widget=widget, validators=[PLAIN], **options)


class Number(forms.TypedChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **options)


class Several(forms.TypedMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, **options)


class Day(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ("%Y-%m-%d",)


class Moment(forms.DateTimeField):
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")


class Maker(Protocol):
    """Makes a field of a step from the rows of the record."""

    def __call__(self, step: str, given: Given, /, *, needed: bool) -> forms.Field: ...


TEXT_LABELS: Mapping[str, Promise | str] = {
    "speak": _("What was said"),
    "record": _("Options talked over, and the opinions for and against"),
    "route": _("What is suggested or passed on, and why"),
    "close": _("What came of it"),
    "publish": _("Summary for the public"),
    "amend": _("Wording of the suggestion"),
    "talk": _("With whom, when, what the deputy thinks"),
    "co_answer": _("Opinion to the lead unit"),
    "answer": _("Text of the answer"),
    "answer_again": _("Text of the answer"),
    "follow_up": _("What has been done since"),
    "accept": _("Comment"),
}


def _text(step: str, _given: Given, *, needed: bool) -> forms.Field:
    rows = 5 if step in {"record", "route", "answer", "answer_again", "amend"} else 3
    return Words(label=TEXT_LABELS.get(step, _("Reason")), required=needed, rows=rows)


def _one(label: Any, words: labels.Words, *without: str) -> Maker:
    def make(_step: str, _given: Given, *, needed: bool) -> forms.Field:
        known = [c for c in labels.choices(words) if c[0] not in without]
        return forms.ChoiceField(label=label, choices=known, required=needed)

    return make


def _row(label: Any, name: str) -> Maker:
    def make(_step: str, given: Given, *, needed: bool) -> forms.Field:
        known = getattr(given, name)
        head: Choices = [] if needed else [("", _("nobody named"))]
        return Number(label=label, choices=[*head, *known], required=needed)

    return make


def _rows(label: Any, name: str) -> Maker:
    def make(_step: str, given: Given, *, needed: bool) -> forms.Field:
        return Several(label=label, choices=getattr(given, name), required=needed)

    return make


def _check(label: Any) -> Maker:
    def make(_step: str, _given: Given, *, needed: bool) -> forms.Field:
        return forms.BooleanField(label=label, required=needed)

    return make


def _member(step: str, given: Given, *, needed: bool) -> forms.Field:
    known = given.speakers if step == "speak" else given.members
    label = _("Which member") if step == "speak" else _("In whose name (for a suggestion)")
    return Number(label=label, choices=[("", "—"), *known], required=needed)


def _satisfaction(_step: str, given: Given, *, needed: bool) -> forms.Field:
    known = labels.choices(labels.SATISFACTIONS)
    if given.is_first_round:
        known = [c for c in known if c[0] != Satisfaction.DISSATISFIED]
    return forms.ChoiceField(label=_("Judgement"), choices=known, required=needed)


def _place(_step: str, _given: Given, *, needed: bool) -> forms.Field:
    return forms.CharField(
        label=_("Place of the meeting"), max_length=100, required=needed, validators=[PLAIN]
    )


def _at(_step: str, _given: Given, *, needed: bool) -> forms.Field:
    return Moment(label=_("Time of the meeting"), required=needed)


MAKERS: Mapping[str, Maker] = {
    "text": _text,
    "decline_reason": _one(_("Why it is no topic"), labels.DECLINES),
    "position": _one(_("Position, advisory"), labels.POSITIONS, Position.RECUSED),
    "route": _one(_("Pass on as"), labels.ROUTES),
    "answer_class": _one(_("Class of the answer"), labels.CLASSES),
    "satisfaction": _satisfaction,
    "meeting_id": _row(_("Meeting"), "meetings"),
    "unit_id": _row(_("Unit that answers"), "units"),
    "co_units": _rows(_("Co-handlers"), "units"),
    "members": _rows(_("Members to invite"), "members"),
    "present": _rows(_("Who came"), "invited"),
    "member_id": _member,
    "is_in_zone": _check(_("It lies in the zone")),
    "is_public_matter": _check(_("It concerns the public, not one person")),
    "is_free": _check(_("It is in no litigation, arbitration or petition")),
    "is_key": _check(_("Key suggestion, followed closely")),
    "at": _at,
    "place": _place,
}


class StepForm(forms.Form):
    """The fields of one step of a record."""

    def __init__(self, entity: str, step: str, given: Given, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{step}-%s")
        self.step = step
        asked = ROWS[entity, step].inputs
        for name in (*asked.needed, *asked.optional):
            if name == "member_id" and step == "speak" and not given.is_secretary:
                continue
            self.fields[name] = MAKERS[name](step, given, needed=name in asked.needed)

    def inputs(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TopicForm(forms.Form):
    """A new topic."""

    title = forms.CharField(label=_("Topic in short"), max_length=MAX_TITLE, validators=[PLAIN])
    text = Words(label=_("What is the matter, what is proposed"), rows=6)
    source = forms.ChoiceField(
        label=_("Where it comes from"),
        choices=labels.choices(labels.SOURCES),
        initial=Source.MEMBER.value,
    )
    calls = forms.CharField(
        label=_("Numbers of calls, if any"),
        max_length=200,
        required=False,
        validators=[PLAIN],
        help_text=_("Separated by blanks; only calls that you may see."),
    )
    class_issue = forms.CharField(
        label=_("Number of the class issue, if any"),
        max_length=24,
        required=False,
        validators=[PLAIN],
    )


class MeetingForm(forms.Form):
    """A new meeting."""

    title = forms.CharField(
        label=_("Name of the meeting"), max_length=MAX_TITLE, validators=[PLAIN]
    )
    at = Moment(label=_("Time of the meeting"))
    place = forms.CharField(label=_("Place of the meeting"), max_length=100, validators=[PLAIN])


class MemberForm(forms.Form):
    """A new member; a user name lets him or her propose and speak here."""

    name = forms.CharField(label=_("Name"), max_length=64, validators=[PLAIN])
    kind = forms.ChoiceField(label=_("Member as"), choices=labels.choices(labels.MEMBERS))
    level = forms.CharField(
        label=_("Of which congress or committee"),
        max_length=60,
        required=False,
        validators=[PLAIN],
    )
    username = forms.CharField(
        label=_("User name, if there is an account"),
        max_length=64,
        required=False,
        validators=[PLAIN],
    )
    firm = forms.CharField(
        label=_("Firm (name or credit code)"), max_length=100, required=False, validators=[PLAIN]
    )
    term_from = Day(label=_("Term from"))
    term_to = Day(label=_("Term until"), required=False)


class TermForm(forms.Form):
    term_to = Day(label=_("Term until"))


class PeriodForm(forms.Form):
    """Which days are counted; the last one is included."""

    start = Day(label=_("From the day"), required=False)
    end = Day(label=_("Through the day"), required=False)
