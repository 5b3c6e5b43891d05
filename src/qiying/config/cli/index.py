"""``qiying index …``: composite indicators from two tables and a plan; needs no database."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli import _bulk, _kept_runs
from qiying.config.cli._given import (
    FAILED,
    SHOWN,
    AsJson,
    Data,
    Into,
    Meta,
    Orders,
    folder,
    rows,
    understood,
    words,
)
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.composite import Cube, Plan, Result, Uncertainty

MOST_REPLICATES = 1_000_000

Replicates = Annotated[
    int, typer.Option(min=2, max=MOST_REPLICATES, help=text(_("How many replicates.")))
]
Seed = Annotated[int, typer.Option(min=0, help=text(_("Seed of all chance.")))]

app = typer.Typer(
    help=text(_("Composite indicators: scores and ranks from two tables and a plan.")),
    no_args_is_help=True,
)
app.command(
    help=text(_("Reckon kept runs of a zone again; exit code 1 when a content hash differs."))
)(_kept_runs.replay)
app.command(help=text(_("Write the report of the run of an edition that was released last.")))(
    _kept_runs.report
)
app.command(help=text(_("Reckon a panel larger than memory: scores and ranks in one table.")))(
    _bulk.bulk
)
app.command("bulk-classes", help=text(_("Rate the firms of a province by rules of classes.")))(
    _bulk.classes
)


@app.command(help=text(_("Run a plan and write the table of every step, scores, ranks, origins.")))
def run(*, data: Data, meta: Meta, plan: Orders, out: Into, as_json: AsJson = False) -> None:
    """Write the tables; exit code 1 if the independent check disagrees, 2 for unusable input."""
    from qiying.engines import composite

    cube, orders = _given(data, meta, plan)
    result = understood(lambda: composite.run(orders, cube))
    violations = composite.check(orders, cube, result)
    with folder(out):
        _write(out, cube, orders, result)
    if as_json:
        typer.echo(json.dumps(_summary(cube, orders, result, violations), ensure_ascii=False))
    else:
        _print(cube, result)
        say(_("%(count)d tables in %(folder)s"), count=len(result.tables) + 5, folder=out)
    for found in violations[:SHOWN]:
        typer.echo(f"{found.code} {found.subject}: {found.expected} / {found.found}", err=True)
    if violations:
        raise typer.Exit(FAILED)


@app.command(help=text(_("Compute replicates of a plan and say how firm each rank is.")))
def uncertainty(
    *,
    data: Data,
    meta: Meta,
    plan: Orders,
    out: Into,
    replicates: Replicates = 1000,
    seed: Seed = 0,
) -> None:
    """Write ranks with their quantiles, pairs and every replicate with its parameters."""
    from qiying.engines import composite

    cube, orders = _given(data, meta, plan)
    found = understood(
        lambda: composite.uncertainty(orders, cube, replicates=replicates, seed=seed)
    )
    with folder(out):
        _write_sample(out, cube, found)
    _say_sample(found)


@app.command(help=text(_("Say which choice of a plan moves ranks and scores most.")))
def sensitivity(*, data: Data, meta: Meta, plan: Orders, out: Into, seed: Seed = 0) -> None:
    """Write first and total indices of each factor, for the ranking and for every unit."""
    from qiying.engines import composite

    cube, orders = _given(data, meta, plan)
    found = understood(lambda: composite.sensitivity(orders, cube, seed=seed))
    names = found.sample.factors
    with folder(out):
        rows = [(name, *map(_cell, found.shift[:, n].tolist())) for n, name in enumerate(names)]
        _sheet(out / "factors.csv", ("factor", "first", "total"), rows)
        _sheet(
            out / "units.csv",
            ("factor", "Time", "uCode", "first", "total"),
            (
                (name, year, unit, *map(_cell, found.units[:, n, y, u].tolist()))
                for n, name in enumerate(names)
                for y, year in enumerate(cube.years)
                for u, unit in enumerate(cube.units)
            ),
        )
    for name, first, total in zip(names, *found.shift.tolist(), strict=True):
        typer.echo(f"{name:<24} {first:>8.4f} {total:>8.4f}")
    _say_sample(found.sample)


def _given(data: Path, meta: Path, plan: Path) -> "tuple[Cube, Plan]":
    from qiying.engines import composite

    cube = understood(lambda: composite.read_tables(rows(data), rows(meta)))
    return cube, understood(lambda: composite.read_plan(words(plan)))


def _say_sample(found: "Uncertainty") -> None:
    count = len(found.parameters)
    if found.is_exact:
        say(
            _("All %(count)d combinations, %(failed)d scores missing"),
            count=count,
            failed=found.failed,
        )
    else:
        say(_("%(count)d replicates, %(failed)d scores missing"), count=count, failed=found.failed)


def _write_sample(out: Path, cube: "Cube", found: "Uncertainty") -> None:
    quantiles, groups, above = found.quantiles(), found.tied(), found.above()
    ranks = (
        (
            year,
            unit,
            _cell(float(found.nominal[y, u])),
            str(found.nominal_ranks[y, u]),
            *map(_cell, quantiles[:, y, u].tolist()),
            str(groups[y, u]),
        )
        for y, year in enumerate(cube.years)
        for u, unit in enumerate(cube.units)
    )
    heading = ("Time", "uCode", "score", "rank", "rank_05", "rank_50", "rank_95", "group")
    _sheet(out / "ranks.csv", heading, ranks)
    _table(out / "above.csv", cube, cube.units, above)
    replicates = (
        (str(number), *map(str, row), year, *map(_cell, found.scores[number, y].tolist()))
        for number, row in enumerate(found.parameters.tolist())
        for y, year in enumerate(cube.years)
    )
    _sheet(out / "replicates.csv", ("replicate", *found.factors, "Time", *cube.units), replicates)


def _write(out: Path, cube: "Cube", orders: "Plan", result: "Result") -> None:
    for place, (name, table) in enumerate(result.tables.items()):
        _table(out / f"{place}-{name}.csv", cube, cube.codes, table)
    _table(out / "scores.csv", cube, result.nodes, result.scores)
    _table(out / "ranks.csv", cube, result.nodes, result.ranks)
    _table(out / "provenance.csv", cube, cube.codes, result.provenance)
    _sheet(
        out / "weights.csv", ("node", "member", "Time", "uCode", "weight"), _weights(cube, result)
    )
    reasons = (
        (r.code, r.subject, *(f"{k}={_cell(v)}" for k, v in r.numbers)) for r in result.reasons
    )
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
