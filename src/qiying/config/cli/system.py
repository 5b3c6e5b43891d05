"""``qiying database …`` and ``qiying messages``: the ground that the platform stands on."""

import secrets
from typing import Annotated
from urllib.parse import quote, urlsplit, urlunsplit

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

database = typer.Typer(
    help=text(_("The database: embedded or one of your own.")), no_args_is_help=True
)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(database, name="database")
    root.command(help=text(_("Compile the message catalogues that have changed.")))(messages)


@database.command(
    help=text(_("Make roles, database, extensions and privileges on a PostgreSQL of your own."))
)
def prepare(
    *,
    admin_url: Annotated[
        str, typer.Option(help=text(_("Address of an administrator, who may create roles.")))
    ],
    name: Annotated[str, typer.Option(help=text(_("Name of the database.")))] = "qiying",
) -> None:
    """Prepare the server, give both roles new passwords and print the settings to use."""
    from qiying.config.database import APP_ROLE, OWNER_ROLE
    from qiying.config.database import prepare as prepare_server

    passwords = {role: secrets.token_urlsafe(24) for role in (APP_ROLE, OWNER_ROLE)}
    prepare_server(
        {"conninfo": admin_url},
        database=name,
        owner_password=passwords[OWNER_ROLE],
        app_password=passwords[APP_ROLE],
    )
    for setting, role in (
        ("QIYING_DATABASE_URL", APP_ROLE),
        ("QIYING_DATABASE_OWNER_URL", OWNER_ROLE),
    ):
        typer.echo(f"{setting}={_address(admin_url, role, passwords[role], name)}")


@database.command(help=text(_("Say whether the embedded database runs, and where.")))
def status() -> None:
    """Print the folder of the data, and whether a server answers for it."""
    from qiying.config.database import find_running
    from qiying.config.environment import ENVIRONMENT

    data, is_running = find_running(ENVIRONMENT)
    message = _("running in %(folder)s") if is_running else _("not running; data in %(folder)s")
    say(message, folder=data)


@database.command(help=text(_("Stop the embedded database, whoever uses it.")))
def stop() -> None:
    """Stop the embedded server at once."""
    from qiying.config.database import find_running
    from qiying.config.environment import ENVIRONMENT

    if find_running(ENVIRONMENT)[1] and (server := _platform.ensure_database()):
        server.stop()
    say(_("Stopped."))


def messages() -> None:
    """Compile stale catalogues and say how many there were."""
    from qiying.config import catalogues

    say(_("Catalogues compiled: %(count)d"), count=catalogues.compile_stale())


def _address(admin_url: str, role: str, password: str, name: str) -> str:
    parts = urlsplit(admin_url)
    place = parts.netloc.rpartition("@")[2]
    netloc = f"{role}:{quote(password, safe='')}@{place}"
    return urlunsplit(("postgresql", netloc, f"/{name}", parts.query, ""))
