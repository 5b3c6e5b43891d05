"""A matter as a form: everything that an edit can change."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from qiying.slices.mandate import rules
from qiying.slices.mandate.forms._fields import Choices, Day, Units, choose
from qiying.slices.mandate.models import labels
from qiying.slices.mandate.models.problems import PROBLEMS

SINGLE = ("lead_inside", "lead_outside", "lead_before_reform", "office_code")
MANY = ("co_inside", "co_outside")


def _text(label: Any, most: int, *, required: bool = False, lines: int = 1) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
    return forms.CharField(label=label, max_length=most, required=required, widget=widget)


class MatterForm(forms.Form):
    """A new version of a matter, or a new matter."""

    effective_on = Day(label=_("In force from"))
    reason = _text(_("Reason for the change"), 300, required=True, lines=2)
    code = forms.RegexField(r"^[A-Z][A-Z0-9-]{1,18}$", label=_("Code"), max_length=20)
    category = forms.ChoiceField(label=_("Category"), choices=labels.Category.choices)
    name_zh = _text(labels.FIELDS["name_zh"], 80, required=True)
    name_en = _text(labels.FIELDS["name_en"], 120, required=True)
    status = forms.ChoiceField(label=labels.FIELDS["status"], choices=labels.Status.choices)
    basis = forms.ChoiceField(label=labels.FIELDS["basis"], choices=labels.Basis.choices)
    nature = forms.ChoiceField(label=labels.FIELDS["nature"], choices=labels.Nature.choices)
    power = forms.ChoiceField(label=labels.FIELDS["power"], choices=labels.Power.choices)
    duty = forms.ChoiceField(label=labels.FIELDS["duty"], choices=labels.Duty.choices)
    lead_inside = forms.ChoiceField(label=labels.FIELDS["lead_inside"], required=False)
    co_inside = Units(label=labels.FIELDS["co_inside"])
    lead_outside = forms.ChoiceField(label=labels.FIELDS["lead_outside"], required=False)
    co_outside = Units(label=labels.FIELDS["co_outside"])
    lead_before_reform = forms.ChoiceField(
        label=labels.FIELDS["lead_before_reform"], required=False
    )
    office_code = forms.ChoiceField(label=labels.FIELDS["office_code"], required=False)
    legal_basis = _text(labels.FIELDS["legal_basis"], 4000, lines=4)
    basis_text = _text(labels.FIELDS["basis_text"], 200)
    grade = forms.ChoiceField(label=labels.FIELDS["grade"])
    time_kind = forms.ChoiceField(
        label=labels.FIELDS["time_kind"], choices=labels.TimeKind.choices
    )
    time_amount = forms.IntegerField(
        label=labels.FIELDS["time_amount"], min_value=1, max_value=999
    )
    time_source = _text(labels.FIELDS["time_source"], 120)
    extension_max = forms.IntegerField(
        label=labels.FIELDS["extension_max"], min_value=0, max_value=999
    )
    co_amount = forms.IntegerField(label=labels.FIELDS["co_amount"], min_value=1, max_value=99)
    is_public = forms.BooleanField(label=labels.FIELDS["is_public"], required=False)
    is_resident_matter = forms.BooleanField(
        label=labels.FIELDS["is_resident_matter"], required=False
    )
    keywords_zh = _text(labels.FIELDS["keywords_zh"], 300)
    keywords_en = _text(labels.FIELDS["keywords_en"], 300)
    note_zh = _text(labels.FIELDS["note_zh"], 300, lines=2)
    note_en = _text(labels.FIELDS["note_en"], 400, lines=2)

    def __init__(
        self, *args: Any, units: Choices, before: rules.Row | None = None, **options: Any
    ) -> None:
        if before is not None:
            options["initial"] = {**initial_of(before), **options.get("initial", {})}
        super().__init__(*args, **options)
        self.before = before
        for name in SINGLE:
            choose(self, name, [("", now("nobody")), *units])
        for name in MANY:
            choose(self, name, units)
        grades = [(g, f"{g} · {labels.EVIDENCE[g]}") for g in rules.GRADES]
        choose(self, "grade", grades)
        if before is not None:
            del self.fields["code"], self.fields["category"]

    def clean_legal_basis(self) -> tuple[rules.Article, ...]:
        return tuple(
            _article(line)
            for line in self.cleaned_data["legal_basis"].splitlines()
            if line.strip()
        )

    def values(self) -> dict[str, Any]:
        """The fields of ``rules.Row`` that the form fills."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in rules.PLAIN},
            "legal_basis": data["legal_basis"],
            "keywords_zh": tuple(data["keywords_zh"].split()),
            "keywords_en": tuple(data["keywords_en"].split()),
            "lead_inside": (data["lead_inside"],) if data["lead_inside"] else (),
            "lead_outside": (data["lead_outside"],) if data["lead_outside"] else (),
            **{name: self._ordered(name) for name in MANY},
        }

    def _ordered(self, name: str) -> tuple[str, ...]:
        chosen = self.cleaned_data[name]
        stood = [c for c in getattr(self.before, name, ()) if c in chosen]
        return tuple(dict.fromkeys([*stood, *chosen]))


def _article(line: str) -> rules.Article:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 4 or not parts[0] or parts[3] not in rules.GRADES:
        raise ValidationError(PROBLEMS["mandate.legal_basis"])
    return rules.Article(*parts)


def initial_of(row: rules.Row) -> dict[str, Any]:
    """What the form shows for a version."""
    return {
        **{name: getattr(row, name) for name in rules.PLAIN},
        "legal_basis": "\n".join(
            f"{a.law_zh} | {a.law_en} | {a.article} | {a.grade}" for a in row.legal_basis
        ),
        "keywords_zh": " ".join(row.keywords_zh),
        "keywords_en": " ".join(row.keywords_en),
        "lead_inside": row.lead_inside[0] if row.lead_inside else "",
        "lead_outside": row.lead_outside[0] if row.lead_outside else "",
        "co_inside": list(row.co_inside),
        "co_outside": list(row.co_outside),
    }
