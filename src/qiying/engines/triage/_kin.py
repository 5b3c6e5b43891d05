"""Why two calls are taken for one problem, in numbers; and which calls are kin of a known class."""

from collections.abc import Iterable, Sequence

import numpy as np

from qiying.engines.triage._index import Rarity, distances, told
from qiying.engines.triage._params import ClusterParams
from qiying.engines.triage._problem import Call
from qiying.engines.triage._result import Kin
from qiying.engines.triage._text import pairs


def kin(call: Call, other: Call, rarity: Rarity) -> Kin:
    """Return how alike two calls are: share of text (Dice by rarity), metres, days, shared parts."""
    ours, theirs = pairs(call.text), pairs(other.text)
    both = ours & theirs
    whole = rarity.total(ours) + rarity.total(theirs)
    return Kin(
        key=other.key,
        share=2 * rarity.total(both) / whole if whole else 0.0,
        metres=_metres(call, other),
        days=abs(call.at_day - other.at_day),
        shared=told(call.text, both, rarity),
    )


def _metres(call: Call, other: Call) -> float | None:
    if call.longitude is None or call.latitude is None or other.longitude is None:
        return None
    there = np.array([(other.longitude, other.latitude)], np.float64)
    return float(distances(call.longitude, call.latitude, there[:, 0], there[:, 1])[0])


def is_kin(found: Kin, params: ClusterParams) -> bool:
    """Return whether texts and places are near enough; days are for the caller to judge.

    A place that is not known is no reason against.
    """
    is_near = params.within_m is None or found.metres is None or found.metres <= params.within_m
    return found.share >= params.alike and is_near


def nearest(call: Call, others: Iterable[Call], rarity: Rarity) -> Kin | None:
    """Return the most alike of other calls, the call itself left out; equal ones by key."""
    found = [kin(call, other, rarity) for other in others if other.key != call.key]
    return min(found, key=lambda k: (-k.share, k.key), default=None)


def kin_of(
    call: Call, members: Sequence[Call], rarity: Rarity, params: ClusterParams
) -> Kin | None:
    """Return the most alike member that a call is kin of; None for a call of another problem.

    The same matter and unit are asked for; a member is kin of itself.
    """
    if any(call.key == member.key for member in members):
        return nearest(call, members, rarity) or kin(call, call, rarity)
    same = [m for m in members if (m.matter, m.unit) == (call.matter, call.unit) and m.matter]
    found = [kin(call, member, rarity) for member in same]
    near = [k for k in found if is_kin(k, params)]
    return min(near, key=lambda k: (-k.share, k.key), default=None)
