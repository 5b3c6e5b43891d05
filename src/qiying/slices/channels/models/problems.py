"""Sentences for the refusals of this slice."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEMS: dict[str, Promise | str] = {
    "channels.order_of_another": _("Another system handed over an order with this number."),
    "channels.order_linked_already": _("This call belongs to an order already."),
    "channels.referred_already": _("This call belongs to a referral already."),
    "channels.not_found_by_us": _("This call was not found by us, or has its signal already."),
    "channels.future": _("The time lies in the future."),
    "channels.before_issue": _("The date lies before the day on which it was handed over."),
    "channels.after_the_law": _("The law allows no later date than the one that it names."),
    "channels.reference_taken": _("This reference number is recorded already."),
    "channels.firm_unknown": _("The zone knows no firm with this credit code."),
    "channels.firm_not_found": _("No firm fits; write its name or credit code."),
    "channels.firms_found": _("Several firms fit; write the credit code."),
    "channels.matter_unknown": _("The register has no matter with this code."),
    "channels.extension_days": _("An extension has 1 to 10 working days."),
    "channels.forwarded_already": _("This call was handed on to this system already."),
    "channels.number_taken": _("Another call handed on has this number there."),
    "channels.no_place": _("A call is handed on with a place: set the place first."),
    "channels.call_over": _("This call is over; nothing is added to it."),
    "channels.call_unknown": _("There is no call with this number that you may read."),
    "channels.not_your_request": _("This request was not filed with your key."),
    "channels.code": _("A code has small letters, digits and hyphens only."),
    "channels.code_taken": _("This code is in use."),
    "channels.mail_unreadable": _("This is no mail with a sender, or it is larger than 25 MB."),
    "channels.file_lines": _("A file has at most %(limit)s lines; divide it."),
    "channels.line_repeated": _("Line %(number)s has the same number."),
    "channels.same_call": _("A call cannot be linked to itself."),
    "channels.linked_already": _("This call is linked already; take that link back first."),
    "channels.others_follow": _(
        "Other calls are linked to this one: link it from the other call's page."
    ),
    "channels.person_needed": _("Only a person can do this, not an interface."),
    "channels.guard.return_in_time": _("The time for returning the order is over."),
    "channels.guard.not_with_units": _("A unit has the call in hand; the order stays here."),
    "channels.guard.not_returned_before": _("12345 refused the return; the order stays here."),
    "channels.guard.extension_once": _("An extension was asked for already."),
    "channels.guard.extension_in_time": _(
        "An extension is asked for at the latest one working day before the order is due."
    ),
    "channels.guard.answer_reviewed": _(
        "The call has no reviewed answer yet, or none that is newer than the last reply."
    ),
    "channels.guard.not_the_asker": _("Whoever asked for it cannot decide it."),
    "channels.guard.nothing_sent": _("It may have arrived there already; tell them instead."),
    "channels.guard.call_answered": _("The call has no reviewed answer yet."),
    "channels.guard.asked_once_more": _("A new reply was asked for once already."),
    "channels.guard.not_the_recorder": _("Whoever recorded it cannot waive the reply."),
    "channels.guard.may_be_waived": _("The law asks for a reply; nobody can waive it."),
    "channels.guard.good_rows_named": _(
        "Some lines failed: mend the file, or say that the good lines are to be written."
    ),
}
