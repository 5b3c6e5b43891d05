"""The zone's terms: how long a step may take from a day on, set by whom, on what, and why."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qiying.kernel.access import Actor
from qiying.kernel.tenancy import TenantModel
from qiying.slices.calls.models.labels import LEVEL_LABELS, NATURE_LABELS, Words, codes
from qiying.slices.calls.rules import (
    LEVEL_CODES,
    Nature,
    Setting,
    TermClock,
    Urgency,
    rule_of,
)
from qiying.slices.calls.rules.terms import KINDS, OTHER_NATURE, TERM_GRADES

if TYPE_CHECKING:
    from typing import Self

TERM_LABELS: Words = {
    TermClock.ACCEPT: _("Acceptance"),
    TermClock.DISPATCH: _("Dispatch"),
    TermClock.SIGN: _("Signing for"),
    TermClock.CONTACT: _("First contact with the firm"),
    TermClock.ADJUDICATE: _("Decision on a disputed dispatch"),
    TermClock.DISPUTE: _("Disputing a dispatch"),
    TermClock.ANSWER: _("Answer"),
    TermClock.TASK: _("A co-handler's part"),
    TermClock.MILESTONE: _("Next milestone of a plan, at most"),
    TermClock.INFO: _("The firm gives what it was asked for"),
    TermClock.PAUSE: _("A pause without a day of its own"),
    TermClock.PAUSE_CAP: _("All pauses of a round together, at most"),
    TermClock.EXTENSION: _("All extensions of a round together, at most"),
    TermClock.CALLBACK: _("Review and call-back"),
    TermClock.REDO: _("Answer of a further round"),
    TermClock.LIMIT: _("Limit of a rung of supervision"),
    TermClock.NOTE: _("Note on a standing rung"),
    TermClock.LONG_OVERDUE: _("Overdue for longer: posted for supervision"),
}
CASE_LABELS: Words = {
    Urgency.NORMAL: _("normal"),
    Urgency.URGENT: _("urgent: water, power, gas, heat or production stopped"),
    Urgency.DANGER: _("danger to life or property"),
    **{nature: NATURE_LABELS[nature] for nature in Nature},
    OTHER_NATURE: _("nature not known yet"),
    **{code: LEVEL_LABELS[level] for code, level in LEVEL_CODES.items()},
}
KIND_LABELS: Words = {
    "hours": _("in hours around the clock"),
    "working_hours": _("in working hours"),
    "working_days": _("in working days"),
    "natural_days": _("in calendar days"),
}


class TermRows(models.QuerySet["ZoneTerm"]):
    """The zone's rules are open to everybody who works in it."""

    def visible_to(self, actor: Actor) -> "Self":
        return self.filter(tenant_id=actor.tenant_id)


class ZoneTerm(TenantModel):
    """A term from a day on; never edited, a later row supersedes it from its own day."""

    clock = models.CharField(_("time limit of"), max_length=12)
    case = models.CharField(_("which case"), max_length=20, blank=True)
    """An urgency, a nature, a rung or a matter; "" for all."""
    rule_kind = models.CharField(_("counted in"), max_length=13)
    rule_amount = models.PositiveSmallIntegerField(_("time limit"))
    valid_from = models.DateField(_("in force from"))
    source = models.CharField(_("document or source"), max_length=200, blank=True)
    grade = models.CharField(_("evidence"), max_length=2)
    reason = models.CharField(_("reason"), max_length=300)
    set_by = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField(_("set at"))
    applied_at = models.DateTimeField(_("running clocks derived again at"), null=True)

    objects = TermRows.as_manager()
    if TYPE_CHECKING:
        set_by_id: int

    class Meta:
        verbose_name = _("time limit of the zone")
        verbose_name_plural = _("time limits of the zone")
        constraints = [
            models.CheckConstraint(
                condition=Q(clock__in=codes(TermClock)), name="term_clock_known"
            ),
            models.CheckConstraint(
                condition=Q(rule_kind__in=sorted(KINDS), rule_amount__range=(1, 1440)),
                name="term_rule_sound",
            ),
            models.CheckConstraint(
                condition=Q(grade__in=sorted(TERM_GRADES)) & ~Q(reason=""),
                name="term_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "clock", "case", "-id"], name="term_history"),
            models.Index(
                fields=["tenant", "valid_from"],
                condition=Q(applied_at=None),
                name="term_to_apply",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock}:{self.case}:{self.pk}"

    @property
    def setting(self) -> Setting:
        """The same as the rules read it."""
        rule = rule_of(self.rule_kind, self.rule_amount)
        return Setting((self.clock, self.case), rule, self.valid_from, self.set_at)
