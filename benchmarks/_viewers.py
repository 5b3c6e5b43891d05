"""Browsers that look on: each holds the live stream and, when it is told, fetches the board's part.

A process of its own, so that its work is not counted as the server's. It is given the address, the
cookies and the stream's topics as JSON on standard input, says ``ready`` when every stream is open
and, for each line ``round`` on its standard input, one line with the moments of all viewers
(``time.monotonic`` of the machine, which both processes read).
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

ROUND_ENDS_S = 30.0
AGAIN_S = 3.0
"""As the stream tells browsers: reconnect after so long."""


@dataclass
class Viewer:
    """One browser: what it was told and when it had the new board."""

    host: str
    port: int
    cookie: str
    fetches: bool
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    told_at: float = 0.0
    drawn_at: float = 0.0
    faults: int = 0
    reopened: int = 0
    fetching: "asyncio.Task[None] | None" = None

    async def hold(self) -> None:
        """Hold the stream for ever; open it again when the server ends it."""
        while True:
            try:
                await self._listen()
            except (OSError, asyncio.IncompleteReadError):
                self.faults += 1
            self.reopened += 1
            await asyncio.sleep(AGAIN_S)

    async def _listen(self) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(self._request("/events", "Accept: text/event-stream"))
            status = await reader.readline()
            if b" 200 " not in status:
                self.faults += 1
                return
            while line := await reader.readline():
                if line.startswith(b"event: open"):
                    self.opened.set()
                elif b'"topic": "job"' in line:
                    self._note()
        finally:
            writer.close()

    def _note(self) -> None:
        if self.told_at:
            return
        self.told_at = time.monotonic()
        if self.fetches:
            self.fetching = asyncio.create_task(self._fetch())

    async def _fetch(self) -> None:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(self.host, self.port)
            part = "HX-Request: true\r\nHX-Target: rescue-live\r\nConnection: close"
            writer.write(self._request("/rescue/board/", part))
            answer = await reader.read()
            writer.close()
            if answer.startswith(b"HTTP/1.1 200") and b'id="rescue-live"' in answer:
                self.drawn_at = time.monotonic()
                return
        self.faults += 1

    def _request(self, path: str, more: str) -> bytes:
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"Cookie: {self.cookie}",
            more,
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _is_over(viewers: Sequence[Viewer]) -> bool:
    return all(v.told_at and (v.drawn_at or not v.fetches) for v in viewers)


async def look_on(given: dict[str, Any]) -> None:
    """Open every stream, then report rounds until standard input ends."""
    place = urlsplit(given["address"])
    viewers = [
        Viewer(place.hostname or "", place.port or 80, cookie, fetches=given["fetches"])
        for cookie in given["cookies"]
    ]
    held = [asyncio.create_task(v.hold()) for v in viewers]
    for viewer in viewers:
        await viewer.opened.wait()
    _say({"ready": len(viewers)})
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        until = time.monotonic() + ROUND_ENDS_S
        while not _is_over(viewers) and time.monotonic() < until:
            await asyncio.sleep(0.02)
        _say(
            {
                "told": [v.told_at for v in viewers],
                "drawn": [v.drawn_at for v in viewers],
                "faults": sum(v.faults for v in viewers),
                "reopened": sum(v.reopened for v in viewers),
            }
        )
        for viewer in viewers:
            viewer.told_at = viewer.drawn_at = 0.0
    for task in held:
        task.cancel()


def _say(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(look_on(json.loads(sys.stdin.readline())))
