"""What other slices may know of class issues, and what a call's page shows of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.panels import Line, Panel
from qiying.slices.class_issues import queries, rules
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.models.labels import STATE_LABELS, STATE_TONES
from qiying.slices.class_issues.queries import figures

__all__ = [
    "READERS",
    "ClassCard",
    "card_by_public_id",
    "card_of_call",
    "cards",
    "figures",
    "panel_of_call",
]
READERS = rules.READERS
"""Who works on class issues and opens their pages."""


@dataclass(frozen=True, slots=True)
class ClassCard:
    """A class issue as other slices may show it."""

    id: int
    public_id: UUID
    number: str
    title: str
    state: str
    measure: str
    due_at: datetime | None
    landed_at: datetime | None
    verdict: str
    matter_code: str
    owner_unit_id: int | None
    words: str
    """What the class is about: title, cause, measure and the words in common."""

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(STATE_LABELS[self.state])


def card_of_call(actor: Actor, call_id: int) -> ClassCard | None:
    """The class that a call belongs to, as far as the actor may see it; None otherwise."""
    with tenancy.reading(actor):
        issue = queries.find_of_call(actor, call_id)
    return None if issue is None else _card(issue)


def card_by_public_id(actor: Actor, public_id: UUID) -> ClassCard:
    """A visible class issue; NotFound otherwise."""
    with tenancy.reading(actor):
        return _card(queries.get_by_public_id(actor, public_id))


def cards(actor: Actor, ids: Iterable[int]) -> dict[int, ClassCard]:
    """Those of these class issues that the actor may see, in one query."""
    with tenancy.reading(actor):
        found = queries.names_of_issues(actor, ids)
        return {pk: _card(issue) for pk, issue in found.items()}


def _card(issue: Issue) -> ClassCard:
    return ClassCard(
        issue.pk,
        issue.public_id,
        issue.number,
        issue.title,
        issue.state,
        issue.measure,
        issue.due_at,
        issue.landed_at,
        issue.verdict,
        issue.matter_code,
        issue.owner_unit_id,
        "\n".join([issue.title, issue.root_cause, issue.measure, " ".join(issue.terms)]),
    )


def panel_of_call(actor: Actor, call_id: int, _now: datetime) -> Panel | None:
    """The box on a call's page: part of which class issue, and how that stands."""
    issue = queries.find_of_call(actor, call_id)
    if issue is None:
        return None
    is_staff = actor.has(*rules.READERS)
    name = "class_issues:issue" if is_staff else "class_issues:told"
    others = queries.count_members(issue) - 1
    note = (
        issue.number
        + " · "
        + ngettext("%(n)s other call", "%(n)s other calls", others) % {"n": others}
    )
    line = Line(
        issue.title or gettext("Like calls of several firms, to be judged"),
        url=reverse(name, args=[issue.public_id]),
        note=note,
        tone=STATE_TONES[issue.state],
        label=STATE_LABELS[issue.state],
    )
    title = gettext("Part of a class issue") if issue.title else gettext("May be a class issue")
    return Panel(title, "layers", (line,), order=20)
