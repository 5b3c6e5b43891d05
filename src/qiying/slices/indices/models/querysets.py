"""What an actor may see: the dictionary is the house's, what is not released is few people's."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import Model, Q

from qiying.kernel.access import STAFF, Actor, Role
from qiying.slices.indices.rules import RunState

M_co = TypeVar("M_co", bound=Model, covariant=True)
ANALYSTS = (Role.ANALYST,)
APPROVERS = (Role.SUPERVISOR, Role.ZONE_LEADER)
INSIDERS = frozenset({*ANALYSTS, *APPROVERS, Role.SYSTEM})
"""Who sees values and runs before they are released."""


class HouseRows(models.QuerySet[M_co]):
    """Rows that all staff may see: dictionary, places, editions."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        return rows if actor.roles & (STAFF | {Role.SYSTEM}) else rows.none()


class ConfidentialRows(models.QuerySet[M_co]):
    """Rows for those who reckon and release; others see what is released, if anything."""

    released: Q = Q(pk__in=[])

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & INSIDERS:
            return rows
        return rows.filter(self.released) if actor.roles & STAFF else rows.none()


class RunRows(ConfidentialRows[M_co]):
    released = Q(state=RunState.RELEASED)
