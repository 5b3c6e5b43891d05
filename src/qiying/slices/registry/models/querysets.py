"""What an actor may see, as filters that every query starts with."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import Model, Q

from qiying.kernel.access import STAFF, Actor, Role

M_co = TypeVar("M_co", bound=Model, covariant=True)
SEES_ALL = STAFF | {Role.SYSTEM}


def own_firms(actor: Actor) -> frozenset[int] | None:
    """Ids of the only firms this actor may see; None when all of the tenant are open."""
    if actor.roles & SEES_ALL:
        return None
    held = frozenset(h.enterprise_id for h in actor.held if h.enterprise_id is not None)
    return None if actor.has(Role.MACHINE) and not held else held


class TenantRows(models.QuerySet[M_co]):
    """Rows that everybody of the tenant may see."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(tenant_id=actor.tenant_id)


class FirmRows(TenantRows[M_co]):
    """Firms: staff see all, an enterprise user the own ones."""

    firm_field = "id"

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        own = own_firms(actor)
        return rows if own is None else rows.filter(**{f"{self.firm_field}__in": own})


class FirmPartRows(FirmRows[M_co]):
    """Rows that belong to a firm and are as open as the firm is."""

    firm_field = "enterprise_id"


class SitePartRows(TenantRows[M_co]):
    """Sites of firms are as open as the firm; sites without a firm are open to all."""

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        own = own_firms(actor)
        if own is None:
            return rows
        return rows.filter(Q(enterprise_id__in=own) | Q(enterprise_id=None))
