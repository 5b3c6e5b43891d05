"""The duty chief takes a report up: is anybody in danger, what kind of help is it."""

from collections.abc import Sequence

from qiying.kernel.errors import Invalid
from qiying.slices.rescue.models import Certificate, EquipmentClass
from qiying.slices.rescue.operations._ask import revoke
from qiying.slices.rescue.operations._move import Move
from qiying.slices.rescue.operations._propose import make_seats, propose_for
from qiying.slices.rescue.rules import HELD, MAX_CREW, Kind, PermitKind, Safety, State, Urgency


def acknowledge(move: Move) -> None:
    """The report is heard and safety was asked; with a known skill the engine is asked at once."""
    safety = move.choice("safety", Safety)
    move.refuse_unless("safety_asked", holds=safety is not Safety.NOT_ASKED)
    job = move.job
    job.safety, job.acknowledged_at = safety, move.now
    move.say()
    move.codes["safety"] = str(safety)
    move.seats = make_seats(job)
    if job.skill:
        job.state = State.ACKNOWLEDGED
        proposal = propose_for(move.actor, job, move.seats, now=move.now)
        move.codes.update(proposal=proposal.pk, tier=proposal.tier)
        move.stays, job.state = True, State.PROPOSED
        if not proposal.chosen:
            job.alarmed_at = move.now


def classify(move: Move) -> None:
    """Kind, skill, urgency, crew and permits as they turn out; asks the engine anew afterwards."""
    job, given = move.job, move.inputs
    move.refuse_unless("nobody_coming", holds=all(s.state not in HELD for s in move.seats))
    if "kind" in given:
        job.kind = move.choice("kind", Kind)
    if "urgency" in given:
        job.urgency = move.choice("urgency", Urgency)
    if "skill" in given:
        job.skill = skill_of(job.tenant_id, str(given["skill"]))
    if "crew" in given:
        job.crew = _crew(given["crew"])
    if "permits" in given:
        job.permits = permits_of(given["permits"])
    move.say()
    revoke(job, move.seats, now=move.now)
    move.seats = make_seats(job)
    if job.state == State.PROPOSED:
        proposal = propose_for(move.actor, job, move.seats, now=move.now)
        move.codes.update(proposal=proposal.pk, tier=proposal.tier)


def _crew(value: object) -> int:
    try:
        crew = int(str(value))
    except ValueError:
        crew = 0
    if not 1 <= crew <= MAX_CREW:
        raise Invalid("input.invalid", {"crew": "rescue.range"}, least=1, most=MAX_CREW)
    return crew


def skill_of(tenant_id: int, skill: str) -> str:
    """A skill that a class of equipment asks for or that somebody has; Invalid otherwise."""
    needed = EquipmentClass.objects.filter(tenant_id=tenant_id, skill=skill)
    held = Certificate.objects.filter(tenant_id=tenant_id, skill=skill)
    if not skill or not (needed.exists() or held.exists()):
        raise Invalid("input.invalid", {"skill": "input.choice"})
    return skill


def permits_of(values: Sequence[str]) -> list[str]:
    """Known kinds of permit, each once."""
    known = {str(k) for k in PermitKind}
    found = sorted({str(v) for v in values})
    if not set(found) <= known:
        raise Invalid("input.invalid", {"permits": "input.choice"})
    return found
