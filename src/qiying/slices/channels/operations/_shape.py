"""The one shape of a step here: lock, ask the table and its guards, write, record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qiying.kernel import events
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.lifecycle import Lifecycle, Step

MAX_TEXT = 4000


Moving = Any
"""A record with a state."""


def begin(
    actor: Actor, table: Lifecycle, row: Moving, name: str, guards: Mapping[str, bool]
) -> Step:
    """The row of the table for a step on a locked record, its guards asked.

    ``guards`` says which of the guards that the step names hold; one that is missing is a fault.
    """
    step = table.step(row.state, name, actor.roles)
    for guard in step.guards:
        if not guards[guard]:
            raise Refused(f"channels.guard.{guard}")
    return step


def end(
    actor: Actor,
    row: Moving,
    step: Step,
    *,
    now: datetime,
    codes: Mapping[str, Any],
    **values: Any,
) -> None:
    """Write what changed and say what happened."""
    before = row.state
    if step.target is not None:
        values["state"] = step.target
    for name, value in values.items():
        setattr(row, name, value)
    if values:
        row.save(update_fields=sorted(values))
    role = next(iter(sorted(actor.roles & step.roles)), "")
    events.record(
        step.event,
        subject=row,
        actor=actor,
        now=now,
        role=role,
        before=before,
        after=row.state,
        **codes,
    )


def clean(text: str, *, name: str = "text", is_needed: bool = True, most: int = MAX_TEXT) -> str:
    """Plain text of at most ``most`` characters; Invalid when it cannot stand."""
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if is_needed and not tidy:
        raise Invalid("input.invalid", {name: "input.required"})
    if len(tidy) > most:
        raise Invalid("input.invalid", {name: "input.too_long"}, limit=most)
    if any(ord(c) < 32 and c not in "\n\t" for c in tidy):
        raise Invalid("input.invalid", {name: "input.control"})
    return tidy


def chosen(value: str, offered: Any, name: str) -> str:
    """A code of a closed list."""
    if value not in set(offered):
        raise Invalid("input.invalid", {name: "input.choice"})
    return value
