"""Counts of class issues in a period, for boards and indices."""

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.class_issues.models import Issue, Member
from qiying.slices.class_issues.models.labels import codes
from qiying.slices.class_issues.rules import AFTER_LANDING, RAISED, Verdict

SHANGHAI = ZoneInfo("Asia/Shanghai")
HUNDREDTH = Decimal("0.01")


def figures(actor: Actor, period: tuple[date, date], *, now: datetime) -> dict[str, Decimal]:
    """Counts of a period that ends exclusively.

    ``class.raised``, ``class.landed``, ``class.effective``, ``class.not_effective`` of the period,
    ``class.calls`` in classes raised in it; ``class.rate_ratio`` the like calls after over those
    before, of all measures verified in it whose days of watching were over; absent without any.
    """
    start, end = (_midnight(day) for day in period)
    with tenancy.reading(actor):
        rows = Issue.objects.visible_to(actor)
        found = rows.aggregate(
            raised=Count("pk", filter=Q(raised_at__gte=start, raised_at__lt=end)),
            landed=Count("pk", filter=Q(landed_at__gte=start, landed_at__lt=end)),
            effective=_verified(Verdict.EFFECTIVE, start, end),
            not_effective=_verified(Verdict.NOT_EFFECTIVE, start, end),
        )
        members = Member.objects.visible_to(actor).filter(
            is_live=True,
            issue__state__in=codes(RAISED),
            issue__raised_at__gte=start,
            issue__raised_at__lt=end,
        )
        found["calls"] = members.count()
        verified = rows.filter(
            state__in=codes(AFTER_LANDING), verified_at__gte=start, verified_at__lt=end
        )
        kept = list(verified.values_list("figures", flat=True))
    told = {f"class.{name}": Decimal(count) for name, count in found.items()}
    whole = [f for f in kept if f and f["after"] is not None]
    before = sum(f["before"]["count"] for f in whole)
    if before:
        after = sum(f["after"]["count"] for f in whole)
        told["class.rate_ratio"] = (Decimal(after) / before).quantize(HUNDREDTH, ROUND_HALF_UP)
    return told


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI)


def _verified(verdict: Verdict, start: datetime, end: datetime) -> Count:
    """Verdicts of the period, of class issues that no further measure was planned for."""
    return Count("pk", filter=Q(verdict=verdict, verified_at__gte=start, verified_at__lt=end))


def count_members(issue: Issue) -> int:
    """How many calls are in a class now."""
    rows = Member.objects.filter(tenant_id=issue.tenant_id, issue=issue, is_live=True)
    return rows.count()
