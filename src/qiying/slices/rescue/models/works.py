"""What is done at the machine: the fault, the quote, permits, parts, the report, the rating."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.models.fields import code, link, moment, money
from qiying.slices.rescue.models.labels import codes
from qiying.slices.rescue.models.querysets import OfQuoteRows, PartRows
from qiying.slices.rescue.rules import Consent, Grade, Outcome, PermitKind, QuoteState, Stock


class Diagnosis(TenantModel):
    """What is broken and why."""

    job = link("rescue.Job", is_needed=True)
    technician = link("rescue.Technician", is_needed=True)
    fault_code = models.CharField(max_length=24)
    cause = models.TextField()
    is_remote = models.BooleanField(default=False)
    parts_needed = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    objects = PartRows["Diagnosis"].as_manager()
    if TYPE_CHECKING:
        job_id: int
        technician_id: int

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(fault_code="") & ~Q(cause=""), name="rescue_diagnosis_said"
            )
        ]
        indexes = [models.Index(fields=["tenant", "job", "id"], name="rescue_diagnoses")]

    def __str__(self) -> str:
        return self.fault_code


class Quote(TenantModel):
    """What it will cost and who pays which share, before the work; frozen once accepted.

    ``digest`` is of the lines: the firm accepts what it was shown, or nothing.
    """

    job = link("rescue.Job", is_needed=True)
    version = models.PositiveSmallIntegerField()
    technician = link("rescue.Technician", is_needed=True)
    price_list = link("rescue.PriceList", is_needed=True)
    state = code(labels.QUOTE_STATES, default=QuoteState.SHOWN.value)
    shown_at = models.DateTimeField()
    is_night = models.BooleanField(default=False)
    public_percent = models.PositiveSmallIntegerField(default=0)
    total_cny = money()
    zone_cny = money()
    firm_cny = money()
    digest = models.CharField(max_length=64)
    answered_at = moment()
    answered_by = models.CharField(max_length=24, blank=True)
    consent = code(labels.CONSENTS)
    signed_by = models.CharField(max_length=40, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)

    objects = PartRows["Quote"].as_manager()
    if TYPE_CHECKING:
        job_id: int
        technician_id: int
        price_list_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "job", "version"], name="rescue_quote_version"
            ),
            models.UniqueConstraint(
                fields=["tenant", "job"],
                condition=Q(state=QuoteState.ACCEPTED.value),
                name="rescue_one_accepted_quote",
            ),
            models.UniqueConstraint(
                fields=["tenant", "job"],
                condition=Q(state=QuoteState.SHOWN.value),
                name="rescue_one_shown_quote",
            ),
            models.CheckConstraint(
                condition=Q(
                    total_cny=F("zone_cny") + F("firm_cny"),
                    zone_cny__gte=0,
                    firm_cny__gte=0,
                    public_percent__lte=100,
                    state__in=codes(QuoteState),
                ),
                name="rescue_quote_adds_up",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes({QuoteState.ACCEPTED, QuoteState.DECLINED}))
                | Q(answered_at__isnull=False, consent__in=codes(Consent))
                & ~Q(answered_by="")
                & (Q(consent=Consent.ACCOUNT.value) | ~Q(signed_by="")),
                name="rescue_quote_answered_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} v{self.version}"


class QuoteLine(TenantModel):
    """A row of a quote at the price of the list in force."""

    quote = link("rescue.Quote", is_needed=True)
    item = link("rescue.PriceItem", is_needed=True)
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    price_cny = money()
    amount_cny = money()
    zone_cny = money()

    objects = OfQuoteRows["QuoteLine"].as_manager()
    if TYPE_CHECKING:
        quote_id: int
        item_id: int

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    price_cny__gte=0,
                    zone_cny__gte=0,
                    zone_cny__lte=F("amount_cny"),
                ),
                name="rescue_line_amounts",
            )
        ]
        indexes = [models.Index(fields=["tenant", "quote", "id"], name="rescue_quote_lines")]

    def __str__(self) -> str:
        return f"{self.quote_id}:{self.item_id}"


class Permit(TenantModel):
    """The firm's safety person allows dangerous work, after these checks, until then."""

    job = link("rescue.Job", is_needed=True)
    kind = code(labels.PERMITS)
    checks = models.JSONField(default=list)
    """Codes or words of what was checked; never empty."""
    issued_by = models.CharField(max_length=40)
    recorded_by = models.CharField(max_length=24)
    issued_at = models.DateTimeField()
    valid_until = models.DateTimeField()

    objects = PartRows["Permit"].as_manager()
    if TYPE_CHECKING:
        job_id: int

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=codes(PermitKind), valid_until__gt=F("issued_at"))
                & ~Q(issued_by="")
                & ~Q(checks=[]),
                name="rescue_permit_whole",
            )
        ]
        indexes = [models.Index(fields=["tenant", "job", "kind"], name="rescue_permits")]

    def __str__(self) -> str:
        return f"{self.job_id}:{self.kind}"


class PartUsed(TenantModel):
    """A part that was put in."""

    job = link("rescue.Job", is_needed=True)
    item = link("rescue.PriceItem")
    name = models.CharField(max_length=80)
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    price_cny = money()
    stock = code(labels.STOCKS, default=Stock.PROVIDER.value)
    at = models.DateTimeField()

    objects = PartRows["PartUsed"].as_manager()
    if TYPE_CHECKING:
        job_id: int
        item_id: int | None

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, price_cny__gte=0, stock__in=codes(Stock)),
                name="rescue_part_amount",
            )
        ]
        indexes = [models.Index(fields=["tenant", "job", "id"], name="rescue_parts")]

    def __str__(self) -> str:
        return self.name


class Report(TenantModel):
    """What was done, signed by the firm; photographs and the signature hang on it as files."""

    job = link("rescue.Job", is_needed=True)
    version = models.PositiveSmallIntegerField()
    technician = link("rescue.Technician", is_needed=True)
    outcome = code(labels.OUTCOMES, default=Outcome.REPAIRED.value)
    text = models.TextField()
    signed_by = models.CharField(max_length=40)
    signed_at = models.DateTimeField()
    warranty_until = models.DateField(null=True, blank=True)
    is_current = models.BooleanField(default=True)

    objects = PartRows["Report"].as_manager()
    if TYPE_CHECKING:
        job_id: int
        technician_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "job"],
                condition=Q(is_current=True),
                name="rescue_one_report",
            ),
            models.UniqueConstraint(
                fields=["tenant", "job", "version"], name="rescue_report_version"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=codes(Outcome)) & ~Q(text="") & ~Q(signed_by=""),
                name="rescue_report_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} v{self.version}"


class Rating(TenantModel):
    """What the firm thinks; a job without one is never counted as content."""

    job = link("rescue.Job", is_needed=True)
    grade = code(labels.GRADES)
    text = models.TextField(blank=True)
    by = models.CharField(max_length=24)
    at = models.DateTimeField()

    objects = PartRows["Rating"].as_manager()
    if TYPE_CHECKING:
        job_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job"], name="rescue_rated_once"),
            models.CheckConstraint(
                condition=Q(grade__in=codes(Grade)), name="rescue_rating_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.grade)
