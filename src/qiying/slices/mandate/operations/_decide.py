"""Whose job it is: proposed, decided and kept, replayed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction

from qiying.engines import jurisdiction
from qiying.engines.jurisdiction import Case, Geometry, Params
from qiying.kernel import events, tenancy
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.writes import insert
from qiying.slices.mandate import models, queries, rules
from qiying.slices.mandate.operations._ruling import Given, Ruling, given_by, ruling_of
from qiying.slices.mandate.operations._world import Ready, Worlds, worlds
from qiying.slices.registry import public as registry

FAR = 3.0
"""Degrees from the zone: no place that it answers for lies so far, and distances stay exact."""
DECIDERS = STAFF | {Role.SYSTEM, Role.MACHINE, Role.ENTERPRISE}
"""Who may have an answer stored: whoever may receive or raise a call."""


class Asked(TypedDict, total=False):
    """What is asked besides the matter and the day; ``longitude`` and ``latitude`` in WGS 84.

    ``geometry`` is GeoJSON and stands for the point; ``belongs_to_zone`` None when no firm is
    named; ``recused`` are unit codes. With ``presumes_owner`` a facility whose owner nobody
    recorded is taken for that of the unit that the register names for its side; a person confirms.
    """

    longitude: float | None
    latitude: float | None
    object_kind: str
    accuracy_m: float
    belongs_to_zone: bool | None
    owner_unit_code: str | None
    presumes_owner: bool
    is_danger: bool
    responder_code: str | None
    recused: Iterable[str]
    geometry: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Heard:
    ready: Ready
    case: Case
    decision: jurisdiction.Decision
    row: queries.MatterCard
    worlds: Worlds
    is_owner_presumed: bool

    @property
    def register(self) -> queries.Register:
        return self.worlds.register


def propose(actor: Actor, *, matter_code: str, on: date, **asked: Unpack[Asked]) -> Ruling:
    """Whose job it would be; nothing is written."""
    heard = _hear(actor, matter_code, on, asked)
    decision = heard.decision
    given = Given(decision.as_json(), decision.digest(), on, heard.is_owner_presumed)
    return ruling_of(given, heard.worlds)


@tenancy.operation
def decide(
    actor: Actor,
    *,
    matter_code: str,
    on: date,
    now: datetime,
    subject: events.Subject | None = None,
    **asked: Unpack[Asked],
) -> Ruling:
    """Decide whose job it is and keep the decision, inside the caller's operation.

    Raises
    ------
    NotFound
        The register has no such matter on that day.
    Invalid
        The place or the object cannot be read.
    RuntimeError
        The engine's checker contradicts the engine; nothing is written.
    """
    actor.require(*DECIDERS)
    heard = _hear(actor, matter_code, on, asked)
    violations = jurisdiction.check(heard.ready.world, heard.case, heard.decision)
    if violations:
        raise RuntimeError(f"the checker contradicts the decision: {violations}")
    row = _keep(actor, heard, now, subject)
    events.record(
        "mandate.decided",
        subject=row,
        actor=actor,
        now=now,
        matter=matter_code,
        rule=heard.decision.rule.value,
        lead=heard.decision.lead,
        digest=row.digest,
    )
    return ruling_of(given_by(row), heard.worlds)


def _hear(actor: Actor, code: str, on: date, asked: Asked) -> _Heard:
    all_worlds = worlds(actor)
    ready = all_worlds.on(on)
    row = all_worlds.register.find(code, on)
    if row is None or code not in ready.world.matter_by_code:
        raise NotFound("mandate.no_matter", matter=code)
    case = _case(all_worlds, ready, row, on, asked)
    decision = jurisdiction.decide(ready.world, case)
    presumed = rules.presumed_owner(row, decision) if asked.get("presumes_owner") else None
    if presumed is not None:
        owned = replace(case, owner=presumed)
        answer = jurisdiction.decide(ready.world, owned)
        # Where the presumed owner must stand back and nobody takes its place, the county decides.
        if not answer.needs_adjudication:
            return _Heard(ready, owned, answer, row, all_worlds, is_owner_presumed=True)
    return _Heard(ready, case, decision, row, all_worlds, is_owner_presumed=False)


def _case(
    all_worlds: Worlds, ready: Ready, row: queries.MatterCard, on: date, asked: Asked
) -> Case:
    known = ready.world.kind_by_unit
    owner = asked.get("owner_unit_code") or _owner(all_worlds, row, on, asked)
    responder = asked.get("responder_code")
    if asked.get("is_danger") and not responder:
        responder = next((u for u in rules.RESPONDERS if u in known), None)
    for field, unit in (("owner_unit_code", owner), ("responder_code", responder)):
        if unit is not None and unit not in known:
            raise Invalid("input.invalid", {field: "mandate.unit_unknown"})
    try:
        geometry = _geometry(asked)
        _require_near(all_worlds.zone, geometry)
        return Case(
            matter=row.code,
            object_kind=rules.ObjectKind(asked.get("object_kind", "enterprise_premises")),
            geometry=geometry,
            accuracy_m=asked.get("accuracy_m", 5.0),
            on=on,
            belongs_to_zone=asked.get("belongs_to_zone", True),
            owner=owner,
            is_danger=asked.get("is_danger", False),
            responder=responder,
            recused=frozenset(asked.get("recused", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("mandate.case") from error


def _require_near(zone: registry.ZoneCard, geometry: Geometry | None) -> None:
    """ValueError for a place on another part of the earth: surely a slip of the coordinates."""
    if geometry is None:
        return
    west, south, east, north = geometry.shape().bounds
    offsets = (
        west - zone.longitude,
        east - zone.longitude,
        south - zone.latitude,
        north - zone.latitude,
    )
    if not all(abs(offset) <= FAR for offset in offsets):
        raise ValueError("far from the zone")


def _geometry(asked: Asked) -> Geometry | None:
    plain = asked.get("geometry")
    if plain:
        return Geometry.from_json(plain)
    longitude, latitude = asked.get("longitude"), asked.get("latitude")
    if longitude is None or latitude is None:
        return None
    return Geometry.point(longitude, latitude)


def _owner(all_worlds: Worlds, row: queries.MatterCard, on: date, asked: Asked) -> str | None:
    longitude, latitude = asked.get("longitude"), asked.get("latitude")
    if row.basis != rules.Basis.LINEAR or longitude is None or latitude is None:
        return None
    return all_worlds.owner_at(longitude, latitude, on)


def _keep(
    actor: Actor, heard: _Heard, now: datetime, subject: events.Subject | None
) -> models.Decision:
    decision, revision = heard.decision, heard.register.revision
    lead = heard.register.units.get(decision.lead or "")
    row = models.Decision(
        tenant_id=actor.tenant_id,
        matter_id=heard.row.matter_id,
        version_id=heard.row.version_id,
        subject_type=events.subject_type(subject) if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        decided_on=heard.case.on,
        case=heard.case.as_json(),
        answer=decision.as_json(),
        digest=decision.digest(),
        snapshot_id=_snapshot(actor, heard.ready, now),
        engine_version=jurisdiction.VERSION,
        registry_revision=revision[0],
        mandate_revision=revision[1],
        lead_unit_id=lead.id if lead else None,
        recused_ids=sorted(
            heard.register.units[c].id for c in heard.case.recused if c in heard.register.units
        ),
        side=decision.side.value,
        needs_confirmation=decision.needs_confirmation or heard.is_owner_presumed,
        is_owner_presumed=heard.is_owner_presumed,
        needs_adjudication=decision.needs_adjudication,
        made_at=now,
        made_by=actor.identity,
    )
    return insert(row)


def _snapshot(actor: Actor, ready: Ready, now: datetime) -> int:
    """The key of the kept world; written by the first decision that is made in it."""
    if ready.snapshot_id is not None:
        return ready.snapshot_id
    rows = models.Snapshot.objects.visible_to(actor).filter(digest=ready.digest)
    if not rows.exists():
        body = rules.world_to_plain(ready.world)
        row = models.Snapshot(
            tenant_id=actor.tenant_id, digest=ready.digest, body=body, made_at=now
        )
        models.Snapshot.objects.bulk_create([row], ignore_conflicts=True)
    key = rows.values_list("id", flat=True).get()

    def remember() -> None:
        # only a committed row may be trusted by the next transaction
        ready.snapshot_id = key

    transaction.on_commit(remember)
    return key


def ruling(actor: Actor, decision_id: int) -> Ruling:
    """A stored decision, in the reader's language."""
    with tenancy.reading(actor):
        row = queries.get_decision(actor, decision_id)
        return ruling_of(given_by(row), worlds(actor))


def rulings(actor: Actor, decision_ids: Iterable[int]) -> dict[int, Ruling]:
    """Many stored decisions at once, by id; what this actor may not see is left out."""
    with tenancy.reading(actor):
        found = worlds(actor)
        rows = models.Decision.objects.visible_to(actor).filter(id__in=set(decision_ids))
        return {row.pk: ruling_of(given_by(row), found) for row in rows}


def replay(actor: Actor, decision_id: int) -> tuple[str, str]:
    """The stored digest, and the one that the same inputs give now."""
    with tenancy.reading(actor):
        row = queries.get_decision(actor, decision_id, with_world=True)
        return row.digest, _again(row, rules.world_from_plain(row.snapshot.body))


def replay_all(actor: Actor) -> tuple[int, list[str]]:
    """Replay every decision; how many there are, and the public ids of those that differ."""
    count, differ = 0, []
    with tenancy.reading(actor):
        for snapshot in models.Snapshot.objects.visible_to(actor).order_by("id").iterator():
            world = rules.world_from_plain(snapshot.body)
            rows = models.Decision.objects.visible_to(actor).filter(snapshot=snapshot)
            for row in rows.order_by("id").iterator():
                count += 1
                if _again(row, world) != row.digest:
                    differ.append(str(row.public_id))
    return count, differ


def _again(row: models.Decision, world: jurisdiction.World) -> str:
    plain = row.answer["params"]
    params = Params(**{**plain, "evidence": tuple(plain["evidence"].items())})
    return jurisdiction.decide(world, Case.from_json(row.case), params).digest()
