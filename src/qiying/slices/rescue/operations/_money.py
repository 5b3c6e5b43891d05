"""Public money: price lists are obeyed, months are settled, one draws up and another checks."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from qiying.kernel import events, numbering
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.people import SHANGHAI
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import (
    Budget,
    Job,
    Quote,
    Report,
    Settlement,
    SettlementLine,
)
from qiying.slices.rescue.operations._move import Move
from qiying.slices.rescue.rules import (
    LIFECYCLE,
    PAYERS,
    QuoteState,
    SettlementState,
    State,
)

PREFIX = "JS"
PAY_WITHIN_DAYS = 30
"""A public body pays a small firm within 30 days of delivery unless the contract says more, at most
60 (保障中小企业款项支付条例)."""


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise Denied("rescue.nobody")
    return actor.person_id


@operation
def draw_up(
    actor: Actor,
    provider_id: int,
    *,
    now: datetime,
    month: date,
    budget_id: int | None = None,
) -> Settlement:
    """Put the confirmed jobs of a month that are not settled into one settlement of a provider.

    A job belongs to the provider of the technician who signed the report and to the month in which
    the machine ran again; jobs confirmed late come into the next settlement.
    """
    actor.require(*PAYERS)
    provider = queries.get_provider(actor, provider_id)
    first = month.replace(day=1)
    if first > queries.today(now):
        raise Invalid("input.invalid", {"month": "rescue.in_past"})
    jobs = _to_settle(actor, provider_id, first)
    if not jobs:
        raise Refused("rescue.nothing_to_settle")
    settlement = Settlement.objects.create(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, PREFIX, now=now),
        provider=provider,
        month=first,
        budget=_budget(actor, budget_id),
        drawn_by_id=_person(actor),
        drawn_at=now,
    )
    quotes = _accepted(actor, [j.pk for j in jobs])
    lines = [_line(settlement, job, quotes.get(job.pk)) for job in jobs]
    SettlementLine.objects.bulk_create(lines)
    settlement.jobs = len(lines)
    settlement.zone_cny = sum((line.zone_cny for line in lines), Decimal(0))
    settlement.firm_cny = sum((line.firm_cny for line in lines), Decimal(0))
    settlement.save(update_fields=["jobs", "zone_cny", "firm_cny"])
    _say(actor, settlement, "drawn_up", now, jobs=len(lines))
    return settlement


def _to_settle(actor: Actor, provider_id: int, first: date) -> list[Job]:
    """Locked, so that two who draw up at once never take one job twice."""
    after = (first + timedelta(days=32)).replace(day=1)
    end = datetime(after.year, after.month, 1, tzinfo=SHANGHAI)
    signed = Report.objects.filter(
        tenant_id=actor.tenant_id, is_current=True, technician__provider_id=provider_id
    )
    held = SettlementLine.objects.filter(tenant_id=actor.tenant_id)
    rows = Job.objects.filter(
        tenant_id=actor.tenant_id,
        state=State.CONFIRMED,
        running_at__lt=end,
        pk__in=signed.values("job_id"),
    ).exclude(pk__in=held.values("job_id"))
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _accepted(actor: Actor, jobs: list[int]) -> dict[int, Quote]:
    rows = Quote.objects.filter(
        tenant_id=actor.tenant_id, job_id__in=jobs, state=QuoteState.ACCEPTED
    )
    return {q.job_id: q for q in rows}


def _line(settlement: Settlement, job: Job, quote: Quote | None) -> SettlementLine:
    is_paid = quote is not None and job.warranty_of_id is None
    return SettlementLine(
        tenant_id=settlement.tenant_id,
        settlement=settlement,
        job=job,
        quote=quote,
        zone_cny=quote.zone_cny if quote and is_paid else 0,
        firm_cny=quote.firm_cny if quote and is_paid else 0,
    )


def _budget(actor: Actor, budget_id: int | None) -> Budget | None:
    if budget_id is None:
        return None
    row = Budget.objects.visible_to(actor).filter(pk=budget_id).first()
    if row is None:
        raise Invalid("input.invalid", {"budget_id": "input.choice"})
    return row


def _say(actor: Actor, row: Settlement, event: str, now: datetime, **codes: Any) -> None:
    events.record(
        f"rescue.settlement_{event}",
        subject=row,
        actor=actor,
        now=now,
        provider=row.provider_id,
        **codes,
    )


def _load(
    actor: Actor, settlement_id: int, version: int | None, *states: SettlementState
) -> Settlement:
    actor.require(*PAYERS)
    row = queries.get_settlement(actor, settlement_id, for_update=True)
    if version is not None and row.version != version:
        raise Refused("rescue.moved_on")
    if row.state not in states:
        raise Refused("rescue.settlement_state")
    row.version += 1
    return row


@operation
def check_settlement(
    actor: Actor, settlement_id: int, *, now: datetime, version: int | None = None
) -> Settlement:
    """A second person finds it right: its jobs are settled, the time for paying begins."""
    row = _load(actor, settlement_id, version, SettlementState.DRAWN_UP)
    if _person(actor) == row.drawn_by_id:
        raise Refused("rescue.guard.checked_by_another")
    row.state, row.checked_by_id, row.checked_at = SettlementState.CHECKED, actor.person_id, now
    row.due_on = queries.today(now) + timedelta(days=PAY_WITHIN_DAYS)
    row.save()
    lines = SettlementLine.objects.filter(tenant_id=actor.tenant_id, settlement=row)
    for job_id in lines.order_by("job_id").values_list("job_id", flat=True):
        _settle_job(actor, job_id, now)
    _say(actor, row, "checked", now, jobs=row.jobs)
    return row


def _settle_job(actor: Actor, job_id: int, now: datetime) -> None:
    job = queries.get_job(actor, job_id, for_update=True)
    step = LIFECYCLE.step(job.state, "settle", actor.roles)
    job.state, job.ended_at, job.updated_at = State.SETTLED, now, now
    job.version += 1
    job.save(update_fields=["state", "ended_at", "updated_at", "version"])
    events.record(step.event, subject=job, actor=actor, now=now, before=str(State.CONFIRMED))


def settle(move: Move) -> None:
    """A single job, when its settlement was checked already."""
    checked = SettlementLine.objects.filter(
        tenant_id=move.job.tenant_id,
        job=move.job,
        settlement__state__in=[SettlementState.CHECKED, SettlementState.PAID],
    )
    move.refuse_unless("checked", holds=checked.exists())


@operation
def return_settlement(
    actor: Actor, settlement_id: int, *, now: datetime, text: str, version: int | None = None
) -> Settlement:
    """It is not right: why; its jobs are free for the next one."""
    row = _load(actor, settlement_id, version, SettlementState.DRAWN_UP)
    row.state = SettlementState.RETURNED
    row.reason = clean(text, field="text", limit=300)
    row.save()
    SettlementLine.objects.filter(tenant_id=actor.tenant_id, settlement=row).delete()
    _say(actor, row, "returned", now)
    return row


@operation
def pay_settlement(
    actor: Actor, settlement_id: int, *, now: datetime, voucher: str, version: int | None = None
) -> Settlement:
    """The zone's share is paid, under this voucher."""
    row = _load(actor, settlement_id, version, SettlementState.CHECKED)
    row.state, row.paid_at, row.paid_by_id = SettlementState.PAID, now, _person(actor)
    row.voucher = clean(voucher, field="voucher", limit=60)
    row.save()
    _say(actor, row, "paid", now)
    return row


@operation
def set_budget(
    actor: Actor,
    *,
    now: datetime,
    year: int,
    line: str,
    name_zh: str,
    amount_cny: Decimal,
    name_en: str = "",
) -> Budget:
    """Set a line of a year's budget."""
    actor.require(*PAYERS)
    if not 2000 <= year <= 2100 or amount_cny < 0:
        raise Invalid("input.invalid", {"amount_cny": "rescue.amount"})
    row, _is_new = Budget.objects.update_or_create(
        tenant_id=actor.tenant_id,
        year=year,
        line=clean(line, field="line", limit=40),
        defaults={
            "name_zh": clean(name_zh, field="name_zh", limit=80),
            "name_en": clean(name_en, field="name_en", limit=120, is_needed=False),
            "amount_cny": amount_cny,
        },
    )
    events.record("rescue.budget_set", subject=row, actor=actor, now=now, year=year)
    return row
