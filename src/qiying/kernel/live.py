"""Live pages: a stream that says only "this subject changed"; the page fetches what it may see.

One connection per process listens to PostgreSQL (outside the pool); every open stream has a
queue. A stream ends after 55 seconds and the browser reconnects, so revoked grants take effect.

What changed is named by a key that only pages showing the record carry: to anybody else it says
nothing, and whoever has just lost sight of a record still learns that its page is out of date.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.crypto import salted_hmac

from qiying.kernel.access import Actor

log = logging.getLogger(__name__)
LASTS_FOR = 55.0
KEEP_ALIVE = 15.0
MAX_STREAMS = 4
_streams: dict[int, set["Stream"]] = {}
_listener: "asyncio.Task[None] | None" = None


class Stream:
    """One open page of one person."""

    def __init__(self, tenant_id: int, person_id: int) -> None:
        self.tenant_id = tenant_id
        self.person_id = person_id
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(maxsize=200)


async def events(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """``/events``: one message ``{"topic", "key"}`` for each subject of the tenant that changed."""
    actor = await sync_to_async(_actor)(request)
    if actor is None or actor.person_id is None:
        return HttpResponse(status=401)
    mine = [s for s in _streams.get(actor.tenant_id, ()) if s.person_id == actor.person_id]
    if len(mine) >= MAX_STREAMS:
        return HttpResponse(status=429, headers={"Retry-After": "20"})
    await _listen()
    stream = Stream(actor.tenant_id, actor.person_id)
    response = StreamingHttpResponse(_body(stream), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


def _actor(request: HttpRequest) -> Actor | None:
    """The session is read in a thread: it asks the database."""
    return getattr(request, "actor", None)


async def _body(stream: Stream) -> AsyncGenerator[bytes, None]:
    _streams.setdefault(stream.tenant_id, set()).add(stream)
    await sync_to_async(_let_go)()
    ends_at = asyncio.get_running_loop().time() + LASTS_FOR
    try:
        yield b"retry: 3000\nevent: open\ndata: {}\n\n"
        while (left := ends_at - asyncio.get_running_loop().time()) > 0:
            try:
                told = await asyncio.wait_for(stream.queue.get(), min(KEEP_ALIVE, left))
            except TimeoutError:
                yield b": still here\n\n"
                continue
            yield told
    finally:
        _streams[stream.tenant_id].discard(stream)


def _let_go() -> None:
    """Give the connection back that the session was read by: the stream asks the database nothing.

    Django keeps it until the response ends, so that some streams would hold the whole pool.
    """
    for held in connections.all(initialized_only=True):
        if not held.in_atomic_block:
            held.close()


def key_of(subject_type: str, subject_id: int) -> str:
    """The name of a record in the stream: 16 hexadecimal digits that do not tell its id."""
    return salted_hmac("qiying.live", f"{subject_type}:{subject_id}").hexdigest()[:16]


def _words(subject_type: str, subject_id: int) -> bytes:
    """What every stream of the tenant is told of one subject; worded once for all of them."""
    message = {
        "topic": subject_type.rpartition(".")[2],
        "key": key_of(subject_type, subject_id),
    }
    return f"data: {json.dumps(message)}\n\n".encode()


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
                    words = b"".join(_words(*subject) for subject in told)
                    for stream in list(_streams.get(tenant_id, ())):
                        with contextlib.suppress(asyncio.QueueFull):
                            stream.queue.put_nowait(words)
        except (psycopg.Error, OSError):
            log.info("live notices interrupted; reconnecting")
            await asyncio.sleep(2)
