"""``qiying figures``: the published figures, computed from the records."""

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from datetime import date

    from qiying.demo.figures import Figure


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command(
        help=text(_("Print the published figures from records; exit code 1 when one is not met."))
    )(figures)


def figures(
    *,
    zone: Annotated[
        str,
        typer.Option("--zone", help=text(_("Code of the zone; not needed where there is one."))),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))] = False,
) -> None:
    """Compare every figure that can be computed so far; a demonstration on its own day."""
    _platform.start_django()
    from django.utils import timezone

    from qiying.demo.figures import figures as compute
    from qiying.kernel import people
    from qiying.kernel.access import Role, stand_in

    tenants = people.zones(zone)
    if len(tenants) != 1:
        say(_("Name the zone with --zone CODE."))
        raise typer.Exit(2)
    actor = stand_in(tenants[0].pk, Role.ANALYST)
    now = timezone.now()
    found = compute(actor, now=now, on=_day_of(tenants[0].code, timezone.localdate(now)))
    if as_json:
        typer.echo(json.dumps([_plain(row) for row in found], ensure_ascii=False, indent=2))
    else:
        _print(found)
    if not all(row.ok for row in found):
        raise typer.Exit(1)


def _day_of(tenant_code: str, today: "date") -> "date":
    """A demonstration does not live on after its day, so its figures are those of that day."""
    from qiying.demo import public

    found = public.find()
    is_shown = found is not None and found.tenant_code == tenant_code
    return min(today, found.as_of) if found is not None and is_shown else today


def _plain(row: "Figure") -> dict[str, Any]:
    return {
        "id": row.id,
        "value": _number(row.value),
        "reference": _number(row.reference),
        "unit": row.unit,
        "comparator": row.comparator,
        "ok": row.ok,
    }


def _number(value: Decimal | str | None) -> float | int | str | None:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else round(float(value), 4)


def _print(rows: "list[Figure]") -> None:
    signs = {"eq": "=", "gt": ">", "approx_below": "≲", "rule": "·"}
    for row in rows:
        value = "-" if row.value is None else f"{_number(row.value):,}"
        mark = "ok" if row.ok else "--"
        reference = _number(row.reference)
        shown = reference if isinstance(reference, str) else f"{reference:,}"
        typer.echo(
            f"{mark}  {row.id:<20} {value:>10} {row.unit:<4} {signs[row.comparator]} {shown}"
        )
