"""``qiying index bulk`` and ``bulk-classes``: tables that no memory holds, by DuckDB or Spark."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli._given import (
    FAILED,
    SHOWN,
    UNUSABLE,
    AsJson,
    Data,
    Into,
    Meta,
    Orders,
    folder,
    name,
    rows,
    understood,
    words,
)
from qiying.config.cli._platform import say, text
from qiying.config.cli._store import Store, is_readable, opened
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.composite import Fault, Node, Plan, Violation
    from qiying.engines.composite.classes import Scheme

FAULTS = "faults.csv"
PLACES = ("row", "column", "code", "value")
READING, CHECKING = _("Reading the table"), _("Looking for what cannot be used")
RECKONING, RECOUNTING = _("Reckoning"), _("Reckoning some rows again")
WRITING = _("Writing")


class Form(StrEnum):
    """How a table is written."""

    CSV = "csv"
    PARQUET = "parquet"


As = Annotated[Form, typer.Option("--format", help=text(_("Write CSV or Parquet.")))]
Firms = Annotated[Path, typer.Option("--data", help=text(_("Table of firms, one row for each.")))]
Rules = Annotated[Path, typer.Option("--rules", help=text(_("The rules of classes, as TOML.")))]
Again = Annotated[
    int,
    typer.Option(
        "--recount", min=0, help=text(_("Reckon up to so many rows again in another way."))
    ),
]


@dataclass(frozen=True, slots=True)
class Work:
    """What the two commands differ in, as expressions over the table."""

    checks: Callable[[Any], Any]
    faults_in: Callable[[dict[str, Any]], "tuple[Fault, ...]"]
    places: Callable[[Any, "Sequence[Fault]"], Any]
    judge: Callable[[Store, Any], "tuple[Fault, ...]"]
    typed: Callable[[Any], Any]
    answer: Callable[[Any], Any]
    recount: "Callable[[Store, Any, Any, dict[str, Any]], tuple[int, tuple[Violation, ...]]]"
    file: str
    order: tuple[str, ...]


def bulk(
    *,
    data: Data,
    meta: Meta,
    plan: Orders,
    out: Into,
    form: As = Form.CSV,
    again: Again = 200_000,
    as_json: AsJson = False,
) -> None:
    """Exit code 1 if the recount or the backend disagrees, 2 for unusable input."""
    from qiying.engines.composite import bulk, read_nodes, read_plan

    nodes = understood(lambda: read_nodes(rows(meta)))
    orders = understood(lambda: read_plan(words(plan)))
    _refuse(bulk.judge(orders, nodes))
    work = Work(
        checks=lambda table: bulk.checks(table, nodes),
        faults_in=lambda counts: bulk.faults_in(counts, nodes),
        places=lambda table, faults: bulk.places(table, nodes, faults),
        judge=lambda store, table: _by_data(store, table, orders, nodes),
        typed=lambda table: bulk.typed(table, nodes),
        answer=lambda table: bulk.scores(table, nodes, orders),
        recount=lambda store, table, found, counts: _years(
            store, table, found, counts, orders, nodes, again
        ),
        file="scores",
        order=("Time", "uCode"),
    )
    _do(work, data, out, form, is_json=as_json)


def classes(
    *,
    data: Firms,
    rules: Rules,
    out: Into,
    form: As = Form.CSV,
    again: Again = 200_000,
    as_json: AsJson = False,
) -> None:
    """Exit code 1 if the recount or the backend disagrees, 2 for unusable input."""
    from qiying.engines.composite import bulk
    from qiying.engines.composite.classes import read_scheme

    scheme = understood(lambda: read_scheme(words(rules)))
    _refuse(bulk.judge_scheme(scheme))
    work = Work(
        checks=lambda table: bulk.firm_checks(table, scheme),
        faults_in=lambda counts: bulk.firm_faults_in(counts, scheme),
        places=lambda table, faults: bulk.firm_places(table, scheme, faults),
        judge=lambda _store, _table: (),
        typed=lambda table: bulk.typed_firms(table, scheme),
        answer=lambda table: bulk.rate(table, scheme),
        recount=lambda store, table, found, _counts: _pools(store, table, found, scheme, again),
        file="classes",
        order=("pool", "unit"),
    )
    _do(work, data, out, form, is_json=as_json)


def _do(work: Work, data: Path, out: Path, form: Form, *, is_json: bool) -> None:
    if not is_readable(data):
        raise typer.BadParameter(
            text(_("“%(path)s” is no CSV or Parquet that can be read."), path=data)
        )
    path = out / f"{work.file}.{form}"
    with folder(out), _stages() as stage, opened(out) as store:
        stage(READING)
        table = understood(lambda: store.read(data))
        stage(CHECKING)
        counts = {
            k: v[0] for k, v in store.columns(understood(lambda: work.checks(table))).items()
        }
        _clear(out / FAULTS)
        _name_places(store, work, table, counts, out)
        _refuse(work.judge(store, table))
        stage(RECKONING)
        plain = store.keep(work.typed(table))
        found = store.keep(understood(lambda: work.answer(plain)))
        stage(RECOUNTING)
        count, violations = work.recount(store, table, found, counts)
        stage(WRITING)
        _clear(path)
        store.write(found, path, work.order)
    _tell(path, counts["rows"], count, violations, is_json=is_json)


def _clear(path: Path) -> None:
    """What an earlier run wrote there, which Spark writes as a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _tell(
    path: Path, total: int, count: int, violations: "Sequence[Violation]", *, is_json: bool
) -> None:
    if is_json:
        about = {"rows": total, "recounted": count, "file": str(path)}
        typer.echo(json.dumps(about | {"violations": [[v.code, v.subject] for v in violations]}))
    else:
        say(
            _("%(rows)d rows in %(path)s, %(count)d of them reckoned again"),
            rows=total,
            path=path,
            count=count,
        )
    for found in violations[:SHOWN]:
        typer.echo(f"{found.code} {found.subject}: {found.expected} / {found.found}", err=True)
    if violations:
        raise typer.Exit(FAILED)


def _refuse(faults: "Sequence[Fault]") -> None:
    if faults:
        name(faults)
        raise typer.Exit(UNUSABLE)


def _name_places(store: Store, work: Work, table: Any, counts: dict[str, Any], out: Path) -> None:
    """Every bad place in a table of its own, the first of them here."""
    from qiying.engines.composite import Fault

    faults = work.faults_in(counts)
    if not faults:
        return
    if all(fault.code == "no_rows" for fault in faults):
        _refuse(faults)
    found = store.keep(work.places(table, faults))
    store.write(found, out / FAULTS, PLACES)
    first = store.columns(found.order_by(list(PLACES)).limit(SHOWN))
    name(faults)
    name(
        Fault(code, faults[0].table, row, column, f"{value} ({' '.join(filter(None, key))})")
        for code, row, column, value, *key in zip(
            *(first[key] for key in ("code", "row", "column", "value", "unit", "time")),
            strict=True,
        )
    )
    say(_("Every place is named in %(path)s"), path=out / FAULTS)
    raise typer.Exit(UNUSABLE)


def _by_data(
    store: Store, table: Any, plan: "Plan", nodes: "Sequence[Node]"
) -> "tuple[Fault, ...]":
    from qiying.engines.composite import bulk

    years = store.columns(bulk.years(table))["Time"]
    units = store.columns(bulk.references(table, plan, nodes))["uCode"]
    return bulk.judge(plan, nodes, years=years, units=units)


def _years(
    store: Store,
    table: Any,
    found: Any,
    counts: dict[str, Any],
    plan: "Plan",
    nodes: "Sequence[Node]",
    limit: int,
) -> "tuple[int, tuple[Violation, ...]]":
    from qiying.engines.composite import bulk

    known = store.columns(bulk.years(table))
    sizes = dict(zip(known["Time"], known["rows"], strict=True))
    is_complete = counts["rows"] == counts["units"] * len(sizes)
    some = bulk.sample(sizes, limit, plan, nodes, is_complete=is_complete)
    if not some:
        return 0, ()
    given = store.columns(bulk.rows_of(table, nodes, some))
    answer = store.columns(found.filter(found.Time.isin(list(some))))
    return sum(sizes[year] for year in some), bulk.recount(plan, nodes, given, answer)


def _pools(
    store: Store, table: Any, found: Any, scheme: "Scheme", limit: int
) -> "tuple[int, tuple[Violation, ...]]":
    from qiying.engines.composite import bulk

    known = store.columns(bulk.pools(table))
    sizes = dict(zip(known["pool"], known["rows"], strict=True))
    some = None if sum(sizes.values()) <= limit else bulk.sample_pools(sizes, limit)
    if some == ():
        return 0, ()
    kept = store.keep(bulk.firms_of(table, scheme, some))
    given = store.columns(kept)
    units = kept.select(same="unit")
    answer = store.columns(found.semi_join(units, found.unit == units.same))
    return len(given["unit"]), bulk.recount_classes(scheme, given, answer)


@contextmanager
def _stages() -> Iterator[Callable[[str], None]]:
    """One line a stage, with the time it takes while somebody looks on."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:

        def stage(words: str) -> None:
            for task in shown.task_ids:
                shown.update(task, total=1, completed=1)
            shown.add_task(text(words), total=None)
            if not console.is_terminal:
                typer.echo(text(words), err=True)

        yield stage
