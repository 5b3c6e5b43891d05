"""``qiying identity …``: who vouches for people of a tenant by OpenID Connect."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.kernel.access import Actor

app = typer.Typer(help=text(_("Identity providers of a tenant.")), no_args_is_help=True)
Tenant = Annotated[str, typer.Argument(help=text(_("Code of the tenant.")))]
Code = Annotated[str, typer.Argument(help=text(_("A short code for the provider.")))]


def _system(tenant: str) -> "Actor":
    from qiying.kernel.access import system
    from qiying.kernel.models import Tenant as Row

    row = Row.objects.filter(code=tenant).first()
    if row is None:
        say(_("There is no tenant %(tenant)s."), tenant=tenant)
        raise typer.Exit(2)
    return system(row.pk)


@app.command(
    name="set",
    help=text(
        _("Register or change a provider; the client secret is asked for or read from a file.")
    ),
)
def set_(
    *,
    tenant: Tenant,
    code: Code,
    issuer: Annotated[str, typer.Option(help=text(_("Address of the issuer.")))],
    client_id: Annotated[str, typer.Option(help=text(_("How the provider knows us.")))],
    name_zh: Annotated[str, typer.Option(help=text(_("Its Chinese name on the button.")))],
    name_en: Annotated[str, typer.Option(help=text(_("Its English name on the button.")))] = "",
    secret_file: Annotated[
        str, typer.Option(help=text(_("File with the client secret; - for none.")))
    ] = "",
    vouches_second_factor: Annotated[
        bool, typer.Option(help=text(_("A second factor asked for there counts here.")))
    ] = False,
) -> None:
    """Print the address that the provider must send people back to."""
    values = {
        "issuer": issuer,
        "client_id": client_id,
        "client_secret": _secret(secret_file),
        "name_zh": name_zh,
        "name_en": name_en,
        "vouches_second_factor": vouches_second_factor,
    }
    _platform.start_django()
    from django.conf import settings
    from django.urls import reverse

    _keep(tenant, code, values)
    address = f"{settings.PUBLIC_URL}{reverse('kernel:oidc-back')}"
    say(_("Register this address with the provider: %(address)s"), address=address)


def _keep(tenant: str, code: str, values: dict[str, Any]) -> None:
    from django.utils import timezone

    from qiying.kernel import problems, sign_in_oidc
    from qiying.kernel.errors import Problem

    try:
        sign_in_oidc.set_provider(_system(tenant), code, now=timezone.now(), **values)
    except Problem as problem:
        typer.echo(problems.explain(problem), err=True)
        raise typer.Exit(2) from None


def _secret(file: str) -> str:
    """From a file or the keyboard, never from the command line, which others can list."""
    if file == "-":
        return ""
    if file:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
    return str(typer.prompt(text(_("Client secret")), hide_input=True))


@app.command(help=text(_("Let nobody sign in by a provider any more.")))
def close(tenant: Tenant, code: Code) -> None:
    """The links stay for the day it is set again."""
    _platform.start_django()
    from django.utils import timezone

    from qiying.kernel import sign_in_oidc
    from qiying.kernel.errors import NotFound

    try:
        sign_in_oidc.close_provider(_system(tenant), code, now=timezone.now())
    except NotFound:
        say(_("There is no provider %(code)s."), code=code)
        raise typer.Exit(2) from None


@app.command(name="list", help=text(_("List the providers of a tenant.")))
def list_(tenant: Tenant) -> None:
    """Code, issuer, client, whether in use."""
    _platform.start_django()
    from qiying.kernel import sign_in_oidc, tenancy

    actor = _system(tenant)
    with tenancy.reading(actor):
        for row in sign_in_oidc.list_providers(actor):
            typer.echo(f"{row.code}\t{row.issuer}\t{row.client_id}\t{int(row.is_active)}")
