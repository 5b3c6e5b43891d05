"""Deadlines as a calendar (RFC 5545) under a secret address of one person.

The address opens what its person may see at the moment of asking, nothing else; it can be revoked,
and it goes blank with the last role. A slice registers a provider, which gives ids and codes: a
calendar is copied into phones and mail systems, so no words of a firm stand in it.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext
from icalendar import Alarm, Calendar, Event, Todo

from qiying.kernel import events, sealing, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, NotFound
from qiying.kernel.models import CalendarFeed, User
from qiying.kernel.people import actors_of

PURPOSE = "calendar"
MOST_ENTRIES = 500
SHOWN_FOR = timedelta(minutes=15)
READ_AGAIN_AFTER = timedelta(hours=1)
SEQUENCE_FROM = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One deadline.

    Attributes
    ----------
    uid
        The same as long as the promise is the same one, whatever its time: ``call-<id>-answer``.
    title
        A number and what is due, in the reader's language.
    due_at
        When it is due.
    path
        The page, below the address of the platform.
    revised_at
        When the deadline was last derived; later means a higher SEQUENCE, so that calendars move
        the entry.
    warn_before
        How long before an alarm rings.
    starts_at
        When it begins, for what has a length, such as a shift; ``due_at`` is its end and the alarm
        rings before the beginning.
    """

    uid: str
    title: str
    due_at: datetime
    path: str
    revised_at: datetime
    warn_before: timedelta = timedelta(minutes=30)
    starts_at: datetime | None = None


Provider = Callable[[Actor, datetime], Iterable[Entry]]
_providers: dict[str, Provider] = {}


def provider(name: str) -> Callable[[Provider], Provider]:
    """Register who knows deadlines of this kind: ``(actor, now) -> entries``."""

    def register(function: Provider) -> Provider:
        _providers[name] = function
        return function

    return register


def entries_of(actor: Actor, *, now: datetime) -> list[Entry]:
    """The deadlines of one person in one tenant, soonest first."""
    with tenancy.reading(actor):
        found = [e for one in _providers.values() for e in one(actor, now)]
    return sorted(found, key=lambda e: (e.due_at, e.uid))[:MOST_ENTRIES]


def render(entries: Iterable[Entry], *, name: str, now: datetime, as_tasks: bool) -> bytes:
    """The calendar as text; times are UTC, so that no time zone need be described."""
    calendar = Calendar()
    calendar.add("prodid", "-//Qiying//Deadlines 1//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    for entry in entries:
        calendar.add_component(_component(entry, now, as_tasks=as_tasks))
    return bytes(calendar.to_ical())


def _component(entry: Entry, now: datetime, *, as_tasks: bool) -> Event | Todo:
    part: Event | Todo = Todo() if as_tasks else Event()
    part.add("uid", f"{entry.uid}@qiying")
    part.add("dtstamp", now.astimezone(UTC))
    part.add("last-modified", entry.revised_at.astimezone(UTC))
    part.add("sequence", sequence_of(entry.revised_at))
    part.add("summary", entry.title)
    part.add("url", f"{settings.PUBLIC_URL}{entry.path}")
    part.add("class", "PRIVATE")
    due_at = entry.due_at.astimezone(UTC)
    if as_tasks:
        part.add("due", due_at)
        part.add("status", "NEEDS-ACTION")
    elif entry.starts_at is not None:
        part.add("dtstart", entry.starts_at.astimezone(UTC))
        part.add("dtend", due_at)
    else:
        # The quarter of an hour before, because a meeting of no length is not drawn everywhere.
        part.add("dtstart", due_at - SHOWN_FOR)
        part.add("dtend", due_at)
        part.add("transp", "TRANSPARENT")
    part.add_component(_alarm(entry, as_tasks=as_tasks))
    return part


def _alarm(entry: Entry, *, as_tasks: bool) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title)
    side = "END" if as_tasks or entry.starts_at is None else "START"
    alarm.add("trigger", -entry.warn_before, parameters={"RELATED": side})
    return alarm


def sequence_of(revised_at: datetime) -> int:
    """Seconds since 2020: grows with every change and fits 32 bits until 2088."""
    return max(0, int((revised_at - SEQUENCE_FROM).total_seconds()))


# --- the secret address ---


@tenancy.operation
def open_feed(actor: Actor, *, now: datetime) -> str:
    """A new secret for the person's calendar, returned this once; the one before ends."""
    if actor.person_id is None:
        raise Denied("access.role")
    _end(actor, actor.person_id, now)
    secret = secrets.token_urlsafe(32)
    row = CalendarFeed.objects.create(
        tenant_id=actor.tenant_id,
        person_id=actor.person_id,
        digest=sealing.digest(secret, purpose=PURPOSE),
        created_at=now,
    )
    events.record("kernel.calendar_opened", subject=row, actor=actor, now=now)
    return secret


def _end(actor: Actor, person_id: int, now: datetime) -> CalendarFeed | None:
    rows = CalendarFeed.objects.select_for_update(of=("self",))
    row = rows.filter(tenant_id=actor.tenant_id, person_id=person_id, revoked_at=None).first()
    if row is not None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
    return row


@tenancy.operation
def close_feed(actor: Actor, *, now: datetime) -> None:
    """The address opens nothing from now on."""
    row = _end(actor, actor.person_id or 0, now)
    if row is None:
        raise NotFound("not_found")
    events.record("kernel.calendar_closed", subject=row, actor=actor, now=now)


def feed_of(actor: Actor) -> CalendarFeed | None:
    """The feed in force of this person."""
    rows = CalendarFeed.objects.filter(tenant_id=actor.tenant_id, revoked_at=None)
    return rows.filter(person_id=actor.person_id).first()


def reader_of(secret: str, *, now: datetime) -> tuple[User, Actor | None]:
    """Whose calendar an address is, and as whom it is read: None when no role is held any more.

    NotFound for an address that was never given, or was revoked.
    """
    digest = sealing.digest(secret, purpose=PURPOSE)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.credential', %s, true)", [digest])
        row = CalendarFeed.objects.filter(digest=digest, revoked_at=None).first()
        if row is not None and (row.read_at is None or row.read_at < now - READ_AGAIN_AFTER):
            row.read_at = now
            row.save(update_fields=["read_at"])
        if connection.savepoint_ids:
            cursor.execute("SELECT set_config('app.credential', '', true)")
    if row is None:
        raise NotFound("not_found")
    person = User.objects.get(id=row.person_id)
    if not person.is_active:
        return person, None
    found = actors_of(person, now=now)
    return person, next((a for a in found if a.tenant_id == row.tenant_id), None)


def calendar_of(secret: str, *, now: datetime, as_tasks: bool) -> bytes:
    """What the address answers; a calendar without entries for who was here once."""
    person, actor = reader_of(secret, now=now)
    entries = entries_of(actor, now=now) if actor is not None else []
    name = gettext("Qiying deadlines: %(name)s") % {"name": person.name}
    return render(entries, name=name, now=now, as_tasks=as_tasks)
