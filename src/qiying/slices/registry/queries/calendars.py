"""Work calendars: the editions, and the one that counts as the engine wants it."""

from datetime import date, time

from django.db.models import QuerySet

from qiying.engines.worktime import BusinessHours, Calendar
from qiying.kernel import revisions
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.registry.models import WorkCalendar

_calendars: revisions.Kept[Calendar] = revisions.Kept()


def list_editions(actor: Actor, year: int | None = None) -> QuerySet[WorkCalendar]:
    """Every edition, newest first; of one year or of all."""
    rows = WorkCalendar.objects.visible_to(actor)
    rows = rows if year is None else rows.filter(year=year)
    return rows.order_by("-year", "-version")


def latest_editions(actor: Actor) -> list[WorkCalendar]:
    """The edition that counts for each year, oldest year first."""
    rows = WorkCalendar.objects.visible_to(actor).order_by("year", "-version")
    return list(rows.distinct("year"))


def get_calendar(actor: Actor, year: int) -> WorkCalendar:
    row = list_editions(actor, year).first()
    if row is None:
        raise NotFound("not_found")
    return row


def working_calendar(actor: Actor) -> Calendar:
    """The calendar that deadlines are derived with; built once per process and revision.

    Its version names the edition of every year (``2024.1-2025.1-2026.2``). The business hours are
    those of the latest year.
    """
    revision = revisions.current(actor).get("calendar", 0)
    return _calendars.get(actor.tenant_id, revision, lambda: _build(latest_editions(actor)))


def _build(editions: list[WorkCalendar]) -> Calendar:
    hours = BusinessHours()
    if editions and editions[-1].hours:
        hours = BusinessHours(
            tuple(
                (time.fromisoformat(opens), time.fromisoformat(closes))
                for opens, closes in editions[-1].hours
            )
        )
    return Calendar(
        version="-".join(row.edition for row in editions) or "none",
        rest_days=_days(editions, "rest_days"),
        work_days=_days(editions, "work_days"),
        known_years=frozenset(row.year for row in editions),
        hours=hours,
    )


def _days(editions: list[WorkCalendar], name: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(d) for row in editions for d in getattr(row, name))
