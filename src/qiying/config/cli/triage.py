"""``qiying triage …``: train the model that reads calls, ask it, judge it, replay it."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli._platform import say, text
from qiying.config.cli._zone import acting
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from datetime import date

    from qiying.kernel.access import Actor
    from qiying.slices.calls.queries import LikeCall, Ranking

app = typer.Typer(
    help=text(_("Triage: which matter a text is about, and which calls are like it.")),
    no_args_is_help=True,
)

Zone = Annotated[
    str, typer.Option("--zone", help=text(_("Code of the zone; not needed where there is one.")))
]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]
Seed = Annotated[int, typer.Option("--seed", min=0, help=text(_("Seed of the folds.")))]


@app.command(help=text(_("Train a model on the register and the closed calls, and use it.")))
def train(*, seed: Seed = 0, zone: Zone = "", as_json: AsJson = False) -> None:
    """Fit here and now; the one before stays for replay."""
    with acting(zone) as actor:
        from django.utils import timezone

        from qiying.slices.calls import operations

        row = operations.train_triage(actor, now=timezone.now(), seed=seed)
    found = {
        "digest": row.digest,
        "examples": row.examples,
        "matters": row.matters,
        "register": row.register_version,
        "history": row.history_version,
        "report": row.report,
    }
    if as_json:
        _print_json(found)
        return
    words = {"digest": row.digest[:12], "examples": row.examples, "matters": row.matters}
    say(_("Model %(digest)s: %(examples)d calls, %(matters)d matters"), **words)
    _print_report(row.report)


@app.command(help=text(_("Print how well the model in use ranks calls that were held out.")))
def evaluate(
    *,
    again: Annotated[
        bool, typer.Option("--again", help=text(_("Train on the earlier calls of today anew.")))
    ] = False,
    seed: Seed = 0,
    zone: Zone = "",
    as_json: AsJson = False,
) -> None:
    """The stored evaluation; exit code 1 when there is none."""
    with acting(zone) as actor:
        from django.utils import timezone

        from qiying.slices.calls import operations, queries

        if again:
            report = operations.evaluate_triage(actor, now=timezone.now(), seed=seed)
        else:
            row = queries.find_in_use(actor)
            report = row.report if row is not None else {}
    if as_json:
        _print_json(report)
    else:
        _print_report(report)
    if not report:
        raise typer.Exit(1)


def _print_report(report: dict[str, Any]) -> None:
    if not report:
        say(_("Too few closed calls to hold some out."))
        return
    say(_("%(count)d later calls held out"), count=report["model"]["count"])
    _print_figures(report)
    if unseen := report.get("new_wording"):
        say(_("%(count)d calls in wordings never learned"), count=unseen["model"]["count"])
        _print_figures(unseen)


def _print_figures(report: dict[str, Any]) -> None:
    lines = ((_("model"), report["model"]), (_("keywords"), report["keywords"]))
    for name, found in lines:
        figures = {key: f"{found[key] * 100:.1f}" for key in ("top_1", "top_3")}
        error = f"{found['calibration_error']:.3f}"
        say(
            _(
                "%(name)s: first guess %(top_1)s %%, among three %(top_3)s %%, calibration %(error)s"
            ),
            name=text(name),
            error=error,
            **figures,
        )


@app.command(help=text(_("Say which matters a text may be about, and which calls are like it.")))
def rank(
    *,
    words: Annotated[str, typer.Option("--text", help=text(_("The words of a call.")))],
    zone: Zone = "",
    as_json: AsJson = False,
) -> None:
    """Answer from the model in use; nothing is kept."""
    with acting(zone, "auditor") as actor:
        from django.utils import timezone

        from qiying.slices.calls import queries
        from qiying.slices.calls.queries import Near

        now = timezone.now()
        on = queries.local_day(now)
        found = queries.rank(actor, words, on=on)
        likes = queries.like_calls(actor, Near(words, now))
        if as_json:
            _print_json(_plain(found, likes))
            return
        _print_ranking(actor, found, on)
        for like in likes:
            shared = " ".join(like.like.shared)
            typer.echo(f"  {like.call.number}  {like.like.score:.2f}  {like.call.title}  {shared}")


def _print_ranking(actor: "Actor", found: "Ranking", on: "date") -> None:
    from qiying.slices.calls.models import SURENESS_LABELS
    from qiying.slices.mandate import public as mandate

    names = {card.code: card.name for card in mandate.matters(actor, on)}
    if not found.matters:
        say(_("No word of it is known."))
    for row in found.matters:
        terms = " ".join(f"{word} {weight:+.1f}" for word, weight in row.speaks_for)
        name = names.get(row.matter, row.matter)
        sure = SURENESS_LABELS[row.sureness]
        typer.echo(f"{row.matter:<6} {row.probability:6.1%} {sure}  {name}  {terms}")


def _plain(found: "Ranking", likes: "list[LikeCall]") -> dict[str, Any]:
    from qiying.slices.calls.rules import triage as rules

    return {
        "rule": found.rule.value,
        "model": found.digest,
        "matters": rules.to_plain(found.matters),
        "likes": [
            {
                "number": like.call.number,
                "title": like.call.title,
                "score": round(like.like.score, 4),
                "shared": list(like.like.shared),
            }
            for like in likes
        ],
    }


@app.command(help=text(_("Rank kept calls again; exit code 1 when an answer differs.")))
def replay(
    number: Annotated[
        str, typer.Argument(help=text(_("Number of a call; all if left out.")))
    ] = "",
    *,
    zone: Zone = "",
    as_json: AsJson = False,
) -> None:
    """Take the model that each ranking names and rank the same words again."""
    with acting(zone, "auditor") as actor:
        from qiying.slices.calls import operations

        found = operations.replay_rankings(actor, number=number)
    if as_json:
        differ = list(found.differ)
        _print_json(
            {"rankings": found.count, "differ": differ, "gone": found.gone, "holds": not differ}
        )
    else:
        counts = {"count": found.count, "differ": len(found.differ), "gone": found.gone}
        say(_("%(count)d rankings replayed, %(differ)d differ, %(gone)d erased"), **counts)
    if found.differ:
        raise typer.Exit(1)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
