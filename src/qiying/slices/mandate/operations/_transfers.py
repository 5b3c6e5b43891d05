"""Delegated powers, handed-over neighbourhoods, adjudications."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from qiying.kernel import events, numbering, revisions, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, NotFound, Refused
from qiying.slices.mandate import models, queries, rules
from qiying.slices.mandate.operations._register import EDITORS
from qiying.slices.registry import public as registry

ADJUDICATORS = (Role.ADMINISTRATOR, Role.ZONE_LEADER, Role.SUPERVISOR, Role.SYSTEM)


def unit_by_code(actor: Actor, code: str, field: str) -> registry.UnitCard:
    """The unit of a code; Invalid names the field when there is none."""
    card = registry.units(actor).get(code)
    if card is None:
        raise Invalid("input.invalid", {field: "mandate.unit_unknown"})
    return card


@tenancy.operation
def delegate(
    actor: Actor,
    *,
    matter_code: str,
    kind: str,
    from_unit_code: str,
    to_unit_code: str,
    document: str,
    valid_from: date,
    now: datetime,
    valid_to: date | None = None,
    scope: tuple[str, str] = ("", ""),
) -> models.Delegation:
    """Record that a power is exercised by another unit, by a document and for a term."""
    actor.require(*EDITORS)
    matter = queries.get_matter(actor, matter_code)
    if kind not in set(rules.DelegationKind) or (valid_to and valid_to <= valid_from):
        raise Invalid("input.invalid", {"valid_to": "mandate.period"})
    row = models.Delegation(
        tenant_id=actor.tenant_id,
        matter=matter,
        kind=kind,
        from_unit_id=unit_by_code(actor, from_unit_code, "from_unit").id,
        to_unit_id=unit_by_code(actor, to_unit_code, "to_unit").id,
        document=document,
        scope_zh=scope[0],
        scope_en=scope[1],
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=now,
        recorded_by=actor.identity,
    )
    _save_term(row)
    told = {"matter": matter_code, "kind": kind}
    events.record("mandate.delegated", subject=row, actor=actor, now=now, **told)
    return row


def _save_term(row: models.Delegation) -> None:
    """Save a term; the database refuses one that overlaps another of its kind."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("mandate.delegation_overlaps") from error


@tenancy.operation
def end_delegation(
    actor: Actor, delegation_id: int, *, ends_on: date, now: datetime
) -> models.Delegation:
    """Say on which day a delegated power ends."""
    actor.require(*EDITORS)
    row = queries.get_delegation(actor, delegation_id, for_update=True)
    if ends_on <= row.valid_from:
        raise Invalid("input.invalid", {"ends_on": "mandate.period"})
    row.valid_to = ends_on
    _save_term(row)
    events.record(
        "mandate.delegation_ended", subject=row, actor=actor, now=now, ends=ends_on.isoformat()
    )
    return row


@tenancy.operation
def open_handover(
    actor: Actor,
    *,
    area_key: str,
    to_unit_code: str,
    now: datetime,
    community: tuple[str, str] = ("", ""),
    from_unit_code: str = rules.ZONE,
) -> models.Handover:
    """Begin to hand a neighbourhood over to the community of a township."""
    actor.require(*rules.HANDOVER.steps["list"].roles)
    cards = [a for a in registry.areas(actor) if a.kind == "neighbourhood" and a.key == area_key]
    if not cards:
        raise NotFound("mandate.no_neighbourhood", area=area_key)
    if models.Handover.objects.visible_to(actor).filter(area_key=area_key).exists():
        raise Refused("mandate.handover_open", area=area_key)
    card = max(cards, key=lambda c: c.valid_from)
    to_unit = unit_by_code(actor, to_unit_code, "to_unit")
    if to_unit.kind != "township":
        raise Invalid("input.invalid", {"to_unit": "mandate.not_a_township"})
    row = models.Handover.objects.create(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, "YJ", now=now),
        area_key=area_key,
        name_zh=card.name_zh,
        name_en=card.name_en,
        households=card.households,
        residents=card.residents,
        from_unit_id=unit_by_code(actor, from_unit_code, "from_unit").id,
        to_unit_id=to_unit.id,
        community_zh=community[0],
        community_en=community[1],
        lists={name: {"listed": 0, "accepted": 0} for name in rules.LISTS},
        stages={rules.HANDOVER.initial: timezone.localdate(now).isoformat()},
        opened_at=now,
    )
    revisions.bump(actor, "mandate")
    events.record("mandate.handover_opened", subject=row, actor=actor, now=now)
    return row


@tenancy.operation
def advance_handover(
    actor: Actor,
    handover_id: int,
    step: str,
    *,
    on: date,
    now: datetime,
    document: str = "",
) -> models.Handover:
    """Move a hand-over one step along its lifecycle; ``on`` is the day of the step."""
    row = queries.get_handover(actor, handover_id, for_update=True)
    rule = rules.HANDOVER.step(row.state, step, actor.roles)
    row.document = document or row.document
    _guard(row, step)
    before = row.state
    _apply(row, step, on)
    row.state = rule.target or (row.state_before_dispute if step == "settle" else row.state)
    if rule.target:
        row.stages = {**row.stages, rule.target: on.isoformat()}
    row.save()
    revisions.bump(actor, "mandate")
    events.record(rule.event, subject=row, actor=actor, now=now, before=before, after=row.state)
    return row


def _guard(row: models.Handover, step: str) -> None:
    if step == "agree" and not row.document:
        raise Invalid("mandate.handover_document", {"document": "input.required"})
    if step == "transfer" and row.to_unit_id is None:
        raise Refused("mandate.handover_receiver")
    if step == "extend" and row.is_extended:
        raise Refused("mandate.handover_extended")
    if step in {"agree", "accept"} and not rules.all_counted(row.lists):
        raise Refused("mandate.handover_uncounted")
    if step == "accept" and not rules.all_accepted(row.lists):
        raise Refused("mandate.handover_open_items")


def _apply(row: models.Handover, step: str, on: date) -> None:
    if step == "transfer":
        row.handed_over_on = on
    elif step == "run_both":
        row.dual_run_until = rules.months_after(row.handed_over_on or on, rules.DUAL_RUN_MONTHS)
    elif step == "extend":
        row.is_extended = True
        row.dual_run_until = rules.months_after(row.dual_run_until or on, rules.DUAL_RUN_MONTHS)
    elif step == "dispute":
        row.state_before_dispute = row.state


@tenancy.operation
def count_list(
    actor: Actor,
    handover_id: int,
    name: str,
    *,
    listed: int,
    accepted: int,
    now: datetime,
    is_none: bool = False,
) -> models.Handover:
    """Say how many objects one of the five lists holds and how many are accepted.

    ``is_none`` says that there is nothing to hand over; a list with neither is not counted yet.
    """
    actor.require(*rules.HANDOVER.steps["list"].roles)
    row = queries.get_handover(actor, handover_id, for_update=True)
    if name not in rules.LISTS or not 0 <= accepted <= listed or (is_none and listed):
        raise Invalid("input.invalid", {name: "mandate.list_count"})
    entry = {"listed": listed, "accepted": accepted} | ({"is_none": True} if is_none else {})
    row.lists = {**row.lists, name: entry}
    row.save(update_fields=["lists"])
    events.record(
        "mandate.handover_counted",
        subject=row,
        actor=actor,
        now=now,
        list=name,
        listed=listed,
        accepted=accepted,
    )
    return row


@tenancy.operation
def record_handover(
    actor: Actor,
    *,
    area_key: str,
    to_unit_code: str,
    moments: Mapping[str, datetime],
    lists: Mapping[str, int],
    document: str,
    community: tuple[str, str] = ("", ""),
) -> models.Handover:
    """Record a hand-over that was completed in the past, through every step.

    Parameters
    ----------
    moments
        When it was opened and when each step of the lifecycle was taken.
    lists
        How many objects each of the five lists held; 0 where there was nothing to hand over.
    """
    opened_at = moments["open"]
    row = open_handover(
        actor, area_key=area_key, to_unit_code=to_unit_code, now=opened_at, community=community
    )
    for step in ("list", "agree", "announce", "transfer", "run_both", "accept", "close"):
        now = moments[step]
        if step in {"agree", "accept"}:
            _count_all(actor, row.pk, lists, is_accepted=step == "accept", now=now)
        on = timezone.localdate(now)
        row = advance_handover(actor, row.pk, step, on=on, now=now, document=document)
    return row


def _count_all(
    actor: Actor, handover_id: int, lists: Mapping[str, int], *, is_accepted: bool, now: datetime
) -> None:
    for name, count in lists.items():
        accepted = count if is_accepted else 0
        count_list(
            actor,
            handover_id,
            name,
            listed=count,
            accepted=accepted,
            is_none=not count,
            now=now,
        )


@tenancy.operation
def record_precedent(
    actor: Actor,
    *,
    matter_code: str,
    lead_unit_code: str,
    place: dict[str, Any],
    reason: tuple[str, str],
    valid_from: date,
    now: datetime,
    decided_by_code: str = "COUNTY",
    document: str = "",
    valid_to: date | None = None,
    decision_id: int | None = None,
) -> models.Precedent:
    """Keep an adjudication of the county; ``place`` is a point or an area, ``reason`` zh and en."""
    actor.require(*ADJUDICATORS)
    _check_place(actor, place)
    decision = queries.get_decision(actor, decision_id) if decision_id else None
    row = models.Precedent.objects.create(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, "XL", now=now),
        matter=queries.get_matter(actor, matter_code),
        lead_unit_id=unit_by_code(actor, lead_unit_code, "lead_unit").id,
        decided_by_id=unit_by_code(actor, decided_by_code, "decided_by").id,
        decision=decision,
        document=document,
        reason_zh=reason[0],
        reason_en=reason[1],
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=now,
        recorded_by=actor.identity,
        **place,
    )
    revisions.bump(actor, "mandate")
    told = {"matter": matter_code, "lead": lead_unit_code}
    events.record("mandate.precedent_recorded", subject=row, actor=actor, now=now, **told)
    return row


def _check_place(actor: Actor, place: dict[str, Any]) -> None:
    """A precedent speaks for a point or for an area that the zone's map has."""
    is_point = set(place) == {"longitude", "latitude"}
    is_area = set(place) == {"area_kind", "area_key"} and _knows_area(actor, place)
    if not (is_point or is_area):
        raise Invalid("input.invalid", {"place": "mandate.place"})


def _knows_area(actor: Actor, place: dict[str, Any]) -> bool:
    wanted = (place["area_kind"], place["area_key"])
    return wanted[0] in rules.GROUND and any(
        (a.kind, a.key) == wanted for a in registry.areas(actor)
    )
