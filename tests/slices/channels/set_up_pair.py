"""Run beside a platform: make its zone and do what somebody there would do; prints JSON."""

import json
import os
import sys
from typing import Any

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiying.config.settings")
    django.setup()
    print(json.dumps(DEEDS[sys.argv[1]](*sys.argv[2:])))  # noqa: T201


def found(code: str) -> dict[str, Any]:
    """A zone with a firm and a key for the neighbour."""
    from django.utils import timezone  # noqa: PLC0415  after setup

    from qiying.kernel import people  # noqa: PLC0415
    from tests.slices.world import INSIDE, MATTERS, make_world  # noqa: PLC0415

    world = make_world(code, matters=(*MATTERS, "M078"))
    world.firm("宏达")
    _row, key = people.issue_key(world.keeper, "邻区", now=timezone.now())
    return {"key": key, "lon": INSIDE[0], "lat": INSIDE[1]}


def _zone() -> Any:
    from qiying.kernel.models import Tenant  # noqa: PLC0415

    return Tenant.objects.get(kind="zone")


def _desk() -> Any:
    from qiying.kernel.access import Role, stand_in  # noqa: PLC0415

    return stand_in(_zone().pk, Role.DESK)


def hand_on(count: str) -> list[str]:
    """Receive so many calls at the desk and hand each on to the city; their numbers."""
    from django.utils import timezone  # noqa: PLC0415

    from qiying.kernel import tenancy  # noqa: PLC0415
    from qiying.slices.calls import public as calls  # noqa: PLC0415
    from qiying.slices.channels import operations, queries  # noqa: PLC0415
    from tests.slices.world import INSIDE  # noqa: PLC0415

    desk, numbers = _desk(), []
    with tenancy.reading(desk):
        endpoint = queries.list_endpoints(desk).get()
    for n in range(int(count)):
        now = timezone.now()
        card = calls.receive(
            desk,
            title=f"墙外第 {n} 件",
            text=f"墙外第 {n} 件：路灯不亮",
            matter_code="M078",
            longitude=INSIDE[0],
            latitude=INSIDE[1],
            now=now,
        )
        operations.forward_call(
            desk, card.id, endpoint_id=endpoint.public_id, reason="在墙外", now=now
        )
        numbers.append(card.number)
    return numbers


def say(number: str, text: str) -> str:
    """Tell the other side something about a call that was handed on."""
    from django.utils import timezone  # noqa: PLC0415

    from qiying.kernel import tenancy  # noqa: PLC0415
    from qiying.slices.calls import public as calls  # noqa: PLC0415
    from qiying.slices.channels import operations, queries  # noqa: PLC0415

    desk = _desk()
    with tenancy.reading(desk):
        card = calls.find_by_number(desk, number)
        assert card is not None
        row = queries.forwards_of_call(desk, card.id)[0]
    return operations.say(desk, row.public_id, text=text, now=timezone.now()).update_id


def accept(number: str, text: str) -> str:
    """The other side's desk takes a call on and asks for more."""
    from django.utils import timezone  # noqa: PLC0415

    from qiying.slices.calls import public as calls  # noqa: PLC0415

    desk = _desk()
    card = calls.find_by_number(desk, number)
    assert card is not None
    calls.take(desk, card.id, "accept", now=timezone.now())
    return calls.take(desk, card.id, "message", text=text, now=timezone.now()).state


DEEDS = {"found": found, "hand_on": hand_on, "say": say, "accept": accept}

if __name__ == "__main__":
    main()
