"""A receiver of webhooks as somebody else would write it: a small server and the public library.

It knows the secret and nothing else of us. What does not verify is answered with 401.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

THIS_MACHINE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""Named as networks that may be asked, so that servers of tests can be."""


@dataclass
class Receiver:
    """What came in; ``status`` is answered to what verifies."""

    url: str
    secret: str = ""
    status: int = 204
    retry_after: str = ""
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    verified: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def topics(self) -> list[str]:
        return [message["type"] for message in self.verified]

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.seen.append((headers, body))
        try:
            message = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError as error:
            self.refused.append(str(error))
            return 401
        if 200 <= self.status < 300:
            self.verified.append(message)
        return self.status


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port of this machine, in a thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.take(dict(self.headers), body))
            if receiver.retry_after:
                self.send_header("Retry-After", receiver.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def work_off(*names: str) -> int:
    """Do the jobs of the queue that wait, as the worker would; only those of these tasks if any."""
    from django.db import connection  # noqa: PLC0415  settings are read by now
    from procrastinate.contrib.django import app  # noqa: PLC0415

    done = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' "
                "AND scheduled_at IS NULL ORDER BY id"
            )
            rows = [row for row in cursor.fetchall() if not names or row[1] in names]
            cursor.execute(
                "DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [[row[0] for row in rows]]
            )
        if not rows:
            return done
        for _id, task, arguments in rows:
            given = json.loads(arguments) if isinstance(arguments, str) else arguments
            app.tasks[task].func(**given)
            done += 1
