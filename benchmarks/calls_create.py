"""Raising a call: decision, deadline and event, through the JSON interface and by the operation.

CPU of the server's process and of its PostgreSQL backend together, per call, as the median of
batches; statements as the most that one call took, without the frames of transactions. The peer
writes the same two rows with the same model layer and nothing else: no check, no decision, no
deadline, no event.

    python benchmarks/calls_create.py [--quick]
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from _zone import NOW, Clock, Zone, counted, median, own_zone, person, say

CPU_MS, STATEMENTS = 25.0, 12
BATCH = 20
MATTERS = ("M009", "M016", "M017", "M069", "M072", "M104", "M111")
PEER_NAME = "the same two rows, bare"
Way = Callable[[int], object]
TEXT = "配电房有异响和焦味，变压器外壳发烫，请尽快派人来看看，以免影响夜班生产。"


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; `quick` raises fewer calls."""
    with own_zone("bench_calls_create") as zone:
        ways = {"bare": by_hand(zone), "api": by_interface(zone), "operation": by_operation(zone)}
        cpu_ms = measure(zone, ways, batches=10 if quick else 30)
        bare = cpu_ms["bare"]
        return [
            row
            for name in ("api", "operation")
            for row in measured(name, cpu_ms[name], most(ways[name]), bare)
        ]


def measured(name: str, cpu_ms: float, statements: int, bare: float) -> list[dict[str, Any]]:
    """Both rows of one way."""
    return [
        {
            "name": f"calls_create_{name}_cpu",
            "ours": round(cpu_ms, 2),
            "peer": round(bare, 2),
            "peer_name": PEER_NAME,
            "ratio": round(cpu_ms / bare, 2),
            "bar": CPU_MS,
            "holds": cpu_ms <= CPU_MS,
            "unit": "CPU-ms per call, process and backend",
        },
        {
            "name": f"calls_create_{name}_statements",
            "ours": statements,
            "peer": None,
            "peer_name": "",
            "ratio": None,
            "bar": STATEMENTS,
            "holds": statements <= STATEMENTS,
            "unit": "statements per call, at most",
        },
    ]


def measure(zone: Zone, ways: Mapping[str, Way], *, batches: int) -> dict[str, float]:
    """The median CPU-milliseconds of a call by each way, taken in turns after warming up."""
    for way in ways.values():
        for n in range(2 * BATCH):
            way(-n)
    clock, times = Clock(zone), {name: list[float]() for name in ways}
    for _ in range(batches):
        for name, way in ways.items():
            times[name] += clock.times(way, batches=1, batch=BATCH)
    for name, found in times.items():
        say(f"  {name}, {batches * BATCH} calls: " + " ".join(f"{t:.1f}" for t in found))
    return {name: median(found) for name, found in times.items()}


def most(raise_call: Way) -> int:
    """The most statements of some calls of each matter."""
    found = 0
    for n in range(3 * len(MATTERS)):
        with counted() as statements:
            raise_call(n)
        found = max(found, len(statements))
    return found


def by_interface(zone: Zone) -> Way:
    """POST to the interface with the key of a machine, as a portal would."""
    from django.test import Client  # noqa: PLC0415  Django is set up by now

    from qiying.kernel import people  # noqa: PLC0415
    from qiying.kernel.access import system  # noqa: PLC0415

    _row, secret = people.issue_key(system(zone.tenant_id), "portal", now=NOW)
    client = Client()

    def raise_call(n: int) -> object:
        body = {"text": TEXT, "matter": matter(n), "enterprise": zone.firms[n % 800][1]}
        answer = client.post(
            "/api/v1/calls/",
            json.dumps(body),
            content_type="application/json",
            headers={"X-API-Key": secret, "Idempotency-Key": f"{zone.database}-{next_key()}"},
        )
        if answer.status_code != 201:
            raise RuntimeError(answer.content)
        return answer

    return raise_call


_keys = iter(range(1, 10**9))


def next_key() -> int:
    """A number that was not used in this run."""
    return next(_keys)


def matter(n: int) -> str:
    return MATTERS[n % len(MATTERS)]


def by_operation(zone: Zone) -> Way:
    """The operation itself, for a desk officer."""
    from django.utils import timezone  # noqa: PLC0415

    from qiying.kernel import people  # noqa: PLC0415
    from qiying.slices.calls import operations  # noqa: PLC0415

    desk = people.actors_of(person(zone, "desk", ("desk", "")), now=NOW)[0]

    def raise_call(n: int) -> object:
        return operations.receive(
            desk,
            title="配电房异响",
            text=TEXT,
            now=timezone.now(),
            enterprise_id=zone.firms[n % 800][0],
            matter_code=matter(n),
        )

    return raise_call


def by_hand(zone: Zone) -> Way:
    """The peer: a call and its round in one transaction."""
    from qiying.kernel import tenancy  # noqa: PLC0415
    from qiying.kernel.access import system  # noqa: PLC0415
    from qiying.slices.calls.models import Call, Round  # noqa: PLC0415

    actor = system(zone.tenant_id)
    promise = {"due_at": NOW, "yellow_at": NOW}

    def raise_call(n: int) -> object:
        with tenancy.acting(actor):
            call = Call.objects.create(
                tenant_id=zone.tenant_id,
                number=f"BARE-{next_key()}",
                enterprise_id=zone.firms[n % 800][0],
                title="配电房异响",
                text=TEXT,
                words=TEXT,
                channel="online",
                urgency="normal",
                received_at=NOW,
                updated_at=NOW,
                **promise,
            )
            return Round.objects.create(
                tenant_id=zone.tenant_id,
                call=call,
                number=1,
                started_at=NOW,
                rule_kind="working_days",
                rule_amount=5,
                **promise,
            )

    return raise_call


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), ensure_ascii=False, indent=2))
