"""Who is asked, who says yes, and the ladder when nobody does."""

from datetime import datetime, timedelta

from qiying.kernel import events
from qiying.kernel.access import Actor, system
from qiying.kernel.errors import Refused
from qiying.slices.rescue import queries, rules
from qiying.slices.rescue.models import Job, Offer, Override, Proposal, Seat, Technician
from qiying.slices.rescue.operations._move import Move
from qiying.slices.rescue.operations._propose import make_seats, one_dispatcher, propose_for
from qiying.slices.rescue.rules import (
    HELD,
    LIVE,
    WANTED,
    OfferState,
    Refusal,
    SeatState,
    Tier,
    Why,
)


def propose(move: Move) -> None:
    """Ask the engine; the proposal waits for the duty chief, or for the clock."""
    move.refuse_unless("skill_known", holds=bool(move.job.skill))
    move.seats = make_seats(move.job)
    revoke(move.job, move.seats, now=move.now)
    proposal = propose_for(move.actor, move.job, move.seats, now=move.now)
    _note(move, proposal)


def _note(move: Move, proposal: Proposal) -> None:
    if proposal.chosen:
        move.codes.update(
            proposal=proposal.pk,
            tier=proposal.tier,
            technicians=[o["technician"] for o in proposal.chosen],
        )
        return
    move.codes.update(proposal=proposal.pk, tier=proposal.tier, technicians=[])
    move.job.alarmed_at = move.now


def latest_proposal(job: Job) -> Proposal | None:
    """What the engine said last."""
    return Proposal.objects.filter(tenant_id=job.tenant_id, job=job).order_by("-id").first()


def offer(move: Move) -> None:
    """Ask the proposed technicians, or one by name, to take the seats that nobody holds."""
    one_dispatcher(move.actor)
    proposal = latest_proposal(move.job)
    named = move.inputs.get("technician_id")
    if named is not None:
        technician = queries.get_technician(system(move.actor.tenant_id), int(named))
        if proposal is None or technician.pk not in chosen_by(proposal):
            raise Refused("rescue.override_instead")
        ask(move, _wanted(move, move.inputs.get("seat")), technician, proposal)
        return
    people = chosen_by(proposal) if proposal else []
    free = [s for s in move.seats if s.state == SeatState.FREE]
    move.refuse_unless("seat_wanted", holds=bool(free and people))
    for seat, person in zip(free, people, strict=False):
        ask(move, seat, _technician(move.job, person), proposal)


def chosen_by(proposal: Proposal) -> list[int]:
    """The technicians of a proposal, one a seat."""
    return [int(o["technician"]) for o in proposal.chosen]


def _technician(job: Job, technician_id: int) -> Technician:
    return queries.get_technician(system(job.tenant_id), technician_id)


def _wanted(move: Move, position: object) -> Seat:
    """The seat of this position, or the first that wants somebody."""
    rows = [s for s in move.seats if s.state in WANTED]
    if position is not None:
        rows = [s for s in rows if s.position == int(str(position))]
    rows.sort(key=lambda s: (s.state != SeatState.FREE, s.position))
    move.refuse_unless("seat_wanted", holds=bool(rows))
    return rows[0]


def override(move: Move) -> None:
    """The duty chief takes somebody else, with a reason that the audit reads."""
    one_dispatcher(move.actor)
    proposal = latest_proposal(move.job)
    technician = queries.get_technician(move.actor, int(move.inputs["technician_id"]))
    seat = _wanted(move, move.inputs.get("seat"))
    revoke(move.job, [seat], now=move.now)
    ask(move, seat, technician, proposal)
    proposed = chosen_by(proposal) if proposal else []
    Override.objects.create(
        tenant_id=move.job.tenant_id,
        job=move.job,
        proposal=proposal,
        proposed_id=proposed[0] if proposed else None,
        chosen=technician,
        by_id=move.actor.person_id,
        why=move.choice("why", Why),
        text=move.text(limit=300, is_needed=True),
        at=move.now,
    )
    move.codes["why"] = str(move.inputs["why"])


def ask(move: Move, seat: Seat, technician: Technician, proposal: Proposal | None) -> None:
    """Put an offer before somebody who may be sent now."""
    code = queries.unable(system(move.actor.tenant_id), move.job, technician, now=move.now)
    if code:
        raise Refused(f"rescue.unable.{code}")
    if any(s.technician_id == technician.pk and s.state in LIVE for s in move.seats):
        raise Refused("rescue.unable.in_crew")
    tier = Tier(move.job.tier)
    seat.state, seat.technician = SeatState.OFFERED, technician
    seat.save(update_fields=["state", "technician"])
    row = Offer.objects.create(
        tenant_id=move.job.tenant_id,
        seat=seat,
        technician=technician,
        proposal=proposal,
        tier=tier,
        told_at=move.now,
        answer_by_at=move.now + timedelta(minutes=move.rule.minutes(tier)),
    )
    move.codes.setdefault("offers", []).append(row.pk)
    move.codes.setdefault("technicians", []).append(technician.pk)


def revoke(job: Job, seats: list[Seat], *, now: datetime) -> None:
    """Take open offers of these seats back; the seats are free again."""
    asked = [s for s in seats if s.state == SeatState.OFFERED]
    for row in Offer.objects.filter(
        tenant_id=job.tenant_id, seat__in=asked, state=OfferState.OPEN
    ):
        row.state, row.answered_at = OfferState.REVOKED, now
        row.save(update_fields=["state", "answered_at"])
    for seat in asked:
        seat.state, seat.technician = SeatState.FREE, None
        seat.save(update_fields=["state", "technician"])


def _open_offer(move: Move) -> Offer:
    """The offer that is open to the technician who acts."""
    row = Offer.objects.filter(
        tenant_id=move.job.tenant_id,
        seat__job=move.job,
        technician=move.worker,
        state=OfferState.OPEN,
    ).first()
    if row is None:
        raise Refused("rescue.guard.offer_open")
    return row


def accept(move: Move) -> None:
    """Take the seat; when every seat is held, the firm has its answer."""
    row = _open_offer(move)
    one_dispatcher(move.actor)
    row.state, row.answered_at = OfferState.ACCEPTED, move.now
    row.save(update_fields=["state", "answered_at"])
    seat = next(s for s in move.seats if s.pk == row.seat_id)
    seat.state, seat.held_at = SeatState.ACCEPTED, move.now
    seat.set_out_at = seat.arrived_at = seat.left_at = None
    seat.save(update_fields=["state", "held_at", "set_out_at", "arrived_at", "left_at"])
    move.codes.update(offer=row.pk, technician=move.worker.pk)
    _expect(move.job, row.proposal)
    move.stays = any(s.state in WANTED for s in move.seats)
    if not move.stays:
        answered(move)


def _expect(job: Job, proposal: Proposal | None) -> None:
    if proposal is None:
        return
    known = job.expected_at
    if known is None or (proposal.expected_at and proposal.expected_at > known):
        job.expected_at = proposal.expected_at
        job.expected_from_at, job.expected_until_at = proposal.earliest_at, proposal.latest_at


def answered(move: Move) -> None:
    """The firm knows who comes and when; a promise that was broken is marked as such."""
    job = move.job
    if job.answered_at is None:
        job.answered_at = move.now
    if job.answered_at > job.answer_due_at and job.promise_lost_at is None:
        job.promise_lost_at = job.answer_due_at
    minutes = int((job.answered_at - job.reported_at).total_seconds() // 60)
    move.codes.update(within_min=minutes, is_lost=job.promise_lost_at is not None)


def refuse(move: Move) -> None:
    """Say no, with a reason; the ladder goes one rung up and the next is asked at once."""
    reason = move.choice("reason", Refusal)
    row = _open_offer(move)
    row.reason, row.text = reason, move.text(limit=300)
    _close(move, row, OfferState.REFUSED)


def expire(move: Move) -> None:
    """Offers that nobody answered in time end; the ladder goes one rung up."""
    late = [row for row in queries.open_offers(move.job) if row.answer_by_at <= move.now]
    move.refuse_unless("offer_open", holds=bool(late))
    for row in late[:-1]:
        _end_offer(move, row, OfferState.EXPIRED)
    _close(move, late[-1], OfferState.EXPIRED)


def _end_offer(move: Move, row: Offer, state: OfferState) -> Seat:
    row.state, row.answered_at = state, move.now
    row.save(update_fields=["state", "answered_at", "reason", "text"])
    seat = next(s for s in move.seats if s.pk == row.seat_id)
    seat.state, seat.technician = SeatState.FREE, None
    seat.save(update_fields=["state", "technician"])
    return seat


def _close(move: Move, row: Offer, state: OfferState) -> None:
    _end_offer(move, row, state)
    move.codes.update(offer=row.pk, refused_by=row.technician_id)
    move.job.tier = rules.next_tier(Tier(move.job.tier))
    ask_next(move)


def ask_next(move: Move) -> None:
    """Ask the engine again at the job's tier and put its answer before people at once."""
    move.seats = make_seats(move.job)
    proposal = propose_for(move.actor, move.job, move.seats, now=move.now)
    _note(move, proposal)
    move.codes["technicians"] = []
    free = [s for s in move.seats if s.state == SeatState.FREE]
    for seat, person in zip(free, chosen_by(proposal), strict=False):
        technician = _technician(move.job, person)
        platform = system(move.actor.tenant_id)
        if not queries.unable(platform, move.job, technician, now=move.now):
            ask(move, seat, technician, proposal)
    if not move.codes["technicians"]:
        move.job.alarmed_at = move.now
        move.codes["nobody"] = True


def release(move: Move) -> None:
    """Somebody of the crew cannot come after all: the seat is free, the promise runs again."""
    job = move.job
    reason = move.choice("reason", Refusal)
    seat = _released_seat(move)
    row = (
        Offer.objects.filter(tenant_id=job.tenant_id, seat=seat, technician=seat.technician)
        .order_by("-id")
        .first()
    )
    if row is not None:
        row.state, row.reason = OfferState.REFUSED, reason
        row.text = move.text(limit=300)
        row.save(update_fields=["state", "reason", "text"])
    move.codes.update(technician=seat.technician_id, reason=str(reason))
    seat.state, seat.technician, seat.held_at = SeatState.FREE, None, None
    seat.set_out_at = seat.arrived_at = None
    seat.save(update_fields=["state", "technician", "held_at", "set_out_at", "arrived_at"])
    if job.begun_at is None:
        job.answered_at = job.set_out_at = job.arrived_at = job.diagnosed_at = None
    job.expected_at = job.expected_from_at = job.expected_until_at = None
    _withdraw_shown_quote(move)
    ask_next(move)


def _released_seat(move: Move) -> Seat:
    """The own seat; the duty chief names whose."""
    named = move.inputs.get("technician_id")
    if move.technician is not None:
        return move.seat
    found = [
        s
        for s in move.seats
        if s.state in HELD and (named is None or s.technician_id == int(named))
    ]
    move.refuse_unless("in_seat", holds=len(found) == 1)
    return found[0]


def _withdraw_shown_quote(move: Move) -> None:
    quote = queries.quote_of(move.job, rules.QuoteState.SHOWN)
    if quote is not None:
        quote.state = rules.QuoteState.REPLACED
        quote.save(update_fields=["state"])


def alarm(actor: Actor, job: Job, *, now: datetime) -> None:
    """Say to the duty chief again that nobody has taken this job."""
    job.alarmed_at = now
    job.save(update_fields=["alarmed_at"])
    events.record(
        "rescue.alarmed",
        subject=job,
        actor=actor,
        now=now,
        state=str(job.state),
        tier=str(job.tier),
        waiting_min=int((now - job.reported_at).total_seconds() // 60),
    )
