"""Play days of a world under one policy and print a line of JSON for each: the sums of the day.

Runs in the environment of the competitors, with the compiled kernel where numba is there.
"""

import json
import sys
import time
from dataclasses import asdict
from typing import Any

from qiying.engines.dispatch import Params, is_compiled_available
from qiying.engines.dispatch.simulation import (
    Ground,
    draw_day,
    is_playable,
    planned,
    play,
    policy_named,
    world,
)


def main(given: dict[str, Any]) -> None:
    """Play the days that were asked for."""
    policy, params = given["policy"], Params(iterations=given["iterations"])
    if not is_playable(policy):
        return
    chosen = world(given["world"])
    if policy.startswith("ours"):
        # Compiling is no part of a day.
        warm(policy, params)
    ground = planned(Ground(chosen)) if given["planned"] else Ground(chosen)
    for number in given["days"]:
        day = draw_day(ground, number, given["seed"])
        start = time.process_time()
        tally = asdict(play(day, policy, params, time.process_time))
        tally["cpu"] = [round(c, 5) for c in tally["cpu"]]
        spent = round(time.process_time() - start, 2)
        line = {"day": number, "spent": spent, "compiled": is_compiled_available()}
        print(json.dumps(line | {"tally": tally}), flush=True)


def warm(policy: str, params: Params) -> None:
    """Let the kernel be compiled."""
    small = Ground(world('based_on = "10x50"\njobs_per_day = 4.0'))
    play(draw_day(small, 0, 10_000), policy, params)
    policy_named(policy, params)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
