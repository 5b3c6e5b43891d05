"""``qiying valuation …``: value intellectual property from a description; needs no database."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiying.config.cli._platform import say, text
from qiying.config.cli._valuation_print import print_valuation
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.valuation import Params, Problem

FAILED, UNUSABLE = 1, 2
SHOWN = 20
MOST_DRAWS = 1_000_000
EXAMPLE = Path(__file__).with_name("valuation.toml")

Described = Annotated[
    Path,
    typer.Argument(help=text(_("Description as TOML or JSON; a dash reads standard input."))),
]
Seed = Annotated[int, typer.Option(min=0, help=text(_("Seed of all chance.")))]
Draws = Annotated[
    int | None,
    typer.Option(min=100, max=MOST_DRAWS, help=text(_("Draws of the simulation."))),
]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]

app = typer.Typer(
    help=text(_("Value of intellectual property: ranges, drivers, what may be lent.")),
    no_args_is_help=True,
)


@app.command(help=text(_("Value the assets of a description and print how the value came about.")))
def value(
    description: Described, *, seed: Seed = 0, draws: Draws = None, as_json: AsJson = False
) -> None:
    """Print ranges with all assumptions; exit code 1 if the independent check disagrees, 2 for a
    description that cannot be used."""
    from qiying.engines import valuation

    problem, params = _understood(description)
    if draws is not None:
        params = replace(params, draws=draws)
    found = valuation.value(problem, params, seed=seed)
    violations = valuation.check(problem, found)
    if as_json:
        plain = valuation.to_plain(found) | {"violations": [v.code for v in violations]}
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        print_valuation(problem, found)
        say(_("Counted again independently: %(count)d differences."), count=len(violations))
    for wrong in violations[:SHOWN]:
        typer.echo(f"{wrong.code} {wrong.subject}: {wrong.expected} / {wrong.found}", err=True)
    if violations:
        raise typer.Exit(FAILED)


@app.command(help=text(_("Print the JSON schema of a description.")))
def schema() -> None:
    """Print a schema of the 2020-12 draft."""
    from qiying.engines import valuation

    typer.echo(json.dumps(valuation.schema(), ensure_ascii=False, indent=2))


@app.command(help=text(_("Print an invented description that can be valued as it stands.")))
def example() -> None:
    """Print TOML; `qiying valuation example | qiying valuation value -` values it."""
    typer.echo(EXAMPLE.read_text(encoding="utf-8"), nl=False)


def _understood(path: Path) -> "tuple[Problem, Params]":
    from qiying.engines.valuation import Misstated, read

    words = _words(path)
    is_toml = path.suffix == ".toml" or (str(path) == "-" and not words.lstrip().startswith("{"))
    try:
        return read(words, is_toml=is_toml)
    except Misstated as misstated:
        for fault in misstated.faults[:SHOWN]:
            place, reason = fault.place, f"{fault.code} {fault.value}".strip()
            message = text(_("Wrong at “%(place)s”: %(reason)s."), place=place, reason=reason)
            typer.echo(message, err=True)
        raise typer.Exit(UNUSABLE) from None


def _words(path: Path) -> str:
    try:
        read = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return read.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(text(_("“%(path)s” cannot be read."), path=path)) from None
