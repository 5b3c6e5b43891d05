"""What each kind of file must know: judge lines against the register, then write them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.utils import timezone

from qiying.kernel.access import Actor
from qiying.slices.registry import queries
from qiying.slices.registry.models import Enterprise, Unit
from qiying.slices.registry.rules.kinds import Outcome
from qiying.slices.registry.rules.lines import Line, fail
from qiying.slices.registry.rules.shapes import far_from

FAR_KM = 100.0
"""A place farther than this from the zone is nearly always the wrong reference system."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Who imports, when, and as which batch (None while nothing is written)."""

    actor: Actor
    now: datetime
    batch: int | None = None

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)


@dataclass(frozen=True, slots=True)
class Target:
    """Two steps of one kind of file; both get only lines without a fault."""

    judge: Callable[[Ground, list[Line]], None]
    write: Callable[[Ground, list[Line]], None]


def verdict(line: Line, *, is_known: bool, differs: bool) -> None:
    """Set what a sound line does."""
    if line.errors:
        return
    line.outcome = Outcome.NEW
    if is_known:
        line.outcome = Outcome.UPDATED if differs else Outcome.UNCHANGED


def sound(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if not line.errors]


def refuse_far(ground: Ground, lines: Sequence[Line], column: str) -> None:
    """Fail lines that lie far from the zone, when the zone is described."""
    zone = queries.find_zone(ground.actor)
    placed = [line for line in lines if line.clean.get("longitude") is not None]
    if zone is None or not placed:
        return
    lon = np.array([line.clean["longitude"] for line in placed])
    lat = np.array([line.clean["latitude"] for line in placed])
    distances = far_from(lon, lat, (zone.longitude, zone.latitude))
    for line, distance in zip(placed, distances.tolist(), strict=True):
        if distance > FAR_KM:
            fail(line, column, "registry.cell.far", km=round(distance))


def resolve_units(
    ground: Ground, lines: Iterable[Line], column: str, target: str, kind: str = ""
) -> None:
    """Put the id of the unit whose code stands in a column under another name."""
    units: Mapping[str, Unit] = queries.unit_index(ground.actor)
    for line in lines:
        code = line.clean.get(column)
        if not code:
            continue
        unit = units.get(code)
        if unit is None or (kind and unit.kind != kind):
            fail(line, column, "registry.cell.unit", value=code)
        else:
            line.clean[target] = unit.pk


def resolve_firms(ground: Ground, lines: Iterable[Line], column: str, target: str) -> None:
    """Put the id of the firm whose credit code stands in a column under another name."""
    held = [line for line in lines if line.clean.get(column)]
    rows = Enterprise.objects.visible_to(ground.actor).filter(
        credit_code__in={line.clean[column] for line in held}
    )
    ids = dict(rows.values_list("credit_code", "id"))
    for line in held:
        found = ids.get(line.clean[column])
        if found is None:
            fail(line, column, "registry.cell.firm", value=line.clean[column])
        else:
            line.clean[target] = found


def differs(row: Any, values: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
