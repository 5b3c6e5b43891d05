"""``qiying classes …``: look for classes of like calls, replay what was found."""

import json
from typing import Annotated

import typer

from qiying.config.cli._platform import say, text
from qiying.config.cli._zone import acting
from qiying.config.language import mark as _

app = typer.Typer(
    help=text(_("Class issues: like calls of several firms, one measure for all.")),
    no_args_is_help=True,
)

Zone = Annotated[
    str, typer.Option("--zone", help=text(_("Code of the zone; not needed where there is one.")))
]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]


@app.command(help=text(_("Compare the recent calls and keep new candidates.")))
def look(*, zone: Zone = "", as_json: AsJson = False) -> None:
    """As the platform does by itself every half hour."""
    with acting(zone, "supervisor") as actor:
        from django.utils import timezone

        from qiying.slices.class_issues import operations

        done = operations.look(actor, now=timezone.now())
    found = {"calls": done.calls, "found": done.found, "joined": done.joined}
    if as_json:
        typer.echo(json.dumps(found))
        return
    say(_("%(calls)d calls compared, %(found)d new candidates, %(joined)d joined"), **found)


@app.command(help=text(_("Find each class again; exit code 1 when an answer differs.")))
def replay(
    number: Annotated[
        str, typer.Argument(help=text(_("Number of a class issue; all if left out.")))
    ] = "",
    *,
    zone: Zone = "",
    as_json: AsJson = False,
) -> None:
    """Take calls, thresholds and rarity of words that each finding names and compare again."""
    with acting(zone, "auditor") as actor:
        from qiying.kernel import tenancy
        from qiying.slices.class_issues import queries

        with tenancy.reading(actor):
            found = [queries.replay(actor, f) for f in queries.list_findings(actor, number)]
    differ = [r.number for r in found if not r.holds and not r.is_changed]
    changed = sum(r.is_changed for r in found)
    if as_json:
        answer = {"findings": len(found), "differ": differ, "changed": changed}
        typer.echo(json.dumps(answer | {"holds": not differ}))
    else:
        counts = {"count": len(found), "differ": len(differ), "changed": changed}
        say(
            _("%(count)d findings replayed, %(differ)d differ, %(changed)d changed since"),
            **counts,
        )
    if differ:
        raise typer.Exit(1)
