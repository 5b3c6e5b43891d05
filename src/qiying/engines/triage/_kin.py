"""Why two calls are taken for one problem, in numbers; and which calls are kin of a known class."""

from collections.abc import Iterable, Sequence

import numpy as np

from qiying.engines.triage._index import Rarity, distances, told
from qiying.engines.triage._params import ClusterParams
from qiying.engines.triage._problem import Call
from qiying.engines.triage._result import Kin
from qiying.engines.triage._text import pairs

Features = frozenset[str]


def kin(call: Call, other: Call, rarity: Rarity) -> Kin:
    """Return how alike two calls are: share of text (Dice by rarity), metres, days, shared parts."""
    ours, theirs = pairs(call.text), pairs(other.text)
    share = _share(ours, rarity.total(ours), theirs, rarity.total(theirs), rarity)
    return _told(call, other, ours & theirs, share, rarity)


def _share(
    ours: Features, our_total: float, theirs: Features, their_total: float, rarity: Rarity
) -> float:
    whole = our_total + their_total
    return 2 * rarity.total(ours & theirs) / whole if whole else 0.0


def _told(call: Call, other: Call, both: Features, share: float, rarity: Rarity) -> Kin:
    return Kin(
        key=other.key,
        share=share,
        metres=_metres(call, other),
        days=abs(call.at_day - other.at_day),
        shared=told(call.text, both, rarity),
    )


def _metres(call: Call, other: Call) -> float | None:
    if call.longitude is None or call.latitude is None or other.longitude is None:
        return None
    there = np.array([(other.longitude, other.latitude)], np.float64)
    return float(distances(call.longitude, call.latitude, there[:, 0], there[:, 1])[0])


def nearest(call: Call, others: Iterable[Call], rarity: Rarity) -> Kin | None:
    """Return the most alike of other calls, the call itself left out; equal ones by key."""
    found = [kin(call, other, rarity) for other in others if other.key != call.key]
    return min(found, key=lambda k: (-k.share, k.key), default=None)


class Kindred:
    """The members of a known class, to ask which other calls are the same problem.

    A call is kin of a member of the same matter and unit whose text shares ``params.alike`` and
    whose place lies within ``params.within_m`` (None: wherever; a place that is not known is no
    reason against). How long ago it was is for the caller to judge.
    """

    def __init__(self, members: Sequence[Call], rarity: Rarity, params: ClusterParams) -> None:
        self._rarity, self._params = rarity, params
        self._kept = [(m, ours, rarity.total(ours)) for m in members for ours in [pairs(m.text)]]
        self._keys = {m.key for m in members}

    def find(self, call: Call) -> Kin | None:
        """Return the likest member that a call is kin of, None when it is another problem.

        A member is kin of itself.
        """
        ours = pairs(call.text)
        total = self._rarity.total(ours)
        shares = [
            (_share(ours, total, theirs, whole, self._rarity), member, theirs)
            for member, theirs, whole in self._kept
            if self._is_in_reach(call, member)
        ]
        near = [row for row in shares if row[0] >= self._params.alike]
        if not near:
            return None
        share, member, theirs = min(near, key=lambda row: (-row[0], row[1].key))
        return _told(call, member, ours & theirs, share, self._rarity)

    def _is_in_reach(self, call: Call, member: Call) -> bool:
        if call.key == member.key:
            return True
        if not call.matter or (call.matter, call.unit) != (member.matter, member.unit):
            return False
        metres = None if self._params.within_m is None else _metres(call, member)
        return metres is None or metres <= (self._params.within_m or 0.0)

    def __contains__(self, key: object) -> bool:
        return key in self._keys
