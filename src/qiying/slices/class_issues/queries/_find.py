"""Class issues by key and in lists, with the filter of the list page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, F, Model, Q, QuerySet

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.class_issues import rules
from qiying.slices.class_issues.models import Issue, Look, Threshold
from qiying.slices.class_issues.models.labels import codes
from qiying.slices.class_issues.rules import Rule, State

M = TypeVar("M", bound=Model)
ORDER = ("-found_at", "-id")
TABS: Mapping[str, Sequence[str]] = {
    "candidates": codes([State.CANDIDATE]),
    "open": codes(rules.OPEN),
    "landed": codes([State.LANDED]),
    "done": codes([State.EFFECTIVE, State.CLOSED]),
    "gone": codes(rules.GONE),
}
"""What the tabs of the list show."""


@dataclass(frozen=True, slots=True)
class Filters:
    """State of the filter bar in the address; unknown names are ignored."""

    tab: str = ""
    unit: str = ""
    matter: str = ""
    q: str = ""
    late: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Filters":
        return cls(**{f.name: str(given.get(f.name, "") or "")[:60] for f in fields(cls)})

    def as_query(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


def list_issues(actor: Actor, filters: Filters = Filters(), *, now: datetime) -> QuerySet[Issue]:
    """The visible class issues that pass a filter; merged and dismissed ones only on their tab."""
    seen = Issue.objects.visible_to(actor).select_related("owner_unit", "owner", "unit")
    rows = _of_tab(seen, filters.tab)
    if filters.unit:
        rows = rows.filter(Q(owner_unit__code=filters.unit) | Q(unit__code=filters.unit))
    if filters.matter:
        rows = rows.filter(matter_code=filters.matter)
    if filters.late:
        rows = rows.filter(due_at__lt=now)
    for word in filters.q.split()[:5]:
        rows = rows.filter(
            Q(number__istartswith=word) | Q(title__icontains=word) | Q(measure__icontains=word)
        )
    return rows.annotate(
        calls=Count("members", filter=Q(members__is_live=True)),
        firms=Count("members__call__enterprise", filter=Q(members__is_live=True), distinct=True),
    )


def _of_tab(rows: QuerySet[Issue], tab: str) -> QuerySet[Issue]:
    if tab in TABS:
        return rows.filter(state__in=TABS[tab])
    return rows.exclude(state__in=codes(rules.GONE))


def tab_counts(actor: Actor) -> dict[str, int]:
    """How many class issues each tab shows, in one query."""
    rows = Issue.objects.visible_to(actor)
    return rows.aggregate(
        **{tab: Count("pk", filter=Q(state__in=states)) for tab, states in TABS.items()}
    )


def candidates_waiting(actor: Actor) -> QuerySet[Issue]:
    """The candidates that wait to be judged, up to 99, to be counted."""
    return Issue.objects.visible_to(actor).filter(state=State.CANDIDATE).order_by()[:99]


def _one(rows: QuerySet[M], *, for_update: bool = False) -> M:
    found = (rows.select_for_update(of=("self",)) if for_update else rows).first()
    if found is None:
        raise NotFound("not_found")
    return found


def get_issue(actor: Actor, issue_id: int, *, for_update: bool = False) -> Issue:
    """A visible class issue, locked on request; NotFound otherwise."""
    return _one(Issue.objects.visible_to(actor).filter(pk=issue_id), for_update=for_update)


def get_by_public_id(actor: Actor, public_id: UUID) -> Issue:
    rows = Issue.objects.visible_to(actor).select_related(
        "owner_unit", "owner", "unit", "follows", "merged_into", "landed_by", "verified_by"
    )
    return _one(rows.filter(public_id=public_id))


def find_by_id(actor: Actor, issue_id: int) -> Issue | None:
    return Issue.objects.visible_to(actor).filter(pk=issue_id).first()


def find_by_number(actor: Actor, number: str) -> Issue | None:
    rows = Issue.objects.visible_to(actor).filter(number=number.strip().upper())
    return rows.first()


def find_of_call(actor: Actor, call_id: int) -> Issue | None:
    """The class that a call belongs to now, as far as this actor may see it."""
    rows = Issue.objects.visible_to(actor).filter(members__call_id=call_id, members__is_live=True)
    return rows.exclude(state__in=codes(rules.GONE)).first()


def takers(actor: Actor, issue: Issue) -> list[Issue]:
    """Where a candidate's calls can go: other candidates, issues whose measure has not landed."""
    wanted = codes(rules.WORKED_ON | {State.CANDIDATE})
    found = Issue.objects.visible_to(actor).filter(state__in=wanted)
    rows = list(found.exclude(pk=issue.pk).order_by(*ORDER)[:50])
    return sorted(rows, key=lambda row: row.matter_code != issue.matter_code)


def search_issues(actor: Actor, text: str, limit: int) -> list[Issue]:
    """Class issues by the beginning of a number or words of the title, newest first."""
    rows = Issue.objects.visible_to(actor).exclude(state__in=codes(rules.GONE))
    found = rows.filter(Q(number__istartswith=text) | Q(title__icontains=text))
    return list(found.order_by(*ORDER)[:limit])


def names_of_issues(actor: Actor, ids: Iterable[int]) -> dict[int, Issue]:
    rows = Issue.objects.visible_to(actor).filter(pk__in=list(ids))
    return {row.pk: row for row in rows}


# --- thresholds and looks ---


def thresholds(actor: Actor, limit: int = 20) -> list[Threshold]:
    """Every setting of the thresholds, the one in force first."""
    rows = Threshold.objects.visible_to(actor).select_related("set_by")
    return list(rows.order_by("-set_at", "-id")[:limit])


def rule_in_force(actor: Actor) -> Rule:
    """The zone's thresholds now; the defaults where nobody set any."""
    row = Threshold.objects.visible_to(actor).order_by("-set_at", "-id").first()
    return rules.DEFAULTS if row is None else row.rule


def last_look(actor: Actor) -> Look | None:
    rows = Look.objects.visible_to(actor).select_related("asked_by")
    return rows.order_by("-at", "-id").first()


def overdue(actor: Actor, now: datetime) -> QuerySet[Issue]:
    """Class issues whose promise ran out and of which nobody was told yet."""
    rows = Issue.objects.visible_to(actor).filter(due_at__lt=now)
    return rows.filter(Q(overdue_noted_at=None) | Q(overdue_noted_at__lt=F("due_at")))


def running(actor: Actor) -> QuerySet[Issue]:
    """Class issues with a promise that runs."""
    return Issue.objects.visible_to(actor).exclude(clock="").filter(due_at__isnull=False)
