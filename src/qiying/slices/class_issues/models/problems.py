"""Sentences for the codes with which this slice refuses."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "class_issues.moved_on": _("Somebody changed this class issue in between. Look at it again."),
    "class_issues.guard.of_the_owner_unit": _(
        "Only the unit that owns the class issue does this."
    ),
    "class_issues.guard.not_the_owner": _(
        "Who owns the class issue or reported the landing does not judge it."
    ),
    "class_issues.guard.not_of_the_owner_unit": _(
        "The owner unit does not verify its own measure."
    ),
    "class_issues.guard.window_over": _(
        "It is too early: the days after the measure are not over yet."
    ),
    "class_issues.guard.fewer_than_before": _(
        "There were not fewer like calls after the measure than before it."
    ),
    "class_issues.guard.milestones_reached": _("Some milestones are not reached yet."),
    "class_issues.guard.has_evidence": _(
        "A measure lands with evidence: attach at least one file."
    ),
    "class_issues.guard.leaves_some": _("Some calls must stay in the class."),
    "class_issues.guard.other_takes_calls": _(
        "Choose another candidate or a class issue whose measure has not landed."
    ),
    "class_issues.guard.call_is_free": _(
        "This call belongs to a class already, complains of a unit, or does not exist."
    ),
    "class_issues.owner": _("Name somebody who handles or leads in the owner unit."),
    "class_issues.milestones": _("Write one milestone a line: day, then what is done by then."),
    "class_issues.milestone_day": _("A milestone lies between today and the deadline."),
    "class_issues.nobody": _("Only a person can do this, not a key."),
    "class_issues.range": _("Between %(least)s and %(most)s."),
    "class_issues.unconfirmed": _(
        "The second count does not confirm what was found. Nothing was written; tell the keeper."
    ),
}
