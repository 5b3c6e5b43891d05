"""Names of what is recorded about class issues, for the audit trail and for notices."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOPICS: dict[str, Promise | str] = {
    "class_issues.found": _("Class of like calls found"),
    "class_issues.grown": _("Class of like calls grown"),
    "class_issues.recurred": _("Like calls after a measure"),
    "class_issues.raised": _("Class issue raised"),
    "class_issues.dismissed": _("Candidate of a class issue dismissed"),
    "class_issues.merged": _("Class issue merged"),
    "class_issues.took_over": _("Class issue took over calls"),
    "class_issues.split": _("Class issue split"),
    "class_issues.call_added": _("Call added to a class issue"),
    "class_issues.call_dropped": _("Call taken out of a class issue"),
    "class_issues.assigned": _("Class issue given to another owner"),
    "class_issues.planned": _("Measure of a class issue planned"),
    "class_issues.started": _("Measure of a class issue begun"),
    "class_issues.reported": _("Progress of a measure reported"),
    "class_issues.reached": _("Milestone of a measure reached"),
    "class_issues.extended": _("Deadline of a measure extended"),
    "class_issues.landed": _("Measure of a class issue landed"),
    "class_issues.members_told": _("Firms of a class issue told"),
    "class_issues.found_effective": _("Measure verified effective"),
    "class_issues.found_not_effective": _("Measure verified not effective"),
    "class_issues.closed": _("Class issue closed"),
    "class_issues.overdue": _("Deadline of a class issue ran out"),
    "class_issues.deadline_changed": _("Deadline of a class issue derived again"),
    "class_issues.thresholds_set": _("Thresholds of class issues set"),
    "class_issues.call_joined": _("Call became part of a class issue"),
    "class_issues.call_told": _("Call told of a landed measure"),
}
CALL_LINES: dict[str, Promise] = {
    "class_issues.call_joined": _("Became part of class issue %(number)s: one measure for all"),
    "class_issues.call_told": _("The measure of class issue %(number)s has landed"),
}
"""Lines in the course of a member call; the firm reads them too."""
NOTICES: dict[str, Promise | str] = {
    "class_issues.found": _("%(number)s: several firms report one problem; judge the candidate"),
    "class_issues.raised": _("Class issue %(number)s is yours: find the cause and plan a measure"),
    "class_issues.assigned": _("Class issue %(number)s was given to you"),
    "class_issues.landed": _("Class issue %(number)s: the measure has landed and is watched"),
    "class_issues.landed.firm": _(
        "Your call belongs to class issue %(number)s: the measure for all has landed"
    ),
    "class_issues.landed.handler": _(
        "Call %(call)s of your unit: the measure of class issue %(number)s has landed"
    ),
    "class_issues.found_effective": _("Class issue %(number)s: the measure was found effective"),
    "class_issues.found_not_effective": _(
        "Class issue %(number)s: the measure was found not effective; plan another"
    ),
    "class_issues.extended": _("Class issue %(number)s: the deadline was extended"),
    "class_issues.overdue": _("Class issue %(number)s is overdue"),
    "class_issues.recurred": _("Class issue %(number)s: like calls came after the measure"),
}
