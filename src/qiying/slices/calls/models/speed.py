"""Speed at the desk: bulk actions with what came of each row, mentions, wordings, daily sheets."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.access import Actor, Role
from qiying.kernel.tenancy import TenantModel
from qiying.slices.calls.models.calls import Call
from qiying.slices.calls.models.labels import STEP_LABELS, Words, choices, codes
from qiying.slices.calls.models.querysets import PartRows
from qiying.slices.calls.rules.desk import BulkAction, BulkState, TemplateState

if TYPE_CHECKING:
    from typing import Self

BULK_LABELS: Words = {
    BulkAction.ASSIGN: _("Assign a person"),
    BulkAction.SIGN: _("Sign for them"),
    BulkAction.URGE: _("Chase the lead unit"),
    BulkAction.CLASSIFY: _("Set the matter"),
    BulkAction.NOTE: _("Add an internal note"),
}
BULK_STATE_LABELS: Words = {
    BulkState.WAITING: _("waiting"),
    BulkState.DONE: _("done"),
    BulkState.REFUSED: _("refused"),
    BulkState.UNDONE: _("taken back"),
}
BULK_TONES = {
    BulkState.WAITING: "new",
    BulkState.DONE: "done",
    BulkState.REFUSED: "over",
    BulkState.UNDONE: "paused",
}
TEMPLATE_STATE_LABELS: Words = {
    TemplateState.DRAFT: _("to be approved"),
    TemplateState.APPROVED: _("in force"),
    TemplateState.RETIRED: _("retired"),
}
TEMPLATE_TONES = {
    TemplateState.DRAFT: "check",
    TemplateState.APPROVED: "done",
    TemplateState.RETIRED: "paused",
}


def _person(**more: object) -> models.ForeignKey:  # type: ignore[type-arg]
    given = {"related_name": "+", "db_index": False, **more}
    return models.ForeignKey("kernel.User", models.PROTECT, **given)  # type: ignore[arg-type]


class RunRows(models.QuerySet["BulkRun"]):
    """Bulk actions; each person sees the own ones."""

    def visible_to(self, actor: Actor) -> "Self":
        return self.filter(tenant_id=actor.tenant_id, person_id=actor.person_id)


class BulkRun(TenantModel):
    """One thing done to many calls; its rows say what came of each."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    action = models.CharField(_("action"), max_length=16, choices=choices(BULK_LABELS))
    person = _person()
    inputs = models.JSONField(default=dict)
    """Codes and ids that the action was given."""
    text = models.TextField(_("text"), blank=True)
    asked_at = models.DateTimeField(_("asked for at"))

    objects = RunRows.as_manager()
    if TYPE_CHECKING:
        person_id: int

    class Meta:
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=codes(BulkAction)), name="bulk_action_known"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "person", "-id"], name="bulk_own")]

    def __str__(self) -> str:
        return f"{self.action}:{self.pk}"


class BulkRow(TenantModel):
    """One call of a bulk action: done at a version of the call, refused with a code, or undone."""

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="+", db_index=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=choices(BULK_STATE_LABELS),
        default=BulkState.WAITING.value,
    )
    problem = models.CharField(_("refused because"), max_length=64, blank=True)
    undo_problem = models.CharField(_("not taken back because"), max_length=64, blank=True)
    before = models.JSONField(default=dict)
    """Ids and codes as they were, for whoever takes it back."""
    version = models.PositiveIntegerField(_("version of the call after it"), null=True)
    undo_until = models.DateTimeField(_("may be taken back until"), null=True)
    undone_at = models.DateTimeField(_("taken back at"), null=True)

    objects = PartRows["BulkRow"].as_manager()
    if TYPE_CHECKING:
        run_id: int
        call_id: int

    class Meta:
        verbose_name = _("row of a bulk action")
        verbose_name_plural = _("rows of bulk actions")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "run", "call"], name="bulk_row_once"),
            models.CheckConstraint(
                condition=Q(state__in=codes(BulkState)), name="bulk_row_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=BulkState.REFUSED.value) ^ Q(problem=""),
                name="bulk_row_refused_why",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=BulkState.UNDONE.value,
                    undone_at__isnull=False,
                    undo_until__isnull=False,
                    undone_at__lte=F("undo_until"),
                )
                | ~Q(state=BulkState.UNDONE.value) & Q(undone_at=None),
                name="bulk_row_undone_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.call_id}"


class Mention(TenantModel):
    """A colleague was named in a note of the house."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="+", db_index=False)
    note = models.ForeignKey("calls.Note", models.CASCADE, related_name="+", db_index=False)
    person = _person()
    at = models.DateTimeField(_("named at"))

    objects = PartRows["Mention"].as_manager()
    if TYPE_CHECKING:
        call_id: int
        note_id: int
        person_id: int

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "note", "person"], name="mention_once"),
        ]
        indexes = [models.Index(fields=["tenant", "person", "-id"], name="mention_person")]

    def __str__(self) -> str:
        return f"{self.note_id}@{self.person_id}"


class WordingRows(models.QuerySet["Wording"]):
    """Wordings of the house, and of the units in which somebody works."""

    def visible_to(self, actor: Actor) -> "Self":
        rows = self.filter(tenant_id=actor.tenant_id)
        over = {Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER, Role.SYSTEM}
        if actor.roles & over:
            return rows
        return rows.filter(Q(unit=None) | Q(unit_id__in=actor.units()))


class Wording(TenantModel):
    """Prepared words for a step, a matter (or any) and a unit (or all), one row a version."""

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    key = models.UUIDField(default=uuid7.uuid7, editable=False)
    """The same for all versions."""
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=60)
    step = models.CharField(_("step"), max_length=20)
    matter_code = models.CharField(_("matter"), max_length=20, blank=True)
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    text = models.TextField(_("words"))
    state = models.CharField(
        _("state"), max_length=8, choices=choices(TEMPLATE_STATE_LABELS), default="draft"
    )
    written_by = _person()
    written_at = models.DateTimeField(_("written at"))
    approved_by = _person(null=True)
    approved_at = models.DateTimeField(_("approved at"), null=True)
    uses = models.PositiveIntegerField(_("used"), default=0)

    objects = WordingRows.as_manager()
    if TYPE_CHECKING:
        unit_id: int | None
        written_by_id: int
        approved_by_id: int | None

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=codes(TemplateState)), name="wording_state_known"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("written_by")),
                name="wording_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=TemplateState.APPROVED.value) | Q(approved_by__isnull=False),
                name="wording_approved_by",
            ),
            models.UniqueConstraint(fields=["tenant", "key", "number"], name="wording_version"),
            models.UniqueConstraint(
                fields=["tenant", "key"],
                condition=Q(state=TemplateState.APPROVED.value),
                name="wording_one_in_force",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "step", "state"], name="wording_step")]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    @property
    def step_label(self) -> str:
        return str(STEP_LABELS.get(self.step, self.step))


class WordingUse(TenantModel):
    """A wording was put into a form: once per wording, call and person."""

    wording = models.ForeignKey(Wording, models.CASCADE, related_name="+", db_index=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="+", db_index=False)
    person = _person()
    at = models.DateTimeField()

    objects = PartRows["WordingUse"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "wording", "call", "person"], name="wording_use_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class DailyChoice(TenantModel):
    """At what hour somebody wants the sheet of the day, or not at all."""

    person = _person()
    is_on = models.BooleanField(_("on"), default=True)
    hour = models.PositiveSmallIntegerField(_("hour"), default=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "person"], name="daily_choice_once"),
            models.CheckConstraint(condition=Q(hour__range=(6, 20)), name="daily_choice_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.hour}"


class DailySheet(TenantModel):
    """That somebody was given the sheet of a day: the figures of that moment."""

    person = _person()
    on = models.DateField(_("day"))
    is_of_charge = models.BooleanField(_("for the units in charge of"), default=False)
    figures = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "on", "is_of_charge"], name="daily_sheet_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}:{self.on}"


class Charge(TenantModel):
    """Which leader is in charge of which unit (分管), from a day until a day."""

    person = _person()
    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="+", db_index=False)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True)
    set_by = _person(null=True)

    if TYPE_CHECKING:
        person_id: int
        unit_id: int

    class Meta:
        verbose_name = _("leader in charge")
        verbose_name_plural = _("leaders in charge")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="charge_period_forward",
            ),
            models.UniqueConstraint(
                fields=["tenant", "unit"],
                condition=Q(valid_to=None),
                name="charge_one_leader",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}:{self.unit_id}"
