"""The zone's rules: what was promised, which calls open a rescue, who changed what and why."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.language import in_language
from qiying.kernel.web import actor_of, page, submit_once
from qiying.slices.mandate import public as mandate
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.house import RulesForm
from qiying.slices.rescue.models import RescueRules
from qiying.slices.rescue.models.rule_labels import GROUPS, RULES
from qiying.slices.rescue.rules import (
    DEFAULTS,
    GRADE,
    KEEPERS,
    OWN_MATTER,
    SOURCE_EN,
    SOURCE_ZH,
)
from qiying.slices.rescue.views.keep import shared

FIELDS = {"matter_codes": "more_matters"}


@page(*shared.AT_MACHINES)
def rules_page(request: HttpRequest) -> HttpResponse:
    """The rules in force with their source, and every change with its reason."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        versions = queries.versions_of_rules(actor)
        row = versions[0][0] if versions else None
        context = {
            "source": in_language(*_source(row)[:2]),
            "grade": _source(row)[2],
            "groups": _groups(actor),
            "matters": _marked(actor, row, now),
            "versions": [{"row": v, "changes": _changes(old, v)} for v, old in versions],
            "may_keep": actor.has(*KEEPERS),
            "may_enter": _may_enter(actor, row),
        }
    return render(request, "rescue/keep/rules.html", context)


def _groups(actor: Actor) -> list[tuple[Any, list[tuple[Any, Any, Any]]]]:
    rule = queries.rule_in_force(actor)
    return [
        (words, [(RULES[n][0], getattr(rule, n), RULES[n][1]) for n in names])
        for words, names in GROUPS
    ]


def _source(row: RescueRules | None) -> tuple[str, str, str]:
    """On what the rules rest, in Chinese and in English, and how well it is known."""
    if row is None:
        return SOURCE_ZH, SOURCE_EN, GRADE
    return row.source_zh, row.source_en, row.grade


def _marked(actor: Actor, row: RescueRules | None, now: datetime) -> list[dict[str, Any]]:
    codes = row.matter_codes if row else []
    found = {c.code: c for c in queries.marked_matters(actor, codes, queries.today(now))}
    return [{"code": code, "card": found.get(code)} for code in codes]


def _may_enter(actor: Actor, row: RescueRules | None) -> bool:
    """The own matter is entered by whoever keeps the register too, while it is not marked."""
    codes = row.matter_codes if row else []
    return actor.has(Role.ADMINISTRATOR) and OWN_MATTER not in codes


def _changes(before: RescueRules | None, row: RescueRules) -> list[str]:
    return [
        f"{_name(name)}: {_value(old)} → {_value(new)}"
        for name, (old, new) in queries.changes_of_rules(before, row).items()
    ]


def _name(name: str) -> str:
    return str(RULES[name][0]) if name in RULES else gettext("Matters whose calls open a rescue")


def _value(value: object) -> str:
    if isinstance(value, list):
        return gettext(", ").join(value) or "—"
    return str(value)


@page(*KEEPERS)
def edit(request: HttpRequest) -> HttpResponse:
    """Set the rules from now on; the version before stays on record."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        form = RulesForm(
            request.POST or None, matters=_choices(actor, now), initial=_initial(actor)
        )

    def work() -> str:
        operations.set_rules(actor, now=timezone.now(), **form.values())
        messages.success(request, gettext("The rules hold from now on."))
        return reverse("rescue:rules")

    def show() -> HttpResponse:
        return render(request, "rescue/keep/rules_edit.html", {"form": form})

    if request.method == "POST":
        return shared.post(request, form, work, show, fields=FIELDS)
    return show()


def _choices(actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """Those marked, the own one and the nearest of the register."""
    on, row = queries.today(now), queries.rules_row(actor)
    codes = [*(row.matter_codes if row else []), OWN_MATTER]
    near = queries.near_matters(actor, on)
    cards = {c.code: c for c in (*queries.marked_matters(actor, codes, on), *near)}
    return [(code, _words(card)) for code, card in sorted(cards.items())]


def _words(card: mandate.MatterCard) -> str:
    return f"{card.code} {card.name}"


def _initial(actor: Actor) -> dict[str, Any]:
    row = queries.rules_row(actor)
    rule = queries.rule_in_force(actor) if row else DEFAULTS
    zh, en, grade = _source(row)
    return {
        **{name: getattr(rule, name) for name in RULES},
        "matters": list(row.matter_codes) if row else [],
        "source_zh": zh,
        "source_en": en,
        "grade": grade,
    }


@page(Role.ADMINISTRATOR)
@require_POST
def own_matter(request: HttpRequest) -> HttpResponse:
    """Enter the zone's own matter and mark it; twice is once."""
    actor = actor_of(request)

    def work() -> str:
        operations.enter_own_matter(actor, now=timezone.now())
        messages.success(request, gettext("Calls of this matter open a rescue from now on."))
        return reverse("rescue:rules")

    return submit_once(request, work)
