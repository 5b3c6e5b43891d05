"""``qiying key …``: credentials for machines."""

from typing import Annotated

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

app = typer.Typer(help=text(_("API keys of a tenant.")), no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep ``issue`` a command of its own, although it is the only one so far."""


@app.command(help=text(_("Make an API key; the secret is printed once and kept nowhere.")))
def issue(
    tenant: Annotated[str, typer.Argument(help=text(_("Code of the tenant.")))],
    name: Annotated[str, typer.Argument(help=text(_("What the key is for.")))],
) -> None:
    """Print a new key for the standard interfaces of a tenant."""
    _platform.start_django()
    from django.utils import timezone

    from qiying.kernel import people
    from qiying.kernel.access import system
    from qiying.kernel.models import Tenant

    row = Tenant.objects.filter(code=tenant).first()
    if row is None:
        say(_("There is no tenant %(tenant)s."), tenant=tenant)
        raise typer.Exit(2)
    typer.echo(people.issue_key(system(row.pk), name, now=timezone.now())[1])
