"""What an actor may see: staff and members everything, firms what has been made public."""

from datetime import date
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, Model, Q
from django.utils import timezone

from qiying.kernel.access import STAFF, Actor, Role
from qiying.slices.council.rules import PUBLIC_MEETINGS, PUBLIC_TOPICS, SuggestionState

M_co = TypeVar("M_co", bound=Model, covariant=True)
INDOORS = frozenset(STAFF) | {Role.SYSTEM}


def membership(actor: Actor, on: date) -> Any:
    """The memberships that this person holds on a day."""
    rows = apps.get_model("council", "Member")._default_manager.filter(
        tenant_id=actor.tenant_id, person_id=actor.person_id or 0, term_from__lte=on
    )
    return rows.filter(Q(term_to=None) | Q(term_to__gt=on))


class CouncilRows(models.QuerySet[M_co]):
    """Rows of the council; the subclasses say which of them are public."""

    public: Q = Q(pk__in=[])

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & INDOORS:
            return rows
        if not actor.has(Role.ENTERPRISE):
            return rows.none()
        return rows.filter(self.public | Q(Exists(membership(actor, timezone.localdate()))))


class TopicRows(CouncilRows[M_co]):
    public = Q(state__in=sorted(PUBLIC_TOPICS))


class MeetingRows(CouncilRows[M_co]):
    public = Q(state__in=sorted(PUBLIC_MEETINGS))


class SuggestionRows(CouncilRows[M_co]):
    public = Q(state=SuggestionState.PUBLISHED)


class OpenRows(models.QuerySet[M_co]):
    """Rows that everybody of the tenant may see, such as who the members are."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(tenant_id=actor.tenant_id)
