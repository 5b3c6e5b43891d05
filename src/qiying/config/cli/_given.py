"""What the commands of an index are given: tables, plans, a folder; every fault with its place."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from qiying.config.cli._platform import text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.composite import Fault

FAILED, UNUSABLE = 1, 2
SHOWN = 10
BEYOND = "\0"
ENCODINGS = ("utf-8-sig", "gb18030")
Value = TypeVar("Value")

Data = Annotated[
    Path, typer.Option("--data", help=text(_("Table of values, one row for each unit and year.")))
]
Meta = Annotated[
    Path, typer.Option("--meta", help=text(_("Table of indicators, one row for each.")))
]
Orders = Annotated[Path, typer.Option("--plan", help=text(_("The plan, as TOML.")))]
Into = Annotated[Path, typer.Option("--out", help=text(_("Folder for the tables.")))]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]


@contextmanager
def folder(out: Path) -> Iterator[None]:
    """Make the folder; what cannot be written is said plainly."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        yield
    except OSError:
        raise typer.BadParameter(text(_("“%(path)s” cannot be written."), path=out)) from None


def understood(work: Callable[[], Value]) -> Value:
    """Do what may find the input unusable, and then name every fault with its place."""
    from qiying.engines.composite import Unusable

    try:
        return work()
    except Unusable as unusable:
        name(unusable.faults)
        raise typer.Exit(UNUSABLE) from None


def name(faults: "Iterable[Fault]") -> None:
    """One line a fault, with its place."""
    place = _("%(table)s, row %(row)d, column “%(column)s”: %(code)s %(value)s")
    for fault in faults:
        typer.echo(
            text(
                place,
                table=fault.table,
                row=fault.row,
                column=fault.column,
                code=fault.code,
                value=fault.value,
            ),
            err=True,
        )


def words(path: Path) -> str:
    """The text of a file in UTF-8 or GB 18030."""
    for encoding in ENCODINGS:
        try:
            return path.read_text(encoding=encoding)
        except OSError:
            break
        except UnicodeDecodeError:
            continue
    raise typer.BadParameter(text(_("“%(path)s” cannot be read."), path=path))


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a table; Unusable for a heading that comes twice and for cells without a heading."""
    from qiying.engines.composite import Fault, Unusable

    reader = csv.DictReader(io.StringIO(words(path), newline=""), restkey=BEYOND)
    names = list(reader.fieldnames or ())
    twice = sorted({name for name in names if name and names.count(name) > 1})
    rows = list(reader)
    faults = [Fault("repeated_column", path.name, column=name) for name in twice]
    faults += [
        Fault("extra_cells", path.name, n) for n, row in enumerate(rows, 1) if BEYOND in row
    ]
    if faults:
        raise Unusable(tuple(faults))
    return rows
