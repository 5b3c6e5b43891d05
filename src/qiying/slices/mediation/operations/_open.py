"""Registering a dispute; keeping the roster of mediators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from qiying.kernel import events, numbering
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, NotFound, Refused
from qiying.kernel.people import people_with
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.calls import public as calls
from qiying.slices.mediation import queries, rules
from qiying.slices.mediation.models import Case, Mediator, Party
from qiying.slices.mediation.operations._move import derive
from qiying.slices.mediation.operations._terms import choose
from qiying.slices.mediation.rules import (
    ENDED,
    MAX_PARTIES,
    MAX_TEXT,
    MAX_TITLE,
    Kind,
    Side,
)
from qiying.slices.registry import public as registry

OPENERS = (Role.DESK, Role.SUPERVISOR, Role.GRID_OFFICER)
KEEPERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
"""Who keeps the roster; who appoints for a case is the desk."""
PREFIX = "TJ"


@dataclass(frozen=True, slots=True)
class PartyIn:
    """A firm by its id, or an outside person by name and telephone."""

    side: str
    enterprise_id: int | None = None
    name: str = ""
    phone: str = ""
    spokesperson: str = ""


@operation
def open_case(
    actor: Actor,
    *,
    kind: str,
    title: str,
    facts: str,
    parties: Sequence[PartyIn],
    now: datetime,
    applied_on: date | None = None,
    arose_on: date | None = None,
    claim_cny: Decimal | None = None,
    call_id: int | None = None,
) -> Case:
    """Register a dispute; every party is then asked whether it wants to be mediated."""
    actor.require(*OPENERS)
    choose(kind, Kind, "kind")
    today = queries.today(now)
    applied_on = applied_on or today
    _check_days(applied_on, arose_on, today)
    people = _parties(actor, parties)
    if call_id is not None:
        _check_call(actor, call_id)
    given = {
        "kind": kind,
        "title": clean(title, field="title", limit=MAX_TITLE),
        "facts": clean(facts, field="facts", limit=MAX_TEXT),
        "claim_cny": _claim(claim_cny),
        "call_id": call_id,
        "applied_on": applied_on,
        "arose_on": arose_on,
    }
    case = _register(actor, given, people, now=now)
    told: dict[str, Any] = {"kind": str(kind), "parties": len(people), "call": call_id or 0}
    events.record("mediation.opened", subject=case, actor=actor, now=now, **told)
    return case


def _register(
    actor: Actor, given: dict[str, Any], people: Sequence[PartyIn], *, now: datetime
) -> Case:
    """The case with its limits, and its parties, each still to be asked."""
    arose_on, limit = given["arose_on"], rules.limitation_fact(given["kind"]).years
    case = Case(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, PREFIX, now=now),
        opened_by_id=actor.person_id,
        limitation_on=rules.years_after(arose_on, limit) if arose_on else None,
        opened_at=now,
        updated_at=now,
        reminded_until=now,
        **given,
    )
    derive(queries.docket(actor, case, now=now))
    case.save()
    Party.objects.bulk_create(
        Party(
            tenant_id=actor.tenant_id,
            case=case,
            side=p.side,
            enterprise_id=p.enterprise_id,
            name=p.name,
            phone=p.phone,
            spokesperson=p.spokesperson,
        )
        for p in people
    )
    return case


def _check_days(applied_on: date, arose_on: date | None, today: date) -> None:
    if applied_on > today:
        raise Invalid("input.invalid", {"applied_on": "mediation.day"})
    if arose_on and (arose_on > applied_on or arose_on < applied_on - timedelta(days=36500)):
        raise Invalid("input.invalid", {"arose_on": "mediation.day"})


def _claim(value: Decimal | None) -> Decimal | None:
    if value is not None and not (value.is_finite() and 0 <= value < Decimal(10) ** 16):
        raise Invalid("input.invalid", {"claim_cny": "input.number"})
    return value


def _parties(actor: Actor, given: Sequence[PartyIn]) -> list[PartyIn]:
    """The parties as they are kept: firms that exist, outside persons with a name."""
    sides = {p.side for p in given}
    if not {Side.APPLICANT, Side.RESPONDENT} <= sides or len(given) > MAX_PARTIES:
        raise Invalid("input.invalid", {"parties": "mediation.parties"})
    firms = [p.enterprise_id for p in given if p.enterprise_id is not None]
    if len(set(firms)) < len(firms):
        raise Invalid("input.invalid", {"parties": "mediation.party_twice"})
    is_officer_only = not actor.has(Role.DESK, Role.SUPERVISOR)
    if is_officer_only and not registry.portfolio_ids(actor) & set(firms):
        raise Refused("mediation.not_your_firm")
    return [_party(actor, p) for p in given]


def _party(actor: Actor, given: PartyIn) -> PartyIn:
    choose(given.side, Side, "parties")
    spokesperson = clean(given.spokesperson, field="spokesperson", limit=64, is_needed=False)
    if given.enterprise_id is not None:
        registry.enterprise(actor, given.enterprise_id)
        return PartyIn(given.side, given.enterprise_id, spokesperson=spokesperson)
    name = clean(given.name, field="name", limit=64, is_needed=False)
    if not name:
        raise Invalid("input.invalid", {"parties": "mediation.party_name"})
    phone = clean(given.phone, field="phone", limit=20, is_needed=False)
    return PartyIn(given.side, None, name, phone, spokesperson)


def _check_call(actor: Actor, call_id: int) -> None:
    """A call grows one mediation at a time, and a complaint against a unit none."""
    card = calls.card(actor, call_id)
    if card.is_against_unit:
        raise Refused("mediation.call_against_unit")
    if card.is_before_court:
        raise Refused("mediation.before_court", number=card.number)
    rows = Case.objects.filter(tenant_id=actor.tenant_id, call_id=call_id)
    number = rows.exclude(state__in=sorted(ENDED)).values_list("number", flat=True).first()
    if number is not None:
        raise Refused("mediation.call_open", number=number)


@operation
def list_mediator(
    actor: Actor,
    *,
    person_id: int,
    unit_id: int,
    now: datetime,
    kinds: Sequence[str] = (),
    credential: str = "",
    listed_on: date | None = None,
    until_on: date | None = None,
) -> Mediator:
    """Put a member of the staff on the roster."""
    actor.require(*KEEPERS, Role.SYSTEM)
    listed_on = listed_on or queries.today(now)
    if until_on and until_on <= listed_on:
        raise Invalid("input.invalid", {"until_on": "mediation.day"})
    registry.unit(actor, unit_id)
    _require_staff(actor, person_id, queries.today(now))
    row = Mediator(
        tenant_id=actor.tenant_id,
        person_id=person_id,
        unit_id=unit_id,
        kinds=sorted({choose(k, Kind, "kinds") for k in kinds}),
        credential=clean(credential, field="credential", limit=120, is_needed=False),
        listed_on=listed_on,
        until_on=until_on,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("mediation.mediator_known") from error
    events.record("mediation.mediator_listed", subject=row, actor=actor, now=now, person=person_id)
    return row


def _require_staff(actor: Actor, person_id: int, on: date) -> None:
    held = people_with(actor, *sorted(rules.MEDIATING), on=on)
    if person_id not in {p.pk for p in held}:
        raise NotFound("mediation.mediator_staff")


@operation
def unlist_mediator(actor: Actor, mediator_id: int, *, now: datetime) -> Mediator:
    """Take a mediator off the roster from today; disputes in hand are handed over first."""
    actor.require(*KEEPERS, Role.SYSTEM)
    row = queries.get_mediator(actor, mediator_id, for_update=True)
    rows = Case.objects.filter(tenant_id=actor.tenant_id, mediator=row)
    count = rows.filter(state__in=sorted(rules.TALKING)).count()
    if count:
        raise Refused("mediation.mediator_busy", count=count)
    today = queries.today(now)
    row.until_on = max(today, row.listed_on + timedelta(days=1))
    row.save(update_fields=["until_on"])
    events.record("mediation.mediator_unlisted", subject=row, actor=actor, now=now)
    return row
