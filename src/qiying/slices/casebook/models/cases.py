"""A typical case, its versions, reviews and citations."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.tenancy import TenantModel
from qiying.slices.casebook import rules
from qiying.slices.casebook.models import labels
from qiying.slices.casebook.models.labels import choices, codes
from qiying.slices.casebook.models.querysets import CasePartRows, CaseRows, ReviewRows

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def person(label: "_StrPromise | str" = "", *, null: bool = True) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        "kernel.User",
        models.PROTECT,
        null=null,
        blank=null,
        related_name="+",
        db_index=False,
        verbose_name=label,
    )


class Case(TenantModel):
    """A nominated call. ``card`` is the frozen copy of the closed call; it holds no names.

    ``involved`` are the ids of those who handled the call and of the nominator, ``units`` those of
    the units that had it: none of them reviews or decides.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=24)
    call = models.ForeignKey("calls.Call", models.PROTECT, related_name="+", db_index=False)
    card = models.JSONField(_("card of the call"))
    matter_code = models.CharField(_("matter"), max_length=20)
    category = models.CharField(_("category"), max_length=20, blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.CASE_LABELS),
        default=rules.CaseState.DRAFT.value,
    )
    involved = models.JSONField(default=list, editable=False)
    units = models.JSONField(default=list, editable=False)
    criteria = models.JSONField(_("criteria"), default=list)
    nominated_by = person(_("nominated by"), null=False)
    nominated_at = models.DateTimeField(_("nominated at"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    published_version = models.ForeignKey(
        "casebook.CaseVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_by = person(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.TextField(_("reason of the decision"), blank=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    updated_at = models.DateTimeField(_("updated at"))

    objects = CaseRows["Case"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        nominated_by_id: int
        decided_by_id: int | None
        published_version_id: int | None

    class Meta:
        verbose_name = _("typical case")
        verbose_name_plural = _("typical cases")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="case_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "call"],
                condition=~Q(state__in=["declined", "dropped", "withdrawn"]),
                name="case_of_a_call_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(rules.CaseState)), name="case_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_version__isnull=False),
                name="case_published_has_version",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("nominated_by")),
                name="case_decided_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-updated_at", "-id"], name="case_recent"),
            models.Index(
                fields=["tenant", "matter_code"],
                condition=Q(published_version__isnull=False),
                name="case_matter",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CaseVersion(TenantModel):
    """The text of a case. What was published is never edited; a revision is another version.

    ``digest`` is that of the text, ``checked_digest`` that of the text last checked, and
    ``open_findings`` how many findings stood then without a reason.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("Title"), max_length=rules.MAX_TITLE, blank=True)
    background = models.TextField(_("Background"), blank=True)
    difficulty = models.TextField(_("Difficulty"), blank=True)
    practice = models.TextField(_("Practice"), blank=True)
    effect = models.TextField(_("Effects"), blank=True)
    replicable = models.TextField(_("What others can copy"), blank=True)
    words = models.TextField(editable=False, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    checked_digest = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    open_findings = models.PositiveIntegerField(_("open findings"), default=0)
    written_by = person(_("written by"), null=False)
    written_at = models.DateTimeField(_("written at"))
    published_by = person(_("published by"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = CasePartRows["CaseVersion"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        written_by_id: int
        published_by_id: int | None

    class Meta:
        verbose_name = _("version of a case")
        verbose_name_plural = _("versions of cases")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "number"], name="caseversion_once"),
            models.CheckConstraint(
                condition=Q(published_at=None)
                | Q(open_findings=0, checked_at__isnull=False, checked_digest=F("digest"))
                & ~Q(digest=""),
                name="caseversion_published_unrecognisable",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "case", "number"], name="caseversion_case"),
            GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="caseversion_words"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number}"


class FindingReason(TenantModel):
    """Why a finding may stand: by its key, so that it holds wherever the same words stand."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=16)
    kind = models.CharField(_("kind"), max_length=12, choices=choices(labels.FINDING_LABELS))
    reason = models.CharField(_("reason"), max_length=300)
    by = person(null=False)
    at = models.DateTimeField(_("at"))

    objects = CasePartRows["FindingReason"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        by_id: int

    class Meta:
        verbose_name = _("reason for a finding")
        verbose_name_plural = _("reasons for findings")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "key"], name="findingreason_once"),
            models.CheckConstraint(
                condition=Q(kind__in=codes(set(rules.Finding) - rules.HARD)),
                name="findingreason_never_hard",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="findingreason_said"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.key}"


class CaseReview(TenantModel):
    """One reader's judgement of one version; a given one is never changed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey(CaseVersion, models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField()
    reviewer = person(_("reviewer"), null=False)
    assigned_by = person(_("named by"))
    assigned_at = models.DateTimeField(_("named at"))
    points = models.JSONField(_("points"), default=dict)
    total = models.DecimalField(_("total"), max_digits=5, decimal_places=2, null=True)
    comment = models.TextField(_("remark"), blank=True)
    reviewed_at = models.DateTimeField(_("judged at"), null=True, blank=True)
    is_void = models.BooleanField(default=False)
    """The version was sent back before it was decided."""

    objects = ReviewRows["CaseReview"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        version_id: int
        reviewer_id: int
        assigned_by_id: int | None

    class Meta:
        verbose_name = _("review of a case")
        verbose_name_plural = _("reviews of cases")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "version", "reviewer"],
                condition=Q(is_void=False),
                name="casereview_reader_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "version", "position"],
                condition=Q(is_void=False),
                name="casereview_place_once",
            ),
            models.CheckConstraint(
                condition=Q(position__range=(1, rules.MOST_REVIEWS)), name="casereview_place"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, total=None)
                | Q(reviewed_at__isnull=False, total__range=(0, 100)),
                name="casereview_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "case", "id"], name="casereview_case"),
            models.Index(
                fields=["tenant", "reviewer", "-assigned_at"],
                condition=Q(reviewed_at=None, is_void=False),
                name="casereview_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}#{self.position}"


class Citation(TenantModel):
    """A published case was used for another call, or for the measure of a class issue."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey(CaseVersion, models.PROTECT, related_name="+", db_index=False)
    call = models.ForeignKey(
        "calls.Call", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    issue = models.ForeignKey(
        "class_issues.Issue",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    cited_in = models.CharField(_("cited in"), max_length=8, choices=labels.CitedIn.choices)
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    note = models.CharField(_("what was taken over"), max_length=300, blank=True)
    cited_by = person(_("cited by"), null=False)
    cited_at = models.DateTimeField(_("cited at"))

    objects = CasePartRows["Citation"].as_manager()
    if TYPE_CHECKING:
        case_id: int
        version_id: int
        call_id: int | None
        issue_id: int | None
        unit_id: int | None
        cited_by_id: int

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "call", "cited_in"], name="citation_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "case", "issue"],
                condition=Q(issue__isnull=False),
                name="citation_once_by_issue",
            ),
            models.CheckConstraint(
                condition=Q(call__isnull=False, issue=None)
                | Q(call=None, issue__isnull=False, cited_in=labels.CitedIn.MEASURE.value),
                name="citation_for_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(cited_in__in=labels.CitedIn.values), name="citation_place_known"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "case", "-cited_at", "-id"], name="citation_case"),
            models.Index(fields=["tenant", "call"], name="citation_call"),
            models.Index(
                fields=["tenant", "issue"],
                condition=Q(issue__isnull=False),
                name="citation_issue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}→{self.call_id or self.issue_id}"
