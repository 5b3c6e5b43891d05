"""What the pages of class issues share."""

from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise

from qiying.kernel.access import Actor
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.models.labels import STATE_LABELS, STATE_TONES
from qiying.slices.mandate import public as mandate

FORM_FIELDS = {"owner_unit": "owner"}
"""Arguments of operations by the field of the form that they come from."""


def matter_names(actor: Actor) -> dict[str, str]:
    """Names of the matters in force today, by code."""
    return {card.code: card.name for card in mandate.matters(actor, timezone.localdate())}


def heading(issue: Issue, names: dict[str, str]) -> str:
    """The title; of a candidate the matter and the words in common."""
    if issue.title:
        return issue.title
    matter = names.get(issue.matter_code, issue.matter_code)
    words = "、".join(str(term) for term in issue.terms[:3])
    return f"{matter}：{words}" if words else matter


def tone(issue: Issue) -> tuple[str, Promise]:
    return STATE_TONES[issue.state], STATE_LABELS[issue.state]


def is_late(issue: Issue, now: datetime) -> bool:
    return issue.due_at is not None and issue.due_at < now
