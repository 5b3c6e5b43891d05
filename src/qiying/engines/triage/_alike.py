"""Which texts of a history repeat one another, so that no fold is judged by what it has seen."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

MOST_COMMON = 60


def connected(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each of ``count`` nodes the least node that it is linked to, by any way."""
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for left, right in links:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return [root(node) for node in range(count)]


def repetitions(texts: Sequence[frozenset[str]], alike: float) -> list[int]:
    """Return a number for each text, the same for texts that repeat one another.

    Texts repeat one another when they share ``alike`` of their features (Dice); only features of
    at most some dozens of texts, beside the share of a text, are asked for candidates.
    """
    holders: dict[Hashable, list[int]] = defaultdict(list)
    links: list[tuple[int, int]] = []
    leaders: dict[frozenset[str], int] = {}
    for number, features in enumerate(texts):
        first = leaders.setdefault(features, number)
        if first != number:
            links.append((first, number))
            continue
        rare = sorted(features, key=lambda feature: (len(holders[feature]), feature))
        # Two texts that share this much must share one of so many of the rarest.
        asked = len(rare) - math.ceil(alike / (2 - alike) * len(rare)) + 1
        candidates = {n for f in rare[:asked] for n in holders[f][-MOST_COMMON:]}
        links += [
            (other, number)
            for other in candidates
            if 2 * len(features & texts[other]) >= alike * (len(features) + len(texts[other]))
        ]
        for feature in features:
            holders[feature].append(number)
    return connected(len(texts), links)
