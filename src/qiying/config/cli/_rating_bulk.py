"""``qiying rating bulk``: a register of firms that no memory holds, by DuckDB or Spark."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli._bulk import FAULTS, As, Form
from qiying.config.cli._given import FAILED, SHOWN, UNUSABLE, Into, folder, understood
from qiying.config.cli._platform import say, text
from qiying.config.cli._rating_cards import AsOf, Model, card_of, refuse
from qiying.config.cli._store import Store, is_readable, opened
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.scorecard import Card, Fault, Firm

PLACES = ("row", "column", "code", "value")
COMPARED = ("score", "grade", "coverage", "raw")
RECOUNTED = 500
Register = Annotated[
    Path, typer.Option("--firms", help=text(_("Table of firms, one row for each.")))
]
Proven = Annotated[
    bool,
    typer.Option(
        "--only-proven", help=text(_("A value without evidence in its column counts as missing."))
    ),
]


def bulk(
    *,
    firms: Register,
    out: Into,
    as_of: AsOf,
    model: Model = "star-1",
    form: As = Form.PARQUET,
    only_proven: Proven = False,
) -> None:
    """Exit code 1 if firms counted again one by one differ, 2 for unusable input."""
    from qiying.engines.scorecard.bulk import rate, typed

    card, day = card_of(model), as_of.date()
    if not is_readable(firms):
        raise typer.BadParameter(
            text(_("“%(path)s” is no CSV or Parquet that can be read."), path=firms)
        )
    path = out / f"ratings.{form}"
    with folder(out), opened(out) as store:
        table = understood(lambda: store.read(firms))
        total = _sound(store, table, card, out, only_proven=only_proven)
        plain = store.keep(typed(table, card, needs_evidence=only_proven))
        found = store.keep(rate(plain, card, as_of=day))
        wrong = _recount(store, plain, found, card, day)
        store.write(found, path, ("firm",))
    say(_("%(rows)d firms rated in %(path)s"), rows=total, path=path)
    for firm in wrong[:SHOWN]:
        say(_("counted again %(firm)s comes to another rating"), firm=firm)
    if wrong:
        raise typer.Exit(FAILED)


def _sound(store: Store, table: Any, card: "Card", out: Path, *, only_proven: bool) -> int:
    """How many firms; every cell that cannot be used is named in a file, and nothing is rated."""
    from qiying.engines.scorecard.bulk import counts, faults_in, lacking, places

    if missing := lacking(table, card, needs_evidence=only_proven):
        refuse(missing)
    counted = {name: cells[0] for name, cells in store.columns(counts(table, card)).items()}
    faults: tuple[Fault, ...] = faults_in(table, card, counted)
    (out / FAULTS).unlink(missing_ok=True)
    if not faults:
        return int(counted["rows"])
    if all(fault.code == "no_rows" for fault in faults):
        refuse(faults)
    store.write(store.keep(places(table, card, faults)), out / FAULTS, PLACES)
    for fault in faults[:SHOWN]:
        typer.echo(str(fault), err=True)
    say(_("Every place is named in %(path)s"), path=out / FAULTS)
    raise typer.Exit(UNUSABLE)


def _recount(store: Store, plain: Any, found: Any, card: "Card", day: date) -> list[str]:
    """Firms whose rating differs when they are rated one by one: the first by name."""
    from qiying.engines.scorecard import score

    some = plain.order_by("firm").limit(RECOUNTED)
    given = store.columns(some)
    names = some.select(same="firm")
    said = store.columns(found.semi_join(names, found.firm == names.same))
    told = {
        firm: {name: said[name][n] for name in COMPARED} for n, firm in enumerate(said["firm"])
    }
    wrong = []
    for n, name in enumerate(given["firm"]):
        firm = _firm(card, {column: cells[n] for column, cells in given.items()})
        rating = score(card, replace(firm, code=str(name)), as_of=day)
        if any(told[name][what] != getattr(rating, what) for what in COMPARED):
            wrong.append(str(name))
    return wrong


def _firm(card: "Card", row: Mapping[str, Any]) -> "Firm":
    """A row that was made ready, as the facts of a firm; every value that is left is proven."""
    from qiying.engines.scorecard import Fact, Firm

    facts = {}
    for name in (*card.numbers, *card.words, *card.facts):
        value, until = row.get(name), row.get(f"{name}_until")
        known = None if value == "" else value
        day = until.date() if isinstance(until, datetime) else until
        facts[name] = Fact(known, ("row",) if known is not None else (), day)
    return Firm(str(row["firm"]), facts)
