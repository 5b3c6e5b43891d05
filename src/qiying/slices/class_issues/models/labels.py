"""Words for the codes of this slice, in the reader's language."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.class_issues.rules import (
    Clock,
    Dismissal,
    FoundBy,
    How,
    Place,
    State,
    Trend,
    Verdict,
)

STATE_LABELS: Mapping[str, Promise] = {
    State.CANDIDATE: _("Candidate"),
    State.DISMISSED: _("Dismissed"),
    State.MERGED: _("Merged into another"),
    State.RAISED: _("Raised, measure to be planned"),
    State.PLANNED: _("Measure planned"),
    State.IN_PROGRESS: _("Measure in progress"),
    State.LANDED: _("Measure landed, watched"),
    State.EFFECTIVE: _("Verified effective"),
    State.NOT_EFFECTIVE: _("Verified not effective"),
    State.CLOSED: _("Class issue closed"),
}
STATE_TONES: Mapping[str, str] = {
    State.CANDIDATE: "new",
    State.DISMISSED: "paused",
    State.MERGED: "paused",
    State.RAISED: "sent",
    State.PLANNED: "way",
    State.IN_PROGRESS: "way",
    State.LANDED: "check",
    State.EFFECTIVE: "done",
    State.NOT_EFFECTIVE: "fix",
    State.CLOSED: "done",
}
CLOCK_LABELS: Mapping[str, Promise] = {
    Clock.JUDGE: _("judging the candidate"),
    Clock.PLAN: _("plan of the measure"),
    Clock.MEASURE: _("landing of the measure"),
    Clock.VERIFY: _("verification"),
}
VERDICT_LABELS: Mapping[str, Promise] = {
    Verdict.EFFECTIVE: _("Effective"),
    Verdict.NOT_EFFECTIVE: _("Not effective"),
}
FOUND_LABELS: Mapping[str, Promise] = {
    FoundBy.ENGINE: _("Found by comparing calls"),
    FoundBy.SPLIT: _("Split off another class"),
}
HOW_LABELS: Mapping[str, Promise] = {
    How.FOUNDING: _("Found together"),
    How.JOINED: _("Joined later"),
    How.ADDED: _("Added by hand"),
    How.MERGED: _("Came with a merged class"),
    How.RECURRENCE: _("Came after the measure"),
}
DISMISSAL_LABELS: Mapping[str, Promise] = {
    Dismissal.NOT_ONE_PROBLEM: _("Different problems"),
    Dismissal.KNOWN: _("Handled elsewhere already"),
    Dismissal.CHANCE: _("A one-off, no lasting cause"),
    Dismissal.OUT_OF_REACH: _("Nobody here can take a measure"),
}
PLACE_LABELS: Mapping[str, Promise] = {
    Place.DISTANCE: _("Within a distance"),
    Place.GRID: _("In the same enterprise grid"),
    Place.ANYWHERE: _("Anywhere in the zone"),
}
TREND_LABELS: Mapping[str, Promise] = {
    Trend.TOO_EARLY: _("Too early to say"),
    Trend.FELL: _("Fewer than before"),
    Trend.ROSE: _("More than before"),
    Trend.UNCLEAR: _("Not to be told from chance"),
}
TREND_TONES: Mapping[str, str] = {
    Trend.TOO_EARLY: "paused",
    Trend.FELL: "done",
    Trend.ROSE: "fix",
    Trend.UNCLEAR: "check",
}
STEP_LABELS: Mapping[str, Promise] = {
    "raise": _("Raise as a class issue"),
    "dismiss": _("Dismiss the candidate"),
    "merge": _("Merge into another"),
    "split": _("Split off some calls"),
    "add_call": _("Add a call"),
    "drop_call": _("Take a call out"),
    "assign": _("Name another owner"),
    "plan": _("Plan the measure"),
    "start": _("Begin the measure"),
    "report": _("Report progress"),
    "reach": _("Milestone reached"),
    "extend": _("Extend the deadline"),
    "land": _("The measure has landed"),
    "find_effective": _("Find it effective"),
    "find_not_effective": _("Find it not effective"),
    "close": _("Close the class issue"),
}
EVENT_LABELS: Mapping[str, Promise] = {
    "class_issues.found": _("Found: %(firms)s firms with one problem"),
    "class_issues.grown": _("%(calls)s more like calls"),
    "class_issues.recurred": _("%(calls)s like calls after the measure"),
    "class_issues.raised": _("Raised as a class issue; owner: %(unit)s, %(person)s"),
    "class_issues.dismissed": _("Dismissed: %(code)s"),
    "class_issues.merged": _("Merged into %(number)s"),
    "class_issues.took_over": _("Took over the calls of %(number)s"),
    "class_issues.split": _("%(calls)s calls split off as %(number)s"),
    "class_issues.call_added": _("A call was added by hand"),
    "class_issues.call_dropped": _("A call was taken out"),
    "class_issues.assigned": _("New owner: %(unit)s, %(person)s"),
    "class_issues.planned": _("Measure planned, to land by %(due)s"),
    "class_issues.started": _("Measure begun"),
    "class_issues.reported": _("Progress reported"),
    "class_issues.reached": _("Milestone reached"),
    "class_issues.extended": _("Deadline extended to %(due)s"),
    "class_issues.landed": _("The measure has landed; watched until %(due)s"),
    "class_issues.members_told": _("%(calls)s calls and their firms were told"),
    "class_issues.found_effective": _(
        "Verified effective: %(before)s like calls before, %(after)s after"
    ),
    "class_issues.found_not_effective": _("Verified not effective"),
    "class_issues.closed": _("Class issue closed"),
    "class_issues.overdue": _("Deadline ran out: %(clock)s"),
    "class_issues.deadline_changed": _("Deadline derived again: %(due)s"),
}


def choices(words: Mapping[Any, Promise]) -> list[tuple[str, Promise]]:
    """The codes of a list as choices of a column."""
    return [(str(code), word) for code, word in words.items()]


def codes(values: Any) -> list[str]:
    """Plain strings of an enumeration or set of it, sorted, for a constraint."""
    return sorted(str(v.value if isinstance(v, StrEnum) else v) for v in values)
