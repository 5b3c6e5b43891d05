"""For which unit a colleague acts."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from qiying.kernel.access import Actor
from qiying.kernel.models import Grant, User
from qiying.slices.calls.queries._case import local_day
from qiying.slices.calls.queries._dossier import unit_cards


def units_of(actor: Actor, people: Iterable[User], *, now: datetime) -> dict[int, str]:
    """The unit that each person acts for today, by id; whoever acts for none is left out."""
    on = local_day(now)
    cards = unit_cards(actor)
    rows = Grant.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=on),
        tenant_id=actor.tenant_id,
        person_id__in=[p.pk for p in people],
        valid_from__lte=on,
        unit_id__isnull=False,
    ).order_by("-id")
    return {g.person_id: cards[g.unit_id or 0].name for g in rows if g.unit_id in cards}
