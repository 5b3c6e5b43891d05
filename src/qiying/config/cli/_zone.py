"""For whom a command acts: the operator of the machine in one zone."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiying.kernel.access import Actor


@contextmanager
def acting(zone: str, *also: str) -> "Iterator[Actor]":
    """The operator of the machine in a zone, in other roles too; refusals end in one line."""
    _platform.start_django()
    from qiying.kernel import problems
    from qiying.kernel.access import Role, stand_in
    from qiying.kernel.errors import Problem
    from qiying.kernel.models import Tenant

    rows = Tenant.objects.filter(kind="zone")
    found = list((rows.filter(code=zone) if zone else rows).order_by("id")[:2])
    if len(found) != 1:
        typer.echo(text(_("Name the zone with --zone CODE.")), err=True)
        raise typer.Exit(2)
    actor = stand_in(found[0].pk, Role.ADMINISTRATOR, *also)
    try:
        # no transaction is held here: each call opens its own, however long a file may take
        yield actor
    except Problem as problem:
        typer.echo(f"qiying: {problems.explain(problem)}", err=True)
        raise typer.Exit(1) from None
