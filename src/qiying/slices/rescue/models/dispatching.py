"""Who goes: places in a crew, offers, what the engine said, who chose otherwise, what phones said."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.models.fields import code, link, moment
from qiying.slices.rescue.models.labels import codes
from qiying.slices.rescue.models.querysets import HouseRows, OfferRows, PartRows
from qiying.slices.rescue.rules import (
    HELD,
    MOVING,
    WANTED,
    OfferState,
    SeatState,
    Source,
    Step,
    Tier,
    Why,
)


class Seat(TenantModel):
    """One place in a job's crew: one row, hence one holder at a time."""

    job = link("rescue.Job", is_needed=True)
    position = models.PositiveSmallIntegerField()
    state = code(labels.SEAT_STATES, default=SeatState.FREE.value)
    technician = link("rescue.Technician")
    """Who holds it or is asked; the last holder when it is over."""
    held_at = moment()
    set_out_at = moment()
    arrived_at = moment()
    left_at = moment()
    arrive_reason = models.CharField(max_length=200, blank=True)
    """Why somebody reports to be there though the phone says otherwise."""

    objects = PartRows["Seat"].as_manager()
    if TYPE_CHECKING:
        job_id: int
        technician_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "job", "position"], name="rescue_one_row_a_seat"
            ),
            models.UniqueConstraint(
                fields=["tenant", "technician"],
                condition=Q(state__in=codes(MOVING)),
                name="rescue_one_site_a_person",
            ),
            models.UniqueConstraint(
                fields=["tenant", "job", "technician"],
                condition=Q(state__in=codes(HELD | {SeatState.OFFERED})),
                name="rescue_one_seat_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(SeatState))
                & (
                    Q(state=SeatState.FREE.value, technician=None)
                    | Q(state=SeatState.RELEASED.value)
                    | ~Q(state__in=codes({SeatState.FREE, SeatState.RELEASED}))
                    & Q(technician__isnull=False)
                ),
                name="rescue_seat_held_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes(HELD)) | Q(held_at__isnull=False),
                name="rescue_seat_held_since",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "technician", "job"],
                condition=Q(technician__isnull=False),
                name="rescue_seats_of",
            ),
            models.Index(
                fields=["tenant", "job"],
                condition=Q(state__in=codes(WANTED)),
                name="rescue_seats_wanted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.position}"


class Offer(TenantModel):
    """Somebody is asked to take a seat, until a minute."""

    seat = link("rescue.Seat", is_needed=True)
    technician = link("rescue.Technician", is_needed=True)
    proposal = link("rescue.Proposal")
    tier = models.CharField(max_length=1)
    told_at = models.DateTimeField()
    answer_by_at = models.DateTimeField()
    state = code(labels.OFFER_STATES, default=OfferState.OPEN.value)
    answered_at = moment()
    reason = code(labels.REFUSALS)
    text = models.CharField(max_length=300, blank=True)

    objects = OfferRows["Offer"].as_manager()
    if TYPE_CHECKING:
        seat_id: int
        technician_id: int
        proposal_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "seat"],
                condition=Q(state=OfferState.OPEN.value),
                name="rescue_one_open_offer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(OfferState), tier__in=codes(Tier)),
                name="rescue_offer_known",
            ),
            models.CheckConstraint(
                condition=Q(state=OfferState.OPEN.value, answered_at=None)
                | ~Q(state=OfferState.OPEN.value) & Q(answered_at__isnull=False),
                name="rescue_offer_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state=OfferState.REFUSED.value) | ~Q(reason=""),
                name="rescue_refusal_reasoned",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "answer_by_at"],
                condition=Q(state=OfferState.OPEN.value),
                name="rescue_offers_open",
            ),
            models.Index(fields=["tenant", "technician", "-told_at"], name="rescue_offers_of"),
            models.Index(fields=["tenant", "seat", "id"], name="rescue_offers_seat"),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id}>{self.technician_id}"


class Proposal(TenantModel):
    """What the engine said, with everything that it was told: replayable, never changed.

    ``problem`` is the instance in the engine's own JSON; ``digest`` is the engine's. Times in
    ``chosen`` and ``second`` are minutes after the problem's origin.
    """

    job = link("rescue.Job", is_needed=True)
    at = models.DateTimeField()
    source = code(labels.SOURCES, default=Source.INSERT.value)
    tier = models.CharField(max_length=1)
    engine = models.CharField(max_length=24)
    digest = models.CharField(max_length=64)
    seed = models.PositiveIntegerField(default=0)
    problem = models.JSONField()
    chosen = models.JSONField(default=list)
    """One option a seat: technician, start, earliest, latest, travel, late chance, cover loss."""
    second = models.JSONField(null=True, blank=True)
    regret = models.FloatField(null=True, blank=True)
    """What the second best costs more, in minutes of an ordinary response."""
    reasons = models.JSONField(default=list)
    excluded = models.JSONField(default=dict)
    """How many technicians could not be considered, by code."""
    considered = models.PositiveSmallIntegerField(default=0)
    cover_loss = models.FloatField(default=0.0)
    gain = models.FloatField(default=0.0)
    """What an improved plan saves against the one that was published."""
    expected_at = moment()
    earliest_at = moment()
    latest_at = moment()

    objects = HouseRows["Proposal"].as_manager()
    if TYPE_CHECKING:
        job_id: int

    class Meta:
        indexes = [models.Index(fields=["tenant", "job", "id"], name="rescue_proposals")]

    def __str__(self) -> str:
        return self.digest[:12]


class Override(TenantModel):
    """The duty chief took somebody other than proposed, and why; read by the audit of fairness."""

    job = link("rescue.Job", is_needed=True)
    proposal = link("rescue.Proposal")
    proposed = link("rescue.Technician")
    chosen = link("rescue.Technician", is_needed=True)
    by = link("kernel.User")
    why = code(labels.WHYS)
    text = models.CharField(max_length=300)
    at = models.DateTimeField()

    objects = HouseRows["Override"].as_manager()
    if TYPE_CHECKING:
        job_id: int
        proposal_id: int | None
        proposed_id: int | None
        chosen_id: int
        by_id: int | None

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(why__in=codes(Why)) & ~Q(text=""), name="rescue_override_reasoned"
            )
        ]
        indexes = [models.Index(fields=["tenant", "-at", "-id"], name="rescue_overrides")]

    def __str__(self) -> str:
        return f"{self.job_id}:{self.why}"


class Track(TenantModel):
    """What a technician's phone said, when it happened and when it came here; each counts once."""

    job = link("rescue.Job", is_needed=True)
    technician = link("rescue.Technician", is_needed=True)
    step = code(labels.STEPS, default=Step.POSITION.value)
    at = models.DateTimeField()
    """When it happened, by the phone's clock, held between the last step and now."""
    received_at = models.DateTimeField()
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    distance_m = models.FloatField(null=True, blank=True)
    """Between the phone and the machine."""
    device_key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, blank=True)
    """Of the step and what was sent with it: another action under the same key is refused."""

    objects = PartRows["Track"].as_manager()
    if TYPE_CHECKING:
        job_id: int
        technician_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "technician", "device_key"], name="rescue_track_once"
            ),
            models.CheckConstraint(
                condition=Q(step__in=codes(Step)) & ~Q(device_key=""),
                name="rescue_track_known",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "job", "at", "id"], name="rescue_tracks")]

    def __str__(self) -> str:
        return f"{self.job_id}:{self.step}"
