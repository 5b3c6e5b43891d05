"""Lists of providers, people, shifts, settlements and retrofits; and the effect of a retrofit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from qiying.kernel.access import Actor
from qiying.slices.rescue.models import (
    Budget,
    Certificate,
    EquipmentClass,
    Licence,
    Provider,
    Reading,
    Retrofit,
    Settlement,
    SettlementLine,
    Shift,
    Station,
    Technician,
)
from qiying.slices.rescue.rules import Phase, SettlementState


def classes(actor: Actor) -> list[EquipmentClass]:
    """The kinds of machine by code."""
    return list(EquipmentClass.objects.visible_to(actor).order_by("code"))


def stations(actor: Actor) -> list[Station]:
    return list(Station.objects.visible_to(actor).order_by("code"))


def list_providers(actor: Actor) -> "QuerySet[Provider]":
    """Providers with how many people they have; page them by ``("id",)``."""
    return Provider.objects.visible_to(actor)


def people_by_provider(actor: Actor) -> dict[int, int]:
    """Technicians in work by provider, in one query."""
    rows = Technician.objects.visible_to(actor).filter(left_on=None)
    counted = rows.values("provider_id").annotate(n=Count("pk")).order_by("provider_id")
    return {row["provider_id"]: row["n"] for row in counted}


def list_technicians(actor: Actor, *, provider_id: int = 0) -> "QuerySet[Technician]":
    """People in work; page them by ``("provider_id", "id")``."""
    rows = Technician.objects.visible_to(actor).filter(left_on=None)
    if provider_id:
        rows = rows.filter(provider_id=provider_id)
    return rows.select_related("person", "provider", "station")


def certificates_of(actor: Actor, technicians: list[int]) -> dict[int, list[Certificate]]:
    """All certificates of some people, those that ended too."""
    rows = Certificate.objects.visible_to(actor).filter(technician_id__in=technicians)
    found: dict[int, list[Certificate]] = {}
    for row in rows.order_by("skill", "-from_on"):
        found.setdefault(row.technician_id, []).append(row)
    return found


def licences_of(actor: Actor, provider: Provider) -> list[Licence]:
    rows = Licence.objects.visible_to(actor).filter(provider=provider)
    return list(rows.order_by("item", "-from_on"))


def list_shifts(actor: Actor, start: datetime, end: datetime) -> list[Shift]:
    """Shifts that touch a period, by person."""
    rows = Shift.objects.visible_to(actor).filter(starts_at__lt=end, ends_at__gt=start)
    rows = rows.select_related("technician__person", "technician__provider", "station")
    return list(rows.order_by("technician__provider_id", "technician_id", "starts_at"))


def list_settlements(actor: Actor, *, provider_id: int = 0) -> "QuerySet[Settlement]":
    """Settlements; page them by ``("-month", "-id")``."""
    rows = Settlement.objects.visible_to(actor).select_related("provider", "budget")
    return rows.filter(provider_id=provider_id) if provider_id else rows


def lines_of(actor: Actor, settlement: Settlement) -> list[SettlementLine]:
    rows = SettlementLine.objects.visible_to(actor).filter(settlement=settlement)
    return list(rows.select_related("job__enterprise", "quote").order_by("id"))


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """A budget line with what is bound and what is paid of it."""

    budget: Budget
    bound_cny: Decimal
    paid_cny: Decimal

    @property
    def left_cny(self) -> Decimal:
        return Decimal(self.budget.amount_cny) - self.bound_cny


def budgets(actor: Actor, year: int) -> list[BudgetUse]:
    """The budget lines of a year and their use; two queries."""
    lines = list(Budget.objects.visible_to(actor).filter(year=year).order_by("line"))
    rows = Settlement.objects.filter(
        tenant_id=actor.tenant_id, budget__in=[b.pk for b in lines]
    ).exclude(state=SettlementState.RETURNED)
    used = {
        row["budget_id"]: row
        for row in rows.values("budget_id")
        .annotate(
            bound=Sum("zone_cny"), paid=Sum("zone_cny", filter=Q(state=SettlementState.PAID))
        )
        .order_by("budget_id")
    }
    return [_use(b, used.get(b.pk, {})) for b in lines]


def _use(budget: Budget, row: Mapping[str, Any]) -> BudgetUse:
    return BudgetUse(budget, row.get("bound") or Decimal(0), row.get("paid") or Decimal(0))


def list_retrofits(actor: Actor) -> "QuerySet[Retrofit]":
    """Retrofits; page them by ``("-planned_on", "-id")``."""
    return Retrofit.objects.visible_to(actor).select_related("enterprise", "provider")


def readings_of(actor: Actor, retrofit: Retrofit) -> list[Reading]:
    rows = Reading.objects.visible_to(actor).filter(retrofit=retrofit)
    return list(rows.order_by("-phase", "on"))


@dataclass(frozen=True, slots=True)
class Effect:
    """Means before and after, and by how many percent the figure became better."""

    before: Decimal
    after: Decimal
    better_percent: Decimal
    is_reached: bool


def effect(retrofit: Retrofit, readings: list[Reading]) -> Effect | None:
    """The effect of a retrofit from its readings; None while one side is missing."""
    before = _mean([r.value for r in readings if r.phase == Phase.BEFORE])
    after = _mean([r.value for r in readings if r.phase == Phase.AFTER])
    if before is None or after is None or not before:
        return None
    gain = before - after if retrofit.is_less_better else after - before
    percent = (gain / before * 100).quantize(Decimal("0.01"))
    return Effect(before, after, percent, percent >= retrofit.target_percent)


def _mean(values: list[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if values else None
