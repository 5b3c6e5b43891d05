"""What the ways by which calls come in and go out need of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Unpack

from django.utils.functional import Promise

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.calls import operations, queries
from qiying.slices.calls.models import CHANNEL_LABELS, Call
from qiying.slices.calls.operations import CallValues
from qiying.slices.calls.public._cards import CallCard, as_card
from qiying.slices.calls.queries import channels
from qiying.slices.calls.queries.channels import ChannelCount

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class CallFile:
    """What a call says and what it was answered, for whoever hands it on. Words can be erased."""

    card: CallCard
    text: str
    channel: str
    urgency: str
    is_proactive: bool
    longitude: float | None
    latitude: float | None
    address: str
    contact_name: str
    contact_phone: str
    due_at: datetime
    raised_by_key_id: int | None
    current_round: int
    answer: str
    """The last answer that passed review, "" before there is one."""
    answer_result: str
    answer_round: int
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class LikeCard:
    """An earlier call that may be the same problem, with what is alike."""

    card: CallCard
    channel: str
    shared: tuple[str, ...]
    metres: int | None
    days: int
    is_same_firm: bool
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """An update of a request as another system sent it (``servicerequestupdates``)."""

    number: str
    update_id: str
    status: str
    text: str
    at: datetime
    name: str = ""


def words(actor: Actor, note_id: int) -> str:
    """The words of a note that this actor may read; "" when there is none."""
    with tenancy.reading(actor):
        note = queries.find_note(actor, note_id)
    return note.text if note is not None else ""


def channel_labels() -> Mapping[str, Promise | str]:
    """Names of the channels, by code."""
    return CHANNEL_LABELS


def readable(actor: Actor) -> "QuerySet[Call, Any]":
    """The ids of the calls that this actor may see, to filter by in a query."""
    return channels.visible_ids(actor)


def file_of(actor: Actor, call_id: int) -> CallFile:
    """Everything that is handed on of a visible call; NotFound otherwise."""
    with tenancy.reading(actor):
        call = queries.get_call(actor, call_id)
        answer = channels.last_answer(actor, call)
    return CallFile(
        as_card(call),
        call.text,
        call.channel,
        call.urgency,
        call.is_proactive,
        call.longitude,
        call.latitude,
        call.address,
        call.contact_name,
        call.contact_phone,
        call.due_at,
        call.raised_by_key_id,
        call.current_round,
        answer.text,
        answer.result,
        answer.round,
        answer.at,
    )


def receive(
    actor: Actor, *, title: str, text: str, now: datetime, **given: Unpack[CallValues]
) -> CallCard:
    """Take a call in; see ``operations.receive``."""
    return as_card(operations.receive(actor, title=title, text=text, now=now, **given))


def take(actor: Actor, call_id: int, step: str, *, now: datetime, **inputs: Any) -> CallCard:
    """Take a step on a call by its name; see ``operations.take``."""
    return as_card(operations.take(actor, call_id, step, now=now, **inputs))


def like(
    actor: Actor,
    text: str,
    *,
    at: datetime,
    place: tuple[float | None, float | None] = (None, None),
    enterprise_id: int | None = None,
    call_id: int | None = None,
    limit: int = 5,
) -> list[LikeCard]:
    """Visible calls that may be the same problem as some words, the likest first."""
    near = queries.Near(text, at, *place, enterprise_id, call_id)
    with tenancy.reading(actor):
        found = queries.like_calls(actor, near, limit=limit)
    return [
        LikeCard(
            as_card(row.call),
            row.call.channel,
            row.like.shared,
            None if row.like.metres is None else round(row.like.metres),
            round(row.like.days),
            row.like.is_same_firm,
            row.call.received_at,
        )
        for row in found
    ]


def open_of_firm(actor: Actor, enterprise_id: int, *, limit: int) -> list[CallCard]:
    """The newest open calls of a firm, as far as they are visible."""
    with tenancy.reading(actor):
        return [as_card(row) for row in channels.open_of_firm(actor, enterprise_id)[:limit]]


def by_channel(actor: Actor, start: datetime, end: datetime) -> list[ChannelCount]:
    """How many visible calls came in by each channel, and how many of them the zone found."""
    with tenancy.reading(actor):
        return channels.count_by_channel(actor, start, end)


def list_of_channel(
    actor: Actor, start: datetime, end: datetime, *, channel: str, is_found: bool, cursor: str
) -> tuple[list[tuple[CallCard, str]], paging.Page[Call]]:
    """One page of the calls behind a count, each with its firm's name."""
    rows = channels.list_of_channel(actor, start, end, channel=channel, is_found=is_found)
    page = paging.paginate(rows, order=queries.ORDER, cursor=cursor)
    return [(as_card(row), str(row.enterprise or "")) for row in page.rows], page


_taker: list[Callable[[Actor, Said], str]] = []


def take_updates_with(function: Callable[[Actor, Said], str]) -> None:
    """Say who keeps what other systems tell of calls; called once, at start-up."""
    _taker[:] = [function]


def taken_update(actor: Actor, said: Said) -> str:
    """Hand an update on; the id under which it is kept."""
    if not _taker:
        raise NotFound("not_found")
    return _taker[0](actor, said)
