"""Boundaries for maps."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.indices import queries
from qiying.slices.indices.models import Boundaries
from qiying.slices.indices.models.querysets import ANALYSTS
from qiying.slices.indices.operations._alone import alone
from qiying.slices.indices.operations._values import MOST_FAULTS
from qiying.slices.indices.rules import MAX_NAME, Fault
from qiying.slices.indices.rules.boundaries import Drawing, NoDrawingError, drawn


@operation
def bring_boundaries(
    actor: Actor,
    *,
    file_name: str,
    source: str,
    approval: str,
    text: str,
    now: datetime,
    is_good_only: bool = False,
) -> Boundaries:
    """Take the outlines of the places that are evaluated from GeoJSON in degrees.

    ``approval`` is the number of the map's approval (审图号); without one no boundary is shown. With
    a single feature that cannot be used nothing is drawn unless `is_good_only`; the row keeps every
    fault either way.

    Raises
    ------
    Invalid
        The text is no collection of features, or a field is missing.
    """
    actor.require(*ANALYSTS, Role.SYSTEM)
    words = {"file": file_name, "source": source, "approval": approval}
    told = {field: clean(said, field=field, limit=MAX_NAME) for field, said in words.items()}
    drawing, faults = _drawing(actor, text)
    alone(actor, "boundaries")
    row = Boundaries(
        tenant_id=actor.tenant_id,
        height=drawing.height,
        faults=[asdict(fault) for fault in faults[:MOST_FAULTS]],
        made_at=now,
        made_by_id=actor.person_id,
        file_name=told["file"],
        source=told["source"],
        approval=told["approval"],
    )
    _keep(row, drawing, is_written=not faults or is_good_only)
    count: dict[str, Any] = {"count": len(row.paths), "faults": len(faults)}
    events.record("indices.boundaries_brought", subject=row, actor=actor, now=now, **count)
    return row


def _keep(row: Boundaries, drawing: Drawing, *, is_written: bool) -> None:
    if is_written:
        mine = Boundaries.objects.filter(tenant_id=row.tenant_id, is_current=True)
        mine.update(is_current=False)
    row.is_current = is_written
    row.paths = dict(drawing.paths) if is_written else {}
    row.save()


def _drawing(actor: Actor, text: str) -> tuple[Drawing, list[Fault]]:
    places = {place.adcode: place.name for place in queries.places_now(actor)}
    try:
        drawing, faults = drawn(text, places)
    except NoDrawingError as error:
        raise Invalid("input.invalid", {"file": error.code}) from None
    if drawing is None:
        raise Invalid("input.invalid", {"file": "indices.boundary.none"})
    return drawing, faults
