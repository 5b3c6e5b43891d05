"""Who may do a job: skills on the day, licence of the provider, duty, interests."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q
from shapely.geometry import Point, shape

from qiying.kernel.access import Actor, system
from qiying.slices.registry import public as registry
from qiying.slices.rescue.models import (
    Certificate,
    Job,
    Licence,
    Offer,
    Provider,
    Shift,
    Technician,
)
from qiying.slices.rescue.queries._find import today
from qiying.slices.rescue.rules import OfferState, ProviderKind, Tier


def in_force(on: date) -> Q:
    """Rows with ``from_on`` and ``until_on`` that count on a day."""
    return Q(from_on__lte=on) & (Q(until_on=None) | Q(until_on__gt=on))


def providers_of(actor: Actor, job: Job, tier: Tier, *, now: datetime) -> list[Provider]:
    """The providers that a tier of the ladder reaches: in contract, and licensed where needed."""
    on = today(now)
    rows = Provider.objects.filter(in_force(on), tenant_id=actor.tenant_id)
    if tier in (Tier.CONTRACTED, Tier.NEAREST):
        rows = rows.filter(kind=ProviderKind.CONTRACTED)
    elif tier is Tier.BACKUP:
        rows = rows.filter(kind=ProviderKind.BACKUP)
    if job.licence_item:
        licensed = Licence.objects.filter(
            in_force(on), tenant_id=actor.tenant_id, item=job.licence_item
        )
        rows = rows.filter(pk__in=licensed.values("provider_id"))
    found = list(rows.order_by("pk"))
    if tier is Tier.CONTRACTED:
        near = _areas_at(actor, job, on, {key for p in found for key in p.areas})
        found = [p for p in found if _is_contracted(p, job, near)]
    return found


def _areas_at(actor: Actor, job: Job, on: date, keys: set[str]) -> set[str]:
    """Which of some areas the machine stands in on a day."""
    here = Point(job.longitude, job.latitude)
    return {
        a.key
        for a in (registry.areas(system(actor.tenant_id)) if keys else ())
        if a.key in keys
        and a.valid_from <= on
        and (a.valid_to is None or a.valid_to > on)
        and shape(a.geometry).intersects(here)
    }


def _is_contracted(provider: Provider, job: Job, areas: set[str]) -> bool:
    kind = job.equipment.kind.code if job.equipment else ""
    has_class = not provider.classes or not kind or kind in provider.classes
    return has_class and (not provider.areas or bool(areas & set(provider.areas)))


def refused_by(job: Job) -> set[int]:
    """Technicians who have said no to this job, or did not answer."""
    rows = Offer.objects.filter(
        tenant_id=job.tenant_id,
        seat__job=job,
        state__in=[OfferState.REFUSED, OfferState.EXPIRED],
    )
    return set(rows.values_list("technician_id", flat=True))


def unable(actor: Actor, job: Job, technician: Technician, *, now: datetime) -> str:
    """The first reason why this technician may not be sent to this job; empty when there is none."""
    on = today(now)
    if technician.left_on is not None:
        return "left"
    if job.enterprise_id in technician.recused:
        return "recused"
    held = Certificate.objects.filter(
        in_force(on), tenant_id=job.tenant_id, technician=technician, skill=job.skill
    )
    if not held.exists():
        return "skill"
    if job.licence_item and not is_licensed(technician.provider_id, job, on):
        return "licence"
    on_duty = Shift.objects.filter(
        tenant_id=job.tenant_id,
        technician=technician,
        is_published=True,
        starts_at__lte=now,
        ends_at__gt=now,
    )
    return "" if on_duty.exists() else "off_duty"


def is_licensed(provider_id: int, job: Job, on: date) -> bool:
    """Whether a provider may repair what this job is about."""
    if not job.licence_item:
        return True
    rows = Licence.objects.filter(
        in_force(on), tenant_id=job.tenant_id, provider_id=provider_id, item=job.licence_item
    )
    return rows.exists()


def valid_certificates(
    actor: Actor, technicians: Iterable[int], on: date
) -> dict[int, list[Certificate]]:
    """The certificates that count on a day, by technician, in one query."""
    rows = Certificate.objects.filter(
        in_force(on), tenant_id=actor.tenant_id, technician_id__in=list(technicians)
    )
    found: dict[int, list[Certificate]] = {}
    for row in rows.order_by("technician_id", "skill", "id"):
        found.setdefault(row.technician_id, []).append(row)
    return found
