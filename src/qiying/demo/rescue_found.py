"""Contracts, people, prices, machines and rosters brought in through the operations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from qiying.demo.packaged import read_toml
from qiying.demo.plan import Plan
from qiying.demo.rescue_ground import Ground, Machine, Provider, Technician
from qiying.demo.story_rhythm import SHANGHAI
from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor, Held, Role, combine, stand_in
from qiying.slices.registry import queries as registered
from qiying.slices.rescue import operations as rescue
from qiying.slices.rescue.models import PriceItem
from qiying.slices.rescue.operations import bring_in

SIGNED_BEFORE = timedelta(days=400)
RAISED_BEFORE = timedelta(days=150)
"""A second price list came into force so long ago."""
BUDGET_CNY = Decimal(1_200_000)
LICENSED = ("boiler", "pressure", "lifting", "elevator", "forklift")
SHIFTS: Mapping[int, tuple[str, int, int]] = {
    0: ("day", 8, 17),
    1: ("day", 8, 17),
    2: ("day", 8, 17),
    3: ("evening", 16, 24),
    4: ("on_call", 17, 32),
}
"""Kind and hours of a day by its place in a turn of six; the sixth is free."""
_TURNOUT_MIN = 15
_AHEAD_DAYS, _BEHIND_DAYS = 14, 372


@dataclass(frozen=True, slots=True)
class Worker:
    """A technician as an actor, with the row's key."""

    actor: Actor
    id: int
    told: Technician
    provider_id: int


@dataclass(frozen=True, slots=True)
class House:
    """The people of Industry 120 and the rows that jobs refer to."""

    keeper: Actor
    chiefs: tuple[Actor, ...]
    workers: Mapping[int, Worker]
    machines: tuple[tuple[Machine, int], ...]
    firm_ids: Mapping[str, int]
    providers: tuple[int, ...]
    budget_ids: Mapping[int, int]
    items: Mapping[tuple[int, str], tuple[int, ...]]
    """Rows of the price lists, by provider and code, oldest first."""
    part_names: Mapping[str, str]
    raised_on: date

    def version_on(self, now: datetime) -> int:
        """Which of a provider's price lists counts at a moment."""
        return int(now.astimezone(SHANGHAI).date() >= self.raised_on)


def found_rescue(plan: Plan, tenant_id: int, ground: Ground) -> House:
    """Bring everything in, dated before the first job."""
    keeper = stand_in(tenant_id, Role.ADMINISTRATOR)
    now = max(plan.begins_at, plan.ends_at - SIGNED_BEFORE)
    told = read_toml("rescue")
    with tenancy.acting(keeper):
        chiefs = tuple(_chief(keeper, row, now) for row in ground.chiefs)
        chief = chiefs[0]
        _describe(keeper, ground, told, now)
        rescue.enter_own_matter(keeper, now=now)
        stations = {s.code: _station(keeper, s, now) for s in ground.stations}
        workers: dict[int, Worker] = {}
        providers = []
        for provider in ground.providers:
            row = _sign(keeper, provider, now)
            providers.append(row.pk)
            for person in provider.people:
                worker = _hire(keeper, row.pk, person, stations[person.station], now)
                workers[worker.id] = worker
        items = _price(keeper, ground, providers, told["prices"], plan, now)
    with tenancy.acting(keeper):
        budgets = _budget(keeper, plan, now)
        firms, machines = _machines(keeper, plan, ground, now)
    with tenancy.acting(chief):
        bring_in.plan_shifts(chief, _shifts(plan, workers), now=now)
    return House(
        keeper,
        chiefs,
        workers,
        machines,
        firms,
        tuple(providers),
        budgets,
        items,
        {row["code"]: row["name"][0] for row in told["prices"]},
        raised_on(plan),
    )


def raised_on(plan: Plan) -> date:
    """From when on the second price lists count."""
    return (plan.ends_at - RAISED_BEFORE).date()


def _person(
    keeper: Actor, username: str, name: str, phone: str, role: Role, now: datetime
) -> Actor:
    row = people.register_person(keeper, username=username, name=name, phone=phone, now=now)
    people.grant(keeper, row.pk, role, now=now, valid_from=now.date())
    return Actor(keeper.tenant_id, name, combine([Held(role, None, None)]), person_id=row.pk)


def _chief(keeper: Actor, row: tuple[str, str, str], now: datetime) -> Actor:
    return _person(keeper, *row, Role.DUTY_CHIEF, now)


def _describe(keeper: Actor, ground: Ground, told: Mapping[str, Any], now: datetime) -> None:
    del ground
    for row in told["classes"]:
        mean, spread = row["usual"]
        is_special = "special" in row
        rescue.define_class(
            keeper,
            now=now,
            code=row["code"],
            name_zh=row["name"][0],
            name_en=row["name"][1],
            skill=row["skill"],
            is_special=is_special,
            catalogue=row.get("special", ""),
            needs_licence=is_special,
            licence_item=row.get("licence", ""),
            permits=row["permits"],
            inspection_months=row.get("months"),
            basis_zh=row.get("basis", [""])[0],
            basis_en=row.get("basis", ["", ""])[1],
            grade="K" if is_special else "",
            usual_min=mean,
            usual_spread_min=spread,
        )


def _station(keeper: Actor, row: Any, now: datetime) -> int:
    made = rescue.add_station(
        keeper,
        now=now,
        code=row.code,
        name_zh=row.name.zh,
        name_en=row.name.en,
        longitude=row.longitude,
        latitude=row.latitude,
    )
    return int(made.pk)


def _sign(keeper: Actor, row: Provider, now: datetime) -> Any:
    on = now.date()
    made = rescue.sign_provider(
        keeper,
        now=now,
        name_zh=row.name.zh,
        name_en=row.name.en,
        kind=row.kind,
        contract=f"澜开工120-{on.year}-{row.number:02d}",
        from_on=on,
        until_on=date(on.year + 2, 12, 31),
        phone=row.phone,
    )
    manager = _person(
        keeper, row.manager, row.manager_name, row.manager_phone, Role.PROVIDER_MANAGER, now
    )
    rescue.name_manager(keeper, made.pk, person_id=manager.person_id or 0, now=now)
    items = {r["skill"]: r["licence"] for r in read_toml("rescue")["classes"] if "licence" in r}
    for index, skill in enumerate(s for s in row.skills if s in LICENSED):
        rescue.add_licence(
            keeper,
            made.pk,
            now=now,
            item=items[skill],
            number=f"TS3-LC{row.number:02d}{index + 1}-{on.year}",
            body="澜川县市场监督管理局（演示）",
            from_on=on - timedelta(days=200),
            until_on=date(on.year + 3, 6, 30),
        )
    return made


def _hire(
    keeper: Actor, provider_id: int, told: Technician, station_id: int, now: datetime
) -> Worker:
    actor = _person(keeper, told.username, told.name, told.phone, Role.TECHNICIAN, now)
    row = rescue.add_technician(
        keeper,
        provider_id,
        now=now,
        person_id=actor.person_id or 0,
        station_id=station_id,
        phone=told.phone,
    )
    for index, skill in enumerate(told.skills):
        rescue.certify(
            keeper,
            row.pk,
            now=now,
            skill=skill,
            number=f"ZS{told.username[4:]}{index + 1}",
            from_on=now.date() - timedelta(days=300),
            until_on=told.until_on if index == 0 else None,
        )
    return Worker(actor, row.pk, told, provider_id)


def _price(
    keeper: Actor,
    ground: Ground,
    providers: list[int],
    rows: list[Mapping[str, Any]],
    plan: Plan,
    now: datetime,
) -> Mapping[tuple[int, str], tuple[int, ...]]:
    """Two versions of prices for each provider, the second a little dearer."""
    found: dict[tuple[int, str], list[int]] = {}
    for provider, key in zip(ground.providers, providers, strict=True):
        for on, factor in ((now.date(), Decimal(1)), (raised_on(plan), Decimal("1.05"))):
            made = rescue.set_prices(
                keeper,
                key,
                now=now,
                from_on=on,
                items=[_price_in(row, factor, provider.number) for row in rows],
                note="演示数据",
            )
            for item in PriceItem.objects.filter(price_list=made).order_by("pk"):
                found.setdefault((key, item.code), []).append(item.pk)
    return {pair: tuple(keys) for pair, keys in found.items()}


def _price_in(row: Mapping[str, Any], factor: Decimal, number: int) -> rescue.PriceIn:
    own = Decimal(100 + (number * 7) % 11) / 100
    return rescue.PriceIn(
        code=row["code"],
        name_zh=row["name"][0],
        name_en=row["name"][1],
        unit_zh=row["unit"][0],
        unit_en=row["unit"][1],
        price_cny=(Decimal(row["price"]) * factor * own).quantize(Decimal(1)),
        is_part=bool(row.get("part")),
        has_night_price=not row.get("part"),
    )


def _budget(keeper: Actor, plan: Plan, now: datetime) -> Mapping[int, int]:
    years = sorted({(plan.ends_at - timedelta(days=365)).year, plan.ends_at.year})
    return {
        year: rescue.set_budget(
            keeper,
            now=now,
            year=year,
            line="2150805-GY120",
            name_zh="工业120政府购买服务",
            name_en="Industry 120 services bought",
            amount_cny=BUDGET_CNY,
        ).pk
        for year in years
    }


def _machines(
    keeper: Actor, plan: Plan, ground: Ground, now: datetime
) -> tuple[Mapping[str, int], tuple[tuple[Machine, int], ...]]:
    codes = {f.code: f.credit_code for f in plan.firms}
    ids = dict(registered.list_enterprises(keeper).values_list("credit_code", "id"))
    firm_ids = {code: ids[credit] for code, credit in codes.items() if credit in ids}
    rows = [
        bring_in.MachineIn(
            enterprise_id=firm_ids[m.firm],
            kind_code=m.kind,
            name=m.name,
            place=m.place,
            line=m.line,
            maker="演示机械（虚构）",
            model=m.model,
            serial=m.serial,
            made_in=m.made_in,
            criticality=m.criticality,
            loss_per_hour_cny=m.loss_cny,
            special_number=m.special_number,
            longitude=m.longitude,
            latitude=m.latitude,
        )
        for m in ground.machines
    ]
    made = bring_in.machines(keeper, rows, now=now)
    return firm_ids, tuple((m, row.pk) for m, row in zip(ground.machines, made, strict=True))


def _shifts(plan: Plan, workers: Mapping[int, Worker]) -> list[bring_in.ShiftIn]:
    """A year of duty and the two weeks to come: a turn of six days, fewer people at weekends."""
    first = plan.as_of - timedelta(days=_BEHIND_DAYS)
    found = []
    for ahead in range(_BEHIND_DAYS + _AHEAD_DAYS):
        day = first + timedelta(days=ahead)
        is_weekend = day.weekday() >= 5
        for worker in workers.values():
            turn = (day.toordinal() + worker.told.rota) % 6
            shape = SHIFTS.get(turn)
            if shape is None or (is_weekend and turn in (1, 2)):
                continue
            kind, begins, ends = shape
            midnight = datetime.combine(day, time(0), tzinfo=SHANGHAI)
            found.append(
                bring_in.ShiftIn(
                    technician_id=worker.id,
                    starts_at=midnight + timedelta(hours=begins),
                    ends_at=midnight + timedelta(hours=ends),
                    kind=kind,
                    turnout_min=_TURNOUT_MIN if kind == "on_call" else 0,
                    is_published=ahead < _BEHIND_DAYS + 7,
                )
            )
    return found
