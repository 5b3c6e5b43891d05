"""``qiying channels …``: connections to other systems, and what goes over them."""

import json
from typing import Annotated

import typer

from qiying.config.cli._platform import say, text
from qiying.config.cli._zone import acting
from qiying.config.language import mark as _

app = typer.Typer(
    help=text(_("Connections to other systems, and what goes over them.")), no_args_is_help=True
)
Zone = Annotated[
    str, typer.Option("--zone", help=text(_("Code of the zone; not needed where there is one.")))
]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]
EveryOne = Annotated[
    bool, typer.Option("--all", help=text(_("Do not wait for the time of the next try.")))
]


@app.command(help=text(_("Set a connection up; the key is read from the environment or asked.")))
def connect(
    code: Annotated[str, typer.Argument(help=text(_("Short code of the connection.")))],
    url: Annotated[str, typer.Argument(help=text(_("Address of the other system.")))],
    *,
    kind: Annotated[str, typer.Option(help="open311 | hotline")] = "open311",
    name: Annotated[str, typer.Option(help=text(_("Name that people read.")))] = "",
    jurisdiction: Annotated[str, typer.Option(help="jurisdiction_id")] = "",
    service: Annotated[str, typer.Option(help="service_code")] = "",
    key: Annotated[str, typer.Option(envvar="CHANNEL_KEY", prompt=True, hide_input=True)],
    zone: Zone = "",
) -> None:
    """The only addresses that the platform ever asks are set up here or on the page."""
    with acting(zone) as actor:
        from django.utils import timezone

        from qiying.slices.channels import operations

        row = operations.add_endpoint(
            actor,
            code=code,
            kind=kind,
            name=name or code,
            url=url,
            secret=key,
            jurisdiction=jurisdiction,
            service_code=service,
            now=timezone.now(),
        )
    say(_("Connection %(code)s is set up"), code=row.code)


@app.command(help=text(_("Send what is due.")))
def deliver(*, every: EveryOne = False, zone: Zone = "") -> None:
    """What the worker does once a minute."""
    with acting(zone) as actor:
        from django.utils import timezone

        from qiying.kernel.access import system
        from qiying.slices.channels import operations

        platform = system(actor.tenant_id)
        count = operations.deliver_due(platform, now=timezone.now(), is_all=every)
    say(_("%(count)d sent"), count=count)


@app.command(help=text(_("Ask other systems what became of the calls handed on.")))
def pull(*, every: EveryOne = False, zone: Zone = "") -> None:
    """What the worker does every five minutes."""
    with acting(zone) as actor:
        from django.utils import timezone

        from qiying.kernel.access import system
        from qiying.slices.channels import operations

        platform = system(actor.tenant_id)
        count = operations.pull_due(platform, now=timezone.now(), is_all=every)
    say(_("%(count)d updates heard"), count=count)


@app.command(help=text(_("Print what does not get through.")))
def stuck(*, zone: Zone = "", as_json: AsJson = False) -> None:
    """Exit code 1 when something is stuck."""
    with acting(zone) as actor:
        from qiying.kernel import tenancy
        from qiying.slices.channels import queries

        with tenancy.reading(actor):
            found = [
                {
                    "connection": s.endpoint.code,
                    "tried": s.failing,
                    "given_up": s.given_up,
                    "pull_fails": s.endpoint.pull_fails,
                    "errors": list(s.errors),
                }
                for s in queries.stuck_summary(actor)
            ]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        for row in found:
            say(_("%(connection)s: %(tried)d being tried, %(given_up)d given up"), **row)
    if found:
        raise typer.Exit(1)
