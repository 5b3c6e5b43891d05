"""``qiying mail …``: mails of firms become calls."""

from pathlib import Path
from typing import Annotated

import typer

from qiying.config.cli._platform import say, text
from qiying.config.cli._zone import acting
from qiying.config.language import mark as _

app = typer.Typer(help=text(_("Mails of firms become calls.")), no_args_is_help=True)
Zone = Annotated[
    str, typer.Option("--zone", help=text(_("Code of the zone; not needed where there is one.")))
]
Mails = Annotated[
    list[Path],
    typer.Argument(exists=True, dir_okay=False, help=text(_("Mails as files (.eml)."))),
]


@app.command(
    help=text(_("Take mails in from files; a mail that is known already changes nothing."))
)
def take(files: Mails, *, zone: Zone = "") -> None:
    """Exit code 1 when one of them is no mail."""
    with acting(zone) as actor:
        from django.utils import timezone

        from qiying.slices.channels import operations
        from qiying.slices.channels.models.labels import MAIL_LABELS

        for file in files:
            row = operations.take_mail(actor, file.read_bytes(), now=timezone.now())
            typer.echo(f"{file.name}: {MAIL_LABELS[row.state]}")


@app.command(help=text(_("Ask the mailbox of QIYING_MAIL_IN_URL once.")))
def fetch(*, zone: Zone = "") -> None:
    """What the worker does once a minute."""
    with acting(zone) as actor:
        from django.utils import timezone

        from qiying.kernel.access import system
        from qiying.slices.channels import operations

        count = operations.fetch_mails(system(actor.tenant_id), now=timezone.now())
    say(_("%(count)d mails taken"), count=count)
