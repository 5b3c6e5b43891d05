"""批量导入: a file is read, judged, shown, and written as a whole or without its bad lines."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.tenancy import operation
from qiying.slices.calls import public as calls
from qiying.slices.channels import queries
from qiying.slices.channels.models import Batch, BatchLine
from qiying.slices.channels.operations._lines import Line, Reading, judge
from qiying.slices.channels.operations._orders import firm_by_code, receive_order
from qiying.slices.channels.operations._shape import begin, end
from qiying.slices.channels.rules.codes import BatchKind, RowOutcome
from qiying.slices.channels.rules.tables import BATCH

SHANGHAI = ZoneInfo("Asia/Shanghai")
KEPT_FOR = timedelta(days=30)
OF_CALL = (
    *("matter_code", "urgency", "longitude", "latitude", "address"),
    *("contact_name", "contact_phone"),
)


@operation
def prepare_batch(actor: Actor, reading: Reading, *, now: datetime) -> Batch:
    """Check the lines of a file; nothing but the batch is written."""
    actor.require(Role.DESK)
    lines = reading.lines
    _judge(actor, reading.kind, lines, now)
    row = Batch.objects.create(
        tenant_id=actor.tenant_id,
        kind=reading.kind,
        file_name=reading.file_name,
        headings=list(reading.headings),
        ignored=list(reading.ignored),
        counts=_counts([line.outcome for line in lines]),
        made_by_id=actor.person_id,
        made_at=now,
    )
    BatchLine.objects.bulk_create(
        [
            BatchLine(
                tenant_id=actor.tenant_id,
                batch=row,
                number=line.number,
                outcome=line.outcome,
                original=line.original,
                clean=line.clean,
                errors=line.errors,
            )
            for line in lines
        ]
    )
    codes: dict[str, Any] = {"kind": row.kind, **row.counts}
    events.record("channels.batch_prepared", subject=row, actor=actor, now=now, **codes)
    return row


def _judge(actor: Actor, kind: str, lines: list[Line], now: datetime) -> None:
    name = "order_number" if kind == BatchKind.ORDERS else "reference"
    keys = {str(line.clean[name]) for line in lines if line.clean.get(name)}
    known = queries.known_keys(actor, kind, keys)
    judge(actor, lines, known, kind=kind, on=now.astimezone(SHANGHAI).date())


@operation
def apply_batch(
    actor: Actor, public_id: UUID, *, now: datetime, is_good_rows: bool = False
) -> Batch:
    """Write a batch: every line, or with ``is_good_rows`` those without a fault.

    The lines are judged again first; what another batch wrote meanwhile is left out.
    """
    queries.take_turns(actor)
    row = queries.get_batch(actor, public_id, for_update=True)
    rows = list(queries.lines_of(actor, row).order_by("number"))
    lines = [Line(r.number, r.original, r.clean, list(r.errors), r.outcome) for r in rows]
    _judge(actor, row.kind, lines, now)
    failed = sum(bool(line.errors) for line in lines)
    step = begin(actor, BATCH, row, "apply", {"good_rows_named": not failed or is_good_rows})
    for line, kept in zip(lines, rows, strict=True):
        kept.outcome, kept.errors, kept.clean = line.outcome, line.errors, line.clean
        if line.outcome == RowOutcome.NEW:
            kept.call_id = _write(actor, row.kind, line.clean, now)
        kept.save(update_fields=["outcome", "errors", "clean", "call"])
    counts = _counts([line.outcome for line in lines])
    end(
        actor,
        row,
        step,
        now=now,
        codes={"kind": row.kind, **counts},
        applied_at=now,
        is_good_rows=is_good_rows,
        counts=counts,
    )
    return row


def _write(actor: Actor, kind: str, clean: dict[str, Any], now: datetime) -> int:
    given = {name: clean[name] for name in OF_CALL if name in clean}
    if kind == BatchKind.ORDERS:
        order = receive_order(
            actor,
            order_number=clean["order_number"],
            text=clean["text"],
            title=clean.get("title", ""),
            credit_code=clean.get("credit_code", ""),
            issued_at=_moment(clean.get("issued_at")),
            due_at=_moment(clean.get("due_at")),
            now=now,
            **given,
        )
        return order.call_id
    if clean.get("credit_code"):
        firm = firm_by_code(actor, clean["credit_code"])
        given |= {"firm": firm, "enterprise_id": firm.id}
    channel = clean.get("channel") or calls.Channel.BATCH
    title, text = clean.get("title", ""), clean["text"]
    return calls.receive(actor, title=title, text=text, now=now, channel=channel, **given).id


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@operation
def discard_batch(actor: Actor, public_id: UUID, *, now: datetime) -> Batch:
    """Put a file aside; its lines are removed at once."""
    row = queries.get_batch(actor, public_id, for_update=True)
    step = begin(actor, BATCH, row, "discard", {})
    end(actor, row, step, now=now, codes={"kind": row.kind})
    queries.lines_of(actor, row).delete()
    return row


@operation
def forget_lines(actor: Actor, *, now: datetime) -> int:
    """Empty the words of old lines: they repeat what lives in the calls; keys stay."""
    actor.require(Role.SYSTEM)
    old = Batch.objects.filter(tenant_id=actor.tenant_id, made_at__lt=now - KEPT_FOR)
    rows = BatchLine.objects.filter(tenant_id=actor.tenant_id, batch_id__in=old.values("pk"))
    count = 0
    for line in rows.exclude(original=[])[:500]:
        line.original = []
        line.clean = {k: v for k, v in line.clean.items() if k in {"reference", "order_number"}}
        line.save(update_fields=["original", "clean"])
        count += 1
    return count


def _counts(outcomes: list[str]) -> dict[str, int]:
    found = Counter(outcomes)
    return {str(code): found.get(code, 0) for code in RowOutcome}


@operation
def export_replies(actor: Actor, *, now: datetime) -> list[int]:
    """Mark what goes to 12345 by file as sent; the ids of the deliveries in the file."""
    actor.require(Role.DESK)
    rows = list(queries.replies_by_file(actor).select_for_update(of=("self",)))
    for row in rows:
        row.state, row.sent_at, row.answer = "sent", now, "file"
        row.save(update_fields=["state", "sent_at", "answer"])
        events.record(
            "channels.delivery_sent", subject=row, actor=actor, now=now, kind=row.kind, tries=0
        )
    return [row.pk for row in rows]
