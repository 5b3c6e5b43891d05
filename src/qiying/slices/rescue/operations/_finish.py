"""From the work to the end: parts, trial, report, confirmation, rating, referral, night plan."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from qiying.engines import worktime
from qiying.kernel.errors import Invalid
from qiying.slices.registry import public as registry
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import PartUsed, PriceItem, Rating, Report
from qiying.slices.rescue.operations._ask import revoke
from qiying.slices.rescue.operations._move import Move, attach, call_back, let_go, send_away
from qiying.slices.rescue.operations._visit import missing_permits, quantity_of
from qiying.slices.rescue.rules import (
    Dismissal,
    Grade,
    Outcome,
    QuoteState,
    SeatState,
    Stock,
)

FEN = Decimal("0.01")
MOST_PRICE = Decimal(10_000_000)


def use_part(move: Move) -> None:
    """A part was put in, from somebody's store."""
    item_id = move.inputs.get("item_id")
    item = None
    if item_id is not None:
        item = PriceItem.objects.filter(
            tenant_id=move.job.tenant_id,
            pk=item_id,
            is_part=True,
            price_list__provider_id=move.worker.provider_id,
        ).first()
        if item is None:
            raise Invalid("input.invalid", {"item_id": "rescue.not_on_list"})
    price = item.price_cny if item else money_of(move.inputs.get("price_cny", 0), "price_cny")
    row = PartUsed.objects.create(
        tenant_id=move.job.tenant_id,
        job=move.job,
        item=item,
        name=move.text("name", limit=80, is_needed=True),
        quantity=quantity_of(move.inputs["quantity"], "quantity"),
        price_cny=price,
        stock=move.choice("stock", Stock),
        at=move.at,
    )
    move.codes.update(part=row.pk, stock=str(row.stock))


def money_of(value: object, name: str) -> Decimal:
    """Yuan of nothing or more; Invalid otherwise."""
    try:
        found = Decimal(str(value)).quantize(FEN)
    except InvalidOperation:
        found = Decimal(-1)
    if not 0 <= found <= MOST_PRICE:
        raise Invalid("input.invalid", {name: "rescue.amount"})
    return found


def _until(move: Move) -> datetime:
    until = move.inputs["until"]
    if not isinstance(until, datetime) or until <= move.now:
        raise Invalid("input.invalid", {"until": "rescue.in_future"})
    return until


def wait_for_parts(move: Move) -> None:
    """Parts are missing: what, from whom, until when; the crew is free meanwhile."""
    move.job.resume_at = _until(move)
    move.say(is_needed=True)
    send_away(move)


def parts_came(move: Move) -> None:
    """The parts are here: the crew comes back."""
    move.job.resume_at = None
    call_back(move)


def try_run(move: Move) -> None:
    """The machine is started on trial; a photograph shows how it was left."""
    has_photo = bool(move.inputs.get("attachments"))
    move.refuse_unless("photo_after", holds=has_photo)
    move.say()


def fail_trial(move: Move) -> None:
    """It does not run yet: the work goes on."""
    move.refuse_unless("permits_valid", holds=not missing_permits(move))
    move.say(is_needed=True)


def finish(move: Move) -> None:
    """It runs: the report is signed by the firm on the phone."""
    days = move.inputs.get("warranty_days", move.rule.warranty_days)
    if not 0 <= int(days) <= 3650:
        raise Invalid("input.invalid", {"warranty_days": "rescue.range"}, least=0, most=3650)
    _report(move, Outcome.REPAIRED, int(days))


def solve_remotely(move: Move) -> None:
    """Solved by telephone, or nothing was broken: free of charge."""
    has_quote = queries.quote_of(move.job, QuoteState.ACCEPTED, QuoteState.SHOWN) is not None
    move.refuse_unless("nothing_quoted", holds=not has_quote)
    came = any(s.arrived_at is not None for s in move.seats)
    _report(move, Outcome.NO_FAULT if came else Outcome.REMOTE, 0)


def _report(move: Move, outcome: Outcome, warranty_days: int) -> None:
    job = move.job
    old = Report.objects.filter(tenant_id=job.tenant_id, job=job)
    version = old.count() + 1
    for row in old.filter(is_current=True):
        row.is_current = False
        row.save(update_fields=["is_current"])
    until = queries.today(move.now) + timedelta(days=warranty_days) if warranty_days else None
    row = Report.objects.create(
        tenant_id=job.tenant_id,
        job=job,
        version=version,
        technician=move.worker,
        outcome=outcome,
        text=move.text(is_needed=True),
        signed_by=move.text("signed_by", limit=40, is_needed=True),
        signed_at=move.at,
        warranty_until=until,
    )
    attach(move.actor, sorted(set(move.inputs.get("attachments") or ())), row)
    job.running_at, job.warranty_until, job.resume_at = move.at, until, None
    let_go(move)
    stopped = job.stopped_at or job.reported_at
    minutes = max(int((move.at - stopped).total_seconds() // 60), 0)
    move.codes.update(report=row.pk, outcome=str(outcome), standstill_min=minutes)


def patch(move: Move) -> None:
    """It runs for the time being; the rest has a day."""
    move.job.resume_at = _until(move)
    move.say(is_needed=True)
    send_away(move)


def resume(move: Move) -> None:
    """The rest of a patched repair is done now."""
    move.job.resume_at = None
    call_back(move)


def refer(move: Move) -> None:
    """It is beyond us: to whom it goes and why; the firm is told."""
    move.job.referred_to = move.text("referred_to", limit=120, is_needed=True)
    move.say(is_needed=True)
    _end(move)


def _end(move: Move) -> None:
    """Nobody is held or asked any more."""
    revoke(move.job, move.seats, now=move.now)
    for seat in move.seats:
        seat.refresh_from_db()
    let_go(move, SeatState.RELEASED, also_asked=True)
    shown = queries.quote_of(move.job, QuoteState.SHOWN)
    if shown is not None:
        shown.state = QuoteState.REPLACED
        shown.save(update_fields=["state"])


def withdraw(move: Move) -> None:
    """The firm needs nobody any more."""
    move.job.ending = move.choice("reason", Dismissal)
    move.say()
    _end(move)
    move.codes["reason"] = str(move.job.ending)


dismiss = withdraw


def confirm(move: Move) -> None:
    """The firm says that it runs; the desk asks by telephone once some working days have passed."""
    job = move.job
    is_firm = job.enterprise_id in move.actor.enterprises
    people = {s.technician.person_id for s in move.seats if s.technician is not None}
    is_other = move.actor.person_id is not None and move.actor.person_id not in people
    move.refuse_unless("other_than_technician", holds=is_other)
    move.refuse_unless("after_days", holds=is_firm or move.now >= confirm_from(move))
    job.confirmed_at = move.now
    move.say()
    move.codes["by_firm"] = is_firm


def confirm_from(move: Move) -> datetime:
    """From when on the desk may ask by telephone."""
    since = move.job.running_at or move.now
    days = worktime.Rule("working_days", move.rule.confirm_after_days)
    return worktime.due(since, days, registry.calendar(move.actor)).due_at


def dispute_result(move: Move) -> None:
    """It does not run after all: the same people come back."""
    move.say(is_needed=True)
    move.job.running_at = move.job.warranty_until = None
    move.job.reopened += 1
    call_back(move)
    move.codes["reopened"] = move.job.reopened


def rate(move: Move) -> None:
    """One of five grades, once."""
    has_one = Rating.objects.filter(tenant_id=move.job.tenant_id, job=move.job).exists()
    move.refuse_unless("not_rated", holds=not has_one)
    row = Rating.objects.create(
        tenant_id=move.job.tenant_id,
        job=move.job,
        grade=move.choice("grade", Grade),
        text=move.text(limit=1000),
        by=move.actor.identity,
        at=move.now,
    )
    move.codes.update(rating=row.pk, grade=str(row.grade))


def plan_night(move: Move) -> None:
    """No fault is left overnight without a plan: who, until when, how the line runs meanwhile."""
    move.job.night_who = move.text("who", limit=60, is_needed=True)
    move.job.night_until_at = _until(move)
    move.job.night_text = move.text(limit=300, is_needed=True)
