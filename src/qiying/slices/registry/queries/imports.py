"""Imports and their lines."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.registry.models import ImportBatch, ImportRow
from qiying.slices.registry.rules.kinds import Outcome


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line: the name of the value, a code, and what fills its sentence."""

    line: int
    column: str
    code: str
    params: dict[str, Any] | None


def list_faults(actor: Actor, batch: ImportBatch, most: int) -> list[Fault]:
    """The first faults of a batch, by line."""
    with tenancy.reading(actor):
        rows = list_lines(actor, batch, Outcome.FAILED).order_by("number")[:most]
        found = [
            Fault(row.number, e["column"], e["code"], e.get("params") or None)
            for row in rows
            for e in row.errors
        ]
    return found[:most]


def list_batches(actor: Actor) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.visible_to(actor)


def get_batch(actor: Actor, public_id: UUID, *, for_update: bool = False) -> ImportBatch:
    rows = ImportBatch.objects.visible_to(actor)
    row = (rows.select_for_update() if for_update else rows).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def list_lines(actor: Actor, batch: ImportBatch, outcome: str = "") -> QuerySet[ImportRow]:
    """Lines of a batch; failed ones only, or whatever outcome is asked for."""
    rows = ImportRow.objects.visible_to(actor).filter(batch_id=batch.pk)
    return rows.filter(outcome=outcome) if outcome else rows
