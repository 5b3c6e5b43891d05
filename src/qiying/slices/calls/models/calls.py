"""The call itself and its rounds."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.calls.models import labels
from qiying.slices.calls.models.labels import choices, codes
from qiying.slices.calls.models.querysets import CallRows
from qiying.slices.calls.rules import (
    MAX_TITLE,
    OPEN,
    PROVEN,
    CallState,
    Channel,
    Clock,
    ClosureType,
    DeclineCode,
    Mark,
    Nature,
    PositionSource,
    Urgency,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _unit(label: "_StrPromise") -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        "registry.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=label,
    )


def _person(label: "_StrPromise") -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        "kernel.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=label,
    )


class Call(TenantModel):
    """What a firm asks of the zone, from the first word to the archive.

    ``due_at``, ``yellow_at`` and ``clock`` are the promise that runs now (answer, milestone or
    call-back); ``step_due_at`` and ``step_clock`` that of the next step indoors. Both are derived
    from calendar, rule and pauses and can be derived again.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=24)
    enterprise = models.ForeignKey(
        "registry.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("firm"),
    )
    channel = models.CharField(_("channel"), max_length=12, choices=choices(labels.CHANNEL_LABELS))
    urgency = models.CharField(_("urgency"), max_length=8, choices=choices(labels.URGENCY_LABELS))
    nature = models.CharField(
        _("nature"), max_length=10, blank=True, choices=choices(labels.NATURE_LABELS)
    )
    title = models.CharField(_("title"), max_length=MAX_TITLE)
    text = models.TextField(_("request"), blank=True)
    words = models.TextField(editable=False, blank=True)
    """Number, title and text as the index of trigrams finds them; erased with the text."""
    matter_code = models.CharField(_("matter"), max_length=20, blank=True)
    ranking = models.JSONField(null=True, blank=True, editable=False)
    """Which matters the words spoke for, with the words themselves; erased with the text."""
    ranked_by = models.ForeignKey(
        "calls.TriageModel",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    """The model that ranked; none when the register's keywords were counted."""
    decision = models.ForeignKey(
        "mandate.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decision"),
    )
    """Whose job it was found to be, with the version of the matter in force."""
    object_kind = models.CharField(_("object"), max_length=32, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    accuracy_m = models.FloatField(_("accuracy of the position (metres)"), null=True, blank=True)
    position_source = models.CharField(
        _("position from"),
        max_length=12,
        choices=choices(labels.POSITION_LABELS),
        default=PositionSource.NONE.value,
    )
    site = models.ForeignKey(
        "registry.Site", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    township_code = models.CharField(_("township"), max_length=40, blank=True)
    grid = models.ForeignKey(
        "registry.Area", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reported_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    raised_by_key = models.ForeignKey(
        "kernel.ApiKey", models.PROTECT, null=True, related_name="+", db_index=False
    )
    contact_name = models.CharField(_("contact"), max_length=64, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_anonymous_machine = models.BooleanField(default=False)
    is_public = models.BooleanField(_("may be shown to the public"), default=False)
    is_proactive = models.BooleanField(_("found by us"), default=False)
    marks = ArrayField(
        models.CharField(max_length=12, choices=choices(labels.MARK_LABELS)),
        verbose_name=_("marks of the call"),
        default=list,
        db_default=[],
        blank=True,
    )
    """What else it is (涉密、涉诉、群体性); set and taken off by steps that say why."""
    complained_unit = _unit(_("unit complained of"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.STATE_LABELS),
        default=CallState.SUBMITTED.value,
    )
    proposed_unit = _unit(_("proposed lead"))
    needs_confirmation = models.BooleanField(_("proposal needs confirmation"), default=False)
    lead_unit = _unit(_("lead unit"))
    first_receiver = _unit(_("first receiver"))
    received_at = models.DateTimeField(_("received at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True, blank=True)
    due_at = models.DateTimeField(_("due at"))
    yellow_at = models.DateTimeField(_("light turns yellow at"))
    clock = models.CharField(
        _("deadline of"),
        max_length=10,
        choices=choices(labels.CLOCK_LABELS),
        default=Clock.ANSWER.value,
    )
    is_provisional = models.BooleanField(_("provisional"), default=False)
    step_due_at = models.DateTimeField(_("next step due at"), null=True, blank=True)
    step_from_at = models.DateTimeField(null=True, blank=True)
    """Where the clock of the next step began: its deadline is derived from here."""
    step_clock = models.CharField(
        _("next step"), max_length=10, blank=True, choices=choices(labels.CLOCK_LABELS)
    )
    milestone_on = models.DateField(_("milestone"), null=True, blank=True)
    decline_code = models.CharField(
        _("reason for not accepting"),
        max_length=20,
        blank=True,
        choices=choices(labels.DECLINE_LABELS),
    )
    told_unit = _unit(_("unit that the firm was told to turn to"))
    refusal_proposer = _person(_("who proposed not to accept it"))
    refusal_approver = _person(_("who approved that it is not accepted"))
    supervision_level = models.PositiveSmallIntegerField(
        _("rung of supervision"), default=0, db_default=0
    )
    """The standing rung, 0 for none; the ladder itself stands in ``Supervision``."""
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closure_type = models.CharField(
        _("closed as"), max_length=10, blank=True, choices=choices(labels.CLOSURE_LABELS)
    )
    is_confirmed = models.BooleanField(_("confirmed by call-back"), default=False)
    reopen_until = models.DateTimeField(_("may be re-opened until"), null=True, blank=True)
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    """The call that could not be opened again any more, where the firm filed once more."""
    current_round = models.PositiveSmallIntegerField(_("round"), default=1)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(_("updated at"))

    objects = CallRows["Call"].as_manager()
    if TYPE_CHECKING:
        enterprise_id: int | None
        ranked_by_id: int | None
        decision_id: int | None
        site_id: int | None
        grid_id: int | None
        reported_by_id: int | None
        raised_by_key_id: int | None
        complained_unit_id: int | None
        proposed_unit_id: int | None
        lead_unit_id: int | None
        first_receiver_id: int | None
        told_unit_id: int | None
        refusal_proposer_id: int | None
        refusal_approver_id: int | None
        follows_id: int | None

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="call_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=codes(CallState)), name="call_state_known"
            ),
            models.CheckConstraint(
                condition=Q(urgency__in=codes(Urgency), channel__in=codes(Channel)),
                name="call_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(marks__contained_by=codes(Mark)), name="call_marks_known"
            ),
            models.CheckConstraint(
                condition=Q(nature="") | Q(nature__in=codes(Nature)), name="call_nature_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(PROVEN), closed_at__isnull=False) & ~Q(closure_type="")
                | ~Q(state__in=codes(PROVEN)) & Q(closed_at=None, closure_type=""),
                name="call_closure_whole",
            ),
            models.CheckConstraint(
                condition=Q(closure_type="") | Q(closure_type__in=codes(ClosureType)),
                name="call_closure_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=CallState.DECLINED.value) & Q(decline_code="")
                | Q(state=CallState.DECLINED.value, decline_code__in=codes(DeclineCode)),
                name="call_decline_reasoned",
            ),
            models.CheckConstraint(
                condition=~Q(state=CallState.REFUSAL.value)
                | Q(refusal_proposer__isnull=False, refusal_approver=None),
                name="call_refusal_proposed",
            ),
            models.CheckConstraint(
                condition=Q(refusal_approver=None)
                | Q(refusal_proposer__isnull=False) & ~Q(refusal_proposer=F("refusal_approver")),
                name="call_refusal_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(decline_code=DeclineCode.UNCOOPERATIVE.value)
                | Q(refusal_approver__isnull=False),
                name="call_uncooperative_approved",
            ),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="call_place_whole",
            ),
            models.CheckConstraint(
                condition=Q(complained_unit=None)
                | Q(lead_unit=None)
                | ~Q(complained_unit=F("lead_unit")),
                name="call_not_to_the_unit_complained_of",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-received_at", "-id"], name="call_recent"),
            models.Index(fields=["tenant", "state", "-received_at", "-id"], name="call_state"),
            models.Index(
                fields=["tenant", "lead_unit", "state", "due_at", "id"], name="call_unit_due"
            ),
            models.Index(
                fields=["tenant", "lead_unit", "-received_at", "-id"], name="call_unit_recent"
            ),
            models.Index(fields=["tenant", "enterprise", "-received_at", "-id"], name="call_firm"),
            models.Index(
                fields=["tenant", "matter_code", "-received_at", "-id"], name="call_matter"
            ),
            models.Index(
                fields=["tenant", "due_at", "id"],
                condition=Q(state__in=codes(OPEN)),
                name="call_open_due",
            ),
            models.Index(  # the lanes of the desk in their order, and its counts without the table
                fields=["tenant", "state", "step_due_at", "due_at", "id"],
                include=["yellow_at", "clock", "supervision_level", "complained_unit"],
                condition=Q(state__in=codes(OPEN)),
                name="call_desk",
            ),
            models.Index(
                fields=["tenant", "step_due_at", "id"],
                condition=Q(step_due_at__isnull=False),
                name="call_step_due",
            ),
            models.Index(
                fields=["tenant", "id"],
                condition=Q(state__in=codes(OPEN), supervision_level__lt=3)
                & (Q(urgency=Urgency.DANGER.value) | Q(current_round__gte=3)),
                name="call_to_watch",
            ),
            models.Index(
                fields=["tenant", "-received_at", "-id"],
                condition=~Q(marks=[]),
                name="call_marked",
            ),
            models.Index(
                fields=["tenant", "reopen_until", "id"],
                condition=Q(state=CallState.CLOSED.value),
                name="call_to_archive",
            ),
            models.Index(
                fields=["tenant", "follows"],
                condition=Q(follows__isnull=False),
                name="call_follows",
            ),
            models.Index(
                fields=["tenant", "-supervision_level", "id"],
                condition=Q(supervision_level__gt=0),
                name="call_supervised",
            ),
            models.Index(
                fields=["tenant", "raised_by_key", "-received_at", "-id"],
                condition=Q(raised_by_key__isnull=False),
                name="call_machine",
            ),
            models.Index(
                fields=["tenant", "-received_at", "-id"],
                condition=Q(is_public=True),
                name="call_public",
            ),
            GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="call_words"),
        ]

    def __str__(self) -> str:
        return self.number
