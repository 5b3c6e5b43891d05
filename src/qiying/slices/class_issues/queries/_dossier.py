"""Everything on the page of a class issue, in a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from qiying.kernel.access import Actor
from qiying.kernel.models import Attachment, Event, User
from qiying.slices.calls import public as calls
from qiying.slices.class_issues import rules
from qiying.slices.class_issues.models import Finding, Issue, Member, Milestone, Report
from qiying.slices.class_issues.models.labels import (
    CLOCK_LABELS,
    DISMISSAL_LABELS,
    EVENT_LABELS,
)
from qiying.slices.registry import public as registry

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUBJECT, REPORT = "class_issues.issue", "class_issues.report"
WARNING = frozenset(
    {
        *("class_issues.dismissed", "class_issues.overdue", "class_issues.found_not_effective"),
        *("class_issues.recurred", "class_issues.extended"),
    }
)


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A call of the class that this reader may see, and why it is in."""

    member: Member
    card: calls.CallCard
    firm: str


@dataclass(frozen=True, slots=True)
class Line:
    """What happened to the class issue, in the reader's words."""

    at: datetime
    topic: str
    title: str
    who: str
    text: str
    tone: str
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A class issue with its calls, words, milestones and findings."""

    issue: Issue
    members: tuple[MemberLine, ...]
    hidden: int
    """Calls of the class that this reader may not see."""
    reports: tuple[Report, ...]
    files: Mapping[int, tuple[Attachment, ...]]
    milestones: tuple[Milestone, ...]
    findings: tuple[Finding, ...]

    @property
    def present_milestones(self) -> list[Milestone]:
        """Those of the present measure."""
        return [m for m in self.milestones if m.attempt == self.issue.attempt]

    @property
    def evidence(self) -> tuple[Attachment, ...]:
        """The files that showed that the measure has landed."""
        return self.files.get(self.issue.landing_id or 0, ())


def dossier(actor: Actor, issue: Issue) -> Dossier:
    """Everything about a visible class issue that this actor may read."""
    rows = list(members_of(actor, issue))
    cards = calls.cards(actor, [m.call_id for m in rows])
    firms = registry.names(actor, {c.enterprise_id for c in cards.values() if c.enterprise_id})
    lines = [
        MemberLine(m, cards[m.call_id], firms.get(cards[m.call_id].enterprise_id or 0, ""))
        for m in rows
        if m.call_id in cards
    ]
    reports = Report.objects.visible_to(actor).filter(issue=issue).select_related("author")
    kept = tuple(reports.order_by("at", "id"))
    milestones = Milestone.objects.visible_to(actor).filter(issue=issue)
    findings = Finding.objects.visible_to(actor).filter(issue=issue).defer("block")
    return Dossier(
        issue=issue,
        members=tuple(sorted(lines, key=lambda line: line.card.received_at)),
        hidden=len(rows) - len(lines),
        reports=kept,
        files=_files_of(actor, [r.pk for r in kept]),
        milestones=tuple(milestones.order_by("attempt", "position")),
        findings=tuple(findings.order_by("-id")[:20]),
    )


def members_of(actor: Actor, issue: Issue) -> Any:
    """The calls that belong to a class; of one that is gone those that belonged to it."""
    rows = Member.objects.visible_to(actor).filter(issue=issue)
    if issue.state not in rules.GONE:
        rows = rows.filter(is_live=True)
    return rows.order_by("id")


def _files_of(actor: Actor, reports: list[int]) -> dict[int, tuple[Attachment, ...]]:
    rows = Attachment.objects.filter(
        tenant_id=actor.tenant_id, subject_type=REPORT, subject_id__in=reports
    )
    found: dict[int, tuple[Attachment, ...]] = {}
    for row in rows.order_by("id"):
        found[row.subject_id or 0] = (*found.get(row.subject_id or 0, ()), row)
    return found


def timeline(actor: Actor, found: Dossier) -> list[Line]:
    """What happened, oldest first."""
    rows = list(
        Event.objects.filter(
            tenant_id=actor.tenant_id, subject_type=SUBJECT, subject_id=found.issue.pk
        ).order_by("sequence")
    )
    people = _people(rows)
    units = {card.id: card.name for card in registry.units(actor).values()}
    reports = {r.pk: r for r in found.reports}
    return [_line(event, people, units, reports, found) for event in rows]


def _people(rows: list[Event]) -> dict[int, str]:
    ids = {int(e.actor[1:]) for e in rows if e.actor.startswith("p")}
    ids |= {e.data["person"] for e in rows if e.data.get("person")}
    return {u.pk: str(u) for u in User.objects.filter(pk__in=ids)}


def _line(
    event: Event,
    people: Mapping[int, str],
    units: Mapping[int, str],
    reports: Mapping[int, Report],
    found: Dossier,
) -> Line:
    data = event.data
    words = {
        "unit": units.get(data.get("unit") or 0, ""),
        "person": people.get(data.get("person") or 0, ""),
        "code": str(DISMISSAL_LABELS.get(data.get("code", ""), data.get("code", ""))),
        "clock": str(CLOCK_LABELS.get(data.get("clock", ""), "")),
        "due": _day(data.get("due")),
        **{k: data.get(k, "") for k in ("number", "calls", "firms", "before", "after")},
    }
    report = reports.get(data.get("report") or 0)
    return Line(
        at=event.occurred_at,
        topic=event.topic,
        title=str(EVENT_LABELS.get(event.topic, event.topic)) % words,
        who=people.get(int(event.actor[1:]), "") if event.actor.startswith("p") else "",
        text=report.text if report is not None else "",
        tone="stopped" if event.topic in WARNING else "done",
        files=found.files.get(report.pk, ()) if report is not None else (),
    )


def _day(text: Any) -> str:
    if not isinstance(text, str) or not text:
        return ""
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%Y-%m-%d}"


def may_read_files(actor: Actor, report_id: int) -> bool:
    """Staff who see the class issue see all its files; firms the evidence of the landing."""
    row = Report.objects.visible_to(actor).filter(pk=report_id).select_related("issue").first()
    if row is None:
        return False
    return actor.has(*rules.READERS) or row.issue.landing_id == row.pk
