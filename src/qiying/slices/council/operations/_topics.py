"""What the steps of topics and meetings write."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from qiying.kernel import events, numbering
from qiying.kernel.errors import Denied, Invalid
from qiying.kernel.words import clean
from qiying.slices.council import queries
from qiying.slices.council.models import Invitation, Member, Opinion, Suggestion, Support, Topic
from qiying.slices.council.operations._move import Move
from qiying.slices.council.rules import (
    Decline,
    MemberKind,
    Position,
    Route,
    SuggestionKind,
    TopicState,
)

KIND_OF: Mapping[str, str] = {
    MemberKind.NPC: SuggestionKind.NPC,
    MemberKind.CPPCC: SuggestionKind.CPPCC,
    MemberKind.FIRM: SuggestionKind.ZONE,
}
"""What a suggestion is in law depends on who makes it."""


def choose(value: Any, known: Iterable[str], field: str) -> str:
    """A code that exists."""
    if value not in set(known):
        raise Invalid("input.invalid", {field: "input.choice"})
    return str(value)


def ids_of(value: Any, field: str) -> list[int]:
    if not isinstance(value, list | tuple) or not all(isinstance(v, int) for v in value):
        raise Invalid("input.invalid", {field: "input.choice"})
    return sorted(set(value))


# --- topics ---


def _support(move: Move) -> None:
    me = move.docket.me
    if me is None:
        raise Denied("council.capacity")
    Support.objects.create(topic=move.record, member=me, at=move.now, **move.tenant)
    move.tell(member=me.pk)


def _list(move: Move) -> None:
    move.set(screening=move.text(is_needed=False))


def _decline(move: Move) -> None:
    reason = choose(move.inputs["decline_reason"], Decline, "decline_reason")
    move.set(decline_reason=reason, screening=move.text())
    move.tell(reason=reason)


def _withdraw(move: Move) -> None:
    move.set(screening=move.text(is_needed=False))


def _schedule(move: Move) -> None:
    move.set(meeting_id=move.inputs["meeting_id"])
    move.tell(meeting=move.inputs["meeting_id"])


def _recuse(move: Move) -> None:
    _say(move, move.docket.me.pk if move.docket.me else 0, Position.RECUSED)


def _speak(move: Move) -> None:
    said = [p for p in Position if p != Position.RECUSED]
    position = choose(move.inputs["position"], said, "position")
    _say(move, queries.speaker(move.docket, move.inputs) or 0, position)


def _say(move: Move, member_id: int, position: str) -> None:
    Opinion.objects.create(
        topic=move.record,
        member_id=member_id,
        position=position,
        text=move.text(is_needed=position != Position.RECUSED),
        at=move.now,
        **move.tenant,
    )
    move.tell(member=member_id, position=str(position))


def _record(move: Move) -> None:
    move.set(minutes=move.text())
    counts = {p.value: 0 for p in Position}
    for opinion in move.docket.opinions:
        counts[opinion.position] += 1
    move.tell(advice=counts)


def _route(move: Move) -> None:
    """Pass the topic on; a formal suggestion is made in a deputy's name."""
    route = choose(move.inputs["route"], Route, "route")
    move.set(route=route, route_reason=move.text())
    move.tell(route=route)
    if route == Route.SUGGESTION:
        row = _draft(move, _suggester(move))
        move.tell(suggestion=row.pk)


def _suggester(move: Move) -> Member:
    member_id = move.inputs.get("member_id") or move.record.proposer_id
    on = move.today
    known = {m.pk: m for m in queries.members(move.actor, on=on)}
    if member_id not in known:
        raise Invalid("input.invalid", {"member_id": "council.needs_proposer"})
    return known[member_id]


def _draft(move: Move, proposer: Member) -> Suggestion:
    topic: Topic = move.record
    row = Suggestion.objects.create(
        number=numbering.next_number(move.actor, "JY", now=move.now),
        topic=topic,
        kind=KIND_OF[proposer.kind],
        title=topic.title,
        text=topic.route_reason,
        proposer=proposer,
        drafted_at=move.now,
        reminded_until=move.now,
        **move.tenant,
    )
    events.record(
        "council.suggestion_drafted",
        subject=row,
        actor=move.actor,
        now=move.now,
        about=topic.pk,
        kind=row.kind,
    )
    return row


def _close(move: Move) -> None:
    move.set(outcome=move.text())


# --- meetings ---


def _invite(move: Move) -> None:
    wanted = ids_of(move.inputs["members"], "members")
    known = {m.pk for m in queries.members(move.actor, on=queries.today(move.record.at))}
    if not set(wanted) <= known:
        raise Invalid("input.invalid", {"members": "input.choice"})
    invited = {i.member_id for i in move.docket.invitations}
    Invitation.objects.bulk_create(
        Invitation(meeting=move.record, member_id=m, **move.tenant)
        for m in wanted
        if m not in invited
    )
    move.tell(members=wanted)


def _notice(move: Move) -> None:
    move.set(noticed_at=move.now)


def _put_off(move: Move) -> None:
    """Another time; members get notice anew."""
    move.set(at=future(move.inputs["at"], move.now), noticed_at=None)
    if move.inputs.get("place"):
        move.set(place=clean(move.inputs["place"], field="place", limit=100))


def future(at: Any, now: datetime) -> datetime:
    """A moment that lies ahead."""
    if not isinstance(at, datetime) or at <= now:
        raise Invalid("input.invalid", {"at": "council.past"})
    return at


def _hold(move: Move) -> None:
    present = ids_of(move.inputs["present"], "present")
    rows = Invitation.objects.filter(meeting=move.record, member_id__in=present, **move.tenant)
    rows.update(is_present=True)
    move.set(held_at=move.now)
    move.tell(present=len(present), invited=len(move.docket.invitations))


def _publish(move: Move) -> None:
    move.set(minutes=move.text(), published_at=move.now)


def _cancel(move: Move) -> None:
    """The topics go back on the list."""
    move.set(minutes=move.text())
    rows = Topic.objects.filter(meeting=move.record, state=TopicState.SCHEDULED, **move.tenant)
    rows.update(state=TopicState.LISTED, meeting=None)


TOPIC_STEPS: Mapping[str, Callable[[Move], None]] = {
    "support": _support,
    "list": _list,
    "decline": _decline,
    "withdraw": _withdraw,
    "schedule": _schedule,
    "recuse": _recuse,
    "speak": _speak,
    "record": _record,
    "route": _route,
    "close": _close,
}
MEETING_STEPS: Mapping[str, Callable[[Move], None]] = {
    "invite": _invite,
    "notice": _notice,
    "put_off": _put_off,
    "hold": _hold,
    "publish": _publish,
    "cancel": _cancel,
}
