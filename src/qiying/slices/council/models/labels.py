"""Words and tones for the codes of this slice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.council.rules import (
    AnswerClass,
    Decline,
    MeetingState,
    MemberKind,
    Position,
    Route,
    Satisfaction,
    Source,
    SuggestionKind,
    SuggestionState,
    TopicState,
)

Words = Mapping[str, Promise | str]
MEMBERS: Words = {
    MemberKind.NPC: _("deputy to the people's congress"),
    MemberKind.CPPCC: _("CPPCC member"),
    MemberKind.FIRM: _("representative of firms"),
}
SOURCES: Words = {
    Source.MEMBER: _("raised by a member"),
    Source.CALL: _("from calls of firms"),
    Source.CLASS_ISSUE: _("from a class issue"),
    Source.GRID: _("found in the grid"),
}
TOPICS: Words = {
    TopicState.PROPOSED: _("topic to be screened"),
    TopicState.DECLINED: _("not a topic for the council"),
    TopicState.WITHDRAWN: _("withdrawn by the proposer"),
    TopicState.LISTED: _("on the list of topics"),
    TopicState.SCHEDULED: _("on the agenda"),
    TopicState.DELIBERATED: _("talked over"),
    TopicState.ROUTED: _("passed on"),
    TopicState.CLOSED: _("topic closed"),
}
TOPIC_TONES: Mapping[str, str] = {
    TopicState.PROPOSED: "new",
    TopicState.DECLINED: "paused",
    TopicState.WITHDRAWN: "paused",
    TopicState.LISTED: "sent",
    TopicState.SCHEDULED: "way",
    TopicState.DELIBERATED: "check",
    TopicState.ROUTED: "fix",
    TopicState.CLOSED: "done",
}
MEETINGS: Words = {
    MeetingState.PLANNED: _("meeting in preparation"),
    MeetingState.NOTICED: _("notice given"),
    MeetingState.HELD: _("meeting held"),
    MeetingState.PUBLISHED: _("minutes published"),
    MeetingState.CANCELLED: _("meeting cancelled"),
}
MEETING_TONES: Mapping[str, str] = {
    MeetingState.PLANNED: "new",
    MeetingState.NOTICED: "sent",
    MeetingState.HELD: "check",
    MeetingState.PUBLISHED: "done",
    MeetingState.CANCELLED: "paused",
}
SUGGESTIONS: Words = {
    SuggestionState.DRAFTED: _("suggestion to be handed over"),
    SuggestionState.HANDED: _("handed over, to be signed for"),
    SuggestionState.WORKING: _("being handled"),
    SuggestionState.RETURNED: _("sent back, another unit is sought"),
    SuggestionState.ANSWERED: _("answered, the deputy judges"),
    SuggestionState.REDO: _("to be answered again"),
    SuggestionState.CONCLUDED: _("handling concluded"),
    SuggestionState.PUBLISHED: _("handling published"),
}
SUGGESTION_TONES: Mapping[str, str] = {
    SuggestionState.DRAFTED: "new",
    SuggestionState.HANDED: "sent",
    SuggestionState.WORKING: "way",
    SuggestionState.RETURNED: "check",
    SuggestionState.ANSWERED: "check",
    SuggestionState.REDO: "fix",
    SuggestionState.CONCLUDED: "done",
    SuggestionState.PUBLISHED: "done",
}
KINDS: Words = {
    SuggestionKind.NPC: _("deputies' suggestion"),
    SuggestionKind.CPPCC: _("CPPCC proposal"),
    SuggestionKind.ZONE: _("opinion of firms"),
}
ROUTES: Words = {
    Route.SUGGESTION: _("formal suggestion, answered within the time set by law"),
    Route.TICKET: _("call of a firm, handled as such"),
    Route.POLICY: _("proposal for policy, subject to fair-competition review"),
    Route.NO_ACTION: _("no action, with the reason"),
}
POSITIONS: Words = {
    Position.SUPPORT: _("in favour"),
    Position.RESERVE: _("with reservations"),
    Position.AGAINST: _("not in favour"),
    Position.ABSTAIN: _("abstains"),
    Position.RECUSED: _("stands back, own interest"),
}
DECLINES: Words = {
    Decline.OUTSIDE: _("outside the zone"),
    Decline.PRIVATE: _("a member's or relative's own affair"),
    Decline.IN_PROCEDURE: _("in litigation, arbitration or petition"),
    Decline.TENDER: _("a tender under way"),
    Decline.VAGUE: _("without concrete content"),
    Decline.PROMOTION: _("academic or product promotion"),
}
CLASSES: Words = {
    AnswerClass.SOLVED: _("A: solved or basically solved"),
    AnswerClass.UNDER_WAY: _("B: being solved"),
    AnswerClass.PLANNED: _("C: planned, to be solved step by step"),
    AnswerClass.EXPLAINED: _("D: cannot be solved now, explained"),
}
SATISFACTIONS: Words = {
    Satisfaction.SATISFIED: _("satisfied with the answer"),
    Satisfaction.BASICALLY: _("basically satisfied"),
    Satisfaction.DISSATISFIED: _("not satisfied with the answer"),
}
STEPS: Mapping[tuple[str, str], Promise | str] = {
    ("topic", "support"): _("Support the topic"),
    ("topic", "list"): _("Put on the list of topics"),
    ("topic", "decline"): _("Not a topic"),
    ("topic", "withdraw"): _("Withdraw the topic"),
    ("topic", "schedule"): _("Put on an agenda"),
    ("topic", "recuse"): _("Stand back from this topic"),
    ("topic", "speak"): _("Record what a member says"),
    ("topic", "record"): _("Record the deliberation"),
    ("topic", "route"): _("Pass on"),
    ("topic", "close"): _("Close the topic"),
    ("meeting", "invite"): _("Invite members"),
    ("meeting", "notice"): _("Give notice"),
    ("meeting", "put_off"): _("Put off"),
    ("meeting", "hold"): _("Record who came"),
    ("meeting", "publish"): _("Publish the minutes"),
    ("meeting", "cancel"): _("Cancel the meeting"),
    ("suggestion", "amend"): _("Change the wording"),
    ("suggestion", "hand"): _("Hand over to a unit"),
    ("suggestion", "sign"): _("Sign for it"),
    ("suggestion", "send_back"): _("Not our duty, send back"),
    ("suggestion", "extend"): _("Complex: six months"),
    ("suggestion", "talk"): _("Record a talk with the deputy"),
    ("suggestion", "co_answer"): _("Opinion as co-handler"),
    ("suggestion", "answer"): _("Answer the suggestion"),
    ("suggestion", "accept"): _("Judge the answer"),
    ("suggestion", "reject"): _("Not satisfied, answer again"),
    ("suggestion", "answer_again"): _("Answer once more"),
    ("suggestion", "follow_up"): _("Report progress"),
    ("suggestion", "publish"): _("Publish the handling"),
}
DANGEROUS = frozenset(
    {
        ("topic", "decline"),
        ("topic", "withdraw"),
        ("topic", "recuse"),
        ("meeting", "cancel"),
        ("suggestion", "send_back"),
        ("suggestion", "reject"),
    }
)
ASIDE = frozenset({"extend", "amend", "put_off", "recuse", "withdraw", "decline", "cancel"})
"""Steps that do not stand open on the page, even when nothing else can be done."""
LEGAL: Words = {
    "decides_nothing": _(
        "Deputies on inspection or research may suggest and criticise; they do not handle "
        "problems directly. No statute gives a council in a zone power to decide."
    ),
    "may_suggest": _("Deputies may make suggestions between sessions; they must be concrete."),
    "answer_in_time": _("A suggestion is answered within %(months)d months of being handed over."),
    "answer_complex": _(
        "One that touches much or is hard to settle is answered within %(months)d months."
    ),
    "talk_with_deputy": _("The handling unit talks with the deputy and hears the opinion fully."),
    "made_public": _("The report on how suggestions were handled is made public."),
    "key_suggestions": _("Chairpersons may fix key suggestions to be followed closely."),
    "no_interference": _(
        "Deputies may not use their office to interfere in cases or tenders or for own gain."
    ),
    "no_topic": _(
        "Own affairs, letters passed on, promotion, empty wishes, pending cases and tenders are "
        "no suggestions."
    ),
    "acknowledged": _("Receipt is told to the deputy within %(days)d days."),
    "wrong_addressee": _(
        "A unit that is not responsible returns it within %(days)d days, with the reason."
    ),
    "co_handlers": _("Co-handlers give the lead their opinion within %(months)d months."),
    "extension": _(
        "With the organiser's consent a complex one may be answered within %(months)d months."
    ),
    "opinion_form": _("The deputy is asked to judge how it was handled."),
    "answered_again": _(
        "When the deputy is not satisfied, a new answer comes in %(months)d month."
    ),
    "followed_up": _("What is being solved or planned is followed up and answered again."),
    "assembly": _(
        "The sub-district assembly recommends, talks over and forwards opinions; at least one "
        "meeting a year. A zone follows it by analogy."
    ),
    "cppcc_time": _("A CPPCC proposal is usually answered within %(months)d months."),
    "zone_time": _("Other opinions are answered within %(months)d month."),
    "answer_classes": _("Answers are sorted A to D by how far they solve the matter."),
    "notice": _("Members get notice at least %(days)d days before a meeting."),
    "quorum": _("At least half of the members invited must come."),
}


def choices(words: Words) -> list[tuple[str, Any]]:
    return [(str(code), label) for code, label in words.items()]


def codes(values: Iterable[str]) -> list[str]:
    return sorted(str(v) for v in values)
