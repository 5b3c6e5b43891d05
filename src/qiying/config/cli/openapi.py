"""``qiying openapi``: the description of the interface as a file; needs no database."""

import json
from pathlib import Path
from typing import Annotated

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import text
from qiying.config.language import mark as _

File = Annotated[
    Path | None, typer.Argument(help=text(_("Where to write; standard output when left out.")))
]


def register(app: typer.Typer) -> None:
    """Add the command to ``qiying`` itself."""
    app.command("openapi", help=text(_("Write the OpenAPI description of the interface.")))(write)


def write(file: File = None) -> None:
    """Write the document with sorted keys, so that a change shows as one."""
    found = document()
    if file is None:
        typer.echo(found, nl=False)
    else:
        file.write_text(found, encoding="utf-8")


def document() -> str:
    """Return the OpenAPI document as it is kept in the repository."""
    _platform.prepare_django()
    import django

    django.setup()
    from qiying.config.api import api

    schema = json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False)
    return json.dumps(json.loads(schema), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
