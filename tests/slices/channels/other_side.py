"""The other side of a hand-over, played: what it was asked and what it answers."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from qiying.kernel import outgoing, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.outgoing import OutgoingError, Reply
from qiying.slices.channels import operations
from qiying.slices.channels.models import Endpoint, Forward
from tests.slices.calls import steps
from tests.slices.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

Asked = list[tuple[str, str, dict[str, Any]]]
HERE = "https://8.8.8.8/open311/v2"


class There:
    """The other system: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: Asked = []
        self.answers: Callable[[str, str], Reply] = self.good
        self.updates: list[dict[str, Any]] = []
        self.seen: dict[str, str] = {}

    def __call__(self, method: str, url: str, **more: Any) -> Reply:
        self.asked.append((method, url, more))
        return self.answers(method, url)

    def good(self, method: str, url: str) -> Reply:
        if method == "GET":
            return Reply(200, json.dumps(self.updates))
        key = self.asked[-1][2]["headers"]["Idempotency-Key"]
        number = self.seen.setdefault(key, f"R-{len(self.seen) + 1}")
        return Reply(200, json.dumps([{"service_request_id": number}]))

    def broken(self, method: str, url: str) -> Reply:
        raise OutgoingError("unreachable")


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> There:
    found = There()
    monkeypatch.setattr(outgoing, "ask", found)
    return found


@pytest.fixture
def endpoint(world: World) -> Endpoint:
    return operations.add_endpoint(
        world.keeper,
        code="city",
        kind="open311",
        name="市 12345",
        url=HERE,
        secret="open-sesame",
        now=world.now,
    )


@pytest.fixture
def handed(world: World, desk: Actor, endpoint: Endpoint) -> Forward:
    call = steps.raise_call(world)
    return operations.forward_call(
        desk, call.pk, endpoint_id=endpoint.public_id, reason="在墙外", now=world.now
    )


def fresh(world: World) -> Forward:
    with tenancy.reading(world.system):
        return Forward.objects.get()


def deliver(world: World) -> int:
    return operations.deliver_due(world.system, now=world.now)
