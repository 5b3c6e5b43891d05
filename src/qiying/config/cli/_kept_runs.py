"""``qiying index replay|report``: runs that a zone keeps, reckoned again or put on paper."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiying.config.cli._platform import say, text
from qiying.config.cli._zone import acting
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.kernel.access import Actor

FAILED, UNUSABLE = 1, 2
Zone = Annotated[
    str, typer.Option("--zone", help=text(_("Code of the zone; not needed where there is one.")))
]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]
Number = Annotated[
    str, typer.Argument(help=text(_("Number of an edition; all editions if left out.")))
]


def replay(edition: Number = "", *, zone: Zone = "", as_json: AsJson = False) -> None:
    """Reckon the frozen inputs of each run again; exit code 1 when a hash differs."""
    with acting(zone, "analyst") as actor:
        found = list(_again(actor, edition))
    differ = [line for line in found if line["kept"] != line["again"]]
    if as_json:
        typer.echo(json.dumps({"runs": found, "holds": not differ}))
    else:
        for line in found:
            mark = "=" if line["kept"] == line["again"] else "≠"
            typer.echo(f"{line['edition']} v{line['version']}  {mark}  {line['again']}")
        say(_("%(count)d runs replayed, %(differ)d differ"), count=len(found), differ=len(differ))
    if differ:
        raise typer.Exit(FAILED)


def _again(actor: "Actor", number: str) -> "list[dict[str, str]]":
    from qiying.kernel import tenancy
    from qiying.slices.indices import queries

    lines = []
    with tenancy.reading(actor):
        for edition in queries.list_editions(actor).order_by("number"):
            if number not in {"", edition.number}:
                continue
            for row in queries.runs_of(actor, edition):
                kept, again = queries.replay(queries.get_run_by_id(actor, row.pk))
                line = {"edition": edition.number, "version": str(row.version)}
                lines.append({**line, "kept": kept, "again": again})
    return lines


def report(
    edition: Annotated[str, typer.Argument(help=text(_("Number of an edition.")))],
    *,
    out: Annotated[Path, typer.Option(help=text(_("The file to write, .pdf or .docx.")))],
    zone: Zone = "",
) -> None:
    """Write the report of the run of an edition that was released last."""
    if out.suffix.lower() not in {".pdf", ".docx"}:
        raise typer.BadParameter(text(_("The file to write, .pdf or .docx.")))
    with acting(zone, "analyst") as actor:
        from django.utils import timezone, translation

        from qiying.kernel import documents, tenancy
        from qiying.slices.indices import queries

        with tenancy.reading(actor), translation.override("zh-hans"):
            run = queries.latest_released(actor, edition)
            if run is None:
                say(_("No released run of edition %(number)s."), number=edition)
                raise typer.Exit(UNUSABLE)
            places = {place.adcode: place for place in queries.places_now(actor)}
            paper = queries.report(actor, run, places, now=timezone.now())
            write = documents.to_docx if out.suffix.lower() == ".docx" else documents.to_pdf
            body = write(paper)
    try:
        out.write_bytes(body)
    except OSError:
        raise typer.BadParameter(text(_("“%(path)s” cannot be written."), path=out)) from None
    say(_("%(path)s, %(size)d bytes"), path=out, size=len(body))
