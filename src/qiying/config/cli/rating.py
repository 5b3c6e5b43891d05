"""``qiying rating …``: cards from outcomes, their points, and how well they judge."""

import csv
import json
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli import _rating_bulk, _rating_cards
from qiying.config.cli._given import FAILED, UNUSABLE, AsJson, understood, words
from qiying.config.cli._given import rows as table_rows
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiying.engines.scorecard.statistical import Sample, WoeCard

app = typer.Typer(
    help=text(_("Cards that rate firms: fitted to outcomes, scored, judged.")),
    no_args_is_help=True,
)
app.command(help=text(_("Rate one firm by a card and say why, and what would lift it.")))(
    _rating_cards.explain
)
app.command("score", help=text(_("Rate many firms by a card, each counted again in decimals.")))(
    _rating_cards.score_firms
)
app.command(help=text(_("Rate a register of firms larger than memory, by DuckDB or Spark.")))(
    _rating_bulk.bulk
)
Table = Annotated[
    Path, typer.Option("--data", help=text(_("Table of cases, one row for each, as CSV.")))
]
Outcome = Annotated[
    str, typer.Option("--outcome", help=text(_("Column that says how a case turned out.")))
]
Bad = Annotated[str, typer.Option("--bad", help=text(_("How that column says bad.")))]
Card = Annotated[Path, typer.Option("--card", help=text(_("The card, as JSON.")))]
File = Annotated[Path, typer.Option("--out", help=text(_("File to write.")))]
Left = Annotated[
    list[str] | None,
    typer.Option("--leave-out", help=text(_("Column that is no characteristic."))),
]
LISTED = 20


@app.command(help=text(_("Fit a card to outcomes: monotone bins, whole points, no sign turned.")))
def fit(
    *, data: Table, outcome: Outcome, out: File, bad: Bad = "1", leave_out: Left = None
) -> None:
    """Write the card as JSON; exit code 2 for unusable data."""
    from qiying.engines.scorecard import statistical

    known = _sample(data, outcome, bad, leave_out or [])
    card = _sound(lambda: statistical.fit(known))
    _write(out, json.dumps(card.plain(), ensure_ascii=False, indent=1))
    for part in card.parts:
        value = f"{part.binning.value:.3f}"
        say(_("%(name)s: information value %(value)s"), name=part.name, value=value)
        for label, points, count in _bins(part):
            typer.echo(f"  {label:<48} {points:>5}  {count}")
    _print_power(card, known)


@app.command(help=text(_("Judge a card on other cases: power, calibration, stability.")))
def judge(
    *, card: Card, data: Table, outcome: Outcome, bad: Bad = "1", as_json: AsJson = False
) -> None:
    """Exit code 1 where the population moved by much (stability index above a quarter)."""
    from qiying.engines.scorecard import statistical

    known, kept = _sample(data, outcome, bad, []), _card(card)
    found = _power(kept, known)
    moved = {part.name: _moved(part, known) for part in kept.parts}
    if as_json:
        typer.echo(json.dumps(found | {"stability": moved}, ensure_ascii=False))
    else:
        _print_power(kept, known)
        for name, index in moved.items():
            say(_("%(name)s: stability index %(value)s"), name=name, value=f"{index:.3f}")
    if max(moved.values(), default=0.0) > statistical.SHIFTED:
        raise typer.Exit(FAILED)


@app.command(help=text(_("Write points, probability and what cost most points for each case.")))
def points(*, card: Card, data: Table, out: File) -> None:
    """Every total is counted again independently; exit code 1 where one differs."""
    from qiying.engines.scorecard import statistical

    kept, cases = _card(card), understood(lambda: table_rows(data))
    columns = {p.name: statistical.column_of([c.get(p.name) for c in cases]) for p in kept.parts}
    each = _sound(lambda: kept.points(columns))
    totals = kept.base + each.sum(axis=1)
    wrong = statistical.check(kept, columns, totals.tolist())
    best = [max(part.points) for part in kept.parts]
    with StringIO(newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "points", "probability", "reason_1", "reason_2", "reason_3"])
        chances = kept.probability(totals)
        for n, line in enumerate(each.tolist()):
            lost = sorted(
                ((b - p, part.name) for b, p, part in zip(best, line, kept.parts, strict=True)),
                key=lambda pair: (-pair[0], pair[1]),
            )
            names = [f"{name} -{count}" for count, name in lost[:3] if count > 0]
            row = [n + 1, int(totals[n]), f"{chances[n]:.6f}"]
            writer.writerow([*row, *names, *[""] * (3 - len(names))])
        _write(out, file.getvalue())
    say(_("%(count)d cases written to %(path)s"), count=len(cases), path=out)
    if wrong:
        raise typer.Exit(FAILED)


def _sample(data: Path, outcome: str, bad: str, left: list[str]) -> "Sample":
    from qiying.engines.scorecard import statistical

    cases = understood(lambda: table_rows(data))
    names = list(cases[0]) if cases else []
    columns = {name: [case.get(name) for case in cases] for name in names}
    found: Sample = _sound(lambda: statistical.sample_of(columns, outcome, bad=bad, drop=left))
    return found


def _sound(work: Any) -> Any:
    """Do what may find the data unusable, and then name every fault with its place."""
    from qiying.engines.scorecard.statistical import UnusableError

    try:
        return work()
    except UnusableError as unusable:
        for fault in unusable.faults[:LISTED]:
            place = "" if fault.row is None else str(fault.row + 1)
            shown = {"row": place, "column": fault.column, "code": fault.code}
            typer.echo(text(_("row %(row)s, column “%(column)s”: %(code)s"), **shown), err=True)
        raise typer.Exit(UNUSABLE) from None


def _card(path: Path) -> "WoeCard":
    from qiying.engines.scorecard.statistical import read_card

    try:
        given = json.loads(words(path))
    except ValueError:
        raise typer.BadParameter(text(_("“%(path)s” is no JSON."), path=path)) from None
    card: WoeCard = _sound(lambda: read_card(given if isinstance(given, dict) else {}))
    return card


def _write(out: Path, words_: str) -> None:
    try:
        out.write_text(words_, encoding="utf-8", newline="")
    except OSError:
        raise typer.BadParameter(text(_("“%(path)s” cannot be written."), path=out)) from None


def _bins(part: Any) -> list[tuple[str, int, int]]:
    binning = part.binning
    if binning.edges is not None:
        ends = [float("-inf"), *binning.edges, float("inf")]
        labels = [f"[{a:g}, {b:g})" for a, b in pairwise(ends)]
    else:
        labels = ["、".join(words_)[:48] for words_ in binning.groups]
    labels.append(text(_("without a value")))
    counts = [g + b for g, b in zip(binning.good, binning.bad, strict=True)]
    return list(zip(labels, part.points, counts, strict=True))


def _power(card: "WoeCard", known: "Sample") -> dict[str, float]:
    from qiying.engines.scorecard.statistical import power

    risk = card.probability(_sound(lambda: card.total(known.columns)))
    found = power(risk, known.bad)
    return {n: getattr(found, n) for n in ("auc", "ks", "brier", "calibration")}


def _print_power(card: "WoeCard", known: "Sample") -> None:
    shown: Mapping[str, str] = {n: f"{v:.4f}" for n, v in _power(card, known).items()}
    say(_("AUC %(auc)s, KS %(ks)s, Brier %(brier)s, calibration error %(calibration)s"), **shown)


def _moved(part: Any, known: "Sample") -> float:
    import numpy as np

    from qiying.engines.scorecard.statistical import place, stability

    before = np.array(part.binning.good) + np.array(part.binning.bad)
    column = known.columns.get(part.name)
    if column is None:
        return float("inf")
    now = np.bincount(place(part.binning, column), minlength=len(before))
    return stability(before, now)
