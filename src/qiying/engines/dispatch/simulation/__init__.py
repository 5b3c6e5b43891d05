"""Simulated days that call the same policy as production, and the worlds they happen in.

>>> from qiying.engines.dispatch import Params
>>> from qiying.engines.dispatch.simulation import simulate, world
>>> small = world('based_on = "10x50"\\njobs_per_day = 8.0')
>>> report = simulate(small, "nearest", days=1, seed=1)
>>> report.figures["violations"]
0
"""

from qiying.engines.dispatch.simulation._draw import ORIGIN, Day, Ground, Truth, draw_day
from qiying.engines.dispatch.simulation._hindsight import hindsight
from qiying.engines.dispatch.simulation._metrics import Tally, compare, figures, tally
from qiying.engines.dispatch.simulation._peers import PerEvent, is_installed
from qiying.engines.dispatch.simulation._planned import cover_problem, planned
from qiying.engines.dispatch.simulation._policies import Ours, fifo, nearest_idle
from qiying.engines.dispatch.simulation._run import Policy, Record, Run
from qiying.engines.dispatch.simulation._simulate import (
    POLICIES,
    Report,
    is_playable,
    play,
    policy_named,
    simulate,
)
from qiying.engines.dispatch.simulation._world import WORLDS, Shift, World, world

__all__ = [
    "ORIGIN",
    "POLICIES",
    "WORLDS",
    "Day",
    "Ground",
    "Ours",
    "PerEvent",
    "Policy",
    "Record",
    "Report",
    "Run",
    "Shift",
    "Tally",
    "Truth",
    "World",
    "compare",
    "cover_problem",
    "draw_day",
    "fifo",
    "figures",
    "hindsight",
    "is_installed",
    "is_playable",
    "nearest_idle",
    "planned",
    "play",
    "policy_named",
    "simulate",
    "tally",
    "world",
]
