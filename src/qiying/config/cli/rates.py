"""``qiying rates …``: every rate of a month, and what gaming would do to them."""

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.rates import Figure, Sheet
    from qiying.kernel.access import Actor
    from qiying.slices.calls.queries import Moved
    from qiying.slices.calls.queries.rates import Simulation

FAILED, UNUSABLE = 1, 2
Zone = Annotated[
    str, typer.Option("--zone", help=text(_("Code of the zone; not needed where there is one.")))
]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]
app = typer.Typer(help=text(_("Rates of answered calls.")), no_args_is_help=True)


@app.command(help=text(_("Print every rate of a month with counts, interval and hash.")))
def show(
    *,
    month: Annotated[
        str, typer.Option(metavar="YYYY-MM", help=text(_("Month of the due dates.")))
    ],
    unit: Annotated[str, typer.Option(metavar="CODE", help=text(_("Only this unit.")))] = "",
    zone: Zone = "",
    as_json: AsJson = False,
) -> None:
    """Count from the records, for the zone or for one unit."""
    start, end = _month(month)
    actor = _actor(zone)
    from django.utils import timezone

    from qiying.kernel import tenancy
    from qiying.slices.calls.queries import rates as counted
    from qiying.slices.registry import public as registry

    if unit and unit not in registry.units(actor):
        say(_("There is no unit %(unit)s."), unit=unit)
        raise typer.Exit(UNUSABLE)
    with tenancy.reading(actor):
        now = timezone.now()
        sheet = counted.sheet(actor, start=start, end=end, now=now, unit=unit or None)
    if as_json:
        typer.echo(json.dumps(_sheet_plain(sheet, start, end), ensure_ascii=False, indent=2))
    else:
        _print_sheet(sheet)


@app.command(
    help=text(
        _("Try every way of gaming on the records; exit code 1 when verified closure rises.")
    )
)
def simulate(
    *,
    month: Annotated[
        str,
        typer.Option(
            metavar="YYYY-MM",
            help=text(_("Month of the due dates; the last settled year when left out.")),
        ),
    ] = "",
    intensity: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help=text(_("Share of the rounds that it is used on."))),
    ] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help=text(_("Which rounds are picked.")))] = 0,
    zone: Zone = "",
    as_json: AsJson = False,
) -> None:
    """Declared and verified closure before and after each strategy; nothing is written."""
    actor = _actor(zone)
    from django.utils import timezone

    from qiying.kernel import tenancy
    from qiying.slices.calls.queries import rates as counted

    now = timezone.now()
    start, end = _month(month) if month else _settled_year(timezone.localdate(now))
    with tenancy.reading(actor):
        found = counted.simulation(
            actor, start=start, end=end, now=now, intensity=intensity, seed=seed
        )
    if as_json:
        plain = _simulation_plain(found, start, end, intensity)
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        _print_simulation(found, start, end)
    if any(effect.moved("verified") > 0 for effect in found.effects):
        raise typer.Exit(FAILED)


@app.command(
    help=text(
        _(
            "Print declared and verified closure before and after the call reform (else of the last "
            "two settled years), what moved them, and what gaming would do; exit code 1 when "
            "verified closure rises."
        )
    )
)
def years(*, zone: Zone = "", as_json: AsJson = False) -> None:
    """The story of two years: declared beside verified, by cause, and the simulator on the last."""
    actor = _actor(zone)
    from django.utils import timezone

    from qiying.kernel import tenancy
    from qiying.slices.calls import queries
    from qiying.slices.calls.queries import rates as counted

    now = timezone.now()
    with tenancy.reading(actor):
        moves = [queries.moved(actor, measure, now=now) for measure in queries.EXPLAINED]
        start, end = moves[0].periods[1]
        found = counted.simulation(actor, start=start, end=end, now=now, intensity=1.0)
    if as_json:
        plain = {
            "moved": [_moved_plain(move) for move in moves],
            "simulation": _simulation_plain(found, start, end, 1.0),
        }
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        for move in moves:
            _print_moved(move)
        _print_simulation(found, start, end)
    if any(effect.moved("verified") > 0 for effect in found.effects):
        raise typer.Exit(FAILED)


def _moved_plain(move: "Moved") -> dict[str, Any]:
    return {
        "measure": move.measure,
        "periods": [[start.isoformat(), end.isoformat()] for start, end in move.periods],
        "counted": list(move.counted),
        "of": list(move.bases),
        "shares": list(move.shares),
        "change": move.change,
        "causes": [
            {"cause": c.name, "before": c.before, "after": c.after, "points": c.points}
            for c in move.causes
        ],
    }


def _print_moved(move: "Moved") -> None:
    from qiying.slices.calls.models import CAUSE_LABELS, RATE_LABELS

    typer.echo(str(RATE_LABELS[move.measure]))
    rows = zip(move.periods, move.shares, move.counted, move.bases, strict=True)
    for (start, end), share, counted, base in rows:
        last = end - timedelta(days=1)
        typer.echo(f"  {start} .. {last}  {_percent(share):>7}  {counted:>6}/{base}")
    for c in move.causes:
        label = CAUSE_LABELS[c.name]
        typer.echo(f"    {c.points * 100:+6.2f}  {c.before:>5} → {c.after:<5} {label}")
    typer.echo(f"    {move.change * 100:+6.2f}")


def _month(written: str) -> tuple[date, date]:
    try:
        start = date.fromisoformat(f"{written}-01")
    except ValueError:
        message = _("“%(written)s” is not a month such as 2026-10.")
        raise typer.BadParameter(text(message, written=written)) from None
    return start, (start + timedelta(days=31)).replace(day=1)


def _settled_year(today: date) -> tuple[date, date]:
    """The year that ends with the last day whose 30 days are over."""
    end = today - timedelta(days=30)
    return end - timedelta(days=365), end


def _actor(zone: str) -> "Actor":
    _platform.start_django()
    from qiying.kernel import people
    from qiying.kernel.access import Role, stand_in

    tenants = people.zones(zone)
    if len(tenants) != 1:
        say(_("Name the zone with --zone CODE."))
        raise typer.Exit(UNUSABLE)
    return stand_in(tenants[0].pk, Role.ANALYST)


def _sheet_plain(sheet: "Sheet", start: date, end: date) -> dict[str, Any]:
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "unit": sheet.unit,
        "is_provisional": sheet.is_provisional,
        "composite": sheet.composite,
        "per_100_firms": sheet.per_100_firms,
        "figures": [_figure_plain(figure) for figure in sheet.figures.values()],
        "findings": [
            {"code": f.code, "rounds": list(f.rounds), "calls": list(f.calls)}
            for f in sheet.findings
        ],
        "version": sheet.version,
    }


def _figure_plain(figure: "Figure") -> dict[str, Any]:
    low, high = figure.interval
    return {
        "name": figure.name,
        "kind": figure.kind,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "share": figure.share,
        "low": low,
        "high": high,
        "is_ranked": figure.is_ranked,
        "digest": figure.digest,
        "counted": [list(row) for row in figure.counted],
        "missed": list(figure.missed),
    }


def _print_sheet(sheet: "Sheet") -> None:
    if sheet.is_provisional:
        say(_("Provisional: firms may still come back."))
    for figure in sheet.figures.values():
        low, high = figure.interval
        span = f"{low * 100:5.1f}–{high * 100:5.1f}" if figure.denominator else " " * 11  # noqa: RUF001
        typer.echo(
            f"{figure.name:<20} {_percent(figure.share):>7}  "
            f"{figure.numerator:>7g}/{figure.denominator:<6} {span}  {figure.digest[:12]}"
        )
    typer.echo(f"{'composite':<20} {_percent(sheet.composite):>7}")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.2f}%"


def _simulation_plain(
    found: "Simulation", start: date, end: date, intensity: float
) -> dict[str, Any]:
    from qiying.engines.rates.gaming import HELD_BY

    def closure(figures: Any) -> dict[str, float | None]:
        return {name: figures[name].share for name in ("declared", "verified")}

    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "intensity": intensity,
        "effects": [
            {
                "strategy": effect.strategy,
                "touched": len(effect.touched),
                "before": closure(effect.before),
                "after": closure(effect.after),
                "by_letter": {"before": closure(letter.before), "after": closure(letter.after)},
                "held_by": HELD_BY[effect.strategy],
                "holds": effect.moved("verified") <= 0,
            }
            for effect, letter in zip(found.effects, found.by_letter, strict=True)
        ],
    }


def _print_simulation(found: "Simulation", start: date, end: date) -> None:
    typer.echo(f"{start} .. {end - timedelta(days=1)}")
    for effect, letter in zip(found.effects, found.by_letter, strict=True):
        moves = "  ".join(
            f"{label} {_percent(e.before[name].share):>7} → {_percent(e.after[name].share):>7}"
            for label, e, name in (
                (text(_("declared")), effect, "declared"),
                (text(_("verified")), effect, "verified"),
                (text(_("by the letter")), letter, "verified"),
            )
        )
        mark = "ok" if effect.moved("verified") <= 0 else "--"
        typer.echo(f"{mark}  {effect.strategy:<22} {len(effect.touched):>5}  {moves}")
