"""Process retrofits: planned, done, and measured by readings before and after."""

from datetime import date, datetime
from decimal import Decimal

from qiying.kernel import events, numbering
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Reading, Retrofit
from qiying.slices.rescue.operations._finish import money_of
from qiying.slices.rescue.operations._move import choice
from qiying.slices.rescue.rules import MAX_TEXT, Phase, RetrofitState

PREFIX = "GZ"
PLANNERS = (Role.DUTY_CHIEF, Role.DESK, Role.ENTERPRISE, Role.GRID_OFFICER, Role.SYSTEM)
HOUSE = (Role.DUTY_CHIEF, Role.DESK, Role.SYSTEM)
MOST_PERCENT = Decimal(1000)


@operation
def plan_retrofit(
    actor: Actor,
    *,
    now: datetime,
    enterprise_id: int,
    title: str,
    figure: str,
    unit: str,
    target_percent: Decimal,
    text: str = "",
    is_less_better: bool = True,
    cost_cny: Decimal = Decimal(0),
    public_cny: Decimal = Decimal(0),
    provider_id: int | None = None,
    equipment_id: int | None = None,
    job_id: int | None = None,
) -> Retrofit:
    """What is changed at a firm, which figure it shall move and by how many percent."""
    _require_firm(actor, enterprise_id)
    cost, public = _amounts(target_percent, cost_cny, public_cny)
    row = Retrofit.objects.create(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, PREFIX, now=now),
        enterprise_id=enterprise_id,
        provider=queries.get_provider(actor, provider_id) if provider_id else None,
        equipment=queries.get_machine(actor, equipment_id) if equipment_id else None,
        job=queries.get_job(actor, job_id) if job_id else None,
        title=clean(title, field="title", limit=120),
        text=clean(text, field="text", limit=MAX_TEXT, is_needed=False),
        figure=clean(figure, field="figure", limit=60),
        unit=clean(unit, field="unit", limit=20),
        is_less_better=is_less_better,
        target_percent=target_percent,
        cost_cny=cost,
        public_cny=public,
        planned_on=queries.today(now),
        updated_at=now,
    )
    events.record("rescue.retrofit_planned", subject=row, actor=actor, now=now)
    return row


def _amounts(target: Decimal, cost_cny: Decimal, public_cny: Decimal) -> tuple[Decimal, Decimal]:
    if not 0 < target <= MOST_PERCENT:
        raise Invalid("input.invalid", {"target_percent": "rescue.amount"})
    cost, public = money_of(cost_cny, "cost_cny"), money_of(public_cny, "public_cny")
    if public > cost:
        raise Invalid("input.invalid", {"public_cny": "rescue.amount"})
    return cost, public


def _require_firm(actor: Actor, enterprise_id: int) -> None:
    actor.require(*PLANNERS)
    if not actor.has(*HOUSE, Role.GRID_OFFICER) and enterprise_id not in actor.enterprises:
        raise Denied("access.role")


def _load(actor: Actor, retrofit_id: int, *states: RetrofitState) -> Retrofit:
    row = (
        Retrofit.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(pk=retrofit_id)
        .first()
    )
    if row is None:
        raise NotFound("not_found")
    if row.state not in states:
        raise Refused("rescue.retrofit_state")
    return row


def _save(actor: Actor, row: Retrofit, event: str, now: datetime) -> Retrofit:
    row.version += 1
    row.updated_at = now
    row.save()
    events.record(f"rescue.retrofit_{event}", subject=row, actor=actor, now=now)
    return row


@operation
def start_retrofit(
    actor: Actor, retrofit_id: int, *, now: datetime, on: date | None = None
) -> Retrofit:
    """The work begins; without a reading before there is nothing to compare with later."""
    actor.require(*HOUSE)
    row = _load(actor, retrofit_id, RetrofitState.PLANNED)
    before = Reading.objects.filter(tenant_id=actor.tenant_id, retrofit=row, phase=Phase.BEFORE)
    if not before.exists():
        raise Refused("rescue.no_reading_before")
    row.state, row.started_on = RetrofitState.UNDER_WAY, on or queries.today(now)
    return _save(actor, row, "started", now)


@operation
def finish_retrofit(
    actor: Actor, retrofit_id: int, *, now: datetime, on: date | None = None
) -> Retrofit:
    """The work is over and measured: at least one reading afterwards."""
    actor.require(*HOUSE)
    row = _load(actor, retrofit_id, RetrofitState.UNDER_WAY)
    day = on or queries.today(now)
    if row.started_on is None or day < row.started_on:
        raise Invalid("input.invalid", {"on": "rescue.period"})
    after = Reading.objects.filter(
        tenant_id=actor.tenant_id, retrofit=row, phase=Phase.AFTER, on__gte=row.started_on
    )
    if not after.exists():
        raise Refused("rescue.no_reading_after")
    row.state, row.finished_on = RetrofitState.MEASURED, day
    return _save(actor, row, "measured", now)


@operation
def give_up_retrofit(actor: Actor, retrofit_id: int, *, now: datetime) -> Retrofit:
    """It will not be done."""
    actor.require(*HOUSE)
    row = _load(actor, retrofit_id, RetrofitState.PLANNED, RetrofitState.UNDER_WAY)
    row.state = RetrofitState.GIVEN_UP
    return _save(actor, row, "given_up", now)


@operation
def add_reading(
    actor: Actor,
    retrofit_id: int,
    *,
    now: datetime,
    phase: str,
    on: date,
    value: Decimal,
    source: str,
) -> Reading:
    """A value of the figure with its day and where it was read; the same day twice replaces it."""
    row = _load(
        actor,
        retrofit_id,
        RetrofitState.PLANNED,
        RetrofitState.UNDER_WAY,
        RetrofitState.MEASURED,
    )
    _require_firm(actor, row.enterprise_id)
    if on > queries.today(now) or value < 0:
        raise Invalid("input.invalid", {"on": "rescue.in_past"})
    when = choice("phase", phase, Phase)
    if when is Phase.BEFORE and row.started_on is not None and on > row.started_on:
        raise Invalid("input.invalid", {"on": "rescue.period"})
    reading, _is_new = Reading.objects.update_or_create(
        tenant_id=actor.tenant_id,
        retrofit=row,
        phase=when,
        on=on,
        defaults={
            "value": value,
            "source": clean(source, field="source", limit=120),
            "recorded_by": actor.identity,
        },
    )
    events.record("rescue.reading_added", subject=row, actor=actor, now=now, phase=str(when))
    return reading
