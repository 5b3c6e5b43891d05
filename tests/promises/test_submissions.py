"""No acknowledged call is lost and none is doubled, whatever is killed while they come in."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.promise
ROOT = Path(__file__).resolve().parents[2]
SUBMISSIONS, CLIENTS = 500, 16
GIVE_UP_AFTER_SECONDS = 420.0
ROUNDS, ROUNDS_IN_FULL = 2, 10


@pytest.fixture
def zone(platform: Any) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.promises.set_up_zone"],
        env={**platform.environment, "QIYING_DATABASE_POOL": "0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


class Sender:
    """Clients that repeat an unacknowledged submission with the same key, and count the answers."""

    def __init__(self, url: str, zone: dict[str, Any]) -> None:
        self.url, self.zone = url, zone
        self.acknowledged: dict[int, str] = {}
        self.seen: Counter[str] = Counter()
        self.until = time.monotonic() + GIVE_UP_AFTER_SECONDS

    def send(self, number: int) -> None:
        body = {
            "service_code": self.zone["code"],
            "lat": self.zone["lat"],
            "long": self.zone["lon"],
            "description": f"第 {number} 号诉求",
            "api_key": self.zone["key"],
        }
        with httpx.Client(timeout=20) as client:
            while time.monotonic() < self.until:
                try:
                    reply = client.post(
                        f"{self.url}/open311/v2/requests.json",
                        data=body,
                        headers={"Idempotency-Key": f"promise-{number}"},
                    )
                except httpx.HTTPError as error:
                    self.seen[type(error).__name__] += 1
                    time.sleep(0.3)
                    continue
                self.seen[str(reply.status_code)] += 1
                if reply.status_code == 200:
                    self.acknowledged[number] = reply.json()[0]["service_request_id"]
                    return
                time.sleep(0.3)


def test_five_hundred_submissions_survive_killing_every_part_in_turn(
    platform: Any, zone: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    rounds = ROUNDS_IN_FULL if request.config.getoption("--full") else ROUNDS
    sender, stop = Sender(platform.url, zone), threading.Event()
    kills: Counter[str] = Counter()

    def nemesis() -> None:
        """Kill the next part as soon as the platform took a few more after the last kill."""
        for part in ("web", "database", "worker") * rounds:
            taken = len(sender.acknowledged)
            while len(sender.acknowledged) < taken + 30 or platform.pid(part) is None:
                if stop.wait(0.1):
                    return
            platform.kill(part)
            kills[part] += 1

    killer = threading.Thread(target=nemesis)
    killer.start()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(sender.send, range(SUBMISSIONS)))
    stop.set()
    killer.join()
    platform.wait_until_ready()

    assert min(kills[part] for part in ("web", "database", "worker")) >= 2
    assert len(sender.acknowledged) == SUBMISSIONS, sender.seen
    rows = platform.query("SELECT number, text FROM calls_call")
    assert len(rows) == SUBMISSIONS, "exactly one row each"
    assert {text: number for number, text in rows} == {
        f"第 {n} 号诉求": number for n, number in sender.acknowledged.items()
    }
    verdict = json.loads(platform.qiying("audit", "verify", "--json"))
    assert all(v["holds"] for v in verdict)
    assert set(sender.seen) <= {
        *("200", "409", "429", "502", "503"),
        *("ConnectError", "ReadError", "RemoteProtocolError", "ReadTimeout", "WriteError"),
    }, sender.seen
    received = platform.query("SELECT count(*) FROM kernel_event WHERE topic = 'calls.received'")
    assert received == [(SUBMISSIONS,)]
