"""Imports and their lines."""

from uuid import UUID

from django.db.models import QuerySet

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.registry.models import ImportBatch, ImportRow


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
