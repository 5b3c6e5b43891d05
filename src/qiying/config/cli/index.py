"""``qiying index …``: composite indicators from two tables and a plan; needs no database."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.composite import Cube, Plan, Result

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

app = typer.Typer(
    help=text(_("Composite indicators: scores and ranks from two tables and a plan.")),
    no_args_is_help=True,
)


@app.callback()
def index() -> None:
    """Keep the group a group, however few commands it has."""


@app.command(help=text(_("Run a plan and write the table of every step, scores, ranks, origins.")))
def run(*, data: Data, meta: Meta, plan: Orders, out: Into, as_json: AsJson = False) -> None:
    """Write the tables; exit code 1 if the independent check disagrees, 2 for unusable input."""
    from qiying.engines import composite

    cube = _understood(lambda: composite.read_tables(_rows(data), _rows(meta)))
    orders = _understood(lambda: composite.read_plan(_words(plan)))
    result = _understood(lambda: composite.run(orders, cube))
    violations = composite.check(orders, cube, result)
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write(out, cube, orders, result)
    except OSError:
        raise typer.BadParameter(text(_("“%(path)s” cannot be written."), path=out)) from None
    if as_json:
        typer.echo(json.dumps(_summary(cube, orders, result, violations), ensure_ascii=False))
    else:
        _print(cube, result)
        say(_("%(count)d tables in %(folder)s"), count=len(result.tables) + 5, folder=out)
    for found in violations[:SHOWN]:
        typer.echo(f"{found.code} {found.subject}: {found.expected} / {found.found}", err=True)
    if violations:
        raise typer.Exit(FAILED)


def _understood(work: Callable[[], Value]) -> Value:
    """Do what may find the input unusable, and then name every fault with its place."""
    from qiying.engines.composite import Unusable

    try:
        return work()
    except Unusable as unusable:
        for fault in unusable.faults:
            place = _("%(table)s, row %(row)d, column “%(column)s”: %(code)s %(value)s")
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
        raise typer.Exit(UNUSABLE) from None


def _words(path: Path) -> str:
    for encoding in ENCODINGS:
        try:
            return path.read_text(encoding=encoding)
        except OSError:
            break
        except UnicodeDecodeError:
            continue
    raise typer.BadParameter(text(_("“%(path)s” cannot be read."), path=path))


def _rows(path: Path) -> list[dict[str, str]]:
    """Rows of a table; Unusable for a heading that comes twice and for cells without a heading."""
    from qiying.engines.composite import Fault, Unusable

    reader = csv.DictReader(io.StringIO(_words(path), newline=""), restkey=BEYOND)
    names = list(reader.fieldnames or ())
    twice = sorted({name for name in names if name and names.count(name) > 1})
    rows = list(reader)
    faults = [Fault("repeated_column", path.name, column=name) for name in twice]
    faults += [Fault("extra_cells", path.name, n) for n, row in enumerate(rows, 1) if BEYOND in row]
    if faults:
        raise Unusable(tuple(faults))
    return rows


def _write(out: Path, cube: "Cube", orders: "Plan", result: "Result") -> None:
    for place, (name, table) in enumerate(result.tables.items()):
        _table(out / f"{place}-{name}.csv", cube, cube.codes, table)
    _table(out / "scores.csv", cube, result.nodes, result.scores)
    _table(out / "ranks.csv", cube, result.nodes, result.ranks)
    _table(out / "provenance.csv", cube, cube.codes, result.provenance)
    _sheet(out / "weights.csv", ("node", "member", "Time", "uCode", "weight"), _weights(cube, result))
    reasons = ((r.code, r.subject, *(f"{k}={_cell(v)}" for k, v in r.numbers)) for r in result.reasons)
    _sheet(out / "reasons.csv", ("code", "subject", "numbers"), reasons)
    from qiying.engines.composite import VERSION

    about = {"name": orders.name, "version": VERSION, "digest": result.digest}
    (out / "run.json").write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8")


def _table(path: Path, cube: "Cube", names: Sequence[str], table: Any) -> None:
    """One row for each year and unit; 17 significant digits give every number back exactly."""
    rows = (
        (year, unit, *(_cell(value) for value in table[y, u].tolist()))
        for y, year in enumerate(cube.years)
        for u, unit in enumerate(cube.units)
    )
    _sheet(path, ("Time", "uCode", *names), rows)


def _weights(cube: "Cube", result: "Result") -> Iterable[Sequence[str]]:
    for node, table in result.weights.items():
        members = [member.code for member in cube.children(node)]
        for y, by_unit in enumerate(table.tolist()):
            year = cube.years[y] if len(table) == len(cube.years) > 1 else ""
            for u, row in enumerate(by_unit):
                unit = cube.units[u] if len(by_unit) > 1 else ""
                for member, weight in zip(members, row, strict=True):
                    yield node, member, year, unit, _cell(weight)


def _cell(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return "" if value != value else format(value, ".17g")  # noqa: PLR0124 - not a number


def _sheet(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)


def _best(cube: "Cube", result: "Result") -> list[tuple[int, str, str, float]]:
    """The last year's units by the highest node, best first: rank, code, name, score."""
    ranks, scores = result.ranks[-1, :, -1].tolist(), result.scores[-1, :, -1].tolist()
    rows = zip(ranks, cube.units, scores, strict=True)
    known = sorted(row for row in rows if row[0])
    return [(rank, unit, cube.names.get(unit, unit), score) for rank, unit, score in known]


def _summary(
    cube: "Cube", orders: "Plan", result: "Result", violations: Sequence[Any]
) -> dict[str, Any]:
    keys = ("rank", "unit", "name", "score")
    return {
        "name": orders.name,
        "digest": result.digest,
        "year": cube.years[-1],
        "node": result.nodes[-1],
        "units": [dict(zip(keys, row, strict=True)) for row in _best(cube, result)],
        "reasons": [[r.code, r.subject, dict(r.numbers)] for r in result.reasons],
        "violations": [[v.code, v.subject] for v in violations],
    }


def _print(cube: "Cube", result: "Result") -> None:
    for rank, unit, name, score in _best(cube, result)[:SHOWN]:
        typer.echo(f"{rank:>4}  {unit:<12} {score:>10.4f}  {name}")
