"""``qiying import …``: bring a list or a map into a tenant's register."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.slices.registry.operations.imports import Reading
    from qiying.slices.registry.queries import Fault

KINDS = ("enterprises", "units", "sites", "walls", "areas", "grids", "people", "calendar")
SHOWN = 20
FAILED, UNUSABLE = 1, 2

Kind = Annotated[
    str,
    typer.Argument(metavar="|".join(KINDS), help=text(_("What the file holds."))),
]
File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help=text(_("CSV, XLSX or GeoJSON."))),
]
Tenant = Annotated[str, typer.Option(help=text(_("Code of the tenant.")))]
Crs = Annotated[
    str,
    typer.Option(
        help=text(_("Reference system: wgs84, cgcs2000, gcj02, gauss_kruger:<meridian>."))
    ),
]
Sheet = Annotated[str, typer.Option(help=text(_("Sheet of a workbook; the first by default.")))]
GoodRows = Annotated[
    bool, typer.Option("--good-rows", help=text(_("Write the good lines when others fail.")))
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=text(_("Check only, write nothing.")))]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]


def register(root: typer.Typer) -> None:
    """Add the command under its name, which is a word of Python."""
    summary = _("Bring a file into the register: checked first, all lines or none.")
    root.command("import", help=text(summary))(import_file)


def import_file(
    kind: Kind,
    file: File,
    *,
    tenant: Tenant,
    crs: Crs = "wgs84",
    sheet: Sheet = "",
    good_rows: GoodRows = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Exit code 0 when the file was (or could be) written, 1 when lines failed, 2 when unusable."""
    if kind not in KINDS:
        raise typer.BadParameter(text(_("Choose one of: %(kinds)s."), kinds=", ".join(KINDS)))
    _platform.start_django()
    reading = _read(kind, file, crs=crs, sheet=sheet)
    outcome = _bring_in(reading, tenant, is_dry_run=dry_run, is_good_rows=good_rows)
    if as_json:
        typer.echo(json.dumps(outcome, ensure_ascii=False))
    else:
        _print(outcome)
    if outcome["failed"] and not (good_rows and outcome["is_written"]):
        raise typer.Exit(FAILED)


def _read(kind: str, file: Path, *, crs: str, sheet: str) -> "Reading":
    """The file as lines; one that cannot be used ends the command with a sentence."""
    from qiying.kernel.errors import Problem
    from qiying.kernel.problems import explain
    from qiying.slices.registry.operations import imports

    try:
        return imports.read(
            kind, file_name=file.name, content=file.read_bytes(), system=crs, sheet=sheet
        )
    except Problem as problem:
        typer.echo(explain(problem), err=True)
        raise typer.Exit(UNUSABLE) from None


def _bring_in(
    reading: "Reading", code: str, *, is_dry_run: bool, is_good_rows: bool
) -> dict[str, Any]:
    from django.utils import timezone

    from qiying.kernel.access import Role, stand_in
    from qiying.kernel.models import Tenant as Row
    from qiying.slices.registry import queries
    from qiying.slices.registry.operations import imports

    row = Row.objects.filter(code=code).first()
    if row is None:
        typer.echo(text(_("There is no tenant with the code “%(code)s”."), code=code), err=True)
        raise typer.Exit(UNUSABLE)
    actor = stand_in(row.pk, Role.ADMINISTRATOR)
    batch = imports.bring_in(
        actor,
        reading,
        now=timezone.now(),
        is_dry_run=is_dry_run,
        is_good_rows=is_good_rows,
    )
    faults = queries.list_faults(actor, batch, 10_000)
    return {
        **batch.counts,
        "is_written": batch.state == "applied",
        "ignored_columns": batch.ignored,
        "faults": [_fault(fault) for fault in faults],
    }


def _fault(fault: "Fault") -> dict[str, Any]:
    from qiying.kernel.problems import sentence

    return {
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "detail": sentence(fault.code, fault.params),
    }


def _print(outcome: dict[str, Any]) -> None:
    faults = outcome["faults"]
    for fault in faults[:SHOWN]:
        typer.echo(
            text(
                _("line %(line)d, %(column)s: %(detail)s"),
                line=fault["line"],
                column=fault["column"] or "-",
                detail=fault["detail"],
            ),
            err=True,
        )
    if len(faults) > SHOWN:
        typer.echo(text(_("… and %(n)d more"), n=len(faults) - SHOWN), err=True)
    if outcome["ignored_columns"]:
        say(_("Columns left out: %(names)s"), names=", ".join(outcome["ignored_columns"]))
    message = (
        _("Written: %(new)d new, %(updated)d changed, %(unchanged)d unchanged, %(failed)d failed.")
        if outcome["is_written"]
        else _(
            "Nothing written: %(new)d new, %(updated)d changed, %(unchanged)d unchanged, "
            "%(failed)d failed."
        )
    )
    say(message, **{k: outcome[k] for k in ("new", "updated", "unchanged", "failed")})
