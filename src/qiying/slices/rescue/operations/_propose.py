"""Ask the engine who goes, check its answer independently, keep it with everything it was told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from qiying.engines import dispatch
from qiying.kernel.access import Actor, system
from qiying.slices.rescue import queries, rules
from qiying.slices.rescue.models import Job, Proposal, Seat, Technician
from qiying.slices.rescue.queries import World
from qiying.slices.rescue.rules import HELD, WANTED, Rule, SeatState, Source, Tier

PARAMS = dispatch.Params(iterations=0)
SAME_MINUTES = 1e-4
UNCONFIRMED: dict[str, object] = {"code": "unconfirmed", "numbers": {}}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine said, confirmed by its checker; ``is_sound`` is False when it was not."""

    said: dispatch.Proposal
    problem: dispatch.Problem
    world: World
    is_sound: bool

    @property
    def best(self) -> tuple[dispatch.Option, ...]:
        return self.said.best if self.is_sound else ()


def one_dispatcher(actor: Actor) -> None:
    """From here to the end of the transaction nobody else of this zone gives out work.

    The second dispatcher reads the rows after the first has written them, so that no two of them
    count on the same technician.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, actor.tenant_id])


LOCK = 120_120
"""The number of this lock among the advisory locks of the database."""


def propose_for(actor: Actor, job: Job, seats: Sequence[Seat], *, now: datetime) -> Proposal:
    """Find and keep the best technician for each seat that nobody holds, at the job's tier or above.

    A tier without anybody able is passed over at once; at the last one the proposal may be empty.
    """
    platform = system(actor.tenant_id)
    rule = queries.rule_in_force(platform)
    one_dispatcher(actor)
    while True:
        answer = _ask(platform, job, seats, rule, now=now)
        if answer.best or Tier(job.tier) is Tier.ALARM:
            return _keep(job, answer, now)
        job.tier = rules.next_tier(Tier(job.tier))


def _ask(actor: Actor, job: Job, seats: Sequence[Seat], rule: Rule, *, now: datetime) -> Answer:
    world = queries.read_world(actor, rule, now=now, without=job)
    wanted = [s for s in seats if s.state in WANTED]
    tier = Tier(job.tier)
    providers = [p.pk for p in queries.providers_of(actor, job, tier, now=now)]
    inside = [s.technician_id for s in seats if s.state in HELD and s.technician_id]
    refused = queries.refused_by(job) if tier is not Tier.ALARM else set()
    recused = _recused(world, job)
    guest = queries.engine_job(
        job,
        world.plane,
        now,
        crew=max(len(wanted), 1),
        providers=providers or [0],
        refused_by=sorted({*inside, *refused, *recused}),
    )
    if not world.problem.technicians:
        return Answer(_nobody(world, guest), world.problem, world, is_sound=True)
    said = dispatch.Desk(world.problem, PARAMS).propose(guest)
    return _confirm(said, guest, world)


def _nobody(world: World, guest: dispatch.Job) -> dispatch.Proposal:
    """The answer when nobody at all is on duty: the engine needs somebody to think about."""
    return dispatch.Proposal(
        job=guest.id,
        best=(),
        second=None,
        regret=None,
        reasons=(dispatch.Reason("nobody"),),
        excluded=(),
        considered=0,
        digest=dispatch.digest(world.problem, PARAMS),
        version=dispatch.VERSION,
    )


def _recused(world: World, job: Job) -> set[int]:
    """People on duty who have an interest in the firm."""
    people = [int(t.id) for t in world.problem.technicians]
    rows = Technician.objects.filter(
        tenant_id=job.tenant_id, pk__in=people, recused__contains=[job.enterprise_id]
    )
    return set(rows.values_list("pk", flat=True))


def _confirm(said: dispatch.Proposal, guest: dispatch.Job, world: World) -> Answer:
    """Let the independent checker look at the very plan the engine's answer stands on.

    Solving again would find another plan, and its differences would say nothing about this one.
    """
    asked = replace(world.problem, jobs=(*world.problem.jobs, guest))
    if not said.best:
        return Answer(said, asked, world, is_sound=True)
    plan = dispatch.placed(world.problem, guest, said, PARAMS)
    told = {o.technician: o.start_at for o in said.best}
    found = {s.technician: s.start_at for s in plan.stops if s.job == guest.id}
    is_there = set(found) == set(told) and all(
        abs(found[name] - at) <= SAME_MINUTES for name, at in told.items()
    )
    return Answer(said, asked, world, is_there and not dispatch.check(asked, plan, PARAMS))


def _keep(job: Job, answer: Answer, now: datetime) -> Proposal:
    said, world = answer.said, answer.world
    best = answer.best
    expected = world.moment(max(o.start_at for o in best)) if best else None
    reasons = [{"code": r.code, "numbers": dict(r.numbers)} for r in said.reasons]
    job.proposed_at = job.proposed_at or now
    return Proposal.objects.create(
        tenant_id=job.tenant_id,
        job=job,
        at=now,
        source=Source.INSERT,
        tier=job.tier,
        engine=said.version,
        digest=said.digest,
        problem=json.loads(dispatch.write_json(answer.problem)),
        chosen=[option_plain(o) for o in best],
        second=option_plain(said.second) if said.second and best else None,
        regret=said.regret if best else None,
        reasons=reasons if answer.is_sound else [UNCONFIRMED],
        excluded=dict(said.excluded),
        considered=said.considered,
        cover_loss=sum(o.cover_loss for o in best),
        expected_at=expected,
        earliest_at=world.moment(min(o.earliest_at for o in best)) if best else None,
        latest_at=world.moment(max(o.latest_at for o in best)) if best else None,
    )


def option_plain(option: dispatch.Option) -> dict[str, float | int]:
    """An option as it is kept; the technician by key, times in minutes after the moment of asking."""
    return {
        "technician": int(option.technician),
        "start_at": round(option.start_at, 2),
        "earliest_at": round(option.earliest_at, 2),
        "latest_at": round(option.latest_at, 2),
        "travel": round(option.travel, 2),
        "position": option.position,
        "late_chance": round(option.late_chance, 4),
        "cover_loss": round(option.cover_loss, 4),
        "added_cost": round(option.added_cost, 4),
    }


def make_seats(job: Job) -> list[Seat]:
    """One row a place in the crew; more or fewer when the size of the crew was changed."""
    rows = queries.seats_of(job, for_update=True)
    if len(rows) == job.crew:
        return rows
    for position in range(len(rows) + 1, job.crew + 1):
        Seat.objects.create(tenant_id=job.tenant_id, job=job, position=position)
    surplus = [r.pk for r in rows[job.crew :] if r.state == SeatState.FREE]
    Seat.objects.filter(tenant_id=job.tenant_id, pk__in=surplus).delete()
    return queries.seats_of(job, for_update=True)
