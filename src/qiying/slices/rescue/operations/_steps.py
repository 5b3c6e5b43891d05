"""Every step of the lifecycle by its name; the only way in which a job moves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Job, Technician, Track
from qiying.slices.rescue.operations import _ask, _finish, _triage, _visit
from qiying.slices.rescue.operations._money import settle
from qiying.slices.rescue.operations._move import Move, Work, begin, digest_of, end
from qiying.slices.rescue.rules import HELD, LIFECYCLE, PHONE, SeatState, Step, is_device_key

STEPS: Mapping[str, Work] = {
    "acknowledge": _triage.acknowledge,
    "classify": _triage.classify,
    "propose": _ask.propose,
    "offer": _ask.offer,
    "override": _ask.override,
    "accept": _ask.accept,
    "refuse": _ask.refuse,
    "expire": _ask.expire,
    "release": _ask.release,
    "help_remotely": _visit.help_remotely,
    "set_out": _visit.set_out,
    "arrive": _visit.arrive,
    "diagnose": _visit.diagnose,
    "solve_remotely": _finish.solve_remotely,
    "quote": _visit.quote,
    "accept_quote": _visit.accept_quote,
    "decline_quote": _visit.decline_quote,
    "issue_permit": _visit.issue_permit,
    "begin": _visit.begin_work,
    "use_part": _finish.use_part,
    "wait_for_parts": _finish.wait_for_parts,
    "parts_came": _finish.parts_came,
    "try_run": _finish.try_run,
    "fail_trial": _finish.fail_trial,
    "finish": _finish.finish,
    "patch": _finish.patch,
    "resume": _finish.resume,
    "refer": _finish.refer,
    "confirm": _finish.confirm,
    "dispute_result": _finish.dispute_result,
    "rate": _finish.rate,
    "plan_night": _finish.plan_night,
    "withdraw": _finish.withdraw,
    "dismiss": _finish.dismiss,
    "settle": settle,
}
assert set(STEPS) == set(LIFECYCLE.steps)  # noqa: S101  each row of the table has its work


def take(
    actor: Actor,
    job_id: int,
    step: str,
    *,
    now: datetime,
    version: int | None = None,
    **inputs: Any,
) -> Job:
    """Any step by its name, with the keyword arguments that ``rules.INPUTS`` names.

    Steps in ``rules.PHONE`` take ``device_key``: sent again under the same key they change nothing
    and answer the job as it stands.
    """
    with tenancy.acting(actor):
        move = begin(actor, job_id, step, inputs, now=now, version=version)
        if move.is_repeat:
            return move.job
        STEPS[step](move)
        _keep_track(move)
        return end(move)


def _keep_track(move: Move) -> None:
    """What the phone said, with its place; each key counts once."""
    key = str(move.inputs.get("device_key") or "")
    if not key or move.technician is None or move.name not in PHONE:
        return
    _track(move.actor, move.job, move.technician, move.name, move.inputs, at=move.at, now=move.now)


def _track(
    actor: Actor,
    job: Job,
    technician: Technician,
    step: str,
    given: Mapping[str, Any],
    *,
    at: datetime,
    now: datetime,
) -> Track:
    longitude, latitude = given.get("longitude"), given.get("latitude")
    far = None
    if longitude is not None and latitude is not None:
        *_, far = _visit.GROUND.inv(longitude, latitude, job.longitude, job.latitude)
        seen = technician.last_seen_at
        if seen is None or at >= seen:
            technician.last_longitude, technician.last_latitude = longitude, latitude
            technician.last_seen_at = at
            technician.save(update_fields=["last_longitude", "last_latitude", "last_seen_at"])
    return Track.objects.create(
        tenant_id=actor.tenant_id,
        job=job,
        technician=technician,
        step=step,
        at=at,
        received_at=now,
        longitude=longitude,
        latitude=latitude,
        accuracy_m=given.get("accuracy_m"),
        distance_m=far,
        device_key=str(given["device_key"]),
        digest=digest_of(step, given),
    )


@operation
def track(
    actor: Actor,
    job_id: int,
    *,
    now: datetime,
    device_key: str,
    longitude: float,
    latitude: float,
    sent_at: datetime | None = None,
    accuracy_m: float | None = None,
) -> Track:
    """Where a technician is on the way; sent again under the same key it counts once."""
    technician = queries.technician_of(actor)
    if technician is None or not actor.has(Role.TECHNICIAN):
        raise Denied("rescue.technician")
    if not is_device_key(device_key):
        raise Refused("rescue.device_key")
    job = queries.get_job(actor, job_id)
    kept = Track.objects.filter(
        tenant_id=actor.tenant_id, technician=technician, device_key=device_key
    ).first()
    if kept is not None:
        return kept
    seats = [s for s in queries.seats_of(job) if s.technician_id == technician.pk]
    if not any(s.state in HELD or s.state == SeatState.OFFERED for s in seats):
        raise Refused("rescue.guard.in_seat")
    given = {
        "device_key": device_key,
        "longitude": longitude,
        "latitude": latitude,
        "accuracy_m": accuracy_m,
    }
    at = min(sent_at or now, now)
    row = _track(actor, job, technician, Step.POSITION, given, at=at, now=now)
    events.record("rescue.position", subject=job, actor=actor, now=now, track=row.pk)
    return row
