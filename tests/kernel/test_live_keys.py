"""The stream of changes names a record so that only pages which show it know which one it is."""

import asyncio
import json

import pytest

from qiying.kernel import live
from qiying.kernel.templatetags.qy import register
from tests.slices.calls import steps
from tests.slices.calls.people import peopled

pytestmark = pytest.mark.django_db


def test_a_page_and_the_stream_name_a_record_alike() -> None:
    world = peopled("lc")
    call = steps.submitted(world)
    shown = register.filters["live_key"](call)
    message = asyncio.run(_first_message(call.tenant_id, "calls.call", call.pk))
    assert message == {"topic": "call", "key": shown}


def test_a_key_tells_neither_the_id_nor_another_record() -> None:
    keys = {
        live.key_of(kind, number) for kind in ("calls.call", "calls.task") for number in range(500)
    }
    assert len(keys) == 1000
    assert {len(key) for key in keys} == {16}


def test_a_key_hangs_on_the_secret_of_the_installation(settings: pytest.FixtureRequest) -> None:
    before = live.key_of("calls.call", 42)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]  # pytest-django's settings
    assert live.key_of("calls.call", 42) != before


async def _first_message(tenant_id: int, kind: str, number: int) -> dict[str, str]:
    stream = live.Stream(tenant_id, 1)
    body = live._body(stream)
    assert b"open" in await anext(body)
    stream.queue.put_nowait(live._words(kind, number))
    found = await anext(body)
    await body.aclose()  # type: ignore[attr-defined]  # a generator of the module
    message: dict[str, str] = json.loads(found.decode().removeprefix("data: "))
    return message
