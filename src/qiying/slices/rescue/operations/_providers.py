"""Providers, their licences, prices and people; who is on duty when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from qiying.kernel import events, people
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import (
    Certificate,
    Licence,
    Manager,
    PriceItem,
    PriceList,
    Provider,
    Seat,
    Station,
    Technician,
)
from qiying.slices.rescue.operations._finish import money_of
from qiying.slices.rescue.operations._move import choice
from qiying.slices.rescue.rules import KEEPERS, LIVE, ProviderKind

SIGNERS = KEEPERS | {Role.SYSTEM}
FULL = 100


@dataclass(frozen=True, slots=True)
class PriceIn:
    """A row of a price list as it is agreed."""

    code: str
    name_zh: str
    unit_zh: str
    price_cny: Decimal
    name_en: str = ""
    unit_en: str = ""
    is_part: bool = False
    has_night_price: bool = True


def _say(actor: Actor, row: Any, event: str, now: datetime, **codes: Any) -> None:
    events.record(f"rescue.{event}", subject=row, actor=actor, now=now, **codes)


def forward(start: date, end: date | None, name: str = "until_on") -> None:
    """Refuse a period that ends before it begins."""
    if end is not None and end <= start:
        raise Invalid("input.invalid", {name: "rescue.period"})


@operation
def sign_provider(
    actor: Actor,
    *,
    now: datetime,
    name_zh: str,
    from_on: date,
    until_on: date | None = None,
    name_en: str = "",
    kind: str = ProviderKind.CONTRACTED,
    contract: str = "",
    classes: Sequence[str] = (),
    areas: Sequence[str] = (),
    public_percent: int | None = None,
    phone: str = "",
    is_new: bool = False,
) -> Provider:
    """Put a provider under contract, or write it anew unless ``is_new``; ``until_on`` exclusive."""
    actor.require(*SIGNERS)
    name = _name(actor, name_zh, is_new=is_new)
    forward(from_on, until_on)
    if public_percent is not None and not 0 <= public_percent <= FULL:
        raise Invalid("input.invalid", {"public_percent": "rescue.range"}, least=0, most=FULL)
    row, _is_new = Provider.objects.update_or_create(
        tenant_id=actor.tenant_id,
        name_zh=name,
        defaults={
            "name_en": clean(name_en, field="name_en", limit=150, is_needed=False),
            "kind": choice("kind", kind, ProviderKind),
            "contract": clean(contract, field="contract", limit=60, is_needed=False),
            "from_on": from_on,
            "until_on": until_on,
            "classes": sorted(set(classes)),
            "areas": sorted(set(areas)),
            "public_percent": public_percent,
            "phone": clean(phone, field="phone", limit=20, is_needed=False),
            "updated_at": now,
        },
    )
    _say(actor, row, "provider_signed", now, kind=str(row.kind))
    return row


def _name(actor: Actor, given: str, *, is_new: bool) -> str:
    name = clean(given, field="name_zh", limit=100)
    if is_new and queries.list_providers(actor).filter(name_zh=name).exists():
        raise Invalid("input.invalid", {"name_zh": "rescue.keep.provider_known"})
    return name


@operation
def name_manager(
    actor: Actor, provider_id: int, *, now: datetime, person_id: int, is_current: bool = True
) -> Manager:
    """Say who leads a provider's people here, or that somebody does no longer."""
    actor.require(*SIGNERS)
    provider = queries.get_provider(actor, provider_id)
    _require_role(actor, person_id, Role.PROVIDER_MANAGER, now)
    row, _is_new = Manager.objects.update_or_create(
        tenant_id=actor.tenant_id,
        provider=provider,
        person_id=person_id,
        defaults={"is_current": is_current, "named_at": now},
    )
    _say(actor, row, "manager_named", now, provider=provider_id, person=person_id)
    return row


def _require_role(actor: Actor, person_id: int, role: Role, now: datetime) -> None:
    held = people.people_with(actor, role, on=queries.today(now))
    if all(p.pk != person_id for p in held):
        raise Invalid("input.invalid", {"person_id": "rescue.role_missing"})


@operation
def add_licence(
    actor: Actor,
    provider_id: int,
    *,
    now: datetime,
    item: str,
    number: str,
    from_on: date,
    until_on: date | None = None,
    body: str = "",
) -> Licence:
    """Keep a licence that the house has seen; without it nobody repairs such equipment."""
    actor.require(*SIGNERS)
    forward(from_on, until_on)
    row, _is_new = Licence.objects.update_or_create(
        tenant_id=actor.tenant_id,
        provider=queries.get_provider(actor, provider_id),
        item=clean(item, field="item", limit=60),
        number=clean(number, field="number", limit=60),
        defaults={
            "body": clean(body, field="body", limit=100, is_needed=False),
            "from_on": from_on,
            "until_on": until_on,
        },
    )
    _say(actor, row, "licence_added", now, provider=provider_id)
    return row


@operation
def add_station(
    actor: Actor,
    *,
    now: datetime,
    code: str,
    name_zh: str,
    longitude: float,
    latitude: float,
    name_en: str = "",
) -> Station:
    """A place where technicians wait."""
    actor.require(*SIGNERS)
    row, _is_new = Station.objects.update_or_create(
        tenant_id=actor.tenant_id,
        code=clean(code, field="code", limit=20),
        defaults={
            "name_zh": clean(name_zh, field="name_zh", limit=60),
            "name_en": clean(name_en, field="name_en", limit=100, is_needed=False),
            "longitude": longitude,
            "latitude": latitude,
        },
    )
    _say(actor, row, "station_added", now)
    return row


def may_lead(actor: Actor, provider_id: int) -> None:
    """The house, or the manager of this provider; denied to everybody else."""
    if actor.has(*SIGNERS):
        return
    rows = Manager.objects.filter(
        tenant_id=actor.tenant_id,
        provider_id=provider_id,
        person_id=actor.person_id,
        is_current=True,
    )
    if not actor.has(Role.PROVIDER_MANAGER) or not rows.exists():
        raise Denied("access.role")


@operation
def add_technician(
    actor: Actor,
    provider_id: int,
    *,
    now: datetime,
    person_id: int,
    station_id: int,
    phone: str = "",
    recused: Sequence[int] = (),
    joined_on: date | None = None,
) -> Technician:
    """Somebody begins to work for a provider; the person holds the role already."""
    actor.require(*SIGNERS)
    provider = queries.get_provider(actor, provider_id)
    _require_role(actor, person_id, Role.TECHNICIAN, now)
    station = Station.objects.filter(tenant_id=actor.tenant_id, pk=station_id).first()
    if station is None:
        raise Invalid("input.invalid", {"station_id": "input.choice"})
    at_work = Technician.objects.filter(
        tenant_id=actor.tenant_id, person_id=person_id, left_on=None
    )
    if at_work.exists():
        raise Refused("rescue.technician_elsewhere")
    row = Technician.objects.create(
        tenant_id=actor.tenant_id,
        person_id=person_id,
        provider=provider,
        station=station,
        phone=clean(phone, field="phone", limit=20, is_needed=False),
        recused=sorted(set(recused)),
        joined_on=joined_on or queries.today(now),
    )
    _say(actor, row, "technician_added", now, provider=provider_id, person=person_id)
    return row


@operation
def recuse(
    actor: Actor, technician_id: int, *, now: datetime, enterprise_ids: Sequence[int]
) -> Technician:
    """The firms in which somebody has an interest: never sent there."""
    row = queries.get_technician(actor, technician_id)
    may_lead(actor, row.provider_id)
    row.recused = sorted(set(enterprise_ids))
    row.save(update_fields=["recused"])
    _say(actor, row, "technician_recused", now, firms=list(row.recused))
    return row


@operation
def end_technician(
    actor: Actor, technician_id: int, *, now: datetime, on: date | None = None
) -> Technician:
    """Somebody stops working here; not while a seat is held."""
    row = queries.get_technician(actor, technician_id)
    may_lead(actor, row.provider_id)
    seats = Seat.objects.filter(tenant_id=actor.tenant_id, technician=row, state__in=sorted(LIVE))
    if seats.exists():
        raise Refused("rescue.technician_at_work")
    day = on or queries.today(now)
    if day < row.joined_on:
        raise Invalid("input.invalid", {"on": "rescue.period"})
    row.left_on = day
    row.save(update_fields=["left_on"])
    _say(actor, row, "technician_left", now)
    return row


@operation
def certify(
    actor: Actor,
    technician_id: int,
    *,
    now: datetime,
    skill: str,
    from_on: date,
    until_on: date | None = None,
    number: str = "",
) -> Certificate:
    """Keep a skill that the house has seen proof of; a new certificate stands beside the old."""
    actor.require(*SIGNERS)
    forward(from_on, until_on)
    row = Certificate.objects.create(
        tenant_id=actor.tenant_id,
        technician=queries.get_technician(actor, technician_id),
        skill=clean(skill, field="skill", limit=24),
        number=clean(number, field="number", limit=60, is_needed=False),
        from_on=from_on,
        until_on=until_on,
    )
    _say(actor, row, "certified", now, technician=technician_id, certificate=row.pk)
    return row


@operation
def set_prices(
    actor: Actor,
    provider_id: int,
    *,
    now: datetime,
    from_on: date,
    items: Sequence[PriceIn],
    until_on: date | None = None,
    note: str = "",
) -> PriceList:
    """A new version of a provider's prices; the one in force ends the day before."""
    actor.require(*SIGNERS)
    forward(from_on, until_on)
    provider = queries.get_provider(actor, provider_id)
    codes = [i.code for i in items]
    if not items or len(set(codes)) != len(codes):
        raise Invalid("input.invalid", {"items": "input.choice"})
    old = PriceList.objects.filter(tenant_id=actor.tenant_id, provider=provider)
    running = old.filter(from_on__lt=from_on)
    for row in [*running.filter(until_on=None), *running.filter(until_on__gt=from_on)]:
        row.until_on = from_on
        row.save(update_fields=["until_on"])
    try:
        with transaction.atomic():
            prices = PriceList.objects.create(
                tenant_id=actor.tenant_id,
                provider=provider,
                version=old.count() + 1,
                from_on=from_on,
                until_on=until_on,
                note=clean(note, field="note", limit=200, is_needed=False),
            )
    except IntegrityError:
        raise Refused("rescue.prices_overlap") from None
    PriceItem.objects.bulk_create(_item(prices, i) for i in items)
    _say(actor, prices, "prices_set", now, provider=provider_id, items=len(items))
    return prices


def _item(prices: PriceList, given: PriceIn) -> PriceItem:
    return PriceItem(
        tenant_id=prices.tenant_id,
        price_list=prices,
        code=clean(given.code, field="items", limit=20),
        name_zh=clean(given.name_zh, field="items", limit=80),
        name_en=clean(given.name_en, field="items", limit=120, is_needed=False),
        unit_zh=clean(given.unit_zh, field="items", limit=10),
        unit_en=clean(given.unit_en, field="items", limit=20, is_needed=False),
        price_cny=money_of(given.price_cny, "items"),
        is_part=given.is_part,
        has_night_price=given.has_night_price,
    )
