"""Prepare, apply and discard a batch."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, Refused
from qiying.slices.registry import queries
from qiying.slices.registry.models import ImportBatch, ImportRow
from qiying.slices.registry.operations.imports._areas import AREAS
from qiying.slices.registry.operations.imports._calendar import CALENDAR
from qiying.slices.registry.operations.imports._firms import FIRMS
from qiying.slices.registry.operations.imports._people import PEOPLE
from qiying.slices.registry.operations.imports._sites import SITES
from qiying.slices.registry.operations.imports._target import Ground, Target, sound
from qiying.slices.registry.operations.imports._units import UNITS
from qiying.slices.registry.rules import coordinates, tables
from qiying.slices.registry.rules.kinds import ImportKind, Outcome
from qiying.slices.registry.rules.lifecycles import IMPORT, KEEPERS
from qiying.slices.registry.rules.lines import Line, Lines, read_lines

TARGETS: dict[str, Target] = {
    ImportKind.ENTERPRISES: FIRMS,
    ImportKind.UNITS: UNITS,
    ImportKind.SITES: SITES,
    ImportKind.WALLS: AREAS,
    ImportKind.AREAS: AREAS,
    ImportKind.GRIDS: AREAS,
    ImportKind.PEOPLE: PEOPLE,
    ImportKind.CALENDAR: CALENDAR,
}
KEPT_FOR = timedelta(days=30)
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read: what it is, and its lines with the faults that they show alone."""

    kind: str
    file_name: str
    system: str
    sheet: str
    encoding: str
    lines: Lines


def read(
    kind: str,
    *,
    file_name: str,
    content: bytes,
    system: str = coordinates.WGS84,
    sheet: str = "",
) -> Reading:
    """Read a file; needs no database, so that no transaction waits for it.

    Raises
    ------
    Invalid
        When the file as a whole cannot be used (``registry.file.*``, ``registry.crs.*``). What
        is wrong with single lines stands beside them.
    """
    if kind not in TARGETS:
        raise Invalid("input.choice")
    reference = coordinates.parse(system)
    table = tables.read(file_name, content, sheet=sheet)
    lines = read_lines(kind, table, reference)
    return Reading(kind, file_name[-200:], str(reference), table.sheet[:60], table.encoding, lines)


@tenancy.operation
def prepare(actor: Actor, reading: Reading, *, now: datetime) -> ImportBatch:
    """Check the lines against the register; nothing but the batch is written."""
    actor.require(*KEEPERS)
    if reading.kind == ImportKind.PEOPLE:
        actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    lines = [replace(x, clean=dict(x.clean), errors=list(x.errors)) for x in reading.lines.lines]
    _judge(Ground(actor, now), reading.kind, lines)
    batch = ImportBatch.objects.create(
        tenant_id=actor.tenant_id,
        kind=reading.kind,
        file_name=reading.file_name,
        sheet=reading.sheet,
        encoding=reading.encoding,
        system=reading.system,
        headings=list(reading.lines.headings),
        ignored=list(reading.lines.ignored),
        counts=_counts(lines),
        made_by=actor.identity,
        made_at=now,
    )
    ImportRow.objects.bulk_create((_row(batch, line) for line in lines), batch_size=CHUNK)
    _record("registry.import_prepared", batch, actor, now)
    return batch


@tenancy.operation
def apply(
    actor: Actor, public_id: UUID, *, now: datetime, is_good_rows: bool = False
) -> ImportBatch:
    """Write a batch: all lines, or with ``is_good_rows`` those without a fault.

    The lines are judged again first, because the register may have moved on.

    Raises
    ------
    Refused
        ``registry.import.all_good`` when lines failed and good lines alone were not asked for.
    """
    _take_turns(actor)
    batch = queries.get_batch(actor, public_id, for_update=True)
    step = IMPORT.step(batch.state, "apply", actor.roles)
    rows = list(queries.list_lines(actor, batch).order_by("number"))
    lines = [Line(r.number, r.original, r.clean, list(r.errors), r.outcome) for r in rows]
    ground = Ground(actor, now, batch.pk)
    _judge(ground, batch.kind, sound(lines))
    failed = sum(1 for line in lines if line.errors)
    if failed and not is_good_rows:
        raise Refused("registry.import.all_good", failed=failed)
    TARGETS[batch.kind].write(
        ground, [x for x in lines if x.outcome in {Outcome.NEW, Outcome.UPDATED}]
    )
    _keep_verdicts(rows, lines)
    batch.state, batch.applied_at = str(step.target), now
    batch.is_good_rows, batch.counts = is_good_rows, _counts(lines)
    batch.save(update_fields=["state", "applied_at", "is_good_rows", "counts"])
    _record(step.event, batch, actor, now)
    return batch


def bring_in(
    actor: Actor,
    reading: Reading,
    *,
    now: datetime,
    is_dry_run: bool = False,
    is_good_rows: bool = False,
) -> ImportBatch:
    """Prepare and apply at once, for those who cannot look in between.

    The batch stays ``prepared`` for a dry run, and when lines failed and good lines alone were
    not asked for.
    """
    batch = prepare(actor, reading, now=now)
    if is_dry_run or (batch.counts[Outcome.FAILED] and not is_good_rows):
        return batch
    return apply(actor, batch.public_id, now=now, is_good_rows=is_good_rows)


@tenancy.operation
def discard(actor: Actor, public_id: UUID, *, now: datetime) -> ImportBatch:
    """Put a batch aside; its lines are removed at once."""
    batch = queries.get_batch(actor, public_id, for_update=True)
    step = IMPORT.step(batch.state, "discard", actor.roles)
    batch.state = str(step.target)
    batch.save(update_fields=["state"])
    queries.list_lines(actor, batch).delete()
    _record(step.event, batch, actor, now)
    return batch


@tenancy.operation
def forget_lines(actor: Actor, *, now: datetime) -> int:
    """Remove the lines of old batches: they repeat personal data that lives elsewhere."""
    old = queries.list_batches(actor).filter(made_at__lt=now - KEPT_FOR)
    rows = ImportRow.objects.visible_to(actor).filter(batch_id__in=old.values("id"))
    return rows.delete()[0]


def _judge(ground: Ground, kind: str, lines: list[Line]) -> None:
    TARGETS[kind].judge(ground, lines if kind == ImportKind.CALENDAR else sound(lines))


def _take_turns(actor: Actor) -> None:
    """Imports of one tenant follow each other, so that each sees what the last one wrote."""
    with connection.cursor() as cursor:
        name = f"registry.import:{actor.tenant_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 23))", [name])


def _row(batch: ImportBatch, line: Line) -> ImportRow:
    return ImportRow(
        tenant_id=batch.tenant_id,
        batch_id=batch.pk,
        number=line.number,
        outcome=line.outcome,
        original=line.original,
        clean=line.clean,
        errors=line.errors,
    )


def _keep_verdicts(rows: list[ImportRow], lines: list[Line]) -> None:
    changed = []
    for row, line in zip(rows, lines, strict=True):
        if (row.outcome, row.errors) != (line.outcome, line.errors):
            row.outcome, row.errors = line.outcome, line.errors
            changed.append(row)
    ImportRow.objects.bulk_update(changed, ["outcome", "errors"], batch_size=CHUNK)


def _counts(lines: list[Line]) -> dict[str, int]:
    found = Counter(line.outcome for line in lines)
    return {outcome: found.get(outcome, 0) for outcome in Outcome.values()}


def _record(topic: str, batch: ImportBatch, actor: Actor, now: datetime) -> None:
    counts: dict[str, Any] = dict(batch.counts)
    events.record(topic, subject=batch, actor=actor, now=now, kind=batch.kind, **counts)
