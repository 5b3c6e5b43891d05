"""The whole application in a thread of the test, event stream included."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

START_WITHIN_SECONDS = 30


@contextmanager
def serve() -> Iterator[str]:
    """Run the ASGI application on a free port and give its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            "qiying.config.asgi:application",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        _wait(lambda: server.started)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_WITHIN_SECONDS)


def _wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + START_WITHIN_SECONDS
    while not condition():
        assert time.monotonic() < until, "the application did not start"
        time.sleep(0.02)
