"""The live stream: what an open one holds on to."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from qiying.kernel import live


@pytest.mark.django_db(transaction=True)
def test_a_stream_gives_the_connection_of_the_database_back() -> None:
    def left() -> object:
        connection.ensure_connection()
        live._let_go()
        return connection.connection

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(left).result() is None


@pytest.mark.django_db
def test_a_transaction_that_is_open_keeps_its_connection() -> None:
    connection.ensure_connection()
    live._let_go()
    assert connection.connection is not None
