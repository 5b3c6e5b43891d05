"""``qiying webhooks …``: endpoints that are told of events, and what became of the messages."""

from typing import TYPE_CHECKING, Annotated

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.kernel.access import Actor

app = typer.Typer(help=text(_("Signed webhooks of a tenant.")), no_args_is_help=True)
Tenant = Annotated[str, typer.Argument(help=text(_("Code of the tenant.")))]


def _keeper(tenant: str) -> "Actor":
    from qiying.kernel.access import Role, stand_in
    from qiying.kernel.models import Tenant as Row

    row = Row.objects.filter(code=tenant).first()
    if row is None:
        say(_("There is no tenant %(tenant)s."), tenant=tenant)
        raise typer.Exit(2)
    return stand_in(row.pk, Role.ADMINISTRATOR)


@app.command(name="list", help=text(_("List endpoints with state and messages under way.")))
def list_(tenant: Tenant) -> None:
    """One line an endpoint."""
    _platform.start_django()
    from qiying.kernel import tenancy, webhooks

    keeper = _keeper(tenant)
    with tenancy.reading(keeper):
        waiting = webhooks.count_waiting(keeper)
        for row in webhooks.list_endpoints(keeper).order_by("id"):
            line = (str(row.public_id), row.state, str(waiting.get(row.pk, 0)), row.name, row.url)
            typer.echo("\t".join(line))


@app.command(help=text(_("List the events that can be told.")))
def topics() -> None:
    """Code and name of each."""
    _platform.start_django()
    from qiying.kernel import trail, webhooks

    for topic in webhooks.published():
        typer.echo(f"{topic}\t{trail.name_of(topic)}")


@app.command(help=text(_("Make an endpoint; its secret is printed once.")))
def add(
    tenant: Tenant,
    name: Annotated[str, typer.Argument(help=text(_("What it is called.")))],
    url: Annotated[str, typer.Argument(help=text(_("Where messages go: an https address.")))],
    topic: Annotated[
        list[str], typer.Option(help=text(_("An event to tell; may be given again.")))
    ],
) -> None:
    """Print id and secret."""
    _platform.start_django()
    from django.utils import timezone

    from qiying.kernel import problems, webhooks
    from qiying.kernel.errors import Problem

    try:
        row, secret = webhooks.create(
            _keeper(tenant), name=name, url=url, topics=topic, now=timezone.now()
        )
    except Problem as problem:
        typer.echo(problems.explain(problem), err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{row.public_id}\t{secret}")


@app.command(help=text(_("Send a test message and print the answer.")))
def ping(
    tenant: Tenant,
    endpoint: Annotated[str, typer.Argument(help=text(_("Id of the endpoint.")))],
) -> None:
    """Exit 1 when it was not received."""
    _platform.start_django()
    from uuid import UUID

    from django.utils import timezone

    from qiying.kernel import problems, webhooks
    from qiying.kernel.access import system
    from qiying.kernel.errors import Problem

    keeper = _keeper(tenant)
    try:
        sent = webhooks.ping(keeper, UUID(endpoint), now=timezone.now())
        status = webhooks.attempt(system(keeper.tenant_id), sent.pk, now=timezone.now())
    except (Problem, ValueError) as problem:
        words = problems.explain(problem) if isinstance(problem, Problem) else endpoint
        typer.echo(words, err=True)
        raise typer.Exit(2) from None
    typer.echo(str(status or "-"))
    if status is None or not 200 <= status < 300:
        raise typer.Exit(1)
