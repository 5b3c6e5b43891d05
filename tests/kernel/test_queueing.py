"""A database that goes away while work is queued is told like any other absence."""

import psycopg
import pytest
from django.db import OperationalError
from procrastinate.exceptions import ConnectorException

from qiying.kernel.queueing import queueing


def queue_breaks(cause: Exception) -> None:
    with queueing():
        raise ConnectorException from cause


@pytest.mark.parametrize(
    "cause", [psycopg.OperationalError("gone"), psycopg.InterfaceError("gone")]
)
def test_a_database_that_goes_away_is_an_absence(cause: Exception) -> None:
    with pytest.raises(OperationalError, match="gone"):
        queue_breaks(cause)


def test_a_fault_of_ours_stays_a_fault() -> None:
    with pytest.raises(ConnectorException):
        queue_breaks(psycopg.errors.UndefinedTable("no such table"))
