"""Indicators with their versions, and the places that are evaluated with what followed them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from qiying.kernel.tenancy import TenantModel
from qiying.slices.indices.models import labels
from qiying.slices.indices.models.labels import choices
from qiying.slices.indices.models.querysets import HouseRows
from qiying.slices.indices.rules import MAX_NAME, MAX_TEXT, DataKind, PlaceKind


def codes(kind: type[DataKind | PlaceKind]) -> list[str]:
    return [str(member) for member in kind]


class Indicator(TenantModel):
    """One version of an indicator; a change of definition is a new version, the old one stays."""

    code = models.CharField(max_length=12)
    version = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    name = models.CharField(max_length=MAX_NAME)
    name_en = models.CharField(max_length=MAX_NAME, blank=True)
    definition = models.CharField(max_length=MAX_TEXT)
    definition_en = models.CharField(max_length=MAX_TEXT, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    unit_en = models.CharField(max_length=40, blank=True)
    polarity = models.SmallIntegerField(choices=choices(labels.POLARITIES))
    source = models.CharField(max_length=MAX_NAME)
    calibre = models.CharField(max_length=MAX_TEXT, blank=True)
    kind = models.CharField(max_length=13, choices=choices(labels.KINDS))
    grade = models.CharField(max_length=2)
    defined_at = models.DateTimeField()
    defined_by = models.ForeignKey(
        "kernel.User", models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = HouseRows["Indicator"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code", "version"], name="indices_indicator_version"
            ),
            models.UniqueConstraint(
                fields=["tenant", "code"],
                condition=Q(is_current=True),
                name="indices_indicator_current",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=codes(DataKind), polarity__in=[-1, 1]),
                name="indices_indicator_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Place(TenantModel):
    """A county-level unit from a day until another: a changed boundary is another place.

    ``column`` and ``row`` are its tile on our map, from the north-west; none for what is gone.
    """

    adcode = models.CharField(max_length=6)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=40)
    city_en = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=8, choices=choices(labels.PLACES))
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    column = models.PositiveSmallIntegerField(null=True, blank=True)
    row = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = HouseRows["Place"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "adcode", "valid_from"],
                name="indices_place_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=codes(PlaceKind))
                & (Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gt=F("valid_from"))),
                name="indices_place_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adcode} {self.name}"


class Succession(TenantModel):
    """What a place became on a day; ``share`` 1 went over whole, none is not known."""

    before = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    after = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    share = models.FloatField(null=True, blank=True)

    objects = HouseRows["Succession"].as_manager()
    if TYPE_CHECKING:
        before_id: int
        after_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "before", "after"], name="indices_succession_once"
            ),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gt=0, share__lte=1),
                name="indices_succession_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} > {self.after_id}"
