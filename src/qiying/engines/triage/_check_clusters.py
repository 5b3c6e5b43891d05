"""A second opinion on clusters: every pair compared, classes grown call by call.

Written from the definition of density-based clusters, not from the solver: it shares the plain
types, the reading of a text and the rarity of its features. Time grows with the square of the
calls.
"""

import math
from collections.abc import Iterable, Sequence

from qiying.engines.triage._check import _metres
from qiying.engines.triage._index import Rarity
from qiying.engines.triage._params import ClusterParams
from qiying.engines.triage._problem import Call
from qiying.engines.triage._result import Cluster, Violation
from qiying.engines.triage._text import pairs


def check_clusters(
    calls: Iterable[Call],
    found: Sequence[Cluster],
    rarity: Rarity,
    params: ClusterParams | None = None,
) -> tuple[Violation, ...]:
    """Return what comparing every pair finds wrong with an answer of `clusters`.

    Neighbours by the definition, cores by counting, classes by walking from core to core, a call
    at the edge with its earliest core; then firms, days, centre and spread of each class.
    """
    params = params or ClusterParams()
    kept = sorted(calls, key=lambda call: (call.at_day, call.key))
    expected = {tuple(c.key for c in group): group for group in _naive(kept, rarity, params)}
    named = {cluster.keys: cluster for cluster in found}
    wrong = [Violation("missed", keys, None) for keys in expected if keys not in named]
    wrong += [Violation("invented", None, keys) for keys in named if keys not in expected]
    for keys, cluster in named.items():
        if keys in expected:
            wrong += _facts(expected[keys], cluster)
    sizes = [len(cluster.keys) for cluster in found]
    if sizes != sorted(sizes, reverse=True):
        wrong.append(Violation("order", sorted(sizes, reverse=True), sizes))
    return tuple(wrong)


def _naive(kept: Sequence[Call], rarity: Rarity, params: ClusterParams) -> list[list[Call]]:
    near = {a.key: [b for b in kept if _are_near(a, b, rarity, params)] for a in kept}
    cores = [c for c in kept if c.matter and len(near[c.key]) >= params.core]
    is_core = {c.key for c in cores}
    class_of: dict[str, int] = {}
    for core in cores:
        front = [core] if core.key not in class_of else []
        number = len(class_of)
        while front:
            call = front.pop()
            if call.key not in class_of:
                class_of[call.key] = number
                front += [n for n in near[call.key] if n.key in is_core]
    for call in kept:
        beside = [n for n in near[call.key] if n.key in is_core]
        if call.key not in is_core and call.matter and beside:
            class_of[call.key] = class_of[beside[0].key]
    groups: dict[int, list[Call]] = {}
    for call in kept:
        if call.key in class_of:
            groups.setdefault(class_of[call.key], []).append(call)
    return list(groups.values())


def _are_near(one: Call, other: Call, rarity: Rarity, params: ClusterParams) -> bool:
    """Neighbours by the definition; a call is its own neighbour."""
    if one.key == other.key:
        return True
    if (one.matter, one.unit) != (other.matter, other.unit):
        return False
    if abs(one.at_day - other.at_day) > params.within_days:
        return False
    is_placed = one.longitude is not None and other.longitude is not None
    if params.within_m is not None and is_placed and _metres(one, other) > params.within_m:
        return False
    ours, theirs = pairs(one.text), pairs(other.text)
    shared = math.fsum(rarity.weight(feature) for feature in ours & theirs)
    whole = sum(math.fsum(rarity.weight(f) for f in features) for features in (ours, theirs))
    return shared > 0 and 2 * shared >= params.alike * whole


def _facts(group: Sequence[Call], cluster: Cluster) -> list[Violation]:
    days = [call.at_day for call in group]
    told = (cluster.firms, cluster.first_day, cluster.last_day)
    real = (len({call.firm for call in group} - {""}), min(days), max(days))
    wrong = [] if told == real else [Violation("facts", real, told)]
    placed = [call for call in group if call.longitude is not None]
    if bool(placed) != (cluster.centre is not None):
        return [*wrong, Violation("centre", bool(placed), cluster.centre)]
    if cluster.centre is not None:
        middle = Call("", "", 0.0, *cluster.centre)
        spread = max(_metres(middle, call) for call in placed)
        if not math.isclose(spread, cluster.spread_m or 0.0, rel_tol=1e-6, abs_tol=1e-3):
            wrong.append(Violation("spread", spread, cluster.spread_m))
    return wrong
