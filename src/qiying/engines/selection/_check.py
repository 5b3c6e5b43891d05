"""Independent checks: an allotment and a ranking counted again without looking at how they came."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from qiying.engines.selection._params import TieRule
from qiying.engines.selection._problem import Panel, Standing
from qiying.engines.selection._result import Allotment, Place, Violation


def check_allotment(panel: Panel, result: Allotment) -> tuple[Violation, ...]:
    """Name each statement of an allotment that does not hold; empty when it is sound."""
    found: list[Violation] = []
    seen = Counter(result.pairs)
    found += [Violation("twice", f"{e}/{r}", 1, n) for (e, r), n in seen.items() if n > 1]
    found += [Violation("barred", e, "", r) for e, r in seen if (e, r) in panel.barred]
    known_entries, known_people = set(panel.entries), set(panel.reviewers)
    found += [
        Violation("stranger", e, "", r)
        for e, r in seen
        if e not in known_entries or r not in known_people
    ]
    read = Counter(e for e, _ in seen)
    lacks = dict(result.short)
    for entry in panel.entries:
        able = sum((entry, r) not in panel.barred for r in panel.reviewers)
        wanted = min(panel.per_entry, able)
        if read[entry] != wanted:
            found.append(Violation("readers", entry, wanted, read[entry]))
        if lacks.get(entry, 0) != panel.per_entry - wanted:
            found.append(Violation("short", entry, panel.per_entry - wanted, lacks.get(entry, 0)))
    loads = {r: sum(1 for _, other in seen if other == r) for r in panel.reviewers}
    if dict(result.loads) != loads:
        found.append(Violation("loads", "", loads, dict(result.loads)))
    return (*found, *_uneven(panel, result, loads)) if not found else tuple(found)


def _uneven(panel: Panel, result: Allotment, loads: dict[str, int]) -> tuple[Violation, ...]:
    """Pairs of readers between whom the work could still be levelled, by transitive closure."""
    people, held = list(panel.reviewers), set(result.pairs)
    size = len(people)
    steps = np.eye(size, dtype=bool)
    for a, giver in enumerate(people):
        for b, taker in enumerate(people):
            steps[a, b] |= any(
                (e, giver) in held and (e, taker) not in held and (e, taker) not in panel.barred
                for e in panel.entries
            )
    for _round in range(max(size - 1, 1).bit_length()):
        steps = (steps.astype(int) @ steps.astype(int)) > 0
    return tuple(
        Violation("uneven", people[a], loads[people[b]], loads[people[a]])
        for a in range(size)
        for b in range(size)
        if steps[a, b] and loads[people[a]] - loads[people[b]] > 1
    )


def check_places(
    standings: Sequence[Standing], places: Sequence[Place], rule: TieRule
) -> tuple[Violation, ...]:
    """Count each place again: how many, or how many different ones, are better."""
    keys = {s.entry: tuple(round(v, 4) for v in (s.score, *s.breakers)) for s in standings}
    found = []
    if sorted(keys) != sorted(p.entry for p in places):
        return (Violation("entries", "", sorted(keys), sorted(p.entry for p in places)),)
    for place in places:
        better = [k for k in keys.values() if k > keys[place.entry]]
        wanted = 1 + (len(better) if rule == TieRule.COMPETITION else len(set(better)))
        if place.rank != wanted:
            found.append(Violation("rank", place.entry, wanted, place.rank))
        equal = sum(k == keys[place.entry] for k in keys.values()) > 1
        if place.is_tied != equal:
            found.append(Violation("tied", place.entry, equal, place.is_tied))
    return tuple(found)
