"""``qiying audit …``: whether the chain of events holds."""

import json
from typing import Annotated

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

app = typer.Typer(help=text(_("The audit trail of every tenant.")), no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep ``verify`` a command of its own, although it is the only one so far."""


@app.command(help=text(_("Walk every tenant's chain of events; exit code 1 when one is broken.")))
def verify(
    *,
    as_json: Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))] = False,
) -> None:
    """Check numbering, links, digests and heads."""
    _platform.start_django()
    from qiying.kernel import audit
    from qiying.kernel.access import system
    from qiying.kernel.models import Tenant

    verdicts = [(row.code, audit.verify(system(row.pk))) for row in Tenant.objects.order_by("id")]
    if as_json:
        lines = [
            {
                "tenant": code,
                "events": verdict.events,
                "head": verdict.head,
                "holds": verdict.holds,
                "faults": [{"sequence": f.sequence, "code": f.code} for f in verdict.faults],
            }
            for code, verdict in verdicts
        ]
        typer.echo(json.dumps(lines, ensure_ascii=False))
    else:
        for code, verdict in verdicts:
            message = (
                _("%(tenant)s: %(events)d events, the chain holds")
                if verdict.holds
                else _("%(tenant)s: %(events)d events, the chain is BROKEN")
            )
            say(message, tenant=code, events=verdict.events)
    if not all(verdict.holds for _code, verdict in verdicts):
        raise typer.Exit(1)
