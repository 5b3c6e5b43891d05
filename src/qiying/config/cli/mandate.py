"""``qiying mandate …``: whose job it is, and the register that says so."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.cli._zone import acting
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.kernel.access import Actor
    from qiying.slices.mandate.operations import Ruling

app = typer.Typer(
    help=text(_("Powers and duties: whose job it is, and why.")), no_args_is_help=True
)

Zone = Annotated[
    str, typer.Option("--zone", help=text(_("Code of the zone; not needed where there is one.")))
]
Day = Annotated[
    str,
    typer.Option(
        "--on", metavar="DATE", help=text(_("Day, such as 2026-11-22; today if left out."))
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]
Lon = Annotated[
    float | None, typer.Option("--lon", min=-180, max=180, help=text(_("Longitude, WGS 84.")))
]
Lat = Annotated[
    float | None, typer.Option("--lat", min=-84, max=84, help=text(_("Latitude, WGS 84.")))
]
Object = Annotated[
    str, typer.Option("--object", metavar="KIND", help=text(_("What the matter is about.")))
]
Belongs = Annotated[
    bool | None,
    typer.Option("--belongs/--elsewhere", help=text(_("Whether the firm is the zone's."))),
]
InFile = Annotated[
    Path | None,
    typer.Option(
        "--file", exists=True, help=text(_("CSV of points to decide, with a head line."))
    ),
]
OutFile = Annotated[
    Path | None,
    typer.Option("--out", help=text(_("Where the answers go; the terminal if left out."))),
]


@app.command(help=text(_("Say whose job it is at a place, or for every line of a file.")))
def decide(
    *,
    matter: Annotated[str, typer.Option(help=text(_("Code of the matter, such as M001.")))] = "",
    lon: Lon = None,
    lat: Lat = None,
    on: Day = "",
    object_kind: Object = "enterprise_premises",
    belongs: Belongs = None,
    danger: Annotated[bool, typer.Option(help=text(_("Danger to life or property.")))] = False,
    file: InFile = None,
    out: OutFile = None,
    zone: Zone = "",
    as_json: AsJson = False,
) -> None:
    """Answer from the register; nothing is kept."""
    day = _day(on)
    with acting(zone) as actor:
        if file is not None:
            _decide_file(actor, file, out, day)
            return
        if not matter:
            raise typer.BadParameter(text(_("Give --matter, or --file.")))
        from qiying.slices.mandate import operations

        found = operations.propose(
            actor,
            matter_code=matter,
            on=day,
            longitude=lon,
            latitude=lat,
            object_kind=object_kind,
            belongs_to_zone=belongs,
            is_danger=danger,
            presumes_owner=True,
        )
        _print_ruling(actor, found, as_json=as_json)


def _decide_file(actor: "Actor", source: Path, target: Path | None, on: date) -> None:
    from qiying.slices.mandate import operations

    with source.open(encoding="utf-8-sig", newline="") as lines:
        if target is None:
            operations.decide_file(actor, lines, sys.stdout, on=on)
            return
        with target.open("w", encoding="utf-8", newline="") as answers:
            count = operations.decide_file(actor, lines, answers, on=on)
    say(_("%(count)d objects decided"), count=count)


def _print_ruling(actor: "Actor", found: "Ruling", *, as_json: bool) -> None:
    from qiying.slices.mandate import api, queries

    register = queries.register(actor)
    if as_json:
        typer.echo(api.ruling_out(found, register).model_dump_json(indent=2))
        return
    names = {code: card.name for code, card in register.units.items()}
    lead = names.get(found.lead_code or "", text(_("the county decides")))
    say(_("Lead: %(lead)s"), lead=lead)
    if found.co_codes:
        say(_("Co-handlers: %(units)s"), units=", ".join(names[c] for c in found.co_codes))
    if found.candidate_codes and found.needs_confirmation:
        units = ", ".join(names[c] for c in found.candidate_codes)
        say(_("To be confirmed between: %(units)s"), units=units)
    for reason in found.reasons:
        typer.echo(f"  {reason.code:<5} [{reason.grade}] {reason.sentence}")


@app.command(help=text(_("Check the register; exit code 1 when an error is found.")))
def lint(*, on: Day = "", zone: Zone = "", as_json: AsJson = False) -> None:
    """List what is wrong with the register, hand-overs and boundaries on a day."""
    with acting(zone) as actor:
        from qiying.slices.mandate import api, operations, queries

        found = operations.lint(actor, _day(on))
        lines = [api.finding_out(f, queries.register(actor)) for f in found]
    if as_json:
        _print_json([line.model_dump() for line in lines])
    else:
        for line in lines:
            typer.echo(f"{line.severity:<8}{line.subject:<12}{line.sentence}")
        say(_("%(count)d findings"), count=len(lines))
    if any(line.severity == "error" for line in lines):
        raise typer.Exit(1)


@app.command(help=text(_("Load the register that comes with the product, or a file of rows.")))
def load(
    *,
    file: Annotated[
        Path | None, typer.Argument(exists=True, help=text(_("JSON file of rows.")))
    ] = None,
    on: Day = "",
    reason: Annotated[str, typer.Option(help=text(_("Why the rows change.")))] = "",
    zone: Zone = "",
) -> None:
    """Found both editions from the seeds, or bring rows of a file in from a day on."""
    from django.utils import timezone

    with acting(zone) as actor:
        from qiying.slices.mandate import operations
        from qiying.slices.registry import public as registry

        if file is None:
            card = registry.zone(actor)
            reform_on = card.wall_reform_on or _day(on)
            founded_on = card.founded_on or date(reform_on.year - 1, 1, 1)
            count = operations.load_seeds(
                actor, founded_on=founded_on, reform_on=reform_on, now=timezone.now()
            )
            say(_("%(count)d matters in two editions"), count=count)
            return
        rows = list(operations.rows_from(json.loads(file.read_text(encoding="utf-8")), _day(on)))
        report = operations.load_rows(
            actor, rows, effective_on=_day(on), reason=reason or file.name, now=timezone.now()
        )
    counts = {"added": len(report.added), "revised": len(report.revised), "same": len(report.same)}
    say(_("%(added)d added, %(revised)d revised, %(same)d unchanged"), **counts)


@app.command(help=text(_("Print what differs between the register of two days.")))
def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE")],
    after: Annotated[str, typer.Argument(metavar="AFTER")],
    *,
    zone: Zone = "",
    as_json: AsJson = False,
) -> None:
    """Compare matter by matter, field by field."""
    with acting(zone) as actor:
        from qiying.slices.mandate import queries

        register = queries.register(actor)
        old, new = register.on(_day(before)), register.on(_day(after))
        changed = {
            code: queries.change_lines(old[code], new[code], register)
            for code in sorted(old.keys() & new.keys())
        }
    if as_json:
        lines = {
            code: [{"field": c.field, "before": c.before, "after": c.after} for c in changes]
            for code, changes in changed.items()
            if changes
        }
        added, ended = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
        _print_json({"changed": lines, "added": added, "ended": ended})
        return
    for code, changes in changed.items():
        for change in changes:
            typer.echo(f"{code}  {change.label}: {change.before} → {change.after}")


@app.command(help=text(_("Decide kept decisions again; exit code 1 when an answer differs.")))
def replay(
    decision: Annotated[str, typer.Argument(help=text(_("Public id; all if left out.")))] = "",
    *,
    zone: Zone = "",
    as_json: AsJson = False,
) -> None:
    """Rebuild the kept world, decide again and compare the digests."""
    with acting(zone) as actor:
        from qiying.kernel import tenancy
        from qiying.slices.mandate import operations, queries

        if decision:
            with tenancy.reading(actor):
                row = queries.get_decision_by_public_id(actor, decision)
                stored, again = operations.replay(actor, row.pk)
            count, differ = 1, [] if stored == again else [decision]
        else:
            count, differ = operations.replay_all(actor)
    if as_json:
        _print_json({"decisions": count, "differ": differ, "holds": not differ})
    else:
        say(_("%(count)d decisions replayed, %(differ)d differ"), count=count, differ=len(differ))
    if differ:
        raise typer.Exit(1)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _day(written: str) -> date:
    if not written:
        _platform.prepare_django()
        from django.utils import timezone

        return timezone.localdate()
    try:
        return date.fromisoformat(written)
    except ValueError:
        message = _("“%(written)s” is not a date such as 2026-11-22.")
        raise typer.BadParameter(text(message, written=written)) from None
