"""Words beside the steps, and visits."""

from collections.abc import Sequence
from datetime import datetime

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid
from qiying.kernel.tenancy import operation
from qiying.slices.calls.models import Call, Note, Visit
from qiying.slices.calls.operations._move import attach, begin, clean, write
from qiying.slices.calls.rules import NoteKind, Purpose
from qiying.slices.registry import public as registry


@operation
def note(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """A remark for the house only."""
    move = begin(actor, call_id, "note", now=now, version=version)
    row = write(move, NoteKind.NOTE, text, attachments=attachments)
    return move.end(note=row)


@operation
def message(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """A message between the firm and those who handle its call; both sides read it."""
    move = begin(actor, call_id, "message", now=now, version=version)
    row = write(move, NoteKind.MESSAGE, text, attachments=attachments)
    is_from_firm = move.role in {Role.ENTERPRISE, Role.GRID_OFFICER, Role.MACHINE}
    return move.end(note=row, from_firm=is_from_firm)


@operation
def record_visit(
    actor: Actor,
    *,
    enterprise_id: int,
    text: str,
    now: datetime,
    purpose: str = Purpose.ROUTINE,
    visited_at: datetime | None = None,
    attachments: Sequence[int] = (),
) -> Visit:
    """Keep a visit to a firm; a call that follows from it names it and counts as found by us."""
    actor.require(Role.GRID_OFFICER, Role.DESK)
    if not actor.has(Role.DESK) and enterprise_id not in registry.portfolio_ids(actor):
        raise Denied("calls.not_your_firm")
    if purpose not in set(Purpose):
        raise Invalid("input.invalid", {"purpose": "input.choice"})
    if visited_at is not None and visited_at > now:
        raise Invalid("input.invalid", {"visited_at": "calls.past"})
    words = clean(text)
    firm = registry.enterprise(actor, enterprise_id)
    visit = Visit.objects.create(
        tenant_id=actor.tenant_id,
        enterprise_id=firm.id,
        officer_id=actor.person_id,
        purpose=purpose,
        visited_at=visited_at or now,
    )
    row = Note.objects.create(
        tenant_id=actor.tenant_id,
        visit=visit,
        kind=NoteKind.VISIT,
        text=words,
        author_id=actor.person_id,
        at=now,
    )
    attach(actor, attachments, subject=visit)
    events.record(
        "calls.visited", subject=visit, actor=actor, now=now, purpose=purpose, note=row.pk
    )
    return visit
