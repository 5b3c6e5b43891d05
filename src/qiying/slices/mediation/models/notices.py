"""Sentences of notices, and names of what is recorded."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOTICES: dict[str, Promise | str] = {
    "mediation.opened": _("Mediation %(number)s was registered. Do you want to take part?"),
    "mediation.declined": _("Dispute %(number)s cannot be mediated here; see where else to go."),
    "mediation.consented": _("A party agreed to mediation %(number)s."),
    "mediation.mediator_appointed": _("A mediator was appointed in %(number)s."),
    "mediation.appointed_you": _("You were appointed mediator in %(number)s."),
    "mediation.mediator_wanted": _("Mediation %(number)s needs another mediator."),
    "mediation.session_planned": _("A session was planned in mediation %(number)s."),
    "mediation.session_cancelled": _("A session of mediation %(number)s was cancelled."),
    "mediation.agreement_drafted": _("The agreement in %(number)s is ready to be signed."),
    "mediation.signed": _("A party signed the agreement in %(number)s."),
    "mediation.agreement_in_force": _(
        "The agreement in %(number)s is in force. Both parties may ask the court to confirm it "
        "within 30 days."
    ),
    "mediation.confirmation_recorded": _("The court ruled on the agreement in %(number)s."),
    "mediation.agreement_breached": _(
        "The agreement in %(number)s was not kept; see what is open."
    ),
    "mediation.agreement_performed": _("The agreement in %(number)s is performed."),
    "mediation.failed": _("Mediation %(number)s ended without agreement; see where else to go."),
    "mediation.risk_reported": _("A danger of escalation was reported in %(number)s."),
    "mediation.settle": _("%(number)s: %(left)s days are left to reach an agreement."),
    "mediation.settle.over": _("%(number)s: the time aimed at for an agreement is over."),
    "mediation.labour.over": _(
        "%(number)s: no agreement within 15 days; each party may now apply for labour arbitration."
    ),
    "mediation.confirm": _("%(number)s: %(left)s days are left to ask for judicial confirmation."),
    "mediation.confirm.over": _("%(number)s: the 30 days for judicial confirmation are over."),
    "mediation.perform": _("%(number)s: a term of the agreement is due in %(left)s days."),
    "mediation.perform.over": _("%(number)s: a term of the agreement is overdue."),
    "mediation.limitation": _(
        "%(number)s: the claim may lapse in %(left)s days; see where else to go."
    ),
    "mediation.limitation.over": _("%(number)s: the claim may have lapsed; take legal advice."),
}
TOPICS: dict[str, Promise | str] = {
    "mediation.opened": _("Dispute registered"),
    "mediation.consented": _("Party agreed to mediation"),
    "mediation.refused": _("Party refused mediation"),
    "mediation.declined": _("Dispute not mediated"),
    "mediation.mediator_appointed": _("Mediator appointed"),
    "mediation.mediator_recused": _("Mediator stood back"),
    "mediation.another_mediator_asked": _("Another mediator asked for"),
    "mediation.mediator_listed": _("Mediator put on the roster"),
    "mediation.mediator_unlisted": _("Mediator taken off the roster"),
    "mediation.session_planned": _("Session of mediation planned"),
    "mediation.session_held": _("Session of mediation held"),
    "mediation.session_cancelled": _("Session of mediation cancelled"),
    "mediation.agreement_drafted": _("Agreement written"),
    "mediation.redrafted": _("Agreement taken back to talks"),
    "mediation.signed": _("Agreement signed by a party"),
    "mediation.agreement_in_force": _("Agreement in force"),
    "mediation.confirmation_asked": _("Judicial confirmation asked for"),
    "mediation.confirmation_recorded": _("Court ruling recorded"),
    "mediation.talks_reopened": _("Mediation taken up again"),
    "mediation.term_performed": _("Term performed"),
    "mediation.agreement_breached": _("Term not kept"),
    "mediation.agreement_performed": _("Agreement performed"),
    "mediation.stopped_by_party": _("Mediation ended by a party"),
    "mediation.failed": _("Mediation without agreement"),
    "mediation.risk_reported": _("Danger of escalation reported"),
    "mediation.revisited": _("Follow-up visit recorded"),
    "mediation.archived": _("Mediation put on file"),
    "mediation.words_erased": _("Personal data of a mediation erased"),
    "mediation.reminded": _("Parties reminded"),
    "mediation.deadline_derived": _("Deadline of a mediation derived again"),
}
