"""The ladder of supervision, the joint meetings, and what was not accepted, as lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import exports, paging
from qiying.kernel.access import Actor
from qiying.kernel.language import is_chinese
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import (
    DECLINE_LABELS,
    LEVEL_LABELS,
    MEETING_STATE_LABELS,
    SUPERVISION_STATE_LABELS,
    TRIGGER_LABELS,
    Call,
    JointMeeting,
    Supervision,
)
from qiying.slices.calls.queries import watch
from qiying.slices.calls.queries.watch import DeclinedFilters
from qiying.slices.calls.rules import Level, MeetingState, SupervisionState
from qiying.slices.calls.views import staff
from qiying.slices.calls.views.staff import AT_RATES, READERS

LADDER_TABS: Mapping[str, Promise] = {
    "": _("All standing"),
    "chase": _("Chased"),
    "supervise": _("Supervised"),
    "post": _("Posted for supervision"),
    "interview": _("Called in for a talk"),
    "removing": _("Removal proposed"),
    "late": _("Note or limit ran out"),
    "over": _("Ended"),
}
MEETING_TABS: Mapping[str, Promise] = {"": _("Owed and convened"), "over": _("Settled")}
LEVEL_TONES = {
    Level.CHASE: "check",
    Level.SUPERVISE: "fix",
    Level.POST: "listed",
    Level.INTERVIEW: "listed",
}
MEETING_TONES = {
    MeetingState.DUE: "check",
    MeetingState.CONVENED: "way",
    MeetingState.DECIDED: "done",
    MeetingState.WAIVED: "paused",
    MeetingState.LAPSED: "paused",
}


# --- the ladder ---


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung as a row."""

    row: Supervision
    call: Call
    url: str
    firm: str
    unit: str
    level: Promise | str
    tone: str
    trigger: Promise | str
    skipped: str
    officer: str
    state: Promise | str
    note: str
    is_standing: bool
    is_removing: bool
    is_late: bool
    is_note_late: bool


@page(*READERS)
def supervision(request: HttpRequest) -> HttpResponse:
    """What stands on the ladder: who is in charge, until when, with the last weekly note."""
    actor, now = actor_of(request), timezone.now()
    tab = request.GET.get("tab", "")
    tab = tab if tab in LADDER_TABS else ""
    rows = watch.ladder(actor, tab=tab, now=now)
    if kind := exports.wanted(request):
        return exports.respond(_ladder_sheet(actor, rows, tab, now), kind)
    order = watch.ENDED_ORDER if tab == "over" else watch.LADDER_ORDER
    found = paging.paginate(rows, order=order, cursor=request.GET.get("cursor", ""))
    counts = watch.ladder_counts(actor, now=now)
    context = {
        "page": found,
        "rows": rungs_of(actor, list(found), now=now),
        "tabs": [
            {
                "label": label,
                "url": f"?tab={key}" if key else "?",
                "count": counts.get(key),
                "active": key == tab,
            }
            for key, label in LADDER_TABS.items()
        ],
        "is_over": tab == "over",
        "bases": bases("chase", "supervise", "post", "interview"),
    }
    return render(request, "calls/board/supervision.html", context)


def rungs_of(actor: Actor, rows: Sequence[Supervision], *, now: datetime) -> list[Rung]:
    """Rungs with the words of their codes; calls, units and officers must be selected with them."""
    notes = watch.last_notes(actor, [r.call_id for r in rows])
    return [
        _rung(actor, r, notes[r.call_id].text if r.call_id in notes else "", now) for r in rows
    ]


def _rung(actor: Actor, row: Supervision, note: str, now: datetime) -> Rung:
    is_standing = row.state in rules.STANDING
    return Rung(
        row=row,
        call=row.call,
        url=staff.call_url(actor, row.call),
        firm=str(row.call.enterprise or ""),
        unit=str(row.unit or row.call.lead_unit or ""),
        level=LEVEL_LABELS[row.level],
        tone=LEVEL_TONES[Level(row.level)],
        trigger=TRIGGER_LABELS[row.trigger],
        skipped=passed_over(row),
        officer=str(row.officer or ""),
        state=SUPERVISION_STATE_LABELS[row.state],
        note=note,
        is_standing=is_standing,
        is_removing=row.state == SupervisionState.REMOVING,
        is_late=is_standing and row.limit_at < now,
        is_note_late=is_standing and row.note_due_at < now,
    )


def passed_over(row: Supervision) -> str:
    """The rungs that were passed over, in words."""
    below = range(row.level - row.skipped, row.level)
    comma = "、" if (get_language() or "zh").startswith("zh") else ", "
    return comma.join(str(LEVEL_LABELS[n]) for n in below)


def bases(*names: str) -> list[dict[str, str]]:
    """What the rules rest on, with their grades, in the reader's language."""
    labels = {level.code: str(LEVEL_LABELS[level]) for level in Level}
    labels |= {"extension": gettext("More time"), "meeting": gettext("Joint meeting")}
    found = ((name, rules.SOURCES[name]) for name in names)
    return [
        {"label": labels[n], "text": b.text(is_chinese=is_chinese()), "grade": b.grade}
        for n, b in found
    ]


def _ladder_sheet(actor: Actor, rows: Any, tab: str, now: datetime) -> exports.Sheet:
    headings = [
        gettext("Number"),
        gettext("Request"),
        gettext("Firm"),
        gettext("Unit"),
        gettext("Rung"),
        gettext("Why"),
        gettext("Rungs passed over"),
        gettext("Who answers for it"),
        gettext("Since"),
        gettext("Limit"),
        gettext("Next note due"),
        gettext("Times chased"),
        gettext("Status"),
        gettext("Until"),
    ]
    ordered = rows.order_by("limit_at", "id")[: exports.MAX_ROWS]
    lines = [
        [
            r.call.number,
            r.call.title,
            r.firm,
            r.unit,
            str(r.level),
            str(r.trigger),
            r.skipped,
            r.officer,
            r.row.opened_at,
            r.row.limit_at,
            r.row.note_due_at,
            r.row.chases,
            str(r.state),
            r.row.ended_at,
        ]
        for r in rungs_of(actor, list(ordered), now=now)
    ]
    said = [(gettext("Shown"), str(LADDER_TABS[tab]))]
    return exports.Sheet(gettext("Supervision ladder"), headings, lines, said, actor.name, now)


# --- joint meetings ---


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A joint meeting as a card."""

    row: JointMeeting
    call: Call
    url: str
    firm: str
    unit: str
    tone: str
    label: Promise | str
    units: str
    task_unit: str
    convened_by: str
    decided_by: str
    agenda: str
    decision: str


@page(*READERS)
def meetings(request: HttpRequest) -> HttpResponse:
    """Third rounds: which meeting is owed, when it meets, who comes, what it decided."""
    actor, now = actor_of(request), timezone.now()
    tab = request.GET.get("tab", "")
    tab = tab if tab in MEETING_TABS else ""
    rows = watch.meetings(actor, tab=tab)
    if kind := exports.wanted(request):
        return exports.respond(_meeting_sheet(actor, rows, tab, now), kind)
    cursor = request.GET.get("cursor", "")
    found = paging.paginate(rows, order=watch.MEETING_ORDER, cursor=cursor)
    context = {
        "page": found,
        "rows": meeting_lines(actor, list(found)),
        "tabs": [
            {"label": label, "url": f"?tab={key}" if key else "?", "active": key == tab}
            for key, label in MEETING_TABS.items()
        ],
        "bases": bases("meeting"),
    }
    return render(request, "calls/board/meetings.html", context)


def meeting_lines(actor: Actor, rows: Sequence[JointMeeting]) -> list[MeetingLine]:
    cards = queries.unit_cards(actor)
    coming = watch.units_of_meetings(actor, [r.pk for r in rows])
    return [
        MeetingLine(
            row=r,
            call=r.call,
            url=staff.call_url(actor, r.call),
            firm=str(r.call.enterprise or ""),
            unit=str(r.call.lead_unit or ""),
            tone=MEETING_TONES[MeetingState(r.state)],
            label=MEETING_STATE_LABELS[r.state],
            units="、".join(cards[u].name for u in coming.get(r.pk, ()) if u in cards),
            task_unit=cards[r.task_unit_id].name if r.task_unit_id in cards else "",
            convened_by=str(r.convened_by or ""),
            decided_by=str(r.decided_by or ""),
            agenda=r.agenda.text if r.agenda else "",
            decision=r.decision.text if r.decision else "",
        )
        for r in rows
    ]


def _meeting_sheet(actor: Actor, rows: Any, tab: str, now: datetime) -> exports.Sheet:
    headings = [
        gettext("Number"),
        gettext("Request"),
        gettext("Lead unit"),
        gettext("Status"),
        gettext("Owed since"),
        gettext("Day of the meeting"),
        gettext("Units that come"),
        gettext("Decision"),
        gettext("Task of"),
        gettext("Task due"),
    ]
    ordered = rows.order_by(*watch.MEETING_ORDER)[: exports.MAX_ROWS]
    lines = [
        [
            m.call.number,
            m.call.title,
            m.unit,
            str(m.label),
            m.row.opened_at,
            m.row.meets_on,
            m.units,
            m.decision,
            m.task_unit,
            m.row.task_due_on,
        ]
        for m in meeting_lines(actor, list(ordered))
    ]
    said = [(gettext("Shown"), str(MEETING_TABS[tab]))]
    return exports.Sheet(gettext("Joint meetings"), headings, lines, said, actor.name, now)


# --- what was not accepted ---


@page(*AT_RATES)
def declined(request: HttpRequest) -> HttpResponse:
    """The calls behind a figure of what was not accepted: reason, path, decider."""
    actor, now = actor_of(request), timezone.now()
    asked = DeclinedFilters.read(request.GET)
    rows = watch.declined(actor, asked)
    if kind := exports.wanted(request):
        return exports.respond(_declined_sheet(actor, rows, asked, now), kind)
    cursor = request.GET.get("cursor", "")
    found = paging.paginate(rows, order=watch.DECLINED_ORDER, cursor=cursor)
    context = {
        "page": found,
        "rows": _declined_lines(actor, list(found)),
        "words": _words(actor, asked),
        "back": f"{reverse('calls:rates')}?{urlencode(_month(asked))}",
    }
    return render(request, "calls/board/declined.html", context)


def _month(asked: DeclinedFilters) -> dict[str, str]:
    return {"month": f"{asked.start:%Y-%m}"} if asked.start else {}


def _declined_lines(actor: Actor, calls: Sequence[Call]) -> list[dict[str, Any]]:
    why = watch.refusals_of(actor, [c.pk for c in calls])
    return [
        {
            "call": c,
            "url": staff.call_url(actor, c),
            "firm": str(c.enterprise or ""),
            "code": DECLINE_LABELS[c.decline_code],
            "told": str(c.told_unit or ""),
            "why": why.get(c.pk),
        }
        for c in calls
    ]


def _words(actor: Actor, asked: DeclinedFilters) -> list[tuple[str, str]]:
    """The filter in words, for the head of the page and for the file."""
    said: list[tuple[str, str]] = []
    if asked.start and asked.end:
        said.append((gettext("Received at"), f"{asked.start} ~ {asked.end}"))
    if asked.code:
        said.append((gettext("Reason"), str(DECLINE_LABELS.get(asked.code, asked.code))))
    cards = {str(c.id): c.name for c in queries.unit_cards(actor).values()}
    cards["-"] = gettext("outside the zone's units")
    if asked.told:
        said.append((gettext("Told to turn to"), cards.get(asked.told, asked.told)))
    if asked.unit:
        said.append((gettext("Unit"), cards.get(asked.unit, asked.unit)))
    return said


def _declined_sheet(
    actor: Actor, rows: Any, asked: DeclinedFilters, now: datetime
) -> exports.Sheet:
    headings = [
        gettext("Number"),
        gettext("Request"),
        gettext("Firm"),
        gettext("Received at"),
        gettext("Reason"),
        gettext("In words"),
        gettext("Where the firm was told to go"),
        gettext("Unit told"),
        gettext("Decided by"),
    ]
    ordered = rows.order_by(*watch.DECLINED_ORDER)[: exports.MAX_ROWS]
    lines = []
    for line in _declined_lines(actor, list(ordered)):
        call, why = line["call"], line["why"]
        lines.append(
            [
                call.number,
                call.title,
                line["firm"],
                call.received_at,
                str(line["code"]),
                why.reason if why else "",
                why.told_path if why else "",
                line["told"],
                why.decided_by if why else "",
            ]
        )
    title = gettext("Not accepted")
    return exports.Sheet(title, headings, lines, _words(actor, asked), actor.name, now)
