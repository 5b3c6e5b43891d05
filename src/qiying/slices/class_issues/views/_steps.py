"""The steps of a class issue as forms: what each offers to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import people, problems
from qiying.kernel.access import Actor
from qiying.slices.class_issues import queries
from qiying.slices.class_issues.forms import Options, StepForm
from qiying.slices.class_issues.models.labels import STEP_LABELS
from qiying.slices.class_issues.queries import Dossier, OpenStep
from qiying.slices.class_issues.rules import MAX_TITLE, OWNERS
from qiying.slices.registry import public as registry

ICONS: Mapping[str, str] = {
    "raise": "check",
    "dismiss": "ban",
    "merge": "combine",
    "split": "split",
    "add_call": "plus",
    "drop_call": "undo-2",
    "assign": "user-check",
    "plan": "clipboard-list",
    "start": "play",
    "report": "clipboard-pen",
    "reach": "clipboard-check",
    "extend": "calendar-days",
    "land": "file-check",
    "find_effective": "thumbs-up",
    "find_not_effective": "thumbs-down",
    "close": "archive",
}
TONES: Mapping[str, str] = {
    "raise": "primary",
    "plan": "primary",
    "start": "primary",
    "land": "primary",
    "find_effective": "primary",
    "close": "primary",
    "dismiss": "danger",
    "find_not_effective": "danger",
}
HINTS: Mapping[str, Promise] = {
    "raise": _("From now on it has an owner and a deadline, and every member call says so."),
    "dismiss": _("These calls do not come back together unless the class grows."),
    "merge": _("The calls move; this candidate ends."),
    "split": _("The chosen calls become a candidate of their own."),
    "land": _("All member firms are told at once. Somebody else verifies whether it helped."),
    "find_effective": _("Possible when the days after the measure are over and calls were fewer."),
    "find_not_effective": _("The owner plans another measure."),
    "extend": _("The first deadline stays visible."),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Who looks at which class issue, and when."""

    actor: Actor
    found: Dossier
    heading: str
    now: datetime


def form_of(scene: Scene, step: str, data: Any = None, uploads: Any = None) -> StepForm:
    """The form of a step, bound when something was sent."""
    return StepForm(step, data, uploads, options=_options(scene, step), auto_id=f"id_{step}_%s")


def _options(scene: Scene, step: str) -> Options:
    actor, found = scene.actor, scene.found
    numbers = [
        (line.card.number, f"{line.card.number} {line.firm} {line.card.title}")
        for line in found.members
    ]
    stones = [
        (m.position, f"{m.due_on:%Y-%m-%d} {m.name}")
        for m in found.present_milestones
        if m.reached_at is None
    ]
    initial: dict[str, Any] = {}
    if step == "raise":
        initial = {"title": scene.heading[:MAX_TITLE]}
    elif step == "plan":
        initial = {"within": queries.rule_in_force(actor).measure_within}
    return Options(
        owners=owner_choices(scene) if step in {"raise", "assign"} else (),
        others=_others(scene) if step == "merge" else (),
        calls=numbers if step in {"split", "drop_call"} else (),
        milestones=stones,
        initial=initial,
    )


def owner_choices(scene: Scene) -> list[tuple[str, list[tuple[str, str]]]]:
    """People who handle or lead in a unit, by unit; the unit of the calls first."""
    on = scene.now.astimezone(people.SHANGHAI).date()
    rows = people.list_grants(scene.actor, on=on).filter(role__in=OWNERS)
    names = {card.id: card.name for card in registry.units(scene.actor).values()}
    by_unit: dict[int, dict[str, str]] = {}
    for row in rows.order_by("person_id"):
        if row.unit_id in names:
            key = f"{row.unit_id}-{row.person_id}"
            by_unit.setdefault(row.unit_id, {})[key] = str(row.person)
    first = scene.found.issue.unit_id
    order = sorted(by_unit, key=lambda unit_id: (unit_id != first, names[unit_id]))
    return [(names[unit_id], list(by_unit[unit_id].items())) for unit_id in order]


def _others(scene: Scene) -> list[tuple[str, str]]:
    found = queries.takers(scene.actor, scene.found.issue)
    return [(row.number, f"{row.number} {row.title or '、'.join(row.terms[:3])}") for row in found]


def view_of(scene: Scene, step: OpenStep, tried: StepForm | None) -> dict[str, Any]:
    """A step as the template draws it."""
    name = step.name
    is_tried = tried is not None and tried.step == name
    form = tried if is_tried else form_of(scene, name)
    return {
        "name": name,
        "label": STEP_LABELS[name],
        "icon": ICONS[name],
        "tone": TONES.get(name, ""),
        "hint": HINTS.get(name, ""),
        "blocked": problems.sentence(f"class_issues.guard.{step.blocked}", {})
        if step.blocked
        else "",
        "form": form,
        "is_open": is_tried,
        "url": reverse("class_issues:take", args=[scene.found.issue.public_id, name]),
    }
