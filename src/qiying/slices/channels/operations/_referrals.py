"""Deputies, the consultative conference and leaders hand something over, and are owed a reply."""

from datetime import date, datetime, time
from typing import Any, Unpack
from uuid import UUID
from zoneinfo import ZoneInfo

from qiying.kernel import events
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.law import months_after
from qiying.kernel.tenancy import operation
from qiying.slices.calls import public as calls
from qiying.slices.channels import queries
from qiying.slices.channels.models import Referral, Signal
from qiying.slices.channels.operations._shape import begin, chosen, clean, end
from qiying.slices.channels.rules import terms
from qiying.slices.channels.rules.codes import ReferralKind, ReferralState, SignalKind
from qiying.slices.channels.rules.columns import is_of_ours
from qiying.slices.channels.rules.tables import REFERRAL
from qiying.slices.registry import public as registry

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHANNELS = {
    ReferralKind.DEPUTY: calls.Channel.DEPUTIES,
    ReferralKind.PROPOSAL: calls.Channel.DEPUTIES,
    ReferralKind.LEADER: calls.Channel.LEADERS,
}
ANSWERED = frozenset({"callback", "closed", "archived", "declined"})


@operation
def record_referral(
    actor: Actor,
    *,
    kind: str,
    referrer: str,
    text: str,
    now: datetime,
    title: str = "",
    office: str = "",
    reference: str = "",
    referred_on: date | None = None,
    due_on: date | None = None,
    is_complex: bool = False,
    call_id: int | None = None,
    **given: Unpack[calls.CallValues],
) -> Referral:
    """Take in what was referred, or tie it to a call; no date puts off the law's limit."""
    actor.require(Role.DESK)
    code = ReferralKind(chosen(kind, ReferralKind, "kind"))
    start = referred_on or now.astimezone(SHANGHAI).date()
    latest = _latest(actor, code, start, is_complex=is_complex)
    _require_days(code, start, due_on, latest, now.astimezone(SHANGHAI).date())
    number = _reference(actor, code, reference)
    values: Any = {**given, "channel": CHANNELS[code]}
    card = _call(actor, call_id, title, text, now, values)
    row = Referral.objects.create(
        tenant_id=actor.tenant_id,
        call_id=card.id,
        kind=code,
        referrer=clean(referrer, name="referrer", most=64),
        office=clean(office, name="office", is_needed=False, most=120),
        reference=number,
        referred_on=start,
        is_complex=is_complex,
        due_on=due_on or latest,
        recorded_by_id=actor.person_id,
        recorded_at=now,
    )
    events.record("channels.referral_recorded", subject=row, actor=actor, now=now, call=card.id)
    return row


def _call(
    actor: Actor,
    call_id: int | None,
    title: str,
    text: str,
    now: datetime,
    values: dict[str, Any],
) -> calls.CallCard:
    """A new call, or the one that is here already and belongs to no referral."""
    if call_id is None:
        return calls.receive(actor, title=title[:80], text=text, now=now, **values)
    if queries.referral_of_call(system(actor.tenant_id), call_id) is not None:
        raise Refused("channels.referred_already")
    return calls.card(actor, call_id)


def _reference(actor: Actor, kind: str, given: str) -> str:
    """The number of the referrer's paper; each is recorded once."""
    number = clean(given, name="reference", is_needed=False, most=64)
    if number and queries.has_referral(actor, kind, number):
        raise Invalid("input.invalid", {"reference": "channels.reference_taken"})
    return number


def _require_ours(**days: date | None) -> None:
    """Days of the years that people now live in."""
    wrong = {name: "input.date" for name, day in days.items() if day and not is_of_ours(day)}
    if wrong:
        raise Invalid("input.invalid", wrong)


def _require_days(kind: str, start: date, due_on: date | None, latest: date, today: date) -> None:
    """Nothing was referred in the future, and no date is agreed beyond the law's."""
    _require_ours(due_on=due_on)
    if start > today:
        raise Invalid("input.invalid", {"referred_on": "channels.future"})
    if due_on is not None and due_on < start:
        raise Invalid("input.invalid", {"due_on": "channels.before_issue"})
    if kind != ReferralKind.LEADER and due_on is not None and due_on > latest:
        raise Invalid("input.invalid", {"due_on": "channels.after_the_law"})


def _latest(actor: Actor, kind: str, start: date, *, is_complex: bool) -> date:
    _require_ours(referred_on=start)
    months = terms.referral_months(kind, is_complex=is_complex)
    if months is not None:
        return months_after(start, months)
    begun = datetime.combine(start, time(9), SHANGHAI)
    return terms.due(begun, terms.LEADER, registry.calendar(actor)).astimezone(SHANGHAI).date()


@operation
def reply_referral(
    actor: Actor, public_id: UUID, *, text: str, now: datetime, document: str = ""
) -> Referral:
    """Reply to the referrer, after the call was answered (or declined) and reviewed."""
    row = queries.get_referral(actor, public_id, for_update=True)
    state = calls.card(actor, row.call_id).state
    step = begin(actor, REFERRAL, row, "reply", {"call_answered": state in ANSWERED})
    on_time = now.astimezone(SHANGHAI).date() <= row.due_on
    is_first = row.replied_at is None
    end(
        actor,
        row,
        step,
        now=now,
        codes={"on_time": on_time},
        reply=clean(text),
        reply_document=clean(document, name="document", is_needed=False, most=64),
        replied_at=now,
        replied_by_id=actor.person_id,
        is_on_time=on_time if is_first else bool(row.is_on_time and on_time),
    )
    return row


@operation
def referrer_not_content(actor: Actor, public_id: UUID, *, now: datetime) -> Referral:
    """The referrer is not content: a new reply within a month."""
    row = queries.get_referral(actor, public_id, for_update=True)
    step = begin(actor, REFERRAL, row, "not_content", {"asked_once_more": row.redone == 0})
    today = now.astimezone(SHANGHAI).date()
    due_on = months_after(today, terms.REDO_MONTHS)
    end(actor, row, step, now=now, codes={}, due_on=due_on, redone=row.redone + 1)
    return row


@operation
def waive_reply(actor: Actor, public_id: UUID, *, text: str, now: datetime) -> Referral:
    """The leader wants no reply; said by somebody else than whoever recorded it."""
    row = queries.get_referral(actor, public_id, for_update=True)
    is_another = actor.person_id is not None and actor.person_id != row.recorded_by_id
    step = begin(
        actor,
        REFERRAL,
        row,
        "waive",
        {"not_the_recorder": is_another, "may_be_waived": row.kind == ReferralKind.LEADER},
    )
    values = {"waived_by_id": actor.person_id, "waived_text": clean(text)}
    end(actor, row, step, now=now, codes={}, **values)
    return row


def is_owed(row: Referral) -> bool:
    return row.state in {ReferralState.OWED, ReferralState.REDO}


@operation
def record_signal(
    actor: Actor,
    *,
    kind: str,
    source: str,
    text: str,
    now: datetime,
    title: str = "",
    reference: str = "",
    seen_on: date | None = None,
    call_id: int | None = None,
    **given: Unpack[calls.CallValues],
) -> Signal:
    """主动发现: what data showed becomes a call that we found; a reference counts once."""
    actor.require(Role.DESK, Role.GRID_OFFICER, Role.MACHINE)
    code = chosen(kind, SignalKind, "kind")
    number = clean(reference, name="reference", is_needed=False, most=64)
    known = queries.find_signal(actor, code, number) if number else None
    if known is not None:
        return known
    _require_ours(seen_on=seen_on)
    today = now.astimezone(SHANGHAI).date()
    if seen_on is not None and seen_on > today:
        raise Invalid("input.invalid", {"seen_on": "channels.future"})
    channel = calls.Channel.ON_BEHALF if actor.key_id is None else calls.Channel.API
    values: Any = {**given, "channel": channel, "is_found": True}
    card = _found(actor, call_id, title, text, now, values)
    row = Signal.objects.create(
        tenant_id=actor.tenant_id,
        call_id=card.id,
        kind=code,
        source=clean(source, name="source", most=120),
        reference=number,
        seen_on=seen_on or today,
        recorded_by_id=actor.person_id,
        recorded_at=now,
    )
    events.record("channels.signal_recorded", subject=row, actor=actor, now=now, call=card.id)
    return row


def _found(
    actor: Actor,
    call_id: int | None,
    title: str,
    text: str,
    now: datetime,
    values: dict[str, Any],
) -> calls.CallCard:
    """A new call that we found, or the one that a visit made after the signal."""
    if call_id is None:
        return calls.receive(actor, title=title[:80], text=text, now=now, **values)
    file = calls.file_of(actor, call_id)
    if not file.is_proactive or queries.signal_of_call(system(actor.tenant_id), call_id):
        raise Refused("channels.not_found_by_us")
    return file.card
