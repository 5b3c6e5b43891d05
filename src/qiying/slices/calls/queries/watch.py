"""What stands on the ladder, which joint meetings are owed, what was not accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from django.db.models import Count, Q, QuerySet

from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call, JointMeeting, MeetingUnit, Note, Pause, Supervision
from qiying.slices.calls.queries._dossier import names_of
from qiying.slices.calls.queries._measures import midnight
from qiying.slices.calls.rules import (
    LEVEL_CODES,
    MEETING_OPEN,
    STANDING,
    CallState,
    Level,
    NoteKind,
    SupervisionState,
)

LADDER_ORDER = ("-level", "limit_at", "id")
ENDED_ORDER = ("-opened_at", "-id")
MEETING_ORDER = ("-opened_at", "-id")
DECLINED_ORDER = ("-received_at", "-id")


def ladder(actor: Actor, *, tab: str, now: datetime, unit_id: int | None = None) -> QuerySet[Any]:
    """Rungs with their calls: a level's code, ``late``, ``removing``, ``over``, else all standing."""
    rows = Supervision.objects.visible_to(actor).select_related(
        "call", "call__enterprise", "call__lead_unit", "unit", "officer"
    )
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    return rows.filter(_rungs(tab, now))


def _rungs(tab: str, now: datetime) -> Q:
    standing = Q(state__in=sorted(STANDING))
    if tab == "over":
        return ~standing
    if tab in LEVEL_CODES:
        return standing & Q(level=int(LEVEL_CODES[tab]))
    tests = {
        "late": Q(note_due_at__lt=now) | Q(limit_at__lt=now),
        "removing": Q(state=SupervisionState.REMOVING),
    }
    return standing & tests.get(tab, Q())


def ladder_counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many rungs are behind each tab, in one query."""
    tabs = ("", *(level.code for level in Level), "late", "removing")
    rows = Supervision.objects.visible_to(actor).filter(state__in=sorted(STANDING)).order_by()
    counts = {f"n_{tab}": Count("id", filter=_rungs(tab, now)) for tab in tabs}
    found = rows.aggregate(**counts)
    return {tab: int(found[f"n_{tab}"]) for tab in tabs}


def meetings(actor: Actor, *, tab: str) -> QuerySet[Any]:
    """Joint meetings with their calls: ``over``, else those that are owed or convened."""
    rows = JointMeeting.objects.visible_to(actor).select_related(
        "call", "call__enterprise", "call__lead_unit", "convened_by", "decided_by", "task_unit"
    )
    rows = rows.select_related("agenda", "decision")
    is_open = Q(state__in=sorted(MEETING_OPEN))
    return rows.filter(~is_open if tab == "over" else is_open)


def units_of_meetings(actor: Actor, meeting_ids: list[int]) -> dict[int, list[int]]:
    """Which units come, by meeting."""
    found: dict[int, list[int]] = {}
    rows = MeetingUnit.objects.filter(tenant_id=actor.tenant_id, meeting_id__in=meeting_ids)
    for meeting_id, unit_id in rows.order_by("id").values_list("meeting_id", "unit_id"):
        found.setdefault(meeting_id, []).append(unit_id)
    return found


def last_notes(actor: Actor, call_ids: list[int]) -> dict[int, Note]:
    """The last weekly note of each call."""
    rows = Note.objects.visible_to(actor).filter(call_id__in=call_ids, kind=NoteKind.SUPERVISION)
    return {n.call_id: n for n in rows.order_by("id") if n.call_id is not None}


def pauses_of(actor: Actor, round_ids: list[int]) -> dict[int, list[Pause]]:
    """The pauses that ran or run, by round."""
    rows = Pause.objects.visible_to(actor).filter(round_id__in=round_ids)
    found: dict[int, list[Pause]] = {}
    for row in rows.order_by("id"):
        found.setdefault(row.round_id, []).append(row)
    return found


# --- what was not accepted ---


@dataclass(frozen=True, slots=True)
class DeclinedFilters:
    """Which of the calls that were not accepted: received in a period, by code and unit told.

    ``told`` is a unit's id, "-" for a place that is none of the zone's units; ``unit`` the unit
    that the call counts for.
    """

    start: date | None = None
    end: date | None = None
    code: str = ""
    told: str = ""
    unit: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The known names of a query string; anything else is left aside."""
        return cls(
            start=_day(given.get("start")),
            end=_day(given.get("end")),
            **{name: str(given.get(name) or "")[:40] for name in ("code", "told", "unit")},
        )

    def as_query(self) -> dict[str, str]:
        found = {
            "start": self.start.isoformat() if self.start else "",
            "end": self.end.isoformat() if self.end else "",
            "code": self.code,
            "told": self.told,
            "unit": self.unit,
        }
        return {k: v for k, v in found.items() if v}


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None


def declined(actor: Actor, filters: DeclinedFilters) -> QuerySet[Call]:
    """The calls behind a figure of what was not accepted; page them with ``DECLINED_ORDER``."""
    rows = Call.objects.visible_to(actor).filter(state=CallState.DECLINED)
    if filters.start:
        rows = rows.filter(received_at__gte=midnight(filters.start))
    if filters.end:
        rows = rows.filter(received_at__lt=midnight(filters.end))
    if filters.code:
        rows = rows.filter(decline_code=filters.code)
    if filters.told:
        rows = rows.filter(_by_id("told_unit", filters.told))
    if filters.unit:
        counted = _by_id("lead_unit", filters.unit)
        first = Q(lead_unit=None) & _by_id("first_receiver", filters.unit)
        rows = rows.filter(counted & ~Q(lead_unit=None) | first)
    return rows.select_related("enterprise", "told_unit", "lead_unit").defer(
        "text", "words", "ranking"
    )


def _by_id(name: str, value: str) -> Q:
    """Rows of one unit; "-" stands for none, what is no id for nothing."""
    if value == "-":
        return Q(**{name: None})
    is_id = value.isdecimal() and len(value) < 18
    return Q(**{f"{name}_id": int(value)}) if is_id else Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call was not accepted, where the firm was told to go, and who decided."""

    reason: str
    told_path: str
    decided_by: str
    at: datetime | None


def refusals_of(actor: Actor, call_ids: list[int]) -> dict[int, Refusal]:
    """Reason, path and decider of some calls, by call."""
    kinds = [NoteKind.DECLINE, NoteKind.TOLD_PATH]
    rows = Note.objects.visible_to(actor).filter(call_id__in=call_ids, kind__in=kinds)
    notes = list(rows.order_by("id"))
    approved = Call.objects.visible_to(actor).filter(
        id__in=call_ids, refusal_approver__isnull=False
    )
    approvers = dict(approved.values_list("id", "refusal_approver_id"))
    people = names_of({n.author_id for n in notes if n.author_id} | set(approvers.values()))
    found: dict[int, Refusal] = {}
    for note in notes:
        if note.call_id is None:
            continue
        old = found.get(note.call_id, Refusal("", "", "", None))
        who = people.get(approvers.get(note.call_id) or note.author_id or 0, "")
        is_path = note.kind == NoteKind.TOLD_PATH
        found[note.call_id] = Refusal(
            old.reason if is_path else note.text,
            note.text if is_path else old.told_path,
            who or old.decided_by,
            note.at,
        )
    return found
