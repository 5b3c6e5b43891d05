"""Days of a world under a policy: one report."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from qiying.engines.dispatch._params import VERSION, Params
from qiying.engines.dispatch._problem import MalformedError
from qiying.engines.dispatch.simulation._draw import Day, Ground, draw_day
from qiying.engines.dispatch.simulation._hindsight import hindsight
from qiying.engines.dispatch.simulation._metrics import Tally, figures, tally
from qiying.engines.dispatch.simulation._ortools import ortools_routes
from qiying.engines.dispatch.simulation._peers import PerEvent, is_installed
from qiying.engines.dispatch.simulation._policies import Ours, fifo, nearest_idle
from qiying.engines.dispatch.simulation._pyvrp import pyvrp_routes
from qiying.engines.dispatch.simulation._run import Policy, Run
from qiying.engines.dispatch.simulation._vroom import vroom_routes
from qiying.engines.dispatch.simulation._world import World

HINDSIGHT = "hindsight"
NEVER = 1e6
POLICIES = (
    "fifo",
    "nearest",
    "ours",
    "ours-insertion",
    "ours-no-cover",
    "ours-no-spread",
    "ours-no-stability",
    "ours-no-diversion",
    "pyvrp",
    "ortools",
    "vroom",
    HINDSIGHT,
)
PEERS = ("pyvrp", "ortools", "vroom")
"""Policies that need the package of their name, which is not one of ours."""
ORTOOLS_MS = 200
VROOM_EXPLORATION = 5


@dataclass(frozen=True, slots=True)
class Report:
    """What a policy came to. ``tallies`` are its days, for paired comparison."""

    policy: str
    world: str
    days: int
    seed: int
    figures: dict[str, float]
    tallies: tuple[Tally, ...]
    version: str = VERSION

    def flat(self) -> dict[str, object]:
        """Return one object of names and numbers."""
        head = {"policy": self.policy, "world": self.world, "days": self.days, "seed": self.seed}
        return head | self.figures | {"version": self.version}


def policy_named(name: str, params: Params, *, compiled: bool | None = None) -> Policy:
    """Return a policy by its name; ``MalformedError`` if there is none."""
    ours = Ours(params, compiled=compiled)
    stable = (("move", 0.0), ("divert", 0.0), ("slip", 0.0))
    found: dict[str, Policy] = {
        "fifo": fifo,
        "nearest": nearest_idle,
        "ours": ours,
        "ours-insertion": replace(ours, params=replace(params, iterations=0)),
        "ours-no-cover": replace(ours, weights=(("cover", 0.0),)),
        "ours-no-spread": replace(ours, params=replace(params, tail=0.0)),
        "ours-no-stability": replace(ours, weights=stable),
        "ours-no-diversion": replace(ours, weights=(("divert", NEVER),)),
        "pyvrp": PerEvent(pyvrp_routes, max(params.iterations, 1)),
        "ortools": PerEvent(ortools_routes, ORTOOLS_MS),
        "vroom": PerEvent(vroom_routes, VROOM_EXPLORATION),
    }
    if name not in found:
        raise MalformedError("not_one_of_" + "_".join(POLICIES), "policy")
    return found[name]


def is_playable(policy: str) -> bool:
    """Whether what a policy needs is installed."""
    return policy not in PEERS or is_installed(policy)


def simulate(
    world: World,
    policy: str = "ours",
    *,
    days: int = 1,
    seed: int = 0,
    params: Params | None = None,
    clock: Callable[[], float] | None = None,
    compiled: bool | None = None,
    ground: Ground | None = None,
    stop: Callable[[], bool] | None = None,
) -> Report:
    """Play days of a world under a policy.

    The same world and seed give every policy the same calls, durations, ways, refusals and sickness.
    ``clock`` counts CPU seconds of decisions (without it they are 0). ``stop`` is asked once a day.
    Every plan passes ``check``; ``violations`` counts what it found.
    """
    params = params or Params()
    ground = ground or Ground(world)
    tallies: list[Tally] = []
    for number in range(days):
        if stop is not None and stop():
            break
        day = draw_day(ground, number, seed)
        tallies.append(play(day, policy, params, clock, compiled=compiled))
    return Report(policy, world.name, len(tallies), seed, figures(tallies), tuple(tallies))


def play(
    day: Day,
    policy: str,
    params: Params,
    clock: Callable[[], float] | None = None,
    *,
    compiled: bool | None = None,
) -> Tally:
    """Play one day that was drawn."""
    if policy == HINDSIGHT:
        return hindsight(day, params, compiled=compiled)
    chosen = policy_named(policy, params, compiled=compiled)
    return tally(Run(day, chosen, params=params, clock=clock).run())
