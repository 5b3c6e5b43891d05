"""Public money: settlements by provider and month, budget lines; and the rules of the zone."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import F, Q

from qiying.kernel.language import in_language
from qiying.kernel.tenancy import TenantModel
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.models.fields import code, link, moment, money
from qiying.slices.rescue.models.labels import codes
from qiying.slices.rescue.models.querysets import (
    HouseRows,
    OfProviderRows,
    OfSettlementRows,
    TenantRows,
)
from qiying.slices.rescue.rules import DEFAULTS, LIMITS, Rule, SettlementState


class Budget(TenantModel):
    """A line of a year's budget from which the zone pays its share."""

    year = models.PositiveSmallIntegerField()
    line = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    amount_cny = money()

    objects = HouseRows["Budget"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "year", "line"], name="rescue_budget_once"),
            models.CheckConstraint(condition=Q(amount_cny__gte=0), name="rescue_budget_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.line}"

    @property
    def name(self) -> str:
        """In the reader's language."""
        return in_language(self.name_zh, self.name_en)


class Settlement(TenantModel):
    """What a provider gets for a month; whoever draws it up does not check it."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(max_length=24)
    provider = link("rescue.Provider", is_needed=True)
    month = models.DateField()
    """Its first day."""
    budget = link("rescue.Budget")
    state = code(labels.SETTLEMENT_STATES, default=SettlementState.DRAWN_UP.value)
    jobs = models.PositiveIntegerField(default=0)
    zone_cny = money()
    firm_cny = money()
    drawn_by = link("kernel.User", is_needed=True)
    drawn_at = models.DateTimeField()
    checked_by = link("kernel.User")
    checked_at = moment()
    due_on = models.DateField(null=True, blank=True)
    """The zone pays by then."""
    paid_at = moment()
    paid_by = link("kernel.User")
    voucher = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    """Why it was returned."""
    version = models.PositiveIntegerField(default=1)

    objects = OfProviderRows["Settlement"].as_manager()
    if TYPE_CHECKING:
        provider_id: int
        budget_id: int | None
        drawn_by_id: int
        checked_by_id: int | None
        paid_by_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="rescue_settlement_number"),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("drawn_by")),
                name="rescue_checked_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes({SettlementState.CHECKED, SettlementState.PAID}))
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="rescue_settlement_checked",
            ),
            models.CheckConstraint(
                condition=Q(state=SettlementState.PAID.value, paid_at__isnull=False)
                | ~Q(state=SettlementState.PAID.value) & Q(paid_at=None),
                name="rescue_settlement_paid",
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(SettlementState), month__day=1),
                name="rescue_settlement_known",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-month", "-id"], name="rescue_settlements"),
            models.Index(fields=["tenant", "provider", "-month"], name="rescue_settlements_of"),
        ]

    def __str__(self) -> str:
        return self.number


class SettlementLine(TenantModel):
    """A job in a settlement; a job is settled once."""

    settlement = link("rescue.Settlement", is_needed=True)
    job = link("rescue.Job", is_needed=True)
    quote = link("rescue.Quote")
    zone_cny = money()
    firm_cny = money()

    objects = OfSettlementRows["SettlementLine"].as_manager()
    if TYPE_CHECKING:
        settlement_id: int
        job_id: int
        quote_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job"], name="rescue_settled_once"),
            models.CheckConstraint(
                condition=Q(zone_cny__gte=0, firm_cny__gte=0), name="rescue_settled_amounts"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "settlement", "id"], name="rescue_settlement_lines")
        ]

    def __str__(self) -> str:
        return f"{self.settlement_id}/{self.job_id}"


def _limit(name: str) -> models.PositiveIntegerField:  # type: ignore[type-arg]
    return models.PositiveIntegerField(default=getattr(DEFAULTS, name))


class RescueRules(TenantModel):
    """The zone's rules from a moment on; the latest row counts, none is edited."""

    set_at = models.DateTimeField()
    set_by = link("kernel.User")
    answer_within_min = _limit("answer_within_min")
    arrive_within_min = _limit("arrive_within_min")
    repair_answer_days = _limit("repair_answer_days")
    tier1_min = _limit("tier1_min")
    tier2_min = _limit("tier2_min")
    tier3_min = _limit("tier3_min")
    alarm_every_min = _limit("alarm_every_min")
    site_radius_m = _limit("site_radius_m")
    night_hour = _limit("night_hour")
    night_from_hour = _limit("night_from_hour")
    night_until_hour = _limit("night_until_hour")
    confirm_after_days = _limit("confirm_after_days")
    warranty_days = _limit("warranty_days")
    public_percent = _limit("public_percent")
    remind_days = _limit("remind_days")
    apply_days = _limit("apply_days")
    certificate_days = _limit("certificate_days")
    publish_gain = _limit("publish_gain")
    improve_iterations = _limit("improve_iterations")
    speed_kmh = _limit("speed_kmh")
    night_factor = models.DecimalField(
        max_digits=4, decimal_places=2, default=DEFAULTS.night_factor
    )
    matter_codes = models.JSONField(default=list, blank=True)
    """Matters of the register whose calls open a job."""
    source_zh = models.CharField(max_length=300)
    source_en = models.CharField(max_length=300, blank=True)
    grade = models.CharField(max_length=2)
    reason = models.CharField(max_length=300, blank=True)

    objects = TenantRows["RescueRules"].as_manager()
    if TYPE_CHECKING:
        set_by_id: int | None

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    night_factor__gte=1,
                    night_factor__lte=3,
                    **{f"{name}__range": pair for name, pair in LIMITS.items()},
                ),
                name="rescue_rules_within_limits",
            ),
            models.CheckConstraint(
                condition=Q(grade__in=["A", "A*", "B", "C", "D", "K", "R"]),
                name="rescue_rules_grade_known",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-set_at", "-id"], name="rescue_rules_latest")]

    def __str__(self) -> str:
        return str(self.set_at)

    @property
    def rule(self) -> Rule:
        """The same as the rules read it."""
        names = (*LIMITS, "night_factor")
        return Rule(**{name: getattr(self, name) for name in names})
