"""Where the slice hangs its pages: side navigation, palette and search."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav, search, tenancy
from qiying.kernel.access import Actor
from qiying.slices.mandate import queries
from qiying.slices.mandate.views import _shared as shared
from qiying.slices.mandate.views.here import guess

GROUP = _("Matters")


def hang_up() -> None:
    """Register navigation and search; called once at start-up."""
    nav.item(
        "rules",
        _("Whose job is it here?"),
        "mandate:here",
        "map-pin-check",
        shared.EVERYBODY,
        order=10,
    )
    nav.item(
        "rules", _("Register of matters"), "mandate:register", "scale", shared.READERS, order=20
    )
    nav.item("rules", _("Editions"), "mandate:editions", "book-copy", shared.READERS, order=30)
    nav.item(
        "rules", _("Delegated powers"), "mandate:delegations", "stamp", shared.READERS, order=40
    )
    nav.item("rules", _("Hand-overs"), "mandate:handovers", "house-plug", shared.READERS, order=50)
    nav.item("rules", _("Decisions"), "mandate:decisions", "gavel", shared.READERS, order=60)
    nav.item(
        "rules", _("Precedents"), "mandate:precedents", "bookmark-check", shared.READERS, order=70
    )
    nav.item(
        "rules", _("Check the register"), "mandate:lint", "list-checks", shared.READERS, order=80
    )
    search.provider("mandate")(find)


def find(actor: Actor, text: str, limit: int) -> list[search.Hit]:
    """Matters whose code, name or keywords fit."""
    today = timezone.localdate()
    with tenancy.reading(actor):
        in_force = queries.register(actor).on(today)
    exact = in_force.get(text.strip().upper())
    cards = [exact] if exact else guess(text, in_force)[:limit]
    return [
        search.Hit(
            title=f"{card.code} {card.name}",
            subtitle=f"{card.status_label} · {card.category_label}",
            url=reverse("mandate:matter", args=[card.code]),
            icon="scale",
            group=GROUP,
        )
        for card in cards
    ]
