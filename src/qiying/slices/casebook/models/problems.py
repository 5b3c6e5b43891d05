"""Sentences for the codes with which this slice refuses."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "casebook.needs_person": _("Only a person can do this; a key or the platform cannot."),
    "casebook.not_verified": _(
        "Call %(number)s is not a verified closure: closed as solved, confirmed by the firm at "
        "call-back, not re-opened, no return on the same matter within 30 days."
    ),
    "casebook.no_call": _("No call of this number is visible to you."),
    "casebook.complaint": _(
        "Call %(number)s complains of a unit. Complaints do not become typical cases."
    ),
    "casebook.secret": _("Call %(number)s is marked as secret; nothing of it is made known."),
    "casebook.nominated_already": _("Call %(number)s is nominated already."),
    "casebook.not_yours": _("Only whoever began it can do this."),
    "casebook.no_finding": _("There is no such finding in the text any more."),
    "casebook.hard_finding": _(
        "No reason lets this stand: it tells who is meant by itself. Take it out of the text."
    ),
    "casebook.findings": _(
        "Somebody can still be recognised in the text (%(count)s findings). "
        "Change the words, or say why each may stand."
    ),
    "casebook.text_whole": _("Every part of the text must say something."),
    "casebook.text_short": _("Write at least a sentence."),
    "casebook.involved": _("Who handled or nominated the call has no say in this case."),
    "casebook.reviewer_involved": _(
        "This person cannot review the case: handler, nominator, of a unit that had the call, "
        "or asked already."
    ),
    "casebook.reviewers_enough": _(
        "The case has its reviewers. A third one reads only when two differ by more than 15 points."
    ),
    "casebook.not_assigned": _("You were not asked to judge this."),
    "casebook.reviewed_already": _("You have judged this; what was given is not changed."),
    "casebook.points": _("Give each criterion whole points from 0 to 10."),
    "casebook.reviews_missing": _("The decision needs %(count)s reviews; not all are in."),
    "casebook.reviewer_decides": _("Who reviewed the case does not decide on it."),
    "casebook.pass_mark": _("A case under %(mark)s points cannot be accepted."),
    "casebook.window_open": _(
        "The firm may still come back: a case is published when the 30 days after closure are over."
    ),
    "casebook.not_published": _("Only a published case can be cited."),
    "casebook.cites_itself": _("A case cannot be cited for the call that it tells."),
    "casebook.not_your_call": _("Your unit has no part in that call."),
    "casebook.cited_for_class": _("This case is cited for that class issue already."),
    "casebook.not_your_class": _(
        "Only the unit that owns a class issue, and the desk, cite for it."
    ),
    "casebook.cited_already": _("This case is cited for that call already."),
    "casebook.criteria_count": _("There must be two to ten criteria, each once."),
    "casebook.criteria_weights": _("The weights must be whole numbers that make 100 together."),
    "casebook.dates": _("Entries open before they close, and close before the judging ends."),
    "casebook.publicity_short": _("The publicity period lasts 5 to 60 working days."),
    "casebook.dates_over": _("The last day for entries has passed already."),
    "casebook.still_open": _("Entries can still be handed in today."),
    "casebook.may_not_sit": _(
        "This person cannot sit on the panel: no reviewer's role, the organiser, or seated already."
    ),
    "casebook.not_on_panel": _("You do not sit on the panel that reads this."),
    "casebook.not_open": _("Entries are taken on the days of the call only (until %(day)s)."),
    "casebook.not_your_unit": _("You can enter cases of your own unit only."),
    "casebook.entry_fixed": _("The entries have been dealt out; nothing is changed any more."),
    "casebook.own_entry": _("Nobody checks an entry that he or she handed in."),
    "casebook.entries_unchecked": _("Some entries are not checked yet."),
    "casebook.no_entries": _("There is no complete entry."),
    "casebook.panel_small": _(
        "For %(count)s entries there are too few panelists without a conflict of interest. "
        "Seat more of them."
    ),
    "casebook.nothing_to_deal": _("No entry needs another reader now."),
    "casebook.marks_missing": _("%(count)s readings are still missing."),
    "casebook.thirds_missing": _(
        "On %(count)s entries two readers differ by more than 15 points: ask third ones first."
    ),
    "casebook.concerned": _(
        "Entrants, panelists and people of an entered unit do not decide on this selection."
    ),
    "casebook.over_quota": _("There are %(quota)s places only."),
    "casebook.future_day": _("The meeting cannot lie in the future."),
    "casebook.deviation_unreasoned": _(
        "For %(count)s entries the decision leaves the ranking without a reason."
    ),
    "casebook.publicity_closed": _("Objections are taken during the publicity period only."),
    "casebook.settled_already": _("This objection has been settled."),
    "casebook.own_objection": _("Nobody settles an objection that he or she raised."),
    "casebook.publicity_runs": _("The publicity period runs until %(day)s."),
    "casebook.objections_open": _("Some objections are not settled yet."),
}
