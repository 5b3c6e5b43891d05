"""A selection of innovative cases: entries, panel, marks, objections."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.language import in_language
from qiying.kernel.tenancy import TenantModel
from qiying.slices.casebook import rules
from qiying.slices.casebook.models import labels
from qiying.slices.casebook.models.cases import person
from qiying.slices.casebook.models.labels import choices, codes
from qiying.slices.casebook.models.querysets import (
    EntryRows,
    ObjectionRows,
    PanelPartRows,
    SeatRows,
    SelectionRows,
)


class Selection(TenantModel):
    """A call for cases and what became of it.

    ``ranking`` is frozen when every mark is in: the rows of the ranked list, agreement and the
    engine's version. ``final`` is the published list and ``final_digest`` its SHA-256.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=24)
    title_zh = models.CharField(_("Chinese title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=160, blank=True)
    rules_zh = models.TextField(_("rules (Chinese)"))
    rules_en = models.TextField(_("rules (English)"), blank=True)
    criteria = models.JSONField(_("criteria"))
    tie_rule = models.CharField(_("equal scores"), max_length=12, choices=labels.TieRule.choices)
    quota = models.PositiveSmallIntegerField(_("places"))
    opens_on = models.DateField(_("entries from"))
    closes_on = models.DateField(_("entries until"))
    review_until = models.DateField(_("judged until"))
    publicity_days = models.PositiveSmallIntegerField(_("publicity period (working days)"))
    seed = models.PositiveIntegerField(_("seed"), default=1)
    state = models.CharField(
        _("state"),
        max_length=11,
        choices=choices(labels.SELECTION_LABELS),
        default=rules.SelectionState.DRAFT.value,
    )
    made_by = person(_("prepared by"), null=False)
    made_at = models.DateTimeField(_("prepared at"))
    ranking = models.JSONField(default=dict)
    met_on = models.DateField(_("meeting"), null=True, blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    chosen_by = person(_("recorded by"))
    publicity_from = models.DateField(_("publicity from"), null=True, blank=True)
    publicity_until = models.DateField(_("publicity until"), null=True, blank=True)
    concluded_on = models.DateField(_("concluded on"), null=True, blank=True)
    final = models.JSONField(default=list)
    final_digest = models.CharField(max_length=64, blank=True)
    reason = models.TextField(_("reason of cancelling"), blank=True)
    updated_at = models.DateTimeField(_("updated at"))

    objects = SelectionRows["Selection"].as_manager()
    if TYPE_CHECKING:
        made_by_id: int
        chosen_by_id: int | None

    class Meta:
        verbose_name = _("selection of cases")
        verbose_name_plural = _("selections of cases")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="selection_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=codes(rules.SelectionState)), name="selection_state_known"
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on"), review_until__gte=F("closes_on")),
                name="selection_dates_forward",
            ),
            models.CheckConstraint(
                condition=Q(publicity_days__gte=rules.LEAST_PUBLICITY, quota__gte=1),
                name="selection_publicity_long_enough",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["publicity", "final"])
                | Q(publicity_from__isnull=False, publicity_until__gt=F("publicity_from")),
                name="selection_publicity_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="final")
                | Q(concluded_on__gt=F("publicity_until")) & ~Q(final_digest=""),
                name="selection_final_after_publicity",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-made_at", "-id"], name="selection_recent")]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        return in_language(self.title_zh, self.title_en)

    @property
    def rules_text(self) -> str:
        return in_language(self.rules_zh, self.rules_en)


class Entry(TenantModel):
    """A case that was handed in. ``blind`` is all that its readers learn of the entrant."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    selection = models.ForeignKey(Selection, models.CASCADE, related_name="+", db_index=False)
    number = models.CharField(_("number"), max_length=24)
    blind = models.PositiveSmallIntegerField(_("blind number"), null=True, blank=True)
    level = models.CharField(_("entered by"), max_length=8, choices=choices(labels.LEVEL_LABELS))
    county = models.CharField(_("county"), max_length=60)
    entrant = models.CharField(_("entrant"), max_length=100)
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    title = models.CharField(_("Title"), max_length=rules.MAX_TITLE)
    background = models.TextField(_("Background"))
    difficulty = models.TextField(_("Difficulty"))
    practice = models.TextField(_("Practice"))
    effect = models.TextField(_("Effects"))
    replicable = models.TextField(_("What others can copy"))
    evidence = models.TextField(_("proof of the figures"), blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.ENTRY_LABELS),
        default=rules.EntryState.SUBMITTED.value,
    )
    submitted_by = person(_("handed in by"), null=False)
    submitted_at = models.DateTimeField(_("handed in at"))
    checked_by = person(_("checked by"))
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    is_chosen = models.BooleanField(_("on the list"), default=False)
    deviation = models.CharField(_("reason against the ranking"), max_length=300, blank=True)

    objects = EntryRows["Entry"].as_manager()
    if TYPE_CHECKING:
        selection_id: int
        unit_id: int | None
        submitted_by_id: int
        checked_by_id: int | None

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="entry_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "selection", "blind"],
                condition=Q(blind__isnull=False),
                name="entry_blind_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=codes(rules.EntryState), level__in=codes(rules.Level)),
                name="entry_codes_known",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("submitted_by")),
                name="entry_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(is_chosen=False) | Q(state="complete"), name="entry_chosen_complete"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "selection", "id"], name="entry_selection")]

    def __str__(self) -> str:
        return self.number


class Seat(TenantModel):
    """A place on the panel of a selection, and where its holder comes from."""

    selection = models.ForeignKey(Selection, models.CASCADE, related_name="+", db_index=False)
    person = person(_("reviewer"), null=False)
    county = models.CharField(_("county"), max_length=60, blank=True)
    units = models.JSONField(default=list, editable=False)
    seated_at = models.DateTimeField(_("named at"))

    objects = SeatRows["Seat"].as_manager()
    if TYPE_CHECKING:
        selection_id: int
        person_id: int

    class Meta:
        verbose_name = _("seat of a panel")
        verbose_name_plural = _("seats of panels")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "selection", "person"], name="seat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.selection_id}:{self.person_id}"


class Interest(TenantModel):
    """A panelist stands back from an entry; declared or seen by the organiser."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="+", db_index=False)
    reason = models.CharField(_("reason"), max_length=200)
    declared_at = models.DateTimeField(_("declared at"))

    objects = PanelPartRows["Interest"].as_manager()
    if TYPE_CHECKING:
        seat_id: int
        entry_id: int

    class Meta:
        verbose_name = _("declared interest")
        verbose_name_plural = _("declared interests")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "seat", "entry"], name="interest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id}:{self.entry_id}"


class EntryMark(TenantModel):
    """One panelist's reading of one entry; given marks are never changed."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField()
    dealt_at = models.DateTimeField(_("dealt at"))
    points = models.JSONField(_("points"), default=dict)
    total = models.DecimalField(_("total"), max_digits=5, decimal_places=2, null=True)
    comment = models.TextField(_("remark"), blank=True)
    marked_at = models.DateTimeField(_("judged at"), null=True, blank=True)

    objects = PanelPartRows["EntryMark"].as_manager()
    if TYPE_CHECKING:
        seat_id: int
        entry_id: int

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "seat", "entry"], name="mark_once"),
            models.UniqueConstraint(
                fields=["tenant", "entry", "position"], name="mark_place_once"
            ),
            models.CheckConstraint(
                condition=Q(position__range=(1, rules.MOST_REVIEWS)), name="mark_place"
            ),
            models.CheckConstraint(
                condition=Q(marked_at=None, total=None)
                | Q(marked_at__isnull=False, total__range=(0, 100)),
                name="mark_whole",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "entry"], name="mark_entry")]

    def __str__(self) -> str:
        return f"{self.entry_id}#{self.position}"


class Objection(TenantModel):
    """Somebody says during the publicity period that an entry must not be on the list."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="+", db_index=False)
    text = models.TextField(_("objection"))
    raised_by = person(_("raised by"), null=False)
    raised_at = models.DateTimeField(_("raised at"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices(labels.OBJECTION_LABELS),
        default=rules.ObjectionState.OPEN.value,
    )
    settled_by = person(_("settled by"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    finding = models.TextField(_("finding"), blank=True)

    objects = ObjectionRows["Objection"].as_manager()
    if TYPE_CHECKING:
        entry_id: int
        raised_by_id: int
        settled_by_id: int | None

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None)
                | Q(state__in=["upheld", "dismissed"], settled_at__isnull=False) & ~Q(finding=""),
                name="objection_settled_whole",
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None) | ~Q(settled_by=F("raised_by")),
                name="objection_settled_by_another",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "entry", "id"], name="objection_entry")]

    def __str__(self) -> str:
        return f"{self.entry_id}:{self.pk}"
