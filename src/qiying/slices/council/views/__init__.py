"""Pages of the deputies' council."""

from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav
from qiying.slices.council.views import shared


def hang_up() -> None:
    """Register the navigation; called once at start-up."""
    nav.item("cases", _("Deputies' council"), "council:home", "landmark", shared.READERS, order=70)
