"""Which state of slowly changing data is in force: the key of in-process copies of it.

A world of walls or a work calendar is built once per process and revision; whoever changes such
data bumps the name in the same transaction, and the next reader builds anew.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic
from typing import Any, ClassVar, Generic, TypeVar
from weakref import WeakSet

from django.db import connection

from qiying.kernel import statements, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.tenancy import REVISION

T = TypeVar("T")
FRESH_FOR = 0.5
"""Seconds for which a page that reads on believes what it was told."""


def current(actor: Actor) -> dict[str, int]:
    """Every revision of the actor's tenant; a name never bumped is absent.

    They are read when the scope opens. An operation believes them to its end and bumps what it
    changes itself. A page asks again, in one query, when it stays open longer than ``FRESH_FOR``
    or when this process bumped something meanwhile.
    """
    statements.hangs_on_data()
    with tenancy.reading(actor) as scope:
        if scope.revisions is not None and (scope.is_writing or _is_fresh(scope)):
            return scope.revisions
        as_of = (monotonic(), tenancy.bumps)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, value FROM kernel_counter WHERE tenant_id = %s AND name LIKE %s",
                [actor.tenant_id, f"{REVISION}%"],
            )
            found: dict[str, int] = {name[len(REVISION) :]: v for name, v in cursor.fetchall()}
        scope.revisions, scope.revisions_as_of = found, as_of
        return found


def _is_fresh(scope: tenancy.Scope) -> bool:
    at, bumps = scope.revisions_as_of
    return bumps == tenancy.bumps and monotonic() - at < FRESH_FOR


def bump(actor: Actor, name: str) -> None:
    """Say, inside an operation, that this data changed."""
    tenancy.bumps += 1
    scope = tenancy.current()
    if scope is not None:
        scope.has_changed_ground = True
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_counter (tenant_id, name, value) VALUES (%s, %s, 1) "
            "ON CONFLICT (tenant_id, name) DO UPDATE SET value = kernel_counter.value + 1",
            [actor.tenant_id, REVISION + name],
        )
    scope = tenancy.current()
    if scope is not None:
        scope.has_bumped = True
        scope.revisions = None


PATIENCE = 3.0
"""Seconds for which somebody waits for what another is building."""


class Kept(Generic[T]):
    """The latest built copy per tenant; thread-safe, one revision kept.

    What is built in a transaction that bumped a revision is used there and not kept: were it
    rolled back, the next bump would give the same number to other data.
    """

    _all: "ClassVar[WeakSet[Kept[Any]]]" = WeakSet()

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Hashable, T]] = {}
        self._lock = Lock()
        self._turns: dict[int, Lock] = {}
        self._all.add(self)

    @classmethod
    def forget_all(cls) -> None:
        """Forget every copy of this process: the database was replaced."""
        for one in cls._all:
            one._kept.clear()
        statements.forget_all()

    def get(self, tenant_id: int, revision: Hashable, build: Callable[[], T]) -> T:
        """Return the copy of this revision, building it when another one is kept."""
        found = self._kept.get(tenant_id)
        if found is not None and found[0] == revision:
            return found[1]
        value = build()
        scope = tenancy.current()
        if scope is not None and scope.has_bumped:
            # not committed yet: if this is rolled back, another change gets the same revision
            return value
        with self._lock:
            self._kept[tenant_id] = (revision, value)
        return value

    def share(self, tenant_id: int, revision: Hashable, build: Callable[[], T]) -> T:
        """As ``get``, and of many who ask at once one builds and the others wait for it.

        For what hundreds fetch in the same moment, such as a board that has just changed: each
        would build it, all slower for it. Whoever waits too long builds too, so that builders that
        need one another never stand still.
        """
        with self._lock:
            turn = self._turns.setdefault(tenant_id, Lock())
        found = self._kept.get(tenant_id)
        if found is not None and found[0] == revision:
            return found[1]
        has_turn = turn.acquire(timeout=PATIENCE)
        try:
            return self.get(tenant_id, revision, build)
        finally:
            if has_turn:
                turn.release()
