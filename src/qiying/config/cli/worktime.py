"""``qiying worktime …``: deadlines by the statutory work calendar; needs no database."""

import json
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli._platform import text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.worktime import Calendar, Deadline, Pause, Rule

MOST_DAYS = 36_500
MOST_HOURS = 100_000
YEARS = range(1950, 2200)

Start = Annotated[
    str, typer.Option(help=text(_("Date, or date and time, of the event: 2026-02-13T10:00.")))
]
WorkingDays = Annotated[
    int | None,
    typer.Option(min=1, max=MOST_DAYS, help=text(_("Length of the period in working days."))),
]
NaturalDays = Annotated[
    int | None,
    typer.Option(min=1, max=MOST_DAYS, help=text(_("Length of the period in calendar days."))),
]
Hours = Annotated[
    float | None,
    typer.Option(min=0.01, max=MOST_HOURS, help=text(_("Length of the period in hours."))),
]
WorkingHours = Annotated[
    float | None,
    typer.Option(
        min=0.01, max=MOST_HOURS, help=text(_("Length of the period in business hours."))
    ),
]
Pauses = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FROM/TO",
        help=text(_("Pause of the clock, may be repeated; without an end it is still running.")),
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]

app = typer.Typer(help=text(_("Statutory working days and deadlines.")), no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep ``due`` a command of its own, although it is the only one so far."""


@app.command(help=text(_("Print when a period ends; the day of the event is not counted.")))
def due(
    *,
    start: Start,
    working_days: WorkingDays = None,
    natural_days: NaturalDays = None,
    hours: Hours = None,
    working_hours: WorkingHours = None,
    pause: Pauses = None,
    as_json: AsJson = False,
) -> None:
    """Derive one deadline from the calendar that the platform is seeded with."""
    from qiying.engines import worktime

    rule = _rule(
        working_days=working_days,
        natural_days=natural_days,
        hours=hours,
        working_hours=working_hours,
    )
    start_at = _moment(start, is_time_needed=not rule.is_in_days)
    pauses = [_pause(row) for row in pause or ()]
    deadline = worktime.due(start_at, rule, seed_calendar(), pauses=pauses)
    for year in deadline.unknown_years:
        typer.echo(
            text(_("Provisional: no holiday notice for %(year)d yet."), year=year), err=True
        )
    if as_json:
        typer.echo(json.dumps(_as_json(start_at, rule, deadline), ensure_ascii=False, indent=2))
    elif rule.is_in_days:
        typer.echo(deadline.due_on.isoformat())
    else:
        typer.echo(deadline.due_at.isoformat(timespec="seconds"))


def seed_calendar() -> "Calendar":
    """Return the calendar of the State Council's notices that comes with the platform."""
    from importlib.resources import files

    from qiying.engines.worktime import Calendar

    seed = files("qiying.slices.registry") / "seeds" / "work_calendar.json"
    document = json.loads(seed.read_text(encoding="utf-8"))

    def days(name: str) -> frozenset[date]:
        return frozenset(date.fromisoformat(d) for row in document["notices"] for d in row[name])

    return Calendar(
        version=document["version"],
        rest_days=days("rest_days"),
        work_days=days("work_days"),
        known_years=frozenset(row["year"] for row in document["notices"]),
    )


def _rule(**amounts: float | None) -> "Rule":
    from qiying.engines.worktime import KINDS, Rule

    given = [(kind, amount) for kind in KINDS if (amount := amounts[kind]) is not None]
    if len(given) != 1:
        raise typer.BadParameter(
            text(_("Give one of --working-days, --natural-days, --hours and --working-hours."))
        )
    kind, amount = given[0]
    return Rule(kind, amount)


def _moment(written: str, *, is_time_needed: bool = False) -> datetime:
    """Read a date or a date and time; without a zone it is that of Shanghai."""
    from qiying.engines.worktime import SHANGHAI

    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        at = None
    if at is None or at.year not in YEARS:
        message = _("“%(written)s” is not a date such as 2026-02-13 or 2026-02-13T10:00.")
        raise typer.BadParameter(text(message, written=written))
    is_date = len(written) <= len("2026-02-13") and at.time() == time.min
    if is_date and is_time_needed:
        raise typer.BadParameter(text(_("A period in hours needs a time of day to start from.")))
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _pause(written: str) -> "Pause":
    from qiying.engines.worktime import Pause

    start, separator, end = written.partition("/")
    if not separator:
        raise typer.BadParameter(
            text(_("Write a pause as FROM/TO, or as FROM/ while it is still running."))
        )
    from_at, to_at = _moment(start), _moment(end) if end else None
    if to_at is not None and to_at < from_at:
        message = _("The pause “%(written)s” ends before it starts.")
        raise typer.BadParameter(text(message, written=written))
    return Pause(from_at, to_at, "stated")


def _as_json(start_at: datetime, rule: "Rule", deadline: "Deadline") -> dict[str, Any]:
    from qiying.engines.worktime import VERSION

    paused_until = deadline.paused_until
    return {
        "start_at": start_at.isoformat(),
        "kind": rule.kind,
        "amount": rule.amount,
        "due_on": deadline.due_on.isoformat(),
        "due_at": deadline.due_at.isoformat(),
        "legal_due_at": deadline.legal_due_at.isoformat(),
        "promised_due_at": deadline.promised_due_at.isoformat(),
        "is_provisional": deadline.is_provisional,
        "unknown_years": list(deadline.unknown_years),
        "paused_until": paused_until.isoformat() if paused_until else None,
        "gross": deadline.gross,
        "net": deadline.net,
        "reasons": [{"code": row.code, **dict(row.numbers)} for row in deadline.reasons],
        "calendar_version": deadline.calendar_version,
        "engine_version": VERSION,
    }
