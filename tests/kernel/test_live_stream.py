"""The live stream: what an open one holds on to."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connection

from qiying.kernel import live


@pytest.mark.django_db(transaction=True)
def test_an_open_stream_holds_no_connection_of_the_database() -> None:
    async def held() -> object:
        async with ThreadSensitiveContext():
            await sync_to_async(connection.ensure_connection)()
            body = live._body(live.Stream(1, 1))
            assert b"event: open" in await anext(body)
            found = await sync_to_async(lambda: connection.connection)()
            await body.aclose()
            return found

    # in a thread of its own: a browser of another test may run a loop in this one
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(held())).result() is None
