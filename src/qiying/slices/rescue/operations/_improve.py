"""The better answer in the background: solved outside any transaction, published only if it pays.

The engine's objective holds the price of moving people who have been told (``move``, ``divert``,
``slip``), so a lower cost is a gain after the disturbance; the rules of the zone ask for more than
``publish_gain`` minutes besides. Only seats that nobody has accepted change hands by themselves;
for accepted ones the duty chief sees the better plan as a proposal and decides.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from qiying.engines import dispatch
from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Problem
from qiying.kernel.tenancy import operation
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Job, Offer, Proposal
from qiying.slices.rescue.operations._ask import revoke
from qiying.slices.rescue.operations._propose import one_dispatcher
from qiying.slices.rescue.operations._steps import take
from qiying.slices.rescue.queries import World
from qiying.slices.rescue.rules import OfferState, Rule, SeatState, Source, State


@dataclass(frozen=True, slots=True)
class Better:
    """A plan that costs less than what people were told, and who would go elsewhere."""

    world: World
    result: dispatch.Result
    gain: float
    moved: dict[int, list[int]]
    """Technicians by job, for the jobs whose people would change."""


def improve(actor: Actor, *, now: datetime, seed: int = 0) -> int:
    """Look for a better plan of everything that is not begun; how many proposals were kept."""
    with tenancy.reading(actor):
        rule = queries.rule_in_force(actor)
        world = queries.read_world(actor, rule, now=now)
    if not world.problem.published or not rule.improve_iterations:
        return 0
    better = _search(world, rule, seed)
    return _publish(actor, better, now=now) if better is not None else 0


def _search(world: World, rule: Rule, seed: int) -> Better | None:
    """Solve without a transaction; None when nothing is worth the disturbance or not sound."""
    told = dispatch.solve(world.problem, dispatch.Params(iterations=0))
    params = dispatch.Params(iterations=rule.improve_iterations)
    found = dispatch.solve(world.problem, params, seed=seed)
    gain = told.best_cost - found.best_cost
    if gain <= rule.publish_gain or dispatch.check(world.problem, found.plan, params):
        return None
    before = _by_job([(p.job, p.technician) for p in world.problem.published])
    after = _by_job([(s.job, s.technician) for s in found.plan.stops])
    moved = {job: after[job] for job in before if job in after and after[job] != before[job]}
    return Better(world, found, gain, moved) if moved else None


def _by_job(pairs: list[tuple[str, str]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for job, technician in pairs:
        found.setdefault(int(job), []).append(int(technician))
    return {job: sorted(people) for job, people in found.items()}


@operation
def _publish(actor: Actor, better: Better, *, now: datetime) -> int:
    """Look again under the lock: what changed meanwhile is left alone."""
    rows = Job.objects.filter(tenant_id=actor.tenant_id, pk__in=better.moved).order_by("pk")
    jobs = list(rows.select_for_update(of=("self",)))
    one_dispatcher(actor)
    fresh = queries.read_world(actor, queries.rule_in_force(actor), now=now)
    if {(p.job, p.technician) for p in fresh.problem.published} != {
        (p.job, p.technician) for p in better.world.problem.published
    }:
        return 0
    for job in jobs:
        _change(actor, job, better, now)
    return len(jobs)


def _change(actor: Actor, job: Job, better: Better, now: datetime) -> None:
    """Keep the proposal; ask the others instead where nobody has said yes yet."""
    seats = queries.seats_of(job, for_update=True)
    _keep(job, better, now)
    is_open = all(s.state == SeatState.OFFERED for s in seats)
    if not is_open or job.state != State.PROPOSED or _has_run_out(job, now):
        return
    try:
        with transaction.atomic():
            revoke(job, seats, now=now)
            take(actor, job.pk, "offer", now=now)
    except Problem:
        return


def _has_run_out(job: Job, now: datetime) -> bool:
    """An offer that was not answered in time is ended as such, and the ladder goes up; a better
    plan must not hide it."""
    late = Offer.objects.filter(tenant_id=job.tenant_id, seat__job=job, state=OfferState.OPEN)
    return late.filter(answer_by_at__lte=now).exists()


def _keep(job: Job, better: Better, now: datetime) -> Proposal:
    stops = [s for s in better.result.plan.stops if s.job == str(job.pk)]
    world = better.world
    chosen = [
        {
            "technician": int(s.technician),
            "start_at": round(s.start_at, 2),
            "earliest_at": round(max(s.start_at - s.spread, 0.0), 2),
            "latest_at": round(s.start_at + s.spread, 2),
            "travel": round(s.arrive_at - s.depart_at, 2),
            "position": 0,
            "late_chance": round(s.late_chance, 4),
            "cover_loss": 0.0,
            "added_cost": 0.0,
        }
        for s in stops
    ]
    return Proposal.objects.create(
        tenant_id=job.tenant_id,
        job=job,
        at=now,
        source=Source.IMPROVE,
        tier=job.tier,
        engine=better.result.version,
        digest=better.result.digest,
        seed=better.result.seed,
        problem=json.loads(dispatch.write_json(world.problem)),
        chosen=chosen,
        reasons=[{"code": "cheapest_overall", "numbers": {"gain": round(better.gain, 1)}}],
        considered=len(world.problem.technicians),
        gain=round(better.gain, 2),
        expected_at=world.moment(max(s.start_at for s in stops)),
        earliest_at=world.moment(min(float(c["earliest_at"]) for c in chosen)),
        latest_at=world.moment(max(float(c["latest_at"]) for c in chosen)),
    )
