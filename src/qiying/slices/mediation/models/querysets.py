"""What an actor may see: the parties their case, the mediator hers, the desk the register.

Nobody else sees a case; leaders and analysts see counts. What was said in a session is seen by
the mediator in charge and the parties only, not by the desk.
"""

from typing import Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, Model, OuterRef, Q

from qiying.kernel.access import STAFF, Actor, Role
from qiying.slices.mediation.rules import Audience

M_co = TypeVar("M_co", bound=Model, covariant=True)
AT_DESK = frozenset({Role.DESK, Role.SUPERVISOR, Role.SYSTEM})
NOTHING = Q(pk__in=[])


def is_house(actor: Actor) -> bool:
    """Whoever works at the desk and is told how a case stands, never what was said in it."""
    return bool(actor.roles & AT_DESK)


def reach(actor: Actor) -> Q | None:
    """Which cases this actor may open; None when all are open."""
    if is_house(actor):
        return None
    found = inside(actor)
    if actor.person_id is not None and actor.has(Role.GRID_OFFICER):
        found |= Q(opened_by_id=actor.person_id)
    if actor.person_id is not None and actor.has(Role.CALLBACK):
        found |= Q(state__in=("performed", "breached", "failed"))
    return found


def inside(actor: Actor) -> Q:
    """The cases in which this actor is a party or the mediator in charge."""
    found = NOTHING
    if actor.enterprises:
        parties = apps.get_model("mediation", "Party")._default_manager.filter(
            tenant_id=OuterRef("tenant_id"),
            case_id=OuterRef("pk"),
            enterprise_id__in=actor.enterprises,
        )
        found |= Q(Exists(parties))
    if actor.person_id is not None and actor.roles & STAFF:
        found |= Q(mediator__person_id=actor.person_id)
    return found


class CaseRows(models.QuerySet[M_co]):
    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        only = reach(actor)
        return rows if only is None else rows.filter(only)

    def whose_words(self, actor: Actor) -> Self:
        """The cases of which this actor may read what was said."""
        return self.filter(inside(actor), tenant_id=actor.tenant_id)


class PartRows(models.QuerySet[M_co]):
    """Rows of a case, as open as the case is."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if is_house(actor):
            return rows
        model: type[Model] = apps.get_model("mediation", "Case")
        cases: CaseRows[Model] = CaseRows(model).visible_to(actor)
        return rows.filter(Exists(cases.filter(pk=OuterRef("case_id"))))


class NoteRows(PartRows[M_co]):
    """Words beside the steps: those for the house stay in it."""

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        if actor.roles & STAFF or actor.has(Role.SYSTEM):
            return rows
        return rows.filter(audience=Audience.ALL)


class TenantRows(models.QuerySet[M_co]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(tenant_id=actor.tenant_id)
