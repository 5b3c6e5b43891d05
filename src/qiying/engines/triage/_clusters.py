"""Calls that are one problem: density in matter × unit × text × place × time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from qiying.engines.triage._alike import connected
from qiying.engines.triage._index import Rarity, distances, told
from qiying.engines.triage._params import ClusterParams
from qiying.engines.triage._problem import Call
from qiying.engines.triage._result import Cluster
from qiying.engines.triage._text import pairs

Floats = NDArray[np.float64]


def clusters(
    calls: Iterable[Call], rarity: Rarity, params: ClusterParams | None = None
) -> tuple[Cluster, ...]:
    """Return the classes of like calls, the largest first, then by their first call.

    Density-based (DBSCAN of Ester, Kriegel, Sander and Xu, 1996) within each matter and unit: a
    call with ``params.core`` neighbours, itself included, belongs with all of them; a call with
    fewer joins the earliest such neighbour. Calls without a matter belong to no class. The order
    of the input does not matter.

    Raises ValueError for a key twice.
    """
    params = params or ClusterParams()
    blocks: dict[tuple[str, str], list[Call]] = defaultdict(list)
    keys: set[str] = set()
    for call in sorted(calls, key=lambda call: (call.at_day, call.key)):
        if call.key in keys:
            raise ValueError(f"a call comes twice: {call.key}")
        keys.add(call.key)
        if call.matter:
            blocks[call.matter, call.unit].append(call)
    found = [
        _describe(members, texts, rarity)
        for block in blocks.values()
        if len(block) >= params.core
        for members, texts in _groups(block, rarity, params)
    ]
    return tuple(sorted(found, key=lambda c: (-len(c.keys), c.first_day, c.keys)))


def _groups(
    block: Sequence[Call], rarity: Rarity, params: ClusterParams
) -> Iterator[tuple[list[Call], list[frozenset[str]]]]:
    texts = [pairs(call.text) for call in block]
    near: list[list[int]] = [[] for _ in block]
    for one, other in _neighbours(block, texts, rarity, params):
        near[one].append(other)
        near[other].append(one)
    is_core = [len(others) + 1 >= params.core for others in near]
    links = [(n, o) for n, others in enumerate(near) for o in others if is_core[n] and is_core[o]]
    root = connected(len(block), links)
    members: dict[int, list[int]] = defaultdict(list)
    for number, others in enumerate(near):
        cores = [number] if is_core[number] else sorted(o for o in others if is_core[o])
        if cores:
            members[root[cores[0]]].append(number)
    for numbers in members.values():
        yield [block[n] for n in numbers], [texts[n] for n in numbers]


def _neighbours(
    block: Sequence[Call], texts: Sequence[frozenset[str]], rarity: Rarity, params: ClusterParams
) -> Iterator[tuple[int, int]]:
    whole = [rarity.total(features) for features in texts]
    days = np.array([call.at_day for call in block])
    places = np.array([(call.longitude, call.latitude) for call in block], np.float64)
    for number, call in enumerate(block):
        start = int(np.searchsorted(days, call.at_day - params.within_days))
        for other in _within(places[start:number], places[number], params):
            peer = start + other
            shared = rarity.total(texts[number] & texts[peer])
            if shared and 2 * shared >= params.alike * (whole[number] + whole[peer]):
                yield peer, number


def _within(places: Floats, here: Floats, params: ClusterParams) -> list[int]:
    """Return which places are near enough; one that is not known is no reason against."""
    if params.within_m is None or np.isnan(here).any():
        return list(range(len(places)))
    metres = distances(float(here[0]), float(here[1]), places[:, 0], places[:, 1])
    near: list[int] = np.flatnonzero(~(metres > params.within_m)).tolist()
    return near


def _describe(members: Sequence[Call], texts: Sequence[frozenset[str]], rarity: Rarity) -> Cluster:
    placed = [(c.longitude, c.latitude) for c in members if c.longitude is not None]
    centre, spread = None, None
    if placed:
        spots = np.array(placed, np.float64)
        centre = float(spots[:, 0].mean()), float(spots[:, 1].mean())
        spread = float(distances(*centre, spots[:, 0], spots[:, 1]).max())
    often = Counter(feature for features in texts for feature in features)
    common = {feature for feature, count in often.items() if 2 * count >= len(members)}
    return Cluster(
        matter=members[0].matter,
        unit=members[0].unit,
        keys=tuple(call.key for call in members),
        firms=len({call.firm for call in members if call.firm}),
        first_day=members[0].at_day,
        last_day=members[-1].at_day,
        centre=centre,
        spread_m=spread,
        terms=told(members[0].text, common, rarity),
    )
