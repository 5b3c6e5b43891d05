"""Disputes and the council in a zone of the tests: rows that the addresses of both name."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from qiying.kernel import tenancy
from qiying.slices.council import operations as council
from qiying.slices.council import queries as talks
from qiying.slices.mediation import operations as mediation
from qiying.slices.mediation import queries as disputes
from qiying.slices.mediation.operations import PartyIn, TermIn
from tests.architecture.names import EVERYTHING


def settle_disputes(zone: Any) -> None:
    """A dispute to consent to, one with an agreement, one given up; two mediators."""
    world, mark = zone.world, zone.mark
    for name in ("safety", "safety-lead"):
        row = mediation.list_mediator(
            world.system,
            person_id=world.user(name).pk,
            unit_id=world.units["ZONE_SAFE"],
            credential=f"{mark} mediator",
            now=world.now,
        )
        zone.rows.setdefault("judge", row)
        zone.rows["mediator"] = row
    zone.rows["dispute"] = _open(zone)
    zone.rows["party"] = _parties(zone, zone.rows["dispute"])[0].pk
    zone.rows["settled"] = _settled(zone)
    given_up = _mediating(zone)
    zone.rows["given_up"] = _take(zone, "safety", given_up, "fail", text=f"{mark} no way")


def _open(zone: Any) -> Any:
    world, mark = zone.world, zone.mark
    return mediation.open_case(
        world.actor("desk"),
        kind="contract",
        title=f"{mark} rent",
        facts=f"{mark} was not paid",
        parties=[
            PartyIn("applicant", world.firms["宏达"]),
            PartyIn("respondent", None, f"{mark} Zhao", "13900007777"),
        ],
        now=world.now,
    )


def _take(zone: Any, who: str, case: Any, step: str, *, hours: int = 0, **inputs: Any) -> Any:
    world = zone.world
    now = world.now + timedelta(hours=hours)
    return mediation.take(world.actor(who), case.pk, step, now=now, **inputs)


def _parties(zone: Any, case: Any) -> list[Any]:
    actor = zone.world.system
    with tenancy.reading(actor):
        return disputes.docket(actor, case, now=zone.world.now).parties


def _mediating(zone: Any) -> Any:
    case = _open(zone)
    for party in _parties(zone, case):
        _take(zone, "desk", case, "consent", party_id=party.pk, way="oral", text=zone.mark)
    return _take(zone, "desk", case, "appoint", mediator_id=zone.rows["judge"].pk)


def _settled(zone: Any) -> Any:
    world, mark, case = zone.world, zone.mark, _mediating(zone)
    at = world.now + timedelta(hours=1)
    _take(zone, "safety", case, "plan_session", at=at, place=f"{mark} room")
    with tenancy.reading(world.system):
        row = disputes.get_case(world.system, case.pk)
        session = disputes.docket(world.system, row, now=world.now).rows.sessions[0].pk
    parties = _parties(zone, case)
    came = {"session_id": session, "minutes": f"{mark} said", "present": [parties[0].pk]}
    _take(zone, "safety", case, "hold_session", hours=2, **came)
    day = world.now.date() + timedelta(days=9)
    terms = [TermIn(parties[1].pk, f"{mark} pays", day, Decimal(900))]
    given = {"form": "written", "text": f"{mark} agreed", "terms": terms}
    _take(zone, "safety", case, "draft", hours=2, **given)
    for party in parties:
        _take(zone, "safety", case, "sign", hours=2, party_id=party.pk, way="seal")
    return _take(zone, "safety", case, "attest", hours=2)


def hold_council(zone: Any) -> None:
    """A seat, a topic to support, a meeting in preparation, a suggestion to be handed over."""
    world, mark = zone.world, zone.mark
    zone.rows["seat"] = council.add_member(
        world.system,
        name=f"{mark} Chen",
        kind="npc",
        level=f"{mark} congress",
        person_id=world.user(EVERYTHING).pk,
        term_from=world.now.date() - timedelta(days=30),
        now=world.now,
    )
    zone.rows["topic"] = _topic(zone)
    zone.rows["meeting"] = _meeting(zone)
    zone.rows["suggestion"] = _suggestion(zone)


def _topic(zone: Any) -> Any:
    return council.propose(
        zone.world.actor("desk"),
        title=f"{zone.mark} lamps",
        text=f"{zone.mark} the roads are dark",
        source="call",
        call_ids=[zone.rows["call"].pk],
        now=zone.world.now,
    )


def _meeting(zone: Any) -> Any:
    world = zone.world
    at = world.now + timedelta(days=9)
    return council.plan_meeting(
        world.actor("desk"),
        title=f"{zone.mark} council",
        at=at,
        place=f"{zone.mark} hall",
        now=world.now,
    )


def _suggestion(zone: Any) -> Any:
    """Through a meeting that is held nine days from now."""
    world, mark, seat = zone.world, zone.mark, zone.rows["seat"].pk
    meeting, topic, desk = _meeting(zone), _topic(zone), world.actor("desk")
    later = world.now + timedelta(days=10)

    def take(row: Any, step: str, now: Any = world.now, **inputs: Any) -> Any:
        entity = type(row).__name__.lower()
        return council.take(desk, entity, row.pk, step, now=now, **inputs)

    take(topic, "list", is_in_zone=True, is_public_matter=True, is_free=True)
    take(topic, "schedule", meeting_id=meeting.pk)
    take(meeting, "invite", members=[seat])
    take(meeting, "notice")
    take(meeting, "hold", later, present=[seat])
    said = {"position": "support", "text": f"{mark} agrees", "member_id": seat}
    take(topic, "speak", later, **said)
    take(topic, "record", later, text=f"{mark} talked over")
    take(topic, "route", later, route="suggestion", text=f"{mark} put up lamps", member_id=seat)
    with tenancy.reading(world.system):
        return talks.list_suggestions(world.system).get()
