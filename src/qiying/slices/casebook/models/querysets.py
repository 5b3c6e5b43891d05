"""What an actor may see, as the filter that every query starts with."""

from typing import Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, Model, OuterRef, Q

from qiying.kernel.access import STAFF, Actor, Role
from qiying.slices.casebook.rules import CHOOSERS, LISTED, ORGANISERS, PUBLIC

M_co = TypeVar("M_co", bound=Model, covariant=True)
OVERSEERS = frozenset({*CHOOSERS, *ORGANISERS, Role.AUDITOR, Role.SYSTEM})
"""Who sees every record of the casebook, at any stage."""


def is_staff(actor: Actor) -> bool:
    return bool(actor.roles & STAFF)


class CaseRows(models.QuerySet[M_co]):
    """Cases: what is published is open to all; the rest to those who work on it.

    Nobody of a unit complained of in the call meets the case before it is published.
    """

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & OVERSEERS:
            return rows.exclude(self._accused(actor))
        found = Q(published_version__isnull=False) & ~Q(state="withdrawn")
        if not is_staff(actor):
            return rows.filter(found)
        if actor.person_id is not None:
            mine = apps.get_model("casebook", "CaseReview")._default_manager.filter(
                tenant_id=actor.tenant_id, case_id=OuterRef("pk"), reviewer_id=actor.person_id
            )
            found |= Q(nominated_by_id=actor.person_id) | Q(Exists(mine))
        return rows.filter(found).exclude(self._accused(actor))

    @staticmethod
    def _accused(actor: Actor) -> Q:
        units = actor.units()
        return Q(call__complained_unit_id__in=units) if units else Q(pk__in=[])


class CasePartRows(models.QuerySet[M_co]):
    """Rows of a case, as open as the case is to staff; firms read the published version only."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        model: type[Model] = apps.get_model("casebook", "Case")
        cases: CaseRows[Model] = CaseRows(model).visible_to(actor)
        return rows.filter(Exists(cases.filter(pk=OuterRef("case_id"))))


class ReviewRows(CasePartRows[M_co]):
    """Reviews: a reviewer sees only the own one until it is decided; overseers see who and when."""

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        if actor.roles & OVERSEERS:
            return rows
        if not is_staff(actor):
            return rows.none()
        own = Q(reviewer_id=actor.person_id) if actor.person_id else Q(pk__in=[])
        return rows.filter(
            own | Q(case__nominated_by_id=actor.person_id, reviewed_at__isnull=False)
        )


class SelectionRows(models.QuerySet[M_co]):
    """Selections: staff see all but drafts of others; firms what is open, publicised or final."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & OVERSEERS:
            return rows
        if is_staff(actor):
            return rows.exclude(state="draft")
        return rows.filter(state__in=sorted(PUBLIC))


class EntryRows(models.QuerySet[M_co]):
    """Entries: the entrant's own, all to overseers, what is publicised to everybody.

    Who sits on the panel reads under blind numbers, whatever the role, until the list is public.
    """

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & OVERSEERS:
            return rows.filter(self._not_on_the_panel(actor))
        found = Q(is_chosen=True, selection__state__in=sorted(LISTED))
        if is_staff(actor) and actor.person_id is not None:
            found |= Q(submitted_by_id=actor.person_id)
        return rows.filter(found)

    @staticmethod
    def _not_on_the_panel(actor: Actor) -> Q:
        if actor.person_id is None:
            return Q()
        seats = apps.get_model("casebook", "Seat")._default_manager.filter(
            tenant_id=actor.tenant_id,
            selection_id=OuterRef("selection_id"),
            person_id=actor.person_id,
        )
        own = Q(submitted_by_id=actor.person_id)
        return ~Q(Exists(seats)) | own | Q(selection__state__in=sorted(LISTED))


class SeatRows(models.QuerySet[M_co]):
    """Who sits on a panel: known to overseers and to the panelist."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & OVERSEERS:
            return rows
        return rows.filter(person_id=actor.person_id) if actor.person_id else rows.none()


class PanelPartRows(models.QuerySet[M_co]):
    """What hangs on a seat: as open as the seat."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & OVERSEERS:
            return rows
        if actor.person_id is None:
            return rows.none()
        return rows.filter(seat__person_id=actor.person_id)


class ObjectionRows(models.QuerySet[M_co]):
    """Objections: to those who settle them and to whoever raised them."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & OVERSEERS:
            return rows
        return rows.filter(raised_by_id=actor.person_id) if actor.person_id else rows.none()
