"""Words for rates, for the ways of gaming them, and for the rules that hold against that."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RATE_LABELS: Mapping[str, Promise] = {
    "due": _("Rounds due"),
    "responded": _("Response rate"),
    "on_time": _("On-time closure"),
    "on_time_first": _("On time by the first due time"),
    "declared": _("Declared closure"),
    "verified": _("Verified closure"),
    "first_time": _("Solved at the first go"),
    "solved": _("Solved, says the firm"),
    "satisfied": _("Satisfaction rate"),
    "satisfied_strictly": _("Content without reservation"),
    "rated": _("Share rated"),
    "redone": _("Share redone"),
    "returned": _("Sent back by the unit"),
    "signed": _("Signed for in time"),
    "reached": _("Reached at call-back"),
    "excluded": _("Left out of call-back"),
    "co_settled": _("Co-handlers: part done or reported"),
    "co_on_time": _("Co-handlers: in time"),
    "found_by_us": _("Share found by us"),
    "declined": _("Share not accepted"),
}
CAUSE_LABELS: Mapping[str, Promise] = {
    "unanswered": _("Overdue without an answer"),
    "in_review": _("Answered, not reviewed yet"),
    "not_called_back": _("Answered, not called back yet"),
    "rejected": _("Not solved, said the firm at call-back"),
    "withdrawn": _("Taken back by the firm after a unit had it"),
    "reopened": _("Opened again by the firm"),
    "came_back": _("The same matter came back within 30 days"),
    "unheard": _("Closed without reaching the firm"),
    "partly": _("Only partly solved, says the firm"),
    "not_solved": _("Not solved, explained only"),
}
"""Why a round does not count as closed."""
STRATEGY_LABELS: Mapping[str, Promise] = {
    "close_and_refile": _("Close and file again"),
    "exclude_dissatisfied": _("Leave the discontented out of call-back"),
    "extend_before_due": _("Extend just before due"),
    "merge_away": _("Merge away"),
    "own_callback": _("Ring for oneself"),
    "close_without_answer": _("Close without an answer"),
    "ask_only_the_happy": _("Ask only the contented"),
    "persuade_to_withdraw": _("Talk the firm into withdrawing"),
    "pad_with_own_finds": _("Pad with easy calls of one's own"),
}
STRATEGY_TEXTS: Mapping[str, Promise] = {
    "close_and_refile": _("The firm is made to say yes; what is left becomes a new call."),
    "exclude_dissatisfied": _("Whoever would complain is marked as not to be called back."),
    "extend_before_due": _("What would be late is moved into the next period."),
    "merge_away": _("What fails becomes part of a call that went well."),
    "own_callback": _("Somebody of the unit itself rings and writes down a yes."),
    "close_without_answer": _("What is overdue is closed as if it had been answered."),
    "ask_only_the_happy": _("Whoever would complain is rung when nobody picks up."),
    "persuade_to_withdraw": _("What would count against the unit is taken back by the firm."),
    "pad_with_own_finds": _("For each solved call the unit files another that it found itself."),
}
EXTENSION_HELD = _("An extension leaves the round in the period of its first due time")
"""What holds back the extension before the due time: the rule on it is switched off."""
RULE_LABELS: dict[str, Promise] = {
    "partly_weight": _("Partly solved counts as"),
    "satisfied_from": _("Content from grade"),
    "strictly_from": _("Content without reservation from grade"),
    "relapse_within": _("A return within this time undoes a verified closure"),
    "relapse_from_start": _("A call filed while the first is still in hand is a return too"),
    "linked_by": _("A return is a call of the same firm with the same"),
    "failure_counts_once": _(
        "In verified closure a call that failed counts once, however early its rounds end"
    ),
    "keeps_withdrawn": _("Verified closure keeps what was withdrawn after a unit had it"),
    "found_by_us_apart": _("Verified closure leaves out what the zone found itself"),
    "callback_by_other": _("Only a call-back by another person and another unit is heard"),
    "needs_answer": _("Without an answer nothing is verified"),
    "extension_moves_period": _("An extension moves a round into another period"),
    "extension_by_other": _("An extension counts only when asked in time and approved by another"),
    "extension_near": _("An extension asked for closer to the due time than this is named"),
    "exclusion_needs_code": _("Whoever is left out of call-back needs a reason code"),
    "exclusion_cap": _("At most this share may be left out of call-back"),
    "least_to_rank": _("Fewer rounds than this are not ranked"),
    "weights": _("Weights of response, solved and satisfied in the composite"),
}
GRADE_OF_SOURCE: Mapping[str, Promise] = {
    "R": _("read in the source"),
    "P": _("reported by a page"),
    "O": _("our own rule"),
}
FINDING_LABELS: Mapping[str, Promise] = {
    "provisional": _("The 30 days in which firms may come back are not over"),
    "exclusion_without_code": _("Left out of call-back without a code"),
    "exclusions_over_cap": _("Left out of call-back beyond the share allowed"),
    "called_back_by_own_unit": _("Called back by the unit itself"),
    "came_back": _("Closed as solved, and the firm came back"),
    "merged_kept": _("Merged into another call, kept below the line"),
    "withdrawn_kept": _("Withdrawn after a unit had it, kept in verified closure"),
    "extension_not_counted": _("Extensions that do not count"),
    "extension_near_due": _("Extensions asked for just before the due time"),
}
