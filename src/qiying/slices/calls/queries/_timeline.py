"""What happened to a call, in the reader's words, from events and notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel.access import Actor, Role
from qiying.kernel.models import Attachment, Event
from qiying.kernel.models.identity import ROLE_LABELS
from qiying.slices.calls import rules
from qiying.slices.calls.models import (
    CHANNEL_LABELS,
    CLOCK_LABELS,
    CLOSURE_LABELS,
    DECLINE_LABELS,
    EXTENSION_LABELS,
    GRADE_LABELS,
    LEVEL_LABELS,
    OUTCOME_LABELS,
    PAUSE_LABELS,
    RESULT_LABELS,
    TRIGGER_LABELS,
    Call,
)
from qiying.slices.calls.queries._dossier import Dossier, dossier, names_of, person_id
from qiying.slices.calls.rules import LEVEL_CODES
from qiying.slices.mandate import public as mandate

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, what (translated), by whom, and the words and files that belong to it."""

    at: datetime
    topic: str
    title: str
    who: str
    text: str
    tone: str
    """done, current, todo or stopped."""
    files: tuple[Attachment, ...]
    is_internal: bool
    is_from_firm: bool
    """A message that the firm or its grid officer wrote."""
    round: int


TITLES: Mapping[str, tuple[Promise | str, str]] = {
    "calls.received": (_("The firm raised the call"), "done"),
    "calls.classified": (_("Matter set to %(matter)s"), "done"),
    "calls.accepted": (_("Accepted"), "done"),
    "calls.info_asked": (_("The firm is asked for information; the clock pauses"), "stopped"),
    "calls.info_supplied": (_("The firm gave the information"), "done"),
    "calls.info_lapsed": (
        _("No information came in time: back to the service desk, the clock runs on"),
        "stopped",
    ),
    "calls.decline_proposed": (_("Proposed not to accept: %(decline)s"), "todo"),
    "calls.decline_refused": (_("The call stays: the proposal was refused"), "done"),
    "calls.declined": (_("Not accepted: %(decline)s"), "stopped"),
    "calls.withdrawn": (_("The firm withdrew the call"), "stopped"),
    "calls.dispatched": (_("Dispatched to %(unit)s"), "done"),
    "calls.redispatched": (_("Dispatched to another unit: %(unit)s"), "done"),
    "calls.co_added": (_("Co-handlers added: %(co)s"), "done"),
    "calls.recalled": (_("The part of %(unit)s was taken back"), "stopped"),
    "calls.signed": (_("%(unit)s signed for it"), "done"),
    "calls.person_assigned": (_("%(person)s of %(unit)s is in charge"), "done"),
    "calls.disputed": (_("%(unit)s disputes the dispatch"), "stopped"),
    "calls.adjudicated": (_("Decided: %(unit)s leads, no return"), "done"),
    "calls.contacted": (_("%(unit)s spoke to the firm"), "done"),
    "calls.contact_failed": (_("%(unit)s did not reach the firm"), "stopped"),
    "calls.stage_reported": (_("%(unit)s gave a stage report"), "done"),
    "calls.task_done": (_("%(unit)s did its part"), "done"),
    "calls.pause_proposed": (_("Pause proposed: %(reason)s"), "todo"),
    "calls.pause_approved": (_("The clock is paused: %(reason)s"), "stopped"),
    "calls.pause_lapsed": (_("The proposal to pause fell away"), "done"),
    "calls.pause_refused": (_("The pause was refused"), "done"),
    "calls.resumed": (_("The clock runs on"), "done"),
    "calls.scheduled": (_("Followed through; milestone %(milestone)s"), "done"),
    "calls.extension_proposed": (
        _("%(unit)s asks for more time until %(until)s: %(extension)s"),
        "todo",
    ),
    "calls.extended": (_("More time: %(extension)s; due %(due)s"), "stopped"),
    "calls.extension_refused": (_("More time was refused"), "done"),
    "calls.extension_lapsed": (_("The request for more time fell away"), "done"),
    "calls.supervised": (_("Supervision: %(level)s (%(trigger)s)%(skipped)s"), "stopped"),
    "calls.supervision_noted": (_("Weekly note of the supervision"), "done"),
    "calls.supervision_note_missed": (_("The weekly note is missing"), "stopped"),
    "calls.interviewed": (_("Interview with %(unit)s held"), "done"),
    "calls.removal_proposed": (_("%(unit)s proposes to end the supervision"), "todo"),
    "calls.supervision_removed": (_("Supervision ended: %(level)s"), "done"),
    "calls.removal_refused": (_("The supervision stays"), "stopped"),
    "calls.supervision_ended": (_("Supervision ended with the call"), "done"),
    "calls.meeting_due": (_("The third round goes to the joint meeting"), "todo"),
    "calls.meeting_convened": (_("Joint meeting convened for %(meets_on)s"), "done"),
    "calls.meeting_decided": (_("The joint meeting decided"), "done"),
    "calls.meeting_waived": (_("The joint meeting was done without"), "done"),
    "calls.meeting_lapsed": (_("The joint meeting fell away"), "done"),
    "calls.milestone_dropped": (_("Milestones ahead fell away"), "done"),
    "calls.milestone_reported": (_("Milestone %(milestone)s reported"), "done"),
    "calls.answered": (_("%(unit)s answered: %(result)s"), "done"),
    "calls.review_passed": (_("The answer passed review"), "done"),
    "calls.review_returned": (_("The answer was returned"), "stopped"),
    "calls.callback_attempted": (_("Call-back attempt %(attempt)s: %(outcome)s"), "stopped"),
    "calls.callback_superseded": (_("Attempt corrected: %(outcome)s"), "done"),
    "calls.callback_rejected": (_("Not solved, says the firm; round %(round)s begins"), "stopped"),
    "calls.closed": (_("Closed: %(closure)s"), "done"),
    "calls.rated": (_("The firm rated: %(grade)s"), "done"),
    "calls.reopened": (_("The firm re-opened the call; round %(round)s begins"), "stopped"),
    "calls.archived": (_("Put on file: it cannot be opened again"), "done"),
    "calls.refiled": (_("Filed again as %(later)s"), "done"),
    "calls.noted": (_("Internal note"), "done"),
    "calls.messaged": (_("Message"), "done"),
    "calls.deadline_changed": (_("Deadline derived again: %(due)s"), "done"),
    "calls.step_deadlines_changed": (_("Deadlines of steps indoors derived again"), "done"),
    "calls.overdue": (_("Overdue: %(clock)s"), "stopped"),
    "calls.urged": (_("%(unit)s was chased"), "todo"),
    "calls.bulk_undone": (_("A step was taken back"), "stopped"),
}
LOGGED = _("Logged as it came: %(channel)s")
"""A call that somebody of the house wrote down; the firm itself did not raise it here."""
FOLLOWED = _("Filed again: %(follows)s could not be opened any more")
PAUSE_OVER = _("The approved pause is over, the clock runs on")
INTERNAL_TOPICS = frozenset(
    {
        "calls.classified",
        "calls.person_assigned",
        "calls.disputed",
        "calls.adjudicated",
        "calls.stage_reported",
        "calls.task_done",
        "calls.pause_proposed",
        "calls.pause_refused",
        "calls.pause_lapsed",
        "calls.co_added",
        "calls.recalled",
        "calls.answered",
        "calls.review_returned",
        "calls.callback_superseded",
        "calls.noted",
        "calls.step_deadlines_changed",
        "calls.overdue",
        "calls.extension_proposed",
        "calls.extension_refused",
        "calls.extension_lapsed",
        "calls.supervised",
        "calls.supervision_noted",
        "calls.supervision_note_missed",
        "calls.interviewed",
        "calls.removal_proposed",
        "calls.supervision_removed",
        "calls.removal_refused",
        "calls.supervision_ended",
        "calls.meeting_lapsed",
        "calls.urged",
        "calls.bulk_undone",
    }
)

_from_above: dict[str, tuple[Promise | str, str]] = {}


def name_line(topic: str, title: Promise | str, *, tone: str = "done") -> None:
    """Give the words of a line that a slice above writes; ``%(number)s`` is its record's number.

    The firm reads it too.
    """
    _from_above[topic] = (title, tone)


def timeline(actor: Actor, call: Call, *, found: Dossier | None = None) -> list[Line]:
    """The lines that this actor may read, oldest first."""
    found = found or dossier(actor, call)
    is_outside = rules.is_outside(actor)
    shown = [e for e in found.events if not (is_outside and e.topic in INTERNAL_TOPICS)]
    people = found.people | _missing(shown, found)
    matters = _matters(actor, call, shown)
    lines = [_line(e, found, people, matters, is_outside=is_outside) for e in _once(shown)]
    return sorted(lines, key=lambda line: line.at)


def _matters(actor: Actor, call: Call, rows: Sequence[Event]) -> dict[str, str]:
    """Code and name of the matters that the lines speak of."""
    codes = {e.data.get("matter") for e in rows if e.topic == "calls.classified"}
    if not codes:
        return {}
    cards = mandate.matters(actor, call.received_at.astimezone(SHANGHAI).date())
    return {c.code: f"{c.code} {c.name}" for c in cards if c.code in codes}


def _once(rows: Sequence[Event]) -> list[Event]:
    """What ran out is said once for each deadline of a round, at the last moment it was set to."""
    said = {_lapse_of(e): e.sequence for e in rows if e.topic == "calls.overdue"}
    return [e for e in rows if e.topic != "calls.overdue" or said[_lapse_of(e)] == e.sequence]


def _lapse_of(event: Event) -> tuple[object, ...]:
    return tuple(event.data.get(name) for name in ("round", "clock", "unit"))


def _happened_at(event: Event) -> datetime:
    """When it happened: a deadline ran out when it was due, not when somebody noticed."""
    due = event.data.get("due") if event.topic == "calls.overdue" else None
    return datetime.fromisoformat(due) if due else event.occurred_at


def _title(event: Event) -> tuple[Promise | str, str]:
    if event.topic == "calls.received" and event.data.get("follows"):
        return FOLLOWED, "done"
    if event.topic == "calls.received" and event.role != Role.ENTERPRISE:
        return LOGGED, "done"
    if event.topic == "calls.resumed" and event.data.get("is_over"):
        return PAUSE_OVER, "done"
    return TITLES.get(event.topic) or _from_above.get(event.topic, (event.topic, "done"))


def _missing(rows: Sequence[Event], found: Dossier) -> dict[int, str]:
    asked = {person_id(e.actor) for e in rows} | {e.data.get("person") for e in rows}
    ids = {i for i in asked if i} - set(found.people)
    return names_of(ids) if ids else {}


def _line(
    event: Event,
    found: Dossier,
    people: dict[int, str],
    matters: Mapping[str, str],
    *,
    is_outside: bool,
) -> Line:
    title, tone = _title(event)
    note_id = _note_for(event, found, is_outside=is_outside)
    data = _names(event.data, found, people)
    data["matter"] = matters.get(data["matter"], data["matter"])
    return Line(
        at=_happened_at(event),
        topic=event.topic,
        title=str(title) % data,
        who=_who(event, people),
        text=found.words(note_id),
        tone=tone,
        files=tuple(_files(event, found, note_id)),
        is_internal=event.topic in INTERNAL_TOPICS,
        is_from_firm=bool(event.data.get("from_firm")),
        round=int(event.data.get("round") or 1),
    )


def _note_for(event: Event, found: Dossier, *, is_outside: bool) -> int:
    """An answer is the firm's to read once it passed review: it then stands at that line."""
    note = int(event.data.get("note") or 0)
    if event.topic == "calls.review_passed" and is_outside:
        return int(event.data.get("answer") or 0)
    return note


def _files(event: Event, found: Dossier, note_id: int) -> list[Attachment]:
    if event.topic == "calls.received":
        return found.call_files
    return found.note_files(note_id)


def _who(event: Event, people: dict[int, str]) -> str:
    person = people.get(person_id(event.actor), "")
    role = str(ROLE_LABELS.get(event.role, ""))  # type: ignore[call-overload]  # a role's code
    return f"{person} · {role}" if person and role else person or role


def _label(words: Mapping[Any, Promise | str], code: Any) -> str:
    return str(words.get(code, code or ""))


def _names(data: Mapping[str, Any], found: Dossier, people: dict[int, str]) -> dict[str, str]:
    """The words for the codes and ids that a title may ask for."""
    return {
        "unit": found.unit(data.get("unit")),
        "co": "、".join(found.unit(u) for u in data.get("co") or ()),
        "person": people.get(data.get("person") or 0, ""),
        "matter": str(data.get("matter") or ""),
        "decline": _label(DECLINE_LABELS, data.get("code")),
        "reason": _label(PAUSE_LABELS, data.get("reason")),
        "milestone": str(data.get("milestone") or ""),
        "result": _label(RESULT_LABELS, data.get("result")),
        "attempt": str(data.get("attempt") or ""),
        "outcome": _label(OUTCOME_LABELS, data.get("outcome")),
        "closure": _label(CLOSURE_LABELS, data.get("closure")),
        "grade": _label(GRADE_LABELS, data.get("grade")),
        "round": str(data.get("round") or ""),
        "channel": _label(CHANNEL_LABELS, data.get("channel")),
        "clock": _label(CLOCK_LABELS, data.get("clock")),
        "due": _moment(data.get("due")),
        "number": str(data.get("number") or ""),
        "follows": str(data.get("follows") or ""),
        "later": str(data.get("later") or ""),
        **_over_the_clock(data),
    }


def _over_the_clock(data: Mapping[str, Any]) -> dict[str, str]:
    """The words of extensions, rungs and meetings."""
    level = LEVEL_CODES.get(data.get("level") or "")
    passed = [str(LEVEL_LABELS[LEVEL_CODES[code]]) for code in data.get("skipped") or ()]
    return {
        "until": str(data.get("until") or ""),
        "extension": _label(EXTENSION_LABELS, data.get("reason")),
        "level": str(LEVEL_LABELS[level]) if level else "",
        "trigger": _label(TRIGGER_LABELS, data.get("trigger")),
        "skipped": gettext("; passed over: %(rungs)s") % {"rungs": "、".join(passed)}
        if passed
        else "",
        "meets_on": str(data.get("meets_on") or ""),
    }


def _moment(text: Any) -> str:
    if not isinstance(text, str) or not text:
        return ""
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
