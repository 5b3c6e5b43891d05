"""Sentences for the codes with which this slice refuses."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "council.capacity": _("You have no part here that allows this step."),
    "council.no_member": _("Only a member of the council, or the desk, can propose a topic."),
    "council.supported": _("You stand behind this topic already."),
    "council.not_screened": _(
        "A topic must lie in the zone, concern the public and be in no litigation or petition. "
        "Otherwise say that it is not a topic."
    ),
    "council.no_meeting": _("No meeting is in preparation. Plan one first."),
    "council.meeting_not_held": _("The meeting has not been held yet."),
    "council.no_speaker": _("This member did not come, stood back or has spoken already."),
    "council.spoken": _("You have spoken on this topic already."),
    "council.suggestion_open": _("The suggestion from this topic is not concluded yet."),
    "council.no_topics": _("Put a topic on the agenda first."),
    "council.no_members": _("Invite members first."),
    "council.notice_short": _("Members need at least 5 days of notice. Put the meeting off."),
    "council.not_begun": _("The meeting has not begun yet."),
    "council.past": _("Choose a time of meeting that lies ahead."),
    "council.not_invited": _("Only members who were invited can be counted."),
    "council.no_quorum": _("Fewer than half of the members invited came. Put the meeting off."),
    "council.topics_open": _("Record the deliberation of every topic first."),
    "council.return_late": _("It can be sent back within 10 days after it was handed over only."),
    "council.not_extendable": _("The time for this suggestion cannot be extended (again)."),
    "council.overdue": _("The time is over already."),
    "council.co_answered_already": _("Your unit has given its opinion."),
    "council.talk_first": _("Talk with the deputy before you answer, and record it."),
    "council.co_missing": _("A co-handler has not given its opinion yet."),
    "council.answered_twice": _("It has been answered twice. Judge the answer as it is."),
    "council.ask_again": _("If you are not satisfied, ask for another answer."),
    "council.solved": _("Only what is being solved or planned is followed up."),
    "council.same_unit": _("The lead cannot be its own co-handler."),
    "council.needs_proposer": _("A formal suggestion is made by a deputy. Name one."),
    "council.term": _("The term must end after it begins."),
    "council.member_known": _("This person is a member in these days already."),
    "council.moved_on": _("It was changed meanwhile. Reload the page and look again."),
}
