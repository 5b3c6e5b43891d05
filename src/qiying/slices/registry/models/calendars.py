"""Which days work: one edition a year, the highest version counts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.language import in_language
from qiying.kernel.tenancy import TenantModel
from qiying.slices.registry.models.querysets import TenantRows
from qiying.slices.registry.rules.kinds import Grade


class WorkCalendarRows(TenantRows["WorkCalendar"]):
    """Work calendars that an actor may see."""


class WorkCalendar(TenantModel):
    """One edition of a year: Mondays to Fridays that rest, Saturdays and Sundays that work.

    ``rest_days`` and ``work_days`` are lists of ``"2026-02-16"``; ``hours`` is a list of
    ``["08:30", "12:00"]``.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    version = models.PositiveSmallIntegerField(_("version"))
    notice = models.CharField(_("number of the notice"), max_length=100, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=100, blank=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    grade = models.CharField(
        _("evidence"),
        max_length=2,
        choices=[(g, g) for g in Grade.values()],
        default=Grade.D.value,
    )
    rest_days = models.JSONField(_("rest days"), default=list)
    work_days = models.JSONField(_("make-up days"), default=list)
    hours = models.JSONField(_("business hours"), default=list)
    made_by = models.CharField(max_length=24)
    made_at = models.DateTimeField(_("made at"))

    objects = WorkCalendarRows.as_manager()

    class Meta:
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "year", "version"], name="work_calendar_version_once"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1990, year__lte=2100), name="work_calendar_year"
            ),
            models.CheckConstraint(
                condition=Q(grade__in=Grade.values()), name="work_calendar_grade_known"
            ),
        ]

    def __str__(self) -> str:
        return self.edition

    @property
    def edition(self) -> str:
        return f"{self.year}.{self.version}"

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)
