"""Files of a phone form: kept on the server when the form comes back, so nobody sends them twice."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from qiying.kernel import files, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Attachment
from qiying.slices.calls.forms.words import Upload

FIELD = "kept"


def kept(request: HttpRequest, actor: Actor) -> list[Attachment]:
    """The actor's own loose files that a form which came back still holds."""
    found: list[Attachment] = []
    with tenancy.reading(actor):
        for text in request.POST.getlist(FIELD)[: files.MAX_FILES]:
            row = _loose(actor, text)
            if row is not None and row not in found:
                found.append(row)
    return found


def _loose(actor: Actor, text: str) -> Attachment | None:
    try:
        row = files.get(actor, UUID(text))
    except (ValueError, NotFound):
        return None
    return row if row.subject_id is None and row.uploaded_by == actor.identity else None


def store(
    actor: Actor, uploads: Sequence[tuple[str, Upload]], *, now: datetime
) -> list[Attachment]:
    """Keep uploads that a form let through; ``purpose`` is the field they came by."""
    return [files.store(actor, upload, purpose=name, now=now) for name, upload in uploads]
