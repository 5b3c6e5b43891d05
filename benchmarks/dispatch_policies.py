"""Policies side by side on paired days, ablations, speed of answers, rosters; the page made anew.

    script/bench dispatch_policies [--quick]            rows with their bars: 50 days, 2 when quick
    python benchmarks/dispatch_policies.py --days 50    the page and its plots (200: the long run)
    python benchmarks/dispatch_policies.py --kept       the page from the days already played

Days are played in the environment of the competitors (``_dispatch_days``), kept there, and never
played twice; so a long run may be broken off and go on. Every plan of every policy passes the checker.
"""

import argparse
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from _dispatch_days import Play, Played, played
from _dispatch_page import intervals_svg, policy_table, ratio_table, table, waits_svg, write_page
from _dispatch_small import physical_bound, prices, roster_gaps, speed

from qiying.engines.dispatch.simulation import compare, figures

BARS = {"late_share": 0.5, "mean_response_min": 0.7, "travel_min_per_job": 0.5}
IN_WINDOW, ON_SITE, CPU_SHARE = 0.95, 0.99, 0.2
ANSWER_MS = {"40x200": 20.0, "1000x10000": 100.0}
MAIN = "40x200"
OUR_ITERATIONS, PYVRP_ITERATIONS, HINDSIGHT_ITERATIONS = 250, 150, 2000
WITHOUT = (
    "ours-insertion",
    "ours-no-cover",
    "ours-no-spread",
    "ours-no-stability",
    "ours-no-diversion",
)
NOT_PLAYED = "Not part of this run."
OTHER_WORLDS = ("40x200-urgent", "40x280", "10x50", "100x600")


class Days:
    """Days by policy; ``share`` of the days for what is dear."""

    def __init__(self, days: int, *, only_kept: bool = False) -> None:
        self.days, self.only_kept = days, only_kept

    def of(
        self, world: str, policy: str, *, planned: bool = False, share: float = 1.0, more: int = 1
    ) -> Played:
        """Play, or fetch, days of a policy."""
        budget = {"pyvrp": PYVRP_ITERATIONS, "hindsight": HINDSIGHT_ITERATIONS}.get(
            policy, OUR_ITERATIONS
        )
        count = max(1, round(more * share * self.days))
        return played(Play(world, policy, count, budget, planned), only_kept=self.only_kept)


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; `quick` plays fewer days."""
    days = Days(2 if quick else 50)
    rows = against_nearest(days) + against_pyvrp(days) + with_planned_roster(days)
    answers = speed(quick=quick, compiled=False)["rows"]
    rows += [
        row(f"dispatch_answer_p99_ms_{a['size']}", a["answer_p99_ms"], most, "promise", bar=1.0)
        for a in answers
        if (most := ANSWER_MS.get(a["size"]))
    ]
    gap = max(roster_gaps(cases=10 if quick else 80))
    rows.append(row("dispatch_roster_gap", gap, 0.02, "2 % of the best", bar=1.0))
    return rows


def against_nearest(days: Days) -> list[dict[str, Any]]:
    """The claim: lateness, response, travel against nearest idle; booked work in its windows."""
    mine, theirs = days.of(MAIN, "ours"), days.of(MAIN, "nearest")
    rows = ratio_rows(mine, theirs, BARS)
    met = figures(mine.tallies)["inspections_in_window"]
    rows.append(row(f"dispatch_{MAIN}_in_window", met, 1.0, "all", bar=IN_WINDOW, up=True))
    wrong = sum(t.violations for d in (mine, theirs) for t in d.tallies)
    rows.append(row(f"dispatch_{MAIN}_violations", wrong, 1.0, "one", bar=0.0))
    return rows


def against_pyvrp(days: Days) -> list[dict[str, Any]]:
    """Better or equal on every figure at a fifth of its CPU; nothing where it is not installed."""
    peer = days.of(MAIN, "pyvrp", share=0.2)
    if not peer.tallies:
        return []
    mine = days.of(MAIN, "ours", share=0.2)
    rows = ratio_rows(mine, peer, {})
    spent = [sum(sum(t.cpu) for t in d.tallies) for d in (mine, peer)]
    rows.append(row(f"dispatch_{MAIN}_cpu", *spent, "pyvrp", bar=CPU_SHARE))
    return rows


def with_planned_roster(days: Days) -> list[dict[str, Any]]:
    """On site within two hours, day and night, with the planner's roster at equal person-hours."""
    mine = days.of(MAIN, "ours", planned=True)
    on_site = 1 - figures(mine.tallies)["late_share"]
    return [row(f"dispatch_{MAIN}_planned_on_site", on_site, 1.0, "all", bar=ON_SITE, up=True)]


def ratio_rows(mine: Played, theirs: Played, bars: dict[str, float]) -> list[dict[str, Any]]:
    """A row for each figure, with its bootstrap interval."""
    found = compare(mine.tallies, theirs.tallies)
    ours, peer = figures(mine.tallies), figures(theirs.tallies)
    name, world = theirs.play.policy, mine.play.world
    return [
        row(
            f"dispatch_{world}_{name}_{what}",
            ours[what],
            peer[what],
            f"{name} ({low:.2f} to {high:.2f}, {len(mine.tallies)} days)",
            bar=bars.get(what, 1.0),
        )
        for what, (_ratio, low, high) in found.items()
    ]


def row(
    name: str, ours: float, peer: float, peer_name: str, *, bar: float, up: bool = False
) -> dict[str, Any]:
    """One line of the table; less is better unless ``up``."""
    ratio = ours / peer if peer else float(ours > 0)
    return {
        "name": name,
        "ours": round(ours, 4),
        "peer": round(peer, 4),
        "peer_name": peer_name,
        "ratio": round(ratio, 3),
        "bar": bar,
        "holds": ratio >= bar if up else ratio <= bar,
    }


# --- the page ---


def page(days: Days) -> None:
    """Make the measured part of the page and its plots anew."""
    zone = [days.of("zone", p, more=4) for p in ("fifo", "nearest", "ours")]
    zone += [days.of("zone", p, planned=True, more=4) for p in ("nearest", "ours")]
    nearest, ours = days.of(MAIN, "nearest"), days.of(MAIN, "ours")
    fifo, hindsight = days.of(MAIN, "fifo"), days.of(MAIN, "hindsight", share=0.2)
    peers = [
        days.of(MAIN, name, share=share)
        for name, share in (("pyvrp", 0.2), ("vroom", 0.1), ("ortools", 0.06))
    ]
    planned = [days.of(MAIN, p, planned=True) for p in ("nearest", "ours")]
    parts = ["### World `zone`: the real size", policy_table(zone)]
    parts += ["### World 40x200", policy_table([fifo, nearest, ours, *peers, hindsight, *planned])]
    parts += ["Ratios to `nearest` on the same days (95 % bootstrap over days):"]
    parts += [ratio_table([ours, *peers, hindsight], nearest)]
    parts += [
        "With the planner's roster, to `nearest` with it:",
        ratio_table(planned[1:], planned[0]),
    ]
    parts += peer_parts(ours, peers)
    parts += gap_parts(nearest, ours, hindsight)
    parts += ["### Ours less each part, ratios to ours", without(days, ours)]
    parts += ["### Other worlds", *worlds(days)]
    parts += [speed_part(days), *roster_parts()]
    intervals_svg([ours, *peers], nearest, "dispatch-ratios.svg")
    waits_svg([nearest, ours, planned[1], hindsight], "dispatch-waits.svg")
    parts += ["![Ratios to nearest idle](../pictures/dispatch-ratios.svg)"]
    parts += ["![Emergencies reached within so many minutes](../pictures/dispatch-waits.svg)"]
    write_page(parts)


def peer_parts(ours: Played, peers: Sequence[Played]) -> list[str]:
    """Ours against each solver that is asked again at every event."""
    rows = []
    for peer in (p for p in peers if p.tallies):
        count = len(peer.tallies)
        found = compare(ours.tallies[:count], peer.tallies)
        cpu = [sum(sum(t.cpu) for t in d.tallies[:count]) for d in (ours, peer)]
        met = [figures(d.tallies[:count])["inspections_in_window"] for d in (ours, peer)]
        rows.append(
            [
                peer.play.policy,
                str(count),
                *(f"{ratio:.2f} ({low:.2f} to {high:.2f})" for ratio, low, high in found.values()),
                f"{100 * (met[0] - met[1]):+.1f}",
                f"{cpu[0] / cpu[1]:.2f}",
            ]
        )
    head = ("peer", "days", "late", "mean", "line-stopping", "travel", "in window, points", "CPU")
    return ["### Ours against other solvers, re-solved at every event", table(head, rows)]


def gap_parts(nearest: Played, ours: Played, hindsight: Played) -> list[str]:
    """How much of what could be won is won."""
    count = len(hindsight.tallies)
    if not count:
        return []
    mean = [
        float(np.mean([w for t in d.tallies[:count] for w in t.responses]))
        for d in (nearest, ours, hindsight)
    ]
    closed = (mean[0] - mean[1]) / (mean[0] - mean[2])
    least, late = physical_bound(MAIN, days=count, seed=ours.play.seed)
    words = (
        f"Mean response over the {count} days that hindsight played: nearest {mean[0]:.1f}, ours "
        f"{mean[1]:.1f}, somebody who knew the day {mean[2]:.1f} (the best found, no bound) minutes: "
        f"**{100 * closed:.0f} % of the gap is closed.** Physical bound (each call by the nearest "
        f"place that anybody able could come from, nobody in anybody's way): {least:.1f} minutes, "
        f"{100 * late:.2f} % late."
    )
    return ["### Hindsight and bounds", words]


def without(days: Days, ours: Played) -> str:
    """Each part left out, against the whole."""
    return ratio_table([days.of(MAIN, p, share=0.3) for p in WITHOUT], ours)


def worlds(days: Days) -> list[str]:
    """Ours against nearest idle elsewhere."""
    rows = []
    for name in OTHER_WORLDS:
        share = 0.04 if name == "100x600" else 0.4
        mine, other = (days.of(name, p, share=share) for p in ("ours", "nearest"))
        count = min(len(mine.tallies), len(other.tallies))
        if not count:
            continue
        pair = [d.tallies[:count] for d in (mine, other)]
        found = compare(*pair)
        met = [f"{100 * figures(t)['inspections_in_window']:.1f} %" for t in pair]
        late = [f"{100 * figures(t)['late_share']:.2f} %" for t in pair]
        ratios = [f"{ratio:.2f} ({low:.2f} to {high:.2f})" for ratio, low, high in found.values()]
        rows.append([name, str(count), *late, *ratios, *met])
    head = ("world", "days", "late, ours", "late, nearest", "late", "mean", "line-stopping")
    if not rows:
        return [NOT_PLAYED]
    return [table((*head, "travel", "in window, ours", "in window, nearest"), rows)]


def speed_part(days: Days) -> str:
    """Answers and search by size."""
    rows = []
    for compiled in (False, True):
        found = speed(quick=False, compiled=compiled, only_kept=days.only_kept)
        rows += [
            [a["size"], "compiled" if found["compiled"] else "plain"]
            + [str(a[n]) for n in list(a) if n != "size"]
            for a in found["rows"]
        ]
    head = (
        "size",
        "kernel",
        "desk ready, s",
        "answer P50, ms",
        "answer P99, ms",
        "iterations a s",
    )
    if not rows:
        return "### Speed, in CPU time\n\n" + NOT_PLAYED
    words = "### Speed, in CPU time\n\nEvery job of the day is open at once; the search has three open jobs for each technician.\n\n"
    return words + table(head, rows)


def roster_parts() -> list[str]:
    """Gap of the heuristic, and what the promise costs."""
    gaps = roster_gaps(cases=80)
    words = f"Over 80 small cases the heuristic falls short of the exact roster by {100 * np.mean(gaps):.3f} % in the mean and {100 * max(gaps):.3f} % at most."
    rows = [
        [
            name,
            f"{100 * p.target:g} %",
            "nobody can" if p.hours is None else f"{p.hours:.0f}",
            "" if p.people is None else str(p.people),
        ]
        for name in ("zone", MAIN)
        for p in prices(name)
    ]
    head = ("world", "calls that find somebody free within 30 min", "person-hours a day", "duties")
    return ["### Rosters", words, table(head, rows)]


def main() -> None:
    """Make the page, or print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=50, help="paired days of the main table")
    parser.add_argument("--kept", action="store_true", help="only days already played")
    parser.add_argument("--rows", action="store_true", help="print rows instead")
    given = parser.parse_args()
    if given.rows:
        print(json.dumps(run(quick=False), ensure_ascii=False, indent=2))
    else:
        page(Days(given.days, only_kept=given.kept))


if __name__ == "__main__":
    main()
