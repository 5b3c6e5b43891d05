"""Pages of mediation."""

from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav
from qiying.slices.mediation.views import shared


def hang_up() -> None:
    """Register the navigation; called once at start-up."""
    nav.item(
        "follow",
        _("Mediation"),
        "mediation:list",
        "handshake",
        shared.READERS,
        order=60,
    )
    nav.item(
        "analysis",
        _("Mediation in figures"),
        "mediation:figures",
        "handshake",
        shared.COUNTERS,
        order=40,
    )
    nav.item(
        "rules",
        _("Mediators and the law"),
        "mediation:mediators",
        "contact",
        shared.ROSTER_READERS,
        order=90,
    )
