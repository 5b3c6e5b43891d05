"""``qiying casebook …``: who could be recognised in a text, and the hash of a final list."""

import json
from pathlib import Path
from typing import Annotated

import typer

from qiying.config.cli._platform import say, text
from qiying.config.cli._zone import acting
from qiying.config.language import mark as _

Zone = Annotated[
    str, typer.Option("--zone", help=text(_("Code of the zone; not needed where there is one.")))
]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]
app = typer.Typer(help=text(_("Typical cases and selections.")), no_args_is_help=True)


@app.command(help=text(_("Say who could be recognised in a text; exit code 1 when somebody can.")))
def recognise(
    *,
    file: Annotated[
        Path, typer.Option("--file", exists=True, help=text(_("Text file in UTF-8.")))
    ],
    zone: Zone = "",
    as_json: AsJson = False,
) -> None:
    """Check a text against the register and the forms of numbers; nothing is kept."""
    with acting(zone) as actor:
        from qiying.slices.casebook import public as casebook

        found = casebook.recognised(actor, file.read_text("utf-8"))
    if as_json:
        plain = [{"kind": f.kind, "start": f.start, "text": f.excerpt} for f in found]
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        for row in found:
            typer.echo(f"{row.start + 1}\t{casebook.kind_label(row.kind)}\t{row.excerpt}")
    raise typer.Exit(1 if found else 0)


@app.command(help=text(_("Compute the hash of a final list again; exit code 1 when it differs.")))
def verify(
    *,
    number: Annotated[str, typer.Argument(help=text(_("Number of the selection.")))],
    zone: Zone = "",
) -> None:
    """Compare the stored hash with that of the stored list."""
    with acting(zone) as actor:
        from qiying.slices.casebook import public as casebook

        stored, again = casebook.digests(actor, number)
    say(_("stored %(stored)s"), stored=stored)
    say(_("computed %(again)s"), again=again)
    raise typer.Exit(0 if stored and stored == again else 1)
