"""Plausible calls by the million, written with COPY: as many columns and indexes as real ones."""

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import psycopg
from _zone import NOW, Zone, say
from psycopg import sql

SPAN = timedelta(days=730)
LEADS = ("ZONE_SAFE", "ZONE_BUILD", "ZONE_SERVICE", "EMB", "ETB", "HUD", "FIRE", "POWER")
OPEN = ("submitted", "triage", "dispatched", "disputed", "scheduled", "answered", "callback")
WHAT = ("配电房异响", "路灯不亮", "污水外溢", "变压器过载", "班车改线", "招工困难", "消防通道被占")
WHERE = ("东门", "二号车间", "宿舍楼", "仓库北侧", "临街围墙", "停车场")
MATTERS = ("M009", "M016", "M017", "M069", "M072", "M104", "M111")
TABLES = ("calls_call", "calls_round", "calls_task")
Row = Mapping[str, Any]


def fill(zone: Zone, database: str, count: int) -> None:
    """Write calls with a round and a lead's task each; indexes are made when the rows are there."""
    begun = time.monotonic()
    with psycopg.connect(**{**zone.admin, "dbname": database}, autocommit=True) as connection:
        # foreign keys are right by construction
        connection.execute("SET session_replication_role = replica")
        indexes = _drop_indexes(connection)
        for table, rows in zip(TABLES, (_call, _round, _task), strict=True):
            _copy(
                connection,
                table,
                (row for n in range(1, count + 1) for row in rows(zone, n, count)),
            )
        for definition in indexes:
            connection.execute(definition)
        connection.execute("VACUUM (ANALYZE) calls_call, calls_round, calls_task")
    say(f"  {count:,} calls written in {time.monotonic() - begun:.0f} s")


def _drop_indexes(connection: psycopg.Connection[Any]) -> list[str]:
    """Take away what is no constraint; returns how to make it again."""
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = ANY (%s::regclass[]) AND NOT indisunique",
        [list(TABLES)],
    ).fetchall()
    for name, _definition in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    return [definition for _name, definition in found]


def _copy(connection: psycopg.Connection[Any], table: str, rows: Iterator[Row]) -> None:
    first = next(rows)
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in first)
    line = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(line) as copy:
        copy.write_row(tuple(first.values()))
        for row in rows:
            copy.write_row(tuple(row.values()))


def state_of(n: int) -> str:
    """A tenth in progress, a tenth in other open states, the rest over."""
    if n % 10 == 1:
        return "working"
    if n % 10 == 2:
        return OPEN[n // 10 % len(OPEN)]
    return "closed" if n % 2 else "archived"


def received_at(n: int, count: int) -> Any:
    return NOW - SPAN * (1 - n / count)


def lead_of(zone: Zone, n: int) -> int:
    return zone.units[LEADS[n * 7919 % 97 % len(LEADS)]]


def _call(zone: Zone, n: int, count: int) -> Iterator[Row]:
    from qiying.slices.calls.rules import searchable  # noqa: PLC0415  Django is set up by now

    at, state = received_at(n, count), state_of(n)
    is_over = state in {"closed", "archived"}
    number = f"QY-{n:07d}"
    title = f"{WHERE[n % len(WHERE)]}{WHAT[n % len(WHAT)]}"
    text = f"{title}，已持续{n % 9 + 1}天，影响生产，请尽快安排人员到现场处理。"
    closed_at = at + timedelta(days=4) if is_over else None
    yield {
        "id": n,
        "tenant_id": zone.tenant_id,
        "public_id": f"00000000-0000-7000-8000-{n:012x}",
        "number": number,
        "enterprise_id": zone.firms[n * 31 % len(zone.firms)][0],
        "channel": "online",
        "urgency": "urgent" if n % 11 == 0 else "normal",
        "nature": "help",
        "title": title,
        "text": text,
        "words": searchable(number, title, text),
        "matter_code": MATTERS[n % len(MATTERS)],
        "object_kind": "enterprise_premises",
        "longitude": 119.2 + n % 997 / 50_000,
        "latitude": 29.0 + n % 991 / 50_000,
        "accuracy_m": 5.0,
        "position_source": "registered",
        "address": "工业大道",
        "township_code": "TE" if n % 2 else "TW",
        "contact_name": "王芳",
        "contact_phone": "13900000000",
        "is_anonymous_machine": False,
        "is_public": n % 5 == 0,
        "is_proactive": n % 7 == 0,
        "state": state,
        "proposed_unit_id": lead_of(zone, n),
        "needs_confirmation": n % 13 == 0,
        "lead_unit_id": None if state in {"submitted", "triage"} else lead_of(zone, n),
        "first_receiver_id": zone.units["ZONE"],
        "received_at": at,
        "accepted_at": None if state == "submitted" else at,
        "due_at": at + timedelta(days=5 + n % 10),
        "yellow_at": at + timedelta(days=3),
        "clock": "answer",
        "is_provisional": False,
        "step_clock": "",
        "decline_code": "",
        "closed_at": closed_at,
        "closure_type": "solved" if is_over else "",
        "is_confirmed": is_over,
        "current_round": 1,
        "supervision_level": 0,
        "version": 3,
        "updated_at": closed_at or at,
    }


def _round(zone: Zone, n: int, count: int) -> Iterator[Row]:
    at, state = received_at(n, count), state_of(n)
    is_over = state in {"closed", "archived"}
    yield {
        "id": n,
        "tenant_id": zone.tenant_id,
        "call_id": n,
        "number": 1,
        "state": "closed" if is_over else "open",
        "lead_unit_id": lead_of(zone, n),
        "started_at": at,
        "rule_kind": "working_days",
        "rule_amount": 5,
        "due_at": at + timedelta(days=5 + n % 10),
        "yellow_at": at + timedelta(days=3),
        "is_provisional": False,
        "calendar_version": "",
        "answered_at": at + timedelta(days=3) if is_over else None,
        "result": "solved" if is_over else "",
        "resolved": "yes" if is_over else "",
        "rating_resolved": "",
        "closed_at": at + timedelta(days=4) if is_over else None,
        "is_on_time": True if is_over else None,
        "evidence_kind": "contact" if is_over else "",
    }


def _task(zone: Zone, n: int, count: int) -> Iterator[Row]:
    at, state = received_at(n, count), state_of(n)
    if state in {"submitted", "triage"}:
        return
    yield {
        "id": n,
        "tenant_id": zone.tenant_id,
        "call_id": n,
        "round_id": n,
        "unit_id": lead_of(zone, n),
        "is_lead": True,
        "state": "done" if state in {"closed", "archived"} else "signed",
        "sent_at": at,
        "sign_due_at": at + timedelta(hours=4),
        "due_at": at + timedelta(days=5),
        "signed_at": at + timedelta(hours=1),
    }
