"""What the pages of the casebook share."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms as django_forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from qiying.kernel import exports
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.language import in_language
from qiying.kernel.web import actor_of
from qiying.slices.casebook import rules
from qiying.slices.casebook.models import labels
from qiying.slices.mandate import public as mandate

READERS = tuple(sorted(STAFF | {Role.ENTERPRISE}))
HOUSE = tuple(sorted(STAFF))
Word = Promise | str


def base_of(actor: Actor) -> str:
    """The shell that a reader's page stands in."""
    return "base.html" if actor.roles & STAFF else "phone.html"


def is_house(actor: Actor) -> bool:
    return bool(actor.roles & STAFF)


def checked(form: django_forms.Form) -> dict[str, Any]:
    """What a small form holds; Invalid when it was not filled in as its page offers."""
    if not form.is_valid():
        codes = {n: e.as_data()[0].code or "" for n, e in form.errors.items()}
        raise Invalid(
            "input.invalid",
            {n: "input.required" if c == "required" else "input.choice" for n, c in codes.items()},
        )
    return form.cleaned_data


def matters(actor: Actor, on: date | None = None) -> Mapping[str, mandate.MatterCard]:
    return {m.code: m for m in mandate.matters(actor, on or timezone.localdate())}


def categories(found: Mapping[str, mandate.MatterCard]) -> dict[str, str]:
    """Names of the categories of the register in force."""
    return {m.category: m.category_label for m in found.values()}


def criteria_lines(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "code": r["code"],
            "name": in_language(r["name_zh"], r["name_en"]),
            "weight": r["weight"],
        }
        for r in rows
    ]


def source() -> dict[str, str]:
    """Where the criteria come from, with the grade of that source."""
    return {
        "text": in_language(rules.SOURCE_ZH, rules.SOURCE_EN),
        "grade": rules.GRADE,
    }


def card_lines(card: Mapping[str, Any]) -> list[tuple[Word, Any]]:
    """The frozen card of a call as facts."""
    matter = in_language(card.get("matter_zh", ""), card.get("matter_en", ""))
    return [
        (_("Matter"), f"{card.get('matter', '')} {matter}".strip()),
        (_("Units involved"), card.get("units", "")),
        (_("Days to closure"), card.get("days", "")),
        (_("Rounds"), card.get("rounds", "")),
        (_("Outcome"), labels.OUTCOME_LABELS.get(card.get("outcome", ""), "—")),
        (_("Closed on"), card.get("closed_on", "")),
    ]


def sheet(
    request: HttpRequest,
    title: str,
    headings: list[str],
    rows: Iterable[list[Any]],
    filters: list[tuple[str, str]],
    *,
    now: datetime,
) -> exports.Sheet:
    return exports.Sheet(
        title=title,
        headings=headings,
        rows=list(rows),
        filters=filters,
        made_by=actor_of(request).name,
        made_at=now,
    )
