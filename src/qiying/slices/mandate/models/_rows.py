"""Filters that every query starts with, and the choice between two names."""

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Model, Q

from qiying.kernel.access import Actor

M_co = TypeVar("M_co", bound=Model, covariant=True)


class TenantRows(models.QuerySet[M_co]):
    """Rows that everybody of the tenant may see; what is published is published to firms too."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(tenant_id=actor.tenant_id)


class DatedRows(TenantRows[M_co]):
    """Rows in force from a day until before another."""

    def in_force(self, on: date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


class DecisionRows(TenantRows[M_co]):
    """Decisions: a unit with a conflict of interest, the complained-of one, never sees them."""

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        for unit_id in sorted(actor.units()):
            rows = rows.exclude(recused_ids__contains=[unit_id])
        return rows
