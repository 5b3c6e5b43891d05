"""Keyboard and palette of the calls: which key takes which step, what can be done by name."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav, search, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.search import Hit
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import STEP_LABELS, Call
from qiying.slices.calls.rules import ROW_STEPS, CallState, Entity
from qiying.slices.calls.views import bulk
from qiying.slices.calls.views.staff import READERS

ROW_KEYS: Mapping[str, tuple[str, ...]] = {
    "d": ("dispatch", "adjudicate", "redispatch"),
    "a": ("accept", "assign_person"),
    "s": ("sign",),
    "r": ("answer",),
    "p": ("review_pass",),
}
"""The first of these steps that is open to the reader is the one that the key means in a list."""
MOST_CALLS = 3
CHORDS = {
    "calls:desk": "d",
    "calls:list": "c",
    "calls:tasks": "t",
    "calls:callbacks": "b",
    "calls:morning": "m",
    "registry:firms": "f",
}


def list_context(actor: Actor) -> dict[str, Any]:
    """What a list page needs for keys and for the bar under it."""
    return {
        "row_keys": json.dumps(row_keys(actor)),
        "offers": bulk.offers_of(actor),
        "bulk_url": reverse("calls:bulk"),
    }


def row_keys(actor: Actor) -> dict[str, dict[str, str]]:
    """Key → state of the call → step, by the table of steps."""
    found: dict[str, dict[str, str]] = {}
    for key, steps in ROW_KEYS.items():
        for state in CallState:
            step = next((s for s in steps if _is_open(actor, state, s)), "")
            if step:
                found.setdefault(key, {})[state] = step
    return found


def _is_open(actor: Actor, state: str, step: str) -> bool:
    if step == "assign_person":
        is_theirs = bool(rules.TASK.steps[step].roles & actor.roles)
        return is_theirs and state in rules.WITH_UNIT
    row = rules.CALL.steps[step]
    return state in row.source and bool(row.roles & actor.roles)


# --- the palette ---


def register_speed() -> None:
    """Hang what can be done by name into the palette; called once at start-up."""
    search.provider("calls.actions")(find_actions)
    for url_name, key in CHORDS.items():
        nav.chord(url_name, key)
    for label, icon, url_name, roles in COMMANDS:
        nav.command(label, icon, url_name, roles)


COMMANDS: tuple[tuple[Promise, str, str, tuple[str, ...]], ...] = (
    (_("Log a call"), "phone-incoming", "calls:register", (Role.DESK,)),
)


def find_actions(actor: Actor, q: str, limit: int) -> list[Hit]:
    """Steps on calls by name and number: "dispatch 041", "派单 QY-261122-041", or a number alone."""
    if not actor.has(*READERS):
        return []
    wanted, number = _split(q)
    if not number:
        return []
    with tenancy.reading(actor):
        calls = queries.search_calls(actor, number, MOST_CALLS)
        return [hit for call in calls for hit in _hits(actor, call, wanted)][:limit]


def _split(q: str) -> tuple[str, str]:
    """The words and the number of what was typed."""
    words: list[str] = []
    numbers: list[str] = []
    for part in q.replace("　", " ").split():
        (numbers if any(c.isdigit() for c in part) else words).append(part)
    return " ".join(words).lower(), numbers[-1] if numbers else ""


def _hits(actor: Actor, call: Call, wanted: str) -> Iterator[Hit]:
    url = reverse("calls:case", args=[call.public_id])
    for step in queries.steps_open(actor, call, now=timezone.now()):
        label = str(STEP_LABELS[step.name])
        names = f"{label} {step.name.replace('_', ' ')}".lower()
        is_named = bool(wanted) and wanted in names
        if step.blocked or not (is_named or (not wanted and step.tone == "primary")):
            continue
        anchor = f"{step.name}-{step.entity_id}" if step.name in ROW_STEPS else step.name
        yield Hit(
            f"{label} {call.number}",
            call.title,
            f"{url}?step={anchor}#do-{anchor}",
            "send" if step.entity == Entity.CALL else "clipboard-check",
            _("Actions"),
        )
