"""Wordings for answers: written by those who answer, put in force by a leader who did not."""

from datetime import datetime
from string import Formatter
from uuid import UUID

import uuid_utils.compat as uuid7
from django.db.models import F, Max

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries
from qiying.slices.calls.models import Wording, WordingUse
from qiying.slices.calls.operations._move import clean
from qiying.slices.calls.rules.desk import (
    MAX_WORDING,
    PLACES,
    TEMPLATE,
    TEMPLATE_STEPS,
    WRITERS,
    TemplateState,
)
from qiying.slices.registry import public as registry

FOR_ALL = frozenset({Role.DESK, Role.SUPERVISOR})
"""Who writes for every unit; others write for the own one."""


@operation
def write_wording(
    actor: Actor,
    *,
    name: str,
    step: str,
    text: str,
    now: datetime,
    matter_code: str = "",
    unit_id: int | None = None,
    key: UUID | None = None,
) -> Wording:
    """A first version, or with ``key`` the next one; it waits to be put in force."""
    actor.require(*WRITERS)
    if actor.person_id is None:
        raise Denied("calls.person_needed")
    if step not in TEMPLATE_STEPS:
        raise Invalid("input.invalid", {"step": "input.choice"})
    _require_unit(actor, unit_id)
    words = clean(text, most=MAX_WORDING)
    _require_places(words)
    row = Wording.objects.create(
        tenant_id=actor.tenant_id,
        key=key or uuid7.uuid7(),
        number=_next_number(actor, key),
        name=clean(name, name="name", most=60),
        step=step,
        matter_code=matter_code,
        unit_id=unit_id,
        text=words,
        written_by_id=actor.person_id,
        written_at=now,
    )
    events.record("calls.wording_written", subject=row, actor=actor, now=now, number=row.number)
    return row


def _require_unit(actor: Actor, unit_id: int | None) -> None:
    if unit_id is None:
        actor.require(*FOR_ALL)
    elif not actor.has(*FOR_ALL) and unit_id not in actor.units():
        raise Denied("calls.not_yours")
    elif unit_id not in {u.id for u in registry.units(actor).values()}:
        raise Invalid("input.invalid", {"unit_id": "input.choice"})


def _require_places(text: str) -> None:
    """Only places that can be filled in, and braces that close."""
    try:
        named = {name for _words, name, _form, _how in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise Invalid("input.invalid", {"text": "calls.wording_place"}, name="{") from error
    unknown = sorted(named - set(PLACES))
    if unknown:
        raise Invalid("input.invalid", {"text": "calls.wording_place"}, name=unknown[0])


def _next_number(actor: Actor, key: UUID | None) -> int:
    if key is None:
        return 1
    rows = Wording.objects.visible_to(actor).filter(key=key)
    last = rows.aggregate(last=Max("number"))["last"]
    if last is None:
        raise NotFound("not_found")
    return int(last) + 1


def _locked(actor: Actor, public_id: UUID) -> Wording:
    rows = Wording.objects.visible_to(actor).filter(public_id=public_id)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound("not_found")
    return row


@operation
def approve_wording(actor: Actor, public_id: UUID, *, now: datetime) -> Wording:
    """Put a version in force; the one before is retired. Nobody does so with the own words."""
    row = _locked(actor, public_id)
    step = TEMPLATE.step(row.state, "approve", actor.roles)
    if row.written_by_id == actor.person_id or actor.person_id is None:
        raise Refused("calls.wording_own")
    earlier = Wording.objects.filter(
        tenant_id=actor.tenant_id, key=row.key, state=TemplateState.APPROVED
    )
    earlier.update(state=TemplateState.RETIRED)
    row.state, row.approved_by_id, row.approved_at = step.target or "", actor.person_id, now
    row.save(update_fields=["state", "approved_by", "approved_at"])
    events.record(step.event, subject=row, actor=actor, now=now, number=row.number)
    return row


@operation
def retire_wording(actor: Actor, public_id: UUID, *, now: datetime) -> Wording:
    row = _locked(actor, public_id)
    step = TEMPLATE.step(row.state, "retire", actor.roles)
    row.state = step.target or ""
    row.save(update_fields=["state"])
    events.record(step.event, subject=row, actor=actor, now=now, number=row.number)
    return row


@operation
def use_wording(actor: Actor, public_id: UUID, call_id: int, *, now: datetime) -> bool:
    """Count that a wording was put into a form: once per call and person."""
    call = queries.get_call(actor, call_id)
    row = Wording.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None or row.state != TemplateState.APPROVED:
        raise NotFound("not_found")
    _use, is_new = WordingUse.objects.get_or_create(
        tenant_id=actor.tenant_id,
        wording=row,
        call=call,
        person_id=actor.person_id,
        defaults={"at": now},
    )
    if is_new:
        Wording.objects.filter(pk=row.pk).update(uses=F("uses") + 1)
    return is_new
