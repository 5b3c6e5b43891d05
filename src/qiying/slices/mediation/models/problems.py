"""Sentences for the codes with which this slice refuses."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "mediation.parties": _("Name at least one applicant and one other side, 12 parties at most."),
    "mediation.party_twice": _("A firm stands twice among the parties."),
    "mediation.party_name": _("Give a firm of the register or the name of an outside person."),
    "mediation.not_your_firm": _("A grid officer opens disputes of firms in his or her own grid."),
    "mediation.call_against_unit": _(
        "A complaint against a public unit is not mediated; it stays with the call."
    ),
    "mediation.before_court": _(
        "The matter of call %(number)s is before a court or an arbitrator; it is not mediated here."
    ),
    "mediation.call_open": _("This call has a mediation under way already: %(number)s."),
    "mediation.day": _("The day cannot lie in the future, nor the cause after the application."),
    "mediation.capacity": _("In this dispute you have no part that allows this step."),
    "mediation.not_for_party": _("You cannot speak for this party."),
    "mediation.party_answered": _("This party has answered already."),
    "mediation.consent_missing": _(
        "Not every party has agreed to mediation yet; nobody is mediated against their will."
    ),
    "mediation.online_by_party": _("Only the party itself can confirm online."),
    "mediation.mediator_not_listed": _("This mediator is not on the roster now."),
    "mediation.mediator_other_kind": _("This mediator does not take disputes of this kind."),
    "mediation.mediator_self": _("Nobody appoints himself or herself as mediator."),
    "mediation.mediator_of_party": _("Somebody who acts for a party cannot mediate."),
    "mediation.mediator_tried": _("This mediator had the dispute before. Choose another one."),
    "mediation.mediator_known": _("This person is on the roster already."),
    "mediation.mediator_staff": _("A mediator must hold a role of the staff in the zone."),
    "mediation.mediator_busy": _(
        "This mediator has %(count)s disputes in hand. Hand them over first."
    ),
    "mediation.no_session_planned": _("No such session is planned."),
    "mediation.session_not_begun": _("The session has not begun yet."),
    "mediation.session_past": _("Choose a time that lies ahead."),
    "mediation.no_session_held": _("Hold a session first: an agreement is made by talking."),
    "mediation.nobody_came": _("Say which parties came."),
    "mediation.terms": _(
        "Write at least one term, 20 at most, each with who, what and until when."
    ),
    "mediation.term_line": _(
        "Line %(line)s: write who | what | until when | amount, the amount only where money is owed."
    ),
    "mediation.labour_written": _("A labour agreement must be in writing."),
    "mediation.signed_already": _("This party has signed already."),
    "mediation.signature_missing": _("Not every party has signed yet."),
    "mediation.confirmation_asked": _("Confirmation has been asked for already."),
    "mediation.confirmation_not_asked": _("Confirmation has not been asked for, or is ruled on."),
    "mediation.confirmation_not_refused": _(
        "An agreement in force is mediated again only when the court rejected it."
    ),
    "mediation.window_closed": _(
        "Confirmation can be asked for within 30 days after the agreement took effect only."
    ),
    "mediation.term_settled": _("This term is performed already."),
    "mediation.term_not_overdue": _("This term is not overdue."),
    "mediation.terms_open": _("Some terms are not performed yet."),
    "mediation.erased": _("The personal data was erased already."),
    "mediation.no_agreement": _("There is no agreement to print."),
    "mediation.no_certificate": _(
        "A certificate is given when a mediation ended or was not kept."
    ),
    "mediation.moved_on": _("Somebody was faster. Reload the page and look again."),
}
