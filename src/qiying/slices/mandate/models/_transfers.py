"""What moves between county, zone and townships: delegated powers and handed-over places."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.language import in_language
from qiying.kernel.tenancy import TenantModel
from qiying.slices.mandate import rules
from qiying.slices.mandate.models._register import PERIOD, Matter
from qiying.slices.mandate.models._rows import DatedRows, TenantRows
from qiying.slices.mandate.models.labels import (
    DelegationKind,
    HandoverState,
)


class Delegation(TenantModel):
    """A power of the county that another unit exercises, by a document and for a term."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("form"), max_length=10, choices=DelegationKind.choices)
    from_unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="+", db_index=False, verbose_name=_("from")
    )
    to_unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="+", db_index=False, verbose_name=_("to")
    )
    document = models.CharField(_("document"), max_length=150)
    scope_zh = models.CharField(_("scope (Chinese)"), max_length=300, blank=True)
    scope_en = models.CharField(_("scope (English)"), max_length=400, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.CharField(max_length=24)

    objects = DatedRows["Delegation"].as_manager()
    if TYPE_CHECKING:
        matter_id: int
        from_unit_id: int
        to_unit_id: int

    class Meta:
        verbose_name = _("delegated power")
        verbose_name_plural = _("delegated powers")
        constraints = [
            models.CheckConstraint(condition=PERIOD, name="delegation_period_forward"),
            models.CheckConstraint(
                condition=Q(kind__in=DelegationKind.values), name="delegation_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "valid_from", "id"], name="delegation_dates")]

    def __str__(self) -> str:
        return self.document

    @property
    def scope(self) -> str:
        return in_language(self.scope_zh, self.scope_en)


class Handover(TenantModel):
    """One neighbourhood on its way from the zone to a community of a township.

    ``lists`` holds, for each of the five lists, ``{"listed": n, "accepted": n}`` and ``is_none``
    where there is nothing to hand over; ``stages`` the day on which each state was reached.
    """

    number = models.CharField(_("number"), max_length=24)
    area_key = models.CharField(_("neighbourhood"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    households = models.PositiveIntegerField(_("households"))
    residents = models.PositiveIntegerField(_("residents"))
    from_unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="+", db_index=False, verbose_name=_("from")
    )
    to_unit = models.ForeignKey(
        "registry.Unit",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("to"),
    )
    community_zh = models.CharField(_("receiving community"), max_length=100, blank=True)
    community_en = models.CharField(_("receiving community (English)"), max_length=150, blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=HandoverState.choices,
        default=rules.HANDOVER.initial,
    )
    state_before_dispute = models.CharField(max_length=10, blank=True)
    document = models.CharField(_("agreement"), max_length=150, blank=True)
    handed_over_on = models.DateField(_("handed over on"), null=True, blank=True)
    dual_run_until = models.DateField(_("dual run until"), null=True, blank=True)
    is_extended = models.BooleanField(_("extended"), default=False)
    lists = models.JSONField(_("five lists"), default=dict)
    stages = models.JSONField(_("days of the stages"), default=dict)
    opened_at = models.DateTimeField(_("opened at"))

    objects = TenantRows["Handover"].as_manager()
    if TYPE_CHECKING:
        from_unit_id: int
        to_unit_id: int | None

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="handover_number_once"),
            models.UniqueConstraint(fields=["tenant", "area_key"], name="handover_area_once"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(rules.HANDOVER.states)), name="handover_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(rules.TRANSFERRED))
                | Q(handed_over_on__isnull=False, to_unit__isnull=False),
                name="handover_transfer_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def community(self) -> str:
        return in_language(self.community_zh, self.community_en)
