"""Keep the parts of the platform running: start, watch, restart with patience, stop.

A part is a child process. Its standard input is a pipe that only the supervisor holds open: when
the supervisor is gone, however it went, the pipe ends and the child leaves by itself
(:func:`end_with_parent`), so the next start finds the port free. The database is no child: it stays
and is found again.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from qiying.config.language import mark as _

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 10.0
# A part that ran this long is taken as healthy: its next end is a first one again.
HEALTHY_AFTER_SECONDS = 20.0
LOOK_EVERY_SECONDS = 0.25
STOP_WITHIN_SECONDS = 20.0

Say = Callable[..., None]


def delay_before(failures: int) -> float:
    """Return how long to wait before the next start after so many ends in a row, in seconds."""
    return float(min(FIRST_DELAY_SECONDS * 2 ** min(failures - 1, 10), LONGEST_DELAY_SECONDS))


@dataclass
class Part:
    """One child process that should always run."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    failures: int = 0
    started_at: float = 0.0
    start_at: float = 0.0

    def start(self, now: float) -> None:
        """Start the child away from the terminal's group: Ctrl-C is the supervisor's to handle."""
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self.command, env=dict(self.environment), stdin=subprocess.PIPE, start_new_session=True
        )
        self.started_at = now

    def tend(self, now: float, say: Say) -> None:
        """Notice an end, and start again when its delay is over."""
        if self.process is not None and self.process.poll() is not None:
            self._note_end(now, say)
        if self.process is None and now >= self.start_at:
            self.start(now)

    def _note_end(self, now: float, say: Say) -> None:
        code = self.process.returncode if self.process else 0
        self.close()
        was_healthy = now - self.started_at >= HEALTHY_AFTER_SECONDS
        self.failures = 1 if was_healthy else self.failures + 1
        delay = delay_before(self.failures)
        self.start_at = now + delay
        say(
            _("%(part)s ended (%(how)s); it starts again in %(delay).1f s."),
            part=self.name,
            how=signal.Signals(-code).name if code < 0 else code,
            delay=delay,
        )

    def close(self) -> None:
        """Forget the child and close our end of its pipe."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None

    def ask_to_stop(self) -> None:
        """Ask the child to finish what it is doing and leave."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, until: float) -> None:
        """Wait until a moment of the monotonic clock, then end the child by force."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.close()


@dataclass
class Supervisor:
    """Run parts until asked to stop.

    Attributes
    ----------
    parts
        What to keep running, in the order of start.
    tend_database
        Called at every look, before the parts: repairs what they stand on.
    on_start
        Called once after the first start; returns false to be asked again at the next look.
    """

    parts: Sequence[Part]
    say: Say
    tend_database: Callable[[], None] = lambda: None
    on_start: Callable[[], bool] = lambda: True
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Start everything, watch it, and stop everything when a signal or an error comes."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        has_started = False
        try:
            while not self.stopping.is_set():
                self.tend_database()
                for part in self.parts:
                    part.tend(time.monotonic(), self.say)
                has_started = has_started or self.on_start()
                self.stopping.wait(LOOK_EVERY_SECONDS)
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop the parts together, each with time to finish."""
        for part in self.parts:
            part.ask_to_stop()
        until = time.monotonic() + STOP_WITHIN_SECONDS
        for part in self.parts:
            part.wait_or_kill(until)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()


def end_with_parent() -> None:
    """Make this process leave when its standard input ends, that is, when its parent is gone."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_WITHIN_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
