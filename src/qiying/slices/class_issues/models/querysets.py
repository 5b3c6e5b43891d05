"""What an actor may see of class issues, as the filter that every query starts with."""

from typing import Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, Model, OuterRef, Q

from qiying.kernel.access import Actor, Role
from qiying.slices.class_issues.models.labels import codes
from qiying.slices.class_issues.rules import RAISED
from qiying.slices.registry import public as registry

M_co = TypeVar("M_co", bound=Model, covariant=True)
SEES_ALL = frozenset(
    {
        *(Role.DESK, Role.CALLBACK, Role.SUPERVISOR, Role.ZONE_LEADER),
        *(Role.ANALYST, Role.AUDITOR, Role.SYSTEM),
    }
)


class IssueRows(models.QuerySet[M_co]):
    """Class issues: units see what they own or lead a call of, firms what was raised of theirs."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & SEES_ALL:
            return rows
        only = Q(pk__in=[])
        units = actor.units(Role.HANDLER, Role.UNIT_LEADER)
        if units:
            only |= Q(owner_unit_id__in=units) | Q(unit_id__in=units)
            only |= Q(_with_calls(call__lead_unit_id__in=units))
        firms = actor.enterprises
        if actor.has(Role.GRID_OFFICER):
            firms |= registry.portfolio_ids(actor)
        if firms:
            told = Q(state__in=codes(RAISED))
            only |= told & Q(_with_calls(call__enterprise_id__in=firms))
        return rows.filter(only)


def _with_calls(**wanted: object) -> Exists:
    rows = apps.get_model("class_issues", "Member")._default_manager.filter(
        tenant_id=OuterRef("tenant_id"),
        issue_id=OuterRef("pk"),
        is_live=True,
        call__complained_unit=None,
        **wanted,
    )
    return Exists(rows)


class PartRows(models.QuerySet[M_co]):
    """Rows of a class issue, as open as it is."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & SEES_ALL:
            return rows
        model: type[Model] = apps.get_model("class_issues", "Issue")
        issues: IssueRows[Model] = IssueRows(model).visible_to(actor)
        return rows.filter(Exists(issues.filter(pk=OuterRef("issue_id"))))


class TenantRows(models.QuerySet[M_co]):
    """Rows that all who work on class issues may see: thresholds, looks."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(tenant_id=actor.tenant_id)
