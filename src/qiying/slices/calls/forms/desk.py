"""One form for each step of the table: the fields are those that ``rules.INPUTS`` names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.calls.forms.co_units import CoTerms, check_rows, row_fields, ticked_in
from qiying.slices.calls.forms.firm import RaiseForm
from qiying.slices.calls.forms.words import Files, Line, Words, WordsForm
from qiying.slices.calls.models import (
    CHANNEL_LABELS,
    DECLINE_LABELS,
    EXTENSION_LABELS,
    NATURE_LABELS,
    OUTCOME_LABELS,
    PAUSE_LABELS,
    RESOLVED_LABELS,
    RESULT_LABELS,
    URGENCY_LABELS,
)
from qiying.slices.calls.rules import FAILED, INPUTS, ROW_STEPS, Channel, DeclineCode

Word = Promise | str
Choices = Sequence[tuple[Any, Any]]
KEEP, NOBODY = "keep", "none"
"""The unit complained of stays as it is; there is none."""
DESK_CHANNELS = (
    Channel.PHONE,
    Channel.WINDOW,
    Channel.VISIT,
    Channel.HOTLINE,
    Channel.EMAIL,
    Channel.DEPUTIES,
    Channel.LEADERS,
)
TEXT_LABELS: Mapping[str, Word] = {
    "accept": _("A word to the firm"),
    "ask_info": _("What is missing? The firm reads this."),
    "supply_info": _("The information"),
    "decline": _("Reason that the firm reads"),
    "propose_decline": _(
        "What was asked for, when and how often, and what did not come; the firm reads this"
    ),
    "approve_decline": _("A word to the desk"),
    "refuse_decline": _("Why the call stays; the desk reads this"),
    "dispatch": _("Reason for another lead than proposed, or a word to the units"),
    "redispatch": _("Why it goes to another unit; the units read this"),
    "add_co": _("Why more units are needed; the units read this"),
    "recall": _("Why the part is taken back; the units read this"),
    "dispute": _("Why it is not our job: duty, boundary, basis"),
    "adjudicate": _("Basis of the decision"),
    "contact": _("What was said"),
    "stage_report": _("How far it is and why it is not done"),
    "task_done": _("What was done"),
    "propose_pause": _("Why the clock should stand still"),
    "refuse_pause": _("Why not"),
    "schedule": _("Plan and what is done by that day; the firm reads this."),
    "answer": _("Answer to the firm"),
    "review_return": _("What is missing in the answer"),
    "attempt_callback": _("Remark"),
    "supersede_attempt": _("What was wrong"),
    "callback_confirm": _("What the firm said"),
    "callback_reject": _("What the firm is not content with"),
    "reopen": _("What is still not solved"),
    "propose_extension": _("Why more time is needed and what was done; the firm reads this"),
    "approve_extension": _("A word to the unit"),
    "refuse_extension": _("Why not"),
    "supervise": _("Why; the unit reads this"),
    "supervision_note": _("What was done since the last note, what comes next"),
    "record_interview": _("Minutes: who was there, what was said, what the unit promised"),
    "propose_removal": _("What was done, why the supervision should end"),
    "approve_removal": _("A word to the unit"),
    "refuse_removal": _("Why it stays"),
    "convene_meeting": _("What the meeting is about"),
    "decide_meeting": _("What the meeting decided"),
    "waive_meeting": _("Why no meeting is needed"),
    "report_milestone": _("What was done by this day; the firm reads this"),
    "note": _("Words to colleagues"),
    "message": _("Words to the firm"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """What a step offers to choose from, and what it begins with."""

    units: Choices = ()
    co_units: Choices = ()
    co_terms: CoTerms | None = None
    matters: Choices = ()
    object_kinds: Choices = ()
    people: Choices = ()
    attempts: Choices = ()
    levels: Mapping[Any, Word] = field(default_factory=dict)
    may_set_precedent: bool = False
    initial: Mapping[str, Any] = field(default_factory=dict)


Make = Callable[[str, Options], forms.Field]
ALONE = {k: w for k, w in DECLINE_LABELS.items() if k != DeclineCode.UNCOOPERATIVE}
"""The reasons on which the desk decides alone; the other one is proposed."""


def _radios(label: Any, words: Mapping[Any, Word], **more: Any) -> forms.ChoiceField:
    choices = [(str(code), word) for code, word in words.items()]
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **more)


def _unit(label: Any, *, is_required: bool) -> Make:
    def make(_step: str, options: Options) -> forms.Field:
        return forms.TypedChoiceField(
            label=label,
            choices=[("", _("Choose a unit")), *options.units],
            coerce=int,
            empty_value=None,
            required=is_required,
        )

    return make


def _number(label: Any, least: float, most: float) -> Make:
    def make(_step: str, _options: Options) -> forms.Field:
        widget = forms.NumberInput(attrs={"step": "any"})
        return forms.FloatField(
            label=label, min_value=least, max_value=most, required=False, widget=widget
        )

    return make


def _text(step: str, _options: Options) -> forms.Field:
    rows = 5 if step in {"answer", "schedule", "message"} else 3
    label = TEXT_LABELS.get(step, _("Words"))
    return Words(label=label, required="text" in INPUTS[step].needed, rows=rows)


def _co_units(step: str, options: Options) -> forms.Field:
    return forms.TypedMultipleChoiceField(
        label=_("Co-handlers"),
        choices=list(options.co_units),
        coerce=int,
        required="co_units" in INPUTS[step].needed,
        widget=forms.CheckboxSelectMultiple,
    )


def _day(label: Any, *, is_required: bool = True) -> Make:
    def make(_step: str, _options: Options) -> forms.Field:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=label, widget=widget, required=is_required)

    return make


def _meeting_units(_step: str, options: Options) -> forms.Field:
    return forms.TypedMultipleChoiceField(
        label=_("Units that come"),
        choices=list(options.units),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )


def _complained(_step: str, options: Options) -> forms.Field:
    first = [(KEEP, _("As it is")), (NOBODY, _("No complaint about a unit"))]
    return forms.ChoiceField(
        label=_("Unit complained of"), choices=[*first, *options.units], required=False
    )


def _reached(_step: str, _options: Options) -> forms.Field:
    return forms.TypedChoiceField(
        label=_("Did you reach the firm?"),
        choices=[("yes", _("Reached")), ("no", _("Not reached"))],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )


def _files(_step: str, _options: Options) -> forms.Field:
    return Files(
        label=_("Files as evidence"),
        help_text=_("Photos, voice, short video up to 60 MB, PDF, Word or Excel up to 20 MB"),
        families={"image", "video", "audio", "document"},
        accept=".jpg,.jpeg,.png,.webp,.mp4,.mov,.webm,.m4a,.mp3,.wav,.ogg,.pdf,.docx,.xlsx",
        max_length=200,
    )


def _people(_step: str, options: Options) -> forms.Field:
    return forms.TypedChoiceField(
        label=_("Person in charge"),
        choices=[("", _("Choose a person")), *options.people],
        coerce=int,
    )


def _attempts(_step: str, options: Options) -> forms.Field:
    return forms.TypedChoiceField(
        label=_("Attempt to correct"), choices=list(options.attempts), coerce=int
    )


FIELDS: Mapping[str, Make] = {
    "lead_unit_id": _unit(_("Lead unit"), is_required=True),
    "unit_id": _unit(_("Unit that leads from now on"), is_required=True),
    "proposed_unit_id": _unit(_("Whose job it is in our view"), is_required=False),
    "co_units": _co_units,
    "code": lambda _s, _o: _radios(_("Why is it not accepted?"), ALONE),
    "told_path": lambda _s, _o: Line(label=_("Where the firm is told to go"), max_length=500),
    "matter_code": lambda _s, o: forms.ChoiceField(
        label=_("Matter"), choices=[("", _("Choose a matter")), *o.matters]
    ),
    "nature": lambda _s, _o: forms.ChoiceField(
        label=_("Nature"),
        choices=[("", _("By the matter")), *((str(k), w) for k, w in NATURE_LABELS.items())],
        required=False,
    ),
    "object_kind": lambda _s, o: forms.ChoiceField(
        label=_("Object"), choices=list(o.object_kinds), required=False
    ),
    "urgency": lambda _s, _o: forms.ChoiceField(
        label=_("Urgency"), choices=[(str(k), w) for k, w in URGENCY_LABELS.items()]
    ),
    "longitude": _number(_("Longitude"), -180, 180),
    "latitude": _number(_("Latitude"), -90, 90),
    "accuracy_m": _number(_("Accuracy (metres)"), 0, 100_000),
    "complained_unit_id": _complained,
    "is_reached": _reached,
    "person_id": _people,
    "reason": lambda step, _o: _radios(
        _("Reason"), EXTENSION_LABELS if step == "propose_extension" else PAUSE_LABELS
    ),
    "until_on": _day(_("New day")),
    "talked_on": _day(_("Day of the interview")),
    "promised_on": _day(_("To be put right by"), is_required=False),
    "meets_on": _day(_("Day of the meeting")),
    "task_due_on": _day(_("Task due"), is_required=False),
    "unit_ids": _meeting_units,
    "task_unit_id": _unit(_("Who does it"), is_required=False),
    "told_unit_id": _unit(
        _("Unit of the zone that it belongs to, if one does"), is_required=False
    ),
    "level": lambda _s, o: _radios(_("Rung"), o.levels),
    "officer_id": lambda _s, o: forms.TypedChoiceField(
        label=_("Who answers for it"),
        choices=[("", _("Whoever the rung is for")), *o.people],
        coerce=int,
        empty_value=None,
        required=False,
    ),
    "evidence": lambda _s, _o: Words(
        label=_("Proof in writing: document, record on site, who confirmed"),
        required=False,
        rows=2,
    ),
    "expected_to_at": lambda step, _o: forms.DateTimeField(
        label=_("Expected until"),
        required=step == "propose_pause",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    ),
    "milestone_on": lambda _s, _o: forms.DateField(
        label=_("Milestone"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    ),
    "result": lambda _s, _o: _radios(_("Result"), RESULT_LABELS),
    "outcome": lambda _s, _o: _radios(
        _("What came of it?"), {k: w for k, w in OUTCOME_LABELS.items() if k in FAILED}
    ),
    "callback_id": _attempts,
    "resolved": lambda _s, _o: _radios(_("Was it solved?"), RESOLVED_LABELS),
    "is_precedent": lambda _s, _o: forms.BooleanField(
        label=_("Keep as a precedent for this matter at this place"), required=False
    ),
    "text": _text,
    "attachments": _files,
}
NAMES = {"attachments": "papers"}
"""Inputs whose field has another name: the one under which files are kept."""
STAYING = frozenset({"add_co", "adjudicate"})
"""Steps after which whoever helps goes on helping, named again or not."""


class StepForm(WordsForm):
    """The form of one step; ``cleaned_data`` holds the inputs under their own names."""

    is_text_needed = False

    def __init__(
        self, step: str, *args: Any, options: Options, kept_count: int = 0, **more: Any
    ) -> None:
        super().__init__(*args, **{**more, "initial": dict(options.initial)})
        self.step = step
        self.kept_count = kept_count
        asked = [n for n in (*INPUTS[step].needed, *INPUTS[step].optional) if n in FIELDS]
        self.fields = {NAMES.get(name, name): FIELDS[name](step, options) for name in asked}
        self.co_terms = options.co_terms
        self.row_names = frozenset[str]()
        if options.co_terms is not None:
            rows = row_fields(ticked_in(self, options.initial), options.co_terms)
            self.fields = _after(self.fields, "co_units", rows)
            self.row_names = frozenset(rows)
        if not options.may_set_precedent:
            self.fields.pop("is_precedent", None)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.co_terms is not None:
            check_rows(self, self.co_terms, stay=self.step in STAYING)
        return data

    @property
    def has_place(self) -> bool:
        return "longitude" in self.fields


def _after(
    fields: Mapping[str, forms.Field], name: str, more: Mapping[str, forms.Field]
) -> dict[str, forms.Field]:
    """The fields with more of them behind a named one."""
    found: dict[str, forms.Field] = {}
    for key, value in fields.items():
        found[key] = value
        if key == name:
            found |= more
    return found


def is_drawn(step: str) -> bool:
    """Whether a step asks anything of the person besides the press of a button."""
    return any(n in FIELDS for n in INPUTS[step].names - set(ROW_STEPS.values()))


def with_channel(form: RaiseForm) -> RaiseForm:
    """The form of a call as the desk logs it: with the way on which it came."""
    words = {code: CHANNEL_LABELS[code] for code in DESK_CHANNELS}
    channel = _radios(_("How did it come?"), words, initial=Channel.PHONE.value)
    form.fields = {"channel": channel, **form.fields}
    return form
