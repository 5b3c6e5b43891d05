"""``qiying dispatch …``: plan an instance, simulate days, plan a roster; needs no database."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli._platform import text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.dispatch.roster import CoverPlan, CoverProblem
    from qiying.engines.dispatch.simulation import World

MOST_ITERATIONS = 10_000_000
MOST_DAYS = 10_000

Instance = Annotated[
    Path, typer.Argument(help=text(_("Instance as JSON; a dash reads standard input.")))
]
Seed = Annotated[int, typer.Option(min=0, help=text(_("Seed of all chance.")))]
Iterations = Annotated[
    int,
    typer.Option(min=0, max=MOST_ITERATIONS, help=text(_("Budget of ruin and recreate."))),
]
Plain = Annotated[
    bool,
    typer.Option("--plain", help=text(_("Do not use the compiled kernel, even if it is there."))),
]
AsJson = Annotated[bool, typer.Option("--json", help=text(_("Print JSON.")))]
Where = Annotated[
    str,
    typer.Option("--world", help=text(_("Name of a world, or a TOML file that describes one."))),
]
Which = Annotated[str, typer.Option("--policy", help=text(_("Policy that decides.")))]
Days = Annotated[int, typer.Option(min=1, max=MOST_DAYS, help=text(_("Simulated days.")))]
Rostered = Annotated[
    bool,
    typer.Option("--planned", help=text(_("Use the planner's roster at equal person-hours."))),
]
Roster = Annotated[
    Path,
    typer.Argument(help=text(_("Roster to be planned, as JSON; a dash reads standard input."))),
]
Exact = Annotated[
    bool, typer.Option("--exact", help=text(_("Find the best roster by integer programming.")))
]
Hourly = Annotated[
    float | None,
    typer.Option("--price", min=0, help=text(_("Price the promise at so many yuan an hour."))),
]

app = typer.Typer(
    help=text(_("Dispatch of technicians: plans, simulated days, rosters.")), no_args_is_help=True
)


@app.command(help=text(_("Plan an instance and print the plan, its cost and what was not done.")))
def solve(
    instance: Instance,
    *,
    seed: Seed = 0,
    iterations: Iterations = 1000,
    plain: Plain = False,
) -> None:
    """Print the result as JSON; exit code 1 if the independent check disagrees."""
    from qiying.engines import dispatch

    problem = _understood(dispatch.read_problem, _read(instance))
    params = dispatch.Params(iterations=iterations)
    result = dispatch.solve(problem, params, seed=seed, compiled=False if plain else None)
    violations = dispatch.check(problem, result.plan, params)
    found = json.loads(dispatch.write_json(result))
    found["cost"] = result.best_cost
    found["violations"] = [v.code for v in violations]
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    if violations:
        raise typer.Exit(1)


@app.command(help=text(_("Play days of a world under a policy and print what came of them.")))
def simulate(
    *,
    world: Where = "zone",
    policy: Which = "ours",
    days: Days = 10,
    seed: Seed = 0,
    iterations: Iterations = 40,
    planned: Rostered = False,
    plain: Plain = False,
    as_json: AsJson = False,
) -> None:
    """Print one object of figures; the same world and seed give every policy the same days."""
    from qiying.engines.dispatch import Params
    from qiying.engines.dispatch import simulation as sim

    chosen = _world(world)
    if policy not in sim.POLICIES:
        known = ", ".join(sim.POLICIES)
        raise typer.BadParameter(text(_("Known policies: %(names)s."), names=known))
    if not sim.is_playable(policy):
        raise typer.BadParameter(text(_("“%(name)s” is not installed here."), name=policy))
    ground = sim.Ground(chosen)
    report = sim.simulate(
        chosen,
        policy,
        days=days,
        seed=seed,
        params=Params(iterations=iterations),
        clock=time.process_time,
        compiled=False if plain else None,
        ground=sim.planned(ground) if planned else ground,
    )
    _print(report.flat() | {"roster": "planned" if planned else "world"}, as_json=as_json)


@app.command(help=text(_("Plan who is on duty when and where, or price the promise.")))
def cover(
    roster: Roster,
    *,
    exact: Exact = False,
    price: Hourly = None,
) -> None:
    """Print a roster, checked, or the price of 90, 95, 99 and 99.9 per cent."""
    from qiying.engines.dispatch import read_json, write_json
    from qiying.engines.dispatch import roster as planner

    problem: CoverProblem = _understood(
        lambda words: read_json(planner.CoverProblem, words), _read(roster)
    )
    if price is not None:
        points = planner.price_of_promise(problem, cny_per_hour=price)
        typer.echo(write_json(points, indent=2))
        return
    plan: CoverPlan = planner.exact(problem) if exact else planner.cover(problem)
    violations = planner.check_cover(problem, plan)
    typer.echo(write_json(plan, indent=2))
    if violations:
        raise typer.Exit(1)


@app.command(help=text(_("Print the JSON schema of an instance, a plan or a roster.")))
def schema(
    what: Annotated[str, typer.Argument(help=text(_("problem, plan or roster.")))] = "problem",
) -> None:
    """Print a schema of the 2020-12 draft."""
    from qiying.engines import dispatch
    from qiying.engines.dispatch.roster import CoverProblem

    shapes = {"problem": dispatch.Problem, "plan": dispatch.Plan, "roster": CoverProblem}
    if what not in shapes:
        raise typer.BadParameter(text(_("Say problem, plan or roster.")))
    typer.echo(json.dumps(dispatch.schema(shapes[what]), indent=2))


def _read(path: Path) -> str:
    if str(path) == "-":
        return sys.stdin.read()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(text(_("“%(path)s” cannot be read."), path=path)) from None


def _understood(read: Any, words: str) -> Any:
    """Read an instance; what means nothing is refused with place and reason."""
    from qiying.engines.dispatch import MalformedError

    try:
        return read(words)
    except MalformedError as error:
        message = _("Wrong at “%(place)s”: %(reason)s.")
        refusal = text(message, place=error.place or "$", reason=error.reason)
        raise typer.BadParameter(refusal) from None


def _world(name: str) -> "World":
    from qiying.engines.dispatch import simulation as sim

    if name in sim.WORLDS:
        return sim.world(name)
    if not name.endswith(".toml"):
        known = ", ".join(sim.WORLDS)
        raise typer.BadParameter(text(_("Known worlds: %(names)s."), names=known))
    found: World = _understood(sim.world, _read(Path(name)))
    return found


def _print(figures: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False))
        return
    for name, value in figures.items():
        shown = f"{value:.4g}" if isinstance(value, float) else value
        typer.echo(f"{name:24} {shown}")
