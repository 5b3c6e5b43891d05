"""Sentences for the refusals of this slice."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEMS: dict[str, Promise | str] = {
    "calls.not_yours": _("This step belongs to another unit or firm."),
    "calls.not_your_firm": _(
        "You can raise a call only for your own firm or a firm you look after."
    ),
    "calls.moved_on": _(
        "Somebody was faster: the call has changed. Reload the page and look again."
    ),
    "calls.place": _("The place is not a position on the map."),
    "calls.co_units": _("Name each unit once, and at most eight co-handlers."),
    "calls.co_lead": _("The lead cannot be a co-handler as well."),
    "calls.co_kept": _(
        "A co-handler that is named again keeps its part as it is; take the part back first to "
        "give it another."
    ),
    "calls.co_due": _(
        "A co-handler's due time is still to come and not after the time at which the answer to "
        "the firm is due."
    ),
    "calls.co_weight": _(
        "Weights are whole per cents from 1 to 99; all of them together leave the lead a share."
    ),
    "calls.same_lead": _("This unit leads already; name another one."),
    "calls.complained_unit": _("The unit complained of cannot handle the complaint."),
    "calls.future": _("Choose a time that is still to come."),
    "calls.past": _("The time lies in the future."),
    "calls.milestone": _("Choose a day after today and within %(days)s working days."),
    "calls.precedent": _("A precedent needs a matter and a place; set them first."),
    "calls.person_needed": _("Only a person can do this, not an interface."),
    "calls.unsolved_is_redone": _(
        "The answer said that it was solved and the firm says it is not: record that the firm is "
        "not content, so that it is done again."
    ),
    "calls.term_same": _("This is the time limit already; nothing was changed."),
    "calls.term_kind": _("This time limit is not counted like that."),
    "calls.term_most": _("At most %(most)s, counted like this."),
    "calls.term_guarded": _(
        "This limit protects the firm or the rates: it may be shortened and never lengthened, at "
        "most %(most)s."
    ),
    "calls.term_law": _(
        "A statute limits this matter to %(most)s; the zone may promise it sooner and never later."
    ),
    "calls.term_law_kind": _("A statute limits this matter: count as the statute counts."),
    "calls.term_day": _("Choose today or a later day; the past is never changed."),
    "calls.triage_under_way": _("A training is under way; its result will stand on this page."),
    "calls.triage_no_register": _("The register has too few matters to tell them apart."),
    "calls.triage_no_model": _("No model has been trained yet."),
    "calls.bulk_count": _("Choose at least one call and at most %(limit)s."),
    "calls.bulk_none": _("None of the calls chosen is there any more."),
    "calls.bulk_same": _("This is the call's matter already."),
    "calls.bulk_no_part": _("Your unit has no open part of this call."),
    "calls.bulk_final": _("This cannot be taken back."),
    "calls.bulk_late": _("The time for taking it back is over."),
    "calls.urged_already": _("The unit was chased about this call within the last four hours."),
    "calls.wording_own": _("Whoever wrote a wording cannot put it in force."),
    "calls.wording_place": _("The words leave something open that cannot be filled in: %(name)s"),
    "calls.charge_leader": _("Name a zone leader."),
    "calls.same_facts": _("Say first which matter it is that was dealt with before."),
    "calls.unknown_input": _("This step does not ask for this entry."),
    "calls.guard.needs_no_approval": _(
        "Want of co-operation is proposed with its record; a supervisor or zone leader decides."
    ),
    "calls.guard.asked_in_vain": _(
        "First ask the firm for what is missing and let its time run out."
    ),
    "calls.guard.refusal_by_another": _("Whoever proposed it cannot decide on it."),
    "calls.guard.undispatched_or_rushed": _(
        "After the dispatch only a call that was dispatched at once for danger can be declined, "
        "and only before its promise runs out."
    ),
    "calls.guard.adjudication_stands": _(
        "It was decided whose job this is; only a supervisor can give it to another unit."
    ),
    "calls.guard.not_adjudicated": _(
        "It was decided that this is your job; it cannot be returned."
    ),
    "calls.guard.dispute_in_time": _("The time for disputing the dispatch is over."),
    "calls.guard.not_the_disputant": _(
        "Neither whoever raised the dispute nor anybody of that unit can decide it."
    ),
    "calls.guard.co_tasks_settled": _(
        "Every co-handler must be done or have given a stage report first."
    ),
    "calls.guard.not_the_answerer": _(
        "Whoever answered or had a part in hand cannot review or call back."
    ),
    "calls.guard.not_of_the_answering_unit": _(
        "Nobody of a unit that answered or helped can call back."
    ),
    "calls.guard.attempts_documented": _(
        "Closing without the firm's word needs three failed attempts on two different days."
    ),
    "calls.guard.no_pause_proposed": _("A pause is waiting for a decision already."),
    "calls.guard.pauses_left": _(
        "The clock was paused three times or for as many days as the zone allows in all; the call "
        "goes up the supervision ladder instead."
    ),
    "calls.pause_cap": _("All pauses of a round together may last %(days)s working days."),
    "calls.extension_day": _(
        "Choose a working day after the present one and within the longest extension."
    ),
    "calls.milestone_again": _("This day is in the plan already, or the plan has twelve days."),
    "calls.rung_not_higher": _("The call stands on this rung or higher already."),
    "calls.meeting_ahead": _("The meeting has not been held yet."),
    "calls.guard.before_due": _("More time is asked for before the promise runs out."),
    "calls.guard.no_extension_proposed": _(
        "A request for more time waits for a decision already."
    ),
    "calls.guard.extension_proposed": _("Nobody has asked for more time."),
    "calls.guard.extensions_left": _("Two extensions were granted; there is no third."),
    "calls.guard.extension_by_another": _(
        "Whoever asked for more time or handles the call cannot decide about it."
    ),
    "calls.guard.second_extension_by_leader": _(
        "A second extension is granted by a zone leader only."
    ),
    "calls.guard.evidence_given": _(
        "Nothing proves the answer: no file, no contact with the firm, no report, no proof in "
        "writing. Return it."
    ),
    "calls.guard.below_the_top": _("The call stands on the highest rung."),
    "calls.guard.under_supervision": _("The call is not under supervision."),
    "calls.guard.not_supervised": _(
        "The call is under supervision; somebody has to agree that it ends first."
    ),
    "calls.interview_day": _("The day lies between the start of this rung and today."),
    "calls.interview_promise": _("This day is not before that of the interview."),
    "calls.guard.interview_open": _("No interview is owed, or its minutes are there."),
    "calls.guard.interview_held": _("The minutes of the interview are missing."),
    "calls.guard.removal_possible": _("There is no supervision to end, or it was proposed."),
    "calls.guard.removal_proposed": _("The unit has not proposed to end the supervision."),
    "calls.guard.removal_by_another": _(
        "Neither whoever proposed it nor anybody of the unit itself can end the supervision."
    ),
    "calls.guard.meeting_open": _("No joint meeting is owed."),
    "calls.guard.meeting_convened": _("The joint meeting has not been convened."),
    "calls.guard.meeting_settled": _(
        "The third round is answered after the joint meeting has decided."
    ),
    "calls.guard.not_of_the_lead_unit": _("Nobody of the lead unit can do this."),
    "calls.guard.milestone_open": _("No day of the plan is open."),
    "calls.guard.firm_was_awaited": _("The firm can end a pause only when it was waited for."),
    "calls.guard.not_yet_rated": _("This round was rated already."),
    "calls.guard.within_reopen_time": _(
        "A call can be opened again within 30 days of its closing, and that time is over. If the "
        "trouble is back, file it again: the new call will name this one."
    ),
    "calls.archived": _(
        "This call is on file: the 30 days in which it could be opened again are over. If the "
        "trouble is back, file it again: the new call will name this one."
    ),
    "calls.follows_open": _("Call %(number)s is still open; write to it instead of filing again."),
    "calls.follows_fresh": _(
        "Call %(number)s can still be opened again; that is quicker than filing anew."
    ),
    "calls.guard.reopen_time_over": _("The firm can still open this call again."),
    "calls.guard.is_co_task": _("This step is for co-handlers."),
    "calls.guard.call_with_units": _("The call is not in the hands of units now."),
    "calls.guard.not_the_proposer": _(
        "Neither whoever proposed the pause nor anybody who handles the call can decide it."
    ),
    "calls.guard.firm_did_not_deny": _(
        "The firm itself wrote that it is not solved: record that it is not content, so that it "
        "is done again."
    ),
}
