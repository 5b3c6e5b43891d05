"""Expert cards by command: a firm explained, many firms rated, every rating counted again."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from qiying.config.cli._given import FAILED, UNUSABLE, AsJson, words
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.scorecard import Card, Firm

LISTED = 20
Model = Annotated[
    str,
    typer.Option("--model", help=text(_("A card that comes along, such as star-1, or a file."))),
]
AsOf = Annotated[
    datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help=text(_("Day of the rating.")))
]


def explain(
    *,
    firm: Annotated[Path, typer.Option("--firm", help=text(_("The firm's facts, as JSON.")))],
    as_of: AsOf,
    model: Model = "star-1",
    as_json: AsJson = False,
) -> None:
    """Each characteristic with band, points, evidence; the way up; what is uncertain."""
    from qiying.engines.scorecard import check, score, swings, way_up

    card, day = card_of(model), as_of.date()
    given = _firm(_json(words(firm)), "firm")
    rating = _sound(lambda: score(card, given, as_of=day))
    way, open_ones = way_up(card, given, as_of=day), swings(card, given, as_of=day)
    wrong = check(card, given, rating, as_of=day)
    if as_json:
        found: dict[str, Any] = {"rating": asdict(rating), "way": asdict(way) if way else None}
        found["uncertain"] = [asdict(one) for one in open_ones]
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
    else:
        _print(rating, way, open_ones)
    if wrong:
        raise typer.Exit(FAILED)


def score_firms(
    *,
    firms: Annotated[
        Path, typer.Option("--firms", help=text(_("Firms, one JSON object on each line.")))
    ],
    out: Annotated[Path, typer.Option("--out", help=text(_("File to write.")))],
    as_of: AsOf,
    model: Model = "star-1",
) -> None:
    """Write a rating for each firm; exit code 2, and nothing written, with a firm that is none."""
    from qiying.engines.scorecard import check, score

    card, day = card_of(model), as_of.date()
    known = list(_firms(words(firms)))
    rated = [(one, _sound(lambda one=one: score(card, one, as_of=day))) for one in known]
    wrong = sum(bool(check(card, one, rating, as_of=day)) for one, rating in rated)
    lines = [json.dumps(asdict(r), ensure_ascii=False, default=str) for _one, r in rated]
    try:
        out.write_text("\n".join([*lines, ""]), encoding="utf-8")
    except OSError:
        raise typer.BadParameter(text(_("“%(path)s” cannot be written."), path=out)) from None
    say(_("%(count)d cases written to %(path)s"), count=len(rated), path=out)
    if wrong:
        raise typer.Exit(FAILED)


def _print(rating: Any, way: Any, open_ones: Any) -> None:
    say(_("%(card)s: %(score)d of 10,000, grade %(grade)s"), **_head(rating))
    for line in rating.lines:
        proof = "、".join(line.evidence) or "—"
        shown = f"{line.points:>4}/{line.best:<4} -{line.lost:<5} {line.value or '—':<12}"
        typer.echo(f"  {line.code:<6} {shown} {line.standing:<8} {proof}")
    if way is not None:
        steps = "、".join(f"{s.code}→{s.band}" for s in way.steps)
        say(_("To grade %(grade)s: %(steps)s"), grade=way.grade, steps=steps)
    for one in (s for s in open_ones if s.moves):
        names = {"code": one.code, "worst": one.worst, "best": one.best}
        say(_("%(code)s is uncertain: grade %(worst)s to %(best)s"), **names)


def _head(rating: Any) -> dict[str, Any]:
    grade = rating.grade or text(_("no rating"))
    return {"card": rating.card, "score": rating.score, "grade": grade}


def card_of(model: str) -> "Card":
    """A card that comes along, or of a file; exit code 2 with every fault."""
    from qiying.engines.scorecard import read_card
    from qiying.engines.scorecard.cards import NAMES, card_text

    card: Card = _sound(
        lambda: read_card(card_text(model) if model in NAMES else words(Path(model)))
    )
    return card


def _firms(whole: str) -> Iterator["Firm"]:
    for number, line in enumerate(whole.splitlines(), start=1):
        if line.strip():
            yield _firm(_json(line), f"firms[{number}]")


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _firm(given: Any, place: str) -> "Firm":
    from qiying.engines.scorecard import Fact, Fault, Firm

    if not isinstance(given, Mapping) or not isinstance(given.get("facts"), Mapping):
        refuse([Fault(place, "no_firm")])
    facts, faults = {}, []
    for name, said in given["facts"].items():
        fact = said if isinstance(said, Mapping) else {"value": said}
        try:
            until = date.fromisoformat(fact["until"]) if fact.get("until") else None
            proof = tuple(str(one) for one in fact.get("evidence", ()))
            value = fact.get("value")
            known = value if isinstance(value, str | bool | None) else float(value)
        except (TypeError, ValueError, OverflowError):
            faults.append(Fault(f"{place}.facts.{name}", "malformed"))
            continue
        facts[str(name)] = Fact(known, proof, until, bool(fact.get("doubtful", False)))
    if faults:
        refuse(faults)
    return Firm(str(given.get("code", "")), facts)


def _sound(work: Any) -> Any:
    from qiying.engines.scorecard import Unusable

    try:
        return work()
    except Unusable as unusable:
        refuse(unusable.faults)


def refuse(faults: Any) -> NoReturn:
    """Name the faults and leave with exit code 2."""
    for fault in list(faults)[:LISTED]:
        typer.echo(str(fault), err=True)
    raise typer.Exit(UNUSABLE)
