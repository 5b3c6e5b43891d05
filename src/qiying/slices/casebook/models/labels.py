"""Words and tones for the codes of this slice."""

from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.casebook import rules

Words = dict[str, Promise | str]

CASE_LABELS: Words = {
    rules.CaseState.DRAFT: _("being written"),
    rules.CaseState.REVIEW: _("under review"),
    rules.CaseState.ACCEPTED: _("accepted, to be published"),
    rules.CaseState.DECLINED: _("not accepted as a case"),
    rules.CaseState.PUBLISHED: _("published"),
    rules.CaseState.WITHDRAWN: _("taken from the library"),
    rules.CaseState.DROPPED: _("nomination dropped"),
}
CASE_TONES: dict[str, str] = {
    rules.CaseState.DRAFT: "new",
    rules.CaseState.REVIEW: "check",
    rules.CaseState.ACCEPTED: "way",
    rules.CaseState.DECLINED: "paused",
    rules.CaseState.PUBLISHED: "done",
    rules.CaseState.WITHDRAWN: "paused",
    rules.CaseState.DROPPED: "paused",
}
SELECTION_LABELS: Words = {
    rules.SelectionState.DRAFT: _("being prepared"),
    rules.SelectionState.OPEN: _("open for entries"),
    rules.SelectionState.CHECKING: _("entries being checked"),
    rules.SelectionState.REVIEWING: _("being judged"),
    rules.SelectionState.RANKED: _("ranked, to be decided"),
    rules.SelectionState.SHORTLISTED: _("shortlist decided"),
    rules.SelectionState.PUBLICITY: _("in the publicity period"),
    rules.SelectionState.FINAL: _("final list published"),
    rules.SelectionState.CANCELLED: _("selection cancelled"),
}
SELECTION_TONES: dict[str, str] = {
    rules.SelectionState.DRAFT: "new",
    rules.SelectionState.OPEN: "sent",
    rules.SelectionState.CHECKING: "way",
    rules.SelectionState.REVIEWING: "check",
    rules.SelectionState.RANKED: "check",
    rules.SelectionState.SHORTLISTED: "way",
    rules.SelectionState.PUBLICITY: "listed",
    rules.SelectionState.FINAL: "done",
    rules.SelectionState.CANCELLED: "paused",
}
ENTRY_LABELS: Words = {
    rules.EntryState.SUBMITTED: _("handed in, to be checked"),
    rules.EntryState.RETURNED: _("given back for completion"),
    rules.EntryState.COMPLETE: _("complete"),
    rules.EntryState.WITHDRAWN: _("withdrawn by the entrant"),
    rules.EntryState.EXCLUDED: _("excluded after an objection"),
}
ENTRY_TONES: dict[str, str] = {
    rules.EntryState.SUBMITTED: "new",
    rules.EntryState.RETURNED: "fix",
    rules.EntryState.COMPLETE: "done",
    rules.EntryState.WITHDRAWN: "paused",
    rules.EntryState.EXCLUDED: "over",
}
OBJECTION_LABELS: Words = {
    rules.ObjectionState.OPEN: _("to be settled"),
    rules.ObjectionState.UPHELD: _("upheld"),
    rules.ObjectionState.DISMISSED: _("dismissed"),
}
OBJECTION_TONES: dict[str, str] = {
    rules.ObjectionState.OPEN: "check",
    rules.ObjectionState.UPHELD: "over",
    rules.ObjectionState.DISMISSED: "done",
}
LEVEL_LABELS: Words = {
    rules.Level.COUNTY: _("county-level unit"),
    rules.Level.ZONE: _("development zone"),
    rules.Level.UNIT: _("grass-roots unit"),
}
FINDING_LABELS: Words = {
    rules.Finding.OWN_FIRM: _("Name of the firm that called"),
    rules.Finding.FIRM: _("Name of a firm"),
    rules.Finding.PERSON: _("Name of a person or of the entrant"),
    rules.Finding.CREDIT_CODE: _("Credit code"),
    rules.Finding.ID_NUMBER: _("Identity number"),
    rules.Finding.PHONE: _("Telephone number"),
    rules.Finding.EMAIL: _("E-mail address"),
    rules.Finding.ACCOUNT: _("Account number"),
    rules.Finding.PLATE: _("Vehicle plate"),
    rules.Finding.ADDRESS: _("Address"),
    rules.Finding.AMOUNT: _("Exact amount"),
    rules.Finding.NUMBER: _("Number of a record"),
    rules.Finding.FIGURE: _("Figure without proof"),
}
SUGGESTIONS: Words = {
    rules.Finding.OWN_FIRM: _("Write “a paper-making firm of the zone” or the like."),
    rules.Finding.FIRM: _("Write the trade instead of the name."),
    rules.Finding.PERSON: _("Write the post instead: “the grid officer”, “the entrant”."),
    rules.Finding.CREDIT_CODE: _("Take it out."),
    rules.Finding.ID_NUMBER: _("Take it out."),
    rules.Finding.PHONE: _("Take it out; the zone's own hotline stands on the page."),
    rules.Finding.EMAIL: _("Take it out."),
    rules.Finding.ACCOUNT: _("Take it out."),
    rules.Finding.PLATE: _("Write “a lorry” or the like."),
    rules.Finding.ADDRESS: _("Write “in the east of the zone” or the like."),
    rules.Finding.AMOUNT: _("Round it: “some 1.2 million yuan”."),
    rules.Finding.NUMBER: _("Take it out; the card of the call stands beside the text."),
    rules.Finding.FIGURE: _(
        "Name the record, report or measurement that proves it (Statistics Law, art. 12), or take it out."
    ),
}
PART_LABELS: dict[str, Any] = {
    "title": _("Title"),
    "background": _("Background"),
    "difficulty": _("Difficulty"),
    "practice": _("Practice"),
    "effect": _("Effects"),
    "replicable": _("What others can copy"),
}
CASE_STEPS: Words = {
    "write": _("Write on"),
    "submit": _("Send to review"),
    "assign": _("Name a reviewer"),
    "review": _("Judge"),
    "send_back": _("Send back for rewriting"),
    "accept": _("Accept the case"),
    "decline": _("Decline the case"),
    "publish": _("Publish"),
    "revise": _("Begin a new version"),
    "drop": _("Drop the nomination"),
    "withdraw": _("Take from the library"),
}
SELECTION_STEPS: Words = {
    "announce": _("Announce the call for cases"),
    "close": _("Close entries"),
    "deal": _("Deal the entries out"),
    "third": _("Ask third reviewers"),
    "rank": _("Make the ranking"),
    "publicise": _("Begin the publicity period"),
    "conclude": _("Publish the final list"),
    "cancel": _("Cancel the selection"),
}
OUTCOME_LABELS: Words = {
    "yes": _("solved, the firm confirms"),
    "partly": _("partly solved, the firm says"),
    "no": _("not solved, the firm says"),
}


class CitedIn(models.TextChoices):
    ANSWER = "answer", _("answer to a firm")
    MEASURE = "measure", _("measure of a class issue")


class TieRule(models.TextChoices):
    COMPETITION = "competition", _("1, 2, 2, 4: places are left out after equals")
    DENSE = "dense", _("1, 2, 2, 3: no place is left out")


def choices(words: Words) -> list[tuple[str, Promise | str]]:
    return [(str(code), word) for code, word in words.items()]


def codes(states: object) -> list[str]:
    return sorted(str(s) for s in states)  # type: ignore[attr-defined]
