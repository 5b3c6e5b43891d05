"""A call comes in: who asks, where it is, whose job it is, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from qiying.kernel import events, numbering
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Round, Visit
from qiying.slices.calls.operations._move import attach, clean, step_due
from qiying.slices.calls.operations._rush import rush
from qiying.slices.calls.rules import (
    MAX_TITLE,
    CallState,
    Channel,
    Clock,
    Nature,
    PositionSource,
    Urgency,
)
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

SHANGHAI = ZoneInfo("Asia/Shanghai")
PRIVATE_NATURES = frozenset({Nature.COMPLAINT, Nature.REPORT})
PREFIX = "QY"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the matter is: what was stated goes before a site, a site before the register."""

    longitude: float | None
    latitude: float | None
    accuracy_m: float | None
    source: str
    address: str
    site_id: int | None = None


@operation
def receive(
    actor: Actor,
    *,
    title: str,
    text: str,
    now: datetime,
    enterprise_id: int | None = None,
    matter_code: str = "",
    urgency: str = Urgency.NORMAL,
    channel: str = Channel.ONLINE,
    nature: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    accuracy_m: float | None = None,
    position_source: str = "",
    site_id: int | None = None,
    object_kind: str = "enterprise_premises",
    address: str = "",
    attachments: Sequence[int] = (),
    complained_unit_id: int | None = None,
    contact_name: str = "",
    contact_phone: str = "",
    visit_id: int | None = None,
) -> Call:
    """Take a call in, decide whose job it is when a matter is given, and promise a time.

    Raises
    ------
    Denied
        When the actor may not raise a call for this firm.
    Invalid
        For texts, codes and places that cannot stand.
    NotFound
        For a firm, site, matter or visit that is not there for this actor.
    """
    role = _require_role(actor, enterprise_id)
    title, text = _require_words(title, text)
    _require_codes(urgency, channel, nature)
    firm = registry.enterprise(actor, enterprise_id) if enterprise_id is not None else None
    place = _place(actor, firm, longitude, latitude, accuracy_m, position_source, site_id, address)
    found = decide(
        actor,
        matter_code,
        place,
        firm,
        object_kind=object_kind,
        urgency=urgency,
        complained_unit_id=complained_unit_id,
        now=now,
    )
    matter, ruling = found
    nature = nature or (matter.nature if matter else "")
    rule = rules.answer_rule(
        urgency=urgency,
        nature=nature,
        time_kind=matter.time_kind if matter else "",
        time_amount=matter.time_amount if matter else None,
    )
    term = rules.term(now, rule, registry.calendar(actor))
    number = numbering.next_number(actor, PREFIX, now=now)
    call = Call.objects.create(
        tenant_id=actor.tenant_id,
        number=number,
        enterprise_id=enterprise_id,
        channel=Channel.VISIT if visit_id is not None else channel,
        urgency=urgency,
        nature=nature,
        title=title,
        text=text,
        words=rules.searchable(number, title, text),
        matter_code=matter_code,
        decision_id=ruling.decision_id if ruling else None,
        object_kind=object_kind,
        longitude=place.longitude,
        latitude=place.latitude,
        accuracy_m=place.accuracy_m,
        position_source=place.source,
        site_id=place.site_id,
        address=place.address[:200],
        township_code=firm.township_code if firm else "",
        grid_id=firm.grid_id if firm else None,
        reported_by_id=actor.person_id,
        raised_by_key_id=actor.key_id,
        contact_name=clean(contact_name, name="contact_name", is_needed=False, most=64),
        contact_phone=clean(contact_phone, name="contact_phone", is_needed=False, most=40),
        is_anonymous_machine=role == Role.MACHINE and enterprise_id is None,
        is_public=bool(
            matter
            and matter.is_public
            and complained_unit_id is None
            and nature not in PRIVATE_NATURES
        ),
        is_proactive=visit_id is not None or channel == Channel.VISIT,
        complained_unit_id=complained_unit_id,
        state=CallState.SUBMITTED,
        proposed_unit_id=proposed_unit(ruling, complained_unit_id),
        needs_confirmation=bool(ruling and ruling.needs_confirmation),
        first_receiver_id=_first_receiver(actor, complained_unit_id),
        received_at=now,
        due_at=term.due_at,
        yellow_at=term.yellow_at,
        clock=Clock.ANSWER,
        is_provisional=term.is_provisional,
        step_clock=Clock.ACCEPT,
        step_due_at=step_due(actor, Clock.ACCEPT, urgency, now),
        updated_at=now,
    )
    round_ = Round.objects.create(
        tenant_id=actor.tenant_id,
        call=call,
        number=1,
        started_at=now,
        rule_kind=rule.kind,
        rule_amount=rule.amount,
        due_at=term.due_at,
        yellow_at=term.yellow_at,
        is_provisional=term.is_provisional,
        calendar_version=term.calendar_version,
    )
    attach(actor, attachments, subject=call)
    _link_visit(actor, visit_id, call)
    events.record(
        "calls.received",
        subject=call,
        actor=actor,
        now=now,
        role=role,
        round=1,
        channel=call.channel,
        urgency=urgency,
        matter=matter_code,
        decision=call.decision_id,
        words=events.digest(text, salt=str(call.public_id)),
    )
    if urgency == Urgency.DANGER:
        rush(actor, call, round_, ruling, now=now)
    return call


def decide(
    actor: Actor,
    matter_code: str,
    place: Place,
    firm: registry.EnterpriseCard | None,
    *,
    object_kind: str,
    urgency: str,
    complained_unit_id: int | None,
    now: datetime,
) -> tuple[mandate.MatterCard | None, mandate.Ruling | None]:
    """The matter in force and whose job it is; (None, None) when triage is left to the desk."""
    if not matter_code:
        return None, None
    on = now.astimezone(SHANGHAI).date()
    matter = mandate.matter(actor, matter_code, on)
    ruling = mandate.decide(
        actor,
        matter_code=matter_code,
        longitude=place.longitude,
        latitude=place.latitude,
        on=on,
        object_kind=object_kind,
        accuracy_m=place.accuracy_m if place.accuracy_m is not None else 5.0,
        belongs_to_zone=firm.belongs_to_zone if firm else None,
        is_danger=urgency == Urgency.DANGER,
        recused=_recused(actor, complained_unit_id),
        now=now,
    )
    return matter, ruling


def proposed_unit(ruling: mandate.Ruling | None, complained_unit_id: int | None) -> int | None:
    """The unit to send it to: where the zone leads, the office that handles the matter there."""
    if ruling is None:
        return None
    named = (ruling.office_unit_id, ruling.lead_unit_id)
    return next((i for i in named if i is not None and i != complained_unit_id), None)


def _recused(actor: Actor, complained_unit_id: int | None) -> tuple[str, ...]:
    if complained_unit_id is None:
        return ()
    try:
        return (registry.unit(actor, complained_unit_id).code,)
    except NotFound as error:
        raise Invalid("input.invalid", {"complained_unit_id": "input.choice"}) from error


def _require_role(actor: Actor, enterprise_id: int | None) -> str:
    """The role in which this actor may raise a call for this firm."""
    actor.require(*rules.RECEIVERS)
    if enterprise_id is not None and enterprise_id in actor.enterprises:
        return Role.ENTERPRISE
    for role in (Role.DESK, Role.MACHINE, Role.SYSTEM):
        if actor.has(role):
            return role
    if actor.has(Role.GRID_OFFICER) and enterprise_id in registry.portfolio_ids(actor):
        return Role.GRID_OFFICER
    raise Denied("calls.not_your_firm")


def _require_words(title: str, text: str) -> tuple[str, str]:
    """A title may be left out: the first words of the request then stand for it."""
    text = clean(text)
    head = clean(title, name="title", is_needed=False, most=MAX_TITLE)
    return head or text.splitlines()[0][: MAX_TITLE // 2], text


def _require_codes(urgency: str, channel: str, nature: str) -> None:
    wrong = {
        "urgency": urgency not in set(Urgency),
        "channel": channel not in set(Channel),
        "nature": bool(nature) and nature not in set(Nature),
    }
    fields = {name: "input.choice" for name, is_wrong in wrong.items() if is_wrong}
    if fields:
        raise Invalid("input.invalid", fields)


def _place(
    actor: Actor,
    firm: registry.EnterpriseCard | None,
    longitude: float | None,
    latitude: float | None,
    accuracy_m: float | None,
    source: str,
    site_id: int | None,
    address: str,
) -> Place:
    address = clean(address, name="address", is_needed=False, most=200)
    if longitude is not None and latitude is not None:
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise Invalid("input.invalid", {"longitude": "calls.place"})
        source = source if source in set(PositionSource) else PositionSource.STATED
        return Place(longitude, latitude, accuracy_m, source, address, site_id)
    if firm is None:
        return Place(None, None, None, PositionSource.NONE, address)
    if site_id is not None:
        site = next((s for s in registry.sites(actor, firm.id) if s.id == site_id), None)
        if site is None:
            raise Invalid("input.invalid", {"site_id": "input.choice"})
        return Place(
            site.longitude,
            site.latitude,
            5.0,
            PositionSource.SITE,
            address or site.name,
            site_id,
        )
    has_place = firm.longitude is not None
    return Place(
        firm.longitude,
        firm.latitude,
        firm.accuracy_m if has_place else None,
        PositionSource.REGISTERED if has_place else PositionSource.NONE,
        address or firm.address,
    )


def _first_receiver(actor: Actor, complained_unit_id: int | None) -> int | None:
    """The unit that holds the call until somebody else leads: the receiver's own, or the zone."""
    own = sorted(actor.units(Role.DESK, Role.GRID_OFFICER) - {complained_unit_id})
    if own:
        return own[0]
    zone = [c.id for c in registry.units(actor).values() if c.kind == "zone"]
    return next((i for i in sorted(zone) if i != complained_unit_id), None)


def _link_visit(actor: Actor, visit_id: int | None, call: Call) -> None:
    if visit_id is None:
        return
    visit = queries.get_visit(actor, visit_id)
    if visit.enterprise_id != call.enterprise_id:
        raise Invalid("input.invalid", {"visit_id": "input.choice"})
    Visit.objects.filter(pk=visit.pk, tenant_id=actor.tenant_id).update(call=call)
