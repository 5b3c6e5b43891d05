"""Everything that can happen to a class issue; the only writer of its tables."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from qiying.kernel.access import Actor
from qiying.kernel.errors import Refused
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.operations._follow import (
    note_overdue,
    rederive,
    set_thresholds,
    tell_members,
)
from qiying.slices.class_issues.operations._judge import (
    add_call,
    dismiss,
    drop_call,
    merge,
    raise_issue,
    split,
)
from qiying.slices.class_issues.operations._look import look, look_when_due
from qiying.slices.class_issues.operations._measure import (
    assign,
    close,
    extend,
    figures_plain,
    find_effective,
    find_not_effective,
    land,
    plan,
    reach,
    report,
    start,
)
from qiying.slices.class_issues.rules import LIFECYCLE

STEPS: Mapping[str, Callable[..., Issue]] = {
    "raise": raise_issue,
    "dismiss": dismiss,
    "merge": merge,
    "split": split,
    "add_call": add_call,
    "drop_call": drop_call,
    "assign": assign,
    "plan": plan,
    "start": start,
    "report": report,
    "reach": reach,
    "extend": extend,
    "land": land,
    "find_effective": find_effective,
    "find_not_effective": find_not_effective,
    "close": close,
}
assert set(STEPS) == set(LIFECYCLE.steps)  # noqa: S101  each row of the table has its operation


def take(
    actor: Actor,
    issue_id: int,
    step: str,
    *,
    now: datetime,
    version: int | None = None,
    **inputs: Any,
) -> Issue:
    """Any step by its name, with the keyword arguments that ``rules.INPUTS`` names."""
    if step not in STEPS:
        raise Refused("lifecycle.unknown_step", step=step)
    return STEPS[step](actor, issue_id, now=now, version=version, **inputs)


__all__ = [
    "STEPS",
    "add_call",
    "assign",
    "close",
    "dismiss",
    "drop_call",
    "extend",
    "figures_plain",
    "find_effective",
    "find_not_effective",
    "land",
    "look",
    "look_when_due",
    "merge",
    "note_overdue",
    "plan",
    "raise_issue",
    "reach",
    "rederive",
    "report",
    "set_thresholds",
    "split",
    "start",
    "take",
    "tell_members",
]
