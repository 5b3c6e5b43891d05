"""Where the slice hangs its pages: navigation, search, the audit trail, the box on a call's page."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav, panels, search, tenancy, trail
from qiying.kernel.access import Actor
from qiying.slices.class_issues import public, queries
from qiying.slices.class_issues.models.labels import STATE_LABELS
from qiying.slices.class_issues.rules import READERS

GROUP = _("Class issues")


def hang_up() -> None:
    """Register navigation, search and boxes; called once at start-up."""
    nav.item(
        "follow",
        _("Class issues"),
        "class_issues:list",
        "layers",
        READERS,
        order=40,
        count=queries.candidates_waiting,
    )
    search.provider("class_issues")(find)
    trail.name_subjects("class_issues.issue", audited)
    panels.provider("calls.call", name="class_issues")(public.panel_of_call)


def find(actor: Actor, text: str, limit: int) -> list[search.Hit]:
    """Class issues whose number or title fits."""
    if not actor.has(*READERS):
        return []
    with tenancy.reading(actor):
        found = queries.search_issues(actor, text, limit)
    return [
        search.Hit(
            title=f"{issue.number} {issue.title}",
            subtitle=str(STATE_LABELS[issue.state]),
            url=reverse("class_issues:issue", args=[issue.public_id]),
            icon="layers",
            group=GROUP,
        )
        for issue in found
    ]


def audited(actor: Actor, ids: Iterable[int]) -> dict[int, trail.Subject]:
    """Class issues as the audit trail shows them."""
    return {
        pk: trail.Subject(
            f"{issue.number} {issue.title}".strip(),
            reverse("class_issues:issue", args=[issue.public_id]),
        )
        for pk, issue in queries.names_of_issues(actor, ids).items()
    }
