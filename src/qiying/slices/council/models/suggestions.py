"""Suggestions on their way: units that handle them, answers, remarks."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.council.models import labels
from qiying.slices.council.models.labels import choices, codes
from qiying.slices.council.models.querysets import OpenRows, SuggestionRows
from qiying.slices.council.models.talks import Member, Topic, link
from qiying.slices.council.rules import (
    MAX_TITLE,
    AnswerClass,
    Satisfaction,
    SuggestionKind,
    SuggestionState,
)


class Suggestion(TenantModel):
    """A formal suggestion on its way: handed over, answered in time, judged by who made it.

    ``due_at`` and ``return_until`` are derived from the day of handing over and the calendar.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(max_length=24)
    topic = link(Topic)
    kind = models.CharField(max_length=5, choices=choices(labels.KINDS))
    title = models.CharField(max_length=MAX_TITLE)
    text = models.TextField()
    proposer = link(Member)
    state = models.CharField(
        max_length=9, choices=choices(labels.SUGGESTIONS), default=SuggestionState.DRAFTED.value
    )
    unit = link("registry.Unit", is_needed=False)
    handed_on = models.DateField(null=True, blank=True)
    is_key = models.BooleanField(default=False)
    is_complex = models.BooleanField(default=False)
    round = models.PositiveSmallIntegerField(default=1)
    redo_from = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    return_until = models.DateTimeField(null=True, blank=True)
    talked_round = models.PositiveSmallIntegerField(default=0)
    """The last round in which the unit talked with the deputy."""
    drafted_at = models.DateTimeField()
    reminded_until = models.DateTimeField()
    next_reminder_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = SuggestionRows["Suggestion"].as_manager()
    if TYPE_CHECKING:
        topic_id: int
        proposer_id: int
        unit_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="council_suggestion_once"),
            models.CheckConstraint(
                condition=Q(state__in=codes(SuggestionState), kind__in=codes(SuggestionKind)),
                name="council_suggestion_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "returned"])
                | Q(unit__isnull=False, handed_on__isnull=False, due_at__isnull=False),
                name="council_suggestion_handed",
            ),
            models.CheckConstraint(
                condition=Q(round__range=(1, 2)), name="council_answered_twice_at_most"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "-drafted_at", "-id"], name="council_suggestion_recent"
            ),
            models.Index(fields=["tenant", "unit", "state"], name="council_suggestion_unit"),
            models.Index(fields=["tenant", "topic"], name="council_suggestion_topic"),
            models.Index(
                fields=["tenant", "next_reminder_at"],
                condition=Q(next_reminder_at__isnull=False),
                name="council_to_remind",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CoHandler(TenantModel):
    """A unit that gives the lead its opinion within two months."""

    suggestion = link(Suggestion)
    unit = link("registry.Unit")
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    text = models.TextField(blank=True)

    objects = OpenRows["CoHandler"].as_manager()
    if TYPE_CHECKING:
        suggestion_id: int
        unit_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "suggestion", "unit"], name="council_co_handler_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id}/{self.unit_id}"


class Answer(TenantModel):
    """An answer of one round, its class, and what the deputy thinks of it."""

    suggestion = link(Suggestion)
    round = models.PositiveSmallIntegerField()
    unit = link("registry.Unit")
    answer_class = models.CharField(max_length=1, choices=choices(labels.CLASSES))
    text = models.TextField()
    answered_by = link("kernel.User", is_needed=False)
    answered_at = models.DateTimeField()
    is_on_time = models.BooleanField()
    satisfaction = models.CharField(
        max_length=12, blank=True, choices=choices(labels.SATISFACTIONS)
    )
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = link(Member, is_needed=False)

    objects = OpenRows["Answer"].as_manager()
    if TYPE_CHECKING:
        suggestion_id: int
        unit_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "suggestion", "round"], name="council_answer_once"
            ),
            models.CheckConstraint(
                condition=Q(answer_class__in=codes(AnswerClass)), name="council_answer_known"
            ),
            models.CheckConstraint(
                condition=Q(satisfaction="", judged_at=None, judged_by=None)
                | Q(
                    satisfaction__in=codes(Satisfaction),
                    judged_at__isnull=False,
                    judged_by__isnull=False,
                ),
                name="council_verdict_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id}/{self.round}"


class Remark(TenantModel):
    """Words beside a step of a suggestion: talks with the deputy, progress, reasons."""

    suggestion = link(Suggestion)
    step = models.CharField(max_length=16)
    author = link("kernel.User", is_needed=False)
    text = models.TextField()
    at = models.DateTimeField()

    objects = OpenRows["Remark"].as_manager()
    if TYPE_CHECKING:
        suggestion_id: int
        author_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "suggestion", "id"], name="council_remark_suggestion")
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id}:{self.step}"
