"""What hangs on a class issue: words, milestones, stored decisions; and the zone's thresholds."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.class_issues.models import labels
from qiying.slices.class_issues.models.issues import Issue
from qiying.slices.class_issues.models.labels import choices, codes
from qiying.slices.class_issues.models.querysets import PartRows, TenantRows
from qiying.slices.class_issues.rules import DEFAULTS, LIMITS, Place, Rule


class Report(TenantModel):
    """Words that were given with a step; files hang on them."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="reports", db_index=False)
    step = models.CharField(_("step"), max_length=20)
    attempt = models.PositiveSmallIntegerField(_("measure number"), default=0)
    text = models.TextField(_("words given"), blank=True)
    author = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("at"))

    objects = PartRows["Report"].as_manager()
    if TYPE_CHECKING:
        issue_id: int
        author_id: int | None

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [models.Index(fields=["tenant", "issue", "at", "id"], name="class_reports")]

    def __str__(self) -> str:
        return f"{self.issue_id}/{self.step}"


class Milestone(TenantModel):
    """A step of the measure with its day; the next measure has milestones of its own."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="milestones", db_index=False)
    attempt = models.PositiveSmallIntegerField(_("measure number"))
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("milestone"), max_length=100)
    due_on = models.DateField(_("to be reached by"))
    reached_at = models.DateTimeField(_("reached at"), null=True, blank=True)

    objects = PartRows["Milestone"].as_manager()
    if TYPE_CHECKING:
        issue_id: int

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "issue", "attempt", "position"], name="class_milestone_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Finding(TenantModel):
    """Why some calls were taken for one class: what was looked at, by what, and what was found.

    ``block`` are the calls that were compared, ``params`` the thresholds, ``training`` the model
    whose rarity of words counted. ``inputs`` and ``digest`` let the decision be replayed.
    """

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="findings", db_index=False)
    at = models.DateTimeField(_("at"))
    engine = models.CharField(_("engine"), max_length=20)
    params = models.JSONField(_("thresholds"))
    training = models.ForeignKey(
        "calls.TriageModel", models.PROTECT, null=True, related_name="+", db_index=False
    )
    rarity = models.CharField(max_length=64, blank=True)
    block = models.JSONField(_("calls compared"))
    result = models.JSONField(_("what was found"))
    inputs = models.CharField(max_length=64)
    digest = models.CharField(_("digest"), max_length=64)

    objects = PartRows["Finding"].as_manager()
    if TYPE_CHECKING:
        issue_id: int
        training_id: int | None

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [models.Index(fields=["tenant", "issue", "id"], name="class_findings")]

    def __str__(self) -> str:
        return self.digest[:12]


class Look(TenantModel):
    """One look over the recent calls, whoever asked for it."""

    at = models.DateTimeField(_("at"))
    asked_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    latest_call = models.BigIntegerField(default=0)
    calls = models.PositiveIntegerField(_("calls compared"))
    classes = models.PositiveIntegerField(_("classes with enough firms"))
    found = models.PositiveIntegerField(_("new candidates"))
    joined = models.PositiveIntegerField(_("calls that joined"))

    objects = TenantRows["Look"].as_manager()
    if TYPE_CHECKING:
        asked_by_id: int | None

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")
        indexes = [models.Index(fields=["tenant", "-at", "-id"], name="class_looks")]

    def __str__(self) -> str:
        return str(self.at)


def _days(name: str, label: object) -> models.PositiveSmallIntegerField:  # type: ignore[type-arg]
    return models.PositiveSmallIntegerField(label, default=getattr(DEFAULTS, name))  # type: ignore[arg-type]


class Threshold(TenantModel):
    """The zone's thresholds from a moment on; the latest row counts, none is edited."""

    set_at = models.DateTimeField(_("set at"))
    set_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    min_firms = _days("min_firms", _("Different firms at least"))
    within_days = _days("within_days", _("Within calendar days"))
    place = models.CharField(
        _("Near means"),
        max_length=8,
        choices=choices(labels.PLACE_LABELS),
        default=Place.DISTANCE.value,
    )
    within_m = _days("within_m", _("Metres between two calls at most"))
    alike_percent = _days("alike_percent", _("Shared text at least (percent)"))
    effect_days = _days("effect_days", _("Calendar days before and after a measure"))
    judge_within = _days("judge_within", _("Working days to judge a candidate"))
    plan_within = _days("plan_within", _("Working days to plan the measure"))
    measure_within = _days("measure_within", _("Working days for a measure, as a rule"))
    verify_within = _days("verify_within", _("Working days to verify"))
    source_zh = models.CharField(_("source (Chinese)"), max_length=300)
    source_en = models.CharField(_("source (English)"), max_length=300, blank=True)
    grade = models.CharField(_("evidence"), max_length=2)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = TenantRows["Threshold"].as_manager()
    if TYPE_CHECKING:
        set_by_id: int | None

    class Meta:
        verbose_name = _("thresholds")
        verbose_name_plural = _("thresholds")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    place__in=codes(Place),
                    **{f"{name}__range": pair for name, pair in LIMITS.items()},
                ),
                name="class_thresholds_within_limits",
            ),
            models.CheckConstraint(
                condition=Q(grade__in=["A", "A*", "B", "C", "D", "K", "R"]),
                name="class_thresholds_grade_known",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-set_at", "-id"], name="class_thresholds")]

    def __str__(self) -> str:
        return str(self.set_at)

    @property
    def rule(self) -> Rule:
        """The same as the rules read it."""
        names = (*LIMITS, "place")
        return Rule(**{name: getattr(self, name) for name in names})
