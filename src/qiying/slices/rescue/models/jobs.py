"""The job: a machine is down, from the report to the settlement."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.models.fields import code, link, moment
from qiying.slices.rescue.models.labels import codes
from qiying.slices.rescue.models.querysets import JobRows, PartRows
from qiying.slices.rescue.rules import (
    FINAL,
    MAX_CREW,
    MAX_TITLE,
    MENDED,
    OPEN,
    UNANSWERED,
    Channel,
    Dismissal,
    Kind,
    Safety,
    State,
    Tier,
    Urgency,
)


def _in_order(first: str, second: str) -> Q:
    return Q(**{first: None}) | Q(**{second: None}) | Q(**{f"{second}__gte": F(first)})


class Job(TenantModel):
    """A rescue (救援单). Four moments are measured apart: acknowledged, answered, arrived, running.

    ``answer_due_at`` is the promise; ``promise_lost_at`` is set when it is broken and never taken
    away. ``arrive_goal_at`` is our own goal beside it.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(max_length=24)
    kind = code(labels.KINDS, default=Kind.EMERGENCY.value)
    state = code(labels.STATES, default=State.REPORTED.value)
    enterprise = link("registry.Enterprise", is_needed=True)
    equipment = link("rescue.Equipment")
    title = models.CharField(max_length=MAX_TITLE)
    facts = models.TextField(blank=True)
    place = models.CharField(max_length=160, blank=True)
    longitude = models.FloatField()
    latitude = models.FloatField()
    contact = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    channel = code(labels.CHANNELS, default=Channel.BUTTON.value)
    reported_by = models.CharField(max_length=24, blank=True)
    """Who told, as ``Actor.identity``."""
    call = link("calls.Call")
    warranty_of = link("rescue.Job")
    """The job whose repair did not hold: this one is free of charge."""
    urgency = code(labels.URGENCIES, default=Urgency.SLOWED.value)
    safety = code(labels.SAFETIES, default=Safety.NOT_ASKED.value)
    skill = models.CharField(max_length=24, blank=True)
    licence_item = models.CharField(max_length=60, blank=True)
    """What a provider must be licensed for to do it; empty: nothing."""
    crew = models.PositiveSmallIntegerField(default=1)
    permits = models.JSONField(default=list, blank=True)
    """Codes of ``PermitKind`` without which the work does not begin."""
    tier = models.CharField(max_length=1, default=Tier.CONTRACTED.value)
    alarmed_at = moment()
    wanted_from_at = moment()
    wanted_until_at = moment()
    reported_at = models.DateTimeField()
    stopped_at = moment()
    """Since when the machine stands still, as the firm says."""
    acknowledged_at = moment()
    proposed_at = moment()
    answered_at = moment()
    set_out_at = moment()
    arrived_at = moment()
    diagnosed_at = moment()
    begun_at = moment()
    running_at = moment()
    confirmed_at = moment()
    ended_at = moment()
    answer_due_at = models.DateTimeField()
    arrive_goal_at = moment()
    expected_at = moment()
    """When somebody is expected there, and the interval that holds it with a chance of 80 %."""
    expected_from_at = moment()
    expected_until_at = moment()
    promise_lost_at = moment()
    goal_lost_at = moment()
    reopened = models.PositiveSmallIntegerField(default=0)
    """How often the firm said that it does not run after all."""
    warranty_until = models.DateField(null=True, blank=True)
    night_who = models.CharField(max_length=60, blank=True)
    night_until_at = moment()
    night_text = models.CharField(max_length=300, blank=True)
    """How the line runs until then."""
    night_listed_on = models.DateField(null=True, blank=True)
    resume_at = moment()
    """When parts come, or the rest of a patched repair is done."""
    referred_to = models.CharField(max_length=120, blank=True)
    ending = models.CharField(max_length=16, blank=True)
    """Why it was withdrawn or dismissed, as ``Dismissal``."""
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = JobRows["Job"].as_manager()
    if TYPE_CHECKING:
        enterprise_id: int
        equipment_id: int | None
        call_id: int | None
        warranty_of_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="rescue_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "call"],
                condition=Q(call__isnull=False),
                name="rescue_job_of_call_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=codes(State),
                    kind__in=codes(Kind),
                    urgency__in=codes(Urgency),
                    safety__in=codes(Safety),
                    channel__in=codes(Channel),
                    tier__in=codes(Tier),
                    crew__gte=1,
                    crew__lte=MAX_CREW,
                ),
                name="rescue_codes_known",
            ),
            models.CheckConstraint(
                condition=_in_order("reported_at", "acknowledged_at")
                & _in_order("acknowledged_at", "answered_at")
                & _in_order("answered_at", "begun_at")
                & _in_order("arrived_at", "begun_at")
                & _in_order("begun_at", "running_at")
                & _in_order("running_at", "confirmed_at"),
                name="rescue_moments_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state=State.REPORTED.value)
                | Q(state__in=codes({State.WITHDRAWN, State.FALSE_ALARM}))
                | Q(acknowledged_at__isnull=False) & ~Q(safety=Safety.NOT_ASKED.value),
                name="rescue_acknowledged_first",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=codes(
                        UNANSWERED | {State.WITHDRAWN, State.FALSE_ALARM, State.REFERRED}
                    )
                )
                | Q(answered_at__isnull=False),
                name="rescue_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None)
                | Q(answered_at__lte=F("answer_due_at"))
                | Q(promise_lost_at__isnull=False),
                name="rescue_lost_promise_is_said",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes(MENDED)) | Q(running_at__isnull=False),
                name="rescue_done_runs",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes({State.CONFIRMED, State.SETTLED}))
                | Q(confirmed_at__isnull=False),
                name="rescue_confirmed_dated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(FINAL), ended_at__isnull=False)
                | ~Q(state__in=codes(FINAL)) & Q(ended_at=None),
                name="rescue_end_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REFERRED.value) | ~Q(referred_to=""),
                name="rescue_referred_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes({State.WITHDRAWN, State.FALSE_ALARM}))
                | Q(ending__in=codes(Dismissal)),
                name="rescue_ending_reasoned",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes({State.WAITING_PARTS, State.TEMPORARY}))
                | Q(resume_at__isnull=False),
                name="rescue_waits_until",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-reported_at", "-id"], name="rescue_recent"),
            models.Index(fields=["tenant", "state", "-reported_at", "-id"], name="rescue_state"),
            models.Index(
                fields=["tenant", "enterprise", "-reported_at", "-id"], name="rescue_of_firm"
            ),
            models.Index(
                fields=["tenant", "equipment", "-reported_at", "-id"],
                condition=Q(equipment__isnull=False),
                name="rescue_of_machine",
            ),
            models.Index(
                fields=["tenant", "answer_due_at"],
                condition=Q(state__in=codes(OPEN)),
                name="rescue_open",
            ),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="rescue_words"),
        ]

    def __str__(self) -> str:
        return self.number


class Note(TenantModel):
    """Words beside a step, erasable; events hold codes only."""

    job = link("rescue.Job", is_needed=True)
    step = models.CharField(max_length=24)
    author = link("kernel.User")
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = PartRows["Note"].as_manager()
    if TYPE_CHECKING:
        job_id: int
        author_id: int | None

    class Meta:
        indexes = [models.Index(fields=["tenant", "job", "id"], name="rescue_notes")]

    def __str__(self) -> str:
        return f"{self.job_id}:{self.step}"
