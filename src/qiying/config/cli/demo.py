"""``qiying demo …``: the invented zone, loaded and described."""

import json
import time
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qiying.config.database import Server
    from qiying.demo.plan import Plan

PROCESSES = 2
PARTS = {
    "ground": _("units and boundaries"),
    "people": _("people and grids"),
    "firms": _("firms and sites"),
    "register": _("register of powers, hand-overs"),
    "calls": _("two years of calls"),
    "talks": _("disputes and the council"),
    "casebook": _("typical cases, selections"),
    "rescue": _("a year of Industry 120"),
    "indices": _("an evaluation of 90 places"),
}

app = typer.Typer(
    help=text(_("The demonstration zone: nobody and nothing in it is real.")),
    no_args_is_help=True,
)


@app.command(help=text(_("Load the zone and play its calls through the real operations.")))
def load(
    *,
    seed: Annotated[int, typer.Option(min=0, help=text(_("Another seed, another zone.")))] = 7,
    as_of: Annotated[
        str,
        typer.Option(
            metavar="DATE", help=text(_("Day on which the zone stands; today if left out."))
        ),
    ] = "",
    small: Annotated[
        bool, typer.Option("--small", help=text(_("A few hundred firms and calls only.")))
    ] = False,
    processes: Annotated[
        int, typer.Option(min=1, max=8, help=text(_("Processes that play the calls.")))
    ] = PROCESSES,
    reset: Annotated[
        bool, typer.Option("--reset", help=text(_("Empty the embedded database first.")))
    ] = False,
) -> None:
    """Load once; what a load that was cut short left is cleared first, or with --reset."""
    begun = time.monotonic()
    _platform.prepare_django()
    server = _platform.ensure_database()
    _platform.start_django()
    plan = _plan(seed, as_of, is_small=small)
    _make_room(server, is_asked=reset)
    steps = _load(plan, processes)
    say(
        _("%(firms)d firms and %(calls)d calls in %(steps)d steps, %(seconds).0f s"),
        firms=len(plan.firms),
        calls=len(plan.stories),
        steps=steps,
        seconds=time.monotonic() - begun,
    )


def _plan(seed: int, as_of: str, *, is_small: bool) -> "Plan":
    from django.utils import timezone

    from qiying.demo import plan

    day = _day(as_of) if as_of else plan.nearest_day(timezone.localdate())
    try:
        return plan.make_plan(seed, day, is_small=is_small)
    except plan.DayError:
        message = _("The day must lie between %(first)s and %(last)s.")
        raise typer.BadParameter(text(message, first=plan.FIRST_DAY, last=plan.LAST_DAY)) from None


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        message = _("“%(written)s” is not a date such as 2026-11-22.")
        raise typer.BadParameter(text(message, written=written)) from None


def _make_room(server: "Server | None", *, is_asked: bool) -> None:
    """Tables in an empty database, or in one without a demonstration.

    Nothing can be taken out of the chain of events; therefore a reset empties the whole database,
    and unasked only when it holds nothing but the rest of a load that was cut short.
    """
    from django.db import connections

    from qiying.config import startup
    from qiying.config.problems import StartError

    startup.migrate()
    from qiying.demo import public

    is_left = public.is_cut_short() and not public.has_neighbours()
    if not is_asked and not (is_left and server is not None):
        return
    if server is None:
        raise StartError(_("--reset only empties the embedded database, never one of your own."))
    if not is_asked:
        say(_("A load was cut short here; it starts afresh."))
    connections.close_all()
    startup.empty(server)
    startup.migrate()


def _load(plan: "Plan", processes: int) -> int:
    from django.utils import timezone

    from qiying.config.problems import StartError
    from qiying.demo.load import BrokenLoadError, OccupiedError
    from qiying.demo.load import load as load_zone

    try:
        with _progress() as report:
            return load_zone(plan, now=timezone.now(), report=report, processes=processes).steps
    except OccupiedError:
        raise StartError(
            _("There is a demonstration zone already, or the rest of one: add --reset.")
        ) from None
    except BrokenLoadError:
        raise StartError(
            _("The load was cut short; the reason stands above. Load again with --reset.")
        ) from None


@contextmanager
def _progress() -> "Iterator[Callable[[str, int, int], None]]":
    """A line a part, with share done and time left where that is known."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(compact=True),
    )
    rows: dict[str, TaskID] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:

        def report(part: str, done: int, total: int) -> None:
            if part not in rows:
                for row in rows.values():
                    shown.update(row, total=1, completed=1)
                rows[part] = shown.add_task(text(PARTS[part]), total=total or None)
                if not console.is_terminal:
                    typer.echo(f"  {text(PARTS[part])}", err=True)
            if total:
                shown.update(rows[part], completed=done, total=total)

        yield report


@app.command(help=text(_("Play a live day of Industry 120: jobs come in and the board moves.")))
def live(
    *,
    speed: Annotated[
        float, typer.Option(min=1, max=600, help=text(_("Minutes of the story in a minute.")))
    ] = 30.0,
    every: Annotated[
        float, typer.Option(min=1, max=600, help=text(_("Minutes of the story between two jobs.")))
    ] = 25.0,
    jobs: Annotated[
        int, typer.Option(min=0, help=text(_("How many jobs come; 0 for no end.")))
    ] = 0,
) -> None:
    """Through the real operations, beside a platform that is being served; Ctrl-C ends it."""
    _platform.prepare_django()
    _platform.ensure_database()
    _platform.start_django()
    from qiying.config.problems import StartError
    from qiying.demo.rescue_day import NobodyOnDutyError

    try:
        _play_live(speed, every, jobs)
    except NobodyOnDutyError:
        raise StartError(
            _("Nobody is on duty: the roster of the demonstration has ended. Load it again.")
        ) from None
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _play_live(speed: float, every_min: float, jobs: int) -> None:
    from django.utils import timezone

    from qiying.demo import public, rescue_day
    from qiying.demo.plan import make_plan
    from qiying.kernel import people

    found = public.find()
    if found is None:
        say(_("No demonstration zone is loaded: qiying demo load."))
        raise typer.Exit(1)
    (tenant,) = people.zones(found.tenant_code)
    for told in rescue_day.live(
        make_plan(found.seed, found.as_of, is_small=found.is_small),
        tenant.pk,
        speed=speed,
        every_min=every_min,
        jobs=jobs,
        clock=timezone.now,
        sleep=time.sleep,
    ):
        typer.echo(f"{timezone.localtime(told.at):%H:%M:%S}  {told.step:<16}{told.title}")


@app.command(help=text(_("Print where the zone is and who may enter.")))
def info(
    *, as_json: Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))] = False
) -> None:
    """The zone's code, its key for machines, and a user name and password for every role."""
    _platform.start_django()
    from qiying.demo import public

    found = public.find()
    if found is None:
        say(_("No demonstration zone is loaded: qiying demo load."))
        raise typer.Exit(1)
    described: dict[str, Any] = {
        "jurisdiction_id": found.tenant_code,
        "api_key": found.api_key,
        "sign_ins": public.sign_ins(),
    }
    if as_json:
        typer.echo(json.dumps(described, ensure_ascii=False, indent=2))
        return
    typer.echo(f"jurisdiction_id\t{found.tenant_code}")
    typer.echo(f"api_key\t{found.api_key}")
    for row in public.sign_ins():
        typer.echo(f"{row['role']}\t{row['username']}\t{row['password']}")
