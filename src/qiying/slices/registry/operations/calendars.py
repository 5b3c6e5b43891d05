"""Work calendars: every change is a new edition, and those who count days are told."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any

from django.db import connection
from django.utils import timezone

from qiying.kernel import events, revisions, tenancy
from qiying.kernel.access import Actor
from qiying.slices.registry import queries
from qiying.slices.registry.models import WorkCalendar
from qiying.slices.registry.operations._fields import require
from qiying.slices.registry.rules import calendars as rules
from qiying.slices.registry.rules.kinds import Grade
from qiying.slices.registry.rules.lifecycles import KEEPERS


@tenancy.operation
def set_calendar(
    actor: Actor,
    year: int,
    *,
    rest_days: Iterable[date],
    work_days: Iterable[date],
    now: datetime,
    hours: Sequence[tuple[str, str]] = rules.STANDARD_HOURS,
    notice: str = "",
    name_zh: str = "",
    name_en: str = "",
    issued_on: date | None = None,
    grade: str = Grade.D.value,
) -> WorkCalendar:
    """Make a new edition of a year; an edition equal to the latest one makes nothing.

    Records ``registry.calendar_changed`` so that whoever has deadlines derives them again.
    """
    actor.require(*KEEPERS)
    rests, works = sorted(set(rest_days)), sorted(set(work_days))
    _require_sound(year, rests, works, hours, grade)
    _take_turns(actor, year)
    latest = queries.list_editions(actor, year).first()
    values: dict[str, Any] = {
        "rest_days": [d.isoformat() for d in rests],
        "work_days": [d.isoformat() for d in works],
        "hours": [list(span) for span in hours],
        "notice": notice,
        "name_zh": name_zh,
        "name_en": name_en,
        "issued_on": issued_on,
        "grade": grade,
    }
    if latest is not None and all(getattr(latest, k) == v for k, v in values.items()):
        return latest
    return _new_edition(actor, year, latest.version + 1 if latest else 1, values, now)


def _require_sound(
    year: int,
    rests: Sequence[date],
    works: Sequence[date],
    hours: Sequence[tuple[str, str]],
    grade: str,
) -> None:
    faults = rules.faults_of(year, rests, works, hours)
    if not 1990 <= year <= 2100:
        faults["year"] = "input.number"
    if grade not in Grade.values():
        faults["grade"] = "input.choice"
    require(faults)


def _new_edition(
    actor: Actor, year: int, version: int, values: dict[str, Any], now: datetime
) -> WorkCalendar:
    row = WorkCalendar.objects.create(
        tenant_id=actor.tenant_id,
        year=year,
        version=version,
        made_by=actor.identity,
        made_at=now,
        **values,
    )
    revisions.bump(actor, "calendar")
    events.record(
        "registry.calendar_changed", subject=row, actor=actor, now=now, year=year, version=version
    )
    return row


def _take_turns(actor: Actor, year: int) -> None:
    """Two editors of one year follow each other: the second sees the first one's edition."""
    with connection.cursor() as cursor:
        name = f"registry.calendar:{actor.tenant_id}:{year}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 23))", [name])


@tenancy.operation
def seed_calendars(actor: Actor, *, now: datetime) -> int:
    """Bring the packaged notices into a tenant; years that have an edition stay as they are.

    No edition is made before its notice was issued, whatever past a tenant is set up in.
    """
    actor.require(*KEEPERS)
    text = (files("qiying.slices.registry") / "seeds" / "work_calendar.json").read_text("utf-8")
    known = {row.year for row in queries.latest_editions(actor)}
    made = 0
    for entry in json.loads(text)["notices"]:
        if entry["year"] in known:
            continue
        notice = rules.notice_of(entry)
        set_calendar(actor, entry["year"], now=max(now, _morning_after(notice)), **notice)
        made += 1
    return made


def _morning_after(notice: Mapping[str, Any]) -> datetime:
    day = notice["issued_on"] + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(9)))
