"""The case, its parties, the roster of mediators and who was appointed."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.mediation.models import labels
from qiying.slices.mediation.models.labels import choices, codes
from qiying.slices.mediation.models.querysets import CaseRows, NoteRows, PartRows, TenantRows
from qiying.slices.mediation.rules import (
    ENDED,
    MAX_TITLE,
    Audience,
    Confirmation,
    Consent,
    Decline,
    Failure,
    Kind,
    Recusal,
    Side,
    State,
    Way,
)


class Mediator(TenantModel):
    """Somebody on the roster: a person of the staff, the unit, what disputes he or she knows."""

    person = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="+", db_index=False)
    kinds = models.JSONField(default=list, blank=True)
    """Codes of ``Kind``; empty: every kind."""
    credential = models.CharField(max_length=120, blank=True)
    listed_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    objects = TenantRows["Mediator"].as_manager()
    if TYPE_CHECKING:
        person_id: int
        unit_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "person"], name="mediator_once"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gt=models.F("listed_on")),
                name="mediator_period_forward",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Case(TenantModel):
    """A dispute from its registration to the file.

    ``settle_due_at``, ``confirm_due_at`` and ``next_reminder_at`` are derived from the days, the
    terms and the work calendar named in ``calendar_version``, and can be derived again.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(max_length=24)
    kind = models.CharField(max_length=10, choices=choices(labels.KINDS))
    title = models.CharField(max_length=MAX_TITLE)
    facts = models.TextField(blank=True)
    claim_cny = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    call = models.ForeignKey(
        "calls.Call", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    opened_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.CharField(
        max_length=12,
        choices=choices(labels.STATES),
        default=State.REGISTERED.value,
    )
    mediator = models.ForeignKey(
        Mediator, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    is_public_session = models.BooleanField(default=False)
    applied_on = models.DateField()
    arose_on = models.DateField(null=True, blank=True)
    limitation_on = models.DateField(null=True, blank=True)
    settle_due_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    calendar_version = models.CharField(max_length=64, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    confirm_due_at = models.DateTimeField(null=True, blank=True)
    confirmation = models.CharField(
        max_length=10,
        choices=choices(labels.CONFIRMATIONS),
        default=Confirmation.NOT_ASKED.value,
    )
    confirmation_asked_on = models.DateField(null=True, blank=True)
    confirmation_ruled_on = models.DateField(null=True, blank=True)
    court = models.CharField(max_length=100, blank=True)
    decline_reason = models.CharField(max_length=16, blank=True, choices=choices(labels.DECLINES))
    failure = models.CharField(max_length=14, blank=True, choices=choices(labels.FAILURES))
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reminded_until = models.DateTimeField()
    next_reminder_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = CaseRows["Case"].as_manager()
    if TYPE_CHECKING:
        call_id: int | None
        opened_by_id: int | None
        mediator_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="mediation_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=codes(State), kind__in=codes(Kind)),
                name="mediation_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(ENDED), ended_at__isnull=False)
                | ~Q(state__in=codes(ENDED)) & Q(ended_at=None),
                name="mediation_end_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DECLINED.value) | Q(decline_reason__in=codes(Decline)),
                name="mediation_decline_reasoned",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.FAILED.value) | Q(failure__in=codes(Failure)),
                name="mediation_failure_reasoned",
            ),
            models.CheckConstraint(
                condition=Q(effective_on=None, confirm_due_at=None)
                | Q(effective_on__isnull=False, confirm_due_at__isnull=False),
                name="mediation_window_from_effect",
            ),
            models.CheckConstraint(
                condition=Q(
                    confirmation=Confirmation.NOT_ASKED.value,
                    confirmation_asked_on=None,
                    confirmation_ruled_on=None,
                )
                | Q(
                    confirmation=Confirmation.ASKED.value,
                    confirmation_asked_on__isnull=False,
                    confirmation_ruled_on=None,
                    effective_on__isnull=False,
                )
                | Q(
                    confirmation__in=[
                        Confirmation.CONFIRMED.value,
                        Confirmation.REFUSED.value,
                    ],
                    confirmation_asked_on__isnull=False,
                    confirmation_ruled_on__isnull=False,
                    effective_on__isnull=False,
                ),
                name="mediation_confirmation_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-opened_at", "-id"], name="mediation_recent"),
            models.Index(fields=["tenant", "state", "-opened_at", "-id"], name="mediation_state"),
            models.Index(
                fields=["tenant", "mediator", "-opened_at", "-id"], name="mediation_of_mediator"
            ),
            models.Index(
                fields=["tenant", "call"],
                condition=Q(call__isnull=False),
                name="mediation_of_call",
            ),
            models.Index(
                fields=["tenant", "next_reminder_at"],
                condition=Q(next_reminder_at__isnull=False),
                name="mediation_to_remind",
            ),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="mediation_words"),
        ]

    def __str__(self) -> str:
        return self.number


class Party(TenantModel):
    """A firm of the register, or an outside person with a name and a telephone and no more."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    side = models.CharField(max_length=10, choices=choices(labels.SIDES))
    enterprise = models.ForeignKey(
        "registry.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    name = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    spokesperson = models.CharField(max_length=64, blank=True)
    consent = models.CharField(
        max_length=7,
        choices=choices(labels.CONSENTS),
        default=Consent.ASKED.value,
    )
    consent_way = models.CharField(max_length=11, blank=True, choices=choices(labels.WAYS))
    consent_at = models.DateTimeField(null=True, blank=True)
    consent_by = models.CharField(max_length=24, blank=True)
    """Who said or recorded it, as ``Actor.identity``."""
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = PartRows["Party"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        enterprise_id: int | None

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, name="", phone="")
                | Q(enterprise=None, erased_at__isnull=False)
                | Q(enterprise=None) & ~Q(name=""),
                name="mediation_party_firm_or_person",
            ),
            models.CheckConstraint(
                condition=Q(side__in=codes(Side), consent__in=codes(Consent)),
                name="mediation_party_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(consent=Consent.ASKED.value, consent_at=None)
                | ~Q(consent=Consent.ASKED.value) & Q(consent_at__isnull=False),
                name="mediation_consent_dated",
            ),
            models.CheckConstraint(
                condition=~Q(consent=Consent.GIVEN.value) | Q(consent_way__in=codes(Way)),
                name="mediation_consent_way",
            ),
            models.UniqueConstraint(
                fields=["tenant", "case", "enterprise"],
                condition=Q(enterprise__isnull=False),
                name="mediation_party_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "case", "id"], name="mediation_party_case"),
            models.Index(
                fields=["tenant", "enterprise", "case"],
                condition=Q(enterprise__isnull=False),
                name="mediation_party_firm",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Appointment(TenantModel):
    """A mediator of a case, from the appointment until he or she stood back or it ended."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="+", db_index=False)
    appointed_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    appointed_at = models.DateTimeField()
    is_chosen = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=12, blank=True, choices=choices(labels.RECUSALS))

    objects = PartRows["Appointment"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        mediator_id: int
        appointed_by_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case"],
                condition=Q(ended_at=None),
                name="mediation_one_mediator",
            ),
            models.UniqueConstraint(
                fields=["tenant", "case", "mediator"], name="mediation_mediator_tried_once"
            ),
            models.CheckConstraint(
                condition=Q(reason="") | Q(reason__in=codes(Recusal), ended_at__isnull=False),
                name="mediation_recusal_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.mediator_id}"


class Note(TenantModel):
    """Words beside a step, erasable; events hold codes only."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    step = models.CharField(max_length=24)
    audience = models.CharField(
        max_length=5,
        choices=[(a.value, a.value) for a in Audience],
        default=Audience.ALL.value,
    )
    author = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = NoteRows["Note"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        author_id: int | None

    class Meta:
        indexes = [models.Index(fields=["tenant", "case", "id"], name="mediation_note_case")]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.step}"
