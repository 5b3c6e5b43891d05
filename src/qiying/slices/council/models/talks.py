"""Members, meetings and topics."""

from typing import TYPE_CHECKING, Any

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import F, Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.council.models import labels
from qiying.slices.council.models.labels import choices, codes
from qiying.slices.council.models.querysets import (
    MeetingRows,
    OpenRows,
    TopicRows,
)
from qiying.slices.council.rules import (
    MAX_TITLE,
    Decline,
    MeetingState,
    MemberKind,
    Position,
    Route,
    Source,
    TopicState,
)


def link(target: Any, *, is_needed: bool = True) -> Any:
    return models.ForeignKey(
        target,
        models.PROTECT,
        null=not is_needed,
        blank=not is_needed,
        related_name="+",
        db_index=False,
    )


class Member(TenantModel):
    """A deputy to the people's congress, a CPPCC member or a representative of firms, for a term."""

    person = link("kernel.User", is_needed=False)
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=5, choices=choices(labels.MEMBERS))
    level = models.CharField(max_length=60, blank=True)
    """Of which congress or committee, in words."""
    enterprise = link("registry.Enterprise", is_needed=False)
    term_from = models.DateField()
    term_to = models.DateField(null=True, blank=True)

    objects = OpenRows["Member"].as_manager()
    if TYPE_CHECKING:
        person_id: int | None
        enterprise_id: int | None

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=codes(MemberKind)), name="council_member_known"
            ),
            models.CheckConstraint(
                condition=Q(term_to=None) | Q(term_to__gt=F("term_from")),
                name="council_term_forward",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "person"], name="council_member_person")]

    def __str__(self) -> str:
        return self.name


class Meeting(TenantModel):
    """A meeting of the council. It talks topics over; what is voted is advice."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(max_length=24)
    title = models.CharField(max_length=MAX_TITLE)
    at = models.DateTimeField()
    place = models.CharField(max_length=100)
    state = models.CharField(
        max_length=9, choices=choices(labels.MEETINGS), default=MeetingState.PLANNED.value
    )
    noticed_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    minutes = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = MeetingRows["Meeting"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="council_meeting_once"),
            models.CheckConstraint(
                condition=Q(state__in=codes(MeetingState)), name="council_meeting_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["noticed", "held", "published"])
                | Q(noticed_at__isnull=False),
                name="council_meeting_noticed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "published"]) | Q(held_at__isnull=False),
                name="council_meeting_held",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-at", "-id"], name="council_meeting_recent")]

    def __str__(self) -> str:
        return self.number


class Invitation(TenantModel):
    """A member asked to a meeting, and whether he or she came."""

    meeting = link(Meeting)
    member = link(Member)
    is_present = models.BooleanField(default=False)

    objects = OpenRows["Invitation"].as_manager()
    if TYPE_CHECKING:
        meeting_id: int
        member_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "meeting", "member"], name="council_invited_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.member_id}"


class Topic(TenantModel):
    """Something to talk over. Nothing is decided by it."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(max_length=24)
    title = models.CharField(max_length=MAX_TITLE)
    text = models.TextField()
    source = models.CharField(max_length=11, choices=choices(labels.SOURCES))
    class_issue = models.CharField(max_length=24, blank=True)
    """Number of the class issue behind it, as it is written there."""
    proposer = link(Member, is_needed=False)
    state = models.CharField(
        max_length=11, choices=choices(labels.TOPICS), default=TopicState.PROPOSED.value
    )
    meeting = link(Meeting, is_needed=False)
    decline_reason = models.CharField(max_length=12, blank=True, choices=choices(labels.DECLINES))
    screening = models.TextField(blank=True)
    minutes = models.TextField(blank=True)
    route = models.CharField(max_length=10, blank=True, choices=choices(labels.ROUTES))
    route_reason = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = TopicRows["Topic"].as_manager()
    if TYPE_CHECKING:
        proposer_id: int | None
        meeting_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="council_topic_once"),
            models.CheckConstraint(
                condition=Q(state__in=codes(TopicState), source__in=codes(Source)),
                name="council_topic_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["scheduled", "deliberated", "routed", "closed"])
                | Q(meeting__isnull=False),
                name="council_topic_of_meeting",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["routed", "closed"]) | Q(route__in=codes(Route)),
                name="council_topic_routed",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | Q(decline_reason__in=codes(Decline)),
                name="council_topic_declined",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-proposed_at", "-id"], name="council_topic_recent"),
            models.Index(fields=["tenant", "meeting"], name="council_topic_meeting"),
        ]

    def __str__(self) -> str:
        return self.number


class TopicCall(TenantModel):
    """A call of a firm behind a topic."""

    topic = link(Topic)
    call = link("calls.Call")

    objects = OpenRows["TopicCall"].as_manager()
    if TYPE_CHECKING:
        topic_id: int
        call_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "topic", "call"], name="council_call_once")
        ]
        indexes = [models.Index(fields=["tenant", "call"], name="council_topic_call")]

    def __str__(self) -> str:
        return f"{self.topic_id}/{self.call_id}"


class Support(TenantModel):
    """A member who stands behind a topic."""

    topic = link(Topic)
    member = link(Member)
    at = models.DateTimeField()

    objects = OpenRows["Support"].as_manager()
    if TYPE_CHECKING:
        topic_id: int
        member_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "topic", "member"], name="council_supported_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic_id}/{self.member_id}"


class Opinion(TenantModel):
    """What a member said about a topic; advice, one per member."""

    topic = link(Topic)
    member = link(Member)
    position = models.CharField(max_length=8, choices=choices(labels.POSITIONS))
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = OpenRows["Opinion"].as_manager()
    if TYPE_CHECKING:
        topic_id: int
        member_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "topic", "member"], name="council_opinion_once"
            ),
            models.CheckConstraint(
                condition=Q(position__in=codes(Position)), name="council_opinion_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id}/{self.member_id}"
