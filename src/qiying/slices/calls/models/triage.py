"""Trained models of triage, with what they learned from and how well they were found to rank."""

from typing import TYPE_CHECKING

import uuid_utils.compat as uuid7
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.access import Actor
from qiying.kernel.tenancy import TenantModel
from qiying.slices.calls.models.labels import Words, choices, codes
from qiying.slices.calls.rules import Sureness, TriageState

if TYPE_CHECKING:
    from typing import Self

TRAINING_LABELS: Words = {
    TriageState.ASKED: _("Under way"),
    TriageState.READY: _("Ready"),
    TriageState.FAILED: _("Not succeeded"),
}
SURENESS_LABELS: Words = {
    Sureness.VERY_LIKELY: _("very likely"),
    Sureness.LIKELY: _("likely"),
    Sureness.PERHAPS: _("perhaps"),
}


class TriageRows(models.QuerySet["TriageModel"]):
    """Models; whoever may rank a text may know by which model, the pages ask for roles."""

    def visible_to(self, actor: Actor) -> "Self":
        return self.filter(tenant_id=actor.tenant_id)


class TriageModel(TenantModel):
    """One training: asked for, then a model that stays for replay, or a failure.

    ``plain`` is the engine's value as compressed JSON; ``register_version`` a digest of the words
    of the register in force, ``history_version`` the number of the latest call it learned from.
    ``report`` holds the evaluation on held-out calls beside the keyword rule's.
    """

    public_id = models.UUIDField(default=uuid7.uuid7, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=6, choices=choices(TRAINING_LABELS))
    is_in_use = models.BooleanField(_("in use"), default=False)
    seed = models.PositiveIntegerField(_("seed"), default=0)
    asked_at = models.DateTimeField(_("asked for at"))
    asked_by = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    trained_at = models.DateTimeField(_("trained at"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    engine_version = models.CharField(_("version of the engine"), max_length=16, blank=True)
    register_version = models.CharField(_("version of the register"), max_length=64, blank=True)
    history_version = models.CharField(_("latest call learned"), max_length=24, blank=True)
    examples = models.PositiveIntegerField(_("calls learned from"), default=0)
    matters = models.PositiveIntegerField(_("matters"), default=0)
    report = models.JSONField(default=dict, blank=True)
    plain = models.BinaryField(null=True, blank=True)

    objects = TriageRows.as_manager()
    if TYPE_CHECKING:
        asked_by_id: int | None

    class Meta:
        verbose_name = _("model of triage")
        verbose_name_plural = _("models of triage")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=codes(TriageState)), name="triage_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=TriageState.READY.value)
                | Q(trained_at__isnull=False, plain__isnull=False) & ~Q(digest=""),
                name="triage_ready_whole",
            ),
            models.CheckConstraint(
                condition=Q(is_in_use=False) | Q(state=TriageState.READY.value),
                name="triage_in_use_is_ready",
            ),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_in_use=True), name="triage_one_in_use"
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(state=TriageState.ASKED.value),
                name="triage_one_under_way",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-asked_at", "-id"], name="triage_recent"),
        ]

    def __str__(self) -> str:
        return self.digest[:12] or str(self.public_id)
