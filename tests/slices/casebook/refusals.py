"""How operations and the database say no."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from qiying.kernel import tenancy
from qiying.kernel.errors import Refused
from tests.slices.world import World


def refused(code: str, work: Any, kind: type[Exception] = Refused) -> None:
    with pytest.raises(kind) as told:
        work()
    assert told.value.code == code  # type: ignore[attr-defined]


def sql(world: World, statement: str, *values: Any) -> None:
    with tenancy.acting(world.system), connection.cursor() as cursor:
        cursor.execute(statement, values)


def breaks(world: World, name: str, statement: str, *values: Any) -> None:
    """The database itself refuses a statement that no operation of ours would send."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        sql(world, statement, *values)
