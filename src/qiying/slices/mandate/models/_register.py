"""The register of matters: what never changes, its dated versions, seats and editions."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.language import in_language
from qiying.kernel.tenancy import TenantModel
from qiying.slices.mandate import rules
from qiying.slices.mandate.models._rows import DatedRows, TenantRows
from qiying.slices.mandate.models.labels import (
    Basis,
    Category,
    Duty,
    EditionKind,
    Nature,
    Part,
    Power,
    Side,
    Status,
    TimeKind,
)

GRADES = [(g, g) for g in rules.GRADES]
PERIOD = Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))


class Matter(TenantModel):
    """One matter of the register, known by its code; everything else is in its versions."""

    code = models.CharField(_("code"), max_length=20)
    category = models.CharField(_("category"), max_length=2, choices=Category.choices)

    objects = TenantRows["Matter"].as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="matter_code_once"),
            models.CheckConstraint(
                condition=Q(category__in=rules.CATEGORIES), name="matter_category_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class MatterVersion(TenantModel):
    """What the register says about a matter from a day until before another.

    ``legal_basis`` is a list of ``{"law_zh", "law_en", "article", "grade"}``; ``keywords`` is
    ``{"zh": [...], "en": [...]}``. Neither is queried.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)
    status = models.CharField(_("status"), max_length=5, choices=Status.choices)
    basis = models.CharField(_("decided by"), max_length=8, choices=Basis.choices)
    nature = models.CharField(_("nature"), max_length=10, choices=Nature.choices)
    power = models.CharField(_("class of power"), max_length=14, choices=Power.choices)
    duty = models.CharField(_("duty"), max_length=8, choices=Duty.choices)
    legal_basis = models.JSONField(_("legal basis"), default=list)
    basis_text = models.CharField(_("basis as cited"), max_length=200, blank=True)
    grade = models.CharField(_("evidence"), max_length=2, choices=GRADES)
    time_kind = models.CharField(
        _("time limit counted in"), max_length=13, choices=TimeKind.choices
    )
    time_amount = models.PositiveSmallIntegerField(_("time limit"))
    time_source = models.CharField(_("source of the time limit"), max_length=120, blank=True)
    extension_max = models.PositiveSmallIntegerField(_("longest extension"), default=10)
    co_amount = models.PositiveSmallIntegerField(_("co-handler's limit (working days)"), default=3)
    is_public = models.BooleanField(_("may be shown to the public"), default=False)
    is_resident_matter = models.BooleanField(_("a resident's matter"), default=False)
    lead_before_reform = models.CharField(_("lead before the reform"), max_length=40, blank=True)
    office_code = models.CharField(_("handling office of the zone"), max_length=40, blank=True)
    keywords = models.JSONField(_("keywords"), default=dict)
    note_zh = models.CharField(_("note (Chinese)"), max_length=300, blank=True)
    note_en = models.CharField(_("note (English)"), max_length=400, blank=True)
    change_reason = models.CharField(_("reason for the change"), max_length=300, blank=True)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.CharField(max_length=24)

    objects = DatedRows["MatterVersion"].as_manager()
    if TYPE_CHECKING:
        matter_id: int

    class Meta:
        verbose_name = _("version of a matter")
        verbose_name_plural = _("versions of matters")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "matter", "number"], name="matter_version_number_once"
            ),
            models.CheckConstraint(condition=PERIOD, name="matter_version_period_forward"),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="matter_status_known"
            ),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="matter_basis_known"),
            models.CheckConstraint(condition=Q(grade__in=rules.GRADES), name="matter_grade_known"),
            models.CheckConstraint(
                condition=Q(time_kind__in=TimeKind.values, time_amount__gte=1),
                name="matter_time_known",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "valid_from", "valid_to"], name="matter_version_dates")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def note(self) -> str:
        return in_language(self.note_zh, self.note_en)


class Seat(TenantModel):
    """Who leads or co-handles on one side: a unit, or the township that holds the place."""

    version = models.ForeignKey(
        MatterVersion, models.CASCADE, related_name="seats", db_index=False
    )
    side = models.CharField(_("side"), max_length=7, choices=Side.choices)
    part = models.CharField(_("part"), max_length=4, choices=Part.choices)
    position = models.PositiveSmallIntegerField(_("order"))
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_local_township = models.BooleanField(_("local township"), default=False)

    objects = TenantRows["Seat"].as_manager()
    if TYPE_CHECKING:
        version_id: int
        unit_id: int | None

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["side", "-part", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "version", "side", "part", "position"], name="seat_order_once"
            ),
            models.CheckConstraint(
                condition=Q(unit=None, is_local_township=True)
                | Q(unit__isnull=False, is_local_township=False),
                name="seat_unit_or_local",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "unit"], name="seat_unit")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.side} {self.part} {self.position}"


class Edition(TenantModel):
    """A named day of the register, with a digest of every version then in force."""

    kind = models.CharField(_("kind"), max_length=13, choices=EditionKind.choices)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=150)
    effective_on = models.DateField(_("as of"))
    document = models.CharField(_("document"), max_length=150, blank=True)
    matters_count = models.PositiveIntegerField(_("matters"))
    digest = models.CharField(_("digest"), max_length=64)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.CharField(_("published by"), max_length=24)

    objects = TenantRows["Edition"].as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "effective_on"], name="edition_day_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)
