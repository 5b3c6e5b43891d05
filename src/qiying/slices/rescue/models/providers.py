"""Providers under contract, their licences, prices and people."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from qiying.kernel.language import in_language
from qiying.kernel.tenancy import TenantModel
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.models.fields import code, link
from qiying.slices.rescue.models.labels import codes
from qiying.slices.rescue.models.querysets import (
    OfPriceListRows,
    OfProviderRows,
    OfTechnicianRows,
    ProviderRows,
    TenantRows,
)
from qiying.slices.rescue.rules import ProviderKind

FORWARD = Q(until_on=None) | Q(until_on__gt=F("from_on"))


class Provider(TenantModel):
    """A firm that the zone has hired for repairs, or the zone's own backup team."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=150, blank=True)
    kind = code(labels.PROVIDER_KINDS, default=ProviderKind.CONTRACTED.value)
    contract = models.CharField(max_length=60, blank=True)
    """Number of the contract."""
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    """First day out of contract."""
    classes = models.JSONField(default=list, blank=True)
    """Codes of the classes of equipment that it is contracted for; empty: those of its people."""
    areas = models.JSONField(default=list, blank=True)
    """Keys of the areas of the register that it is contracted for; empty: the whole zone."""
    public_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    """The zone's share of labour by this contract; none: by the rules of the zone."""
    phone = models.CharField(max_length=20, blank=True)
    updated_at = models.DateTimeField()

    objects = ProviderRows["Provider"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name_zh"], name="rescue_provider_once"),
            models.CheckConstraint(condition=FORWARD, name="rescue_contract_forward"),
            models.CheckConstraint(
                condition=Q(kind__in=codes(ProviderKind))
                & (Q(public_percent=None) | Q(public_percent__lte=100)),
                name="rescue_provider_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> str:
        """In the reader's language."""
        return in_language(self.name_zh, self.name_en)


class Manager(TenantModel):
    """Somebody who leads a provider's people here."""

    provider = link("rescue.Provider", is_needed=True)
    person = link("kernel.User", is_needed=True)
    is_current = models.BooleanField(default=True)
    named_at = models.DateTimeField()

    objects = OfProviderRows["Manager"].as_manager()
    if TYPE_CHECKING:
        provider_id: int
        person_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "provider", "person"], name="rescue_manager_once"
            )
        ]
        indexes = [models.Index(fields=["tenant", "person"], name="rescue_managers_person")]

    def __str__(self) -> str:
        return f"{self.provider_id}/{self.person_id}"


class Licence(TenantModel):
    """A licence of a provider: without it nobody of the provider repairs such equipment."""

    provider = link("rescue.Provider", is_needed=True)
    item = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    body = models.CharField(max_length=100, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    objects = OfProviderRows["Licence"].as_manager()
    if TYPE_CHECKING:
        provider_id: int

    class Meta:
        constraints = [
            models.CheckConstraint(condition=FORWARD, name="rescue_licence_forward"),
            models.UniqueConstraint(
                fields=["tenant", "provider", "item", "number"], name="rescue_licence_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.number}"


def _days() -> Func:
    return Func(F("from_on"), F("until_on"), function="daterange")


class PriceList(TenantModel):
    """A version of a provider's prices by contract; one in force on a day."""

    provider = link("rescue.Provider", is_needed=True)
    version = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = OfProviderRows["PriceList"].as_manager()
    if TYPE_CHECKING:
        provider_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "provider", "version"], name="rescue_prices_version"
            ),
            models.CheckConstraint(condition=FORWARD, name="rescue_prices_forward"),
            ExclusionConstraint(
                name="rescue_prices_one_in_force",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("provider", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} v{self.version}"


class PriceItem(TenantModel):
    """A row of a price list: work, a way, or a part."""

    price_list = link("rescue.PriceList", is_needed=True)
    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    unit_zh = models.CharField(max_length=10)
    unit_en = models.CharField(max_length=20, blank=True)
    price_cny = models.DecimalField(max_digits=18, decimal_places=2)
    is_part = models.BooleanField(default=False)
    """Parts are paid by the firm; work is shared with the zone."""
    has_night_price = models.BooleanField(default=True)

    objects = OfPriceListRows["PriceItem"].as_manager()
    if TYPE_CHECKING:
        price_list_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "price_list", "code"], name="rescue_price_once"
            ),
            models.CheckConstraint(
                condition=Q(price_cny__gte=0), name="rescue_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """In the reader's language."""
        return in_language(self.name_zh, self.name_en)

    @property
    def unit(self) -> str:
        """In the reader's language."""
        return in_language(self.unit_zh, self.unit_en)


class Station(TenantModel):
    """A place where technicians wait."""

    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)
    longitude = models.FloatField()
    latitude = models.FloatField()

    objects = TenantRows["Station"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="rescue_station_once")
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """In the reader's language."""
        return in_language(self.name_zh, self.name_en)


class Technician(TenantModel):
    """Somebody of a provider who repairs machines."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    person = link("kernel.User", is_needed=True)
    provider = link("rescue.Provider", is_needed=True)
    station = link("rescue.Station", is_needed=True)
    phone = models.CharField(max_length=20, blank=True)
    recused = models.JSONField(default=list, blank=True)
    """Ids of firms in which he or she has an interest: never sent there."""
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    last_longitude = models.FloatField(null=True, blank=True)
    last_latitude = models.FloatField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects = OfProviderRows["Technician"].as_manager()
    if TYPE_CHECKING:
        person_id: int
        provider_id: int
        station_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person"],
                condition=Q(left_on=None),
                name="rescue_technician_once",
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="rescue_technician_forward",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "provider", "id"], name="rescue_technicians_of"),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Certificate(TenantModel):
    """A skill that somebody has proved, and until when it counts."""

    technician = link("rescue.Technician", is_needed=True)
    skill = models.CharField(max_length=24)
    number = models.CharField(max_length=60, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = OfTechnicianRows["Certificate"].as_manager()
    if TYPE_CHECKING:
        technician_id: int

    class Meta:
        constraints = [
            models.CheckConstraint(condition=FORWARD, name="rescue_certificate_forward"),
            models.CheckConstraint(condition=~Q(skill=""), name="rescue_certificate_skill"),
        ]
        indexes = [
            models.Index(fields=["tenant", "technician", "skill"], name="rescue_certificates_of"),
            models.Index(
                fields=["tenant", "until_on"],
                condition=Q(until_on__isnull=False, reminded_at=None),
                name="rescue_certificates_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician_id}:{self.skill}"


class Shift(TenantModel):
    """A time on duty; nobody has two at once."""

    technician = link("rescue.Technician", is_needed=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = code(labels.SHIFT_KINDS, default="day")
    station = link("rescue.Station", is_needed=True)
    turnout_min = models.PositiveSmallIntegerField(default=0)
    """Minutes between the call and leaving: on call at home people dress and start a car first."""
    is_published = models.BooleanField(default=False)

    objects = OfTechnicianRows["Shift"].as_manager()
    if TYPE_CHECKING:
        technician_id: int
        station_id: int

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), kind__in=codes(labels.SHIFT_KINDS)),
                name="rescue_shift_forward",
            ),
            ExclusionConstraint(
                name="rescue_shift_no_overlap",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("technician", RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "starts_at", "ends_at"], name="rescue_shifts_when"),
        ]

    def __str__(self) -> str:
        return f"{self.technician_id}:{self.starts_at}"
