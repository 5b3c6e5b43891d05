"""The conditions of the tables: the code of a refusal, or "" when a condition holds.

Asked with the inputs of a step by the operation, with ``None`` by the page.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from qiying.slices.council import rules
from qiying.slices.council.queries._docket import Docket
from qiying.slices.council.queries._records import meetings_in_preparation, today
from qiying.slices.council.rules import (
    EXTENDABLE,
    NOTICE_DAYS,
    AnswerClass,
    Capacity,
    MeetingState,
    Route,
    Satisfaction,
    SuggestionState,
    TopicState,
)

Inputs = Mapping[str, Any] | None
Guard = Callable[[Docket, Inputs], str]
SCREENS = ("is_in_zone", "is_public_matter", "is_free")


def _not_supported_yet(docket: Docket, _inputs: Inputs) -> str:
    me = docket.me
    is_mine = me is not None and docket.row.proposer_id == me.pk
    has = me is not None and any(s.member_id == me.pk for s in docket.supports)
    return "council.supported" if has or is_mine else ""


def _screened(_docket: Docket, inputs: Inputs) -> str:
    if inputs is None or all(inputs.get(name) for name in SCREENS):
        return ""
    return "council.not_screened"


def _meeting_open(docket: Docket, inputs: Inputs) -> str:
    found = [m.pk for m in meetings_in_preparation(docket.actor)]
    is_there = inputs["meeting_id"] in found if inputs else bool(found)
    return "" if is_there else "council.no_meeting"


def _meeting_held(docket: Docket, _inputs: Inputs) -> str:
    meeting = docket.meeting
    is_held = meeting is not None and meeting.state == MeetingState.HELD
    return "" if is_held else "council.meeting_not_held"


def speakers(docket: Docket) -> list[int]:
    """Members who came, did not stand back and have not spoken."""
    spoken = {o.member_id for o in docket.opinions}
    here = [i.member_id for i in docket.invitations if i.is_present]
    return [m for m in here if m not in spoken]


def speaker(docket: Docket, inputs: Mapping[str, Any]) -> int | None:
    """For whom words are written down: oneself, or by the secretary for the one named."""
    if Capacity.SECRETARY in docket.capacities and inputs.get("member_id"):
        return int(inputs["member_id"])
    return docket.me.pk if docket.me else None


def _may_speak(docket: Docket, inputs: Inputs) -> str:
    found = speakers(docket)
    if inputs is None:
        me = docket.me.pk if docket.me else None
        is_possible = bool(found) if Capacity.SECRETARY in docket.capacities else me in found
        return "" if is_possible else "council.no_speaker"
    return "" if speaker(docket, inputs) in found else "council.no_speaker"


def _not_spoken_yet(docket: Docket, _inputs: Inputs) -> str:
    me = docket.me
    has = me is not None and any(o.member_id == me.pk for o in docket.opinions)
    return "council.spoken" if has else ""


def _followed_through(docket: Docket, _inputs: Inputs) -> str:
    """A topic that became a suggestion is closed when its handling was concluded."""
    if docket.row.route != Route.SUGGESTION:
        return ""
    done = {SuggestionState.CONCLUDED, SuggestionState.PUBLISHED}
    rows = docket.suggestions
    return "" if rows and all(s.state in done for s in rows) else "council.suggestion_open"


def _has_topics(docket: Docket, _inputs: Inputs) -> str:
    return "" if docket.topics else "council.no_topics"


def _has_members(docket: Docket, _inputs: Inputs) -> str:
    return "" if docket.invitations else "council.no_members"


def _days_of_notice(docket: Docket, _inputs: Inputs) -> str:
    first = today(docket.now) + timedelta(days=NOTICE_DAYS)
    return "" if today(docket.row.at) >= first else "council.notice_short"


def _meeting_begun(docket: Docket, _inputs: Inputs) -> str:
    return "" if docket.row.at <= docket.now else "council.not_begun"


def _quorum(docket: Docket, inputs: Inputs) -> str:
    if inputs is None:
        return ""
    invited = {i.member_id for i in docket.invitations}
    came = set(inputs["present"])
    if not came <= invited:
        return "council.not_invited"
    return "" if came and len(came) * 2 >= len(invited) else "council.no_quorum"


def _all_recorded(docket: Docket, _inputs: Inputs) -> str:
    is_open = any(t.state == TopicState.SCHEDULED for t in docket.topics)
    return "council.topics_open" if is_open else ""


def _within_return_days(docket: Docket, _inputs: Inputs) -> str:
    until = docket.row.return_until
    return "" if until is not None and docket.now < until else "council.return_late"


def _extendable(docket: Docket, _inputs: Inputs) -> str:
    row = docket.row
    if row.kind not in EXTENDABLE or row.is_complex:
        return "council.not_extendable"
    return "council.overdue" if row.due_at and docket.now >= row.due_at else ""


def _own_co(docket: Docket) -> list[Any]:
    units = docket.actor.units("handler", "unit_leader")
    return [c for c in docket.co_handlers if c.unit_id in units and c.answered_at is None]


def _co_open(docket: Docket, _inputs: Inputs) -> str:
    return "" if _own_co(docket) else "council.co_answered_already"


def _talked_first(docket: Docket, _inputs: Inputs) -> str:
    is_talked = docket.row.talked_round >= docket.row.round
    return "" if is_talked else "council.talk_first"


def _co_answered(docket: Docket, _inputs: Inputs) -> str:
    is_open = any(c.answered_at is None for c in docket.co_handlers)
    return "council.co_missing" if is_open else ""


def _first_answer(docket: Docket, _inputs: Inputs) -> str:
    return "" if docket.row.round == 1 else "council.answered_twice"


def _final_verdict(docket: Docket, inputs: Inputs) -> str:
    """After the first answer a deputy who is not satisfied asks for another one."""
    is_unhappy = inputs is not None and inputs["satisfaction"] == Satisfaction.DISSATISFIED
    return "council.ask_again" if is_unhappy and docket.row.round == 1 else ""


def _not_solved_yet(docket: Docket, _inputs: Inputs) -> str:
    answer = docket.answer
    open_ = {AnswerClass.UNDER_WAY, AnswerClass.PLANNED}
    return "" if answer is not None and answer.answer_class in open_ else "council.solved"


GUARDS: Mapping[str, Guard] = {
    "not_supported_yet": _not_supported_yet,
    "screened": _screened,
    "meeting_open": _meeting_open,
    "meeting_held": _meeting_held,
    "may_speak": _may_speak,
    "not_spoken_yet": _not_spoken_yet,
    "followed_through": _followed_through,
    "has_topics": _has_topics,
    "has_members": _has_members,
    "days_of_notice": _days_of_notice,
    "meeting_begun": _meeting_begun,
    "quorum": _quorum,
    "all_recorded": _all_recorded,
    "within_return_days": _within_return_days,
    "extendable": _extendable,
    "co_open": _co_open,
    "talked_first": _talked_first,
    "co_answered": _co_answered,
    "first_answer": _first_answer,
    "final_verdict": _final_verdict,
    "not_solved_yet": _not_solved_yet,
}


def own_co(docket: Docket) -> list[Any]:
    """The open parts of the actor's units as co-handlers."""
    return _own_co(docket)


def steps_open(docket: Docket) -> list[str]:
    """The steps that this actor can take now, guards included, in the order of the table."""
    names = rules.open_to(docket.entity, docket.row.state, docket.capacities)
    return [n for n in names if _holds(docket, n)]


def _holds(docket: Docket, name: str) -> bool:
    row = rules.ROWS[docket.entity, name]
    if not row.step.roles & docket.actor.roles:
        return False
    return not any(GUARDS[guard](docket, None) for guard in row.step.guards)
