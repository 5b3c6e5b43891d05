"""What an actor may see, as the filter that every query starts with.

A firm sees its own machines and jobs; a technician what was offered and his or her own seats; a
provider's manager the provider's; the desk and the duty chief everything; leaders, analysts and
auditors read.
"""

from typing import Any, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, Model, OuterRef, Q

from qiying.kernel import statements
from qiying.kernel.access import Actor, Role
from qiying.slices.registry import public as registry

M_co = TypeVar("M_co", bound=Model, covariant=True)
SEES_ALL = frozenset(
    {
        *(Role.DUTY_CHIEF, Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER),
        *(Role.ANALYST, Role.AUDITOR, Role.SYSTEM),
    }
)
NOTHING = Q(pk__in=[])


def _model(name: str) -> type[Model]:
    return apps.get_model("rescue", name)


def firms_of(actor: Actor) -> frozenset[int]:
    """The firms whose machines and jobs this actor sees as theirs."""
    firms = actor.enterprises
    if actor.has(Role.GRID_OFFICER):
        firms |= registry.portfolio_ids(actor)
    return firms


def managed(actor: Actor) -> Any:
    """Ids of the providers that this person leads today."""
    rows = _model("Manager")._default_manager.filter(
        tenant_id=actor.tenant_id, person_id=actor.person_id, is_current=True
    )
    return rows.values("provider_id")


def _jobs_of_technician(actor: Actor) -> Q:
    """Jobs with a seat that the technician holds or held, or was offered."""
    seats = _model("Offer")._default_manager.filter(
        tenant_id=actor.tenant_id,
        seat__job_id=OuterRef("pk"),
        technician__person_id=actor.person_id,
    )
    held = _model("Seat")._default_manager.filter(
        tenant_id=actor.tenant_id,
        job_id=OuterRef("pk"),
        technician__person_id=actor.person_id,
    )
    return Q(Exists(seats)) | Q(Exists(held))


def _jobs_of_provider(actor: Actor) -> Q:
    offers = _model("Offer")._default_manager.filter(
        tenant_id=actor.tenant_id,
        seat__job_id=OuterRef("pk"),
        technician__provider_id__in=managed(actor),
    )
    seats = _model("Seat")._default_manager.filter(
        tenant_id=actor.tenant_id,
        job_id=OuterRef("pk"),
        technician__provider_id__in=managed(actor),
    )
    return Q(Exists(offers)) | Q(Exists(seats))


class JobRows(models.QuerySet[M_co]):
    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & SEES_ALL:
            return rows
        only = NOTHING
        firms = firms_of(actor)
        if firms:
            only |= Q(enterprise_id__in=firms)
        if actor.has(Role.TECHNICIAN) and actor.person_id is not None:
            only |= _jobs_of_technician(actor)
        if actor.has(Role.PROVIDER_MANAGER) and actor.person_id is not None:
            only |= _jobs_of_provider(actor)
        if actor.has(Role.MACHINE):
            statements.hangs_on_data()  # the name of who asks stands in the words
            only |= Q(reported_by=actor.identity)
        return rows.filter(only)


class PartRows(models.QuerySet[M_co]):
    """Rows of a job, as open as the job is."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & SEES_ALL:
            return rows
        jobs: JobRows[Model] = JobRows(_model("Job")).visible_to(actor)
        return rows.filter(Exists(jobs.filter(pk=OuterRef("job_id"))))


class HouseRows(models.QuerySet[M_co]):
    """Rows of how the house decides: proposals, overrides, rules, budgets."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        return rows if actor.roles & (SEES_ALL | {Role.ADMINISTRATOR}) else rows.none()


class MachineRows(models.QuerySet[M_co]):
    """Machines: of the firm; technicians see the machine of a job of theirs."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & (SEES_ALL | {Role.ADMINISTRATOR}):
            return rows
        only = Q(enterprise_id__in=firms_of(actor))
        if actor.has(Role.TECHNICIAN, Role.PROVIDER_MANAGER):
            jobs: JobRows[Model] = JobRows(_model("Job")).visible_to(actor)
            only |= Q(Exists(jobs.filter(equipment_id=OuterRef("pk"))))
        return rows.filter(only)


class OfMachineRows(models.QuerySet[M_co]):
    """Rows of a machine, as open as the machine is."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & (SEES_ALL | {Role.ADMINISTRATOR}):
            return rows
        machines: MachineRows[Model] = MachineRows(_model("Equipment")).visible_to(actor)
        return rows.filter(Exists(machines.filter(pk=OuterRef("equipment_id"))))


class ProviderRows(models.QuerySet[M_co]):
    """Providers and their people: the manager sees the own one, technicians their own rows."""

    path = "pk"

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & (SEES_ALL | {Role.ADMINISTRATOR}):
            return rows
        if actor.person_id is None:
            return rows.none()
        mine = _model("Technician")._default_manager.filter(
            tenant_id=actor.tenant_id, person_id=actor.person_id, left_on=None
        )
        only = Q(**{f"{self.path}__in": mine.values("provider_id")})
        return rows.filter(only | Q(**{f"{self.path}__in": managed(actor)}))


class OfProviderRows(ProviderRows[M_co]):
    path = "provider_id"


class OfTechnicianRows(ProviderRows[M_co]):
    path = "technician__provider_id"


class OfSettlementRows(ProviderRows[M_co]):
    path = "settlement__provider_id"


class OfPriceListRows(ProviderRows[M_co]):
    path = "price_list__provider_id"


class FirmRows(models.QuerySet[M_co]):
    """Rows of a firm: it and its grid officer see them, and the house."""

    path = "enterprise_id"

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & SEES_ALL:
            return rows
        return rows.filter(**{f"{self.path}__in": firms_of(actor)})


class OfRetrofitRows(FirmRows[M_co]):
    path = "retrofit__enterprise_id"


class OfQuoteRows(models.QuerySet[M_co]):
    """Lines of a quote, as open as the job is."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & SEES_ALL:
            return rows
        jobs: JobRows[Model] = JobRows(_model("Job")).visible_to(actor)
        return rows.filter(Exists(jobs.filter(pk=OuterRef("quote__job_id"))))


class OfferRows(models.QuerySet[M_co]):
    """Offers, as open as the job is; who works for a provider sees the own provider's only."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & SEES_ALL:
            return rows
        if actor.person_id is None:
            return rows.none()
        own = Q(technician__person_id=actor.person_id)
        return rows.filter(own | Q(technician__provider_id__in=managed(actor)))


class TenantRows(models.QuerySet[M_co]):
    """Rows that everybody of the zone may see: classes of equipment, stations."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(tenant_id=actor.tenant_id)
