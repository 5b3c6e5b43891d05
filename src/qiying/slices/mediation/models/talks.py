"""Sessions with who came, the agreement with its terms, and the signatures under it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.mediation.models import labels
from qiying.slices.mediation.models.cases import Case, Mediator, Party
from qiying.slices.mediation.models.labels import choices, codes
from qiying.slices.mediation.models.querysets import PartRows
from qiying.slices.mediation.rules import Form, SessionState, TermState, Way


class Session(TenantModel):
    """A meeting of the parties with the mediator. Its minutes are for those who took part."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=9,
        choices=choices(labels.SESSION_STATES),
        default=SessionState.PLANNED.value,
    )
    at = models.DateTimeField()
    place = models.CharField(max_length=100)
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="+", db_index=False)
    minutes = models.TextField(blank=True)
    held_at = models.DateTimeField(null=True, blank=True)

    objects = PartRows["Session"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        mediator_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "number"], name="mediation_session_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(SessionState)), name="mediation_session_known"
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.HELD.value, held_at__isnull=False)
                | ~Q(state=SessionState.HELD.value) & Q(held_at=None, minutes=""),
                name="mediation_session_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number}"


class Attendance(TenantModel):
    """That a party came to a session."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.CASCADE, related_name="+", db_index=False)

    objects = PartRows["Attendance"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        session_id: int
        party_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "session", "party"], name="mediation_attendance_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "case"], name="mediation_attendance_case")]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.party_id}"


class Agreement(TenantModel):
    """What the parties agreed; a draft that is taken back stays as an earlier version."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=7, choices=choices(labels.FORMS))
    text = models.TextField(blank=True)
    drafted_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    drafted_at = models.DateTimeField()
    attested_at = models.DateTimeField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    is_current = models.BooleanField(default=True)

    objects = PartRows["Agreement"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        drafted_by_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "number"], name="mediation_agreement_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "case"],
                condition=Q(is_current=True),
                name="mediation_one_agreement",
            ),
            models.CheckConstraint(
                condition=Q(form__in=codes(Form)), name="mediation_agreement_form_known"
            ),
            models.CheckConstraint(
                condition=Q(effective_on=None) | Q(attested_at__isnull=False),
                name="mediation_agreement_attested",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number}"


class Term(TenantModel):
    """One promise of the agreement: who, what, until when."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", db_index=False)
    text = models.CharField(max_length=500, blank=True)
    amount_cny = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    due_on = models.DateField()
    state = models.CharField(
        max_length=9,
        choices=choices(labels.TERM_STATES),
        default=TermState.OPEN.value,
    )
    performed_on = models.DateField(null=True, blank=True)
    recorded_by = models.CharField(max_length=24, blank=True)

    objects = PartRows["Term"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        agreement_id: int
        party_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "agreement", "number"], name="mediation_term_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(TermState)), name="mediation_term_known"
            ),
            models.CheckConstraint(
                condition=Q(state=TermState.PERFORMED.value, performed_on__isnull=False)
                | ~Q(state=TermState.PERFORMED.value) & Q(performed_on=None),
                name="mediation_term_whole",
            ),
            models.CheckConstraint(
                condition=Q(amount_cny=None) | Q(amount_cny__gte=0),
                name="mediation_term_amount",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "case"], name="mediation_term_case")]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.number}"


class Signature(TenantModel):
    """That a party stands by an agreement; never changed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", db_index=False)
    way = models.CharField(max_length=11, choices=choices(labels.WAYS))
    at = models.DateTimeField()
    recorded_by = models.CharField(max_length=24)

    objects = PartRows["Signature"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        agreement_id: int
        party_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "agreement", "party"], name="mediation_signed_once"
            ),
            models.CheckConstraint(
                condition=Q(way__in=codes(Way)), name="mediation_signature_way_known"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "case"], name="mediation_signature_case")]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.party_id}"
