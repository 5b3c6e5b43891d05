"""What many tests begin with, made once for a file of tests instead of once for each.

A zone with its register takes half a second to make, and a thousand tests begin with one. So the
zone is made in a transaction around the tests of a file that ask for it; each of them works in a
savepoint inside and is rolled back to the zone as it was made. Tests that commit make their own.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction

from qiying.kernel.revisions import Kept

T = TypeVar("T")
COMMITTING = frozenset({"transactional_db", "live_server", "django_db_reset_sequences"})


class Ground:
    """The transaction that is open around the tests of a file, and what was made in it."""

    def __init__(self) -> None:
        self.blocker: Any = None
        """Opens the database; None until it was set up."""
        self._key: tuple[Path, Callable[[], Any]] | None = None
        self._made: Any = None
        self._atomic: Any = None
        self._copies: list[tuple[Kept[Any], dict[int, Any]]] = []

    def prepare(self, item: pytest.Item) -> None:
        """Before a test: keep what stands if this test wants it, else clear it away."""
        build = _builder_of(item)
        wanted = (item.path, build) if build is not None else None
        if self._key is not None and (wanted != self._key or not connection.in_atomic_block):
            self.leave()
        if wanted is not None and self._key is None and self.blocker is not None:
            self._enter(*wanted)
        if self._key is not None:
            # The test before may have left copies of what was rolled back.
            Kept.forget_all()
            for kept, copies in self._copies:
                kept._kept.update(copies)

    def _enter(self, path: Path, build: Callable[[], Any]) -> None:
        with self.blocker.unblock():
            self._atomic = transaction.atomic()
            self._atomic.__enter__()
            self._key = (path, build)
            try:
                self._made = build()
                connection.check_constraints()
                self._copies = [(kept, dict(kept._kept)) for kept in Kept._all]
            except BaseException:
                self.leave()
                raise

    def leave(self) -> None:
        """Roll everything back that stands."""
        if self._key is None:
            return
        self._key, self._made, self._copies = None, None, []
        with self.blocker.unblock():
            if connection.in_atomic_block:
                transaction.set_rollback(True)
            self._atomic.__exit__(None, None, None)
        Kept.forget_all()

    def take(self, build: Callable[[], T]) -> T:
        """What stands, as if it had just been made; made now where it does not stand."""
        if self._key is None or self._key[1] is not build:
            return build()
        made: T = copy.deepcopy(self._made)
        return made


ground = Ground()


def standing(build: Callable[[], Any]) -> Any:
    """A fixture of what ``build`` makes; ``build`` takes nothing and writes rows only."""

    def made(db: None) -> Any:
        return ground.take(build)

    made.__doc__ = build.__doc__
    made.builds = build  # type: ignore[attr-defined]
    return pytest.fixture(made)


def _builder_of(item: pytest.Item) -> Callable[[], Any] | None:
    """What the test begins with; None for a test that commits."""
    mark = item.get_closest_marker("django_db")
    if mark is not None and mark.kwargs.get("transaction"):
        return None
    if COMMITTING.intersection(getattr(item, "fixturenames", ())):
        return None
    info = getattr(item, "_fixtureinfo", None)
    for definitions in info.name2fixturedefs.values() if info is not None else ():
        build: Callable[[], Any] | None = getattr(definitions[-1].func, "builds", None)
        if build is not None:
            return build
    return None
