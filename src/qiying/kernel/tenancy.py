"""The tenant of a transaction: row-level security is told whose rows it may show.

``reading`` and ``acting`` open a transaction and set ``app.tenant_id`` for its length only, so a
pooled connection never carries one tenant to the next request. With no tenant set every tenant
table reads empty and refuses inserts.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from time import monotonic
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from django.db import connection, migrations, models, transaction

from qiying.kernel import prepared
from qiying.kernel.access import Actor

if TYPE_CHECKING:
    from functools import _Wrapped

    from qiying.kernel.events import Draft

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Scope:
    """One open transaction of one tenant; events wait here until its end."""

    tenant_id: int
    is_writing: bool
    has_changed_ground: bool = False
    """A revision was bumped here and is not committed: what is built now must not be kept."""
    drafts: "list[Draft]" = field(default_factory=list)
    has_bumped: bool = False
    """Slow data was changed here: copies built from now on may yet be rolled back."""
    revisions: dict[str, int] | None = None
    """What ``revisions.current`` says here; read in the statement that opened the scope."""
    revisions_as_of: tuple[float, int] = (0.0, 0)
    """The monotonic clock then, and ``bumps``."""
    on_flush: "Callable[[Scope], None] | None" = None


REVISION = "revision:"
"""What the counters of slowly changing data are called by; the rest of the name says of which."""
ENTER = f"""
    SELECT r.found
      FROM (SELECT set_config('app.tenant_id', %s, true) AS tenant,
                   set_config('app.person_id', %s, true) AS person OFFSET 0) AS here
     CROSS JOIN LATERAL (
           SELECT json_object_agg(c.name, c.value)::text AS found FROM kernel_counter c
            WHERE c.tenant_id = here.tenant::bigint AND c.name LIKE '{REVISION}%%') AS r
"""  # noqa: S608  no text from outside
"""The lateral counters depend on the row that sets the tenant, so they are read after it is set;
were they read before, row-level security would show none of them."""

bumps = 0
"""How often a revision was bumped in this process: what every open page compares with."""

_scope: ContextVar[Scope | None] = ContextVar("qiying_scope", default=None)


def current() -> Scope | None:
    """The scope that is open now, if any."""
    return _scope.get()


def _announce(tenant_id: int | None, person_id: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.tenant_id', %s, true), set_config('app.person_id', %s, true)",
            ["" if tenant_id is None else str(tenant_id), str(person_id or "")],
        )


def _enter(actor: Actor, *, is_writing: bool) -> Scope:
    """Tell row-level security whose rows may be read, and read the revisions along with it."""
    as_of = (monotonic(), bumps)
    with prepared.cursor() as cursor:
        cursor.execute(ENTER, [str(actor.tenant_id), str(actor.person_id or "")])
        (found,) = cursor.fetchone()
    named = json.loads(found) if found else {}
    scope = Scope(actor.tenant_id, is_writing)
    scope.revisions = {name[len(REVISION) :]: value for name, value in named.items()}
    scope.revisions_as_of = as_of
    return scope


@contextmanager
def _open(actor: Actor, *, is_writing: bool) -> Iterator[Scope]:
    was_nested = connection.in_atomic_block
    before = _scope.get()
    with transaction.atomic():
        scope = _enter(actor, is_writing=is_writing)
        token = _scope.set(scope)
        try:
            yield scope
            if scope.on_flush is not None:
                scope.on_flush(scope)
        finally:
            _scope.reset(token)
        if was_nested:
            # a transaction around ours lives on: leave it as blind as it was
            _announce(before.tenant_id if before else None, None)


@contextmanager
def reading(actor: Actor) -> Iterator[Scope]:
    """A transaction in which this actor's tenant can be read."""
    scope = _scope.get()
    if scope is not None and scope.tenant_id == actor.tenant_id:
        yield scope
        return
    with _open(actor, is_writing=False) as opened:
        yield opened


@contextmanager
def acting(actor: Actor) -> Iterator[Scope]:
    """The transaction of one operation; a nested operation joins the outer one."""
    scope = _scope.get()
    if scope is not None and scope.is_writing:
        if scope.tenant_id != actor.tenant_id:
            raise RuntimeError("an operation may not cross tenants")
        yield scope
        return
    with _open(actor, is_writing=True) as opened:
        yield opened


def operation(
    function: Callable[Concatenate[Actor, P], T],
) -> "_Wrapped[Concatenate[Actor, P], T, Concatenate[Actor, P], T]":
    """Run a function as one operation: one transaction, its tenant set, its events last."""

    @wraps(function)
    def run(actor: Actor, *args: P.args, **kwargs: P.kwargs) -> T:
        with acting(actor):
            return function(actor, *args, **kwargs)

    return run


class TenantModel(models.Model):
    """Base of every tenant table; its migration must call ``protect``."""

    tenant = models.ForeignKey(
        "kernel.Tenant", models.PROTECT, related_name="+", db_index=False, editable=False
    )

    class Meta:
        abstract = True


TENANT = "(select nullif(current_setting('app.tenant_id', true), ''))::bigint"
PERSON = "(select nullif(current_setting('app.person_id', true), ''))::bigint"


def protect(*tables: str, rule: str = f"tenant_id = {TENANT}") -> migrations.RunSQL:
    """A migration step: row-level security in force on these tables, one policy each."""
    forward: list[Any] = []
    backward: list[Any] = []
    for table in tables:
        forward += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING ({rule}) WITH CHECK ({rule})",
        ]
        backward += [
            f"DROP POLICY tenant ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]
    return migrations.RunSQL(forward, backward)
