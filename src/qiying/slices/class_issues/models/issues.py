"""The class issue, from the candidate to its end, and the calls that belong to it."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.class_issues.models import labels
from qiying.slices.class_issues.models.labels import choices, codes
from qiying.slices.class_issues.models.querysets import IssueRows, PartRows
from qiying.slices.class_issues.rules import (
    AFTER_LANDING,
    MAX_TITLE,
    RAISED,
    VERIFIED,
    WITH_MEASURE,
    Dismissal,
    How,
    State,
    Verdict,
)


def _link(to: str, label: object = None, *, is_needed: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        to,
        models.PROTECT,
        null=not is_needed,
        blank=not is_needed,
        related_name="+",
        db_index=False,
        verbose_name=label,  # type: ignore[arg-type]
    )


class Issue(TenantModel):
    """One problem behind many calls: who owns it, its cause, the measure, whether it helped.

    The calls keep their own lifecycle and their own place in every denominator. ``due_at`` and
    ``clock`` are the promise that runs now, derived from ``clock_from_at`` and ``clock_days``.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=24)
    state = models.CharField(
        _("state"),
        max_length=14,
        choices=choices(labels.STATE_LABELS),
        default=State.CANDIDATE.value,
    )
    title = models.CharField(_("title"), max_length=MAX_TITLE, blank=True)
    matter_code = models.CharField(_("matter"), max_length=20)
    unit = _link("registry.Unit", _("unit of the calls"))
    terms = models.JSONField(_("words in common"), default=list)
    """Parts of the first call that half of the members share; emptied with its text."""
    centre = models.JSONField(_("centre"), null=True, blank=True)
    spread_m = models.FloatField(_("spread (metres)"), null=True, blank=True)
    found_by = models.CharField(_("found by"), max_length=8, choices=choices(labels.FOUND_LABELS))
    found_at = models.DateTimeField(_("found at"))
    follows = _link("class_issues.Issue", _("follows another class"))
    """An earlier class of the same problem: dismissed, or closed before it came back."""
    merged_into = _link("class_issues.Issue", _("merged into"))
    dismissal = models.CharField(
        _("dismissed because"),
        max_length=16,
        blank=True,
        choices=choices(labels.DISMISSAL_LABELS),
    )
    owner_unit = _link("registry.Unit", _("owner unit"))
    owner = _link("kernel.User", _("person in charge"))
    raised_at = models.DateTimeField(_("raised at"), null=True, blank=True)
    root_cause = models.TextField(_("root cause"), blank=True)
    measure = models.TextField(_("measure"), blank=True)
    planned_at = models.DateTimeField(_("planned at"), null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(_("measure number"), default=0)
    clock = models.CharField(
        _("deadline of"), max_length=8, blank=True, choices=choices(labels.CLOCK_LABELS)
    )
    clock_from_at = models.DateTimeField(null=True, blank=True)
    clock_days = models.PositiveSmallIntegerField(_("working days"), default=0)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    overdue_noted_at = models.DateTimeField(null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(_("extensions"), default=0)
    first_due_at = models.DateTimeField(_("due at first"), null=True, blank=True)
    landed_at = models.DateTimeField(_("landed at"), null=True, blank=True)
    landed_by = _link("kernel.User", _("landed by"))
    landing = _link("class_issues.Report", _("report of the landing"))
    window_days = models.PositiveSmallIntegerField(_("days watched"), default=0)
    window_ends_at = models.DateTimeField(_("watched until"), null=True, blank=True)
    verdict = models.CharField(
        _("verdict"), max_length=14, blank=True, choices=choices(labels.VERDICT_LABELS)
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = _link("kernel.User", _("verified by"))
    figures = models.JSONField(_("figures at verification"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(_("updated at"))

    objects = IssueRows["Issue"].as_manager()
    if TYPE_CHECKING:
        unit_id: int | None
        follows_id: int | None
        merged_into_id: int | None
        owner_unit_id: int | None
        owner_id: int | None
        landed_by_id: int | None
        landing_id: int | None
        verified_by_id: int | None

    class Meta:
        verbose_name = _("class issue")
        verbose_name_plural = _("class issues")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="class_number_once"),
            models.CheckConstraint(condition=Q(state__in=codes(State)), name="class_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=codes(RAISED))
                | Q(owner_unit__isnull=False, owner__isnull=False, raised_at__isnull=False)
                & ~Q(title=""),
                name="class_raised_has_owner",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes(WITH_MEASURE))
                | Q(planned_at__isnull=False) & ~Q(measure="") & ~Q(root_cause=""),
                name="class_measure_is_said",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes(AFTER_LANDING))
                | Q(
                    landed_at__isnull=False,
                    landed_by__isnull=False,
                    landing__isnull=False,
                    window_ends_at__isnull=False,
                    window_days__gt=0,
                ),
                name="class_landed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=codes(VERIFIED))
                | Q(
                    verified_at__isnull=False,
                    verified_by__isnull=False,
                    verdict__in=codes(Verdict),
                ),
                name="class_verified_whole",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None)
                | ~Q(verified_by=F("owner")) & ~Q(verified_by=F("landed_by")),
                name="class_verified_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.EFFECTIVE.value)
                | Q(verified_at__gte=F("window_ends_at")),
                name="class_effective_after_window",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DISMISSED.value, dismissal__in=codes(Dismissal))
                | ~Q(state=State.DISMISSED.value) & Q(dismissal=""),
                name="class_dismissed_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MERGED.value, merged_into__isnull=False)
                | ~Q(state=State.MERGED.value) & Q(merged_into=None),
                name="class_merged_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "state", "-found_at", "-id"], name="class_state"),
            models.Index(fields=["tenant", "-found_at", "-id"], name="class_recent"),
            models.Index(fields=["tenant", "owner_unit", "-found_at", "-id"], name="class_owner"),
        ]

    def __str__(self) -> str:
        return self.number


class Member(TenantModel):
    """A call of a class, how it came in and why; a call is in one live class at most."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="members", db_index=False)
    call = _link("calls.Call", is_needed=True)
    how = models.CharField(_("came in"), max_length=10, choices=choices(labels.HOW_LABELS))
    joined_at = models.DateTimeField(_("member since"))
    kin = models.JSONField(_("why it is in"), null=True, blank=True)
    """The likest other member: share of text, metres, days, shared words; erased with the text."""
    is_live = models.BooleanField(default=True)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    """When the firm was told that the measure has landed."""

    objects = PartRows["Member"].as_manager()
    if TYPE_CHECKING:
        issue_id: int
        call_id: int

    class Meta:
        verbose_name = _("call of a class")
        verbose_name_plural = _("calls of a class")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "issue", "call"], name="class_member_once"),
            models.UniqueConstraint(
                fields=["tenant", "call"],
                condition=Q(is_live=True),
                name="class_call_in_one_class",
            ),
            models.CheckConstraint(condition=Q(how__in=codes(How)), name="class_member_how_known"),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}/{self.call_id}"
