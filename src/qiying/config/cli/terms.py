"""``qiying terms …``: how long each step of a call may take in a zone."""

import json
from typing import Annotated

import typer

from qiying.config.cli._platform import text
from qiying.config.cli._zone import acting
from qiying.config.language import mark as _

app = typer.Typer(help=text(_("Time limits of a zone.")), no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep ``show`` a command of its own."""


@app.command(help=text(_("Print every time limit in force, with its source and grade.")))
def show(
    *,
    zone: Annotated[
        str,
        typer.Option("--zone", help=text(_("Code of the zone; not needed where there is one."))),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))] = False,
) -> None:
    """As the interface lists them."""
    with acting(zone) as actor:
        from django.utils import timezone

        from qiying.kernel import tenancy
        from qiying.slices.calls.api._terms import terms_of

        with tenancy.reading(actor):
            found = terms_of(actor, timezone.now())
    if as_json:
        plain = found.model_dump(mode="json")
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    for row in found.terms:
        name = f"{row.clock} {row.case}".strip()
        typer.echo(f"{name:<24}{row.amount:>5g} {row.kind:<14}{row.grade:<3}{row.source}")
    for one in found.matters:
        lock = " *" if one.is_locked else ""
        typer.echo(f"{'answer ' + one.matter:<24}{one.amount:>5g} {one.kind}{lock}")
