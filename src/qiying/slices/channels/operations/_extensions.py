"""延期: once, asked by one person, approved by another, then granted or denied by 12345."""

from datetime import datetime
from uuid import UUID

from qiying.engines import worktime
from qiying.engines.worktime import Rule
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.tenancy import operation
from qiying.slices.channels import queries
from qiying.slices.channels.models import Extension, WorkOrder
from qiying.slices.channels.operations import _deliveries
from qiying.slices.channels.operations._shape import begin, clean, end
from qiying.slices.channels.rules import terms
from qiying.slices.channels.rules.codes import DeliveryKind, ExtensionState
from qiying.slices.channels.rules.tables import EXTENSION, ORDER
from qiying.slices.registry import public as registry

STANDING = (ExtensionState.ASKED, ExtensionState.APPROVED, ExtensionState.GRANTED)


@operation
def ask_extension(
    actor: Actor, public_id: UUID, *, days: int, text: str, now: datetime
) -> Extension:
    """Ask for more working days, at the latest one before the order is due."""
    row = queries.get_order(actor, public_id, for_update=True)
    calendar = registry.calendar(actor)
    known = list(queries.extensions_of(actor, row))
    step = begin(
        actor,
        ORDER,
        row,
        "ask_extension",
        {
            "extension_once": not any(e.state in STANDING for e in known),
            "extension_in_time": terms.due(now, terms.EXTENSION_BEFORE, calendar) <= row.due_at,
        },
    )
    if not 1 <= days <= terms.EXTENSION_MOST.rule.amount:
        raise Invalid("input.invalid", {"days": "channels.extension_days"})
    due_at = worktime.due(row.due_at, Rule("working_days", days), calendar).due_at
    found = Extension.objects.create(
        tenant_id=actor.tenant_id,
        order=row,
        text=clean(text),
        due_before_at=row.due_at,
        due_at=due_at,
        asked_at=now,
        asked_by_id=actor.person_id,
    )
    end(actor, row, step, now=now, codes={"days": days}, version=row.version + 1)
    return found


@operation
def decide_extension(
    actor: Actor, public_id: UUID, *, is_approved: bool, now: datetime
) -> Extension:
    """Approve or refuse what somebody else asked for; 12345 is asked after the approval."""
    order, found = _locked(actor, public_id)
    name = "approve" if is_approved else "refuse"
    is_another = actor.person_id is not None and actor.person_id != found.asked_by_id
    step = begin(actor, EXTENSION, found, name, {"not_the_asker": is_another})
    end(
        actor,
        found,
        step,
        now=now,
        codes={"order": order.pk},
        decided_at=now,
        decided_by_id=actor.person_id,
    )
    if is_approved:
        _deliveries.make(
            actor,
            DeliveryKind.ORDER_EXTENSION,
            effect_key=f"{DeliveryKind.ORDER_EXTENSION}:{found.pk}",
            body={
                "order_number": order.order_number,
                "at": now.isoformat(),
                "due_at": found.due_at.isoformat(),
                "text": found.text,
            },
            now=now,
            endpoint=order.endpoint,
            order=order,
        )
    return found


@operation
def answer_extension(
    actor: Actor, public_id: UUID, *, is_granted: bool, now: datetime
) -> Extension:
    """12345 grants the new date, or the old one stays."""
    order, found = _locked(actor, public_id)
    step = begin(actor, EXTENSION, found, "grant" if is_granted else "deny", {})
    end(actor, found, step, now=now, codes={"order": order.pk}, answered_at=now)
    if is_granted:
        order.due_at, order.version = found.due_at, order.version + 1
        order.save(update_fields=["due_at", "version"])
    return found


def _locked(actor: Actor, public_id: UUID) -> tuple[WorkOrder, Extension]:
    """The order, locked, with its latest extension."""
    order = queries.get_order(actor, public_id, for_update=True)
    found = queries.extensions_of(actor, order).order_by("-id").first()
    if found is None:
        raise NotFound("not_found")
    return order, found
