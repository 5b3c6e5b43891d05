"""Where the pages of the duty chief, the staff and the leader hang; called once at start-up."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav, problems, search, trail
from qiying.kernel.access import Actor, Role
from qiying.kernel.search import Hit
from qiying.slices.registry import public as registry
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.queries import live
from qiying.slices.rescue.views.chief import shared


def register_chief() -> None:
    """Navigation, search, map and trail."""
    nav.item(
        "work",
        _("Duty board"),
        "rescue:board",
        "siren",
        shared.AT_BOARD,
        order=30,
        count=live.waiting_rows,
        first_for=[Role.DUTY_CHIEF],
    )
    nav.item("work", _("Jobs of Industry 120"), "rescue:list", "wrench", shared.AT_LIST, order=31)
    at_planning = ("rescue:coverage", "calendar-range", shared.AT_PLANNING)
    nav.item("analysis", _("Cover and price"), *at_planning, order=62)
    at_figures = ("rescue:performance", "timer", shared.AT_FIGURES)
    nav.item("analysis", _("Industry 120 in figures"), *at_figures, order=60)
    nav.item(
        "analysis",
        _("Fairness of the dispatch"),
        "rescue:audit",
        "scale",
        shared.AT_AUDIT,
        order=64,
    )
    problems.register({"rescue.no_report": _("There is no signed service report yet.")})
    registry.map_layer("job", _("Open rescues"), "rescue:jobs-layer", roles=shared.AT_BOARD)
    trail.name_subjects("rescue.job", audited)
    search.provider("rescue")(found)


def audited(actor: Actor, ids: Iterable[int]) -> Mapping[int, trail.Subject]:
    """Jobs as the audit trail shows them."""
    return {
        pk: trail.Subject(number, shared.job_url(public_id))
        for pk, number, public_id in live.named(actor, ids)
    }


def found(actor: Actor, q: str, limit: int) -> list[Hit]:
    """Jobs by number, words, firm or label of the machine, for whoever reads the list."""
    if not actor.has(*shared.AT_LIST):
        return []
    return [
        Hit(
            title=f"{job.number} {job.title}",
            subtitle=str(labels.STATES[job.state]),
            url=shared.job_url(job.public_id),
            icon="wrench",
            group=_("Industry 120"),
        )
        for job in live.search(actor, q, limit)
    ]
