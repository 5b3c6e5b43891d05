"""Live pages: a stream that says only "this subject changed"; the page fetches what it may see.

One connection per process listens to PostgreSQL (outside the pool); every open stream has a
queue. A record is named only to somebody who may see it; anybody else of the tenant hears that
something of its kind changed, so that counts and boards stay fresh. What comes within a second is
asked for together: one query for each kind. A stream ends after 55 seconds and the browser
reconnects, so revoked grants take effect.
"""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.apps import apps
from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from qiying.kernel import tenancy
from qiying.kernel.access import Actor

log = logging.getLogger(__name__)
LASTS_FOR = 55.0
KEEP_ALIVE = 15.0
GATHERED = 1.0
"""Seconds between two questions of one stream; the first news is told at once."""
MAX_STREAMS = 4
_streams: dict[int, set["Stream"]] = {}
_listener: "asyncio.Task[None] | None" = None


Subjects = Iterable[tuple[str, int]]
"""Type and id of records, as in ``("calls.call", 42)``."""


class Stream:
    """One open page of one person."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.tenant_id = actor.tenant_id
        self.person_id = actor.person_id
        self.queue: asyncio.Queue[list[Any]] = asyncio.Queue(maxsize=200)

    def rest(self) -> Iterator[Any]:
        """What came meanwhile."""
        while not self.queue.empty():
            yield from self.queue.get_nowait()


async def events(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """``/events``: a message ``{"topic", "id"}`` for each record that changed and may be seen.

    What this person may not see is ``{"topic"}`` alone.
    """
    actor = await sync_to_async(_actor)(request)
    if actor is None or actor.person_id is None:
        return HttpResponse(status=401)
    mine = [s for s in _streams.get(actor.tenant_id, ()) if s.person_id == actor.person_id]
    if len(mine) >= MAX_STREAMS:
        return HttpResponse(status=429, headers={"Retry-After": "20"})
    await _listen()
    stream = Stream(actor)
    response = StreamingHttpResponse(_body(stream), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


def _actor(request: HttpRequest) -> Actor | None:
    """The session is read in a thread: it asks the database."""
    return getattr(request, "actor", None)


async def _body(stream: Stream) -> AsyncIterator[bytes]:
    _streams.setdefault(stream.tenant_id, set()).add(stream)
    clock = asyncio.get_running_loop().time
    ends_at, asked_at = clock() + LASTS_FOR, 0.0
    try:
        yield b"retry: 3000\nevent: open\ndata: {}\n\n"
        while (left := ends_at - clock()) > 0:
            try:
                told = await asyncio.wait_for(stream.queue.get(), min(KEEP_ALIVE, left))
            except TimeoutError:
                yield b": still here\n\n"
                continue
            await asyncio.sleep(max(0.0, asked_at + GATHERED - clock()))
            asked_at = clock()
            for message in await _seen(stream.actor, [*told, *stream.rest()]):
                yield f"data: {json.dumps(message)}\n\n".encode()
    finally:
        _streams[stream.tenant_id].discard(stream)


async def _seen(actor: Actor, told: Subjects) -> list[dict[str, Any]]:
    """As ``messages``, in one of the few threads that all streams of this process share."""
    subjects = [(kind, key) for kind, key in told]

    def ask() -> list[dict[str, Any]]:
        try:
            return messages(actor, subjects)
        finally:
            close_old_connections()

    return await sync_to_async(ask, thread_sensitive=False)()


def messages(actor: Actor, told: Subjects) -> list[dict[str, Any]]:
    """What this actor is told of records that changed: ids of those that may be seen, no others.

    A kind of record of which something changed that may not be seen is told without an id.
    """
    ids: dict[str, set[int]] = defaultdict(set)
    for subject_type, subject_id in told:
        ids[subject_type].add(subject_id)
    found: list[dict[str, Any]] = []
    with tenancy.reading(actor):
        for subject_type, asked in sorted(ids.items()):
            topic, seen = subject_type.rpartition(".")[2], _visible(actor, subject_type, asked)
            found += [{"topic": topic, "id": key} for key in sorted(seen)]
            found += [{"topic": topic}] if asked - seen else []
    return found


def _visible(actor: Actor, subject_type: str, ids: set[int]) -> set[int]:
    """Those of the records that the actor may see: one query, none where nobody says who may."""
    with contextlib.suppress(LookupError, ValueError):
        rows = apps.get_model(subject_type)._default_manager.get_queryset()
        if hasattr(rows, "visible_to"):
            seen = rows.visible_to(actor).filter(pk__in=ids)
            return set(seen.values_list("pk", flat=True))
    return set()


async def _listen() -> None:
    """Start the listener of this process unless it runs."""
    global _listener  # noqa: PLW0603  one per process, restarted when it ended
    if _listener is None or _listener.done():
        params = await sync_to_async(_parameters)()
        _listener = asyncio.get_running_loop().create_task(_forward(params))


def _parameters() -> dict[str, Any]:
    params = connection.get_connection_params()
    keep = {"dbname", "user", "password", "host", "port"}
    return {k: v for k, v in params.items() if k in keep}


async def _forward(params: dict[str, Any]) -> None:
    """Hand every notice to the streams of its tenant; reconnect when the database comes back."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**params, autocommit=True) as link:
                await link.execute("LISTEN qiying_live")
                async for notice in link.notifies():
                    tenant_id, told = json.loads(notice.payload)
                    for stream in list(_streams.get(tenant_id, ())):
                        with contextlib.suppress(asyncio.QueueFull):
                            stream.queue.put_nowait(told)
        except (psycopg.Error, OSError):
            log.info("live notices interrupted; reconnecting")
            await asyncio.sleep(2)
