"""One form for each step of the table: the fields are those that ``rules.INPUTS`` names.

What a phone adds by itself (place, device key) is no field: whoever takes a step at a desk has none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import files, problems
from qiying.kernel.errors import Invalid
from qiying.kernel.forms import PLAIN
from qiying.slices.rescue.forms.fields import Files, Moment, PriceLines, Words
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.rules import INPUTS, MAX_CREW, PLACE, Safety

Word = Promise | str
Choices = Sequence[tuple[Any, Any]]
TEXT_LABELS: Mapping[str, Word] = {
    "acknowledge": _("What the firm said, what it was told to do until somebody comes"),
    "classify": _("Why it is changed"),
    "override": _("Why somebody other than proposed; the audit reads this"),
    "refuse": _("What stands in the way"),
    "release": _("What happened"),
    "help_remotely": _("What the firm is told to do"),
    "arrive": _("Why the place of the phone is another one"),
    "solve_remotely": _("What was done by telephone"),
    "quote": _("A word to the firm"),
    "decline_quote": _("Why the firm does not want it"),
    "wait_for_parts": _("Which parts, from whom"),
    "try_run": _("Remark"),
    "fail_trial": _("What does not run yet"),
    "finish": _("What was done"),
    "patch": _("What holds for now, what is left to do"),
    "refer": _("Why, and what the firm was told"),
    "confirm": _("What the firm said"),
    "dispute_result": _("What does not run"),
    "rate": _("What the firm said"),
    "plan_night": _("How the line runs until then"),
    "withdraw": _("Remark"),
    "dismiss": _("What the firm was told"),
}


@dataclass(frozen=True, slots=True)
class Given:
    """What a step offers to choose from, and what its form begins with."""

    technicians: Choices = ()
    seats: Choices = ()
    skills: Choices = ()
    items: Choices = ()
    """Of the price list in force: id and words with the price."""
    initial: Mapping[str, Any] = field(default_factory=dict)


Make = Callable[[str, Given, bool], forms.Field]


def _one(label: Any, words: Mapping[Any, Word], *, but: frozenset[str] = frozenset()) -> Make:
    def make(_step: str, _given: Given, needed: bool) -> forms.Field:  # noqa: FBT001  a table of makers
        known = [c for c in labels.choices(words) if c[0] not in but]
        if not needed:
            known = [("", _("As it is")), *known]
        widget = forms.RadioSelect if needed else forms.Select
        return forms.ChoiceField(label=label, choices=known, required=needed, widget=widget)

    return make


def _line(label: Any, length: int, *, hint: Any = "") -> Make:
    def make(_step: str, _given: Given, needed: bool) -> forms.Field:  # noqa: FBT001
        return forms.CharField(label=label, max_length=length, required=needed, help_text=hint)

    return make


def _row(label: Any, name: str, empty: Word) -> Make:
    def make(_step: str, given: Given, needed: bool) -> forms.Field:  # noqa: FBT001
        rows = list(getattr(given, name))
        return forms.TypedChoiceField(
            label=label,
            choices=[("", _("Please choose") if needed else empty), *rows],
            coerce=int,
            empty_value=None,
            required=needed,
        )

    return make


def _number(label: Any, least: float, most: float, *, places: int = 0) -> Make:
    def make(_step: str, _given: Given, needed: bool) -> forms.Field:  # noqa: FBT001
        more: dict[str, Any] = {"label": label, "required": needed}
        if not places:
            return forms.IntegerField(min_value=int(least), max_value=int(most), **more)
        return forms.DecimalField(
            min_value=Decimal(str(least)),
            max_value=Decimal(str(most)),
            max_digits=18,
            decimal_places=places,
            **more,
        )

    return make


def _several(label: Any, words: Mapping[Any, Word]) -> Make:
    def make(_step: str, _given: Given, needed: bool) -> forms.Field:  # noqa: FBT001
        return forms.MultipleChoiceField(
            label=label,
            choices=labels.choices(words),
            required=needed,
            widget=forms.CheckboxSelectMultiple,
        )

    return make


def _text(step: str, _given: Given, needed: bool) -> forms.Field:  # noqa: FBT001
    return Words(label=TEXT_LABELS.get(step, _("Words")), required=needed, rows=3)


def _moment(label: Any) -> Make:
    def make(_step: str, _given: Given, needed: bool) -> forms.Field:  # noqa: FBT001
        return Moment(label=label, required=needed)

    return make


def _reason(step: str, given: Given, needed: bool) -> forms.Field:  # noqa: FBT001
    words = labels.DISMISSALS if step in {"withdraw", "dismiss"} else labels.REFUSALS
    return _one(_("Reason"), words)(step, given, needed)


def _agrees(_step: str, _given: Given, needed: bool) -> forms.Field:  # noqa: FBT001
    return forms.BooleanField(
        label=_("The firm agrees to be helped by telephone"), required=needed
    )


def _checks(_step: str, _given: Given, needed: bool) -> forms.Field:  # noqa: FBT001
    return Words(
        label=_("What was checked, one thing a line"), required=needed, rows=3, max_length=1000
    )


def _lines(_step: str, given: Given, needed: bool) -> forms.Field:  # noqa: FBT001
    return PriceLines(
        label=_("Items of the price list and how many"), items=given.items, required=needed
    )


MAKERS: Mapping[str, Make] = {
    "text": _text,
    "safety": _one(
        _("Is anybody in danger?"), labels.SAFETIES, but=frozenset({str(Safety.NOT_ASKED)})
    ),
    "kind": _one(_("Kind"), labels.KINDS),
    "urgency": _one(_("Urgency"), labels.URGENCIES),
    "skill": lambda _s, given, needed: forms.ChoiceField(
        label=_("Skill needed"), choices=[("", _("As it is")), *given.skills], required=needed
    ),
    "crew": _number(_("How many people"), 1, MAX_CREW),
    "permits": _several(_("Work permits needed"), labels.PERMITS),
    "technician_id": _row(_("Technician"), "technicians", _("Whoever is proposed")),
    "seat": _row(_("Place in the crew"), "seats", _("The first that is free")),
    "why": _one(_("Reason"), labels.WHYS),
    "reason": _reason,
    "firm_agrees": _agrees,
    "fault_code": _line(_("Fault code"), 24),
    "cause": lambda _s, _g, needed: Words(label=_("Cause"), required=needed, rows=3),
    "parts_needed": _line(_("Parts needed"), 300),
    "signed_by": _line(_("Signed for the firm by"), 40),
    "lines": _lines,
    "permit": _one(_("Kind of permit"), labels.PERMITS),
    "checks": _checks,
    "issued_by": _line(_("Issued by, for the firm"), 40),
    "valid_until": _moment(_("Valid until")),
    "name": _line(_("Part"), 80),
    "quantity": _number(_("Quantity"), 0.01, 999_999, places=2),
    "stock": _one(_("From whose store"), labels.STOCKS),
    "item_id": _row(_("Item of the price list"), "items", _("Not on the price list")),
    "price_cny": _number(_("Price (yuan)"), 0, 100_000_000, places=2),
    "until": _moment(_("Until when")),
    "warranty_days": _number(_("Warranty in days"), 0, 730),
    "referred_to": _line(_("Referred to"), 120),
    "grade": _one(_("How content is the firm?"), labels.GRADES),
    "who": _line(_("Who looks after it tonight"), 60),
}
HIDDEN = frozenset({"digest", *PLACE})
"""Not asked of people: what the phone adds, and the sum of the quote that was shown."""


class StepForm(forms.Form):
    """The form of one step; ``inputs`` is what the operation is given."""

    def __init__(
        self, step: str, given: Given, data: Any = None, uploaded: Any = None, *, kept: int = 0
    ) -> None:
        super().__init__(data, uploaded, auto_id=f"{step}-%s", initial=dict(given.initial))
        self.step, self.kept = step, kept
        asked = INPUTS[step]
        for name in asked.names:
            if name in MAKERS:
                self.fields[name] = MAKERS[name](step, given, name in asked.needed)
        if "attachments" in asked.names:
            self.fields["papers"] = Files(label=_("Photos and papers"), accept="image/*,.pdf")
        for made in self.fields.values():
            if isinstance(made, forms.CharField):
                made.validators.append(PLAIN)

    @property
    def uploads(self) -> list[files.Upload]:
        """The files that the store would take."""
        return [f for f in self._given_files() if not self._fault(f)]

    def _given_files(self) -> list[files.Upload]:
        read = getattr(self.files, "getlist", None)
        return list(read("papers")) if read is not None and "papers" in self.fields else []

    @staticmethod
    def _fault(upload: files.Upload) -> str:
        try:
            files.inspect(upload)
        except Invalid as problem:
            return problems.explain(problem)
        return ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = self._given_files()
        for fault in filter(None, map(self._fault, given)):
            self.add_error("papers", fault)
        if len(given) + self.kept > files.MAX_FILES:
            self.add_error(
                "papers", problems.sentence("files.too_many", {"limit": files.MAX_FILES})
            )
        needed = "attachments" in INPUTS[self.step].needed
        if needed and not given and not self.kept and "papers" not in self.errors:
            self.add_error("papers", _("A photo after the work is needed."))
        return data

    @property
    def inputs(self) -> dict[str, Any]:
        """What was said, under the names of the operation; what stayed empty is left out."""
        found = {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "papers" and value not in (None, "", [])
        }
        if "checks" in found:
            found["checks"] = [c.strip() for c in found["checks"].splitlines() if c.strip()]
        return found


def is_asking(step: str) -> bool:
    """Whether a step asks anything besides the press of its button."""
    return any(name in MAKERS or name == "attachments" for name in INPUTS[step].names)
