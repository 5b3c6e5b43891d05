"""A demonstration zone in the committed tables of this run, which get a fresh copy afterwards."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connections

from qiying.demo import public
from qiying.demo.load import load
from qiying.demo.plan import Plan, make_plan
from qiying.kernel.access import Actor, system
from qiying.kernel.models import User
from qiying.kernel.people import actors_of
from qiying.kernel.revisions import Kept

AS_OF = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Zone:
    plan: Plan
    tenant_id: int
    parts: tuple[str, ...]

    @property
    def now(self) -> datetime:
        """Nine o'clock in Shanghai on the day of the demonstration."""
        return NOW

    @property
    def platform(self) -> Actor:
        return system(self.tenant_id)

    def person(self, role: str) -> Actor:
        """The first printed account of a role."""
        name = next(row["username"] for row in public.sign_ins() if row["role"] == role)
        return actors_of(User.objects.get(username=name), now=NOW)[0]


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, test_databases: Any, django_db_blocker: Any
) -> Callable[..., AbstractContextManager[Zone]]:
    """Loads a zone, small or of full size, for as long as it is needed."""

    @contextmanager
    def zone(*, is_small: bool, processes: int = 1) -> Iterator[Zone]:
        with django_db_blocker.unblock():
            plan = make_plan(7, AS_OF, is_small=is_small)
            parts: dict[str, None] = {}
            found = load(
                plan,
                now=NOW,
                report=lambda part, *_: parts.setdefault(part),
                processes=processes,
            )
            yield Zone(plan, found.tenant_id, tuple(parts))
            connections.close_all()
            test_databases.renew()
            Kept.forget_all()

    return zone
