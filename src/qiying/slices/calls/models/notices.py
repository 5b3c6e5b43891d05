"""Sentences for the notices of this slice."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOTICES: dict[str, Promise | str] = {
    "calls.received": _("New call %(number)s"),
    "calls.received.danger": _("Danger: call %(number)s was dispatched at once"),
    "calls.accepted": _("Your call %(number)s was accepted"),
    "calls.info_asked": _("Your call %(number)s: please give the information asked for"),
    "calls.info_supplied": _("Call %(number)s: the firm gave the information"),
    "calls.info_lapsed": _("Call %(number)s: no information in time, decide how it goes on"),
    "calls.info_lapsed.firm": _(
        "Your call %(number)s: the time for the information is over; the desk goes on without it"
    ),
    "calls.decline_proposed": _("Call %(number)s: decide whether it is not accepted"),
    "calls.decline_proposed.firm": _(
        "Your call %(number)s: the desk proposes not to accept it; the information can still be given"
    ),
    "calls.decline_refused": _(
        "Call %(number)s: it stays, the proposal not to accept was refused"
    ),
    "calls.decline_refused.firm": _("Your call %(number)s is looked into: it was not refused"),
    "calls.declined": _("Your call %(number)s was not accepted; the reason and the way are there"),
    "calls.dispatched": _("Call %(number)s came to your unit: sign for it"),
    "calls.dispatched.firm": _("Your call %(number)s was dispatched"),
    "calls.recalled": _("Call %(number)s was taken back from your unit"),
    "calls.disputed": _("Call %(number)s: the dispatch is disputed, decide whose job it is"),
    "calls.adjudicated": _("Call %(number)s was decided to be your unit's job"),
    "calls.person_assigned": _("You are in charge of call %(number)s"),
    "calls.pause_proposed": _("Call %(number)s: a pause waits for your decision"),
    "calls.pause_approved": _("Your call %(number)s: the clock is paused, the reason is there"),
    "calls.pause_refused": _("Call %(number)s: the pause was refused"),
    "calls.pause_over": _("Call %(number)s: the pause is over, the clock runs on"),
    "calls.scheduled": _("Your call %(number)s is followed through by a milestone"),
    "calls.answered": _("Call %(number)s was answered: review it"),
    "calls.review_passed": _("Your call %(number)s was answered; somebody will ring you"),
    "calls.review_passed.caller": _("Call %(number)s waits to be called back"),
    "calls.review_returned": _("Call %(number)s: your answer was returned"),
    "calls.callback_rejected": _("Call %(number)s: not solved, says the firm: it starts again"),
    "calls.closed": _("Your call %(number)s was closed; please rate it"),
    "calls.reopened": _("Call %(number)s was opened again by the firm"),
    "calls.messaged": _("Call %(number)s: a new message"),
    "calls.marked": _("Call %(number)s is collective: look at it now"),
    "calls.urged": _("Call %(number)s is chased again: act today"),
    "calls.mentioned": _("Call %(number)s: %(who)s named you in a note"),
    "calls.daily": _(
        "Your day: %(waiting)s wait for you, %(changed)s changed since yesterday, %(red)s go red today"
    ),
    "calls.daily.charge": _(
        "Your units this morning: %(open)s open, %(overdue)s overdue, %(today)s due today, %(unsigned)s "
        "not signed for"
    ),
    "calls.overdue": _("Call %(number)s is overdue"),
    "calls.overdue.accept": _("Call %(number)s: the time to accept it ran out"),
    "calls.overdue.dispatch": _("Call %(number)s: the time to dispatch it ran out"),
    "calls.overdue.sign": _("Call %(number)s: the time to sign for it ran out"),
    "calls.overdue.adjudicate": _("Call %(number)s: the time to decide the dispute ran out"),
    "calls.overdue.contact": _("Call %(number)s: the time for the first contact ran out"),
    "calls.overdue.answer": _("Call %(number)s: the time for the answer ran out"),
    "calls.overdue.milestone": _("Call %(number)s: the milestone was missed"),
    "calls.overdue.callback": _("Call %(number)s: the time to call back ran out"),
    "calls.overdue.task": _("Call %(number)s: the time for the co-handler's part ran out"),
    "calls.extension_proposed": _("Call %(number)s: more time waits for your decision"),
    "calls.extended": _("Call %(number)s: more time was granted"),
    "calls.extended.firm": _(
        "Your call %(number)s takes longer; the reason and the day are there"
    ),
    "calls.extension_refused": _("Call %(number)s: more time was refused"),
    "calls.supervised.chase": _("Call %(number)s is chased: act today"),
    "calls.supervised.supervise": _("Call %(number)s is under supervision"),
    "calls.supervised.post": _("Call %(number)s is posted for supervision"),
    "calls.supervised.interview": _("Call %(number)s: the unit is called in for a talk"),
    "calls.supervision_note_missed": _("Call %(number)s: the weekly note is missing"),
    "calls.removal_proposed": _("Call %(number)s: decide whether the supervision ends"),
    "calls.supervision_removed": _("Call %(number)s: the supervision ended"),
    "calls.removal_refused": _("Call %(number)s: the supervision stays"),
    "calls.meeting_due": _("Call %(number)s: third round, convene the joint meeting"),
    "calls.meeting_convened": _("Call %(number)s: a joint meeting is convened, your unit comes"),
    "calls.meeting_decided": _("Call %(number)s: the joint meeting decided"),
    "calls.meeting_waived": _("Call %(number)s: answer without the joint meeting"),
}
