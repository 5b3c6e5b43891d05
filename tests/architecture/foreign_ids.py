"""Operations of one zone that are handed the id of a row of another.

Foreign keys do not ask whose row they point at, and row-level security does not watch them: every
operation that takes an id must have read the row itself.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from qiying.kernel import files, people
from qiying.slices.calls import operations as calls
from qiying.slices.calls.operations import CoUnit
from qiying.slices.council import operations as council
from qiying.slices.mandate import operations as mandate
from qiying.slices.mediation import operations as mediation
from qiying.slices.mediation.operations import PartyIn
from qiying.slices.registry import operations as registry
from tests.architecture.two_zones import EVERYTHING, Zone
from tests.slices import world
from tests.slices.calls import steps

Attempt = Callable[[Zone, Zone], object]
SAFE = "ZONE_SAFE"
WORDS: Mapping[str, Any] = {"title": "Lamp", "text": "It is dark"}


def _receive(own: Zone, **more: Any) -> object:
    actor = own.world.actor("desk")
    given = {"enterprise_id": own.world.firms["宏达"], "matter_code": "M016", **WORDS, **more}
    return calls.receive(actor, now=own.world.now, **given)


def _take(own: Zone, who: str, call: Any, step: str, **inputs: Any) -> object:
    return calls.take(own.world.actor(who), call.pk, step, now=own.world.now, **inputs)


def _triage(own: Zone) -> Any:
    return steps.take(own.world, "desk", steps.raise_call(own.world), "accept")


def _disputed(own: Zone) -> Any:
    call = _triage(own)
    steps.take(own.world, "desk", call, "dispatch", lead_unit_id=own.world.units[SAFE])
    return steps.take(own.world, "safety", call, "dispute", text="not ours")


def _lead(zone: Zone) -> int:
    return zone.world.units[SAFE]


def _area(own: Zone, **more: Any) -> object:
    return registry.set_area(
        own.world.keeper,
        now=own.world.now,
        kind="wall",
        key="W9",
        name_zh="九号墙",
        geometry=world.box(119.26, 29.03, 0.001),
        valid_from=timezone.localdate(own.world.now),
        **more,
    )


def _site(own: Zone, **more: Any) -> object:
    return registry.create_site(
        own.world.keeper,
        now=own.world.now,
        key="S9",
        kind="parcel",
        name_zh="九号地块",
        geometry=world.box(119.26, 29.03, 0.001),
        **more,
    )


def _precedent(own: Zone, other: Zone) -> object:
    return mandate.record_precedent(
        own.world.keeper,
        matter_code="M016",
        lead_unit_code="EMB",
        place={"longitude": world.INSIDE[0], "latitude": world.INSIDE[1]},
        reason=("理由", "reason"),
        valid_from=timezone.localdate(own.world.now),
        decision_id=other.rows["call"].decision_id,
        now=own.world.now,
    )


def _officer(zone: Zone) -> int:
    return int(zone.world.user("grid").pk)


def _dispute(own: Zone, firm: int, **more: Any) -> object:
    return mediation.open_case(
        own.world.actor("desk"),
        kind="contract",
        title="Rent",
        facts="It was not paid",
        parties=[PartyIn("applicant", firm), PartyIn("respondent", None, "Li")],
        now=own.world.now,
        **more,
    )


def _council(own: Zone, row: str, step: str, **inputs: Any) -> object:
    return council.take(
        own.world.actor("desk"), row, own.rows[row].pk, step, now=own.world.now, **inputs
    )


REFUSED: Mapping[str, Attempt] = {
    "a dispute of a firm": lambda a, b: _dispute(a, b.world.firms["宏达"]),
    "a dispute after a call": lambda a, b: _dispute(
        a, a.world.firms["宏达"], call_id=b.rows["call"].pk
    ),
    "a mediator of a unit": lambda a, b: mediation.list_mediator(
        a.world.system,
        person_id=a.world.user("caller").pk,
        unit_id=b.world.units["FIN"],
        now=a.world.now,
    ),
    "a mediator who works elsewhere": lambda a, b: mediation.list_mediator(
        a.world.system,
        person_id=b.world.user("caller").pk,
        unit_id=a.world.units["FIN"],
        now=a.world.now,
    ),
    "a topic after a call": lambda a, b: council.propose(
        a.world.actor("desk"),
        title="Lamps",
        text="It is dark",
        call_ids=[b.rows["call"].pk],
        now=a.world.now,
    ),
    "an invitation to a council": lambda a, b: _council(
        a, "meeting", "invite", members=[b.rows["seat"].pk]
    ),
    "a suggestion handed to a unit": lambda a, b: _council(
        a, "suggestion", "hand", unit_id=b.world.units["FIN"]
    ),
    "a call for a firm": lambda a, b: _receive(a, enterprise_id=b.world.firms["宏达"]),
    "a call at a site": lambda a, b: _receive(a, site_id=b.rows["site"].pk),
    "a call at a site with a place of its own": lambda a, b: _receive(
        a, site_id=b.rows["site"].pk, longitude=world.INSIDE[0], latitude=world.INSIDE[1]
    ),
    "a call after a visit": lambda a, b: _receive(a, visit_id=b.rows["visit"].pk),
    "a complaint about a unit": lambda a, b: _receive(a, complained_unit_id=_lead(b)),
    "a complaint about a unit without a matter": lambda a, b: _receive(
        a, complained_unit_id=_lead(b), matter_code=""
    ),
    "a call classified as a complaint": lambda a, b: _take(
        a, "desk", _triage(a), "classify", matter_code="M016", complained_unit_id=_lead(b)
    ),
    "a dispatch": lambda a, b: _take(
        a, "desk", _triage(a), "dispatch", lead_unit_id=_lead(b), text="why"
    ),
    "a dispatch with a co-handler": lambda a, b: _take(
        a, "desk", _triage(a), "dispatch", lead_unit_id=_lead(a), co_units=[CoUnit(_lead(b))]
    ),
    "an adjudication": lambda a, b: _take(
        a, "supervisor", _disputed(a), "adjudicate", unit_id=_lead(b), text="why"
    ),
    "a person in charge": lambda a, b: calls.assign_person(
        a.world.actor("safety-lead"),
        a.rows["task"],
        person_id=b.world.user("safety").pk,
        now=a.world.now,
    ),
    "a step on a task": lambda a, b: calls.sign(
        a.world.actor(EVERYTHING), b.rows["task"], now=a.world.now
    ),
    "a step on a pause": lambda a, b: calls.approve_pause(
        a.world.actor(EVERYTHING), b.rows["pause"], now=a.world.now
    ),
    "a visit": lambda a, b: calls.record_visit(
        a.world.actor("desk"), enterprise_id=b.world.firms["宏达"], text="seen", now=a.world.now
    ),
    "a boundary of a unit": lambda a, b: _area(a, unit_id=_lead(b)),
    "a site of a firm": lambda a, b: _site(a, enterprise_id=b.world.firms["宏达"]),
    "a site of a unit": lambda a, b: _site(a, owner_unit_id=_lead(b)),
    "a unit below a unit": lambda a, b: registry.change_unit(
        a.world.keeper, a.rows["unit"].pk, now=a.world.now, parent_id=_lead(b)
    ),
    "an officer of a grid": lambda a, b: registry.assign_grid(
        a.world.keeper, "G1", _officer(b), now=a.world.now
    ),
    "an officer of a firm": lambda a, b: registry.assign_firms(
        a.world.keeper, [a.world.firms["宏达"]], _officer(b), now=a.world.now
    ),
    "a precedent after a decision": _precedent,
    "the end of a delegation": lambda a, b: mandate.end_delegation(
        a.world.keeper,
        b.rows["delegation"].pk,
        ends_on=timezone.localdate(a.world.now) + timedelta(days=1),
        now=a.world.now,
    ),
    "the end of a grant": lambda a, b: people.end_grant(
        a.world.keeper, b.rows["grant"], now=a.world.now
    ),
}
"""Each must end in a refusal."""


def borrow_file(own: Zone, other: Zone) -> int:
    """Try to tie another zone's file, and somebody else's file of the own zone, to a record."""
    ids = [other.rows["picture"].pk, own.rows["picture"].pk]
    return files.attach(own.world.actor(EVERYTHING), ids, subject=own.rows["call"])
