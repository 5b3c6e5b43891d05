"""On the way, at the machine, what is broken, what it costs, what is allowed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from pyproj import Geod

from qiying.kernel.errors import Invalid
from qiying.kernel.people import SHANGHAI
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import (
    Diagnosis,
    Permit,
    PriceItem,
    PriceList,
    Quote,
    QuoteLine,
    Seat,
    Technician,
)
from qiying.slices.rescue.operations._ask import answered
from qiying.slices.rescue.operations._move import Move, is_ahead, let_go
from qiying.slices.rescue.rules import (
    LIVE,
    MOVING,
    Consent,
    OfferState,
    PermitKind,
    QuoteState,
    SeatState,
)

GROUND = Geod(ellps="WGS84")
FEN = Decimal("0.01")
MAX_LINES = 60
MOST_QUANTITY = Decimal(9999)


def distance_m(move: Move) -> float | None:
    """Between the phone and the machine; None when the phone gave no place."""
    longitude, latitude = move.inputs.get("longitude"), move.inputs.get("latitude")
    if longitude is None or latitude is None:
        return None
    job = move.job
    *_, metres = GROUND.inv(float(longitude), float(latitude), job.longitude, job.latitude)
    return float(metres)


def help_remotely(move: Move) -> None:
    """The technician helps by telephone, if the firm wants it so; he or she then holds the seat."""
    move.refuse_unless("firm_agrees", holds=move.inputs["firm_agrees"] in (True, "true", "on"))
    seat = move.seat_of(move.technician)
    if seat is None:
        seat = _take_offer(move)
    if move.job.answered_at is None:
        answered(move)
    move.say()
    move.codes["technician"] = move.worker.pk


def _take_offer(move: Move) -> Seat:
    found = [o for o in queries.open_offers(move.job) if o.technician_id == move.worker.pk]
    move.refuse_unless("offer_open", holds=bool(found))
    move.refuse_unless("crew_whole", holds=move.job.crew == 1)
    offer = found[0]
    offer.state, offer.answered_at = OfferState.ACCEPTED, move.now
    offer.save(update_fields=["state", "answered_at"])
    seat = next(s for s in move.seats if s.pk == offer.seat_id)
    seat.state, seat.held_at = SeatState.ACCEPTED, move.now
    seat.save(update_fields=["state", "held_at"])
    return seat


def set_out(move: Move) -> None:
    """Somebody of the crew leaves for the firm."""
    seat = move.seat
    move.refuse_unless(
        "not_elsewhere", holds=seat.state == SeatState.ACCEPTED and not _is_elsewhere(move)
    )
    seat.state, seat.set_out_at = SeatState.EN_ROUTE, move.at
    seat.save(update_fields=["state", "set_out_at"])
    move.job.set_out_at = move.job.set_out_at or move.at
    move.stays = is_ahead(move.job, str(move.step.target))
    move.codes["technician"] = move.worker.pk


def _is_elsewhere(move: Move) -> bool:
    """Looked up while the technician's row is locked: two phones of one person wait here."""
    tenant = move.job.tenant_id
    Technician.objects.select_for_update().get(tenant_id=tenant, pk=move.worker.pk)
    rows = Seat.objects.filter(
        tenant_id=move.job.tenant_id, technician=move.worker, state__in=sorted(MOVING)
    )
    return rows.exclude(job=move.job).exists()


def arrive(move: Move) -> None:
    """Somebody of the crew is there: within the radius of the rules, or with a reason."""
    seat = move.seat
    moved = seat.state in (SeatState.ACCEPTED, SeatState.EN_ROUTE)
    move.refuse_unless("not_elsewhere", holds=moved and not _is_elsewhere(move))
    far = distance_m(move)
    reason = move.text(limit=200)
    is_near = far is not None and far <= move.rule.site_radius_m
    move.refuse_unless("near_site", holds=is_near or bool(reason))
    seat.state, seat.arrived_at, seat.arrive_reason = SeatState.ON_SITE, move.at, reason
    seat.set_out_at = seat.set_out_at or move.at
    seat.save(update_fields=["state", "arrived_at", "set_out_at", "arrive_reason"])
    job = move.job
    job.set_out_at = job.set_out_at or move.at
    if job.arrived_at is None:
        job.arrived_at = move.at
        if job.arrive_goal_at and move.at > job.arrive_goal_at and job.goal_lost_at is None:
            job.goal_lost_at = job.arrive_goal_at
    move.stays = is_ahead(job, str(move.step.target))
    move.codes.update(technician=move.worker.pk, is_near=is_near)


def diagnose(move: Move) -> None:
    """Name the fault and its cause."""
    seat = move.seat
    row = Diagnosis.objects.create(
        tenant_id=move.job.tenant_id,
        job=move.job,
        technician=move.worker,
        fault_code=move.text("fault_code", limit=24, is_needed=True),
        cause=move.text("cause", is_needed=True),
        is_remote=seat.state != SeatState.ON_SITE,
        parts_needed=move.text("parts_needed", limit=300),
        at=move.at,
    )
    move.job.diagnosed_at = move.job.diagnosed_at or move.at
    move.say()
    move.codes.update(diagnosis=row.pk, is_remote=row.is_remote)


Line = tuple[PriceItem, Decimal]
Priced = tuple[int, Decimal, Decimal, Decimal]
"""Key of the item, price, amount, the zone's share."""


def quote(move: Move) -> None:
    """Show the firm what it costs and who pays which share, by the price list in force."""
    job = move.job
    prices = _price_list(move)
    lines = _lines(move.inputs["lines"], prices)
    provider = move.worker.provider
    percent = (
        provider.public_percent
        if provider.public_percent is not None
        else move.rule.public_percent
    )
    is_night = move.rule.is_night(move.at.astimezone(SHANGHAI))
    for old in Quote.objects.filter(tenant_id=job.tenant_id, job=job, state=QuoteState.SHOWN):
        old.state = QuoteState.REPLACED
        old.save(update_fields=["state"])
    priced = [_priced(item, n, percent, move, is_night=is_night) for item, n in lines]
    total = sum((p[2] for p in priced), Decimal(0))
    zone = sum((p[3] for p in priced), Decimal(0))
    row = Quote.objects.create(
        tenant_id=job.tenant_id,
        job=job,
        version=Quote.objects.filter(tenant_id=job.tenant_id, job=job).count() + 1,
        technician=move.worker,
        price_list=prices,
        shown_at=move.now,
        is_night=is_night,
        public_percent=percent,
        total_cny=total,
        zone_cny=zone,
        firm_cny=total - zone,
        digest=_digest(priced),
    )
    _keep_lines(row, lines, priced)
    move.say()
    move.codes.update(quote=row.pk, version=row.version)


def _keep_lines(row: Quote, lines: Sequence[Line], priced: Sequence[Priced]) -> None:
    QuoteLine.objects.bulk_create(
        QuoteLine(
            tenant_id=row.tenant_id,
            quote=row,
            item=item,
            quantity=quantity,
            price_cny=price,
            amount_cny=amount,
            zone_cny=share,
        )
        for (item, quantity), (_, price, amount, share) in zip(lines, priced, strict=True)
    )


def _price_list(move: Move) -> PriceList:
    rows = PriceList.objects.filter(
        queries.in_force(queries.today(move.now)),
        tenant_id=move.job.tenant_id,
        provider_id=move.worker.provider_id,
    )
    found = rows.first()
    if found is None:
        move.refuse_unless("on_price_list", holds=False)
    assert found is not None  # noqa: S101  refused above
    return found


def _lines(given: Sequence[Mapping[str, object]], prices: PriceList) -> list[Line]:
    items = {
        i.pk: i for i in PriceItem.objects.filter(tenant_id=prices.tenant_id, price_list=prices)
    }
    if not isinstance(given, list | tuple) or not 0 < len(given) <= MAX_LINES:
        raise Invalid("input.invalid", {"lines": "input.required"})
    found = []
    for line in given:
        try:
            item = items[int(str(line["item_id"]))]
        except (KeyError, TypeError, ValueError):
            raise Invalid("input.invalid", {"lines": "rescue.not_on_list"}) from None
        found.append((item, quantity_of(line.get("quantity"), "lines")))
    return found


def quantity_of(value: object, name: str) -> Decimal:
    """A quantity above nothing with two decimals; Invalid otherwise."""
    try:
        number = Decimal(str(value)).quantize(FEN)
    except InvalidOperation:
        number = Decimal(0)
    if not 0 < number <= MOST_QUANTITY:
        raise Invalid("input.invalid", {name: "rescue.quantity"})
    return number


def _priced(
    item: PriceItem, quantity: Decimal, percent: int, move: Move, *, is_night: bool
) -> Priced:
    """Key, price, amount and the zone's share of a line; parts are the firm's."""
    price = item.price_cny
    if is_night and item.has_night_price and not item.is_part:
        price = (price * move.rule.night_factor).quantize(FEN, ROUND_HALF_UP)
    amount = (price * quantity).quantize(FEN, ROUND_HALF_UP)
    is_free = item.is_part or move.job.warranty_of_id is not None
    share = Decimal(0) if is_free else amount * percent / 100
    return item.pk, price, amount, share.quantize(FEN, ROUND_HALF_UP)


def _digest(priced: Sequence[Priced]) -> str:
    plain = [[key, *(str(v) for v in rest)] for key, *rest in priced]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _answer_quote(move: Move, state: QuoteState) -> Quote:
    row = queries.quote_of(move.job, QuoteState.SHOWN)
    is_same = row is not None and row.digest == move.inputs["digest"]
    move.refuse_unless("quote_unchanged", holds=is_same)
    assert row is not None  # noqa: S101  refused above
    is_firm = move.job.enterprise_id in move.actor.enterprises
    if not is_firm and not move.inputs.get("signed_by"):
        raise Invalid("input.invalid", {"signed_by": "input.required"})
    row.state, row.answered_at = state, move.now
    row.answered_by = move.actor.identity
    row.consent = Consent.ACCOUNT if is_firm else Consent.SIGNED
    row.signed_by = move.text("signed_by", limit=40)
    row.longitude, row.latitude = move.inputs.get("longitude"), move.inputs.get("latitude")
    return row


def accept_quote(move: Move) -> None:
    """The firm says yes to the quote that it was shown, and to no other."""
    row = _answer_quote(move, QuoteState.ACCEPTED)
    for old in Quote.objects.filter(
        tenant_id=row.tenant_id, job=move.job, state=QuoteState.ACCEPTED
    ):
        old.state = QuoteState.REPLACED
        old.save(update_fields=["state"])
    row.save()
    move.say()
    move.codes.update(quote=row.pk, consent=str(row.consent))


def decline_quote(move: Move) -> None:
    """The firm says no and has it repaired elsewhere."""
    row = _answer_quote(move, QuoteState.DECLINED)
    row.save()
    move.job.referred_to = move.text(limit=120, is_needed=True)
    let_go(move, also_asked=True)
    move.codes.update(quote=row.pk, consent=str(row.consent))


def issue_permit(move: Move) -> None:
    """The firm's safety person allows the work, after the checks."""
    until = move.inputs["valid_until"]
    if not isinstance(until, datetime) or until <= move.now:
        raise Invalid("input.invalid", {"valid_until": "rescue.in_future"})
    checks = [str(c)[:80] for c in move.inputs["checks"] or () if str(c).strip()]
    if not checks:
        raise Invalid("input.invalid", {"checks": "input.required"})
    issued_by = move.text("issued_by", limit=40, is_needed=True)
    is_own = move.technician is not None and issued_by == move.technician.person.name
    move.refuse_unless("by_the_firm", holds=not is_own)
    row = Permit.objects.create(
        tenant_id=move.job.tenant_id,
        job=move.job,
        kind=move.choice("permit", PermitKind),
        checks=checks,
        issued_by=issued_by,
        recorded_by=move.actor.identity,
        issued_at=move.now,
        valid_until=until,
    )
    move.say()
    move.codes.update(permit=row.pk, kind=str(row.kind))


def missing_permits(move: Move) -> list[str]:
    """Kinds that the job demands and nobody has issued, or that ran out."""
    rows = Permit.objects.filter(
        tenant_id=move.job.tenant_id, job=move.job, valid_until__gt=move.now
    )
    valid = set(rows.values_list("kind", flat=True))
    return [k for k in move.job.permits if k not in valid]


def begin_work(move: Move) -> None:
    """Work begins: the fault is known, the crew is there, the quote accepted, permits valid."""
    job = move.job
    held = [s for s in move.seats if s.state in LIVE or s.state == SeatState.FREE]
    move.refuse_unless("crew_there", holds=all(s.state == SeatState.ON_SITE for s in held))
    move.refuse_unless("is_diagnosed", holds=job.diagnosed_at is not None)
    is_free = job.warranty_of_id is not None
    has_yes = queries.quote_of(job, QuoteState.ACCEPTED) is not None
    is_asking = queries.quote_of(job, QuoteState.SHOWN) is not None
    move.refuse_unless("quote_accepted", holds=is_free or (has_yes and not is_asking))
    move.refuse_unless("permits_valid", holds=not missing_permits(move))
    is_licensed = queries.is_licensed(move.worker.provider_id, job, queries.today(move.now))
    move.refuse_unless("licence_valid", holds=is_licensed)
    job.begun_at = job.begun_at or move.at
    move.codes["technician"] = move.worker.pk
