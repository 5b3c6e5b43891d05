"""Several assets together: what they share counts once."""

from collections.abc import Sequence

import numpy as np

from qiying.engines.valuation._chance import Chance
from qiying.engines.valuation._problem import Asset, Problem
from qiying.engines.valuation._result import Floats


def claims(asset: Asset) -> dict[str, float]:
    """The share of each stream that an asset claims at its likely inputs."""
    found: dict[str, float] = {}
    if asset.split:
        own = asset.split.invested.likely * (1 + asset.split.margin.likely)
        other = asset.split.other.likely * (1 + asset.split.other_margin.likely)
        found[asset.split.stream] = own / (own + other)
    if asset.excess:
        found[asset.excess.stream] = 1.0
    if asset.royalty:
        found[asset.royalty.stream] = asset.royalty.share.likely
    return found


def shared(problem: Problem) -> dict[str, float]:
    """By asset, what is left of it when all claims on a stream are cut to one in sum."""
    of = {asset.id: claims(asset) for asset in problem.assets}
    whole: dict[str, float] = {}
    for parts in of.values():
        for stream, part in parts.items():
            whole[stream] = whole.get(stream, 0.0) + part
    return {
        name: min([1.0, *(1 / whole[stream] for stream in parts if whole[stream] > 1)])
        for name, parts in of.items()
    }


def together(problem: Problem, values: Sequence[Floats], chance: Chance) -> Floats:
    """Sum of assets [draw] after overlap: of a group the most valuable in full, of the others what
    is not lost; rounded to the fen."""
    left = shared(problem)
    lost = {o.group: chance.take(f"overlap.{o.group}.lost", o.lost) for o in problem.overlaps}
    groups: dict[str, list[Floats]] = {}
    whole = np.zeros(chance.draws)
    for asset, of in zip(problem.assets, values, strict=True):
        if asset.overlap_group in lost:
            groups.setdefault(asset.overlap_group, []).append(of * left[asset.id])
        else:
            whole = whole + of * left[asset.id]
    for group, members in groups.items():
        most, total = np.max(members, axis=0), np.sum(members, axis=0)
        whole = whole + most + (1 - lost[group]) * (total - most)
    found: Floats = np.round(whole, 2)
    return found
