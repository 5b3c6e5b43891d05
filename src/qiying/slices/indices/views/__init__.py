"""Pages of evaluations."""

from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav
from qiying.kernel.access import Role
from qiying.slices.indices.views import shared


def hang_up() -> None:
    """Register the navigation; called once at start-up."""
    nav.item(
        *("analysis", _("Board of the zone"), "indices:zone", "gauge", shared.INSIDERS),
        order=59,
    )
    nav.item(
        *("analysis", _("Evaluation of regions"), "indices:home", "map", shared.READERS),
        order=60,
        first_for=[Role.ANALYST],
    )
    nav.item(
        "analysis",
        _("Dictionary of indicators"),
        "indices:indicators",
        "book-open",
        shared.READERS,
        order=61,
    )
    nav.item("analysis", _("Three gaps"), "indices:gaps", "scale", shared.READERS, order=61)
    nav.item(
        "analysis",
        _("Values brought in"),
        "indices:deliveries",
        "file-spreadsheet",
        shared.INSIDERS,
        order=62,
    )
