"""Words and tones for the codes of this slice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.mediation.rules import (
    Confirmation,
    Consent,
    Decline,
    Failure,
    Form,
    Kind,
    Path,
    Recusal,
    SessionState,
    Side,
    State,
    TermState,
    Way,
)

Words = Mapping[str, Promise | str]

KINDS: Words = {
    Kind.CONTRACT: _("contract"),
    Kind.LABOUR: _("labour"),
    Kind.ARREARS: _("payment in arrears"),
    Kind.SUPPLY: _("supply and quality"),
    Kind.LEASE: _("lease of premises"),
    Kind.LAND: _("land and boundary"),
    Kind.NEIGHBOUR: _("nuisance to neighbours"),
    Kind.HARM: _("damage and injury"),
    Kind.OTHER: _("other dispute"),
}
STATES: Words = {
    State.REGISTERED: _("registered, consent asked"),
    State.DECLINED: _("cannot be mediated here"),
    State.MEDIATING: _("in mediation"),
    State.REAPPOINTING: _("needs another mediator"),
    State.DRAFTED: _("agreement to be signed"),
    State.EFFECTIVE: _("agreement in force"),
    State.BREACHED: _("agreement not kept"),
    State.PERFORMED: _("agreement performed"),
    State.FAILED: _("ended without agreement"),
    State.ARCHIVED: _("put on file"),
}
STATE_TONES: Mapping[str, str] = {
    State.REGISTERED: "new",
    State.DECLINED: "paused",
    State.MEDIATING: "way",
    State.REAPPOINTING: "check",
    State.DRAFTED: "sent",
    State.EFFECTIVE: "fix",
    State.BREACHED: "listed",
    State.PERFORMED: "done",
    State.FAILED: "paused",
    State.ARCHIVED: "done",
}
SIDES: Words = {
    Side.APPLICANT: _("applicant"),
    Side.RESPONDENT: _("other side"),
    Side.THIRD: _("third party"),
}
CONSENTS: Words = {
    Consent.ASKED: _("not answered yet"),
    Consent.GIVEN: _("agrees to mediation"),
    Consent.REFUSED: _("refuses mediation"),
}
CONSENT_TONES: Mapping[str, str] = {
    Consent.ASKED: "new",
    Consent.GIVEN: "done",
    Consent.REFUSED: "paused",
}
WAYS: Words = {
    Way.ONLINE: _("confirmed online"),
    Way.SIGNATURE: _("signature"),
    Way.SEAL: _("seal"),
    Way.FINGERPRINT: _("fingerprint"),
    Way.ORAL: _("said in person, recorded"),
}
FORMS: Words = {
    Form.WRITTEN: _("written agreement"),
    Form.ORAL: _("oral agreement, recorded"),
}
SESSION_STATES: Words = {
    SessionState.PLANNED: _("session planned"),
    SessionState.HELD: _("session held"),
    SessionState.CANCELLED: _("session cancelled"),
}
SESSION_TONES: Mapping[str, str] = {
    SessionState.PLANNED: "sent",
    SessionState.HELD: "done",
    SessionState.CANCELLED: "paused",
}
TERM_STATES: Words = {
    TermState.OPEN: _("to be performed"),
    TermState.PERFORMED: _("performed"),
    TermState.BROKEN: _("not kept"),
}
TERM_TONES: Mapping[str, str] = {
    TermState.OPEN: "way",
    TermState.PERFORMED: "done",
    TermState.BROKEN: "listed",
}
CONFIRMATIONS: Words = {
    Confirmation.NOT_ASKED: _("not asked for"),
    Confirmation.ASKED: _("asked for at the court"),
    Confirmation.CONFIRMED: _("confirmed by the court"),
    Confirmation.REFUSED: _("rejected by the court"),
}
DECLINES: Words = {
    Decline.IN_COURT: _("a court deals with it already"),
    Decline.IN_ARBITRATION: _("an arbitration body deals with it already"),
    Decline.CRIMINAL: _("it may be a criminal case"),
    Decline.ADMINISTRATIVE: _("a public authority must decide it"),
    Decline.NOT_OURS: _("it belongs to another mediation body"),
}
RECUSALS: Words = {
    Recusal.RELATIVE: _("close relative of a party"),
    Recusal.INTEREST: _("own interest in the matter"),
    Recusal.RELATION: _("another tie that could bias"),
    Recusal.PARTY_ASKED: _("a party asked for another mediator"),
    Recusal.OTHER: _("other cause, such as illness"),
}
FAILURES: Words = {
    Failure.REFUSED: _("a party refused mediation"),
    Failure.STOPPED: _("a party ended the mediation"),
    Failure.NO_AGREEMENT: _("the parties could not agree"),
}
PATHS: Words = {
    Path.LABOUR_ARBITRATION: _("apply to the labour dispute arbitration commission"),
    Path.ARBITRATION: _("apply for arbitration where the contract agrees on it"),
    Path.LAND_ARBITRATION: _("apply to the rural land contract arbitration commission"),
    Path.COURT: _("bring an action at the people's court"),
    Path.PAYMENT_ORDER: _("apply to the court for a payment order with the agreement"),
    Path.ENFORCEMENT: _("apply to the court for enforcement of the confirmed agreement"),
    Path.ADMINISTRATION: _("turn to the competent authority"),
    Path.POLICE: _("report to the police"),
}
STEPS: Words = {
    "consent": _("Record consent"),
    "refuse": _("Refuse mediation"),
    "decline": _("Cannot be mediated"),
    "appoint": _("Appoint the mediator"),
    "recuse": _("Stand back"),
    "ask_another": _("Ask for another mediator"),
    "plan_session": _("Plan a session"),
    "hold_session": _("Record the session"),
    "cancel_session": _("Cancel the session"),
    "draft": _("Write the agreement"),
    "redraft": _("Back to talks"),
    "sign": _("Sign the agreement"),
    "attest": _("Sign and seal as mediator"),
    "ask_confirmation": _("Judicial confirmation was asked for"),
    "record_confirmation": _("Record the court's ruling"),
    "talk_again": _("Mediate again"),
    "perform": _("A term was performed"),
    "breach": _("A term was not kept"),
    "complete": _("All is performed"),
    "stop": _("End the mediation"),
    "fail": _("No agreement can be reached"),
    "report_risk": _("Report a danger of escalation"),
    "revisit": _("Record the follow-up visit"),
    "archive": _("Put on file"),
    "erase": _("Erase personal data"),
}
DANGEROUS = frozenset({"refuse", "decline", "recuse", "stop", "fail", "breach", "erase"})
"""Steps whose button is outlined and asks first."""
MAIN = frozenset(
    {"consent", "appoint", "plan_session", "hold_session", "draft", "sign", "attest", "complete"}
)
"""Steps on the main line: the first of them stands open on the page."""
LEGAL: Words = {
    "voluntary": _("Parties take part of their own will; no way to court is closed to them."),
    "free": _("Mediation costs nothing."),
    "refusal_ends": _("Where a party plainly refuses, there is no mediation."),
    "mediator_choice": _("The committee appoints mediators; the parties may choose them."),
    "party_rights": _(
        "Parties may choose or accept a mediator, refuse or end mediation, and have it in private."
    ),
    "escalation": _("What may turn violent or criminal is reported to the police at once."),
    "told_path": _("When mediation fails the parties are told how else to claim their rights."),
    "record_kept": _("The mediator keeps a record; the papers go on file."),
    "oral_form": _("Parties may agree orally; the mediator records what was agreed."),
    "written_effect": _(
        "A written agreement takes effect on the day when all parties and the mediator signed "
        "and the committee sealed it."
    ),
    "oral_effect": _("An oral agreement takes effect on the day when the parties agreed."),
    "binding": _("The agreement binds the parties; the committee watches over performance."),
    "dispute_of_agreement": _("A dispute about the agreement may be taken to court."),
    "confirmation": _(
        "Both parties together may ask the court for confirmation within %(days)d days of the day "
        "on which the agreement took effect."
    ),
    "confirmation_court": _(
        "Asked for at the basic court of a party's home, of the object or of the mediation body."
    ),
    "confirmation_effect": _(
        "A confirmed agreement can be enforced; when it is rejected the parties may mediate again "
        "or go to court."
    ),
    "secrecy": _("A mediator must not disclose private matters or trade secrets of a party."),
    "labour_written": _("A labour agreement is put in writing."),
    "labour_fallback": _(
        "Without an agreement within %(days)d days after the application was received, the "
        "parties may apply for arbitration."
    ),
    "labour_breach": _("Where a labour agreement is not kept, the other side may arbitrate."),
    "payment_order": _(
        "For wages, medical costs of injury, compensation or damages a worker may ask the court "
        "for a payment order."
    ),
    "labour_limitation": _(
        "Labour arbitration must be applied for within %(years)d year of knowing of the breach; "
        "arrears of pay do not lapse while employment lasts."
    ),
    "labour_award": _("Labour arbitration ends within %(days)d days, in hard cases 15 more."),
    "general_limitation": _("A civil claim generally lapses after %(years)d years."),
    "general_time": _("We aim to settle other disputes within %(days)d days."),
    "appointed_by_another": _("Nobody appoints himself mediator; parties' people never mediate."),
    "reminders": _(
        "Reminders: 20, 10, 3 and 1 days before the window for confirmation closes, 5 and 1 days "
        "before the limit for an agreement, 3 days before a term is due."
    ),
}


def choices(words: Words) -> list[tuple[str, Any]]:
    return [(str(code), label) for code, label in words.items()]


def codes(values: Iterable[str]) -> list[str]:
    """Plain strings for a constraint, in a stable order."""
    return sorted(str(v) for v in values)
